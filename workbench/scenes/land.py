"""The land as it is seen from above: fields with crop rows, roads, water; and the map that places all."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.scenes import photographs
from workbench.scenes.canvas import Floats, floats
from workbench.scenes.page import Points, cover
from workbench.scenes.textures import clouds

FIELD, ROAD, WATER = 1, 2, 3
MOST = 255  # plots that the 8-bit map of them can tell apart
# Colour, how strong the crop's rows are, m from one row to the next.
CROPS = (
    ((0.80, 0.69, 0.42), 0.16, 2.3),  # wheat
    ((0.37, 0.49, 0.20), 0.30, 2.8),  # young green
    ((0.47, 0.36, 0.26), 0.26, 2.1),  # ploughed
    ((0.45, 0.55, 0.26), 0.07, 3.4),  # meadow
    ((0.84, 0.76, 0.24), 0.14, 2.5),  # rape
    ((0.56, 0.47, 0.62), 0.40, 3.2),  # lavender
)
LAWN = ((0.40, 0.53, 0.27), 0.05, 1.6)
ASPHALT, PAINT = floats((0.40, 0.40, 0.42)), floats((0.86, 0.86, 0.82))
SAND, DEEP, SKYLIT = floats((0.70, 0.63, 0.46)), floats((0.12, 0.29, 0.38)), floats((0.30, 0.50, 0.60))


@dataclass(frozen=True)
class Map:
    """Hold how metres become pixels: axes along and across the road, turned; `middle` (row, column), px.

    `reach` is how far the picture reaches from its middle, m; `road` and `lane` are half widths, m.
    """

    turn: float
    scale: float
    middle: tuple[float, float]
    reach: float
    road: float
    side: float | None  # where a second road crosses, m along the first
    river: float | None  # where a river runs, m across

    @classmethod
    def drawn(cls, rng: np.random.Generator, shape: tuple[int, int]) -> Map:
        """Draw one for a picture whose shorter side shows about 60 m."""
        scale = min(shape) / rng.uniform(54, 70)
        reach = 0.5 * math.hypot(*shape) / scale + 6
        turn = rng.uniform(0, math.pi)
        shift = rng.uniform(-9, 9, 2) * scale
        side = rng.uniform(-26, 26) if rng.random() < 0.6 else None
        river = rng.choice((-1, 1)) * rng.uniform(29.5, 36) if rng.random() < 0.6 else None
        middle = (shape[0] / 2 + float(shift[0]), shape[1] / 2 + float(shift[1]))
        return cls(turn, scale, middle, reach + 13, rng.uniform(2.8, 3.4), side, river)

    def place(self, points: Points) -> Points:
        """Give the (row, column) at which (N, 2) places (along, across) in metres are seen."""
        return points @ self._matrix + self.middle

    @cached_property
    def _matrix(self) -> Points:
        sin, cos = math.sin(self.turn) * self.scale, math.cos(self.turn) * self.scale
        return np.array([[sin, cos], [cos, -sin]])

    def back(self, spot: Points) -> tuple[float, float]:
        """Give the metres (along, across) that are seen at a (row, column)."""
        row, col = ((float(n) - m) / self.scale for n, m in zip(spot, self.middle, strict=True))
        sin, cos = math.sin(self.turn), math.cos(self.turn)
        return row * sin + col * cos, row * cos - col * sin

    def metres(self, shape: tuple[int, int]) -> tuple[Floats, Floats]:
        """Give (H, W) metres along and across for each pixel: the way back."""
        sin, cos = (np.float32(part / self.scale) for part in (math.sin(self.turn), math.cos(self.turn)))
        rows = np.arange(shape[0], dtype=np.float32)[:, None] + np.float32(0.5 - self.middle[0])
        cols = np.arange(shape[1], dtype=np.float32)[None, :] + np.float32(0.5 - self.middle[1])
        return rows * sin + cols * cos, rows * cos - cols * sin

    def boxes(self, edges: list[tuple[float, float, float, float]]) -> Points:
        """Give the (N, 4, 2) corners of rectangles from (along, across) to (along, across), px."""
        return self.place(np.array([[(a, b), (a, d), (c, d), (c, b)] for a, b, c, d in edges]))


def painted(
    rng: np.random.Generator, shape: tuple[int, int], plan: Map, real: bool
) -> tuple[Floats, NDArray[np.int32]]:
    """Paint the land without things: (H, W, 3) colours, 0 to 1, and (H, W) category ids."""
    along, across = plan.metres(shape)
    rough = rng.random(shape, dtype=np.float32) - np.float32(0.5)
    waves = _waves(rng, shape)
    tone = 1 + np.float32(0.10) * waves + np.float32(0.16) * rough
    if real:
        tone += np.float32(0.16) * photographs.laid("grass", 256, across / 0.16, along / 0.16)
    rgb = _fields(rng, shape, plan, (along, across), tone)
    ids = np.full(shape, FIELD, np.int32)
    if plan.river is not None:
        _river(rng, rgb, ids, plan, waves)
    grit = 1 + np.float32(0.20) * rough + np.float32(0.05) * waves
    if real:
        grit += np.float32(0.16) * photographs.laid("gravel", 256, across / 0.12, along / 0.12)
    _roads(rgb, ids, plan, grit)
    return rgb, ids


def _waves(rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    small = clouds(rng, (shape[0] // 4 + 1, shape[1] // 4 + 1), 4, octaves=2, gain=0.7)
    return np.asarray(cv2.resize(small, shape[::-1], interpolation=cv2.INTER_LINEAR))


def _fields(
    rng: np.random.Generator, shape: tuple[int, int], plan: Map, metres: tuple[Floats, Floats], tone: Floats
) -> Floats:
    """Lay out plots in bands along the road, lawn beside it, and plough each in its own direction."""
    plots, kinds = np.zeros(shape, np.uint8), [LAWN]
    turned, edges = [0.0], []
    for low, high in _bands(rng, plan.reach):
        first = -plan.reach - rng.uniform(0, 20)
        while first < plan.reach and len(kinds) < MOST:
            last = first + rng.uniform(20, 38)
            edges.append((first, low, last, high))
            kinds.append(CROPS[rng.integers(len(CROPS))])
            turned.append(0.0 if rng.random() < 0.6 else math.pi / 2)
            first = last + 0.8
    for k, corners in enumerate(plan.boxes(edges)[..., ::-1].astype(np.int32), start=1):
        cv2.fillConvexPoly(plots, corners, k)
    table = np.zeros((6, 256), np.float32)
    shades = rng.uniform(0.92, 1.08, len(kinds))
    for k, (colour, strength, step) in enumerate(kinds):
        waves = (math.sin(turned[k]) / step, math.cos(turned[k]) / step)
        table[:, k] = (*(channel * shades[k] for channel in colour), strength, *waves)
    red, green, blue, strong, down, over = (np.asarray(cv2.LUT(plots, row)) for row in table)
    phase: Floats = down * metres[0]
    phase += over * metres[1]
    phase -= np.floor(phase)
    # A row of plants and the furrow beside it: a parabola is a cheap sine.
    wave = phase * (1 - phase)
    wave *= 6
    tone = tone + strong * (wave - 1)
    return cv2.merge([red * tone, green * tone, blue * tone])


def _bands(rng: np.random.Generator, reach: float) -> list[tuple[float, float]]:
    """Give the bands of fields on both sides, behind the gardens of the houses at the road."""
    found = []
    for way in (-1, 1):
        low = rng.uniform(17, 22)
        while low < reach:
            high = low + rng.uniform(18, 34)
            found.append((way * low, way * (high - 0.8)))
            low = high
    return found


def _river(rng: np.random.Generator, rgb: Floats, ids: NDArray[np.int32], plan: Map, waves: Floats) -> None:
    """Let a river wind along, sand at its banks, the sky on it."""
    assert plan.river is not None  # ours: asked for only where there is one
    along = np.arange(-plan.reach, plan.reach, 4.0)
    bends = rng.uniform(0, math.tau, 2)
    middle = plan.river + 2.6 * np.sin(along / 11 + bends[0]) + 1.4 * np.sin(along / 5.3 + bends[1])
    wide = rng.uniform(3.4, 5.0) + 0.7 * np.sin(along / 7 + bends[1])
    for bank, water in ((1.1, False), (0.0, True)):
        edges = [np.stack([along, middle + way * (wide + bank)], axis=1) for way in (-1, 1)]
        share = cover(waves.shape, [plan.place(np.concatenate([edges[0], edges[1][::-1]]))])
        if not water:
            _lay(rgb, share, SAND, 1 + np.float32(0.05) * waves)
            continue
        _lay(rgb, share, DEEP, np.ones_like(waves))
        glint = np.maximum(waves, 0).astype(np.float32)
        glint *= share
        _lay(rgb, (np.minimum(glint, 255) * np.float32(0.6)).astype(np.uint8), SKYLIT, np.ones_like(waves))
        ids[share >= 128] = WATER


def _roads(rgb: Floats, ids: NDArray[np.int32], plan: Map, grit: Floats) -> None:
    """Lay the roads over the land, a bridge where they meet the river, with a dashed middle line."""
    ways = [(-plan.reach, -plan.road, plan.reach, plan.road)]
    if plan.side is not None:
        ways.append((plan.side - 2.3, -plan.reach, plan.side + 2.3, plan.reach))
    half = max(0.09, 0.25 / plan.scale)  # m: a thinner line would have no pixel of its own
    starts = np.arange(-plan.reach, plan.reach, 6.0).tolist()
    dashes = [
        (start, -half, start + 3.0, half)
        for start in starts
        if plan.side is None or abs(start + 1.5 - plan.side) > 5
    ]
    road = cover(grit.shape, plan.boxes(ways))
    _lay(rgb, road, ASPHALT, grit)
    _lay(rgb, cover(grit.shape, plan.boxes(dashes)), PAINT, grit)
    ids[road >= 128] = ROAD


def _lay(rgb: Floats, where: NDArray[np.uint8], colour: Floats, tone: Floats) -> None:
    """Lay one colour, brighter and darker by `tone`, over the picture where there is cover."""
    share = where.astype(np.float32) * np.float32(1 / 255)
    layer = cv2.merge([channel * tone for channel in colour])
    layer -= rgb
    layer *= cv2.merge([share] * 3)
    rgb += layer
