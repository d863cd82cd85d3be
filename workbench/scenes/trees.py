"""Street trees: a trunk, and a crown of leaves with the sky between them."""

from __future__ import annotations

import math

import cv2
import numpy as np

from workbench.scenes.canvas import Floats, Patch, floats
from workbench.scenes.light import relief
from workbench.scenes.sprite import Colour, Sprite
from workbench.scenes.textures import limited, smooth
from workbench.scenes.view import View

LEAVES: tuple[Colour, ...] = (
    (0.20, 0.36, 0.12),
    (0.28, 0.42, 0.14),
    (0.16, 0.32, 0.16),
    (0.52, 0.40, 0.12),
    (0.36, 0.44, 0.20),
)
BARK: Colour = (0.26, 0.20, 0.15)
SIDE = 32  # px of the crown's own grid, whatever its size in the picture
AXIS = np.linspace(-1.3, 1.3, SIDE, dtype=np.float32)


def trunk(view: View, x: float, z: float, tall: float) -> Sprite:
    """Draw the trunk of a tree whose crown's middle is `tall` metres up, with its first branches."""
    scale, (foot, col) = view.scale(z), view.place(x, 0.0, z)
    top = foot - tall * scale
    sprite = Sprite((top, col - 0.9 * scale), (foot, col + 0.9 * scale))
    sprite.limb((foot, col), (top, col), (0.34 * scale, 0.16 * scale), BARK)
    for way in (-1, 1):
        sprite.limb(
            (foot - 0.62 * tall * scale, col),
            (top, col + way * 0.75 * scale),
            (0.14 * scale, 0.06 * scale),
            BARK,
        )
    return sprite


def crown(
    rng: np.random.Generator, view: View, place: tuple[float, float, float], radius: float,
    light: tuple[int, float], haze: tuple[Colour, float], tile: Floats,
) -> Patch:  # fmt: skip
    """Paint the crown about a point, `radius` metres wide; `light` is (the sun's side, brightness)."""
    row, col = view.place(*place)
    reach = 1.35 * radius * view.scale(place[2])
    top, left, side = math.floor(row - reach), math.floor(col - reach), math.ceil(2 * reach) + 2
    dense = cv2.resize(_dense(rng), (side, side), interpolation=cv2.INTER_CUBIC)
    # From afar leaves merge, so that a far crown is smoother than a near one.
    twigs, leaves = (_cut(tile, rng, side, across) for across in (26, min(110, 40 + side // 3)))
    dense = dense + 0.10 * twigs + 0.07 * leaves
    cover = smooth(-0.05, 0.07, dense)
    bulge = cv2.GaussianBlur(dense, (0, 0), max(0.5, side / 45)) * side * 0.15
    shade = relief(bulge, (-0.8, 0.6 * light[0]), 0.5) * light[1]
    tone = limited(0.74 + 0.15 * twigs + 0.20 * leaves, 0.25, 1.7)
    tone *= shade
    base = floats(LEAVES[rng.integers(len(LEAVES))])
    sunlit = tone * limited(tone - 0.6, 0, 1)
    colours = np.stack([base, base * floats((1.28, 1.22, 0.9)), floats(haze[0])])
    weights = cv2.merge(
        [(tone - sunlit) * (1 - haze[1]), sunlit * (1 - haze[1]), np.full_like(tone, haze[1])]
    )
    rgb = (weights.reshape(-1, 3) @ colours).reshape(side, side, 3)
    return Patch(rgb, cover, cover >= 0.5, top, left)


def _cut(tile: Floats, rng: np.random.Generator, side: int, across: int) -> Floats:
    """Cut a piece `across` grains wide out of a tile of one-pixel grain, and bring it to `side` px."""
    row, col = rng.integers(0, tile.shape[0] - across, 2)
    how = cv2.INTER_CUBIC if side > across else cv2.INTER_AREA
    return cv2.resize(tile[row : row + across, col : col + across], (side, side), interpolation=how)


def _dense(rng: np.random.Generator) -> Floats:
    """Grow a crown on a grid of its own out of eight boughs: above 0 inside, 1 at a bough's middle."""
    # A bough's angle, how far out it is, its size: drawn in this order.
    draws = np.array([0, 0.1, 0.34]) + np.array([math.tau, 0.62 - 0.1, 0.52 - 0.34]) * rng.random((8, 3))
    spots = floats([(0.8 * out * math.sin(angle), out * math.cos(angle)) for angle, out, _ in draws.tolist()])
    rows, cols = AXIS[:, None] - spots[:, :1, None], AXIS[None, :] - spots[:, 1:, None]
    boughs = 1 - np.sqrt(rows**2 + cols**2) / floats(draws[:, 2])[:, None, None]
    return np.maximum(boughs.max(axis=0), np.float32(-1))
