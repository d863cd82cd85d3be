"""Panoptic quality: are the segments found, and how well are they drawn."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from workbench.metrics.overlap import Overlap


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
    """
    truth = np.array([truth_names.get(int(n), 0) for n in table.truth_ids], np.int64)
    guess = np.array([guess_names.get(int(n), 0) for n in table.guess_ids], np.int64)
    crowded = np.isin(table.truth_ids, list(crowd))
    same = (truth[table.rows] == guess[table.columns]) & (truth[table.rows] > 0)
    matched = same & ~crowded[table.rows] & (table.iou() > 0.5)

    missed = (truth > 0) & ~crowded
    missed[table.rows[matched]] = False
    in_crowd = same & crowded[table.rows]
    forgiven = table.void + np.bincount(
        table.columns[in_crowd], weights=table.pixels[in_crowd], minlength=len(guess)
    )
    extra = (guess > 0) & (forgiven <= 0.5 * table.guess_sizes)
    extra[table.columns[matched]] = False
    ious, categories = table.iou()[matched], truth[table.rows[matched]]
    return {
        c: Tally(
            tp=int((categories == c).sum()),
            fp=int((guess[extra] == c).sum()),
            fn=int((truth[missed] == c).sum()),
            iou=float(ious[categories == c].sum()),
        )
        for c in sorted({*truth[truth > 0].tolist(), *guess[guess > 0].tolist()})
    }
