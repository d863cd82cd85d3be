"""Cars and signs, drawn as solids in the street's perspective."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from workbench.scenes.sprite import Colour, Point, Sprite
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
    cabin: tuple[float, float, float, float]  # shares at which the cabin begins below, above, ends above, below
    bonnet: float  # height of the far end


BODIES = (
    Body(1.78, 4.1, 0.92, 1.47, (0.02, 0.10, 0.62, 0.78), 0.80),  # hatchback
    Body(1.82, 4.6, 0.95, 1.43, (0.12, 0.27, 0.62, 0.78), 0.82),  # saloon
    Body(1.90, 4.6, 1.05, 1.70, (0.02, 0.07, 0.66, 0.80), 0.95),  # estate on stilts
    Body(2.00, 5.2, 1.15, 2.25, (0.00, 0.02, 0.80, 0.92), 1.00),  # van
)


def car(view: View, x: float, z: float, body: Body, paint: Colour, coming: bool) -> Sprite:
    """Draw a car whose near end stands at (x, z): its nearer side first, then the end that we see."""
    half, side = body.width / 2, (-1 if x > 0 else 1)
    far = z + body.length
    corners = [view.place(x + s * half, y, d) for s in (-1, 1) for y in (0.0, body.roof) for d in (z, far)]
    rows, cols = zip(*corners, strict=True)
    sprite = Sprite((min(rows), min(cols)), (max(rows), max(cols)))

    def at(across: float, y: float, share: float = 0.0) -> Point:
        return view.place(x + across * half, y, z + share * body.length)

    for share in (0.82, 0.18):  # the wheels of the side that is turned to us
        _wheel(sprite, view, x + side * half, z + share * body.length)
    low, high = 0.30, body.belt
    start = body.cabin if not coming else tuple(1 - s for s in reversed(body.cabin))
    near, away = (high, body.bonnet) if not coming else (body.bonnet, high)
    dim = _scaled(paint, 0.74)
    sprite.polygon([at(side, low), at(side, near), at(side, high, start[0]), at(side, high, start[3]), at(side, away, 0.99), at(side, low, 1)], dim)
    sprite.polygon([at(side, high, start[0]), at(0.86 * side, body.roof, start[1]), at(0.86 * side, body.roof, start[2]), at(side, high, start[3])], dim)
    inset = [at(0.97 * side, high + 0.04, start[0] + 0.05), at(0.88 * side, body.roof - 0.09, start[1] + 0.03)]
    sprite.polygon([*inset, at(0.88 * side, body.roof - 0.09, start[2] - 0.02), at(0.97 * side, high + 0.04, start[3] - 0.05)], GLASS)
    # Roof and bonnet are seen from above, when the camera stands higher.
    sprite.polygon([at(-0.86, body.roof, start[1]), at(0.86, body.roof, start[1]), at(0.86, body.roof, start[2]), at(-0.86, body.roof, start[2])], _scaled(paint, 1.12))
    sprite.polygon([at(-1, near), at(1, near), at(1, high, start[0]), at(-1, high, start[0])], _scaled(paint, 1.2))
    sprite.polygon([at(-0.97, high, start[0]), at(0.97, high, start[0]), at(0.86, body.roof, start[1]), at(-0.86, body.roof, start[1])], paint)
    sprite.polygon([at(-0.86, high + 0.03, start[0]), at(0.86, high + 0.03, start[0]), at(0.77, body.roof - 0.08, start[1]), at(-0.77, body.roof - 0.08, start[1])], GLASS)
    sprite.polygon([at(-0.7, high + 0.10, start[0]), at(-0.1, high + 0.10, start[0]), at(0.25, body.roof - 0.12, start[1]), at(-0.6, body.roof - 0.12, start[1])], (0.28, 0.35, 0.41))
    _end(sprite, at, near, paint, coming)
    return sprite


def _wheel(sprite: Sprite, view: View, x: float, z: float) -> None:
    """Draw a wheel, squeezed as its side is seen at a slant."""
    middle, scale = view.place(x, 0.31, z), view.scale(z)
    slant = max(0.25, abs(x) / z)
    for radius, colour in ((0.31, DARK), (0.17, (0.42, 0.43, 0.45))):
        sprite.disc(middle, (radius * scale, radius * scale * slant), colour)


def _end(sprite: Sprite, at: object, near: float, paint: Colour, coming: bool) -> None:
    """Draw the end that faces us: tyres, panel, lamps, number plate, bumper."""
    place = at  # (across in half widths, height in m) -> (row, column)
    for across in (-0.93, 0.67):
        sprite.polygon([place(across, 0.0), place(across + 0.26, 0.0), place(across + 0.26, 0.4), place(across, 0.4)], DARK)
    panel = [(-0.98, 0.24), (0.98, 0.24), (1.0, 0.5), (0.98, near - 0.08), (0.92, near), (-0.92, near), (-0.98, near - 0.08), (-1.0, 0.5)]
    sprite.polygon([place(*p) for p in panel], paint)
    sprite.polygon([place(-0.96, 0.24), place(0.96, 0.24), place(0.97, 0.40), place(-0.97, 0.40)], _scaled(paint, 0.45))
    lamp: Colour = (1.0, 0.97, 0.86) if coming else (0.78, 0.07, 0.06)
    for way in (-1, 1):
        sprite.polygon([place(way * 0.95, near - 0.30), place(way * 0.95, near - 0.12), place(way * 0.64, near - 0.14), place(way * 0.66, near - 0.27)], lamp)
    if coming:
        sprite.polygon([place(-0.5, 0.46), place(0.5, 0.46), place(0.56, near - 0.2), place(-0.56, near - 0.2)], DARK)
    sprite.polygon([place(-0.27, 0.45), place(0.27, 0.45), place(0.27, 0.57), place(-0.27, 0.57)], (0.92, 0.92, 0.88))


BOARDS = ("stop", "warning", "limit", "way", "crossing")
RED: Colour = (0.80, 0.08, 0.10)
BLUE: Colour = (0.08, 0.30, 0.68)
WHITE: Colour = (0.95, 0.95, 0.93)


def sign(view: View, x: float, z: float, board: str, size: float, tall: float) -> Sprite:
    """Draw a traffic sign on a pole at (x, z), its board `size` metres wide and `tall` metres up."""
    scale, (row, col) = view.scale(z), view.place(x, tall, z)
    half = size / 2 * scale
    foot, _ = view.place(x, 0.0, z)
    sprite = Sprite((row - half * 1.1, col - half * 1.1), (foot, col + half * 1.1))
    pole = max(0.035 * scale, 0.6)
    sprite.polygon([(row, col - pole), (row, col + pole), (foot, col + pole), (foot, col - pole)], (0.46, 0.47, 0.49))

    def ring(corners: int, share: float, colour: Colour, turn: float = 0.0) -> None:
        angles = np.arange(corners) * (math.tau / corners) + turn
        sprite.polygon([(row - half * share * math.cos(a), col + half * share * math.sin(a)) for a in angles], colour)

    def bar(low: Point, high: Point, colour: Colour) -> None:
        sprite.polygon([(row + half * r, col + half * c) for r, c in (low, (low[0], high[1]), high, (high[0], low[1]))], colour)

    if board == "stop":
        ring(8, 1.05, WHITE, math.pi / 8), ring(8, 0.94, RED, math.pi / 8), bar((-0.16, -0.62), (0.16, 0.62), WHITE)
    elif board == "warning":
        ring(3, 1.1, RED), ring(3, 0.72, WHITE), bar((-0.36, -0.07), (0.12, 0.07), DARK), bar((0.2, -0.07), (0.32, 0.07), DARK)
    elif board == "limit":
        ring(28, 1.0, RED), ring(28, 0.76, WHITE)
        bar((-0.34, -0.46), (0.34, -0.30), DARK), bar((-0.34, 0.06), (0.34, 0.20), DARK), bar((-0.34, 0.34), (0.34, 0.48), DARK)
    elif board == "way":
        ring(28, 1.0, WHITE), ring(28, 0.92, BLUE), bar((-0.1, -0.1), (0.6, 0.1), WHITE), ring(3, 0.5, WHITE)
    else:
        ring(4, 1.2, WHITE, math.pi / 4), ring(4, 1.1, BLUE, math.pi / 4), ring(3, 0.72, WHITE), bar((-0.2, -0.06), (0.16, 0.06), DARK)
    return sprite


def _scaled(colour: Colour, share: float) -> Colour:
    red, green, blue = (min(1.0, channel * share + (0.03 if share > 1 else 0)) for channel in colour)
    return red, green, blue
