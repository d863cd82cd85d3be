"""What stands in a village, drawn from above: houses, trees, cars, and the shadows that one sun casts."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.scenes.canvas import Floats
from workbench.scenes.land import Map
from workbench.scenes.page import Page, Points, cover, hull
from workbench.scenes.sprite import CIRCLE, Colour, scaled
from workbench.scenes.traffic import GLASS


def _boxes(*boxes: tuple[float, float, float, float]) -> Points:
    """Give the (N, 4, 2) corners of parts from (along, across) to (along, across), in half sizes."""
    return np.array([[(a, b), (a, d), (c, d), (c, b)] for a, b, c, d in boxes])


WHOLE = (-1.0, -1.0, 1.0, 1.0)
# The body, longer than its corners are wide; windows; the roof between them.
CAR = _boxes(
    (-1, -0.82, 1, 0.82), (-0.86, -1, 0.86, 1), (-0.62, -0.8, 0.36, 0.8), (-0.44, -0.84, 0.12, 0.84), WHOLE
)
# Two slopes, the ridge, a window, a chimney.
HOUSE = _boxes(
    (-1, -1, 1, 0),
    (-1, 0, 1, 1),
    (-1, -0.04, 1, 0.04),
    (0.3, 0.38, 0.5, 0.68),
    (-0.55, -0.42, -0.4, -0.18),
    WHOLE,
)
ANGLES = np.linspace(0, math.tau, len(CIRCLE), endpoint=False)
BOUGHS = np.array([1.0, 0.80, 0.56, 0.30])[
    :, None, None
]  # shares of a crown, the smaller the nearer to the sun
# (1, 256, 3): the light that is left, by the share of a pixel that lies in a shadow.
SHADE = np.round(255 - np.arange(256)[None, :, None] * np.array([0.60, 0.54, 0.42])).astype(np.uint8)
LIGHTS = (0.62, 0.86, 1.1, 1.34)


@dataclass(frozen=True)
class Sun:
    """Hold where shadows fall: `way` (row, column), a unit vector; `reach`, how long they are at height 1."""

    way: tuple[float, float]
    reach: float

    def cast(self, outline: Points, low: float, high: float) -> Points:
        """Give the outline of the shadow of what reaches from `low` to `high`, px."""
        near, far = (np.array(self.way) * (self.reach * height) for height in (low, high))
        return hull(np.concatenate([outline + near, outline + far]))


@dataclass(frozen=True)
class Thing:
    """Hold one thing: its middle (along, across), half sizes and height in metres, and how it is turned."""

    kind: str
    spot: tuple[float, float]
    half: tuple[float, float]
    height: float
    turn: float
    colour: Colour

    def parts(self, plan: Map) -> Points:
        """Give the outlines of its parts, (N, K, 2) px; the last is the whole, and a tree has no other."""
        if self.kind == "tree":
            lobes = (
                1 + 0.10 * np.sin(5 * ANGLES + 40 * self.turn) + 0.06 * np.sin(8 * ANGLES + 90 * self.turn)
            )
            crown = CIRCLE * (self.half[0] * plan.scale * lobes)[:, None]
            return (crown + plan.place(np.array(self.spot)))[None]
        sin, cos = math.sin(self.turn), math.cos(self.turn)
        (long, wide), (along, across) = self.half, self.spot
        corners = CAR if self.kind == "car" else HOUSE
        return plan.place(
            corners @ np.array([[long * cos, long * sin], [-wide * sin, wide * cos]]) + (along, across)
        )


Drawn = tuple[Thing, Points]


def with_cars(page: Page, plan: Map, sun: Sun, cars: list[Drawn], tall: list[Drawn]) -> None:
    """Draw the cars on the land; the shadows of what is taller fall on both."""
    sheets = []
    for things in (cars, tall):
        outlines = []
        for thing, parts in things:
            low, high = (0.35, 0.9) if thing.kind == "tree" else (0.0, 0.85)
            height = thing.height * plan.scale
            outlines.append(sun.cast(parts[-1], low * height, high * height))
        sheets.append(cover(page.shape, outlines))
    own, cast = sheets
    _shade(page, np.asarray(cv2.subtract(own, cast), np.uint8), plan)
    for car, parts in cars:
        colours = (car.colour, car.colour, GLASS, scaled(car.colour, 1.15))
        page.draw(parts[-1], parts[:-1], colours, page.taxonomy["car"])
    _shade(page, cast, plan)


def _shade(page: Page, dark: NDArray[np.uint8], plan: Map) -> None:
    """Leave in shadows, soft at their edges, the light of the sky alone, which is blue."""
    soft = cv2.GaussianBlur(dark, (0, 0), max(0.3, 0.12 * plan.scale))
    light = cv2.LUT(cv2.merge([soft] * 3), SHADE)
    cv2.multiply(page.rgb, light, dst=page.rgb, scale=1 / 255)


def house(page: Page, sun: Sun, thing: Thing, parts: Points) -> None:
    """Draw a gable roof: the slope towards the sun is bright; a ridge, a window in it, a chimney."""
    out = parts[1].mean(axis=0) - parts[0].mean(axis=0)
    facing = -float(out @ np.array(sun.way)) / math.hypot(*out)
    colours = [
        scaled(thing.colour, light) for light in (0.86 - 0.24 * facing, 0.86 + 0.24 * facing, 1.22, 0.5)
    ]
    inks = (*colours[:3], (0.30, 0.38, 0.46), colours[3])
    page.draw(parts[-1], parts[:-1], inks, page.taxonomy["house"])


def tree(page: Page, plan: Map, sun: Sun, thing: Thing, parts: Points) -> None:
    """Draw a crown: dark below, brighter boughs towards the sun."""
    middle = plan.place(np.array(thing.spot))
    towards = np.array(sun.way) * (0.62 * thing.half[0] * plan.scale)
    boughs = (parts - middle) * BOUGHS + (middle - towards * (1 - BOUGHS))
    inks = [scaled(thing.colour, light) for light in LIGHTS]
    page.draw(parts[0], boughs, inks, page.taxonomy["tree"])


def leafed(rng: np.random.Generator, page: Page, plan: Map) -> Floats:
    """Give the picture, trees roughened: a leaf is as large in every resolution, but a pixel at least."""
    step = max(1.0, 0.45 * plan.scale)
    small = (math.ceil(page.shape[0] / step) + 1, math.ceil(page.shape[1] / step) + 1)
    rough = rng.random(small, dtype=np.float32)
    rough -= 0.5
    rough = np.asarray(cv2.resize(rough, page.shape[::-1], interpolation=cv2.INTER_CUBIC))
    rough *= page.where(page.taxonomy["tree"], 0.8)
    rough += 1
    return page.floats() * cv2.merge([rough] * 3)
