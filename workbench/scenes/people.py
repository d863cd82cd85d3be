"""People on foot, put together from limbs."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from workbench.scenes.sprite import Colour, Point, Sprite, scaled
from workbench.scenes.textures import chosen
from workbench.scenes.view import View

SKINS: tuple[Colour, ...] = (
    (0.95, 0.78, 0.66),
    (0.85, 0.64, 0.50),
    (0.66, 0.46, 0.34),
    (0.44, 0.29, 0.21),
    (0.30, 0.20, 0.15),
)
HAIRS: tuple[Colour, ...] = (
    (0.10, 0.08, 0.07),
    (0.28, 0.18, 0.11),
    (0.62, 0.46, 0.24),
    (0.55, 0.25, 0.12),
    (0.72, 0.71, 0.70),
)
TOPS: tuple[Colour, ...] = (
    (0.78, 0.16, 0.18), (0.14, 0.34, 0.58), (0.90, 0.86, 0.78), (0.18, 0.20, 0.24), (0.90, 0.64, 0.16),
    (0.18, 0.48, 0.38), (0.55, 0.28, 0.52), (0.86, 0.46, 0.38), (0.46, 0.62, 0.74), (0.36, 0.38, 0.28),
)  # fmt: skip
LEGS: tuple[Colour, ...] = (
    (0.14, 0.18, 0.28),
    (0.12, 0.12, 0.13),
    (0.42, 0.38, 0.30),
    (0.30, 0.32, 0.34),
    (0.24, 0.34, 0.48),
)
Place = Callable[..., Point]  # (right, up) of a figure, metres, to (row, column)
SHOE: Colour = (0.10, 0.09, 0.09)


@dataclass(frozen=True)
class Person:
    """Hold how somebody looks and walks; `stride` is the legs' angle (radians), `way` -1 left, 1 right."""

    tall: float  # m
    broad: float  # 1 is usual
    stride: float
    way: int
    skin: Colour
    hair: Colour
    top: Colour
    legs: Colour
    clothes: str  # "coat", "dress" or "shirt"
    bag: bool

    @classmethod
    def met(cls, rng: np.random.Generator) -> Person:
        """Meet somebody; one in eight is a child."""
        tall = rng.uniform(1.55, 1.92) if rng.random() > 0.12 else rng.uniform(1.05, 1.35)

        def one(colours: tuple[Colour, ...]) -> Colour:
            """Choose a colour."""
            return colours[rng.integers(len(colours))]

        clothes = ("coat", "dress", "shirt")[chosen(rng, (0.35, 0.2, 0.45))]
        return cls(
            tall, rng.uniform(0.88, 1.22), rng.uniform(0.05, 0.42), (-1, 1)[rng.integers(2)],
            one(SKINS), one(HAIRS), one(TOPS), one(LEGS), clothes, bool(rng.random() < 0.35),
        )  # fmt: skip


def figure(view: View, x: float, z: float, person: Person) -> Sprite:
    """Draw somebody who stands at (x, z)."""
    unit = person.tall / 1.75 * view.scale(z)  # px of a metre of somebody 1.75 m tall
    foot, col = view.place(x, 0.0, z)
    reach = (0.34 * person.broad + 0.9 * math.sin(person.stride)) * unit
    sprite = Sprite((foot - 1.79 * unit, col - reach), (foot + 0.03 * unit, col + reach))

    def at(right: float, up: float) -> Point:
        """Give a point of the body in picture coordinates."""
        return foot - up * unit, col + person.way * right * unit

    swing = math.sin(person.stride)
    dim = scaled(person.top, 0.72)
    _arm(sprite, at, (swing, dim, person.skin), unit)
    _leg(sprite, at, (-swing, scaled(person.legs, 0.8), person), unit)
    _leg(sprite, at, (swing, person.legs, person), unit)
    _trunk(sprite, at, person)
    sprite.limb(at(0.0, 1.46), at(0.01, 1.56), (0.11 * unit, 0.10 * unit), scaled(person.skin, 0.85))
    sprite.disc(at(-0.015, 1.655), (0.125 * unit, 0.112 * unit), person.hair)
    sprite.disc(at(0.03, 1.635), (0.105 * unit, 0.082 * unit), person.skin)
    sprite.disc(at(-0.005, 1.715), (0.065 * unit, 0.10 * unit), person.hair)
    _arm(sprite, at, (-swing, person.top, person.skin), unit)
    if person.bag:
        sprite.limb(at(-0.02, 1.42), at(-0.17, 0.98), (0.025 * unit, 0.025 * unit), SHOE)
        sprite.limb(at(-0.17, 0.98), at(-0.17, 0.84), (0.22 * unit, 0.24 * unit), (0.36, 0.22, 0.13))
    return sprite


def _leg(sprite: Sprite, at: Place, how: tuple[float, Colour, Person], unit: float) -> None:
    swing, colour, person = how
    knee, heel = (0.03 + 0.45 * swing, 0.47), (0.86 * swing - 0.02, 0.06 + 0.08 * max(0.0, -swing))
    bare = person.skin if person.clothes == "dress" else colour
    sprite.limb(at(0.0, 0.88), at(*knee), (0.21 * person.broad * unit, 0.14 * unit), bare)
    sprite.limb(at(*knee), at(*heel), (0.135 * unit, 0.09 * unit), bare)
    sprite.limb(
        at(heel[0] - 0.03, heel[1] - 0.02),
        at(heel[0] + 0.13, heel[1] - 0.035),
        (0.085 * unit, 0.06 * unit),
        SHOE,
    )


def _arm(sprite: Sprite, at: Place, how: tuple[float, Colour, Colour], unit: float) -> None:
    swing, sleeve, skin = how
    elbow, hand = (0.30 * swing - 0.02, 1.12), (0.62 * swing + 0.06, 0.90)
    sprite.limb(at(0.0, 1.40), at(*elbow), (0.13 * unit, 0.11 * unit), sleeve)
    sprite.limb(at(*elbow), at(*hand), (0.105 * unit, 0.08 * unit), sleeve)
    sprite.disc(at(*hand), (0.048 * unit, 0.043 * unit), skin)


def _trunk(sprite: Sprite, at: Place, person: Person) -> None:
    """Draw what is worn above: a coat to the thigh, a dress to the knee, a shirt to the hip."""
    hem, flare = {"coat": (0.66, 0.21), "dress": (0.55, 0.27), "shirt": (0.84, 0.165)}[person.clothes]
    wide = person.broad
    half = ((0.07, 1.51), (0.17, 1.45), (0.185, 1.36), (0.155, 1.05), (0.16, 0.95), (flare, hem))
    right = [at(across * wide, up) for across, up in half]
    left = [at(-across * wide, up) for across, up in reversed(half)]
    sprite.polygon(right + left, person.top)
    shade = scaled(person.top, 0.82)
    sprite.polygon(
        [
            at(-0.02, 1.48),
            at(-0.17 * wide, 1.44),
            at(-0.155 * wide, 1.05),
            at(-flare * wide, hem),
            at(-0.06, hem),
        ],
        shade,
    )
