"""Drawing with polygons: a small sheet on which a figure is put together, edges softened, then lit."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np

from workbench.scenes.canvas import Floats, Patch, floats
from workbench.scenes.light import relief

Colour = tuple[float, float, float]
Point = tuple[float, float]  # row, column, in px of the picture
_TURN = np.linspace(0, math.tau, 28, endpoint=False)
CIRCLE = np.stack([np.sin(_TURN), np.cos(_TURN)], axis=1)  # (row, column)
_BACK = np.linspace(0.5 * math.pi, 1.5 * math.pi, 7)
HALF = np.stack([np.sin(_BACK), np.cos(_BACK)], axis=1)
BLACK = floats((0.03, 0.03, 0.05))
SHIFT = 4  # cv2 takes points in sixteenths of a pixel


class Sprite:
    """Collect shapes inside a box of the picture; small figures are drawn enlarged and shrunk at the end.

    Parameters
    ----------
    low, high : (row, column) corners of the box, px of the picture, not necessarily inside of it.
    """

    def __init__(self, low: Point, high: Point) -> None:
        self.row, self.col = math.floor(low[0]) - 1, math.floor(low[1]) - 1
        self.shape = (math.ceil(high[0]) + 1 - self.row, math.ceil(high[1]) + 1 - self.col)
        self.origin = np.array([self.col, self.row])
        # About 100 px are enough to draw fingers' breadth; beyond that antialiased lines do the rest.
        self.zoom = max(1, min(4, round(110 / max(self.shape))))
        # Shapes are kept until the end: placing all of them at once is several times quicker than each alone.
        self._order: list[tuple[str, int, Colour]] = []
        self._corners: list[float] = []
        self._ends: list[int] = [0]
        self._discs: list[tuple[float, ...]] = []
        self._limbs: list[tuple[float, ...]] = []

    def polygon(self, points: Sequence[Point] | np.ndarray, colour: Colour) -> None:
        """Fill the polygon through these (row, column) points."""
        self._order.append(("polygon", len(self._ends), colour))
        if isinstance(points, np.ndarray):
            points = points.tolist()
        self._corners.extend(itertools.chain.from_iterable(points))
        self._ends.append(len(self._corners) // 2)

    def disc(self, middle: Point, radii: Point, colour: Colour) -> None:
        """Fill an upright ellipse; `radii` are (down, across)."""
        self._order.append(("disc", len(self._discs), colour))
        self._discs.append((*radii, *middle))

    def limb(self, start: Point, end: Point, widths: Point, colour: Colour) -> None:
        """Fill a limb with round ends, as wide as `widths` at its start and its end."""
        self._order.append(("limb", len(self._limbs), colour))
        angle = math.atan2(end[0] - start[0], end[1] - start[1])
        sin, cos = math.sin(angle), math.cos(angle)
        self._limbs.append((cos, -sin, sin, cos, widths[0] / 2, -widths[1] / 2, *start, *end))

    def _sheet(self) -> np.ndarray:
        """Draw all shapes, enlarged, as (h, w, 4) colours with their cover."""
        sheet = np.zeros((self.shape[0] * self.zoom, self.shape[1] * self.zoom, 4), np.uint8)
        corners, discs, limbs = self._placed()
        for kind, number, (red, green, blue) in self._order:
            if kind == "polygon":
                outline = corners[self._ends[number - 1] : self._ends[number]]
            else:
                outline = (discs if kind == "disc" else limbs)[number]
            cv2.fillPoly(sheet, [outline], (255 * red, 255 * green, 255 * blue, 255), cv2.LINE_AA, SHIFT)
        return sheet

    def _placed(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Give corners (N, 2), discs (N, 28, 2) and limbs (N, 14, 2) as OpenCV's fixed-point places."""
        parts = [np.array(self._corners).reshape(-1, 2)]
        if self._discs:
            parts.append(_ellipses(self._discs).reshape(-1, 2))
        if self._limbs:
            parts.append(_rounded(self._limbs).reshape(-1, 2))
        places = (np.concatenate(parts)[:, ::-1] - self.origin) * (self.zoom * 2**SHIFT)
        places -= 2 ** (SHIFT - 1)  # pixel n reaches from n to n + 1 here, and about n in OpenCV
        fixed = places.astype(np.int32)
        first, last = len(parts[0]), len(parts[0]) + len(CIRCLE) * len(self._discs)
        discs, limbs = (
            fixed[first:last].reshape(-1, len(CIRCLE), 2),
            fixed[last:].reshape(-1, 2 * len(HALF), 2),
        )
        return fixed[:first], discs, limbs

    def meets(self, shape: tuple[int, int]) -> bool:
        """Say whether any of it would be seen in an (H, W) picture: if not, it need not be finished."""
        rows, cols = self.row + self.shape[0], self.col + self.shape[1]
        return rows > 0 and cols > 0 and self.row < shape[0] and self.col < shape[1]

    def patch(self, towards: Point, depth: float, haze: tuple[Colour, float], light: float) -> Patch:
        """Finish: shrink, round the forms with light from `towards`, dim by `light`, fade into the haze."""
        small = cv2.resize(self._sheet(), self.shape[::-1], interpolation=cv2.INTER_AREA)
        # Channel by channel: arrays of (h, w) are several times quicker than (h, w, 3) ones times (h, w, 1).
        planes: list[Floats] = list(cv2.split(small.astype(np.float32) * np.float32(1 / 255)))
        *inks, cover = planes
        swell = cv2.GaussianBlur(cover, (0, 0), max(0.6, 0.05 * min(self.shape)))
        shade = relief(swell * (0.16 * min(self.shape)), towards, depth)
        shade *= light
        shade *= _fall(self.shape[0])
        solid = np.maximum(cover, np.float32(1e-3))  # ink was laid on nothing: undo the darkening
        for ink, air in zip(inks, haze[0], strict=True):
            ink /= solid
            ink *= shade
            ink += (np.float32(air) - ink) * haze[1]
        return Patch(cv2.merge(inks), cover, cover >= 0.5, self.row, self.col)


def _ellipses(discs: list[tuple[float, ...]]) -> np.ndarray:
    """Give the (N, 28, 2) outlines of ellipses: radii, then middles."""
    numbers = np.array(discs).reshape(-1, 1, 4)
    return CIRCLE * numbers[..., :2] + numbers[..., 2:]


def _rounded(limbs: list[tuple[float, ...]]) -> np.ndarray:
    """Give the (N, 14, 2) outlines of limbs: the matrix that turns them, half widths, start, end."""
    numbers = np.array(limbs).reshape(-1, 1, 10)
    # Rows and columns of half a circle, turned so that it closes the limb's start.
    arcs = HALF @ numbers[..., :4].reshape(-1, 2, 2)
    start, end = (arcs * numbers[..., 4 + k : 5 + k] + numbers[..., 6 + 2 * k : 8 + 2 * k] for k in (0, 1))
    return np.concatenate([start, end], axis=1)


def shadow(middle: Point, radii: Point, strength: float) -> Patch:
    """Paint the soft shadow that a thing throws on the ground it stands on."""
    low = (math.floor(middle[0] - radii[0]), math.floor(middle[1] - radii[1]))
    shape = (math.ceil(2 * radii[0]) + 2, math.ceil(2 * radii[1]) + 2)
    rows, cols = (_distances(*place) for place in zip(shape, low, middle, radii, strict=True))
    opacity = rows[:, None] + cols
    np.subtract(1, opacity, out=opacity)
    np.maximum(opacity, 0, out=opacity)  # below 1 it is
    opacity *= strength
    return Patch(np.broadcast_to(BLACK, (*shape, 3)), opacity, np.zeros(shape, bool), *low)


def _distances(count: int, low: int, middle: float, radius: float) -> Floats:
    """Give each pixel's squared distance from the middle, along one axis, in radii."""
    away = np.arange(count, dtype=np.float32)
    away += low
    away += 0.5
    away -= middle
    away /= radius
    return np.square(away, out=away)


@lru_cache(maxsize=512)
def _fall(count: int) -> Floats:
    """Give the (h, 1) light from the sky, which is above."""
    return np.linspace(1.08, 0.86, count, dtype=np.float32)[:, None]


def scaled(colour: Colour, share: float) -> Colour:
    """Make a colour darker (share below 1) or lighter.

    >>> scaled((0.5, 1.0, 0.0), 0.5)
    (0.25, 0.5, 0.0)
    """
    red, green, blue = colour
    more = 0.03 if share > 1 else 0
    return min(1.0, red * share + more), min(1.0, green * share + more), min(1.0, blue * share + more)
