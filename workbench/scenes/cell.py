"""One cell, drawn: its outline, its inside, the light on it; and the dirt that lies between cells."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np

from workbench.scenes.canvas import Floats, Patch, floats
from workbench.scenes.textures import cut, limited, smooth

ANGLES = 512  # entries of an outline's table
THETA = np.linspace(0, 2 * np.pi, ANGLES, endpoint=False, dtype=np.float32)
WAVES = np.arange(2, 7, dtype=np.float32)[:, None]  # lobes around a cell
LOBES, TURNS = 2 / WAVES, WAVES * THETA
SPREAD, ROUND = 2, 3  # category ids
Colour = tuple[float, float, float]
Range = tuple[Colour, Colour]


@dataclass(frozen=True)
class Look:
    """Hold the colours of one picture; a pair is (darkest, lightest), RGB from 0 to 1."""

    ground: Range
    body: Range
    nucleus: Range
    ball: Range
    glint: Colour
    rim: Colour
    halo: float  # light that a cell's edge throws around itself, as in phase contrast
    glow: float  # light that leaks far, as in fluorescence

    def drawn(self, rng: np.random.Generator) -> Look:
        """Fix the ground's colour and shift all hues a little, as stains and lamps differ."""
        cast = rng.uniform(0.94, 1.06, 3)
        low, high = np.array(self.ground)
        ground = tuple((low + rng.random() * (high - low)) * cast)
        return replace(self, ground=(ground, ground))


@dataclass(frozen=True)
class Cell:
    """Describe one cell in units of the picture's shorter side; `tone` (0 to 1) picks its colours."""

    row: float
    col: float
    radius: float
    stretch: float  # long axis over short one
    angle: float  # radians
    outline: Floats  # (ANGLES,) radius in each direction, about 1
    category: int
    tone: float
    nucleus: tuple[float, float, float]  # row, col, radius, as shares of the cell

    @classmethod
    def grown(cls, rng: np.random.Generator, spot: np.ndarray, radius: float, category: int) -> Cell:
        """Draw a cell's shape: round cells near to circles, spread ones long and lobed."""
        wild = 0.25 if category == ROUND else 1.0
        stretch = 1 + rng.uniform(0.02, 0.9) * wild
        nucleus = (rng.uniform(-0.22, 0.22), rng.uniform(-0.22, 0.22), rng.uniform(0.33, 0.46))
        return cls(
            float(spot[0]), float(spot[1]), float(radius), stretch, rng.uniform(0, np.pi),
            _outline(rng, 0.10 * wild), category, rng.random(), nucleus,
        )  # fmt: skip


def _outline(rng: np.random.Generator, rough: float) -> Floats:
    heights = rng.normal(0, rough, (5, 1)).astype(np.float32) * LOBES
    phases = rng.uniform(0, 2 * np.pi, (5, 1)).astype(np.float32)
    waves = TURNS + phases
    np.cos(waves, out=waves)
    waves *= heights
    return limited(1 + waves.sum(axis=0), 0.6, 1.5)


def drawn(rng: np.random.Generator, cell: Cell, look: Look, unit: int, tile: Floats) -> Patch:
    """Draw a cell of a picture whose shorter side is `unit` px; `tile` is grain to fill it with.

    Its truth is where the pixel's middle lies inside the outline.
    """
    radius, row, col = cell.radius * unit, cell.row * unit, cell.col * unit
    sin, cos, long = math.sin(cell.angle), math.cos(cell.angle), radius * math.sqrt(cell.stretch)
    wide = long * float(cell.outline.max()) * (1.3 if look.halo else 1.0) + 1.5
    # The box of a turned ellipse is smaller than that of the circle about it.
    down, across = math.hypot(sin, cos / cell.stretch) * wide, math.hypot(cos, sin / cell.stretch) * wide
    top, left, rows, cols = box(row, col, down, across)
    u = (cols * cos + rows * sin) / long
    v = (rows * cos - cols * sin) / (long / cell.stretch)
    away, theta = cv2.cartToPolar(u, v)
    # ANGLES is a power of two, so that the remainder is a mask.
    t = away / np.take(cell.outline, (theta * (ANGLES / math.tau)).astype(np.int32) & (ANGLES - 1))
    inside = t <= 1
    cover = limited((1 - t) * radius + 0.5, 0, 1)
    grain = cut(tile, rng, u.shape)
    paint = _ball if cell.category == ROUND else _sheet
    rgb, opacity = paint(cell, look, (u, v, t, grain), (sin, cos))
    opacity = opacity * cover
    if look.halo:
        halo = look.halo * np.exp(-(((t - 1) / 0.14) ** 2)) * (1 - cover)
        total = opacity + halo
        rgb += (floats(look.glint) - rgb) * (halo / np.maximum(total, 1e-6))[..., None]
        opacity = np.minimum(total, 1)
    return Patch(rgb, opacity, inside, top, left)


Parts = tuple[Floats, Floats, Floats, Floats]


def _sheet(cell: Cell, look: Look, parts: Parts, _: tuple[float, float]) -> tuple[Floats, Floats]:
    """Paint a flat cell: thin and grainy at the edge, thick and dark about the nucleus."""
    u, v, t, grain = parts
    thick = 1 - 0.55 * smooth(0.15, 1.0, t)
    if look.glow:
        shade = thick * (0.35 + 0.75 * cell.tone) + 0.10 * grain
    else:
        shade = 0.25 + 0.6 * cell.tone + 0.30 * (0.7 - thick) + 0.10 * grain
    limited(shade, 0, 1)
    row, col, size = cell.nucleus
    away = np.sqrt((u - col) ** 2 + (v - row) ** 2) / size
    core = (1 - smooth(0.82, 1.12, away)) * 0.85
    speck = limited(0.45 + 0.35 * cell.tone - 0.25 * away + 0.22 * grain, 0, 1)
    edge = (0.0 if look.glow else 0.35) * np.exp(-(((t - 0.95) / 0.07) ** 2))
    body, kernel = (1 - core) * (1 - edge), core * (1 - edge)
    weights = ((1 - shade) * body, shade * body, (1 - speck) * kernel, speck * kernel, edge)
    return mixed(weights, (*look.body, *look.nucleus, look.rim)), 0.78 + 0.2 * core


def _ball(cell: Cell, look: Look, parts: Parts, turn: tuple[float, float]) -> tuple[Floats, Floats]:
    """Paint a round cell: a bright ball with a glint towards the lamp and a dark rim away from it."""
    u, v, t, grain = parts
    rows, cols = v * turn[1] + u * turn[0], u * turn[1] - v * turn[0]
    side = rows + cols  # below 0 towards the lamp, which is above and to the left
    facing = limited(0.55 * np.sqrt(np.maximum(1 - t * t, 0)) - 0.42 * side, -0.4, 1.2)
    shade = limited(0.25 + 0.3 * cell.tone + 0.5 * facing + 0.05 * grain, 0, 1)
    glint = 0.85 * np.exp(-20 * ((rows + 0.32) ** 2 + (cols + 0.32) ** 2))
    rim = np.exp(-(((t - 0.97) / 0.09) ** 2)) * (0.55 + 0.35 * limited(side, -1, 1))
    body = (1 - glint) * (1 - rim)
    weights = ((1 - shade) * body, shade * body, glint * (1 - rim), rim)
    return mixed(weights, (*look.ball, look.glint, look.rim)), 0.94 + 0 * t


def mixed(weights: tuple[Floats, ...], colours: tuple[Colour, ...]) -> Floats:
    """Mix colours by (h, w) weights, which add up to 1, into an (h, w, 3) paint."""
    sheet = cv2.merge(weights)
    return (sheet.reshape(-1, len(weights)) @ floats(colours)).reshape(*sheet.shape[:2], 3)


def debris(rng: np.random.Generator, field: tuple[float, float], look: Look, unit: int) -> Patch:
    """Draw a speck or a thread of dirt, darker or lighter than the ground; it is not a cell."""
    row, col = (rng.uniform(0, side) * unit for side in field)
    size = unit * rng.uniform(0.004, 0.012)
    stretch, angle = (
        (rng.uniform(4, 9) if rng.random() < 0.25 else rng.uniform(1, 2)),
        rng.uniform(0, math.pi),
    )
    reach = size * stretch * 1.5 + 1
    top, left, rows, cols = box(row, col, reach, reach)
    u = (cols * math.cos(angle) + rows * math.sin(angle)) / stretch
    v = rows * math.cos(angle) - cols * math.sin(angle) + (0.02 * stretch**2 / size) * u**2
    opacity = rng.uniform(0.3, 0.8) * (1 - smooth(0.6, 1.3, np.hypot(u, v) / size))
    colour = floats(look.rim if rng.random() < 0.65 else look.glint) * np.float32(rng.uniform(0.6, 1.0))
    return Patch(np.broadcast_to(colour, (*u.shape, 3)), opacity, opacity < 0, top, left)


def box(row: float, col: float, down: float, across: float) -> tuple[int, int, Floats, Floats]:
    """Give a box about a point: its first row and column, and each pixel middle's distance from the point."""
    top, left = math.floor(row - down), math.floor(col - across)
    rows = np.arange(math.ceil(row + down) - top, dtype=np.float32)[:, None] + (top + 0.5 - row)
    cols = np.arange(math.ceil(col + across) - left, dtype=np.float32)[None, :] + (left + 0.5 - col)
    return top, left, rows, cols
