"""Generated scenes to learn from: made once, in processes beside the training; kept small, read often."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.models.files import replaced
from workbench.scenes import SCENES
from workbench.segmentation import Segmentation

CHUNK = 250  # scenes that a process makes at a time, and a file holds
Packed = dict[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Example:
    """Hold one picture with all that is true of it.

    image : (H, W, 3) uint8. semantic : (H, W) uint8 category ids, 0 is void. visible : (H, W) int32, 1 + the
    number of the mask that is seen at each pixel, or 0. masks : (N, H, W) bool, whole things with their
    hidden parts. labels : (N,) int64, the category id of each.
    """

    image: NDArray[np.uint8]
    semantic: NDArray[np.uint8]
    visible: NDArray[np.int32]
    masks: NDArray[np.bool_]
    labels: NDArray[np.int64]


def example(scenes: str, seed: int, side: int, knobs: dict[str, Any] | None = None) -> Example:
    """Make one scene of side x side px and take it apart.

    >>> one = example("street", 10_000_000, 64)
    >>> one.masks.shape == (len(one.labels), 64, 64), int(one.visible.max()) <= len(one.labels)
    (True, True)
    """
    sample = SCENES[scenes](seed, (side, side), **(knobs or {}))
    truth, things = sample.truth, sample.instances
    assert truth is not None  # ours: every scene has one
    categories = truth.category_ids().astype(np.uint8)
    if things is None:
        nothing = np.zeros((0, side, side), bool)
        return Example(sample.image, categories, np.zeros((side, side), np.int32), nothing, np.zeros(0, int))
    labels = np.array([thing.category.id for thing in things], np.int64)
    return Example(sample.image, categories, _visible(truth), things.masks(), labels)


def _visible(truth: Segmentation) -> NDArray[np.int32]:
    """Count what is seen of the things from 1; the k-th thing is the k-th segment that is one."""
    things = [
        n for n, segment in truth.segments.items() if segment.category and segment.category.kind == "thing"
    ]
    return truth.paint({number: place for place, number in enumerate(things, 1)})


@dataclass
class Shelf(Sequence[Example]):
    """Give scene after scene; each is made when it is first asked for, by processes that work ahead.

    Parameters
    ----------
    scenes : which scenes, such as ``"street"``. seeds : one for each example. side : px a side.
    jobs : processes that make scenes; with 0 they are made here. folder : where they are kept for another
        training, or None. knobs : what the scenes are told beside seed and size.

    Raises
    ------
    ValueError : scenes there are not.
    """

    scenes: str
    seeds: range
    side: int = 128
    jobs: int = 0
    folder: Path | None = None
    knobs: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.scenes not in SCENES:
            raise ValueError(f"training: no scenes {self.scenes!r}; there are {', '.join(SCENES)}")
        self._chunks: dict[int, Packed] = {}
        self._coming: dict[int, Future[Packed]] = {}
        self._pool: ProcessPoolExecutor | None = None

    def __len__(self) -> int:
        return len(self.seeds)

    def __getitem__(self, number: int) -> Example:  # type: ignore[override]
        if not 0 <= number < len(self):
            raise IndexError(f"a shelf of {len(self)} has no example {number}")
        place = number // CHUNK
        if place not in self._chunks:
            self._chunks[place] = self._fetched(place)
        return unpacked(self._chunks[place], number % CHUNK)

    def _fetched(self, place: int) -> Packed:
        path = self._path(place)
        if path is not None and path.exists():
            with np.load(path, allow_pickle=False) as file:
                return dict(file)
        made = self._made(place)
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            replaced(path, lambda fresh: _write(fresh, made))
        return made

    def _made(self, place: int) -> Packed:
        if self.jobs == 0:
            return packed(*self._order(place))
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self.jobs, context, _quietly)
        last = -(-len(self) // CHUNK)
        for ahead in range(place, min(place + self.jobs + 1, last)):
            path = self._path(ahead)
            there = ahead in self._chunks or ahead in self._coming or (path is not None and path.exists())
            if not there:
                self._coming[ahead] = self._pool.submit(packed, *self._order(ahead))
        made = self._coming.pop(place).result()
        if place == last - 1 and not self._coming:
            self._pool.shutdown()
            self._pool = None
        return made

    def _order(self, place: int) -> tuple[str, range, int, dict[str, Any]]:
        return self.scenes, self.seeds[place * CHUNK : (place + 1) * CHUNK], self.side, self.knobs

    def _path(self, place: int) -> Path | None:
        if self.folder is None:
            return None
        told = "".join(f"-{name}-{value}" for name, value in sorted(self.knobs.items()))
        first = self.seeds[place * CHUNK]
        size = len(self.seeds[place * CHUNK : (place + 1) * CHUNK])
        return self.folder / f"{self.scenes}{told}-{self.side}-{first}-{size}.npz"


def packed(scenes: str, seeds: range, side: int, knobs: dict[str, Any]) -> Packed:
    """Make scenes and stack them; masks, a bit a pixel, one after the other."""
    made = [example(scenes, seed, side, knobs) for seed in seeds]
    return {
        "image": np.stack([one.image for one in made]),
        "semantic": np.stack([one.semantic for one in made]),
        "visible": np.stack([one.visible for one in made]).astype(np.uint16),
        "masks": np.concatenate(
            [np.packbits(one.masks.reshape(len(one.labels), -1), axis=1) for one in made]
        ),
        "labels": np.concatenate([one.labels for one in made]).astype(np.uint8),
        "ends": np.cumsum([len(one.labels) for one in made]),
    }


def unpacked(chunk: Packed, place: int) -> Example:
    """Take one example out of a stack."""
    first, last = (int(chunk["ends"][place - 1]) if place else 0), int(chunk["ends"][place])
    image = chunk["image"][place]
    height, width = image.shape[:2]
    bits = np.unpackbits(chunk["masks"][first:last], axis=1, count=height * width)
    masks = bits.astype(bool).reshape(-1, height, width)
    visible = chunk["visible"][place].astype(np.int32)
    return Example(
        image, chunk["semantic"][place], visible, masks, chunk["labels"][first:last].astype(np.int64)
    )


def _write(path: Path, chunk: Packed) -> None:
    with path.open("wb") as file:  # given a name, numpy would put its own suffix behind it
        np.savez(file, **chunk)  # type: ignore[arg-type]


def _quietly() -> None:
    """Let a process that makes scenes stay behind the one that learns, and keep to one core."""
    import cv2

    cv2.setNumThreads(1)
    if sys.platform != "win32":
        os.nice(5)
