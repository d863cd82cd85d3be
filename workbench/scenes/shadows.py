"""Boxes, posts and balls under a sun: what they are, and the exact shadows that they cast on the ground."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from workbench.sample import Sample
from workbench.scenes.canvas import Canvas, Floats, checked, floats
from workbench.scenes.domain import Domain, accepted, taken
from workbench.scenes.light import blurred, shaded
from workbench.scenes.sprite import CIRCLE, SHIFT, Colour, Point, Sprite, place, scaled
from workbench.scenes.textures import between, chosen, clouds, cut, grains, smooth
from workbench.taxonomy import QUIET, Category, Taxonomy

TAXONOMY = Taxonomy(
    [Category(1, "ground", "stuff", QUIET), Category(2, "object"), Category(3, "shadow", "stuff")]
)
LEAN, RISE = 0.76, 0.65  # how a step away, and one upwards, look from above at about 50 degrees
SHARES = np.linspace(0, 0.85, 7).tolist()  # of a ball's radius, the nearer to the light
MOST = 60  # things in one picture, however long it is
# Colour, how coarse its mottling is, how strong that and the grain are, slabs along the shorter side.
GROUNDS = (
    ((0.74, 0.64, 0.48), 9, 0.07, 0.07, 0),  # sand
    ((0.42, 0.50, 0.24), 14, 0.10, 0.12, 0),  # grass
    ((0.66, 0.61, 0.54), 7, 0.04, 0.05, 7),  # paving
    ((0.50, 0.47, 0.44), 6, 0.05, 0.10, 0),  # asphalt
)
PAINTS = (
    (0.78, 0.28, 0.20), (0.86, 0.66, 0.22), (0.30, 0.52, 0.34), (0.26, 0.40, 0.66), (0.85, 0.83, 0.78),
    (0.58, 0.40, 0.26), (0.62, 0.62, 0.60),
)  # fmt: skip


@dataclass(frozen=True)
class Sun:
    """Hold where the light comes from: the way shadows fall (down, across), their length to a height of 1."""

    way: tuple[float, float]
    reach: float
    shade: Floats  # what is left of each channel in a shadow: the sky alone, which is blue


@dataclass(frozen=True)
class Solid:
    """Hold a thing on the ground, in units of the picture's shorter side.

    spot : (away, across) of its middle. radius : of its foot. turn : of a box, in radians.
    """

    kind: str
    spot: tuple[float, float]
    radius: float
    height: float
    turn: float
    colour: Colour

    def foot(self) -> np.ndarray:
        """Give the (N, 2) outline of what stands on the ground."""
        if self.kind != "box":
            return CIRCLE * self.radius + self.spot
        corners = np.array([(-1, -1), (-1, 1), (1, 1), (1, -1)]) * self.radius
        sin, cos = math.sin(self.turn), math.cos(self.turn)
        return corners @ np.array([[cos, sin], [-sin, cos]]) + self.spot

    def shadow(self, sun: Sun) -> np.ndarray:
        """Give the (N, 2) outline of its shadow on the ground, in ground coordinates."""
        way = np.array(sun.way)
        if self.kind == "ball":
            long = math.hypot(1, sun.reach)  # one over the sine of the sun's height
            along, aside = CIRCLE @ way, CIRCLE @ np.array([-way[1], way[0]])
            shape = np.outer(along * long, way) + np.outer(aside, (-way[1], way[0]))
            return self.spot + self.radius * (sun.reach * way + shape)
        both = np.concatenate([self.foot(), self.foot() + self.height * sun.reach * way])
        return cv2.convexHull(both.astype(np.float32))[:, 0]


def shadows(seed: int = 0, size: tuple[int, int] = (256, 256), *, domain: Domain | None = None) -> Sample:
    """Generate things under a sun, and the exact shadows that they cast on a textured ground.

    The same seed and size give the same bytes; another size shows the same kind of picture. A shadow keeps
    the light of the blue sky, so that it is darker and bluer than the ground in the sun. Dark stains are
    part of the ground: they are dark, but no shadows. The dark side of a thing is the thing's.

    Parameters
    ----------
    seed : whole number from 0.
    size : (height, width), 32 to 4096 px a side.
    domain : other light, noise and blur; the sun has to shine, so that there is no weather.

    Raises
    ------
    ValueError : a bad seed or size, or a domain with weather.

    >>> sample = shadows(seed=1, size=(64, 96))
    >>> sample.image.shape, sample.target, sample.truth.taxonomy.names
    ((64, 96, 3), ('shadow',), ['ground', 'object', 'shadow'])
    """
    shape, domain = checked("shadows", seed, size), accepted("shadows", domain, weathers=False)
    planner, painter = (np.random.default_rng([seed, stream]) for stream in (5, 6))
    unit = min(shape)
    sun = _sun(planner)
    solids = _placed(planner, (shape[0] / unit / LEAN, shape[1] / unit), sun)
    rgb = _ground(planner, painter, shape)
    cover = _cast(solids, sun, shape)
    soft = blurred(cover, 0.004 * unit)  # the sun is no point: its shadows have soft edges
    rgb *= cv2.merge([1 - soft * dark for dark in 1 - sun.shade])
    canvas = Canvas(rgb, np.where(cover >= 0.5, 3, 1).astype(np.int32), TAXONOMY)
    sprites = [_drawn(solid, sun, unit) for solid in sorted(solids, key=lambda solid: solid.spot[0])]
    place(sprites)
    for sprite in sprites:
        canvas.paint(sprite.patch((-0.5, 0.0), 0.0, ((0, 0, 0), 0.0), 1.0), TAXONOMY["object"])
    truth, instances, depth = canvas.truth()
    light = shaded(blurred(canvas.rgb, unit / 700), 0.12)
    return Sample(
        "shadows",
        f"Generated shadows, seed {seed}",
        taken(painter, light, 0.014, domain, seed),
        truth,
        ("shadow",),
        "Generated by workbench.scenes.shadows",
        "BSD-3-Clause",
        "scene",
        instances,
        depth,
        note="A shadow is darker and bluer than the ground in the sun; stains are only darker.",
    )


def _sun(rng: np.random.Generator) -> Sun:
    """Draw where the sun stands: behind the viewer or aside, so that shadows do not hide behind things."""
    angle = rng.uniform(-0.35, 0.9) if rng.random() < 0.5 else math.pi - rng.uniform(-0.35, 0.9)
    dark = rng.uniform(0.85, 1.15)
    shade = floats((0.31, 0.36, 0.47)) * np.float32(dark)
    return Sun((math.sin(angle), math.cos(angle)), rng.uniform(0.7, 1.5), shade)


def _placed(rng: np.random.Generator, field: tuple[float, float], sun: Sun) -> list[Solid]:
    """Scatter things so that no shadow falls on another thing."""
    solids: list[Solid] = []
    count = min(MOST, round(rng.uniform(6, 9) * field[0] * field[1] * LEAN))
    for _ in range(count):
        solid = None
        for _ in range(12):  # tries; the crowded stay away
            row, col = (between(rng, 0.05, side - 0.05) for side in field)
            solid = _solid(rng, (row, col))
            if all(_clear(solid, other, sun) and _clear(other, solid, sun) for other in solids):
                solids.append(solid)
                break
    return solids


def _solid(rng: np.random.Generator, spot: tuple[float, float]) -> Solid:
    kind = ("box", "post", "ball")[chosen(rng, (0.45, 0.25, 0.3))]
    low, high = {"box": (0.035, 0.075), "post": (0.012, 0.02), "ball": (0.035, 0.07)}[kind]
    radius = between(rng, low, high)
    box, post = radius * between(rng, 1.2, 3.2), between(rng, 0.18, 0.32)
    height = {"box": box, "post": post, "ball": 2 * radius}[kind]
    paint = PAINTS[rng.integers(len(PAINTS))]
    return Solid(kind, spot, radius, height, between(rng, 0, math.pi / 2), paint)


def _clear(solid: Solid, other: Solid, sun: Sun) -> bool:
    """Say whether a thing's shadow passes the other thing by."""
    down, across = other.spot[0] - solid.spot[0], other.spot[1] - solid.spot[1]
    along = min(max(down * sun.way[0] + across * sun.way[1], 0), solid.height * sun.reach)
    beside = math.hypot(down - along * sun.way[0], across - along * sun.way[1])
    return beside > 1.5 * (solid.radius + other.radius)


def _cast(solids: list[Solid], sun: Sun, shape: tuple[int, int]) -> Floats:
    """Give the (H, W) share of each pixel that lies in a shadow, 0 to 1."""
    sheet = np.zeros(shape, np.uint8)
    for solid in solids:
        places = solid.shadow(sun)[:, ::-1] * (1, LEAN) * min(shape)
        fixed = (places * 2**SHIFT - 2 ** (SHIFT - 1)).astype(np.int32)
        cv2.fillPoly(sheet, [fixed], 255, cv2.LINE_AA, SHIFT)
    return sheet.astype(np.float32) * np.float32(1 / 255)


def _ground(planner: np.random.Generator, painter: np.random.Generator, shape: tuple[int, int]) -> Floats:
    """Paint the ground in the sun: its colour, mottling, stains, slabs and grain."""
    colour, coarse, mottled, grained, slabs = GROUNDS[planner.integers(len(GROUNDS))]
    quarter = (shape[0] // 4 + 1, shape[1] // 4 + 1)
    waves = clouds(painter, quarter, coarse, octaves=3, gain=0.7)
    stain = smooth(1.5, 2.1, clouds(painter, quarter, 3, octaves=2))
    tone = (1 + np.float32(mottled) * waves) * (1 - np.float32(0.5) * stain)
    tone = np.asarray(cv2.resize(tone, shape[::-1], interpolation=cv2.INTER_LINEAR))
    tone += np.float32(grained) * cut(grains(painter, 256, min(shape) / 400), painter, shape)
    if slabs:
        tone *= _slabs(painter, shape, slabs)
    warm = floats(colour) * floats(planner.uniform(0.92, 1.08, 3))
    return cv2.merge([tone * channel for channel in warm])


def _slabs(rng: np.random.Generator, shape: tuple[int, int], count: int) -> Floats:
    """Give (H, W) slabs, each a little lighter or darker, with dark joints."""
    step = min(shape) / count
    rows, cols = (np.arange(side, dtype=np.float32) / np.float32(step) for side in shape)
    rows = rows / np.float32(LEAN)
    joint = np.float32(max(0.02, 1 / step))
    lines = [np.where((axis % 1) < joint, np.float32(0.62), np.float32(1)) for axis in (rows, cols)]
    shades = rng.uniform(0.86, 1.06, (int(rows[-1]) + 1, int(cols[-1]) + 1)).astype(np.float32)
    slabs = shades[rows.astype(int)[:, None], cols.astype(int)[None, :]]
    return slabs * np.minimum(lines[0][:, None], lines[1][None, :])


def _drawn(solid: Solid, sun: Sun, unit: int) -> Sprite:
    """Draw a thing, lit from where its shadow does not fall."""
    (row, col), reach = _seen(solid.spot, 0.0, unit), solid.radius * 1.5 * unit
    top = row - solid.height * RISE * unit
    sprite = Sprite((top - reach, col - reach), (row + reach, col + reach))
    {"box": _box, "post": _post, "ball": _ball}[solid.kind](sprite, solid, sun, unit)
    return sprite


def _seen(spot: Point, height: float, unit: int) -> Point:
    """Give the (row, column) px at which a place on the ground is seen, `height` above the ground."""
    return (spot[0] * LEAN - height * RISE) * unit, spot[1] * unit


def _box(sprite: Sprite, solid: Solid, sun: Sun, unit: int) -> None:
    foot = solid.foot()
    for first, second in zip(foot, np.roll(foot, -1, axis=0), strict=True):
        out = (first + second) / 2 - solid.spot
        out /= np.linalg.norm(out)
        if out[0] > 0:  # towards the viewer
            corners = ((first, 0), (second, 0), (second, solid.height), (first, solid.height))
            light = 0.42 + 0.55 * max(0.0, -float(out @ np.array(sun.way)))
            sprite.polygon(
                [_seen(spot, height, unit) for spot, height in corners], scaled(solid.colour, light)
            )
    sprite.polygon([_seen(spot, solid.height, unit) for spot in foot], scaled(solid.colour, 1.08))


def _post(sprite: Sprite, solid: Solid, sun: Sun, unit: int) -> None:
    low, high = _seen(solid.spot, 0.0, unit), _seen(solid.spot, solid.height, unit)
    wide = 2 * solid.radius * unit
    towards = -sun.way[1] * 0.22 * wide  # the bright side faces the sun
    for width, light in ((1.0, 0.5), (0.6, 0.8), (0.3, 1.0)):
        start, end = ((row, col + towards * (1 - width)) for row, col in (low, high))
        sprite.limb(start, end, (wide * width,) * 2, scaled(solid.colour, light))
    sprite.disc(high, (0.5 * wide * LEAN, 0.5 * wide), scaled(solid.colour, 1.1))


def _ball(sprite: Sprite, solid: Solid, sun: Sun, unit: int) -> None:
    (row, col), radius = _seen(solid.spot, solid.radius, unit), solid.radius * unit
    down, across = (-0.45 - 0.2 * sun.way[0]) * radius, -0.45 * sun.way[1] * radius
    for share in SHARES:
        light = 0.42 + 0.75 * math.sqrt(share)
        size = radius * (1 - share)
        sprite.disc((row + down * share, col + across * share), (size, size), scaled(solid.colour, light))
