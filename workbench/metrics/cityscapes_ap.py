"""Cityscapes' average precision: the raw curve, small things not asked for, groups and void forgiven."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.metrics.contest import Flags, Numbers
from workbench.metrics.means import mean_of
from workbench.metrics.overlap import Counts, Overlap

# Sums of 0.05, as the reference has them: an IoU of 0.9 is then not above 0.9.
OVERLAPS: Numbers = np.arange(0.5, 1.0, 0.05)
SMALLEST = 100  # pixels; a smaller truth is not asked for


@dataclass(frozen=True, eq=False)
class Street:
    """Hold one image's T truths and G guesses, and its P pairs of one category that share a pixel.

    Parameters
    ----------
    truth_as, guess_as : (T,) and (G,) int64, the category of each.
    asked : (T,) bool, truths that are to be found: no groups, and at least 100 pixels.
    scores : (G,) float64; -inf where the guess does not say.
    rows, columns : (P,) int64; ious : (P,) float64.
    spared : (G,) float64, the share of each guess in void, groups or small truths of its category.
    """

    truth_as: Counts
    guess_as: Counts
    asked: Flags
    scores: Numbers
    rows: Counts
    columns: Counts
    ious: Numbers
    spared: Numbers

    @classmethod
    def of(
        cls,
        table: Overlap,
        truth_names: Mapping[int, int],
        guess_names: Mapping[int, int],
        scores: Mapping[int, float],
        crowd: Collection[int] = (),
    ) -> Street:
        """Read one image's joint table of segments.

        Parameters
        ----------
        truth_names, guess_names : segment id -> category id, of those that take part.
        scores : how sure the guess is; segments without a score are one point, the last of the curve.
        crowd : truth ids that hold many things drawn as one; Cityscapes says group.
        """
        truth_as = np.array([truth_names.get(n, 0) for n in table.truth_ids.tolist()], np.int64)
        guess_as = np.array([guess_names.get(n, 0) for n in table.guess_ids.tolist()], np.int64)
        asked = (table.truth_sizes >= SMALLEST) & ~np.isin(table.truth_ids, list(crowd)) & (truth_as > 0)
        met = (truth_as[table.rows] == guess_as[table.columns]) & (truth_as[table.rows] > 0)
        rows, columns, pixels = table.rows[met], table.columns[met], table.pixels[met]
        beside = np.bincount(columns, weights=pixels * ~asked[rows], minlength=len(guess_as))
        return cls(
            truth_as=truth_as,
            guess_as=guess_as,
            asked=asked,
            scores=np.array([scores.get(n, -np.inf) for n in table.guess_ids.tolist()], float),
            rows=rows,
            columns=columns,
            # Void is no part of the truth, but stays in the guess: the union is the plain one.
            ious=pixels / (table.truth_sizes[rows] + table.guess_sizes[columns] - pixels),
            spared=(table.void + beside) / np.maximum(table.guess_sizes, 1),
        )

    def judged(self, category: int, threshold: float) -> tuple[Numbers, Flags]:
        """Give the scores of the guesses of a category that are judged, and which are right."""
        over = (self.ious > threshold) & (self.guess_as[self.columns] == category)
        rows, columns = self.rows[over & self.asked[self.rows]], self.columns[over & self.asked[self.rows]]
        best_first = np.argsort(-self.scores[columns], kind="stable")
        firsts = best_first[np.unique(rows[best_first], return_index=True)[1]]
        right = np.zeros(len(columns), bool)
        right[firsts] = True
        loose = self.guess_as == category
        loose[self.columns[over]] = False
        wrong = np.flatnonzero(loose & (self.spared <= threshold))
        scores = np.concatenate([self.scores[columns], self.scores[wrong]])
        return scores, np.concatenate([right, np.zeros(len(wrong), bool)])


@dataclass(frozen=True, eq=False)
class CityscapesAP:
    """Hold the average precision of K categories at ten overlaps; nan where there is no truth to find.

    Parameters
    ----------
    categories : their ids.
    values : (K, 10) float64, at overlaps above .50, .55 ... .95.
    """

    categories: tuple[int, ...]
    values: Numbers

    @property
    def ap(self) -> float:
        """Average over the ten overlaps and the categories."""
        return mean_of(self.values.ravel().tolist())

    @property
    def ap50(self) -> float:
        """Average over the categories, at overlaps above 0.5."""
        return self.at(0)

    @property
    def ap75(self) -> float:
        """Average over the categories, at overlaps above 0.75."""
        return self.at(5)

    def ap_of(self, size: str) -> float:
        """Give `ap` for "all" and nan for other sizes, which Cityscapes does not know."""
        return self.ap if size == "all" else float("nan")

    def at(self, k: int) -> float:
        """Average over the categories, at the k-th overlap."""
        return mean_of(self.values[:, k].tolist())

    @property
    def per_category(self) -> Mapping[int, CityscapesAP]:
        """Give each category's numbers alone, by its id."""
        return {c: CityscapesAP((c,), self.values[k : k + 1]) for k, c in enumerate(self.categories)}


def cityscapes_ap(streets: Sequence[Street], categories: Sequence[int]) -> CityscapesAP:
    """Count Cityscapes' average precision over all images together.

    A guess is right if it overlaps a truth by more than the threshold and is the surest to do so; the others
    on that truth are wrong. A guess that overlaps a group or a small truth so is neither, nor is one of which
    a larger share than the threshold lies in void, groups and small truths together.

    Equal to the reference but for two things: pixels of a small group count once (there twice, as small and
    as group), and where every guess is forgiven the number is 0 (there an IndexError).

    References
    ----------
    Cordts et al., "The Cityscapes Dataset for Semantic Urban Scene Understanding", 2016;
    cityscapesScripts, evalInstanceLevelSemanticLabeling.py.

    >>> truth = np.repeat([[1] * 10 + [2] * 10], 10, axis=0)
    >>> guess = np.repeat([[1] * 10 + [2] * 4 + [0] * 6], 10, axis=0)
    >>> street = Street.of(Overlap.of(truth, guess), {1: 1, 2: 1}, {1: 1, 2: 1}, {1: 0.9, 2: 0.8})
    >>> cityscapes_ap([street], [1]).ap50
    0.5
    """
    values = np.full((len(categories), len(OVERLAPS)), np.nan)
    for k, category in enumerate(categories):
        there = sum(int((one.asked & (one.truth_as == category)).sum()) for one in streets)
        if there:
            values[k] = [_area(streets, category, threshold, there) for threshold in OVERLAPS]
    return CityscapesAP(tuple(categories), values)


def _area(streets: Sequence[Street], category: int, threshold: float, there: int) -> float:
    """Give the area under one raw curve, from recall 0, where precision is 1 by decree.

    The reference calls its sum step-wise; its weights are those of the trapezoid rule.
    """
    found = [one.judged(category, threshold) for one in streets]
    scores = np.concatenate([one[0] for one in found])
    right = np.concatenate([one[1] for one in found])
    if not scores.size:
        return 0.0
    order = np.argsort(-scores, kind="stable")
    hits, tried = np.cumsum(right[order]), np.arange(1, len(order) + 1)
    # Equal scores are one point of the curve: the last of each run.
    ends = _ends(scores[order])
    precision = np.append(1.0, hits[ends] / tried[ends])
    recall = np.append(0.0, hits[ends] / there)
    return float(np.trapezoid(precision, recall))


def _ends(scores: Numbers) -> NDArray[np.bool_]:
    """Mark the last of each run of equal scores."""
    return np.append(scores[1:] != scores[:-1], True)
