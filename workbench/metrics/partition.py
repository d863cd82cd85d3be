"""Scores of regions without names: do the borders fall in the same places.

Void truth is left out. An unlabelled guess pixel counts as a region of its own: it joins nothing wrongly,
and finds nothing either.
"""

from __future__ import annotations

import numpy as np

from workbench.metrics.overlap import Counts, Overlap

NAN = float("nan")


def adjusted_rand(table: Overlap) -> float:
    """Give the adjusted Rand index (Hubert and Arabie, 1985): agreement over pairs of pixels, 0 by chance.

    >>> adjusted_rand(Overlap.of([[1, 1, 2, 2]], [[7, 7, 8, 9]])).__round__(4)
    0.5714
    """
    total = _total(table)
    if not total:
        return NAN
    _, _, pixels = _labelled(table)
    both, truth, guess = _pairs(pixels), _pairs(table.truth_sizes[1:]), _pairs(table.judged[1:])
    only_truth, only_guess = truth - both, guess - both
    if not only_truth and not only_guess:
        return 1.0
    neither = total * (total - 1) // 2 - both - only_truth - only_guess
    # Python's whole numbers: products of pair counts do not fit 64 bits.
    below = (both + only_truth) * (only_truth + neither) + (both + only_guess) * (only_guess + neither)
    return 2 * (both * neither - only_truth * only_guess) / below


def variation_of_information(table: Overlap) -> tuple[float, float]:
    """Give the two halves of the variation of information in bits (Meila, 2007): split, then merge.

    Split is H(guess | truth), what it costs that true regions are cut; merge is H(truth | guess), what it
    costs that they run together. 0 and 0 is perfect.

    >>> variation_of_information(Overlap.of([[1, 1, 1, 1]], [[5, 5, 6, 6]]))
    (1.0, 0.0)
    """
    total = _total(table)
    if not total:
        return NAN, NAN
    rows, columns, pixels = _labelled(table)
    split = float((pixels * np.log2(table.truth_sizes[rows] / pixels)).sum())
    merge = float((pixels * np.log2(table.judged[columns] / pixels)).sum())
    alone = (table.rows > 0) & (table.columns == 0)
    split += float((table.pixels[alone] * np.log2(table.truth_sizes[table.rows[alone]])).sum())
    return split / total, merge / total


def covering(table: Overlap) -> float:
    """Give how well the guess covers the truth (Arbelaez et al., 2011): best IoU, weighted by size.

    >>> covering(Overlap.of([[1, 1, 1, 2]], [[5, 5, 6, 6]])).__round__(4)
    0.625
    """
    total = _total(table)
    if not total:
        return NAN
    best = np.zeros(len(table.truth_ids))
    np.maximum.at(best, table.rows, np.nan_to_num(table.iou()))
    return float((best[1:] * table.truth_sizes[1:]).sum() / total)


def _labelled(table: Overlap) -> tuple[Counts, Counts, Counts]:
    """Give the pairs of which both sides have an id."""
    named = (table.rows > 0) & (table.columns > 0)
    return table.rows[named], table.columns[named], table.pixels[named]


def _total(table: Overlap) -> int:
    return int(table.truth_sizes[1:].sum())


def _pairs(sizes: Counts) -> int:
    """Count the pairs of pixels within groups; a pair of pixels in 40 megapixels still fits 64 bits."""
    return int((sizes * (sizes - 1) // 2).sum())
