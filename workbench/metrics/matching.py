"""One-to-one matching of things at any IoU threshold, as stardist reports it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from workbench.metrics.overlap import Overlap
from workbench.metrics.semantic import share


@dataclass(frozen=True)
class Matching:
    """Hold what was matched at one threshold; numbers are nan where they would divide by nothing.

    stardist gives 0 there, and sums IoUs in single precision.

    Parameters
    ----------
    tp, fp, fn : things matched, guessed for nothing, missed.
    ious : sum of the IoUs of matched things.
    """

    tp: int
    fp: int
    fn: int
    ious: float

    @property
    def precision(self) -> float:
        """Give the share of guessed things that match."""
        return _share(self.tp, self.tp + self.fp)

    @property
    def recall(self) -> float:
        """Give the share of true things that are matched."""
        return _share(self.tp, self.tp + self.fn)

    @property
    def accuracy(self) -> float:
        """Give TP / (TP + FP + FN), which the Data Science Bowl 2018 called average precision."""
        return _share(self.tp, self.tp + self.fp + self.fn)

    @property
    def f1(self) -> float:
        """Give 2 TP / (2 TP + FP + FN)."""
        return _share(2 * self.tp, 2 * self.tp + self.fp + self.fn)

    @property
    def mean_matched_score(self) -> float:
        """Average the IoU over matched things."""
        return _share(self.ious, self.tp)

    @property
    def mean_true_score(self) -> float:
        """Average the IoU over all true things, those missed as 0."""
        return _share(self.ious, self.tp + self.fn)

    @property
    def panoptic_quality(self) -> float:
        """Give the sum of IoUs over TP + FP / 2 + FN / 2; the panoptic metric's, at threshold 0.5."""
        return _share(self.ious, self.tp + self.fp / 2 + self.fn / 2)


def match_one_to_one(
    table: Overlap, truth_names: Mapping[int, int], guess_names: Mapping[int, int], threshold: float = 0.5
) -> Matching:
    """Pair as many things as can be at an IoU of at least the threshold, then those that fit best.

    Things pair within their category. Above 0.5 each thing of a map has at most one partner and there is
    nothing to choose; below, and with masks that overlap, the Hungarian method chooses.

    stardist's 0 is background on both sides. Here 0 in a truth is void, which leaves all unions; to score as
    stardist does, give the background an id of its own that `truth_names` leaves out. 0 in a guess is
    unlabelled, which is the same as stardist's.

    Parameters
    ----------
    truth_names, guess_names : segment id -> category id, of those that take part.
    threshold : 0 to 1, itself included.

    Raises
    ------
    ValueError : a threshold outside 0 to 1.

    References
    ----------
    Kuhn, "The Hungarian method for the assignment problem", 1955.
    Schmidt et al., "Cell Detection with Star-Convex Polygons", 2018; stardist, matching.py.

    >>> table = Overlap.of([[1, 1, 1, 2, 2, 9]], [[5, 5, 0, 5, 6, 6]])
    >>> found = match_one_to_one(table, {1: 1, 2: 1}, {5: 1, 6: 1}, threshold=0.3)
    >>> found.tp, round(found.mean_true_score, 3), match_one_to_one(table, {1: 1, 2: 1}, {5: 1, 6: 1}).tp
    (2, 0.417, 1)
    """
    if not 0 <= threshold <= 1:
        raise ValueError(f"a threshold of IoU must be in 0 to 1, got {threshold}")
    truth, guess = (
        np.array([names.get(n, 0) for n in ids.tolist()])
        for ids, names in ((table.truth_ids, truth_names), (table.guess_ids, guess_names))
    )
    dense = np.zeros((len(truth), len(guess)))
    same = truth[table.rows] == guess[table.columns]
    dense[table.rows[same], table.columns[same]] = table.iou()[same]
    rows, columns = np.flatnonzero(truth), np.flatnonzero(guess)
    ious = _paired(dense[np.ix_(rows, columns)], truth[rows, None] == guess[columns], threshold)
    return Matching(len(ious), len(columns) - len(ious), len(rows) - len(ious), float(ious.sum()))


def _paired(ious: np.ndarray, may: np.ndarray, threshold: float) -> np.ndarray:
    """Give the IoUs of the pairs that the Hungarian method makes."""
    from scipy.optimize import linear_sum_assignment

    good = may & (ious >= threshold)
    # All IoUs together weigh less than one more match.
    gain = good + ious / max(1, 2 * min(ious.shape))
    pairs = linear_sum_assignment(gain, maximize=True)
    return ious[pairs][good[pairs]]


def _share(part: float, whole: float) -> float:
    return float(share(part, whole))
