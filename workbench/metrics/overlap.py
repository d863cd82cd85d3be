"""One joint table of two segmentations; every score is arithmetic on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Counts = NDArray[np.int64]

SMALL = 1024  # ids up to here index the table as they are; larger ones are renumbered first


@dataclass(frozen=True, eq=False)
class Overlap:
    """Count the pixels that each truth segment shares with each guess segment.

    Only pairs that meet are kept, so that 10 000 segments against 10 000 fit. The first id on both
    sides is always 0: void in the truth, unlabelled in the guess.

    Parameters
    ----------
    truth_ids, guess_ids : (T,) and (G,) int64, ascending, from 0.
    truth_sizes, guess_sizes : (T,) and (G,) int64 pixels. Kept beside the pairs because masks that
        overlap count a truth pixel more than once.
    rows, columns, pixels : (N,) int64; pair n is ``truth_ids[rows[n]]`` with
        ``guess_ids[columns[n]]`` and they share ``pixels[n]`` pixels.

    >>> table = Overlap.of([[1, 1, 2]], [[7, 7, 7]])
    >>> table.dense().tolist(), table.truth_ids.tolist(), table.guess_ids.tolist()
    ([[0, 0], [0, 2], [0, 1]], [0, 1, 2], [0, 7])
    """

    truth_ids: Counts
    guess_ids: Counts
    truth_sizes: Counts
    guess_sizes: Counts
    rows: Counts
    columns: Counts
    pixels: Counts

    @classmethod
    def of(cls, truth_ids: ArrayLike, guess_ids: ArrayLike) -> Overlap:
        """Count two (H, W) maps of ids from 0, of any integer type, in one pass over the pixels.

        Raises
        ------
        ValueError : shapes that differ, ids that are negative or not whole numbers.
        """
        truth, guess = _whole(truth_ids, "truth"), _whole(guess_ids, "guess")
        if truth.shape != guess.shape:
            raise ValueError(f"truth and guess ids must have one shape, got {truth.shape} and {guess.shape}")
        where_truth, named_truth = _numbered(truth)
        where_guess, named_guess = _numbered(guess)
        cells, pixels = _counted(where_truth, where_guess, len(named_truth), len(named_guess))
        rows, columns = np.divmod(cells, len(named_guess))
        truth_sizes, guess_sizes = _total(rows, pixels, named_truth), _total(columns, pixels, named_guess)
        return cls(named_truth, named_guess, truth_sizes, guess_sizes, rows, columns, pixels)._present()

    @classmethod
    def of_masks(cls, truth_ids: ArrayLike, masks: NDArray[np.bool_]) -> Overlap:
        """Count (H, W) truth ids under (N, H, W) masks that may overlap; mask k is guess id k + 1.

        >>> Overlap.of_masks([[5, 5]], np.array([[[True, True]], [[True, False]]])).dense().tolist()
        [[0, 0, 0], [0, 2, 1]]
        """
        where, named = _numbered(_whole(truth_ids, "truth"))
        counts = [np.bincount(where[mask], minlength=len(named)) for mask in masks]
        table = np.array([np.zeros(len(named), np.int64), *counts]).T
        rows, columns = np.nonzero(table)
        sizes = np.bincount(where.ravel(), minlength=len(named))
        numbers = np.arange(len(masks) + 1)
        return cls(named, numbers, sizes, table.sum(axis=0), rows, columns, table[rows, columns])._present()

    def __add__(self, other: Overlap) -> Overlap:
        """Add the table of another image, where equal ids name the same thing."""
        truth_ids = np.union1d(self.truth_ids, other.truth_ids)
        guess_ids = np.union1d(self.guess_ids, other.guess_ids)
        one, two = self._onto(truth_ids, guess_ids), other._onto(truth_ids, guess_ids)
        joint = [table.rows * len(guess_ids) + table.columns for table in (one, two)]
        cells, pixels = _merged(np.concatenate(joint), np.concatenate([one.pixels, two.pixels]))
        rows, columns = np.divmod(cells, len(guess_ids))
        truth_sizes, guess_sizes = one.truth_sizes + two.truth_sizes, one.guess_sizes + two.guess_sizes
        return Overlap(truth_ids, guess_ids, truth_sizes, guess_sizes, rows, columns, pixels)

    def grouped(self, truth_as: Mapping[int, int], guess_as: Mapping[int, int]) -> Overlap:
        """Join segments: every id becomes the one that its mapping gives, 0 where it gives none.

        >>> Overlap.of([[1, 2, 3]], [[4, 4, 4]]).grouped({1: 1, 2: 1}, {4: 4}).dense().tolist()
        [[0, 1], [0, 2]]
        """
        new_truth, truth_ids = _renamed(self.truth_ids, truth_as)
        new_guess, guess_ids = _renamed(self.guess_ids, guess_as)
        joint = new_truth[self.rows] * len(guess_ids) + new_guess[self.columns]
        cells, pixels = _merged(joint, self.pixels)
        rows, columns = np.divmod(cells, len(guess_ids))
        truth_sizes = _total(new_truth, self.truth_sizes, truth_ids)
        guess_sizes = _total(new_guess, self.guess_sizes, guess_ids)
        return Overlap(truth_ids, guess_ids, truth_sizes, guess_sizes, rows, columns, pixels)

    @property
    def void(self) -> Counts:
        """Give the (G,) pixels of each guess segment that lie in the truth's void."""
        inside = self.rows == 0
        return _total(self.columns[inside], self.pixels[inside], self.guess_ids)

    @property
    def judged(self) -> Counts:
        """Give the (G,) pixels of each guess segment that are judged: its size without void."""
        return self.guess_sizes - self.void

    def iou(self) -> NDArray[np.float64]:
        """Give the (N,) intersection over union of each pair; nan for pairs with void or unlabelled.

        Void is taken out of the union, as the panoptic metric does (Kirillov et al., 2019).
        """
        union = self.truth_sizes[self.rows] + self.judged[self.columns] - self.pixels
        named = (self.rows > 0) & (self.columns > 0)
        return np.divide(self.pixels, union, out=np.full(len(union), np.nan), where=named)

    def commonest(self) -> dict[int, int]:
        """Give each guess id the truth id that most of its judged pixels have; ties go to the lower id.

        >>> Overlap.of([[1, 2, 2, 1, 0]], [[5, 5, 5, 6, 7]]).commonest()
        {5: 2, 6: 1}
        """
        judged = (self.rows > 0) & (self.columns > 0)
        rows, columns, pixels = self.rows[judged], self.columns[judged], self.pixels[judged]
        order = np.lexsort((rows, -pixels, columns))
        firsts = order[np.unique(columns[order], return_index=True)[1]]
        truth, guess = self.truth_ids[rows[firsts]], self.guess_ids[columns[firsts]]
        return dict(zip(guess.tolist(), truth.tolist(), strict=True))

    def dense(self) -> Counts:
        """Give the whole (T, G) table."""
        table = np.zeros((len(self.truth_ids), len(self.guess_ids)), np.int64)
        table[self.rows, self.columns] = self.pixels
        return table

    def _present(self) -> Overlap:
        """Leave out ids without a pixel, except 0."""
        truth, guess = self.truth_sizes > 0, self.guess_sizes > 0
        truth[0] = guess[0] = True
        rows, columns = np.cumsum(truth)[self.rows] - 1, np.cumsum(guess)[self.columns] - 1
        ids = self.truth_ids[truth], self.guess_ids[guess]
        return Overlap(*ids, self.truth_sizes[truth], self.guess_sizes[guess], rows, columns, self.pixels)

    def _onto(self, truth_ids: Counts, guess_ids: Counts) -> Overlap:
        """Express the table in longer lists of ids, which hold these."""
        at_truth = np.searchsorted(truth_ids, self.truth_ids)
        at_guess = np.searchsorted(guess_ids, self.guess_ids)
        truth_sizes = _total(at_truth, self.truth_sizes, truth_ids)
        guess_sizes = _total(at_guess, self.guess_sizes, guess_ids)
        rows, columns = at_truth[self.rows], at_guess[self.columns]
        return Overlap(truth_ids, guess_ids, truth_sizes, guess_sizes, rows, columns, self.pixels)


def _whole(ids: ArrayLike, side: str) -> NDArray[np.integer]:
    array = np.asarray(ids)
    if array.dtype.kind not in "iu":
        raise ValueError(f"{side} ids must be whole numbers, got {array.dtype}; convert with .astype(int)")
    return array.astype(array.dtype.newbyteorder("="), copy=False)  # some TIFF readers give swapped bytes


def _numbered(ids: NDArray[np.integer]) -> tuple[NDArray[np.integer], Counts]:
    """Give ids the numbers 0, 1, 2 ... with 0 first; small ids are their own numbers."""
    # A negative id, seen as unsigned, is huge: one pass finds the top and the sign.
    top = int(ids.view(f"u{ids.itemsize}").max(initial=0))
    if top < SMALL:
        return ids, np.arange(top + 1)
    if top > np.iinfo(np.int64).max or (ids.dtype.kind == "i" and ids.min() < 0):
        raise ValueError(f"ids must lie in 0 to 2**63 - 1, got {ids.min()} to {ids.max()}")
    if top <= 4 * ids.size:
        there = np.bincount(ids.ravel()) > 0
        there[0] = True
        return (np.cumsum(there) - 1)[ids], np.flatnonzero(there)
    found, where = np.unique(ids, return_inverse=True)
    shift = int(found[0] != 0)
    named = np.concatenate([np.zeros(shift, np.int64), found.astype(np.int64)])
    return where.reshape(ids.shape) + shift, named


def _counted(
    truth: NDArray[np.integer], guess: NDArray[np.integer], height: int, width: int
) -> tuple[Counts, Counts]:
    """Count the joint numbers ``truth * width + guess``: which occur, ascending, and how often."""
    # Widened before the product: 16-bit ids would wrap.
    kind = np.int32 if height * width < 2**31 else np.int64
    joint = np.multiply(truth.ravel(), width, dtype=kind)
    np.add(joint, guess.ravel(), out=joint, dtype=kind)
    lengths = None
    # Neighbours mostly agree, and counting runs is twice as fast as counting pixels; on noise it is not.
    changes = joint[1:] != joint[:-1]
    if np.count_nonzero(changes) < joint.size // 8:
        ends = np.append(np.flatnonzero(changes), joint.size - 1)
        joint, lengths = joint[ends], np.diff(ends, prepend=-1)
    if height * width > max(SMALL * SMALL, 4 * truth.size):
        return _merged(joint, np.ones(joint.size) if lengths is None else lengths)
    counts = np.bincount(joint, weights=lengths, minlength=height * width)
    cells = np.flatnonzero(counts)
    return cells, counts[cells].astype(np.int64)


def _merged(joint: Counts, pixels: Counts) -> tuple[Counts, Counts]:
    """Add up the pixels of equal joint numbers."""
    cells, where = np.unique(joint, return_inverse=True)
    return cells, _total(where, pixels, cells)


def _total(where: Counts, pixels: Counts, over: Counts) -> Counts:
    """Add up pixels by number; float sums are exact below 2**53, more pixels than any set holds."""
    return np.bincount(where, weights=pixels, minlength=len(over)).astype(np.int64)


def _renamed(ids: Counts, names: Mapping[int, int]) -> tuple[Counts, Counts]:
    """Give each id's place among the new ids, and the new ids, ascending from 0."""
    fresh = np.array([0] + [names.get(int(n), 0) for n in ids[1:]], np.int64)
    new_ids, where = np.unique(fresh, return_inverse=True)
    return where, new_ids
