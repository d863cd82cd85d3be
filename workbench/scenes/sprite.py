"""Drawing with polygons: a small sheet on which a figure is put together, edges softened, then lit."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from functools import lru_cache

import cv2
import numpy as np

from workbench.scenes.canvas import Floats, Patch, Stain, floats
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
    seen : where polygons are given in measures of their own, what turns (N, K) corners into rows and columns.
    """

    def __init__(
        self, low: Point, high: Point, seen: Callable[[np.ndarray], np.ndarray] | None = None
    ) -> None:
        self.row, self.col = math.floor(low[0]) - 1, math.floor(low[1]) - 1
        self.shape = (math.ceil(high[0]) + 1 - self.row, math.ceil(high[1]) + 1 - self.col)
        # About 100 px are enough to draw fingers' breadth; beyond that antialiased lines do the rest.
        self.zoom = max(1, min(4, round(110 / max(self.shape))))
        self._seen = seen
        # Shapes are kept until the end: placing all of them at once is several times quicker than each alone.
        self._order: list[tuple[str, int, Colour]] = []
        self._corners: list[Sequence[float]] = []
        self._ends: list[int] = [0]
        self._discs: list[tuple[float, ...]] = []
        self._limbs: list[tuple[float, ...]] = []
        self._outlines: dict[str, np.ndarray] | None = None

    def polygon(self, points: Sequence[Sequence[float]] | np.ndarray, colour: Colour) -> None:
        """Fill the polygon through these (row, column) points."""
        self._order.append(("polygon", len(self._ends), colour))
        self._corners.extend(points.tolist() if isinstance(points, np.ndarray) else points)
        self._ends.append(len(self._corners))

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
        if self._outlines is None:
            place([self])
        assert self._outlines is not None  # ours: it was placed
        sheet = np.zeros((self.shape[0] * self.zoom, self.shape[1] * self.zoom, 4), np.uint8)
        for kind, number, (red, green, blue) in self._order:
            outline = self._outlines[kind]
            if kind == "polygon":
                outline = outline[self._ends[number - 1] : self._ends[number]]
            else:
                outline = outline[number]
            cv2.fillPoly(sheet, [outline], (255 * red, 255 * green, 255 * blue, 255), cv2.LINE_AA, SHIFT)
        return sheet

    def meets(self, shape: tuple[int, int]) -> bool:
        """Say whether any of it would be seen in an (H, W) picture: if not, it need not be finished."""
        rows, cols = self.row + self.shape[0], self.col + self.shape[1]
        return rows > 0 and cols > 0 and self.row < shape[0] and self.col < shape[1]

    def patch(self, towards: Point, depth: float, haze: tuple[Colour, float], light: float) -> Patch:
        """Finish: shrink, round the forms with light from `towards`, dim by `light`, fade into the haze."""
        small = cv2.resize(self._sheet(), self.shape[::-1], interpolation=cv2.INTER_AREA)
        # Channel by channel: arrays of (h, w) are several times quicker than (h, w, 3) ones times (h, w, 1).
        planes: list[Floats] = list(cv2.split(np.multiply(small, np.float32(1 / 255), dtype=np.float32)))
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


def place(sprites: Sequence[Sprite]) -> None:
    """Turn the shapes of many sprites into OpenCV's fixed-point places: at once it takes half the time."""
    origins = np.array([(sprite.col, sprite.row) for sprite in sprites]).reshape(-1, 2)
    scales = np.array([sprite.zoom * 2**SHIFT for sprite in sprites])
    shapes = (
        ("polygon", [sprite._corners for sprite in sprites], _cornered(sprites)),
        ("disc", [sprite._discs for sprite in sprites], _ellipses([d for s in sprites for d in s._discs])),
        ("limb", [sprite._limbs for sprite in sprites], _rounded([n for s in sprites for n in s._limbs])),
    )
    found: list[dict[str, np.ndarray]] = [{} for _ in sprites]
    for kind, each, outlines in shapes:
        counts = [len(some) for some in each]
        wide = (-1, *(1,) * (outlines.ndim - 2), 2)
        places = outlines[..., ::-1] - np.repeat(origins, counts, axis=0).reshape(wide)
        places *= np.repeat(scales, counts).reshape((*wide[:-1], 1))
        places -= 2 ** (SHIFT - 1)  # pixel n reaches from n to n + 1 here, and about n in OpenCV
        fixed, start = places.astype(np.int32), 0
        for own, count in zip(found, counts, strict=True):
            own[kind] = fixed[start : start + count]
            start += count
    for sprite, own in zip(sprites, found, strict=True):
        sprite._outlines = own


def _cornered(sprites: Sequence[Sprite]) -> np.ndarray:
    """Give the (N, 2) corners of all polygons."""
    found = [np.zeros((0, 2))]
    for sprite in sprites:
        if sprite._corners:
            corners = _table(sprite._corners)
            found.append(corners if sprite._seen is None else sprite._seen(corners))
    return np.concatenate(found)


def _table(rows: Sequence[Sequence[float]]) -> np.ndarray:
    """Give rows of numbers as an array: flat ones are read several times quicker than nested ones."""
    return np.array(list(itertools.chain.from_iterable(rows)), float).reshape(len(rows), -1 if rows else 0)


def _ellipses(discs: list[tuple[float, ...]]) -> np.ndarray:
    """Give the (N, 28, 2) outlines of ellipses: radii, then middles."""
    numbers = _table(discs).reshape(-1, 1, 4)
    return CIRCLE * numbers[..., :2] + numbers[..., 2:]


def _rounded(limbs: list[tuple[float, ...]]) -> np.ndarray:
    """Give the (N, 14, 2) outlines of limbs: the matrix that turns them, half widths, start, end."""
    numbers = _table(limbs).reshape(-1, 1, 10)
    # Rows and columns of half a circle, turned so that it closes the limb's start.
    arcs = HALF @ numbers[..., :4].reshape(-1, 2, 2)
    start, end = (arcs * numbers[..., 4 + k : 5 + k] + numbers[..., 6 + 2 * k : 8 + 2 * k] for k in (0, 1))
    return np.concatenate([start, end], axis=1)


def shadow(middle: Point, radii: Point, strength: float) -> Stain:
    """Paint the soft shadow that a thing throws on the ground it stands on."""
    low = (math.floor(middle[0] - radii[0]), math.floor(middle[1] - radii[1]))
    shape = (math.ceil(2 * radii[0]) + 2, math.ceil(2 * radii[1]) + 2)
    rows, cols = (_distances(*place) for place in zip(shape, low, middle, radii, strict=True))
    opacity = rows[:, None] + cols
    np.subtract(1, opacity, out=opacity)
    np.maximum(opacity, 0, out=opacity)  # below 1 it is
    opacity *= strength
    return Stain(BLACK, opacity, *low)


def _distances(count: int, low: int, middle: float, radius: float) -> Floats:
    """Give each pixel's squared distance from the middle, along one axis, in radii."""
    away = np.arange(low + 0.5, low + count, dtype=np.float32)
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
