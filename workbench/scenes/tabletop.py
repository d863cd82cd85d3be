"""A table: bottles, mugs, books, balls, fruit and plates that hide each other, shadows, and a glossy top."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.sample import Sample
from workbench.scenes import objects, photographs
from workbench.scenes.canvas import Floats, checked, floats
from workbench.scenes.domain import Domain, accepted, taken
from workbench.scenes.light import blurred, shaded
from workbench.scenes.objects import Object
from workbench.scenes.page import Page, fixed
from workbench.scenes.sprite import SHIFT, Colour, scaled
from workbench.scenes.textures import between, clouds
from workbench.scenes.view import View
from workbench.taxonomy import QUIET, Category, Taxonomy

WALL, TABLE = 1, 2
TAXONOMY = Taxonomy(
    [
        Category(WALL, "wall", "stuff", QUIET),
        Category(TABLE, "table", "stuff", "#8A6D3B"),
        Category(3, "bottle", "thing", "#009E73"),
        Category(4, "book", "thing", "#CC79A7"),
        Category(5, "mug", "thing", "#0072B2"),
        Category(6, "plate", "thing", "#56B4E9"),
        Category(7, "ball", "thing", "#F0E442"),
        Category(8, "fruit", "thing", "#D55E00"),
    ]
)
GLASSES: tuple[Colour, ...] = ((0.16, 0.36, 0.22), (0.36, 0.22, 0.10), (0.30, 0.46, 0.52), (0.50, 0.12, 0.14))
GLAZES: tuple[Colour, ...] = (
    (0.86, 0.84, 0.78), (0.20, 0.36, 0.52), (0.72, 0.34, 0.24), (0.34, 0.48, 0.40), (0.84, 0.68, 0.34),
)  # fmt: skip
COVERS: tuple[Colour, ...] = ((0.55, 0.16, 0.18), (0.16, 0.26, 0.46), (0.22, 0.36, 0.26), (0.66, 0.50, 0.22))
FRUITS: tuple[Colour, ...] = ((0.90, 0.50, 0.10), (0.74, 0.16, 0.12), (0.56, 0.66, 0.18), (0.90, 0.78, 0.20))
BALLS: tuple[Colour, ...] = ((0.84, 0.20, 0.20), (0.20, 0.44, 0.76), (0.92, 0.74, 0.16))
WHITE: Colour = (0.93, 0.92, 0.88)
# How a kind stands: how far away (nearest, farthest), its radius, its height over its radius, its colours.
KINDS = {
    "bottle": ((0.72, 0.92), (0.050, 0.064), 6.0, GLASSES),
    "book": ((0.64, 0.88), (0.110, 0.150), 0.42, COVERS),
    "mug": ((0.52, 0.80), (0.062, 0.078), 2.2, GLAZES),
    "plate": ((0.48, 0.74), (0.110, 0.140), 0.16, GLAZES),
    "ball": ((0.46, 0.72), (0.062, 0.088), 2.0, BALLS),
    "fruit": ((0.42, 0.62), (0.042, 0.054), 2.0, FRUITS),
}
# Fewest and most on a square table, the widest first, as long as there is room for them.
COUNTS = {"plate": (0, 2), "book": (0, 2), "bottle": (1, 3), "mug": (1, 3), "ball": (0, 2), "fruit": (2, 5)}
TABLES: tuple[Colour, ...] = ((0.60, 0.42, 0.26), (0.42, 0.28, 0.18), (0.74, 0.62, 0.46), (0.36, 0.36, 0.38))
WALLS: tuple[Colour, ...] = ((0.80, 0.77, 0.70), (0.58, 0.66, 0.68), (0.70, 0.56, 0.48), (0.62, 0.64, 0.54))
EDGE = 1.0  # z at which the table ends
Spot = tuple[float, float, float]  # x, z, radius
MOST = 60  # things on one table, however long it is


def tabletop(
    seed: int = 0,
    size: tuple[int, int] = (256, 256),
    *,
    domain: Domain | None = None,
    crowded: bool = False,
) -> Sample:
    """Generate a laid table before a wall with its exact truth.

    The same seed and size give the same bytes; another size shows the same kind of picture. Things are drawn
    far to near: fruit and balls lie in front of mugs, and those of bottles and books, more often than the
    reverse; plates lie under all else. The lamp casts shadows on the table, which reflects what stands on it.

    Parameters
    ----------
    seed : whole number from 0.
    size : (height, width), 32 to 4096 px a side.
    domain : weather, light, lens and textures, in which the truth stays the same; clear where it is None.
    crowded : whether fruit and balls lie right before larger things, so that most things overlap another one.

    Raises
    ------
    ValueError : a bad seed, size or domain.

    >>> sample = tabletop(seed=1, size=(64, 96))
    >>> sample.image.shape, sample.target[:2], len(sample.target)
    ((64, 96, 3), ('bottle', 'book'), 6)
    """
    shape, domain = checked("tabletop", seed, size), accepted("tabletop", domain)
    planner, painter = (np.random.default_rng([seed, stream]) for stream in (12, 13))
    view = View(
        shape[0] * between(planner, -0.22, -0.08), shape[1] * between(planner, 0.46, 0.54),
        min(shape) * between(planner, 0.82, 0.95), 0.0,
    )  # fmt: skip
    # The camera's height is what brings the table's end to where the wall begins.
    edge = shape[0] * between(planner, 0.24, 0.36)
    view = View(view.row, view.col, view.focal, (edge - view.row) * EDGE / view.focal)
    lamp, deep, gloss = between(planner, -1, 1), between(planner, -0.25, 0.3), between(planner, 0.12, 0.36)
    page = Page(*_room(planner, painter, view, shape, domain.real), TAXONOMY)
    things = _placed(planner, view, shape, crowded)
    _shadows(page, view, things, (-0.75 * lamp, deep), edge)
    _mirror(page, view, things, lamp, gloss, edge)
    for thing in things:
        page.claim(objects.draw(page, view, thing, lamp), TAXONOMY[thing.kind])
    truth, instances, depth = page.truth()
    rgb = shaded(blurred(page.floats(), min(shape) / 700), 0.22)
    return Sample(
        "tabletop",
        f"Generated table, seed {seed}",
        taken(painter, rgb, 0.014, domain, seed),
        truth,
        tuple(category.name for category in TAXONOMY.things),
        "Generated by workbench.scenes.tabletop",
        "BSD-3-Clause",
        "scene",
        instances,
        depth,
    )


def _placed(rng: np.random.Generator, view: View, shape: tuple[int, int], crowded: bool) -> list[Object]:
    """Put things where none stands yet, and order them: plates first, then far to near."""
    found: list[Object] = []
    wide = shape[1] / min(shape)
    for kind, (low, high) in COUNTS.items():
        for _ in range(min(MOST // 6, round(rng.integers(low, high + 1) * wide))):
            for _ in range(6):  # tries; the crowded stay away
                spot = _spot(rng, view, shape, kind)
                if all(_apart(spot, (other.x, other.z, other.radius)) for other in found):
                    found.append(_thing(rng, kind, *spot))
                    break
    found += [_dish(rng, thing) for thing in found if thing.kind == "plate" and rng.random() < 0.7]
    if crowded:
        found += _crowd(rng, found, view.height * view.focal / (shape[0] - view.row))
    return sorted(found, key=lambda thing: (thing.kind != "plate", -thing.z))


def _spot(rng: np.random.Generator, view: View, shape: tuple[int, int], kind: str) -> Spot:
    """Draw where a thing of a kind may stand, and how large: x, z, radius."""
    (near, far), sizes, *_ = KINDS[kind]
    z, radius = between(rng, near, far), between(rng, *sizes)
    return (between(rng, 0.06, 0.94) * shape[1] - view.col) * z / view.focal, z, radius


def _thing(rng: np.random.Generator, kind: str, x: float, z: float, radius: float) -> Object:
    _, _, tall, colours = KINDS[kind]
    colour = scaled(_one(rng, colours), between(rng, 0.86, 1.0))
    trim = WHITE if kind in ("bottle", "ball") else _one(rng, GLAZES)
    turn = between(rng, -0.6, 0.6) if kind == "book" else between(rng, 0, math.tau)
    height = radius * tall * between(rng, 0.9, 1.1) if kind not in ("ball", "fruit") else 2 * radius
    return Object(kind, x, z, radius, height, colour, trim, turn)


def _one(rng: np.random.Generator, colours: tuple[Colour, ...]) -> Colour:
    return colours[int(len(colours) * rng.random())]


def _apart(spot: Spot, other: Spot) -> bool:
    """Say whether two feet do not touch; a book is about as wide as a circle of its half width."""
    return math.hypot(spot[0] - other[0], spot[1] - other[1]) > 1.04 * (spot[2] + other[2])


def _dish(rng: np.random.Generator, plate: Object) -> Object:
    """Give a fruit that lies on a plate."""
    radius = between(rng, *KINDS["fruit"][1])
    x, z = plate.x + between(rng, -0.3, 0.3) * plate.radius, plate.z + between(rng, -0.3, 0.3) * plate.radius
    colour = scaled(_one(rng, FRUITS), between(rng, 0.86, 1.0))
    return Object("fruit", x, z, radius, 2 * radius, colour, colour, up=0.3 * plate.height)


def _crowd(rng: np.random.Generator, things: list[Object], nearest: float) -> list[Object]:
    """Put a fruit or a ball right before each larger thing, as the camera sees it."""
    found: list[Object] = []
    for thing in things:
        if thing.kind in ("ball", "fruit", "plate"):
            continue
        for _ in range(8):  # tries; two of them stay, mostly
            kind = "fruit" if rng.random() < 0.75 else "ball"
            radius = min(between(rng, *KINDS[kind][1]), 0.8 * thing.radius)
            # A lying book is less deep than wide, and low: what stands before it has to be close.
            deep = 0.75 * thing.radius if thing.kind == "book" else thing.radius
            z = thing.z - (deep + radius) * between(rng, 1.0, 1.2)
            x = (thing.x + between(rng, -0.9, 0.9) * thing.radius) * z / thing.z
            others = [other for other in [*things, *found] if other is not thing and other.kind != "plate"]
            apart = all(_apart((x, z, radius), (other.x, other.z, other.radius)) for other in others)
            if z > nearest + radius and apart:
                found.append(_thing(rng, kind, x, z, radius))
    return found


def _room(
    planner: np.random.Generator, painter: np.random.Generator, view: View, shape: tuple[int, int], real: bool
) -> tuple[Floats, NDArray[np.int32]]:
    """Paint the wall and the table top: (H, W, 3) colours, 0 to 1, and (H, W) category ids."""
    down, right = view.rays(shape)
    z = np.minimum(view.height / np.maximum(down, 1e-3), 2 * EDGE)
    table = z < EDGE
    first = int(np.argmax(table[:, 0]))
    ids = np.full(shape, WALL, np.int32)
    ids[first:] = TABLE
    tones = np.empty(shape, np.float32)
    small = clouds(painter, (shape[0] // 4 + 1, shape[1] // 4 + 1), 3, octaves=2, gain=0.6)
    tones[:] = cv2.resize(small, shape[::-1], interpolation=cv2.INTER_LINEAR)
    tones *= 0.035
    tones += 1
    # A wall in the lamp's light, brighter above the table; planks, or stone, that lie in the table's plane.
    tones[:first] *= np.linspace(0.82, 1.05, max(1, first), dtype=np.float32)[:, None]
    tones[first:] *= _wood(planner, painter, right * z[first:], z[first:])
    if real:
        rows = np.arange(first, dtype=np.float32)[:, None] * (110 / min(shape))
        cols = np.arange(shape[1], dtype=np.float32)[None, :] * (110 / min(shape))
        tones[:first] *= 1 + 0.20 * photographs.laid("brick", 96, cols, rows)
    wall, top = WALLS[planner.integers(len(WALLS))], TABLES[planner.integers(len(TABLES))]
    rgb: Floats = cv2.merge([tones] * 3)
    rgb[:first] *= floats(wall)
    rgb[first:] *= floats(top)
    return rgb, ids


def _wood(planner: np.random.Generator, painter: np.random.Generator, x: Floats, z: Floats) -> Floats:
    """Give the grain and the joints of planks that run from left to right, (h, W)."""
    tile: Floats = painter.standard_normal((64, 32), dtype=np.float32)
    tile = cv2.GaussianBlur(tile, (0, 0), sigmaX=2.2, sigmaY=0.7, borderType=cv2.BORDER_REFLECT)
    deep = np.broadcast_to(z * np.float32(170), x.shape)
    grain = cv2.remap(
        tile, x * np.float32(18), np.ascontiguousarray(deep), cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP
    )
    step = between(planner, 0.14, 0.22)
    place = z / np.float32(step)
    number = np.floor(place)
    shade = painter.uniform(0.90, 1.06, 16).astype(np.float32)[number.astype(int) % 16]
    joint = np.where(place - number < 0.05, np.float32(0.72), np.float32(1))
    return (1 + np.float32(0.22) * grain) * (shade * joint)


def _shadows(page: Page, view: View, things: list[Object], lean: tuple[float, float], edge: float) -> None:
    """Let the lamp's shadows fall on the table, soft at their edges."""
    cover = np.zeros(page.shape, np.uint8)
    for thing in things:
        outline = fixed(objects.shadow(view, thing, lean))
        cv2.fillPoly(cover, [outline], 255, cv2.LINE_AA, SHIFT)
    cover[: round(edge)] = 0
    soft = cv2.GaussianBlur(cover, (0, 0), max(0.4, 0.012 * min(page.shape)))
    light = cv2.LUT(soft, DARKENING)
    cv2.multiply(page.rgb, cv2.merge([light] * 3), dst=page.rgb, scale=1 / 255)


DARKENING = np.round(255 - 0.55 * np.arange(256)).astype(np.uint8)


def _mirror(page: Page, view: View, things: list[Object], lamp: float, gloss: float, edge: float) -> None:
    """Let the polished table reflect what stands on it, the more the flatter one looks at it."""
    first = round(edge)
    if first >= page.shape[0]:
        return
    image = Page.over(page)
    for thing in things:
        if thing.kind != "plate":
            objects.draw(image, view, objects.reflected(thing), lamp)
    seen = image.rgb[first:]
    seen = cv2.GaussianBlur(
        seen, (0, 0), sigmaX=max(0.3, 0.003 * min(page.shape)), sigmaY=max(0.4, 0.010 * min(page.shape))
    )
    table = page.rgb[first:]
    cv2.addWeighted(seen, gloss, table, 1 - gloss, 0, dst=table)
