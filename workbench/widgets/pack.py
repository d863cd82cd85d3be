"""Pack ids into few bytes for the browser: a bit a pixel or run lengths, deflated."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

Pack = dict[str, Any]
LONGEST = 65_535  # a run's length travels as uint16; longer runs are cut


def pack(ids: NDArray[np.integer]) -> tuple[Pack, bytes]:
    """Pack (H, W) ids; returns what the page must know and the deflated bytes.

    Two-valued ids become one bit a pixel unless their runs are fewer bytes; all others become runs.
    Deflate works at level 1: on a local link a higher level costs more time than its bytes save.

    Raises
    ------
    ValueError : ids that are empty or do not fit int32.

    >>> pack(np.array([[1, 1, 2, 2]]))[0]
    {'kind': 'bits', 'values': [1, 2]}
    """
    flat = _flat(ids)
    starts = np.concatenate(([0], np.flatnonzero(flat[1:] != flat[:-1]) + 1))
    values = _two_values(flat, starts)
    if values is not None and flat.size <= 8 * 3 * starts.size:
        low, high = values
        bits = np.packbits(flat == high)
        return {"kind": "bits", "values": [low, high]}, zlib.compress(bits.tobytes(), 1)
    return _runs(flat, starts)


def unpack(info: Pack, data: bytes, shape: tuple[int, int]) -> NDArray[np.int32]:
    """Read packed ids back as (H, W) int32; what the page does, for tests.

    >>> unpack(*pack(np.array([[7, 7], [7, 9]])), (2, 2)).tolist()
    [[7, 7], [7, 9]]
    """
    return expand(info, zlib.decompress(data), shape)


def expand(info: Pack, raw: bytes, shape: tuple[int, int]) -> NDArray[np.int32]:
    """Read packed ids that are no longer, or never were, deflated; a page sends what is painted as it is.

    Raises
    ------
    ValueError : bytes that are not as many as they should be, or runs that do not fill the shape.
    """
    size = shape[0] * shape[1]
    if info["kind"] == "bits":
        bits = np.unpackbits(np.frombuffer(raw, np.uint8), count=size)
        return np.asarray(info["values"], np.int32)[bits].reshape(shape)
    count, width = info["runs"], info["width"]
    if width not in (1, 2, 4) or len(raw) != (2 + width) * count:
        raise ValueError(f"{count} runs of {width} bytes do not make {len(raw)} bytes; send them again")
    lengths = np.frombuffer(raw, "<u2", count)
    if int(lengths.sum(dtype=np.int64)) != size:
        raise ValueError(f"runs must fill {shape[0]} x {shape[1]} pixels, got {lengths.sum(dtype=np.int64)}")
    numbers = np.frombuffer(raw, {1: "u1", 2: "<u2", 4: "<i4"}[width], count, 2 * count)
    return np.repeat(numbers.astype(np.int32), lengths).reshape(shape)


def _flat(ids: NDArray[np.integer]) -> NDArray[np.int32]:
    array = np.asarray(ids)
    if array.size == 0 or array.dtype.kind not in "iu":
        raise ValueError(f"ids to pack must be whole numbers with a pixel, got {array.dtype} {array.shape}")
    if array.dtype != np.int32:
        if array.min() < -(2**31) or array.max() > 2**31 - 1:
            raise ValueError(f"ids to pack must fit int32, got {array.min()} to {array.max()}")
        array = array.astype(np.int32)
    return array.ravel()


def _two_values(flat: NDArray[np.int32], starts: NDArray[np.int64]) -> tuple[int, int] | None:
    """Give the two ids, smaller first, or None where there are more; looks at one pixel a run."""
    heads = flat[starts]
    first, other = heads[0], heads[min(1, heads.size - 1)]
    if not ((heads == first) | (heads == other)).all():
        return None
    return int(min(first, other)), int(max(first, other))


def _runs(flat: NDArray[np.int32], starts: NDArray[np.int64]) -> tuple[Pack, bytes]:
    lengths = np.diff(starts, append=flat.size)
    heads = flat[starts]
    if lengths.max() > LONGEST:
        pieces = -(-lengths // LONGEST)
        last = np.cumsum(pieces) - 1
        rest = lengths - (pieces - 1) * LONGEST
        lengths = np.full(pieces.sum(), LONGEST)
        lengths[last] = rest
        heads = np.repeat(heads, pieces)
    low, high = heads.min(), heads.max()
    width = 1 if low >= 0 and high < 2**8 else 2 if low >= 0 and high < 2**16 else 4
    kind = {1: "u1", 2: "<u2", 4: "<i4"}[width]
    raw = lengths.astype("<u2").tobytes() + heads.astype(kind).tobytes()
    return {"kind": "runs", "runs": int(lengths.size), "width": width}, zlib.compress(raw, 1)
