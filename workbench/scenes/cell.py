"""One cell, drawn: its outline, its inside, the light on it; and the dirt that lies between cells."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from workbench.scenes.canvas import Floats, Patch, Stain, floats
from workbench.scenes.textures import between, cuts, limited, smooth

ANGLES = 512  # entries of an outline's table
THETA = np.linspace(0, 2 * np.pi, ANGLES, endpoint=False, dtype=np.float32)
WAVES = np.arange(2, 7, dtype=np.float32)[:, None]  # lobes around a cell
LOBES, TURNS = 2 / WAVES, WAVES * THETA
SPREAD, ROUND = 2, 3  # category ids
TOGETHER = 2**14  # px of cells that are painted at once, few enough for the processor's cache
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
    lobes: tuple[Floats, Floats]  # heights and phases of the waves around it
    category: int
    tone: float
    nucleus: tuple[float, float, float]  # row, col, radius, as shares of the cell

    @classmethod
    def grown(cls, rng: np.random.Generator, spot: np.ndarray, radius: float, category: int) -> Cell:
        """Draw a cell's shape: round cells near to circles, spread ones long and lobed."""
        wild = 0.25 if category == ROUND else 1.0
        stretch = 1 + between(rng, 0.02, 0.9) * wild
        nucleus = (between(rng, -0.22, 0.22), between(rng, -0.22, 0.22), between(rng, 0.33, 0.46))
        angle = between(rng, 0, math.pi)
        lobes = (0.10 * wild * rng.standard_normal(len(WAVES)), math.tau * rng.random(len(WAVES)))
        return cls(
            float(spot[0]), float(spot[1]), float(radius), stretch, angle,
            lobes, category, rng.random(), nucleus,
        )  # fmt: skip


def _outlines(cells: Sequence[Cell]) -> Floats:
    """Give the (N, ANGLES) tables of the cells' radii in each direction, about 1."""
    heights, phases = (floats([cell.lobes[k] for cell in cells]).reshape(-1, len(WAVES), 1) for k in (0, 1))
    waves = TURNS + phases
    np.cos(waves, out=waves)
    waves *= heights * LOBES
    return limited(1 + waves.sum(axis=1), 0.6, 1.5)


@dataclass(frozen=True)
class Form:
    """Hold a cell as it lies in the picture, px: its middle, half its long axis, its box."""

    cell: Cell
    outline: Floats
    middle: tuple[float, float]
    radius: float
    long: float
    turn: tuple[float, float]  # sine and cosine
    corner: tuple[int, int]
    shape: tuple[int, int]

    @classmethod
    def of(cls, cell: Cell, outline: Floats, peak: float, halo: float, unit: int) -> Form:
        """Give a cell's form; `peak` is the outline's largest number, `halo` how much further it shines."""
        radius, row, col = cell.radius * unit, cell.row * unit, cell.col * unit
        sin, cos, long = math.sin(cell.angle), math.cos(cell.angle), radius * math.sqrt(cell.stretch)
        wide = long * peak * halo + 1.5
        # The box of a turned ellipse is smaller than that of the circle about it.
        down, across = math.hypot(sin, cos / cell.stretch) * wide, math.hypot(cos, sin / cell.stretch) * wide
        top, left = math.floor(row - down), math.floor(col - across)
        shape = math.ceil(row + down) - top, math.ceil(col + across) - left
        return cls(cell, outline, (row, col), radius, long, (sin, cos), (top, left), shape)


def drawn(
    rng: np.random.Generator, cells: Sequence[Cell], look: Look, unit: int, tile: Floats
) -> Iterator[Patch]:
    """Draw the cells of a picture whose shorter side is `unit` px; `tile` is grain to fill them with.

    A cell's truth is where the pixel's middle lies inside the outline.
    """
    outlines, halo = _outlines(cells), 1.3 if look.halo else 1.0
    peaks = outlines.max(axis=1, initial=0).tolist()
    # A cell has few pixels, so that numpy spends its time on being called: many are painted at once.
    waiting: list[Form] = []
    for cell, outline, peak in zip(cells, outlines, peaks, strict=True):
        waiting.append(Form.of(cell, outline, peak, halo, unit))
        if len(waiting) * math.prod(waiting[-1].shape) > TOGETHER:
            yield from _painted(rng, waiting, look, tile)
            waiting = []
    yield from _painted(rng, waiting, look, tile)


def _painted(rng: np.random.Generator, forms: Sequence[Form], look: Look, tile: Floats) -> list[Patch]:
    """Paint cells, each kind in its own way, and give them in the order in which they came."""
    grains = cuts(tile, rng, [form.shape for form in forms])
    found: dict[int, Patch] = {}
    for kind, paint in ((SPREAD, _sheet), (ROUND, _ball)):
        places = [k for k, form in enumerate(forms) if form.cell.category == kind]
        if places:
            joined = Joined([forms[k] for k in places], [grains[k] for k in places])
            found |= zip(places, _inked(joined, paint, look), strict=True)
    return [found[k] for k in range(len(forms))]


class Joined:
    """Put the pixels of several cells' boxes into one row, (N,), beside what each is to its cell.

    `u`, `v` are how far a pixel lies along the long axis and the short one, in radii; `t` how far from the
    middle, 1 at the outline; `grain` is what it is filled with.
    """

    def __init__(self, forms: Sequence[Form], grains: Sequence[Floats]) -> None:
        self.forms, self.grain = forms, np.concatenate([piece.ravel() for piece in grains])
        self.counts = [piece.size for piece in grains]
        ends = list(itertools.accumulate(self.counts, initial=0))
        self.own = [slice(*pair) for pair in itertools.pairwise(ends)]
        rows, cols = self._places(ends)
        sin, cos = self.each(lambda form: form.turn[0]), self.each(lambda form: form.turn[1])
        self.u = (cols * cos + rows * sin) / self.each(lambda form: form.long)
        self.v = (rows * cos - cols * sin) / self.each(lambda form: form.long / form.cell.stretch)
        self.t = self._away()

    def each(self, value: Callable[[Form], float]) -> Floats:
        """Give a number of its cell for each pixel."""
        return np.repeat(floats([value(form) for form in self.forms]), self.counts)

    def _places(self, ends: list[int]) -> tuple[Floats, Floats]:
        """Give how far each pixel's middle is from its cell's, down and across, px."""
        wide = np.repeat(np.array([form.shape[1] for form in self.forms], np.int32), self.counts)
        place = np.arange(ends[-1], dtype=np.int32) - np.repeat(np.array(ends[:-1], np.int32), self.counts)
        row = place // wide
        rows, cols = row.astype(np.float32), (place - row * wide).astype(np.float32)
        rows += self.each(lambda form: form.corner[0] + 0.5 - form.middle[0])
        cols += self.each(lambda form: form.corner[1] + 0.5 - form.middle[1])
        return rows, cols

    def _away(self) -> Floats:
        # Cell by cell: OpenCV rounds an array's last numbers otherwise, and a seed's bytes are to stay.
        polar = [cv2.cartToPolar(self.u[own], self.v[own]) for own in self.own]
        away, theta = (np.concatenate(parts).ravel() for parts in zip(*polar, strict=True))
        # ANGLES is a power of two, so that the remainder is a mask.
        entry = (theta * (ANGLES / math.tau)).astype(np.int32) & (ANGLES - 1)
        entry += np.repeat(np.arange(len(self.forms), dtype=np.int32) * ANGLES, self.counts)
        return away / np.concatenate([form.outline for form in self.forms]).take(entry)


Paint = Callable[[Joined, Look], tuple[Floats, Floats]]


def _inked(cells: Joined, paint: Paint, look: Look) -> Iterator[Patch]:
    """Paint cells of one kind together, soften their outlines, and cut them apart again."""
    t = cells.t
    cover = limited((1 - t) * cells.each(lambda form: form.radius) + 0.5, 0, 1)
    rgb, opacity = paint(cells, look)
    opacity *= cover
    if look.halo:
        halo = look.halo * np.exp(-(((t - 1) / 0.14) ** 2)) * (1 - cover)
        total = opacity + halo
        rgb += (floats(look.glint) - rgb) * _tripled(halo / np.maximum(total, 1e-6))
        opacity = np.minimum(total, 1)
    inside = t <= 1
    for form, own in zip(cells.forms, cells.own, strict=True):
        colours, share = rgb[own].reshape(*form.shape, 3), opacity[own].reshape(form.shape)
        yield Patch(colours, share, inside[own].reshape(form.shape), *form.corner)


def _tripled(values: Floats) -> Floats:
    """Repeat each of (N,) numbers for three channels: several times quicker than to broadcast them."""
    return cv2.merge([values] * 3).reshape(-1, 3)


def _sheet(cells: Joined, look: Look) -> tuple[Floats, Floats]:
    """Paint flat cells: thin and grainy at the edge, thick and dark about the nucleus."""
    t, grain = cells.t, cells.grain
    thick = 1 - 0.55 * smooth(0.15, 1.0, t)
    if look.glow:
        shade = thick * cells.each(lambda form: 0.35 + 0.75 * form.cell.tone) + 0.10 * grain
    else:
        shade = cells.each(lambda form: 0.25 + 0.6 * form.cell.tone) + 0.30 * (0.7 - thick) + 0.10 * grain
    limited(shade, 0, 1)
    right = cells.u - cells.each(lambda form: form.cell.nucleus[1])
    down = cells.v - cells.each(lambda form: form.cell.nucleus[0])
    away = np.sqrt(right**2 + down**2) / cells.each(lambda form: form.cell.nucleus[2])
    core = (1 - smooth(0.82, 1.12, away)) * 0.85
    speck = limited(cells.each(lambda form: 0.45 + 0.35 * form.cell.tone) - 0.25 * away + 0.22 * grain, 0, 1)
    edge = (0.0 if look.glow else 0.35) * np.exp(-(((t - 0.95) / 0.07) ** 2))
    body, kernel = (1 - core) * (1 - edge), core * (1 - edge)
    weights = ((1 - shade) * body, shade * body, (1 - speck) * kernel, speck * kernel, edge)
    return mixed(weights, (*look.body, *look.nucleus, look.rim)), 0.78 + 0.2 * core


def _ball(cells: Joined, look: Look) -> tuple[Floats, Floats]:
    """Paint round cells: bright balls with a glint towards the lamp and a dark rim away from it."""
    u, v, t = cells.u, cells.v, cells.t
    sin, cos = cells.each(lambda form: form.turn[0]), cells.each(lambda form: form.turn[1])
    rows, cols = v * cos + u * sin, u * cos - v * sin
    side = rows + cols  # below 0 towards the lamp, which is above and to the left
    facing = limited(0.55 * np.sqrt(np.maximum(1 - t * t, 0)) - 0.42 * side, -0.4, 1.2)
    shade = cells.each(lambda form: 0.25 + 0.3 * form.cell.tone) + 0.5 * facing + 0.05 * cells.grain
    limited(shade, 0, 1)
    glint = 0.85 * np.exp(-20 * ((rows + 0.32) ** 2 + (cols + 0.32) ** 2))
    rim = np.exp(-(((t - 0.97) / 0.09) ** 2)) * (0.55 + 0.35 * limited(side, -1, 1))
    body = (1 - glint) * (1 - rim)
    weights = ((1 - shade) * body, shade * body, glint * (1 - rim), rim)
    return mixed(weights, (*look.ball, look.glint, look.rim)), np.full_like(t, 0.94)


def mixed(weights: tuple[Floats, ...], colours: tuple[Colour, ...]) -> Floats:
    """Mix colours by (N,) weights, which add up to 1, into an (N, 3) paint."""
    return cv2.merge(weights).reshape(-1, len(weights)) @ floats(colours)


def debris(rng: np.random.Generator, field: tuple[float, float], look: Look, unit: int) -> Stain:
    """Draw a speck or a thread of dirt, darker or lighter than the ground; it is not a cell."""
    row, col = (between(rng, 0, side) * unit for side in field)
    size = unit * between(rng, 0.004, 0.012)
    stretch = between(rng, 4, 9) if rng.random() < 0.25 else between(rng, 1, 2)
    angle = between(rng, 0, math.pi)
    reach = size * stretch * 1.5 + 1
    top, left, rows, cols = box(row, col, reach, reach)
    u = (cols * math.cos(angle) + rows * math.sin(angle)) / stretch
    v = rows * math.cos(angle) - cols * math.sin(angle) + (0.02 * stretch**2 / size) * u**2
    opacity = between(rng, 0.3, 0.8) * (1 - smooth(0.6, 1.3, np.hypot(u, v) / size))
    colour = floats(look.rim if rng.random() < 0.65 else look.glint) * np.float32(between(rng, 0.6, 1.0))
    return Stain(colour, opacity, top, left)


def box(row: float, col: float, down: float, across: float) -> tuple[int, int, Floats, Floats]:
    """Give a box about a point: its first row and column, and each pixel middle's distance from the point."""
    top, left = math.floor(row - down), math.floor(col - across)
    rows = np.arange(math.ceil(row + down) - top, dtype=np.float32)[:, None] + (top + 0.5 - row)
    cols = np.arange(math.ceil(col + across) - left, dtype=np.float32)[None, :] + (left + 0.5 - col)
    return top, left, rows, cols
