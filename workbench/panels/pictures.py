"""The pictures of a page: bundled samples, files that are opened, arrays and samples from a cell."""

from __future__ import annotations

import io
import warnings
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from workbench import samples
from workbench.export import read_truth
from workbench.image import (
    WORKING_SIZE,
    Image,
    ImageError,
    ImageNote,
    fit,
    fitted_size,
    identify,
    read_image,
    remember,
)
from workbench.sample import Sample
from workbench.segmentation import Segmentation

SWAPPED = (5, 6, 7, 8)  # EXIF orientations that turn a picture by a quarter


@dataclass(frozen=True, eq=False)
class Picture:
    """Hold what the cards of a page work on: an image and, perhaps, what is true of it.

    key : what the page calls the image. truth_key : the same for the truth; workers keep both by these.
    full : (height, width) before it was scaled to a working size.
    """

    key: str
    title: str
    image: Image
    truth: Segmentation | None = None
    truth_key: str = "none"
    target: tuple[str, ...] = ()
    credit: str = ""
    note: str = ""
    full: tuple[int, int] | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Give (height, width) as worked on."""
        height, width = self.image.shape[:2]
        return height, width

    @property
    def scale(self) -> float:
        """Say how much it was scaled; 1.0 where it was not."""
        return max(self.size) / max(self.full) if self.full else 1.0

    def with_truth(self, truth: Segmentation | None, key: str) -> Picture:
        """Put another truth, or none, beside the image."""
        names = truth.taxonomy.names if truth is not None else []
        target = tuple(name for name in self.target if name in names)
        if truth is not None and not target:  # a truth with names of its own: its things are what to find
            target = tuple(category.name for category in truth.taxonomy.things)
        return replace(self, truth=truth, truth_key=key, target=target)

    def read_truth(self, data: bytes, name: str) -> Segmentation:
        """Read a truth file for this image, of its own size or of the one that it is worked on at.

        Raises
        ------
        ImageError : no truth, of another size, or with ids that the taxonomy does not have.
        """
        tax = self.truth.taxonomy if self.truth is not None else None
        try:
            truth = read_truth(data, self.full or self.size, tax, name)
        except ImageError:
            if self.full in (None, self.size):
                raise
            with suppress(ImageError):
                return read_truth(data, self.size, tax, name)
            raise
        return truth if truth.shape == self.size else truth.resized(self.size)


def bundled(name: str) -> Picture:
    """Give a bundled sample at its working size.

    Raises
    ------
    KeyError : an unknown name; the known ones are listed.
    """
    sample = samples.load(name, longest=WORKING_SIZE)
    return _of_sample(name, f"bundled:{name}", sample, samples.full_size(name))


def opened(key: str, data: bytes, name: str) -> Picture:
    """Read a file that a person opened.

    Raises
    ------
    ImageError : it is no image that can be read.
    """
    image, notes = _read(data, name)
    return Picture(key, name, image, note=notes, full=_full_size(data))


def given(thing: Any) -> Picture:
    """Make a picture of a sample, or of anything that `read_image` takes.

    Raises
    ------
    ImageError : it is no image that can be read.
    """
    if isinstance(thing, Sample):
        sha256 = identify(thing.image)[0]
        size = fitted_size(thing.shape, WORKING_SIZE)
        truth = thing.truth.resized(size) if thing.truth is not None and size != thing.shape else thing.truth
        image = fit(thing.image, WORKING_SIZE)
        if image is thing.image and image.flags.writeable:
            image = image.copy()
        worked = replace(thing, image=remember(image, "array"), truth=truth, instances=None, depth=None)
        return _of_sample(f"file:{sha256}", f"bundled:{sha256}", worked, thing.shape)
    image, notes = _read(thing, None)
    return Picture(f"file:{identify(image)[0]}", "your image", image, note=notes, full=_full_size(thing))


def _of_sample(key: str, truth_key: str, sample: Sample, full: tuple[int, int]) -> Picture:
    credit = f"{sample.credit} ({sample.licence})"
    truth_key = truth_key if sample.truth is not None else "none"
    return Picture(
        key, sample.title, sample.image, sample.truth, truth_key, sample.target, credit, sample.note, full
    )


def _read(source: Any, name: str | None) -> tuple[Image, str]:
    """Read an image at its working size, and what there is to say of it."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", ImageNote)
        image = read_image(source, name=name, longest=WORKING_SIZE)
    return image, "; ".join(str(note.message) for note in said if issubclass(note.category, ImageNote))


def _full_size(source: Any) -> tuple[int, int]:
    """Give the (height, width) of an image that was read before; of a file, from its header."""
    from PIL import Image as Pillow

    if isinstance(source, np.ndarray):
        return source.shape[0], source.shape[1]
    if isinstance(source, str | Path):
        source = Path(source).expanduser().read_bytes()
    picture = Pillow.open(io.BytesIO(source)) if isinstance(source, bytes) else source
    width, height = picture.size
    turned = picture.getexif().get(0x0112) in SWAPPED
    return (width, height) if turned else (height, width)
