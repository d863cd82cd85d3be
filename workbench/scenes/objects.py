"""Things for a table: bottles, mugs, books, balls, fruit and plates, each drawn where a camera sees it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from workbench.scenes.canvas import Floats
from workbench.scenes.page import Page, Points, disc, hull
from workbench.scenes.sprite import CIRCLE, Colour, scaled
from workbench.scenes.view import View

# Height and radius along the side, in shares of the whole, foot to mouth.
SIDES = {
    "bottle": np.array(
        [(0.0, 0.92), (0.03, 1.0), (0.55, 1.0), (0.66, 0.86), (0.76, 0.44), (0.80, 0.36), (1.0, 0.34)]
    ),
    "mug": np.array([(0.0, 0.80), (0.08, 0.90), (0.5, 0.98), (1.0, 1.0)]),
}
LIGHTS = ((1.0, 0.56), (0.74, 0.82), (0.46, 1.02), (0.16, 1.28))  # share of the width, brightness
ARC = CIRCLE[:15]  # half a circle, near side, from right to left
ROUND = ((1.0, 0.55), (0.88, 0.70), (0.72, 0.86), (0.52, 1.02), (0.30, 1.2), (0.11, 1.7))
LEAF: Colour = (0.24, 0.42, 0.16)
PAPER: Colour = (0.90, 0.87, 0.80)
SHADOWED = 0.55  # how bright the side of a book is that faces away from the lamp


@dataclass(frozen=True)
class Object:
    """Hold one thing on the table, in units of the table's depth.

    x, z : of its middle, to the right and away. radius : half of its width. turn : in radians.
    up : what it stands on, above the table. mirrored : whether its reflection in the table is meant.
    """

    kind: str
    x: float
    z: float
    radius: float
    height: float
    colour: Colour
    trim: Colour
    turn: float = 0.0
    up: float = 0.0
    mirrored: bool = False

    def at(self, view: View, x: float, y: float, z: float) -> tuple[float, float]:
        """Give the (row, column) at which a point is seen, or its mirror image; y is above its own foot."""
        up = self.up + y
        return view.place(x, -up if self.mirrored else up, z)

    def ring(self, view: View, y: float, radius: float) -> Points:
        """Give the outline of a level circle about its axis, `y` above its foot, px."""
        row, col = self.at(view, self.x, y, self.z)
        scale = view.scale(self.z)
        return disc(row, col, radius * scale * abs(row - view.row) / view.focal, radius * scale)

    def foot(self) -> Points:
        """Give the (N, 2) outline (x, z) of what it stands on."""
        if self.kind != "book":
            return CIRCLE * self.radius + (self.x, self.z)
        sin, cos = math.sin(self.turn), math.cos(self.turn)
        corners = np.array([(-1, -0.7), (1, -0.7), (1, 0.7), (-1, 0.7)]) * self.radius
        return corners @ np.array([[cos, sin], [-sin, cos]]) + (self.x, self.z)


def shadow(view: View, thing: Object, lean: tuple[float, float]) -> Points:
    """Give the outline of its shadow on the table, px; `lean` is where (x, z) it falls for a height of 1."""
    foot = thing.foot()
    low, high = (
        (0.3, 0.85) if thing.kind in ("ball", "fruit") else (0.0, 0.9 if thing.kind == "bottle" else 1.0)
    )
    way = np.array(lean) * thing.height
    both = np.concatenate(
        [foot + way * low, (foot - (thing.x, thing.z)) * 0.8 + (thing.x, thing.z) + way * high]
    )
    away = np.maximum(both[:, 1], 0.05)
    return hull(
        np.stack([view.row + view.height * view.focal / away, view.col + both[:, 0] * view.focal / away], 1)
    )


def draw(page: Page, view: View, thing: Object, lamp: float) -> list[Points]:
    """Draw a thing, lit from the side `lamp` (-1 left to 1 right); give the outlines that it covers."""
    return {"bottle": _bottle, "mug": _mug, "book": _book, "plate": _plate}.get(thing.kind, _ball)(
        page, view, thing, lamp
    )


def _body(page: Page, view: View, thing: Object, lamp: float) -> Points:
    """Draw a turned body in strips, the narrower the brighter and nearer to the lamp; give its outline."""
    lights = LIGHTS[:2] if thing.mirrored else LIGHTS
    shares = np.array([share for share, _ in lights])[:, None]
    outlines = _turned(view, thing, shares, 0.55 * lamp * (1 - shares))
    page.fills(outlines, [scaled(thing.colour, light) for _, light in lights])
    return np.asarray(outlines[0])


def _turned(view: View, thing: Object, shares: Floats, shifts: Floats) -> Points:
    """Give the outlines (N, K, 2) px of strips of a turned body, a share wide and shifted aside, in radii."""
    side = SIDES[thing.kind] * (-thing.height if thing.mirrored else thing.height, thing.radius)
    scale, foot = view.scale(thing.z), view.height - (-thing.up if thing.mirrored else thing.up)
    rows, halves = view.row + (foot - side[:, 0]) * scale, side[:, 1] * scale
    middle = view.col + thing.x * scale
    arc = shifts + shares * ARC[None, :, 1]  # (N, A) places across, right to left
    bend = np.sqrt(np.maximum(0, 1 - arc * arc))
    # The near half of the level circle at the foot; at the mouth, the far half.
    way = -1 if thing.mirrored else 1
    ends = [
        (
            rows[k] + turn * way * bend * halves[k] * abs(rows[k] - view.row) / view.focal,
            middle + arc * halves[k],
        )
        for k, turn in ((0, 1), (-1, -1))
    ]
    up = np.broadcast_to(rows, (len(shares), len(rows)))
    left, right = (middle + (shifts + end * shares) * halves for end in (-1, 1))
    down = np.concatenate([ends[0][0], up, ends[1][0][:, ::-1], up[:, ::-1]], axis=1)
    over = np.concatenate([ends[0][1], left, ends[1][1][:, ::-1], right[:, ::-1]], axis=1)
    return np.stack([down, over], axis=2)


def _bottle(page: Page, view: View, thing: Object, lamp: float) -> list[Points]:
    outline = _body(page, view, thing, lamp)
    scale = view.scale(thing.z)
    page.fill(_band(view, thing, 0.20, 0.44), scaled(thing.trim, 0.92))
    if thing.mirrored:
        return [outline]
    cap = [thing.at(view, thing.x + way * 0.40 * thing.radius, share * thing.height, thing.z)
           for way, share in ((-1, 0.93), (-1, 1.0), (1, 1.0), (1, 0.93))]  # fmt: skip
    page.fill(np.array(cap), scaled(thing.trim, 0.7))
    row, col = thing.at(view, thing.x + 0.5 * lamp * thing.radius, 0.5 * thing.height, thing.z)
    page.fill(disc(row, col, 0.07 * thing.height * scale, 0.07 * thing.radius * scale), (1.0, 1.0, 0.97))
    return [outline]


def _mug(page: Page, view: View, thing: Object, lamp: float) -> list[Points]:
    way = -1 if math.cos(thing.turn) < 0 else 1
    handle = _handle(view, thing, way)
    page.fill(handle, scaled(thing.colour, 0.72))
    outline = _body(page, view, thing, lamp)
    page.fill(_band(view, thing, 0.54, 0.70), thing.trim)
    if not thing.mirrored:
        for share, colour in ((1.0, scaled(thing.colour, 1.2)), (0.88, scaled(thing.colour, 0.5))):
            page.fill(thing.ring(view, thing.height, share * thing.radius), colour)
        page.fill(thing.ring(view, 0.9 * thing.height, 0.72 * thing.radius), (0.20, 0.12, 0.08))
    return [outline, handle]


def _band(view: View, thing: Object, low: float, high: float) -> Points:
    """Give the outline of a band about a body, between two shares of its height."""
    half = slice(14, None) if thing.mirrored else slice(0, 15)
    near, far = (thing.ring(view, share * thing.height, thing.radius)[half] for share in (low, high))
    return np.concatenate([near, far[::-1]])


def _handle(view: View, thing: Object, way: int) -> Points:
    """Give the outline of a mug's handle: a bent bar, open towards the mug."""
    angles = np.linspace(-0.5 * math.pi, 0.5 * math.pi, 8)
    edges = []
    for radius in (0.38, 0.22):
        across = thing.x + way * (0.9 * thing.radius + 0.62 * radius * thing.height * np.cos(angles) * 1.1)
        up = (0.52 + radius * np.sin(angles)) * thing.height
        edges.append(np.array([thing.at(view, x, y, thing.z) for x, y in zip(across, up, strict=True)]))
    return np.concatenate([edges[0], edges[1][::-1]])


def _book(page: Page, view: View, thing: Object, lamp: float) -> list[Points]:
    """Draw a lying book: the sides that face us, pages between two covers, and the cover on top."""
    foot = thing.foot()
    low, high = (
        np.array([thing.at(view, float(x), y, float(z)) for x, z in foot]) for y in (0.0, thing.height)
    )
    covered = [hull(np.concatenate([low, high]))]
    for k in range(4):
        after = (k + 1) % 4
        side = foot[after] - foot[k]
        out = np.array([side[1], -side[0]]) / np.linalg.norm(side)
        if out @ foot[[k, after]].mean(axis=0) >= 0:  # turned away from the camera, which is at (0, 0)
            continue
        spine, light = k == 3, SHADOWED + 0.3 * max(0.0, float(out[0]) * lamp - float(out[1]) * 0.6)
        page.fill(np.stack([low[k], low[after], high[after], high[k]]), scaled(thing.colour, light))
        if not spine:
            inner = [low[k] + (high[k] - low[k]) * share for share in (0.14, 0.86)]
            outer = [low[after] + (high[after] - low[after]) * share for share in (0.14, 0.86)]
            page.fill(np.stack([inner[0], outer[0], outer[1], inner[1]]), scaled(PAPER, light + 0.15))
    if not thing.mirrored:
        page.fill(high, scaled(thing.colour, 1.04))
        middle = high.mean(axis=0)
        page.fill((high - middle) * (0.5, 0.5) + middle, thing.trim)
        page.fill((high - middle) * (0.40, 0.40) + middle, scaled(thing.colour, 0.9))
    return covered


def _plate(page: Page, view: View, thing: Object, lamp: float) -> list[Points]:
    rim = thing.ring(view, thing.height, thing.radius)
    foot = thing.ring(view, 0.0, 0.72 * thing.radius)
    outline = hull(np.concatenate([rim, foot]))
    page.fill(outline, scaled(thing.colour, 0.62))
    if not thing.mirrored:
        page.fill(rim, thing.colour)
        page.fill(thing.ring(view, thing.height, 0.93 * thing.radius), thing.trim)
        page.fill(thing.ring(view, thing.height, 0.87 * thing.radius), scaled(thing.colour, 0.97))
        page.fill(thing.ring(view, 0.6 * thing.height, 0.66 * thing.radius), scaled(thing.colour, 0.84))
        page.fill(thing.ring(view, 0.3 * thing.height, 0.63 * thing.radius), scaled(thing.colour, 0.93))
    return [outline]


def _ball(page: Page, view: View, thing: Object, lamp: float) -> list[Points]:
    """Draw a ball or a fruit: rounder the nearer its light is to the lamp's side."""
    middle = np.array(thing.at(view, thing.x, thing.radius, thing.z))
    radius = thing.radius * view.scale(thing.z)
    whole = CIRCLE * (radius * (0.94 if thing.kind == "fruit" else 1.0), radius)
    shift = np.array([(0.45 if thing.mirrored else -0.45) * radius, 0.42 * lamp * radius])
    lights = ROUND[1:4:2] if thing.mirrored else ROUND
    shares = np.array([share for share, _ in lights])[:, None, None]
    page.fills(whole * shares + (middle + shift * (1 - shares)), [scaled(thing.colour, n) for _, n in lights])
    if thing.kind == "ball":
        _panels(page, middle, radius, thing)
    elif not thing.mirrored:
        stem = np.array([(-0.80, -0.05), (-1.10, 0.02), (-1.08, 0.12), (-0.80, 0.06)]) * radius + middle
        page.fill(stem, (0.30, 0.20, 0.10))
        leaf = np.array([(-0.92, 0.04), (-1.16, 0.30), (-1.06, 0.52), (-0.88, 0.34)]) * radius + middle
        page.fill(leaf, LEAF)
    return [whole + middle]


def _panels(page: Page, middle: Points, radius: float, thing: Object) -> None:
    """Draw a second colour's two panels on a beach ball, as lenses through its pole."""
    angles = np.linspace(-0.5 * math.pi, 0.5 * math.pi, 9)
    sin, cos = math.sin(thing.turn), math.cos(thing.turn)
    for low, high in ((-0.86, -0.42), (0.12, 0.58)):
        edges = [np.stack([0.93 * np.sin(angles), share * np.cos(angles)], axis=1) for share in (low, high)]
        lens = np.concatenate([edges[0], edges[1][::-1]]) @ np.array([[cos, sin], [-sin, cos]])
        page.fill(lens * radius + middle, thing.trim)


def reflected(thing: Object) -> Object:
    """Give a thing's mirror image in the table."""
    return replace(thing, mirrored=True)
