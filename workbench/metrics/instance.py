"""Scores of things: how many were found, how well, and how well the guess knows which to trust."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from workbench.metrics.contest import LEAST, Flags
from workbench.metrics.means import mean_of
from workbench.metrics.metric import metric
from workbench.metrics.overlap import Overlap
from workbench.metrics.ranking import rank_boundaries

if TYPE_CHECKING:
    from workbench.metrics.facts import Facts

NAN = float("nan")
NO_THING = "the truth has no thing to find; by COCO's rules also: a guess without a score"
Pair = tuple[float, int]  # an IoU, and the row of the truth it is with


@dataclass(frozen=True, eq=False)
class Detections:
    """Hold one category's guesses, surest first, and which of them are right at IoU 0.5.

    Parameters
    ----------
    truth : how many there are to find.
    right : (N,) bool.
    judged : (N,) bool; False where a wrong guess lies mostly in void, and is neither right nor wrong.
    ious : IoU of the pairs that match.
    """

    truth: int
    right: Flags
    judged: Flags
    ious: tuple[float, ...]

    @property
    def tp(self) -> int:
        """Count the guesses that match."""
        return int(self.right.sum())

    @property
    def fp(self) -> int:
        """Count the judged guesses that do not match."""
        return int((self.judged & ~self.right).sum())

    @property
    def fn(self) -> int:
        """Count the truths that are not found."""
        return self.truth - self.tp

    @property
    def f1(self) -> float:
        """Give the F1 of finding objects; nan where there is none on either side."""
        return f1_of(self.tp, self.fp, self.fn)


def detect(
    table: Overlap,
    truth_names: Mapping[int, int],
    guess_names: Mapping[int, int],
    scores: Mapping[int, float],
) -> dict[int, Detections]:
    """Match guessed things to true ones at IoU 0.5, category by category, the surest guess first.

    Each guess takes the best truth that is still free, as COCO does (without its limit of 100 guesses an
    image); guesses without a score come last, in order of id. A guess without a match is not judged when more
    than half of it lies in void.
    """
    ious, in_void = table.iou(), table.void > 0.5 * table.guess_sizes
    truth = [truth_names.get(n, 0) for n in table.truth_ids.tolist()]
    guess = [guess_names.get(n, 0) for n in table.guess_ids.tolist()]
    trust = [scores.get(n, -np.inf) for n in table.guess_ids.tolist()]
    pairs: dict[int, list[Pair]] = {}
    for n in np.flatnonzero(ious >= LEAST):
        row, column = int(table.rows[n]), int(table.columns[n])
        if truth[row] == guess[column] != 0:
            pairs.setdefault(column, []).append((float(ious[n]), row))
    order: dict[int, list[int]] = {}
    for column in sorted(range(len(guess)), key=lambda column: -trust[column]):
        order.setdefault(guess[column], []).append(column)
    found = {}
    for category in sorted({*truth_names.values(), *guess_names.values()}):
        columns = order.get(category, [])
        matches = _match(pairs, columns)
        right = np.array([k in matches for k in columns], bool)
        judged = right | ~in_void[columns]
        found[category] = Detections(truth.count(category), right, judged, tuple(matches.values()))
    return found


def f1_of(tp: int, fp: int, fn: int) -> float:
    """Give 2 TP / (2 TP + FP + FN), or nan where there is nothing.

    >>> f1_of(2, 1, 1).__round__(3)
    0.667
    """
    return 2 * tp / (2 * tp + fp + fn) if tp + fp + fn else NAN


def _match(pairs: Mapping[int, list[Pair]], order: list[int]) -> dict[int, float]:
    """Give the IoU of each guess that finds a free truth."""
    taken: set[int] = set()
    matched = {}
    for guess in order:
        free = [pair for pair in pairs.get(guess, []) if pair[1] not in taken]
        if free:
            iou, row = max(free)
            matched[guess] = iou
            taken.add(row)
    return matched


def f1s(facts: Facts) -> dict[int, float]:
    """Give the F1 of finding each category's things at IoU 0.5."""
    return {c: found.f1 for c, found in facts.detections.items()}


def aps(facts: Facts) -> dict[int, float]:
    """Give the average precision of each category, over ten IoU thresholds."""
    return {c: found.ap for c, found in facts.ranking.per_category.items()}


def ap50s(facts: Facts) -> dict[int, float]:
    """Give the average precision of each category at IoU 0.5."""
    return {c: found.ap50 for c, found in facts.ranking.per_category.items()}


def ap75s(facts: Facts) -> dict[int, float]:
    """Give the average precision of each category at IoU 0.75."""
    return {c: found.ap75 for c, found in facts.ranking.per_category.items()}


@metric(
    "F1 at IoU 0.5",
    lenses=["instance"],
    formula="2 TP / (2 TP + FP + FN), counting things",
    undefined="there is no thing in the truth or the guess",
    source="Caicedo et al. 2019",
    each=f1s,
    each_under=["instance"],
)
def f1(facts: Facts) -> float:
    """Give the F1 of finding things at IoU 0.5, over all categories together."""
    every = facts.detections.values()
    return f1_of(*(sum(getattr(found, name) for found in every) for name in ("tp", "fp", "fn")))


@metric(
    "AP",
    lenses=["instance"],
    formula="area under precision over recall, mean over IoU .50 to .95 and categories",
    undefined=NO_THING,
    source="Lin et al. 2014 (COCO)",
    each=aps,
    each_under=["instance"],
)
def ap(facts: Facts) -> float:
    """Average the average precision over ten IoU thresholds and the categories."""
    return facts.ranking.ap


@metric(
    "AP50",
    lenses=["instance"],
    formula="area under precision over recall at IoU 0.5, mean over categories",
    undefined=NO_THING,
    source="Everingham et al. 2010",
    each=ap50s,
    each_under=["instance"],
)
def ap50(facts: Facts) -> float:
    """Average the average precision at IoU 0.5 over the categories."""
    return facts.ranking.ap50


@metric(
    "AP75",
    lenses=["instance"],
    formula="area under precision over recall at IoU 0.75, mean over categories",
    undefined=NO_THING,
    source="Lin et al. 2014 (COCO)",
    each=ap75s,
    each_under=["instance"],
)
def ap75(facts: Facts) -> float:
    """Average the average precision at IoU 0.75 over the categories."""
    return facts.ranking.ap75


def _of_size(name: str, title: str, size: str, span: str) -> None:
    """Enter the average precision of things of one size."""

    def ap_of_size(facts: Facts) -> float:
        """Average the average precision over the categories, for things of one size."""
        return facts.ranking.ap_of(size)

    ap_of_size.__name__ = name
    ap_of_size.__doc__ = f"Average the average precision over things of {span} alone."
    metric(
        title,
        lenses=["instance"],
        formula=f"AP, of things of {span}",
        undefined="the truth has no thing of that size, or the convention knows no sizes",
        source="Lin et al. 2014 (COCO)",
    )(ap_of_size)


_of_size("ap_small", "AP of small things", "small", "at most 32 x 32 pixels")
_of_size("ap_medium", "AP of medium things", "medium", "32 x 32 to 96 x 96 pixels")
_of_size("ap_large", "AP of large things", "large", "at least 96 x 96 pixels")


@metric(
    "boundary AP",
    lenses=["instance"],
    formula="AP, matched by the lesser of IoU and boundary IoU",
    undefined=NO_THING,
    source="Cheng et al. 2021",
    cost="boundary",
)
def boundary_ap(facts: Facts) -> float:
    """Average the average precision where edges must be as good as areas."""
    return rank_boundaries(facts).ap


@metric(
    "mean matched IoU",
    lenses=["instance"],
    formula="sum of matched IoU / TP",
    undefined="no guess matches a truth at IoU 0.5",
    source="Schmidt et al. 2018 (stardist)",
)
def matched_iou(facts: Facts) -> float:
    """Average the IoU of the things matched at IoU 0.5."""
    return mean_of(iou for found in facts.detections.values() for iou in found.ious)


@metric(
    "mean IoU of true things",
    lenses=["instance"],
    formula="sum of matched IoU / (TP + FN)",
    undefined="the truth has no thing to find",
    source="Schmidt et al. 2018 (stardist: mean_true_score)",
)
def mean_true_score(facts: Facts) -> float:
    """Average the IoU over all true things, those that no guess matches at IoU 0.5 as 0."""
    every = facts.detections.values()
    there = sum(found.truth for found in every)
    return sum(iou for found in every for iou in found.ious) / there if there else NAN
