"""Cars and signs, drawn as solids in the street's perspective."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.scenes.sprite import Colour, Point, Sprite, scaled
from workbench.scenes.view import View

PAINTS: tuple[Colour, ...] = (
    (0.72, 0.10, 0.10), (0.12, 0.26, 0.52), (0.86, 0.86, 0.88), (0.16, 0.17, 0.19), (0.55, 0.57, 0.60),
    (0.10, 0.38, 0.32), (0.88, 0.66, 0.12), (0.62, 0.74, 0.82), (0.42, 0.16, 0.20), (0.80, 0.45, 0.20),
)  # fmt: skip
GLASS: Colour = (0.13, 0.17, 0.21)
DARK: Colour = (0.07, 0.07, 0.08)


@dataclass(frozen=True)
class Body:
    """Hold a car's side view: heights in metres at shares of its length, from the end that we see."""

    width: float
    length: float
    belt: float  # height at which the windows begin
    roof: float
    cabin: tuple[
        float, float, float, float
    ]  # shares at which the cabin begins below, above, ends above, below
    bonnet: float  # height of the far end


BODIES = (
    Body(1.78, 4.1, 0.92, 1.47, (0.02, 0.10, 0.62, 0.78), 0.80),  # hatchback
    Body(1.82, 4.6, 0.95, 1.43, (0.12, 0.27, 0.62, 0.78), 0.82),  # saloon
    Body(1.90, 4.6, 1.05, 1.70, (0.02, 0.07, 0.66, 0.80), 0.95),  # estate on stilts
    Body(2.00, 5.2, 1.15, 2.25, (0.00, 0.02, 0.80, 0.92), 1.00),  # van
)


@dataclass(frozen=True)
class Solid:
    """Place a car's own measures in the picture: `across` (half widths), `up` (m), `share` of its length."""

    view: View
    x: float
    z: float
    body: Body

    def at(self, across: float, up: float, share: float = 0.0) -> Point:
        """Give the (row, column) at which a point of the car is seen."""
        z = self.z + share * self.body.length
        return self.view.place(self.x + across * self.body.width / 2, up, z)

    def seen(self, points: np.ndarray) -> np.ndarray:
        """Give the (N, 2) rows and columns at which (N, 3) points (across, up, share) are seen."""
        across, up, share = points.T
        z = self.z + share * self.body.length
        return np.stack(self.view.place(self.x + across * self.body.width / 2, up, z), axis=1)


Corner = tuple[float, float, float]  # across, up, share


def car(view: View, x: float, z: float, body: Body, paint: Colour, coming: bool) -> Sprite:
    """Draw a car whose near end stands at (x, z): flank, roof and bonnet, then the end that we see."""
    solid = Solid(view, x, z, body)
    corners = [solid.at(way, up, share) for way in (-1, 1) for up in (0.0, body.roof) for share in (0.0, 1.0)]
    rows, cols = zip(*corners, strict=True)
    sprite = Sprite((min(rows), min(cols)), (max(rows), max(cols)), solid.seen)
    # A car that comes shows its bonnet first: the same side view, read from the other end.
    cabin = body.cabin if not coming else tuple(1 - share for share in reversed(body.cabin))
    front = body.bonnet if coming else body.belt
    _flank(sprite, solid, cabin, (front, body.belt if coming else body.bonnet), paint)
    _top(sprite, body, cabin, front, paint)
    _end(sprite, front, paint, coming)
    return sprite


def _flank(
    sprite: Sprite, solid: Solid, cabin: tuple[float, ...], ends: tuple[float, float], paint: Colour
) -> None:
    """Draw the side that is turned to us, with its windows and wheels."""
    way, belt, roof = (-1 if solid.x > 0 else 1), solid.body.belt, solid.body.roof
    below, above, above_end, below_end = cabin
    dim = scaled(paint, 0.74)
    door = [(way, 0.30, 0.0), (way, ends[0], 0.0), (way, belt, below), (way, belt, below_end)]
    sprite.polygon([*door, (way, ends[1], 0.99), (way, 0.30, 1.0)], dim)
    top = [(0.86 * way, roof, above), (0.86 * way, roof, above_end)]
    sprite.polygon([(way, belt, below), *top, (way, belt, below_end)], dim)
    sill, head = belt + 0.04, roof - 0.09
    pane = [(0.97 * way, sill, below + 0.05), (0.88 * way, head, above + 0.03)]
    pane += [(0.88 * way, head, above_end - 0.02), (0.97 * way, sill, below_end - 0.05)]
    sprite.polygon(pane, GLASS)
    for share in (0.82, 0.18):
        _wheel(sprite, solid.view, solid.x + way * solid.body.width / 2, solid.z + share * solid.body.length)


def _wheel(sprite: Sprite, view: View, x: float, z: float) -> None:
    """Draw a wheel, squeezed as its side is seen at a slant."""
    middle, scale = view.place(x, 0.31, z), view.scale(z)
    slant = max(0.04, abs(x) / z)
    for radius, colour in ((0.31, DARK), (0.17, (0.42, 0.43, 0.45))):
        sprite.disc(middle, (radius * scale, radius * scale * slant), colour)


def _top(sprite: Sprite, body: Body, cabin: tuple[float, ...], front: float, paint: Colour) -> None:
    """Draw what lies above the end: bonnet or boot, the window over it, the roof."""
    (below, above, above_end, _), belt, roof = cabin, body.belt, body.roof

    def span(half: float, up: float, share: float) -> list[Corner]:
        """Give two points at one height, left and right."""
        return [(-half, up, share), (half, up, share)]

    def quad(low: list[Corner], high: list[Corner], colour: Colour) -> None:
        """Fill four corners."""
        sprite.polygon([*low, *reversed(high)], colour)

    quad(span(0.86, roof, above), span(0.86, roof, above_end), scaled(paint, 1.12))
    quad(span(1.0, front, 0.0), span(1.0, belt, below), scaled(paint, 1.2))
    quad(span(0.97, belt, below), span(0.86, roof, above), paint)
    quad(span(0.86, belt + 0.03, below), span(0.77, roof - 0.08, above), GLASS)
    # The sky in the window: a lighter slanted strip.
    shine = [
        (-0.7, belt + 0.10, below),
        (-0.1, belt + 0.10, below),
        (0.25, roof - 0.12, above),
        (-0.6, roof - 0.12, above),
    ]
    sprite.polygon(shine, (0.28, 0.35, 0.41))


def _end(sprite: Sprite, front: float, paint: Colour, coming: bool) -> None:
    """Draw the end that faces us: tyres, panel, bumper, lamps, grille, number plate."""

    def flat(points: Sequence[Point], colour: Colour) -> None:
        """Fill the polygon through points (across, up)."""
        sprite.polygon([(across, up, 0.0) for across, up in points], colour)

    def box(low: Point, high: Point, colour: Colour) -> None:
        """Fill an upright rectangle."""
        flat([low, (low[0], high[1]), high, (high[0], low[1])], colour)

    for across in (-0.93, 0.67):
        box((across, 0.0), (across + 0.26, 0.4), DARK)
    half = [(0.98, 0.24), (1.0, 0.5), (0.98, front - 0.08), (0.92, front)]
    flat([*half, *((-across, up) for across, up in reversed(half))], paint)
    box((-0.97, 0.24), (0.97, 0.40), scaled(paint, 0.45))
    lamp: Colour = (1.0, 0.97, 0.86) if coming else (0.78, 0.07, 0.06)
    for way in (-1, 1):
        outer = [(0.95 * way, front - 0.30), (0.95 * way, front - 0.12)]
        inner = [(0.64 * way, front - 0.14), (0.66 * way, front - 0.27)]
        flat([*outer, *inner], lamp)
    if coming:
        box((-0.53, 0.46), (0.53, front - 0.2), DARK)
    box((-0.27, 0.45), (0.27, 0.57), (0.92, 0.92, 0.88))


RED: Colour = (0.80, 0.08, 0.10)
BLUE: Colour = (0.08, 0.30, 0.68)
WHITE: Colour = (0.95, 0.95, 0.93)


@dataclass(frozen=True)
class Ring:
    """Hold a regular polygon about a board's middle; `size` in half widths, `turn` in radians."""

    corners: int
    size: float
    colour: Colour
    turn: float = 0.0

    def outline(self) -> np.ndarray:
        """Give its (row, column) corners in half widths."""
        angles = np.arange(self.corners) * (math.tau / self.corners) + self.turn
        return self.size * np.stack([-np.cos(angles), np.sin(angles)], axis=1)


@dataclass(frozen=True)
class Bar:
    """Hold an upright rectangle on a board, (row, column) of two corners in half widths."""

    low: Point
    high: Point
    colour: Colour

    def outline(self) -> np.ndarray:
        """Give its (row, column) corners in half widths."""
        (top, left), (bottom, right) = self.low, self.high
        return np.array([(top, left), (top, right), (bottom, right), (bottom, left)])


EIGHTH = math.pi / 8
BOARDS: dict[str, tuple[Ring | Bar, ...]] = {
    "stop": (
        Ring(8, 1.05, WHITE, EIGHTH), Ring(8, 0.94, RED, EIGHTH),
        Bar((-0.16, -0.62), (0.16, 0.62), WHITE),
    ),
    "warning": (
        Ring(3, 1.1, RED), Ring(3, 0.72, WHITE),
        Bar((-0.36, -0.07), (0.12, 0.07), DARK), Bar((0.2, -0.07), (0.32, 0.07), DARK),
    ),
    "limit": (
        Ring(28, 1.0, RED), Ring(28, 0.76, WHITE),
        Bar((-0.36, -0.32), (0.36, -0.12), DARK), Bar((-0.36, 0.12), (0.36, 0.32), DARK),
    ),
    "way": (
        Ring(28, 1.0, WHITE), Ring(28, 0.92, BLUE),
        Bar((-0.1, -0.1), (0.6, 0.1), WHITE), Ring(3, 0.5, WHITE),
    ),
    "crossing": (
        Ring(4, 1.2, WHITE, 2 * EIGHTH), Ring(4, 1.1, BLUE, 2 * EIGHTH),
        Ring(3, 0.72, WHITE), Bar((-0.2, -0.06), (0.16, 0.06), DARK),
    ),
}  # fmt: skip


def sign(view: View, x: float, z: float, board: str, size: float, tall: float) -> Sprite:
    """Draw a traffic sign on a pole at (x, z), its board `size` metres wide and `tall` metres up."""
    scale, (row, col) = view.scale(z), view.place(x, tall, z)
    half, (foot, _) = size / 2 * scale, view.place(x, 0.0, z)
    sprite = Sprite((row - half * 1.1, col - half * 1.1), (foot, col + half * 1.1))
    pole = max(0.035 * scale, 0.6)  # px: a thinner one would have no pixel of its own
    sprite.polygon(
        [(row, col - pole), (row, col + pole), (foot, col + pole), (foot, col - pole)], (0.46, 0.47, 0.49)
    )
    for shape in BOARDS[board]:
        sprite.polygon(shape.outline() * half + (row, col), shape.colour)
    return sprite
