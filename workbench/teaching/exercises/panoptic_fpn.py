"""Exercises of lesson 37: things that give way to each other, and pixels that nobody gets."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.teaching.exercise import FunctionExercise, Wrong

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Masks = NDArray[np.bool_]


def merged(masks: Masks, scores: Floats, overlap: float) -> Counts:
    """Give each pixel the number of its thing, counted from 1, or 0 where it is free."""
    return _pasted(masks, np.argsort(-scores, kind="stable"), overlap)


def void(things: Counts, semantic: Counts, stuff: Counts, area: int) -> Masks:
    """Mark the pixels that neither a thing nor enough stuff gets."""
    free, out = things == 0, things == 0
    for category in stuff:
        here = free & (semantic == category)
        if here.sum() >= area:
            out &= ~here
    return out


def _pasted(masks: Masks, order: Counts, overlap: float) -> Counts:
    ids = np.zeros(masks.shape[1:], np.int64)
    for k in order:
        free = masks[k] & (ids == 0)
        if 1 - free.sum() / masks[k].sum() <= overlap:
            ids[free] = k + 1
    return ids


def _rectangles(rng: np.random.Generator) -> list[tuple[Masks, Floats, float]]:
    cases = []
    shapes = ((3, 1, 5, 0.5), (5, 3, 9, 0.5), (6, 4, 10, 0.4), (7, 6, 12, 0.5), (9, 8, 12, 0.6))
    for count, height, width, overlap in shapes:
        masks = np.zeros((count, height, width), bool)
        # The surest; one that it takes most of; one that it takes little of, though the second takes more.
        masks[0, 0, :3], masks[1, 0, 1:4], masks[2, 0, 2:5] = True, True, True
        # A small one inside of the surest, and others elsewhere.
        masks[3:4, 0, 0] = True
        for mask in masks[4:]:
            row, column = rng.integers(1, height), rng.integers(0, width)
            mask[row : row + rng.integers(1, 4), column : column + rng.integers(1, 6)] = True
        scores = np.sort(rng.choice(np.arange(50, 100), count, replace=False))[::-1] / 100
        mixed = rng.permutation(count)
        if np.array_equal(mixed, np.arange(count)):
            mixed = mixed[::-1]  # a list that is sorted already would not show who forgot to sort
        cases.append((masks[mixed], scores[mixed], overlap))
    return cases


def _maps(rng: np.random.Generator) -> list[tuple[Counts, Counts, Counts, int]]:
    cases = []
    for height, width, area in ((3, 5, 3), (4, 6, 4), (5, 8, 6), (8, 10, 9), (10, 12, 12)):
        semantic = np.full(height * width, 3)
        things = rng.integers(0, 2, height * width) * rng.integers(10, 13, height * width)
        # Category 1 has exactly what it needs; 2 would have it, had no thing taken some; 9 is a thing that
        # nobody found; 4 has a single pixel, and 3 the rest.
        kinds = [1] * area + [2] * area + [9, 4]
        semantic[: len(kinds)], things[: len(kinds)] = kinds, 0
        things[2 * area - 1] = 10
        order = rng.permutation(height * width)
        shape = (height, width)
        cases.append(
            (things[order].reshape(shape), semantic[order].reshape(shape), np.array([1, 2, 3, 4]), area)
        )
    return cases


def _least_first(masks: Masks, scores: Floats, overlap: float) -> Counts:
    return _pasted(masks, np.argsort(scores, kind="stable"), overlap)


def _as_they_come(masks: Masks, scores: Floats, overlap: float) -> Counts:
    return _pasted(masks, np.arange(len(masks)), overlap)


def _none_dropped(masks: Masks, scores: Floats, overlap: float) -> Counts:
    return _pasted(masks, np.argsort(-scores, kind="stable"), 1.0)


def _painted_over(masks: Masks, scores: Floats, overlap: float) -> Counts:
    ids = np.zeros(masks.shape[1:], np.int64)
    for k in np.argsort(-scores, kind="stable"):
        if (masks[k] & (ids > 0)).sum() <= overlap * masks[k].sum():
            ids[masks[k]] = k + 1
    return ids


def _taken_by_dropped(masks: Masks, scores: Floats, overlap: float) -> Counts:
    ids, taken = np.zeros(masks.shape[1:], np.int64), np.zeros(masks.shape[1:], bool)
    for k in np.argsort(-scores, kind="stable"):
        free = masks[k] & ~taken
        if 1 - free.sum() / masks[k].sum() <= overlap:
            ids[free] = k + 1
        taken |= masks[k]
    return ids


def _whole_category(things: Counts, semantic: Counts, stuff: Counts, area: int) -> Masks:
    large = [category for category in stuff if (semantic == category).sum() >= area]
    return (things == 0) & ~np.isin(semantic, large)


def _more_than(things: Counts, semantic: Counts, stuff: Counts, area: int) -> Masks:
    return void(things, semantic, stuff, area + 1)


def _unfound_forgotten(things: Counts, semantic: Counts, stuff: Counts, area: int) -> Masks:
    return void(things, semantic, stuff, area) & np.isin(semantic, stuff)


def _small_forgotten(things: Counts, semantic: Counts, stuff: Counts, area: int) -> Masks:
    return (things == 0) & ~np.isin(semantic, stuff)


def _things_too(things: Counts, semantic: Counts, stuff: Counts, area: int) -> Masks:
    return void(things, semantic, stuff, area) | ((things > 0) & ~np.isin(semantic, stuff)) | (things > 0)


EXERCISES = (
    FunctionExercise(
        id="37.1",
        title="Things give way",
        prompt=(
            "Write `merged(masks, scores, overlap)`: (H, W) ids, k + 1 for thing k, pasted surest first on "
            "free pixels; a thing of which more than `overlap` is taken is dropped."
        ),
        signature="merged(masks, scores, overlap)",
        solution=merged,
        cases=_rectangles,
        hint=(
            "Begin with zeros; for each k of np.argsort(-scores), see which pixels of its mask are still 0, "
            "and which share of the mask is not."
        ),
        wrong=(
            Wrong(
                "least sure first",
                _least_first,
                "You begin with the least sure thing; the surest chooses first.",
            ),
            Wrong(
                "as they come",
                _as_they_come,
                "You paste the things in the order in which they come; sort them by score first.",
            ),
            Wrong(
                "none dropped",
                _none_dropped,
                (
                    "A thing of which most is taken is to be dropped; yours leaves slivers beside the surer "
                    "ones."
                ),
            ),
            Wrong(
                "painted over",
                _painted_over,
                "A later thing paints over a surer one; it may only have pixels that are still free.",
            ),
            Wrong(
                "taken by what was dropped",
                _taken_by_dropped,
                "A thing that was dropped takes no pixels; in yours it keeps others from them.",
            ),
        ),
    ),
    FunctionExercise(
        id="37.2",
        title="What nobody gets",
        prompt=(
            "Write `void(things, semantic, stuff, area)`: where no thing is, and where the map names "
            "no stuff "
            "or a stuff that has fewer than `area` free pixels."
        ),
        signature="void(things, semantic, stuff, area)",
        solution=void,
        cases=_maps,
        hint=(
            "Begin with all free pixels; for each kind of stuff, count its free ones, and take them "
            "out if enough."
        ),
        wrong=(
            Wrong(
                "whole category",
                _whole_category,
                "You count a stuff's pixels under things as well; only the free ones count.",
            ),
            Wrong(
                "more than the area", _more_than, "A stuff with exactly the area that is asked for may stay."
            ),
            Wrong(
                "things that nobody found",
                _unfound_forgotten,
                "Free pixels that the map gives to a thing are void too: nobody found that thing.",
            ),
            Wrong(
                "small stuff",
                _small_forgotten,
                "Stuff that fills too few free pixels does not get them; they are void.",
            ),
            Wrong("things too", _things_too, "A pixel that a thing got is never void."),
        ),
    ),
)
