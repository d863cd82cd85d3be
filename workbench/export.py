"""Segmentations as files: label PNG with what the ids mean inside, NPZ, a coloured preview; and truths read back."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.image import Image, ImageError
from workbench.instances import Instances
from workbench.segmentation import Segment, Segmentation, present
from workbench.taxonomy import Category, Taxonomy

CHUNK = "workbench"  # the PNG text chunk and the NPZ entry that say what the ids mean
GOLDEN = 0.618033988749895


def pasted(output: Segmentation | Instances) -> Segmentation:
    """Give any output as one map: instances are pasted, best score first."""
    return output.to_segmentation()[0] if isinstance(output, Instances) else output


def label_png(guess: Segmentation) -> bytes:
    """Write the ids as a grey PNG, 8-bit or 16-bit as needed, with their meaning in a text chunk.

    Raises
    ------
    ValueError : ids above 65 535, which a PNG cannot hold.
    """
    from PIL import Image as Pillow
    from PIL.PngImagePlugin import PngInfo

    top = int(guess.ids.max(initial=0))
    if top > 65535:
        raise ValueError(f"a label PNG holds ids up to 65535, got {top}; save as NPZ")
    info = PngInfo()
    info.add_text(CHUNK, json.dumps(meaning(guess)), zip=True)
    buffer = io.BytesIO()
    Pillow.fromarray(guess.ids.astype(np.uint8 if top < 256 else np.uint16)).save(buffer, "PNG", pnginfo=info)
    return buffer.getvalue()


def npz(guess: Segmentation, recipe: str = "") -> bytes:
    """Write ids, their meaning and the recipe (JSON) as a compressed NPZ; nothing in it is pickled."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, ids=guess.ids, recipe=recipe, **{CHUNK: json.dumps(meaning(guess))})
    return buffer.getvalue()


def preview_png(guess: Segmentation, image: Image, opacity: float = 0.45) -> bytes:
    """Paint the segments over the (H, W, 3) image in their colours, and write that as PNG."""
    from PIL import Image as Pillow

    blended = image * (1 - opacity) + painted(guess) * opacity
    shown = np.where((guess.ids > 0)[..., None], blended, image)
    buffer = io.BytesIO()
    Pillow.fromarray(np.round(shown).astype(np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


def painted(guess: Segmentation) -> Image:
    """Give each pixel its segment's colour, (H, W, 3) uint8; void is black."""
    return colour_table(guess)[np.searchsorted(_order(guess), guess.ids)].astype(np.uint8)


def colour_table(guess: Segmentation) -> NDArray[np.float64]:
    """Give (1 + segments, 3) RGB from 0 to 255: void first, then each id in order.

    A named segment has its category's colour; unnamed ones walk the hues by the golden ratio, stable by id.
    """
    rows = [(0.0, 0.0, 0.0)]
    for number in _order(guess)[1:]:
        category = guess.segments[int(number)].category
        rows.append(_rgb(category.colour) if category and category.colour else _hue(int(number)))
    return np.array(rows)


def meaning(guess: Segmentation) -> dict[str, Any]:
    """Say what the ids mean, ready for JSON."""
    categories = [{"id": c.id, "name": c.name, "kind": c.kind, "colour": c.colour} for c in guess.taxonomy]
    segments = [[n, s.category.id if s.category else 0, s.score] for n, s in guess.segments.items()]
    return {"yields": guess.yields, "taxonomy": categories, "segments": segments}


def read_truth(source: bytes | str | Path, size: tuple[int, int], tax: Taxonomy | None = None, name: str = "") -> Segmentation:
    """Read a truth from a label PNG or NPZ, for an image of this (height, width).

    Files that this workbench wrote say themselves what their ids mean. In any other, ids are categories of
    `tax`; without one, two values are background and object, and more are numbered categories. 0 is void, except
    in a file of two values, where the lower is background.

    Raises
    ------
    ImageError : not such a file, another size than the image, or ids that the taxonomy does not have.
    """
    name = name or (str(source) if isinstance(source, (str, Path)) else "the truth")
    data = source if isinstance(source, bytes) else _read(Path(source))
    ids, said = _ids_of(data, name)
    if ids.shape != tuple(size):
        raise ImageError(
            f"{name}: a truth must have its image's size {size[0]} x {size[1]}, got {ids.shape[0]} x {ids.shape[1]}; "
            "export it at that size"
        )
    try:
        return _told(ids, said) if said else _guessed(ids, tax)
    except (ValueError, KeyError, TypeError) as error:
        raise ImageError(f"{name}: {error.args[0]}") from None


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise ImageError(f"{path}: there is no such file; check the path")
    return path.read_bytes()


def _ids_of(data: bytes, name: str) -> tuple[NDArray[Any], dict[str, Any] | None]:
    """Take ids and, where the file has it, their meaning out of PNG or NPZ bytes."""
    from PIL import Image as Pillow

    try:
        if data[:2] == b"PK":
            with np.load(io.BytesIO(data), allow_pickle=False) as archive:
                key = "ids" if "ids" in archive else archive.files[0]
                return archive[key], json.loads(str(archive[CHUNK])) if CHUNK in archive else None
        picture = Pillow.open(io.BytesIO(data))
        ids = np.array(picture)
        text = getattr(picture, "text", {}).get(CHUNK)
    except Exception:  # hostile files raise anything at all
        raise ImageError(f"{name}: is not a truth that can be read; give a label PNG or an NPZ with 'ids'") from None
    if ids.ndim == 3 and (ids[..., :1] == ids[..., :3]).all():
        ids = ids[..., 0]  # grey written as colour
    if ids.ndim != 2 or ids.dtype.kind not in "iub":
        raise ImageError(f"{name}: a truth needs one whole number for each pixel, got {ids.dtype} {ids.shape}; save ids, not colours")
    return ids.astype(np.int64), json.loads(text) if text else None


def _told(ids: NDArray[Any], said: Mapping[str, Any]) -> Segmentation:
    tax = Taxonomy(Category(c["id"], c["name"], c["kind"], c["colour"]) for c in said["taxonomy"])
    table = {n: Segment(tax[c] if c else None, score) for n, c, score in said["segments"]}
    return Segmentation(ids.astype(np.int32), table, tax, said["yields"])


def _guessed(ids: NDArray[Any], tax: Taxonomy | None) -> Segmentation:
    values = np.unique(ids)
    if len(values) == 2 and tax is None:
        return Segmentation.from_mask(ids == values[1])
    if tax is None:
        numbers = [int(n) for n in values if n > 0]
        if len(numbers) > 256:
            raise ValueError(f"a truth without names may have 256 categories, got {len(numbers)}; add names as NPZ")
        tax = Taxonomy(Category(n, f"category {n}") for n in numbers)
    return Segmentation.from_semantic(ids, tax)


def _order(guess: Segmentation) -> NDArray[np.int64]:
    return np.array([0, *present(guess.ids)])


def _rgb(colour: str) -> tuple[float, float, float]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _hue(number: int) -> tuple[float, float, float]:
    import colorsys

    lightness = (0.45, 0.6, 0.75)[number % 3]
    red, green, blue = colorsys.hls_to_rgb(number * GOLDEN % 1, lightness, 0.6)
    return red * 255, green * 255, blue * 255
