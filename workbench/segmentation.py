"""The answer of a method, and the truth it is held against: which pixel belongs to which segment."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.taxonomy import BINARY, Category, Kind, Taxonomy

Yields = Literal["foreground", "partition", "semantic", "instance", "panoptic"]
Ids = NDArray[np.int32]


@dataclass(frozen=True)
class Segment:
    """Describe one segment: the category it was given, or None, and how sure the method is (0 to 1)."""

    category: Category | None = None
    score: float | None = None


@dataclass(frozen=True, eq=False)
class Segmentation:
    """Say for each pixel which segment it belongs to, and for each segment what it is.

    Parameters
    ----------
    ids : (H, W) int32, read-only. **0 is void**: in a truth "not labelled, do not judge", in a guess
        "left unlabelled". It never means background, which is an ordinary stuff category.
    segments : one `Segment` for each id in `ids` and no others.
    taxonomy : the categories that the segments may carry; empty for a partition.
    yields : what kind of answer this is, which decides how a lens reads it.

    Raises
    ------
    ValueError : ids that are not two-dimensional whole numbers from 0 to 2**31 - 1, ids without a
        segment, segments without a pixel, or a category that the taxonomy lacks.
    """

    ids: Ids
    segments: Mapping[int, Segment]
    taxonomy: Taxonomy = field(default_factory=lambda: Taxonomy([]))
    yields: Yields = "panoptic"

    def __post_init__(self) -> None:
        ids = as_ids(self.ids)
        found = present(ids)
        _same_ids(found, set(self.segments))
        for number, segment in self.segments.items():
            if segment.category is not None and segment.category.id not in self.taxonomy:
                raise ValueError(f"segment {number} is a {segment.category.name!r}, which the taxonomy lacks")
        object.__setattr__(self, "ids", ids)
        object.__setattr__(self, "segments", {int(n): self.segments[n] for n in sorted(self.segments)})

    @classmethod
    def from_mask(cls, mask: ArrayLike, tax: Taxonomy | None = None) -> Segmentation:
        """Read a boolean (H, W) mask as background (1) and foreground (2).

        >>> Segmentation.from_mask([[True, False]]).ids.tolist()
        [[2, 1]]
        """
        array = np.asarray(mask)
        if array.dtype != bool:
            raise ValueError(
                f"from_mask needs a boolean mask, got {array.dtype}; compare first, as in image > 128"
            )
        tax = tax or BINARY
        if len(tax) != 2:
            raise ValueError(f"from_mask needs a taxonomy of two categories, got {len(tax)}")
        if array.ndim != 2 or 0 in array.shape:
            raise ValueError(f"a mask must be (H, W) with at least one pixel, got shape {array.shape}")
        ground, front = tax
        ids = np.where(array, np.int32(front.id), np.int32(ground.id))
        there = {ground: not array.all(), front: array.any()}
        return cls._made(ids, {c.id: Segment(c) for c in tax if there[c]}, tax, "foreground")

    @classmethod
    def from_semantic(cls, category_ids: ArrayLike, tax: Taxonomy) -> Segmentation:
        """Read (H, W) category ids, 0 void: one segment for each category that is there."""
        ids = as_ids(category_ids)
        found = present(ids)
        unknown = [n for n in found if n not in tax]
        if unknown:
            raise ValueError(f"category ids {_some(unknown)} are not in the taxonomy ({tax!r})")
        return cls._made(ids, {n: Segment(tax[n]) for n in found}, tax, "semantic")

    @classmethod
    def _made(
        cls, ids: Ids, segments: Mapping[int, Segment], taxonomy: Taxonomy, yields: Yields
    ) -> Segmentation:
        """Take fresh ids and the segments counted in them unchecked: a slider waits for every check."""
        made = object.__new__(cls)
        ids.flags.writeable = False
        table = {n: segments[n] for n in sorted(segments)}
        for name, value in (("ids", ids), ("segments", table), ("taxonomy", taxonomy), ("yields", yields)):
            object.__setattr__(made, name, value)
        return made

    @classmethod
    def from_panoptic(
        cls,
        ids: ArrayLike,
        categories: Mapping[int, int],
        tax: Taxonomy,
        scores: Mapping[int, float] | None = None,
    ) -> Segmentation:
        """Read (H, W) segment ids with ``{segment id: category id}``; ids without a pixel are refused."""
        array, scores = as_ids(ids), scores or {}
        _same_ids(present(array), set(categories))
        missing = sorted({c for c in categories.values() if c not in tax})
        if missing:
            raise ValueError(f"category ids {_some(missing)} are not in the taxonomy ({tax!r})")
        table = {n: Segment(tax[c], scores.get(n)) for n, c in categories.items()}
        return cls(array, table, tax, "panoptic")

    @classmethod
    def from_partition(cls, ids: ArrayLike) -> Segmentation:
        """Read (H, W) region ids without names, such as clusters or superpixels; 0 stays unlabelled."""
        array = as_ids(ids)
        return cls(array, {n: Segment() for n in present(array)}, Taxonomy([]), "partition")

    @property
    def shape(self) -> tuple[int, int]:
        """Give (height, width) in pixels."""
        height, width = self.ids.shape
        return height, width

    @cached_property
    def sha256(self) -> str:
        """Fingerprint the ids: SHA-256 of them as little-endian int32, row by row."""
        return hashlib.sha256(np.ascontiguousarray(self.ids, dtype="<i4").tobytes()).hexdigest()

    def paint(self, values: Mapping[int, int]) -> Ids:
        """Give an (H, W) int32 map with each segment's value at its pixels, 0 where it has none."""
        return look_up(self.ids, values)

    def category_ids(self) -> Ids:
        """Give the (H, W) category id of each pixel, 0 where it is void or has no name."""
        return self.paint({n: s.category.id for n, s in self.segments.items() if s.category})

    def semantic(self) -> Segmentation:
        """View it as categories: every segment of a category becomes one; unnamed pixels become 0."""
        return Segmentation.from_semantic(self.category_ids(), self.taxonomy)

    def things(self) -> Segmentation:
        """View its countable segments only; all other pixels become 0."""
        return self.of_kind("thing")

    def of_kind(self, kind: Kind) -> Segmentation:
        """Keep the segments whose category is of this kind; all other pixels become 0."""
        keep = {n: s for n, s in self.segments.items() if s.category and s.category.kind == kind}
        ids = self.paint({n: n for n in keep})
        return Segmentation(ids, keep, self.taxonomy, "panoptic")

    def mask(self, *names: str) -> NDArray[np.bool_]:
        """Give the boolean (H, W) mask of these categories."""
        wanted = {self.taxonomy[name].id for name in names}
        inside = {n: 1 for n, s in self.segments.items() if s.category and s.category.id in wanted}
        return self.paint(inside).astype(bool)

    def resized(self, size: tuple[int, int]) -> Segmentation:
        """Give it at another (height, width), nearest pixel; segments that lose their last pixel go."""
        ids = self.ids[nearest(self.shape, size)]
        kept = {n: self.segments[n] for n in present(ids)}
        return Segmentation(ids, kept, self.taxonomy, self.yields)

    def summary(self) -> str:
        """Say in words what is there, such as ``"coin: 24 segments"``.

        >>> Segmentation.from_partition([[1, 1, 2]]).summary()
        '2 segments'
        """
        counts: dict[str, int] = {}
        for segment in self.segments.values():
            if segment.category and segment.category.kind == "thing":
                counts[segment.category.name] = counts.get(segment.category.name, 0) + 1
        if self.yields == "foreground":  # objects without a name: how many there are says it all
            return _plural(sum(counts.values()))
        if not counts:
            return _plural(len(self.segments))
        return ", ".join(f"{name}: {_plural(count)}" for name, count in counts.items())


def as_ids(ids: ArrayLike) -> Ids:
    """Copy anything like ids into a read-only (H, W) int32 array, or say why that cannot be."""
    array = np.asarray(ids)
    if array.ndim != 2 or 0 in array.shape:
        raise ValueError(f"ids must be (H, W) with at least one pixel, got shape {array.shape}")
    if array.dtype.kind not in "iu":
        raise ValueError(f"ids must be whole numbers, got {array.dtype}; convert with .astype(int)")
    if array.size and (array.min() < 0 or array.max() > 2**31 - 1):
        raise ValueError(f"ids must lie in 0 to 2147483647, got {array.min()} to {array.max()}")
    fresh = np.array(array, dtype=np.int32, order="C")
    fresh.flags.writeable = False
    return fresh


def present(ids: Ids) -> list[int]:
    """List the ids above 0 that have at least one pixel, in order."""
    flat = ids.ravel()
    # Neighbours mostly agree: one pixel of each run says what is there, and there are far fewer of them.
    ends = np.append(flat[1:] != flat[:-1], True)
    if np.count_nonzero(ends) < flat.size // 8:
        flat = flat[ends]
    if int(flat.max(initial=0)) <= 4 * flat.size + 1024:  # counting beats sorting, unless ids are sparse
        found = np.flatnonzero(np.bincount(flat, minlength=1))
    else:
        found = np.unique(flat)
    return [int(n) for n in found if n > 0]


def nearest(old: tuple[int, int], new: tuple[int, int]) -> tuple[NDArray[np.intp], ...]:
    """Give the rows and columns to read an (H, W) array at, so that it comes out at another size."""
    rows = ((np.arange(new[0]) + 0.5) * old[0] / new[0]).astype(np.intp)
    columns = ((np.arange(new[1]) + 0.5) * old[1] / new[1]).astype(np.intp)
    return np.ix_(rows, columns)


def look_up(ids: Ids, values: Mapping[int, int]) -> Ids:
    """Replace each id by its value, 0 where it has none; a table where ids are dense, a search where not."""
    top = int(ids.max(initial=0))
    if top <= 4 * ids.size + 1024:
        table = np.zeros(top + 1, np.int32)
        for number, value in values.items():
            if number <= top:
                table[number] = value
        return table.take(ids)
    numbers, where = np.unique(ids, return_inverse=True)
    found = np.array([values.get(int(n), 0) for n in numbers], np.int32)
    return found[where].reshape(ids.shape)


def _same_ids(found: list[int], named: set[int]) -> None:
    nameless, empty = sorted(set(found) - named), sorted(named - set(found))
    if nameless:
        raise ValueError(
            f"ids {_some(nameless)} have pixels but no segment; name each id, or make it 0 (void)"
        )
    if empty:
        raise ValueError(f"segments {_some(empty)} have no pixel; leave them out")


def _some(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:5]))
    return shown + (f" and {len(numbers) - 5} more" if len(numbers) > 5 else "")


def _plural(count: int) -> str:
    return f"{count} segment" + ("" if count == 1 else "s")
