"""The methods: a plain function, declared once, feeds widgets, checks, command line, tests and documentation."""

from __future__ import annotations

import difflib
import inspect
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from pydantic import Field, TypeAdapter, ValidationError

from workbench.image import Image
from workbench.segmentation import Yields

# A click: (row, column, what is there). A box: (first row, first column, last row, last column), ends included.
Point = tuple[int, int, Literal["object", "background"]]
Points = tuple[Point, ...]
Box = tuple[int, int, int, int]

EXTRAS = {"torch": "pip install 'segmentation-workbench[deep]'"}
KINDS = get_args(Yields)


@dataclass(frozen=True)
class Range:
    """Bound a number: lowest and highest value (both allowed), step, unit, and whether its slider is logarithmic."""

    low: float
    high: float
    step: float = 1
    unit: str = ""
    log: bool = False


@dataclass(frozen=True)
class Label:
    """Name a parameter in words, and say in a sentence what turning it does."""

    text: str
    help: str = ""


@dataclass(frozen=True)
class Param:
    """Hold what is known of one parameter; made from the method's signature."""

    name: str
    kind: Literal["number", "integer", "choice", "bool", "points", "box"]
    default: Any
    label: str
    help: str = ""
    range: Range | None = None
    choices: tuple[str, ...] = ()
    adapter: TypeAdapter[Any] | None = None

    @property
    def rule(self) -> str:
        """Say which values are allowed."""
        if self.range is not None:
            whole = "a whole number " if self.kind == "integer" else ""
            return f"{whole}in [{self.range.low:g}, {self.range.high:g}]"
        return {
            "choice": "one of " + ", ".join(map(repr, self.choices)),
            "bool": "True or False",
            "points": "a list of (row, column, 'object' or 'background')",
            "box": "(first row, first column, last row, last column) or None",
        }[self.kind]

    def check(self, value: Any, *, text: bool = False) -> Any:
        """Give the value in its own type, or raise ValueError with the rule; `text` also reads strings.

        >>> METHODS["otsu"].params["sigma"].check(1)
        1.0
        """
        value = value.item() if hasattr(value, "item") else value
        try:
            # Strict: True is no number and "3" is no 3, except where everything arrives as text.
            strict = not (text or self.kind in ("points", "box"))
            return self.adapter.validate_python(value, strict=strict)  # type: ignore[union-attr]
        except ValidationError:
            raise ValueError(f"{self.name} must be {self.rule}, got {value!r}") from None


@dataclass(frozen=True)
class Method:
    """Hold a segmentation method and everything that was declared of it."""

    name: str
    title: str
    family: str
    yields: Yields
    source: str
    function: Callable[..., Any]
    params: Mapping[str, Param]
    requires: tuple[str, ...] = ()
    slow: bool = False

    @property
    def summary(self) -> str:
        """Give the first line of the docstring."""
        return inspect.getdoc(self.function).splitlines()[0]  # type: ignore[union-attr]

    @property
    def available(self) -> bool:
        """Say whether everything it requires is installed."""
        return all(find_spec(module) is not None for module in self.requires)

    @property
    def install(self) -> str | None:
        """Give the one line that installs what is missing, or None."""
        missing = [module for module in self.requires if find_spec(module) is None]
        return EXTRAS.get(missing[0], f"pip install {missing[0]}") if missing else None

    def check(self, values: Mapping[str, Any], size: tuple[int, int] | None = None, *, text: bool = False) -> dict[str, Any]:
        """Complete and check the values, prompts against the image's (height, width) where it is given.

        Raises
        ------
        ValueError : names the method, the parameter, the rule and the value, or the parameters that there are.
        """
        for name in values:
            if name not in self.params:
                near = ", ".join(self.params) or "none"
                raise ValueError(f"{self.name}: has no parameter {name!r}{_near(name, self.params)}; it has {near}")
        try:
            checked = {n: p.check(values.get(n, p.default), text=text) for n, p in self.params.items()}
            if size is not None:
                _inside(checked, self.params, size)
        except ValueError as error:
            raise ValueError(f"{self.name}: {error}") from None
        return checked

    def __call__(self, image: Image, **values: Any) -> Any:
        """Run it on an (H, W, 3) uint8 image with checked values."""
        if not self.available:
            raise ModuleNotFoundError(f"{self.name}: needs {self.requires[0]}, which is not installed; {self.install}")
        return self.function(image, **self.check(values, image.shape[:2]))


class Registry(Mapping[str, Method]):
    """Map names to methods, in the order of their declaration; an unknown name lists the near ones."""

    def __init__(self) -> None:
        self._methods: dict[str, Method] = {}

    def __getitem__(self, name: str) -> Method:
        if name not in self._methods:
            raise KeyError(f"no method {name!r}{_near(name, self._methods)}; there are {', '.join(self._methods)}")
        return self._methods[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._methods)

    def __len__(self) -> int:
        return len(self._methods)

    def add(self, entry: Method) -> None:
        """Register a method; a name that is taken is refused."""
        if entry.name in self._methods:
            raise TypeError(f"method {entry.name!r} is declared twice; give one of them another name")
        self._methods[entry.name] = entry


METHODS = Registry()
F = TypeVar("F", bound=Callable[..., Any])


def method(
    title: str,
    *,
    family: str,
    yields: Yields,
    source: str,
    name: str | None = None,
    requires: tuple[str, ...] = (),
    slow: bool = False,
    registry: Registry = METHODS,
) -> Callable[[F], F]:
    """Register a function ``(image, *, typed keyword parameters)`` as a method; it is returned unchanged.

    Parameters
    ----------
    title : what a person calls it. family : the group it is listed in. source : paper and year.
    yields : the kind of answer: foreground, partition, semantic, instance or panoptic.
    name : its name in code; by default the function's, with hyphens. requires : modules it cannot do without.
    slow : panels then work on 512 instead of 1024 px.

    Raises
    ------
    TypeError : at import, when the declaration is wrong; it names the function and the parameter.
    """

    def register(function: F) -> F:
        called = name or function.__name__.replace("_", "-")
        if yields not in KINDS:
            raise TypeError(f"{called}: yields must be one of {', '.join(KINDS)}, got {yields!r}")
        if not inspect.getdoc(function):
            raise TypeError(f"{called}: needs a docstring; its first line is what panels show")
        params = MappingProxyType(_params(function, called))
        registry.add(Method(called, title, family, yields, source, function, params, requires, slow))
        return function

    return register


def _params(function: Callable[..., Any], called: str) -> dict[str, Param]:
    signature = list(inspect.signature(function).parameters.values())
    if not signature or signature[0].name != "image":
        raise TypeError(f"{called}: the first parameter must be 'image'")
    hints = get_type_hints(function, include_extras=True)
    return {p.name: _param(p, hints.get(p.name), called) for p in signature[1:]}


def _param(declared: inspect.Parameter, hint: Any, called: str) -> Param:
    where = f"{called}: parameter {declared.name!r}"
    if declared.kind is not inspect.Parameter.KEYWORD_ONLY:
        raise TypeError(f"{where} must be keyword-only; put it behind a *")
    if declared.default is inspect.Parameter.empty:
        raise TypeError(f"{where} needs a default, so that the method also runs untouched")
    base, extras = _peel(hint)
    limits = next((extra for extra in extras if isinstance(extra, Range)), None)
    label = next((extra for extra in extras if isinstance(extra, Label)), Label(declared.name.replace("_", " ")))
    kind = _kind(base, limits, where)
    adapter: TypeAdapter[Any] = TypeAdapter(
        Annotated[base, Field(ge=limits.low, le=limits.high, allow_inf_nan=False)] if kind == "number" else  # type: ignore[union-attr]
        Annotated[base, Field(ge=limits.low, le=limits.high)] if kind == "integer" else base  # type: ignore[union-attr]
    )
    choices = get_args(base) if kind == "choice" else ()
    param = Param(declared.name, kind, declared.default, label.text, label.help, limits, choices, adapter)
    try:
        param.check(declared.default)
    except ValueError as error:
        raise TypeError(f"{where}: its default breaks its own rule: {error}") from None
    return param


def _peel(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    if get_origin(hint) is Annotated:
        base, *extras = get_args(hint)
        return base, tuple(extras)
    return hint, ()


def _kind(base: Any, limits: Range | None, where: str) -> Any:
    if base in (int, float):
        if limits is None:
            raise TypeError(f"{where} is a number and needs Annotated[{base.__name__}, Range(low, high, step)]")
        if not (limits.low < limits.high and limits.step > 0 and math.isfinite(limits.high - limits.low)):
            raise TypeError(f"{where} has an impossible range {limits}; low < high and step > 0, both finite")
        if limits.log and limits.low <= 0:
            raise TypeError(f"{where} is logarithmic and must start above 0, got {limits.low:g}")
        return "integer" if base is int else "number"
    if limits is not None:
        raise TypeError(f"{where} has a Range but is not an int or a float")
    known = {bool: "bool", Points: "points", Box | None: "box"}
    if get_origin(base) is Literal:
        return "choice"
    if base not in known:
        raise TypeError(f"{where} must be a number with a Range, a Literal, a bool, Points or Box | None, got {base!r}")
    return known[base]


def _inside(values: Mapping[str, Any], params: Mapping[str, Param], size: tuple[int, int]) -> None:
    """Refuse prompts outside the picture, boxes without an inside, and points that contradict each other."""
    height, width = size
    for name, value in values.items():
        corners: tuple[Any, ...] = ()
        if params[name].kind == "points":
            corners = tuple((r, c) for r, c, _ in value)
            if len({(r, c) for r, c, _ in value}) < len(set(value)):
                raise ValueError(f"{name} calls one pixel both object and background; remove one of the two")
        elif params[name].kind == "box" and value is not None:
            corners = (value[:2], value[2:])
            if value[0] > value[2] or value[1] > value[3]:
                raise ValueError(f"{name} must go from top left to bottom right, got {value}")
        for row, column in corners:
            if not (0 <= row < height and 0 <= column < width):
                raise ValueError(f"{name} must lie inside the {height} x {width} image, got ({row}, {column})")


def _near(name: str, known: Mapping[str, Any]) -> str:
    close = difflib.get_close_matches(str(name), list(known), n=3)
    return f", did you mean {' or '.join(map(repr, close))}?" if close else ""
