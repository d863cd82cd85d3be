"""Panoptic quality: are the segments found, and how well are they drawn."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.metrics.means import mean_of
from workbench.metrics.metric import metric
from workbench.metrics.overlap import Overlap

if TYPE_CHECKING:
    from workbench.metrics.facts import Facts


@dataclass(frozen=True)
class Tally:
    """Count a category's segments: matched, extra, missed, and the IoU summed over the matched.

    >>> found = Tally(tp=2, fp=1, fn=1, iou=1.6)
    >>> round(found.sq, 3), round(found.rq, 3), round(found.pq, 3)
    (0.8, 0.667, 0.533)
    """

    tp: int = 0
    fp: int = 0
    fn: int = 0
    iou: float = 0.0

    def __add__(self, other: Tally) -> Tally:
        """Add the counts of another image."""
        return Tally(self.tp + other.tp, self.fp + other.fp, self.fn + other.fn, self.iou + other.iou)

    @property
    def pq(self) -> float:
        """Give the panoptic quality; nan where there is nothing in the truth or the guess."""
        units = self.tp + 0.5 * self.fp + 0.5 * self.fn
        return self.iou / units if units else float("nan")

    @property
    def sq(self) -> float:
        """Give the mean IoU of the matched; 0 where none matched, as the reference has it."""
        if not self.tp:
            return 0.0 if self.fp or self.fn else float("nan")
        return self.iou / self.tp

    @property
    def rq(self) -> float:
        """Give the F1 of finding segments; nan where there is nothing to find."""
        units = self.tp + 0.5 * self.fp + 0.5 * self.fn
        return self.tp / units if units else float("nan")


def tally_segments(
    table: Overlap,
    truth_names: Mapping[int, int],
    guess_names: Mapping[int, int],
    crowd: Collection[int] = (),
    ious: NDArray[np.float64] | None = None,
) -> dict[int, Tally]:
    """Match segments and count them by category (Kirillov et al., "Panoptic Segmentation", 2019).

    A truth and a guess match when they carry one category and their IoU, void taken out of the union, is
    above 0.5; so no segment can match twice. Unmatched truth is missed; unmatched guess is extra, unless
    more than half of it lies in void or in a crowd of its category. A crowd segment is never missed.

    Parameters
    ----------
    table : joint table of segment ids, void first.
    truth_names, guess_names : ``{segment id: category id}``; a segment without one is not judged.
    crowd : truth ids that hold many things drawn as one.
    ious : (N,) what pairs are matched by, if not the table's IoU.
    """
    ious = table.iou() if ious is None else ious
    truth = np.array([truth_names.get(int(n), 0) for n in table.truth_ids], np.int64)
    guess = np.array([guess_names.get(int(n), 0) for n in table.guess_ids], np.int64)
    crowded = np.isin(table.truth_ids, list(crowd))
    same = (truth[table.rows] == guess[table.columns]) & (truth[table.rows] > 0)
    matched = same & ~crowded[table.rows] & (ious > 0.5)

    missed = (truth > 0) & ~crowded
    missed[table.rows[matched]] = False
    in_crowd = same & crowded[table.rows]
    forgiven = table.void + np.bincount(
        table.columns[in_crowd], weights=table.pixels[in_crowd], minlength=len(guess)
    )
    extra = (guess > 0) & (forgiven <= 0.5 * table.guess_sizes)
    extra[table.columns[matched]] = False
    drawn, categories = ious[matched], truth[table.rows[matched]]
    return {
        c: Tally(
            tp=int((categories == c).sum()),
            fp=int((guess[extra] == c).sum()),
            fn=int((truth[missed] == c).sum()),
            iou=float(drawn[categories == c].sum()),
        )
        for c in sorted({*truth[truth > 0].tolist(), *guess[guess > 0].tolist()})
    }


NOTHING = "there is no segment in the truth or the guess"
SOURCE = "Kirillov et al. 2019"


def qualities(facts: Facts) -> dict[int, float]:
    """Give the panoptic quality of each category."""
    return {c: tally.pq for c, tally in facts.tallies.items()}


def segmentation_qualities(facts: Facts) -> dict[int, float]:
    """Give the mean IoU of each category's matched segments."""
    return {c: tally.sq for c, tally in facts.tallies.items()}


def recognition_qualities(facts: Facts) -> dict[int, float]:
    """Give the F1 of finding each category's segments."""
    return {c: tally.rq for c, tally in facts.tallies.items()}


@metric(
    "PQ",
    lenses=["panoptic"],
    formula="sum of matched IoU / (TP + FP / 2 + FN / 2) = SQ x RQ",
    undefined=NOTHING,
    source=SOURCE,
    each=qualities,
    each_under=["panoptic"],
)
def pq(facts: Facts) -> float:
    """Average the panoptic quality over the categories that are there."""
    return mean_of(qualities(facts).values())


@metric(
    "SQ",
    lenses=["panoptic"],
    formula="sum of matched IoU / TP",
    undefined=NOTHING,
    source=SOURCE,
    each=segmentation_qualities,
    each_under=["panoptic"],
)
def sq(facts: Facts) -> float:
    """Average over categories how well the matched segments are drawn."""
    return mean_of(segmentation_qualities(facts).values())


@metric(
    "RQ",
    lenses=["panoptic"],
    formula="TP / (TP + FP / 2 + FN / 2)",
    undefined=NOTHING,
    source=SOURCE,
    each=recognition_qualities,
    each_under=["panoptic"],
)
def rq(facts: Facts) -> float:
    """Average over categories the F1 of finding segments."""
    return mean_of(recognition_qualities(facts).values())


@metric(
    "PQ of things",
    lenses=["panoptic"],
    formula="mean PQ over the thing categories",
    undefined="there is no thing in the truth or the guess",
    source=SOURCE,
)
def pq_things(facts: Facts) -> float:
    """Average the panoptic quality over the things."""
    return mean_of(_of_kind(facts, "thing", qualities(facts)).values())


@metric(
    "PQ of stuff",
    lenses=["panoptic"],
    formula="mean PQ over the stuff categories",
    undefined="there is no stuff in the truth or the guess",
    source=SOURCE,
)
def pq_stuff(facts: Facts) -> float:
    """Average the panoptic quality over the stuff."""
    return mean_of(_of_kind(facts, "stuff", qualities(facts)).values())


@metric(
    "PQ-dagger",
    lenses=["panoptic"],
    formula="things: PQ; stuff: sum of IoU / true segments, without the 0.5 gate",
    undefined=NOTHING,
    source="Porzi et al. 2019",
)
def pq_dagger(facts: Facts) -> float:
    """Average PQ of things with the ungated IoU of stuff, where a segment at IoU 0.49 is not nothing."""
    return mean_of([*_of_kind(facts, "thing", qualities(facts)).values(), *_ungated(facts).values()])


@metric(
    "parsing covering",
    lenses=["panoptic"],
    formula="mean over categories of sum(size x best IoU) / sum(size)",
    undefined="the truth has no judged segment",
    source="Yang et al. 2019 (DeeperLab)",
)
def parsing_covering(facts: Facts) -> float:
    """Average over categories how well each true segment is covered, large ones counting more."""
    table, truth = facts.segments, facts.found.truth_names
    categories = np.array([truth.get(int(n), 0) for n in table.truth_ids], np.int64)
    best = np.zeros(len(table.truth_ids))
    same = _same_category(facts)
    np.maximum.at(best, table.rows[same], table.iou()[same])
    weight = table.truth_sizes.astype(float)
    covered = np.bincount(np.unique(categories, return_inverse=True)[1], weights=best * weight)
    sizes = np.bincount(np.unique(categories, return_inverse=True)[1], weights=weight)
    named = np.unique(categories) > 0
    return mean_of((covered[named] / sizes[named]).tolist())


def boundary_qualities(facts: Facts) -> dict[int, float]:
    """Give the boundary PQ of each category."""
    return {c: tally.pq for c, tally in facts.boundary_tallies.items()}


@metric(
    "boundary PQ",
    lenses=["panoptic"],
    formula="PQ with min(IoU, boundary IoU) for IoU",
    undefined=NOTHING,
    source="Cheng et al. 2021",
    cost="boundary",
    each=boundary_qualities,
    each_under=["panoptic"],
)
def boundary_pq(facts: Facts) -> float:
    """Average a panoptic quality in which a large segment cannot hide a careless edge."""
    return mean_of(boundary_qualities(facts).values())


def _ungated(facts: Facts) -> dict[int, float]:
    """Give the IoU summed over all pairs of each stuff category, over its true segments."""
    table, truth = facts.segments, facts.found.truth_names
    same = _same_category(facts)
    categories = np.array([truth.get(int(n), 0) for n in table.truth_ids], np.int64)
    segments = {c: int((categories == c).sum()) for c in {*truth.values()}}
    pairs, ious = categories[table.rows[same]], table.iou()[same]
    found = {c: float(ious[pairs == c].sum()) / n for c, n in segments.items() if n}
    return _of_kind(facts, "stuff", found)


def _same_category(facts: Facts) -> NDArray[np.bool_]:
    """Say of each pair of the table whether truth and guess carry one category."""
    table, found = facts.segments, facts.found
    truth = np.array([found.truth_names.get(int(n), 0) for n in table.truth_ids], np.int64)
    guess = np.array([found.guess_names.get(int(n), -1) for n in table.guess_ids], np.int64)
    return (table.columns > 0) & (truth[table.rows] == guess[table.columns])


def _of_kind(facts: Facts, kind: str, values: dict[int, float]) -> dict[int, float]:
    return {c: value for c, value in values.items() if facts.found.taxonomy[c].kind == kind}
