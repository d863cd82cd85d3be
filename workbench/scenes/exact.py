"""Pictures whose truth is exact: real textures pasted along known borders, and a head made of ellipses."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.instances import Instances
from workbench.sample import Sample
from workbench.scenes import photographs
from workbench.scenes.textures import clouds
from workbench.segmentation import Segmentation
from workbench.taxonomy import Category, Taxonomy

TEXTURES = Taxonomy(
    [Category(1, "brick", "stuff"), Category(2, "grass", "stuff"), Category(3, "gravel", "stuff")]
)
MOSAIC_SIDE = 512
# (row, column, texture): pieces lie where their point is the nearest, along borders that noise has bent.
PIECES = (
    (0.10, 0.18, 1), (0.14, 0.62, 2), (0.30, 0.95, 3), (0.42, 0.38, 3),
    (0.58, 0.08, 2), (0.62, 0.68, 1), (0.90, 0.30, 1), (0.92, 0.74, 2), (0.98, 0.99, 3),
)  # fmt: skip

HEAD = Taxonomy(
    [
        Category(1, "background", "stuff"),
        Category(2, "skull", "stuff"),
        Category(3, "brain", "stuff"),
        Category(4, "ventricle"),
        Category(5, "tumour"),
    ]
)
PHANTOM_SIDE = 400
# Shepp and Logan (1974), with the contrasts of Toft (1996): category, contrast, half axes (across, up),
# middle (across, up), turn in degrees; the head reaches from -1 to 1.
ELLIPSES = (
    ("skull", 1.0, 0.69, 0.92, 0.0, 0.0, 0),
    ("brain", -0.8, 0.6624, 0.874, 0.0, -0.0184, 0),
    ("ventricle", -0.2, 0.11, 0.31, 0.22, 0.0, -18),
    ("ventricle", -0.2, 0.16, 0.41, -0.22, 0.0, 18),
    ("tumour", 0.1, 0.21, 0.25, 0.0, 0.35, 0),
    ("tumour", 0.1, 0.046, 0.046, 0.0, 0.1, 0),
    ("tumour", 0.1, 0.046, 0.046, 0.0, -0.1, 0),
    ("tumour", 0.1, 0.046, 0.023, -0.08, -0.605, 0),
    ("tumour", 0.1, 0.023, 0.023, 0.0, -0.606, 0),
    ("tumour", 0.1, 0.023, 0.046, 0.06, -0.605, 0),
)
SUBPIXELS = 3  # a side, so that edges are as soft as a camera's


def mosaic() -> Sample:
    """Lay out scikit-image's photographs of brick, grass and gravel in irregular pieces; always the same.

    >>> mosaic().truth.taxonomy.names
    ['brick', 'grass', 'gravel']
    """
    ids = _layout(MOSAIC_SIDE)
    grey = np.zeros(ids.shape, np.uint8)
    for category in TEXTURES:
        texture = photographs.read(category.name)
        grey = np.where(ids == category.id, texture[:MOSAIC_SIDE, :MOSAIC_SIDE], grey)
    return Sample(
        "mosaic",
        "Textures: brick, grass, gravel",
        np.repeat(grey[..., None], 3, axis=2),
        Segmentation.from_semantic(ids, TEXTURES),
        ("brick",),
        "Brick and gravel: CC0Textures; grass: linolafett, DeviantArt; all three from scikit-image's wheel",
        "CC0-1.0",
        "exact",
        note="The grey levels of the three overlap: only their texture tells them apart.",
    )


def _layout(side: int) -> NDArray[np.int32]:
    """Assign each pixel of (side, side) the category of its nearest piece, in coordinates bent by noise."""
    rng = np.random.default_rng(1)
    axis = (np.arange(side, dtype=np.float32) + 0.5) / side
    rows = axis[:, None] + 0.028 * clouds(rng, (side, side), 5, octaves=4)
    cols = axis[None, :] + 0.028 * clouds(rng, (side, side), 5, octaves=4)
    away = np.stack([(rows - r) ** 2 + (cols - c) ** 2 for r, c, _ in PIECES])
    return np.array([texture for *_, texture in PIECES], np.int32)[away.argmin(axis=0)]


def phantom() -> Sample:
    """Draw Shepp and Logan's head phantom (1974) from its ten ellipses.

    A pixel belongs to the last ellipse that holds its middle. Where two overlap, their contrasts add up.

    >>> phantom().truth.summary()
    'ventricle: 2 segments, tumour: 6 segments'
    """
    grey = np.zeros((PHANTOM_SIDE * SUBPIXELS,) * 2, np.float32)
    for row in ELLIPSES:
        grey += np.float32(row[1]) * _inside(row, PHANTOM_SIDE * SUBPIXELS)
    small = cv2.resize(grey, (PHANTOM_SIDE, PHANTOM_SIDE), interpolation=cv2.INTER_AREA)
    whole = np.stack([_inside(row, PHANTOM_SIDE) for row in ELLIPSES])
    ids, names = np.ones(whole.shape[1:], np.int32), {1: 1}
    for number, (mask, row) in enumerate(zip(whole, ELLIPSES, strict=True), start=2):
        ids[mask], names[number] = number, HEAD[row[0]].id
    things = [k for k, row in enumerate(ELLIPSES) if HEAD[row[0]].kind == "thing"]
    kinds = [HEAD[ELLIPSES[k][0]].id for k in things]
    return Sample(
        "phantom",
        "Head phantom",
        np.repeat(cv2.convertScaleAbs(np.clip(small, 0, 1), alpha=255)[..., None], 3, axis=2),
        Segmentation.from_panoptic(ids, names, HEAD),
        ("ventricle", "tumour"),
        "Drawn from the ellipses of Shepp and Logan (1974), contrasts of Toft (1996)",
        "BSD-3-Clause",
        "exact",
        Instances.from_masks(whole[things], kinds, HEAD),
        tuple(range(len(things))),
    )


def _inside(ellipse: tuple, side: int) -> NDArray[np.bool_]:
    """Say of each pixel of (side, side) whether its middle lies in the ellipse."""
    _, _, across, tall, x, y, degrees = ellipse
    axis = ((2 * np.arange(side) + 1) / side - 1).astype(np.float32)
    right, up = axis[None, :] - x, -axis[:, None] - y
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return ((right * cos + up * sin) / across) ** 2 + ((up * cos - right * sin) / tall) ** 2 <= 1
