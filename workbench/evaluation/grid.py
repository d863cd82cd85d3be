"""Which values of a parameter to try, and in which order."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from workbench.params import Param, Range
from workbench.registry import Method

CLOSE = 1e-9  # of a step: as good as on it


def values_of(param: Param, count: int = 21) -> list[Any]:
    """List about `count` values of a parameter, lowest first: evenly on its own steps, or all choices.

    Both ends are among them, and the default is; a logarithmic parameter gets evenly spaced powers, with
    three digits as on its slider.

    Raises
    ------
    ValueError : a prompt or another method's answer, which has no scale, or a count below 2.

    >>> from workbench.registry import METHODS
    >>> values_of(METHODS["otsu"].params["sigma"], 5)
    [0.0, 1.0, 5.0, 7.5, 10.0]
    """
    if param.kind == "choice":
        return list(param.choices)
    if param.kind == "bool":
        return [False, True]
    if param.range is None:
        raise ValueError(f"{param.name} is {param.rule} and has no scale to sweep; take another parameter")
    if count < 2:
        raise ValueError(f"a sweep needs both ends of {param.name}, so 2 values or more, got {count}")
    values = _powers(param.range, count) if param.range.log else _steps(param.range, count)
    if param.kind == "integer":
        values = [round(value) for value in values]
    return _with_default(list(dict.fromkeys(values)), param.default)


def coarse_to_fine(count: int) -> list[int]:
    """Order the places 0 to `count` - 1 so that a curve shows its shape early: ends, middle, quarters, ...

    >>> coarse_to_fine(9)
    [0, 8, 4, 2, 6, 1, 3, 5, 7]
    """
    order: dict[int, None] = {}
    parts = 1
    while len(order) < count:
        order |= dict.fromkeys(k * (count - 1) // parts for k in range(parts + 1))
        parts *= 2
    return list(order)


def main_param(method: Method) -> Param | None:
    """Give the parameter to sweep first: the first with a range, or None where there is none."""
    return next((param for param in method.params.values() if param.range is not None), None)


def _steps(limits: Range, count: int) -> list[float]:
    """Give evenly spaced values on the grid of steps; the upper end also where no step reaches it."""
    whole = int((limits.high - limits.low) / limits.step + CLOSE)
    places = np.unique(np.round(np.linspace(0, whole, count))).astype(int)
    # Twelve digits, so that 3 steps of 0.1 are 0.3.
    values = [float(f"{limits.low + place * limits.step:.12g}") for place in places]
    return values if math.isclose(values[-1], limits.high) else [*values, float(limits.high)]


def _powers(limits: Range, count: int) -> list[float]:
    inner = np.geomspace(limits.low, limits.high, count)[1:-1]
    return [float(limits.low), *(float(f"{value:.3g}") for value in inner), float(limits.high)]


def _with_default(values: list[Any], default: Any) -> list[Any]:
    """Put the default in the place of its nearest neighbour, the ends excepted."""
    if default in values or len(values) < 3:
        return values
    nearest = min(range(1, len(values) - 1), key=lambda k: abs(values[k] - default))
    return sorted([*values[:nearest], default, *values[nearest + 1 :]])
