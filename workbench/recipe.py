"""A run that can be told again: image, method and values go in, the same bytes come out."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from workbench.image import Image, ImageError, fit, identify, read_image, recall
from workbench.instances import Instances
from workbench.registry import METHODS
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
        raise ImageError(f"the image of this recipe was {self.origin!r}, not a file; give it: recipe.run(image)")

    def to_python(self) -> str:
        """Write the line of Python that loads it."""
        scaled = f", longest={self.longest}" if self.longest else ""
        kind, _, rest = self.origin.partition(":")
        if kind == "sample":
            return f'image = wb.samples.load("{rest}"{scaled}).image'
        return f"image = wb.read_image({rest if kind == 'file' else 'your-image.png'!r}{scaled})"


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
    """

    image: ImageRef
    method: str
    values: Mapping[str, Any] = field(default_factory=dict)
    longest: int | None = None

    def __post_init__(self) -> None:
        checked = METHODS[self.method].check(self.values)
        object.__setattr__(self, "values", MappingProxyType(checked))

    def __reduce__(self) -> tuple[Any, ...]:
        return Recipe, (self.image, self.method, dict(self.values), self.longest)

    @property
    def sha256(self) -> str:
        """Fingerprint the recipe itself."""
        return hashlib.sha256(json.dumps(self._record(), sort_keys=True).encode()).hexdigest()

    def run(self, image: Image | None = None, *, trace: Trace | None = None) -> Result:
        """Run it in this process; stages are recorded unless a `trace` says otherwise."""
        pixels = self.image.load() if image is None else image
        trace = trace or Trace()
        work = fit(pixels, self.longest)
        with listen(trace), _Cost() as cost:
            output = METHODS[self.method](work, **self.values)
        if work is not pixels:
            output = output.resized(pixels.shape[:2])
        return Result(output, self, cost.seconds, cost.peak_bytes, tuple(trace.stages), trace.device)

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
        try:
            record = json.loads(text)
            version, image = record["format"], ImageRef(**record["image"])
            parts = record["method"], record["values"], record.get("longest")
        except (ValueError, KeyError, TypeError):
            raise ValueError("this is not a recipe: it needs format, image, method and values, as to_json writes") from None
        if version != FORMAT:
            raise ValueError(f"this recipe has format {version!r}, this workbench reads {FORMAT}; use the version it came from")
        try:
            return cls(image, *parts)
        except (KeyError, ValueError) as changed:
            raise ValueError(f"the recipe no longer fits: {changed.args[0]}") from None

    def to_python(self, sha256: str | None = None) -> str:
        """Write the script that a person would write; with the ids' hash, it also proves the result."""
        method = METHODS[self.method]
        changed = {n: v for n, v in self.values.items() if v != method.params[n].default}
        given = "".join(f", {name}={value!r}" for name, value in changed.items())
        size = f", longest={self.longest}" if self.longest else ""
        lines = ["import workbench as wb", "", self.image.to_python(), f'result = wb.run("{self.method}", image{size}{given})']
        if sha256:
            lines.append(f'assert result.sha256 == "{sha256}"')
        return "\n".join(lines) + "\n"

    def to_cell(self) -> str:
        """Write the same for a notebook cell, whose last line shows the result."""
        return self.to_python() + "wb.show(image, result)\n"

    def _record(self) -> dict[str, Any]:
        image = {"sha256": self.image.sha256, "origin": self.image.origin, "longest": self.image.longest}
        return {"image": image, "method": self.method, "values": dict(self.values), "longest": self.longest}


@dataclass(frozen=True, eq=False)
class Result:
    """Hold what a recipe gave, and what it cost.

    output : the answer. seconds : wall time of the method alone. peak_bytes : how much the process grew at
    its peak, as the system counts it (0 where it does not). stages : the steps shown. device : where it ran.
    """

    output: Output
    recipe: Recipe
    seconds: float
    peak_bytes: int
    stages: tuple[Stage, ...] = ()
    device: str = "cpu"

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
    image = image if _is_image(image) else read_image(image)
    METHODS[name].check(values, image.shape[:2])
    return Recipe(ImageRef.of(image), name, values, longest).run(image)


def _is_image(image: Any) -> bool:
    return isinstance(image, np.ndarray) and image.dtype == np.uint8 and image.ndim == 3 and image.shape[2] == 3


class _Cost:
    """Measure the wall time of a block, and how much the process grew at its peak."""

    def __enter__(self) -> _Cost:
        self.seconds, self.peak_bytes = 0.0, 0
        self._floor = _resident_peak(reset=True)
        self._start = time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.perf_counter() - self._start
        self.peak_bytes = max(0, _resident_peak() - self._floor)


def _resident_peak(reset: bool = False) -> int:
    """Read the process's largest resident size in bytes since the last reset; 0 where the system cannot tell."""
    try:
        if reset:
            Path("/proc/self/clear_refs").write_text("5")
        line = next(s for s in Path("/proc/self/status").read_text().splitlines() if s.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    except (OSError, StopIteration):
        return 0
