"""Segmentations as files: label PNG that says what its ids mean, NPZ, a coloured preview; and truths read."""

from __future__ import annotations

import io
import json
import math
import warnings
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from workbench.image import LARGEST_FILE, LARGEST_IMAGE, Image, ImageError, check_bytes, read_file
from workbench.instances import Instances, encode
from workbench.segmentation import Segment, Segmentation, Yields, present
from workbench.taxonomy import Category, Taxonomy

CHUNK = "workbench"  # the PNG text chunk and the NPZ entry that say what the ids mean
GOLDEN = 0.618033988749895
LONGEST_TEXT = 2**20  # bytes: what Pillow takes from one text chunk, against bombs


def pasted(output: Segmentation | Instances) -> Segmentation:
    """Give any output as one map: instances are pasted, best score first."""
    return output.to_segmentation()[0] if isinstance(output, Instances) else output


def label_png(guess: Segmentation) -> bytes:
    """Write the ids as a grey PNG, 8-bit or 16-bit as needed, with their meaning in a text chunk.

    Raises
    ------
    ValueError : ids above 65 535, or more names than readers of PNG take.

    >>> label_png(Segmentation.from_partition([[1, 2]]))[1:4]
    b'PNG'
    """
    from PIL import Image as Pillow
    from PIL.PngImagePlugin import PngInfo

    top = int(guess.ids.max(initial=0))
    if top > 65535:
        raise ValueError(f"a label PNG holds ids up to 65535, got {top}; save as NPZ")
    text = json.dumps(meaning(guess), separators=(",", ":"))
    if len(text) > LONGEST_TEXT:
        raise ValueError(
            f"a label PNG holds 1 MB of names and scores, got {len(text) / 2**20:.1f} MB; save as NPZ"
        )
    info = PngInfo()
    info.add_text(CHUNK, text, zip=True)
    buffer = io.BytesIO()
    Pillow.fromarray(guess.ids.astype(np.uint8 if top < 256 else np.uint16)).save(buffer, "PNG", pnginfo=info)
    return buffer.getvalue()


def npz(guess: Segmentation, recipe: str = "", *, log: str = "") -> bytes:
    """Write ids, meaning, recipe (JSON) and a log of edits (JSON lines) as NPZ; nothing in it is pickled."""
    buffer = io.BytesIO()
    entries: dict[str, Any] = {"ids": guess.ids, "recipe": recipe, CHUNK: json.dumps(meaning(guess))}
    entries |= {"log": log} if log else {}
    np.savez_compressed(buffer, **entries)
    return buffer.getvalue()


def coco_json(guess: Segmentation, file_name: str = "") -> bytes:
    """Write the things as COCO's instances: ids from 1, run lengths, area and box from the mask.

    Stuff has no place in this format, and neither have regions without names.

    Raises
    ------
    ValueError : there is no thing to write.
    """
    things = [(n, s) for n, s in guess.segments.items() if s.category and s.category.kind == "thing"]
    if not things:
        raise ValueError("COCO JSON holds things with names, and here are none; save as NPZ")
    annotations = []
    for n, (number, segment) in enumerate(things, start=1):  # its evaluation takes id 0 for "unmatched"
        rows, columns = np.nonzero(guess.ids == number)
        left, top = int(columns.min()), int(rows.min())
        box = [left, top, int(columns.max()) - left + 1, int(rows.max()) - top + 1]
        rle = {"size": list(guess.shape), "counts": list(encode(guess.ids == number))}
        one = {"id": n, "image_id": 1, "category_id": segment.category.id, "iscrowd": 0}  # type: ignore[union-attr]
        one |= {"bbox": box, "area": len(rows), "segmentation": rle}
        annotations.append(one | ({} if segment.score is None else {"score": segment.score}))
    categories = [{"id": c.id, "name": c.name} for c in guess.taxonomy.things]
    image = {"id": 1, "width": guess.shape[1], "height": guess.shape[0], "file_name": file_name}
    whole = {"images": [image], "categories": categories, "annotations": annotations}
    return json.dumps(whole, separators=(",", ":")).encode()


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


def read_truth(
    source: bytes | str | Path, size: tuple[int, int], tax: Taxonomy | None = None, name: str = ""
) -> Segmentation:
    """Read a truth from a label PNG or NPZ, for an image of this (height, width).

    Files that this workbench wrote say themselves what their ids mean. In any other, ids are categories of
    `tax`; without one, two values are background and object, and more are numbered categories. 0 is void,
    except in a file of two values, where the lower is background.

    Raises
    ------
    ImageError : not such a file, another size than the image, or ids that the taxonomy does not have.
    """
    name = name or (Path(source).name if isinstance(source, str | Path) else "the truth")
    ids, said = read_labels(source, size, name)
    try:
        return said.over(ids) if said is not None else _guessed(ids, tax)
    except (ValueError, KeyError) as error:
        raise ImageError(f"{name}: {error.args[0]}") from None


def read_labels(
    source: bytes | str | Path, size: tuple[int, int] | None, name: str, noun: str = "truth"
) -> tuple[NDArray[Any], Meaning | None]:
    """Read the bare (H, W) ids of a label image or NPZ, and what they mean where the file says so.

    Parameters
    ----------
    size : the (height, width) that it must have; None takes any up to 40 megapixels.
    name, noun : what a refusal calls the file, and what it should have been: a "truth" or a "guess".

    Raises
    ------
    ImageError : not such a file, not one whole number for each pixel, or another size.
    """
    data = source if isinstance(source, bytes) else read_file(Path(source), name)
    check_bytes(len(data), name)
    try:
        read = _read_npz if data[:2] == b"PK" else _read_png
        ids, text = read(data, _Wanted(tuple(size) if size else None, name, noun))
        return ids, TypeAdapter(Meaning).validate_json(text) if text is not None else None
    except ImageError:
        raise
    except ValidationError:
        raise ImageError(f"{name}: what it says of its ids cannot be read; export it again") from None
    except Exception:  # hostile files raise anything at all
        raise ImageError(
            f"{name}: is not a {noun} that can be read; give a label PNG or an NPZ with 'ids'"
        ) from None


@dataclass(frozen=True)
class Meaning:
    """Say what ids mean, as a file says it; the file may be anybody's."""

    yields: Yields
    taxonomy: list[Category]
    segments: list[tuple[int, int, float | None]]

    def over(self, ids: NDArray[Any]) -> Segmentation:
        """Put the meaning on its ids."""
        tax = Taxonomy(self.taxonomy)
        table = {n: Segment(tax[c] if c else None, score) for n, c, score in self.segments}
        return Segmentation(ids, table, tax, self.yields)


@dataclass(frozen=True)
class _Wanted:
    """Hold what ids must be like to be taken, and how a refusal speaks of them."""

    size: tuple[int, ...] | None
    name: str
    noun: str

    def check(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
        """Refuse ids of another form than the image's; without a size, of any form but a map's."""
        if len(shape) != 2 or dtype.kind not in "iub":
            raise ImageError(
                f"{self.name}: a {self.noun} needs one whole number for each pixel, got {dtype} {shape}; "
                "save ids, not colours"
            )
        if self.size is None and math.prod(shape) > LARGEST_IMAGE:
            most, got = f"{LARGEST_IMAGE / 1e6:g}", f"{math.prod(shape) / 1e6:.1f}"
            raise ImageError(f"{self.name}: may have {most} megapixels, got {got}; cut it into tiles")
        if self.size is not None and tuple(shape) != self.size:
            wanted, got = f"{self.size[0]} x {self.size[1]}", f"{shape[0]} x {shape[1]}"
            raise ImageError(
                f"{self.name}: a {self.noun} must have its image's size {wanted}, got {got}; "
                "export it at that size"
            )


def _read_npz(data: bytes, wanted: _Wanted) -> tuple[NDArray[Any], str | None]:
    """Take the ids and, where there is one, their meaning out of an NPZ; its header decides first."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.namelist()
        chosen = "ids.npy" if "ids.npy" in entries else entries[0]
        with archive.open(chosen) as member:
            shape, dtype = _npy_header(member)
            wanted.check(shape, dtype)
        with archive.open(chosen) as member:
            ids = np.lib.format.read_array(member, allow_pickle=False)
        if f"{CHUNK}.npy" not in entries or archive.getinfo(f"{CHUNK}.npy").file_size > LARGEST_FILE:
            return ids, None
        with archive.open(f"{CHUNK}.npy") as member:
            return ids, str(np.lib.format.read_array(member, allow_pickle=False))


def _npy_header(member: IO[bytes]) -> tuple[tuple[int, ...], np.dtype[Any]]:
    version = np.lib.format.read_magic(member)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = read(member)
    return shape, dtype


def _read_png(data: bytes, wanted: _Wanted) -> tuple[NDArray[Any], str | None]:
    """Take the ids and, where there is one, their meaning out of a label image (a palette's indices)."""
    from PIL import Image as Pillow

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Pillow.DecompressionBombWarning)  # the size is checked right below
        picture = Pillow.open(io.BytesIO(data))
    wanted.check(picture.size[::-1], np.dtype(np.uint8))
    ids = np.array(picture)
    if ids.ndim == 3 and ids.shape[2] == 2:
        ids = ids[..., 0]  # grey with transparency
    elif ids.ndim == 3 and (ids[..., :1] == ids[..., :3]).all():
        ids = ids[..., 0]  # grey written as colour
    wanted.check(ids.shape, ids.dtype)
    return ids.astype(np.int64), getattr(picture, "text", {}).get(CHUNK)


def _guessed(ids: NDArray[Any], tax: Taxonomy | None) -> Segmentation:
    values = np.unique(ids)
    # 0 and 255 are every paint program's mask, whatever the picture's own categories are called.
    if len(values) == 2 and (tax is None or values.tolist() == [0, 255]):
        return Segmentation.from_mask(ids == values[1])
    ids = ids.astype(np.uint8) if ids.dtype == bool else ids
    if tax is None:
        numbers = [int(n) for n in values if n > 0]
        if len(numbers) > 256:
            raise ValueError(
                f"a truth without names may have 256 categories, got {len(numbers)}; add names as NPZ"
            )
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
