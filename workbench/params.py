"""The parameters of a method: declared once, for widgets, checks and the command line."""

from __future__ import annotations

import difflib
import inspect
import math
import reprlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args, get_origin

import numpy as np
from pydantic import Field, TypeAdapter, ValidationError

# A click: (row, column, what is there). A box: (first row, first column, last row, last column), inclusive.
Point = tuple[int, int, Literal["object", "background"]]
Points = tuple[Point, ...]
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Range:
    """Bound a number: lowest and highest value (both allowed), step, unit, and logarithmic or not."""

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

        >>> from workbench import METHODS
        >>> METHODS["otsu"].params["sigma"].check(1)
        1.0
        """
        assert self.adapter is not None  # ours: only the registry makes params
        value = value.tolist() if isinstance(value, np.generic | np.ndarray) else value
        prompt = self.kind in ("points", "box")
        try:
            if text and prompt and isinstance(value, str):  # as in '[[12, 40, "object"]]' on a command line
                return self.adapter.validate_json(value)
            # Strict: True is no number and "3" is no 3, except where everything arrives as text.
            return self.adapter.validate_python(value, strict=not (text or prompt))
        except ValidationError:
            raise ValueError(f"{self.name} must be {self.rule}, got {reprlib.repr(value)}") from None


def declared_param(declared: inspect.Parameter, hint: Any, called: str) -> Param:
    """Read one parameter of a method's signature; TypeError names the function and the parameter."""
    where = f"{called}: parameter {declared.name!r}"
    if declared.kind is not inspect.Parameter.KEYWORD_ONLY:
        raise TypeError(f"{where} must be keyword-only; put it behind a *")
    if declared.default is inspect.Parameter.empty:
        raise TypeError(f"{where} needs a default, so that the method also runs untouched")
    base, extras = _peel(hint)
    limits = next((extra for extra in extras if isinstance(extra, Range)), None)
    label = next(
        (extra for extra in extras if isinstance(extra, Label)), Label(declared.name.replace("_", " "))
    )
    kind = _kind(base, limits, where)
    choices = get_args(base) if kind == "choice" else ()
    param = Param(
        declared.name, kind, declared.default, label.text, label.help, limits, choices, _adapter(base, limits)
    )
    try:
        param.check(declared.default)
    except ValueError as error:
        raise TypeError(f"{where}: its default breaks its own rule: {error}") from None
    return param


def _adapter(base: Any, limits: Range | None) -> TypeAdapter[Any]:
    if limits is None:
        return TypeAdapter(base)
    finite = {"allow_inf_nan": False} if base is float else {}
    return TypeAdapter(Annotated[base, Field(ge=limits.low, le=limits.high, **finite)])


def _peel(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    if get_origin(hint) is Annotated:
        base, *extras = get_args(hint)
        return base, tuple(extras)
    return hint, ()


def _kind(base: Any, limits: Range | None, where: str) -> Any:
    if base in (int, float):
        if limits is None:
            raise TypeError(
                f"{where} is a number and needs Annotated[{base.__name__}, Range(low, high, step)]"
            )
        if not (limits.low < limits.high and limits.step > 0 and math.isfinite(limits.high - limits.low)):
            raise TypeError(f"{where} has an impossible range {limits}; low < high and step > 0, both finite")
        if limits.log and limits.low <= 0:
            raise TypeError(f"{where} is logarithmic and must start above 0, got {limits.low:g}")
        return "integer" if base is int else "number"
    if limits is not None:
        raise TypeError(f"{where} has a Range but is not an int or a float")
    known = {bool: "bool", Points: "points", Box | None: "box"}
    if get_origin(base) is Literal:
        if not all(isinstance(choice, str) for choice in get_args(base)):
            raise TypeError(f"{where} must offer words, as in Literal['bright', 'dark'], got {base!r}")
        return "choice"
    if base not in known:
        raise TypeError(
            f"{where} must be a number with a Range, a Literal, a bool, Points or Box | None, got {base!r}"
        )
    return known[base]


def check_inside(values: Mapping[str, Any], params: Mapping[str, Param], size: tuple[int, int]) -> None:
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
                raise ValueError(
                    f"{name} must lie inside the {height} x {width} image, got ({row}, {column})"
                )


def scaled(
    values: Mapping[str, Any], params: Mapping[str, Param], size: tuple[int, int], to: tuple[int, int]
) -> dict[str, Any]:
    """Move prompts from an image of (height, width) `size` to where they lie in one of size `to`."""

    def move(row: int, column: int) -> tuple[int, int]:
        return row * to[0] // size[0], column * to[1] // size[1]

    moved = dict(values)
    for name, value in values.items():
        if params[name].kind == "points":
            # Two clicks may fall on one pixel: the later one is meant.
            places = {move(row, column): what for row, column, what in value}
            moved[name] = tuple((*place, what) for place, what in places.items())
        elif params[name].kind == "box" and value is not None:
            moved[name] = (*move(*value[:2]), *move(*value[2:]))
    return moved


def near(name: str, known: Iterable[str]) -> str:
    """Ask whether one of the known names was meant, where one is near; nothing otherwise.

    >>> near("otus", ["otsu", "slic"])
    ", did you mean 'otsu'?"
    """
    close = difflib.get_close_matches(str(name), list(known), n=3)
    return f", did you mean {' or '.join(map(repr, close))}?" if close else ""
