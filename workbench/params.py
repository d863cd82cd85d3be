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

from workbench.prompts import PROMPTS, RULES, Box, Curve, Points


class Start(dict[str, Any]):
    """Hold another method's name and values: the answer that a method begins with."""


def start_from(method: str, **values: Any) -> Start:
    """Write down that a method begins with what another one answers.

    >>> start_from("otsu", sigma=2.0)
    {'method': 'otsu', 'values': {'sigma': 2.0}}
    """
    return Start(method=method, values=values)


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
class Accepts:
    """Say which kinds of answer a `Start` may be of, such as ``"partition"``."""

    yields: tuple[str, ...]

    def __init__(self, *yields: str) -> None:
        object.__setattr__(self, "yields", yields)


@dataclass(frozen=True)
class Param:
    """Hold what is known of one parameter; made from the method's signature."""

    name: str
    kind: Literal["number", "integer", "choice", "bool", "points", "box", "curve", "method"]
    default: Any
    label: str
    help: str = ""
    range: Range | None = None
    choices: tuple[str, ...] = ()
    accepts: tuple[str, ...] = ()  # the kinds of answer that a start may be of
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
            "method": "a method's name, or {'method': its name, 'values': its values}",
            **RULES,
        }[self.kind]

    def check(self, value: Any, *, text: bool = False) -> Any:
        """Give the value in its own type, or raise ValueError with the rule; `text` also reads strings.

        >>> from workbench import METHODS
        >>> METHODS["otsu"].params["sigma"].check(1)
        1.0
        """
        value = value.tolist() if isinstance(value, np.generic | np.ndarray) else value
        prompt = self.kind in PROMPTS
        try:
            if self.kind == "method":
                return _read_start(value)
            assert self.adapter is not None  # ours: only the registry makes params
            if text and prompt and isinstance(value, str):  # as in '[[12, 40, "object"]]' on a command line
                return self.adapter.validate_json(value)
            # Strict: True is no number and "3" is no 3, except where everything arrives as text.
            return self.adapter.validate_python(value, strict=not (text or prompt))
        except (ValidationError, TypeError):
            raise ValueError(f"{self.name} must be {self.rule}, got {reprlib.repr(value)}") from None


def _read_start(value: Any) -> Start:
    """Read a name, a start, or anything that has a method and values, such as a recipe; else TypeError."""
    if isinstance(value, str):
        return start_from(value)
    if not isinstance(value, Mapping):
        value = {"method": getattr(value, "method", None), "values": getattr(value, "values", None)}
    name, values = value.get("method"), value.get("values", {})
    if not isinstance(name, str) or not isinstance(values, Mapping) or set(value) - {"method", "values"}:
        raise TypeError("not a start")
    return Start(method=name, values=dict(values))


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
    accepts = next((extra.yields for extra in extras if isinstance(extra, Accepts)), ())
    param = Param(
        declared.name, kind, declared.default, label.text, label.help, limits, choices, accepts,
        None if kind == "method" else _adapter(base, limits),
    )  # fmt: skip
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
    known = {bool: "bool", Points: "points", Box | None: "box", Curve: "curve", Start: "method"}
    if get_origin(base) is Literal:
        if not all(isinstance(choice, str) for choice in get_args(base)):
            raise TypeError(f"{where} must offer words, as in Literal['bright', 'dark'], got {base!r}")
        return "choice"
    if base not in known:
        raise TypeError(
            f"{where} must be a number with a Range, a Literal, a bool, Points, Box | None, Curve or Start, "
            f"got {base!r}"
        )
    return known[base]


def near(name: str, known: Iterable[str]) -> str:
    """Ask whether one of the known names was meant, where one is near; nothing otherwise.

    >>> near("otus", ["otsu", "slic"])
    ", did you mean 'otsu'?"
    """
    close = difflib.get_close_matches(str(name), list(known), n=3)
    return f", did you mean {' or '.join(map(repr, close))}?" if close else ""
