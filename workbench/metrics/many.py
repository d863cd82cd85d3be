"""Many images: summed before they are divided, or scored alone and averaged. Both are named in the result."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np

from workbench.metrics.card import Score
from workbench.metrics.comparison import Comparison, LensName, Names
from workbench.metrics.facts import Facts
from workbench.metrics.means import mean_of
from workbench.metrics.metric import Cost, measured_under
from workbench.metrics.overlap import Counts, Overlap
from workbench.taxonomy import Taxonomy

Aggregate = Literal["dataset", "image"]


@dataclass(frozen=True)
class Average:
    """Hold the scores of several images, each number averaged over the images in which it is defined.

    `dice` of an `Average` is thus the mean of the images' Dice, which a `Score` of the pooled tables is not.
    """

    scores: tuple[Score, ...]
    aggregate: Aggregate = "image"

    @property
    def scored_as(self) -> LensName:
        """Name the lens that answered."""
        return self.scores[0].scored_as

    @property
    def convention(self) -> str:
        """Name the choices of the field that the numbers follow."""
        return self.scores[0].convention

    @property
    def measures(self) -> dict[str, float]:
        """Give the averages of what the table tells."""
        return self.measured("table")

    def measured(self, *costs: Cost) -> dict[str, float]:
        """Give the averages by name; nan where no image defines the number."""
        names = measured_under(self.scored_as, *costs)
        return {name: mean_of(getattr(score, name) for score in self.scores) for name in names}

    @cached_property
    def undefined(self) -> dict[str, int]:
        """Count, for each number, the images that do not define it and so are left out of its average."""
        names = measured_under(self.scored_as, "table")
        return {name: sum(math.isnan(getattr(score, name)) for score in self.scores) for name in names}

    def __getattr__(self, name: str) -> float:
        """Give one average by its name."""
        if name.startswith("_") or "scores" not in self.__dict__:
            raise AttributeError(name)
        return mean_of(getattr(score, name) for score in self.scores)

    def as_dict(self, *costs: Cost) -> dict[str, Any]:
        """Give the averages as plain data."""
        found = self.measured(*(costs or ("table",)))
        numbers = {name: value if math.isfinite(value) else None for name, value in found.items()}
        head = {"aggregate": self.aggregate, "convention": self.convention, "images": len(self.scores)}
        return {**head, **numbers, "undefined": self.undefined}


def pool(scores: Sequence[Score], aggregate: Aggregate | None = None) -> Score | Average:
    """Make one score of several images.

    "dataset" sums the tables of categories and sets the segments side by side, so that a large image counts
    more than a small one and a guess's score ranks against those of all images; "image" scores each alone and
    averages. They differ, and a number without its aggregate says little.

    Parameters
    ----------
    scores : of one lens, taxonomy and convention, one an image. aggregate : by default the convention's.

    Raises
    ------
    ValueError : no scores, or of several lenses, taxonomies or conventions.

    >>> from workbench.metrics.score import score
    >>> from workbench.segmentation import Segmentation
    >>> masks = [np.array([[True] * n + [False] * (4 - n)]) for n in (1, 3, 4)]
    >>> one, three, four = (Segmentation.from_mask(mask) for mask in masks)
    >>> found = [score(one, one), score(four, three)]
    >>> pool(found, "dataset").iou, pool(found, "image").iou
    (0.8, 0.875)
    """
    if not scores:
        raise ValueError("there is nothing to pool: give the score of one image at least")
    for what in ("scored_as", "convention"):
        named = sorted({getattr(score, what) for score in scores})
        if len(named) > 1:
            raise ValueError(f"scores to pool must be of one {_WORDS[what]}, got {' and '.join(named)}")
    # Under the object lens the target is the target, whatever each picture calls it.
    taxonomies = {tuple((c.id, c.name) for c in score.facts.found.taxonomy) for score in scores}
    if len(taxonomies) > 1 and scores[0].scored_as != "object":
        raise ValueError("scores to pool must be of one taxonomy; give every truth the same categories")
    facts = [score.facts for score in scores]
    if (aggregate or facts[0].convention.aggregate) == "image":
        return Average(tuple(scores))
    return Score(
        replace(facts[0], found=_beside(facts), crowd=_crowds(facts), images=tuple(facts)), "dataset"
    )


_WORDS = {"scored_as": "lens", "convention": "convention"}


def _beside(facts: Sequence[Facts]) -> Comparison:
    """Sum the tables of categories, and set the segments of all images side by side."""
    found = [one.found for one in facts]
    segments = [one.segments for one in found if one.segments is not None]
    guess_at = _places([table.guess_ids for table in segments])
    scores = [(one.scores, table.guess_ids) for one, table in zip(found, segments, strict=False)]
    made = replace(
        found[0],
        taxonomy=_shared_taxonomy([one.taxonomy for one in found]),
        named_by_truth=any(one.named_by_truth for one in found),
        remarks=tuple(dict.fromkeys(remark for one in found for remark in one.remarks)),
        truth_ids=None,
        guess_ids=None,
        masks=None,
        table=None,
    )
    if all(one.categories is not None for one in found):
        summed = found[0].categories
        for one in found[1:]:
            assert summed is not None  # ours: looked at just above
            assert one.categories is not None  # ours: as above
            summed = summed + one.categories
        made = replace(made, categories=summed)
    if not segments:
        return made
    truth = [(one.truth_names, table.truth_ids) for one, table in zip(found, segments, strict=True)]
    guess = [(one.guess_names, table.guess_ids) for one, table in zip(found, segments, strict=True)]
    return replace(
        made,
        segments=side_by_side(segments),
        truth_names=_renumbered(truth),
        guess_names=_renumbered(guess),
        scores={
            start + k: said[int(n)]
            for start, (said, ids) in zip(guess_at, scores, strict=True)
            for k, n in enumerate(ids)
            if int(n) in said
        },
    )


def side_by_side(tables: Sequence[Overlap]) -> Overlap:
    """Set tables beside each other, so that no segment of one meets one of another; ids are numbered anew.

    Id 0, void or unlabelled, is one for all.

    >>> one = Overlap.of([[1, 2]], [[5, 5]])
    >>> side_by_side([one, one]).dense().tolist()
    [[0, 0, 0], [0, 1, 0], [0, 1, 0], [0, 0, 1], [0, 0, 1]]
    """
    truth_at = _places([table.truth_ids for table in tables])
    guess_at = _places([table.guess_ids for table in tables])

    def moved(places: Counts, start: int) -> Counts:
        """Put places behind those of the tables before; 0 stays 0."""
        return np.where(places > 0, places + start, 0)

    truth_sizes, guess_sizes = (
        np.concatenate([[sum(int(sizes[0]) for sizes in every)], *(sizes[1:] for sizes in every)])
        for every in ([t.truth_sizes for t in tables], [t.guess_sizes for t in tables])
    )
    rows = np.concatenate([moved(t.rows, at) for t, at in zip(tables, truth_at, strict=True)])
    columns = np.concatenate([moved(t.columns, at) for t, at in zip(tables, guess_at, strict=True)])
    pixels = np.concatenate([t.pixels for t in tables])
    # Void under unlabelled may come from every image: one cell of the table, so one pair.
    joint, where = np.unique(rows * len(guess_sizes) + columns, return_inverse=True)
    rows, columns = np.divmod(joint, len(guess_sizes))
    pixels = np.bincount(where, weights=pixels, minlength=len(joint)).astype(np.int64)
    numbers = np.arange(len(truth_sizes)), np.arange(len(guess_sizes))
    return Overlap(*numbers, truth_sizes, guess_sizes, rows, columns, pixels)


def _places(ids: Sequence[Counts]) -> list[int]:
    """Give what is added to the place of an id in its own table, id 0 being one for all."""
    return [0, *np.cumsum([len(one) - 1 for one in ids[:-1]]).tolist()] if ids else []


def _renumbered(named: Sequence[tuple[Names, Counts]]) -> dict[int, int]:
    """Give the names of segments by their new ids."""
    starts = _places([ids for _, ids in named])
    return {
        start + k: names[int(n)]
        for start, (names, ids) in zip(starts, named, strict=True)
        for k, n in enumerate(ids)
        if int(n) in names
    }


def _shared_taxonomy(taxonomies: Sequence[Taxonomy]) -> Taxonomy:
    """Give the one taxonomy; of targets with several names, one that calls them target."""
    names = [{category.name for category in column} for column in zip(*taxonomies, strict=True)]
    if all(len(said) == 1 for said in names):
        return taxonomies[0]
    ground, front = taxonomies[0]
    return Taxonomy([replace(ground, name="everything else"), replace(front, name="target")])


def _crowds(facts: Sequence[Facts]) -> frozenset[int]:
    """Give the crowds of all images by their new ids."""
    listed = [(one.crowd, one.found.segments) for one in facts if one.found.segments is not None]
    starts = _places([table.truth_ids for _, table in listed])
    return frozenset(
        start + k
        for start, (crowd, table) in zip(starts, listed, strict=True)
        for k, n in enumerate(table.truth_ids.tolist())
        if n in crowd
    )
