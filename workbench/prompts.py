"""What a person gives on the picture: seeds clicked or scribbled, a box, a curve to start from."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator

Size = tuple[int, int]
KINDS = ("object", "background")


def _seed(seed: tuple[Any, ...]) -> tuple[Any, ...]:
    """Read (row, column, ..., what); rows and columns come in pairs, and there is at least one."""
    *numbers, what = seed or ("",)
    whole = all(isinstance(n, int | float) and not isinstance(n, bool) and n == int(n) for n in numbers)
    if what not in KINDS or len(numbers) < 2 or len(numbers) % 2 or not whole:
        raise ValueError("not a seed")
    return (*map(int, numbers), what)


# A click (row, column, what) or a scribble through several points (row, column, row, column, ..., what).
Point = Annotated[tuple[Any, ...], AfterValidator(_seed)]
Points = tuple[Point, ...]
# (first row, first column, last row, last column), inclusive.
Box = tuple[int, int, int, int]
# The corners (row, column) of a closed curve; none of them means that the method chooses its own.
Curve = tuple[tuple[int, int], ...]
PROMPTS = ("points", "box", "curve")
RULES = {
    "points": "a list of (row, column, 'object' or 'background')",
    "box": "(first row, first column, last row, last column) or None",
    "curve": "a list of (row, column) corners, or an empty one",
}


def strokes(points: Points, what: str) -> list[NDArray[np.int64]]:
    """Give the pixels of each click or scribble of one kind: an (N, 2) array of rows and columns each.

    >>> [stroke.tolist() for stroke in strokes(((0, 0, 0, 2, "object"), (5, 5, "background")), "object")]
    [[[0, 0], [0, 1], [0, 2]]]
    """
    return [_drawn(corners_of(seed)) for seed in points if seed[-1] == what]


def corners_of(seed: tuple[Any, ...]) -> list[tuple[int, int]]:
    """Give the (row, column) corners of one seed; a click has one."""
    return list(zip(seed[:-1:2], seed[1:-1:2], strict=True))


def enclosed(curve: Curve, size: Size) -> NDArray[np.bool_]:
    """Give the (H, W) mask of what a closed curve runs around, the curve itself included.

    >>> int(enclosed(((0, 0), (0, 2), (2, 2), (2, 0)), (4, 4)).sum())
    9
    """
    mask = np.zeros(size, np.uint8)
    cv2.fillPoly(mask, [np.array(curve, np.int32).reshape(-1, 1, 2)[..., ::-1]], 1)
    return mask > 0


def check_prompt(name: str, kind: str, value: Any, size: Size) -> None:
    """Refuse a prompt outside of the picture, without an inside, or at odds with itself.

    Raises
    ------
    ValueError : names the parameter, the rule and the place.
    """
    if value is None or kind not in PROMPTS:
        return
    for row, column in _corners(kind, value):
        if not (0 <= row < size[0] and 0 <= column < size[1]):
            raise ValueError(f"{name} must lie inside the {size[0]} x {size[1]} image, got ({row}, {column})")
    if kind == "points" and (both := _contradiction(value)) is not None:
        raise ValueError(f"{name} calls one pixel both object and background, {both}; remove one of the two")
    if kind == "box" and (value[0] > value[2] or value[1] > value[3]):
        raise ValueError(f"{name} must go from top left to bottom right, got {value}")
    if kind == "curve" and 0 < len(set(value)) < 3:
        raise ValueError(f"{name} must have at least 3 different corners, got {len(set(value))}; draw around")


def moved(kind: str, value: Any, size: Size, to: Size) -> Any:
    """Move a prompt from an image of (height, width) `size` to where it lies in one of size `to`."""

    def move(row: int, column: int) -> tuple[int, int]:
        """Give a pixel's place at the other size."""
        return row * to[0] // size[0], column * to[1] // size[1]

    if kind == "points":
        # Two clicks may fall on one pixel: the later one is meant.
        places = {tuple(n for at in corners_of(seed) for n in move(*at)): seed[-1] for seed in value}
        return tuple((*place, what) for place, what in places.items())
    if kind == "box" and value is not None:
        return (*move(*value[:2]), *move(*value[2:]))
    return tuple(move(*corner) for corner in value) if kind == "curve" else value


def read_seed(text: str) -> tuple[Any, ...]:
    """Read one seed as it is written on a command line: ``120,80:object``, or a scribble with more pairs.

    >>> read_seed("120,80:object"), read_seed("1,2,3,4:background")
    ((120, 80, 'object'), (1, 2, 3, 4, 'background'))

    Raises
    ------
    ValueError : anything else; the sentence shows the form.
    """
    numbers, _, what = text.partition(":")
    try:
        return _seed((*(int(number) for number in numbers.split(",")), what.strip()))
    except ValueError:
        raise ValueError(
            f"a seed is ROW,COLUMN:object or ROW,COLUMN:background, more pairs make a scribble; got {text!r}"
        ) from None


def _corners(kind: str, value: Any) -> list[tuple[int, int]]:
    if kind == "points":
        return [corner for seed in value for corner in corners_of(seed)]
    return [value[:2], value[2:]] if kind == "box" else list(value)


def _contradiction(value: Points) -> tuple[int, int] | None:
    """Give a pixel that is called both object and background, or None."""
    ours, theirs = ({tuple(p) for s in strokes(value, what) for p in s.tolist()} for what in KINDS)
    return min(ours & theirs, default=None)


def _drawn(corners: list[tuple[int, int]]) -> NDArray[np.int64]:
    """Give the pixels along the lines from corner to corner, each once, in order."""
    pixels = [corners[0]]
    for (row, column), (next_row, next_column) in pairwise(corners):
        steps = max(abs(next_row - row), abs(next_column - column), 1)
        way = np.linspace((row, column), (next_row, next_column), steps + 1).round().astype(int)
        pixels += [(int(r), int(c)) for r, c in way[1:]]
    return np.array(list(dict.fromkeys(pixels)), np.int64)
