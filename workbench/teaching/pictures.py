"""Small pictures for a verdict: what was expected, what came, and where the two differ.

No eye depends on colour: what is missing has stripes, what is too much has dots, and each picture is told in
words beside it.
"""

from __future__ import annotations

import base64
import io
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.image import Image

# The page's own colours (static/palette.js): used for nothing but what was hit, missed and extra.
HIT, MISSED, EXTRA = (0x56, 0xB4, 0xE9), (0xD5, 0x5E, 0x00), (0xF0, 0xE4, 0x42)
INK, PAPER, QUIET = (0x16, 0x19, 0x1D), (0xF2, 0xF4, 0xF5), (0x3A, 0x41, 0x48)
SMALLEST = 15  # pixels that are read as numbers more easily than looked at
LONGEST = 512  # px of a side; a larger picture would make a notebook heavy
SHOWN = 192  # px that a small picture is enlarged to, by whole steps
GREYS = 12  # values of uint8 that are still taken for names rather than for brightness
LINE = 8  # px from stripe to stripe, and from dot to dot

Pixels = NDArray[Any]


def side_by_side(expected: Any, got: Any) -> str:
    """Show two arrays of pixels as pictures with their difference, as HTML; empty where they are none.

    Pixels are two-dimensional arrays of truth values, whole numbers or bytes, more than a few of them.

    >>> side_by_side(1, 2), side_by_side(np.eye(5, dtype=bool), None)[:7]
    ('', '')
    """
    if not (_is_picture(expected) and _is_picture(got)):
        return ""
    shots = [_shot("expected", coloured(expected), _told(expected)), _shot("got", coloured(got), _told(got))]
    if expected.shape == got.shape:
        shots.append(_shot("difference", *difference(expected, got)))
    return row(shots)


def row(shots: list[str]) -> str:
    """Put pictures side by side; they go below each other where there is no room."""
    return f'<div style="display:flex;flex-wrap:wrap;gap:12px;margin:8px 0 0">{"".join(shots)}</div>'


def shot(label: str, picture: Image, told: str) -> str:
    """Give an (H, W, 3) picture as HTML, pixels as crisp squares, with the words that stand for it."""
    return _shot(label, picture, told)


def coloured(pixels: Pixels) -> Image:
    """Give pixels colours: truth values black and white, bytes as grey, other numbers a colour each."""
    if pixels.dtype == bool:
        return np.where(pixels[..., None], PAPER, INK).astype(np.uint8)
    if pixels.dtype == np.uint8 and len(np.unique(pixels)) > GREYS:
        return np.repeat(pixels[..., None], 3, axis=2)
    from workbench.export import painted
    from workbench.segmentation import Segmentation

    _, places = np.unique(pixels, return_inverse=True)  # any numbers, negative ones too, become 0, 1, 2, ...
    ids = places.reshape(pixels.shape) + (0 if (pixels == 0).any() and pixels.min() == 0 else 1)
    return painted(Segmentation.from_partition(ids))


def difference(expected: Pixels, got: Pixels) -> tuple[Image, str]:
    """Draw where two pictures of one size differ, enlarged, and say it in words."""
    if expected.dtype == bool and got.dtype == bool:
        missed, extra = expected & ~got, got & ~expected
        picture = hatched(np.where((expected & got)[..., None], HIT, INK), missed, extra)
        return picture, f"{missed.sum()} missed (stripes), {extra.sum()} extra (dots)"
    differ = expected != got
    picture = hatched(np.full((*expected.shape, 3), QUIET), differ, np.zeros_like(differ))
    return picture, f"{differ.sum()} of {differ.size} pixels differ (stripes)"


def hatched(ground: Pixels, missed: NDArray[np.bool_], extra: NDArray[np.bool_]) -> Image:
    """Draw missed pixels with stripes and extra ones with dots over an (H, W, 3) ground, enlarged."""
    picture, missed, extra = enlarged(ground.astype(np.uint8)), enlarged(missed), enlarged(extra)
    rows, columns = np.indices(missed.shape)
    stripe = (rows + columns) % LINE < 2
    dot = (rows % LINE < 3) & (columns % LINE < 3)
    picture[missed], picture[extra] = MISSED, EXTRA
    picture[(missed & stripe) | (extra & dot)] = INK
    return picture


def enlarged(pixels: Pixels) -> Pixels:
    """Repeat every pixel until the picture is large enough to be seen."""
    times = max(1, SHOWN // max(pixels.shape[:2]))
    return pixels.repeat(times, axis=0).repeat(times, axis=1)


def data_uri(picture: Image) -> str:
    """Write an (H, W, 3) uint8 picture as a PNG that fits into a page."""
    from PIL import Image as Pillow

    buffer = io.BytesIO()
    Pillow.fromarray(picture).save(buffer, "PNG", compress_level=3)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def _shot(label: str, picture: Image, told: str) -> str:
    alt = escape(f"{label}: {told}")
    look = "display:block;max-width:100%;image-rendering:pixelated;border:1px solid #8a8f98"
    height, width = picture.shape[:2]
    times = max(1, SHOWN // max(height, width))
    image = (
        f'<img src="{data_uri(picture)}" alt="{alt}" width="{width * times}" height="{height * times}" '
        f'style="{look}">'
    )
    words = f"<figcaption><strong>{escape(label)}</strong><br>{escape(told)}</figcaption>"
    return f'<figure style="margin:0;max-width:{max(SHOWN, width * times)}px">{image}{words}</figure>'


def _is_picture(value: Any) -> bool:
    return (
        isinstance(value, np.ndarray)
        and value.ndim == 2
        and value.dtype.kind in "biu"
        and value.size > SMALLEST
        and min(value.shape) >= 3
        and max(value.shape) <= LONGEST
    )


def _told(pixels: Pixels) -> str:
    size = f"{pixels.shape[0]} x {pixels.shape[1]} pixels"
    if pixels.dtype == bool:
        return f"{size}, {pixels.sum()} of them true"
    return f"{size}, {len(np.unique(pixels))} values from {pixels.min()} to {pixels.max()}"
