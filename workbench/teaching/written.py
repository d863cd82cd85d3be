"""A mask as a line of text, so that what was painted stays in a notebook and can be handed in."""

from __future__ import annotations

import base64
import binascii
import re
import zlib

import numpy as np
from numpy.typing import ArrayLike, NDArray

MOST = 2**26  # pixels; text that claims more is refused before anything is made of it
FORM = re.compile(r"mask:(\d{1,5})x(\d{1,5}):([A-Za-z0-9+/=\s]*)")


def text(mask: ArrayLike) -> str:
    """Write an (H, W) mask as text: its size, and its bits, deflated.

    >>> text(np.eye(2, dtype=bool))
    'mask:2x2:eNqbAAAAkQCR'
    """
    array = np.asarray(mask) != 0
    if array.ndim != 2 or not array.size:
        raise ValueError(f"a mask has rows and columns, got an array of shape {array.shape}")
    bits = zlib.compress(np.packbits(array).tobytes(), 9)
    return f"mask:{array.shape[0]}x{array.shape[1]}:{base64.b64encode(bits).decode()}"


def mask(line: str) -> NDArray[np.bool_]:
    """Read a mask back, whoever wrote the text.

    Raises
    ------
    ValueError : this is no such text, or its bits are not as many as its size says.

    >>> mask(text(np.eye(2, dtype=bool))).tolist()
    [[True, False], [False, True]]
    """
    found = FORM.fullmatch(line.strip())
    if found is None:
        raise ValueError("A mask as text begins with mask: and its size; copy the whole line once more.")
    size = int(found[1]), int(found[2])
    if not 0 < size[0] * size[1] <= MOST:
        raise ValueError(f"A mask of {size[0]} x {size[1]} pixels cannot be; copy the whole line once more.")
    count = -(-size[0] * size[1] // 8)
    opened = zlib.decompressobj()
    try:
        raw = opened.decompress(base64.b64decode(found[3]), count + 1)
    except (binascii.Error, zlib.error):
        raw = b""
    if len(raw) != count or not opened.eof:
        raise ValueError("The text of this mask is cut short or changed; copy the whole line once more.")
    return np.unpackbits(np.frombuffer(raw, np.uint8), count=size[0] * size[1]).reshape(size).astype(bool)
