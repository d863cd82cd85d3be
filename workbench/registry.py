"""The methods: plain functions, declared once, for widgets, checks, command line, tests and documentation."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from types import MappingProxyType
from typing import Any, Literal, TypeVar, get_args, get_type_hints

from workbench.image import Image
from workbench.params import Accepts, Label, Param, Range, Start, declared_param, near, start_from
from workbench.prompts import Box, Curve, Points, check_prompt, moved
from workbench.segmentation import Yields

__all__ = [
    "METHODS", "Accepts", "Box", "Curve", "Label", "Method", "Param", "Points", "Range", "Registry", "Start",
    "method", "start_from",
]  # fmt: skip

EXTRAS = {
    "torch": "pip install 'segmentation-workbench[deep]'",
    "transformers": "pip install 'segmentation-workbench[deep,public]'",
}
# A method that refines another's answer yields the same kind of answer as that one.
Declared = Yields | Literal["same"]
KINDS = (*get_args(Yields), "same")


@dataclass(frozen=True)
class Method:
    """Hold a segmentation method and everything that was declared of it."""

    name: str
    title: str
    family: str
    yields: Declared
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

    def check(
        self, values: Mapping[str, Any], size: tuple[int, int] | None = None, *, text: bool = False
    ) -> dict[str, Any]:
        """Complete and check the values, prompts against the image's (height, width) where it is given.

        Raises
        ------
        ValueError : names the method, the parameter, the rule and the value, or which parameters there are.
        """
        for name in values:
            if name not in self.params:
                there = ", ".join(self.params) or "none"
                raise ValueError(
                    f"{self.name}: has no parameter {name!r}{near(name, self.params)}; it has {there}"
                )
        try:
            checked = {n: p.check(values.get(n, p.default), text=text) for n, p in self.params.items()}
            for name, param in self.params.items():
                if param.kind == "method":
                    checked[name] = _completed(param, checked[name], size)
                elif size is not None:
                    check_prompt(name, param.kind, checked[name], size)
        except ValueError as error:
            raise ValueError(f"{self.name}: {error}") from None
        return checked

    def moved(self, values: Mapping[str, Any], size: tuple[int, int], to: tuple[int, int]) -> dict[str, Any]:
        """Move the prompts among the values from an image of (height, width) `size` to one of size `to`."""
        there = dict(values)
        for name, param in self.params.items():
            if param.kind == "method":
                inner = METHODS[values[name]["method"]]
                there[name] = start_from(inner.name, **inner.moved(values[name]["values"], size, to))
            else:
                there[name] = moved(param.kind, values[name], size, to)
        return there

    def steps(self, values: Mapping[str, Any]) -> list[Method]:
        """List the methods that run with checked values: those it begins with, then itself."""
        starts = [values[name]["method"] for name, param in self.params.items() if param.kind == "method"]
        return [*(METHODS[name] for name in starts), self]

    def __call__(self, image: Image, **values: Any) -> Any:
        """Run it on an (H, W, 3) uint8 image with checked values."""
        return self.compute(image, self.check(values, image.shape[:2]))

    def compute(self, image: Image, checked: Mapping[str, Any]) -> Any:
        """Run it on an (H, W, 3) uint8 image with values that `check` or `moved` gave.

        Raises
        ------
        ModuleNotFoundError : what it requires is not installed; the sentence says how to.
        """
        if not self.available:
            raise ModuleNotFoundError(
                f"{self.name}: needs {self.requires[0]}, which is not installed; {self.install}"
            )
        return self.function(image, **checked)


class Registry(Mapping[str, Method]):
    """Map names to methods, in the order of their declaration; an unknown name lists the near ones."""

    def __init__(self) -> None:
        self._methods: dict[str, Method] = {}
        self._late: Callable[[], object] | None = None

    def __getitem__(self, name: str) -> Method:
        if name not in self._methods and self._late is not None:
            look, self._late = self._late, None  # it may itself ask for names
            try:
                look()
            finally:
                self._late = look
        if name not in self._methods:
            raise KeyError(
                f"no method {name!r}{near(name, self._methods)}; there are {', '.join(self._methods)}"
            )
        return self._methods[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._methods)

    def __len__(self) -> int:
        return len(self._methods)

    def look_again(self, look: Callable[[], object]) -> None:
        """Call this before a name counts as unknown: its method may have come since, as a trained network."""
        self._late = look

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
    yields: Declared,
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
    yields : the kind of answer: foreground, partition, semantic, instance or panoptic; "same" as its start.
    name : its name in code; by default the function's, with hyphens. requires : modules it cannot do without.
    slow : panels then work on 512 instead of 1024 px.

    Raises
    ------
    TypeError : at import, when the declaration is wrong; it names the function and the parameter.
    """

    def register(function: F) -> F:
        """Read the signature, check it, and list the method."""
        called = name or function.__name__.replace("_", "-")
        if yields not in KINDS:
            raise TypeError(f"{called}: yields must be one of {', '.join(KINDS)}, got {yields!r}")
        if not inspect.getdoc(function):
            raise TypeError(f"{called}: needs a docstring; its first line is what panels show")
        params = MappingProxyType(_params(function, called))
        registry.add(Method(called, title, family, yields, source, function, params, requires, slow))
        return function

    return register


def _completed(param: Param, start: Start, size: tuple[int, int] | None) -> Start:
    """Complete and check the values of another method's answer that a method begins with."""
    if start["method"] not in METHODS:
        there = ", ".join(name for name, entry in METHODS.items() if entry.yields in param.accepts)
        raise ValueError(f"{param.name}: no method {start['method']!r}; it may be one of {there}")
    inner = METHODS[start["method"]]
    if inner.yields not in param.accepts:
        raise ValueError(
            f"{param.name} must be a method that yields {' or '.join(param.accepts)}, "
            f"got {inner.name!r}, which yields {inner.yields}; choose another"
        )
    return start_from(inner.name, **inner.check(start["values"], size))


def _params(function: Callable[..., Any], called: str) -> dict[str, Param]:
    signature = list(inspect.signature(function).parameters.values())
    if not signature or signature[0].name != "image":
        raise TypeError(f"{called}: the first parameter must be 'image'")
    try:
        hints = get_type_hints(function, include_extras=True)
    except NameError as error:
        raise TypeError(f"{called}: its annotations cannot be read: {error}; import what they name") from None
    return {p.name: declared_param(p, hints.get(p.name), called) for p in signature[1:]}
