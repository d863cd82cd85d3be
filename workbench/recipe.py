"""A run that can be told again: image, method and values go in, the same bytes come out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from pydantic import ConfigDict, TypeAdapter, ValidationError

from workbench import spelled
from workbench.cost import Cost
from workbench.image import Image, ImageError, fit, identify, read_image, recall
from workbench.instances import Instances
from workbench.registry import METHODS, Method
from workbench.segmentation import Segmentation
from workbench.trace import Stage, Trace, listen

FORMAT = 1
Output = Segmentation | Instances


@dataclass(frozen=True)
class ImageRef:
    """Name an image: content hash, where it came from, and the longest side it was scaled to (or None)."""

    sha256: str
    origin: str
    longest: int | None = None

    @classmethod
    def of(cls, image: Image) -> ImageRef:
        """Name an (H, W, 3) uint8 image."""
        return cls(*identify(image))

    def load(self) -> Image:
        """Bring the image back from where it came, and prove by its hash that it is the same.

        Raises
        ------
        ImageError : it was never in a file, is gone, or has changed.
        """
        image = recall(self.sha256)
        if image is None:
            image = self._fetch()
        if identify(image)[0] != self.sha256:
            raise ImageError(f"{self.origin}: is not the image of this recipe any more; its content changed")
        return image

    def _fetch(self) -> Image:
        kind, _, rest = self.origin.partition(":")
        if kind == "sample":
            from workbench import samples

            return samples.load(rest, longest=self.longest).image
        if kind == "file":
            return read_image(Path(rest), longest=self.longest)
        raise ImageError(
            f"the image of this recipe was {self.origin!r}, not a file; give it: recipe.run(image)"
        )

    def to_python(self) -> str:
        """Write the line of Python that loads it."""
        return spelled.loading(self)


@dataclass(frozen=True)
class Recipe:
    """Hold what makes a result: an image, a method's name, and all its values.

    Parameters
    ----------
    image : which image. method : a name in `METHODS`. values : every parameter; missing ones are completed.
    longest : work on a copy with this longest side and enlarge the ids again (nearest), or None.

    Raises
    ------
    KeyError : an unknown method. ValueError : a value that breaks its rule.

    >>> ref = ImageRef("0" * 64, "array")
    >>> Recipe(ref, "otsu", {"sigma": 1}) == Recipe(ref, "otsu") != Recipe(ref, "otsu", {"sigma": 2})
    True
    """

    image: ImageRef
    method: str
    values: Mapping[str, Any] = field(default_factory=dict)
    longest: int | None = None

    def __post_init__(self) -> None:
        checked = METHODS[self.method].check(self.values)
        whole = isinstance(self.longest, int) and not isinstance(self.longest, bool) and self.longest >= 1
        if self.longest is not None and not whole:
            raise ValueError(f"longest must be a whole number of px from 1, or None, got {self.longest!r}")
        object.__setattr__(self, "values", MappingProxyType(checked))

    def __reduce__(self) -> tuple[Any, ...]:
        # Unchecked, so that a process which lacks the method can still read it, and say so when it is run.
        return _restored, (self.image, self.method, dict(self.values), self.longest)

    def __hash__(self) -> int:
        return hash(self.sha256)

    @cached_property
    def sha256(self) -> str:
        """Fingerprint the recipe itself."""
        return hashlib.sha256(json.dumps(self._record(), sort_keys=True).encode()).hexdigest()

    def run(self, image: Image | None = None, *, trace: Trace | None = None) -> Result:
        """Run it in this process; stages are recorded unless a `trace` says otherwise.

        Raises
        ------
        ImageError : the image cannot be brought back, or the one given is another. ValueError : prompts
            outside it. TypeError : a method of your own that returns no segmentation of the image.
        """
        if image is not None and identify(image)[0] != self.image.sha256:
            raise ImageError(
                "this is not the image of the recipe; run the method on it instead: wb.run(method, image)"
            )
        return self.run_on(self.image.load() if image is None else image, trace=trace)

    def run_on(self, image: Image, *, trace: Trace | None = None) -> Result:
        """Run it on pixels that are known to be its image, without proving that again."""
        trace = trace or Trace()
        method, work = METHODS[self.method], fit(image, self.longest)
        values = method.check(self.values, image.shape[:2])
        if work is not image:
            values = method.moved(values, image.shape[:2], work.shape[:2])
        # What a network needs at its peak is asked for always: beside its run the asking costs nothing.
        with listen(trace), Cost(peak=trace.record or bool(method.requires)) as cost:
            output = method.compute(work, values)
        _check_output(output, method, work)
        if work is not image:
            output = output.resized(image.shape[:2])
        seconds = cost.seconds - trace.loading
        shown = tuple(trace.stages), trace.device, tuple(trace.notes)
        return Result(output, self, seconds, cost.peak_bytes, *shown)

    def to_json(self) -> str:
        """Write it as JSON, with a format version."""
        return json.dumps({"format": FORMAT, **self._record()})

    @classmethod
    def from_json(cls, text: str) -> Recipe:
        """Read it back; values that the method has gained since are completed by their defaults.

        Raises
        ------
        ValueError : not a recipe, of a newer format, or with a value that is not allowed any more.
        """
        broken = "this is not a recipe: it needs format, image, method and values, as to_json writes"
        try:
            version = json.loads(text)["format"]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise ValueError(broken) from None
        if version != FORMAT:
            fix = "use the version it came from"
            raise ValueError(f"this recipe has format {version!r}, this workbench reads {FORMAT}; {fix}")
        try:
            stored = TypeAdapter(_Stored).validate_json(text, strict=True)
        except ValidationError:
            raise ValueError(broken) from None
        try:
            return cls(stored.image, stored.method, stored.values, stored.longest)
        except (KeyError, ValueError) as changed:
            raise ValueError(f"the recipe no longer fits: {changed.args[0]}") from None

    @property
    def call(self) -> str:
        """Give the Python call alone, such as ``wb.run("otsu", image, sigma=2.0)``."""
        return spelled.call(self)

    def to_python(self, sha256: str | None = None) -> str:
        """Write the script that a person would write; with the ids' hash, it also proves the result."""
        return spelled.script(self, sha256)

    def to_command(self) -> str:
        """Write the line for a shell, such as ``workbench run otsu coins --sigma 2.0``."""
        return spelled.command(self)

    def to_cell(self) -> str:
        """Write the same for a notebook cell, whose last line shows the result."""
        return self.to_python() + "wb.show(image, result)\n"

    def _record(self) -> dict[str, Any]:
        image = {"sha256": self.image.sha256, "origin": self.image.origin, "longest": self.image.longest}
        return {"image": image, "method": self.method, "values": dict(self.values), "longest": self.longest}


def _restored(image: ImageRef, method: str, values: dict[str, Any], longest: int | None) -> Recipe:
    recipe = object.__new__(Recipe)
    parts = {"image": image, "method": method, "values": MappingProxyType(values), "longest": longest}
    recipe.__dict__.update(parts)
    return recipe


@dataclass(frozen=True)
class _Stored:
    """Say what a recipe's JSON holds beside its format."""

    __pydantic_config__ = ConfigDict(extra="ignore")

    image: ImageRef
    method: str
    values: dict[str, Any]
    longest: int | None = None


@dataclass(frozen=True, eq=False)
class Result:
    """Hold what a recipe gave, and what it cost.

    output : the answer. seconds : wall time of the method alone, without the loading of a network.
    peak_bytes : how much the process grew at its peak, as the system counts it (0 where it does not, or
    nobody records). stages : the steps shown. device : where it ran. notes : what a reader has to know.
    """

    output: Output
    recipe: Recipe
    seconds: float
    peak_bytes: int
    stages: tuple[Stage, ...] = ()
    device: str = "cpu"
    notes: tuple[str, ...] = ()

    @property
    def sha256(self) -> str:
        """Fingerprint the ids of the answer; instances are pasted by score first."""
        output = self.output
        return (output.to_segmentation()[0] if isinstance(output, Instances) else output).sha256


def run(name: str, image: Image, *, longest: int | None = None, **values: Any) -> Result:
    """Run a method on an (H, W, 3) uint8 image, in this process.

    Parameters
    ----------
    name : one of `METHODS`. image : from `read_image` or a sample. longest : work on a copy with this longest
    side. values : the method's parameters.

    Raises
    ------
    KeyError : an unknown method, near names listed. ValueError : a value that breaks its rule.

    >>> run("fixed", np.full((2, 2, 3), 200, np.uint8), level=128).output.summary()
    '1 segment'
    """
    checked = METHODS[name].check(values)
    image = image if _is_image(image) else read_image(image)
    return Recipe(ImageRef.of(image), name, checked, longest).run_on(image)


def _is_image(image: Any) -> bool:
    is_bytes = isinstance(image, np.ndarray) and image.dtype == np.uint8
    return is_bytes and image.ndim == 3 and image.shape[2] == 3 and image.size > 0


def _check_output(output: Any, method: Method, image: Image) -> None:
    """Refuse what no method may return; those of the workbench never do, one of a notebook may."""
    if not isinstance(output, Segmentation | Instances):
        fix = "wrap it, as in Segmentation.from_mask(mask)"
        raise TypeError(
            f"{method.name}: must return a Segmentation or Instances, got {type(output).__name__}; {fix}"
        )
    if output.shape != image.shape[:2]:
        raise TypeError(f"{method.name}: must return the image's size {image.shape[:2]}, got {output.shape}")
