"""Errors made on purpose, so that a reader sees which metric notices each and which one hides it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

import numpy as np
import scipy

from workbench.segmentation import Ids, Segment, Segmentation, Yields, look_up, present
from workbench.taxonomy import Category, Taxonomy

Side = Literal["truth", "guess"]
GROWTH = 3.0  # px that a dilated object reaches out
NOWHERE = "nowhere in the picture"
TRUTH: Side = "truth"


@dataclass(frozen=True)
class Preset:
    """Hold one error: what a button calls it, what it teaches, and which side it is made on.

    Parameters
    ----------
    make : gives the wrong guess from a truth; where `side` is "truth", a truth to hold the old one against.
    """

    name: str
    title: str
    says: str
    make: Callable[[Segmentation], Segmentation]
    side: Side = "guess"

    def apply(self, truth: Segmentation) -> tuple[Segmentation, Segmentation]:
        """Give the truth and the guess that show this error.

        Raises
        ------
        ValueError : a truth that has too little for it, such as one object where two are merged.
        """
        made = self.make(truth)
        return (made, truth) if self.side == "truth" else (truth, made)


def shifted(truth: Segmentation) -> Segmentation:
    """Move everything one pixel to the right; the first column stays.

    >>> shifted(Segmentation.from_partition([[1, 2, 2]])).ids.tolist()
    [[1, 1, 2]]
    """
    ids = truth.ids[:, np.maximum(np.arange(truth.shape[1]) - 1, 0)]
    return _with(truth, ids)


def dilated(truth: Segmentation) -> Segmentation:
    """Let every object grow by 3 pixels over what is no object; void is grown over as well."""
    objects = np.isin(truth.ids, objects_of(truth))
    distance, nearest = scipy.ndimage.distance_transform_edt(~objects, return_indices=True)
    return _with(truth, np.where(distance <= GROWTH, truth.ids[tuple(nearest)], truth.ids))


def small_missed(truth: Segmentation) -> Segmentation:
    """Miss the smallest object: what surrounds it takes its place."""
    smallest = objects_of(truth)[0]
    return _with(truth, np.where(truth.ids == smallest, np.int32(_around(truth, smallest)), truth.ids))


def two_merged(truth: Segmentation) -> Segmentation:
    """Call the two objects of one category whose middles are nearest one object.

    Raises
    ------
    ValueError : no category has two objects.
    """
    objects = objects_of(truth)
    middles = scipy.ndimage.center_of_mass(np.ones(truth.shape), truth.ids, objects)
    pairs = [
        (float(np.hypot(*np.subtract(one, two))), a, b)
        for (a, one), (b, two) in combinations(zip(objects, middles, strict=True), 2)
        if truth.segments[a].category == truth.segments[b].category
    ]
    if not pairs:
        raise ValueError("merging needs two objects of one category, and this truth has none; paint another")
    _, kept, gone = min(pairs)
    return _with(truth, np.where(truth.ids == gone, np.int32(kept), truth.ids))


def one_split(truth: Segmentation) -> Segmentation:
    """Cut the largest object in two equal parts, across its longer side.

    Raises
    ------
    ValueError : the largest object is a single pixel.
    """
    largest = objects_of(truth)[-1]
    places = np.argwhere(truth.ids == largest)
    if len(places) < 2:
        raise ValueError("splitting needs an object of two pixels, and the largest has one; paint a larger")
    along = int(np.argmax(np.ptp(places, axis=0)))
    half = places[np.argsort(places[:, along], kind="stable")[len(places) // 2 :]]
    ids, fresh = truth.ids.copy(), max(truth.segments) + 1
    ids[tuple(half.T)] = fresh
    segments = {**truth.segments, fresh: replace(truth.segments[largest], score=None)}
    yields: Yields = "partition" if truth.yields == "partition" else "panoptic"
    return Segmentation(ids, segments, truth.taxonomy, yields)


def names_swapped(truth: Segmentation) -> Segmentation:
    """Let two categories change names: two things where there are two, else a thing and a stuff.

    Every border stays where it is.

    Raises
    ------
    ValueError : fewer than two categories are there.
    """
    there = {s.category for s in truth.segments.values() if s.category}
    things = [c for c in truth.taxonomy if c in there and c.kind == "thing"]
    others = [c for c in truth.taxonomy if c in there and c.kind == "stuff"]
    if len(things) + len(others) < 2:
        raise ValueError("swapping names needs two categories, and this truth has fewer; paint another")
    one, two = (things + others)[:2]
    other = {one.id: two, two.id: one}
    segments = {
        n: replace(s, category=other.get(s.category.id, s.category)) if s.category else s
        for n, s in truth.segments.items()
    }
    if truth.yields == "semantic":  # there a segment's id is its category's
        ids = look_up(truth.ids, {s.category.id: n for n, s in segments.items() if s.category})
        return Segmentation.from_semantic(ids, truth.taxonomy)
    return Segmentation(truth.ids, segments, truth.taxonomy, truth.yields)


def object_voided(truth: Segmentation) -> Segmentation:
    """Paint the smallest object of the truth void, so that nobody is judged there."""
    return _with(truth, np.where(truth.ids == objects_of(truth)[0], np.int32(0), truth.ids))


def background_unlabelled(truth: Segmentation) -> Segmentation:
    """Leave all that is no object unlabelled, as a tool does for which 0 is background."""
    return _with(truth, np.where(np.isin(truth.ids, objects_of(truth)), truth.ids, np.int32(0)))


def empty_category(truth: Segmentation) -> Segmentation:
    """Give the truth a category more, of which no pixel is anywhere.

    Raises
    ------
    ValueError : a truth without names, or one that has the empty category already.
    """
    if not truth.taxonomy.names or NOWHERE in truth.taxonomy.names:
        raise ValueError(f"an empty category needs names, and none called {NOWHERE!r}; open another truth")
    free = max(category.id for category in truth.taxonomy) + 1
    taxonomy = Taxonomy([*truth.taxonomy, Category(free, NOWHERE)])
    return Segmentation(truth.ids, truth.segments, taxonomy, truth.yields)


def objects_of(truth: Segmentation) -> list[int]:
    """List the ids of the objects, smallest first: things, or without any all segments but the largest.

    Raises
    ------
    ValueError : a truth that is all void.

    >>> objects_of(Segmentation.from_mask([[True, False, False]]))
    [2]
    """
    things = [n for n, s in truth.segments.items() if s.category and s.category.kind == "thing"]
    if not truth.segments:
        raise ValueError("this truth is all void, so there is no object to be wrong about; paint one")
    numbers, sizes = np.unique(truth.ids, return_counts=True)
    size = dict(zip(numbers.tolist(), sizes.tolist(), strict=True))
    ordered = sorted(things or truth.segments, key=lambda n: (size[n], n))
    return ordered if things or len(ordered) == 1 else ordered[:-1]


def _around(truth: Segmentation, number: int) -> int:
    """Give the commonest judged id nearest to a segment, 0 where it has none; void is nobody's to give."""
    inside = truth.ids == number
    others = ~inside & (truth.ids > 0)
    if not others.any():
        return 0
    distance = scipy.ndimage.distance_transform_edt(~inside)
    ring = others & (distance <= distance[others].min())
    return int(np.bincount(truth.ids[ring]).argmax())


def _with(truth: Segmentation, ids: Ids) -> Segmentation:
    """Put other ids under the same names; segments that lost their last pixel go."""
    kept: Mapping[int, Segment] = {n: truth.segments[n] for n in present(ids)}
    return Segmentation(ids, kept, truth.taxonomy, truth.yields)


_EVERY = (
    Preset("shift", "one pixel shift", "All is right, but one pixel too far right.", shifted),
    Preset("dilate", "dilation", "Every object reaches 3 pixels too far.", dilated),
    Preset("miss", "small one missed", "The smallest object is not there.", small_missed),
    Preset("merge", "two merged", "Two neighbours are called one object.", two_merged),
    Preset("split", "one split", "The largest object is called two.", one_split),
    Preset("swap", "names swapped", "Every border is right, two names are exchanged.", names_swapped),
    Preset("void", "void painted", "The truth does not judge its smallest object.", object_voided, TRUTH),
    Preset(
        "unlabelled",
        "background void",
        "Background is left 0: only objects are labelled.",
        background_unlabelled,
    ),
    Preset("empty", "empty category", "All is right, and one category is nowhere.", empty_category, TRUTH),
)
PRESETS: Mapping[str, Preset] = {one.name: one for one in _EVERY}


def preset_of(name: str) -> Preset:
    """Give a preset by its name.

    Raises
    ------
    ValueError : no such preset.

    >>> preset_of("void").side
    'truth'
    """
    if name not in PRESETS:
        raise ValueError(f"no preset {name!r}; there are {', '.join(PRESETS)}")
    return PRESETS[name]
