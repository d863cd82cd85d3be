"""Scores of regions without names: do the borders fall in the same places.

Void truth is left out. An unlabelled guess pixel counts as a region of its own: it joins nothing wrongly,
and finds nothing either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.metrics.metric import INFINITE, metric
from workbench.metrics.overlap import Counts, Overlap

if TYPE_CHECKING:
    from workbench.metrics.facts import Facts

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


def covered(table: Overlap) -> float:
    """Give how well the guess covers the truth (Arbelaez et al., 2011): best IoU, weighted by size.

    >>> covered(Overlap.of([[1, 1, 1, 2]], [[5, 5, 6, 6]])).__round__(4)
    0.625
    """
    total = _total(table)
    if not total:
        return NAN
    best = np.zeros(len(table.truth_ids))
    np.maximum.at(best, table.rows, np.nan_to_num(table.iou()))
    return float((best[1:] * table.truth_sizes[1:]).sum() / total)


def adapted_rand(table: Overlap) -> tuple[float, float, float]:
    """Give the adapted Rand error with its precision and recall (Arganda-Carreras et al., 2015).

    Over pairs of pixels in one region: precision is the share of the guess's pairs that the truth has too,
    recall of the truth's that the guess has; the error is 1 - F1. scikit-image gives the two the other way
    round than its documentation says, and leaves out the truth's region 0, which here is void anyway.

    >>> [round(n, 3) for n in adapted_rand(Overlap.of([[1, 1, 1, 1]], [[5, 5, 6, 6]]))]
    [0.5, 1.0, 0.333]
    """
    if not _total(table):
        return NAN, NAN, NAN
    # An unlabelled pixel is a region of its own, and so is in no pair.
    both, truth, guess = (_pairs(n) for n in (_labelled(table)[2], table.truth_sizes[1:], table.judged[1:]))
    precision = both / guess if guess else NAN
    recall = both / truth if truth else NAN
    return 1 - (2 * both / (truth + guess) if truth + guess else 1.0), precision, recall


def achievable_accuracy(table: Overlap) -> float:
    """Give the accuracy if every guessed region took its best name (ASA; Liu et al., 2011).

    1 - ASA is the undersegmentation error in the form of van den Bergh et al. (2012).

    >>> achievable_accuracy(Overlap.of([[1, 1, 1, 2]], [[5, 5, 6, 6]]))
    0.75
    """
    if not _total(table):
        return NAN
    _, columns, pixels = _labelled(table)
    best = np.zeros(len(table.guess_ids), np.int64)
    np.maximum.at(best, columns, pixels)
    # Unlabelled pixels are regions of their own, and a pixel is never of two names.
    return float((best.sum() + table.judged[0]) / _total(table))


def undersegmentation(table: Overlap) -> float:
    """Give the undersegmentation error of Neubert and Protzel (2012): what leaks out of regions it meets.

    For each true region, every guessed region that meets it adds the smaller of what lies inside and outside.

    >>> undersegmentation(Overlap.of([[1, 1, 1, 2]], [[5, 5, 6, 6]]))
    0.5
    """
    if not _total(table):
        return NAN
    _, columns, pixels = _labelled(table)
    return float(np.minimum(pixels, table.judged[columns] - pixels).sum() / _total(table))


@metric(
    "ARI",
    lenses=["regions"],
    formula="(agreeing pairs - expected) / (most possible - expected)",
    span=(-0.5, 1),
    undefined="the truth has no judged pixel",
    source="Hubert and Arabie 1985",
)
def ari(facts: Facts) -> float:
    """Give the agreement over pairs of pixels, 0 by chance, 1 for the same regions."""
    return adjusted_rand(facts.segments)


@metric(
    "VI split",
    lenses=["regions"],
    formula="H(guess | truth)",
    best="down",
    span=(0, INFINITE),
    unit="bits",
    undefined="the truth has no judged pixel",
    source="Meila 2007",
)
def vi_split(facts: Facts) -> float:
    """Give what it costs, in bits a pixel, that true regions are cut."""
    return variation_of_information(facts.segments)[0]


@metric(
    "VI merge",
    lenses=["regions"],
    formula="H(truth | guess)",
    best="down",
    span=(0, INFINITE),
    unit="bits",
    undefined="the truth has no judged pixel",
    source="Meila 2007",
)
def vi_merge(facts: Facts) -> float:
    """Give what it costs, in bits a pixel, that true regions run together."""
    return variation_of_information(facts.segments)[1]


@metric(
    "covering",
    lenses=["regions"],
    formula="sum(size x best IoU) / sum(size)",
    undefined="the truth has no judged pixel",
    source="Arbelaez et al. 2011",
)
def covering(facts: Facts) -> float:
    """Give how well the best guess of each true region covers it, large regions counting more."""
    return covered(facts.segments)


@metric(
    "adapted Rand error",
    lenses=["regions"],
    formula="1 - F1 over pairs of pixels",
    best="down",
    undefined="the truth has no judged pixel",
    source="Arganda-Carreras et al. 2015",
)
def rand_error(facts: Facts) -> float:
    """Give 1 minus the F1 of calling pairs of pixels one region."""
    return adapted_rand(facts.segments)[0]


@metric(
    "ASA",
    lenses=["regions"],
    formula="pixels in the best-fitting true region / judged pixels",
    undefined="the truth has no judged pixel",
    source="Liu et al. 2011",
)
def asa(facts: Facts) -> float:
    """Give the achievable accuracy: what superpixels allow at best. One region a pixel scores 1."""
    return achievable_accuracy(facts.segments)


@metric(
    "undersegmentation error",
    lenses=["regions"],
    formula="sum of min(inside, outside) over pairs that meet / judged pixels",
    best="down",
    span=(0, INFINITE),
    undefined="the truth has no judged pixel",
    source="Neubert and Protzel 2012",
)
def undersegmentation_error(facts: Facts) -> float:
    """Give how much of the guessed regions leaks over the borders of the true ones they meet."""
    return undersegmentation(facts.segments)


def _labelled(table: Overlap) -> tuple[Counts, Counts, Counts]:
    """Give the pairs of which both sides have an id."""
    named = (table.rows > 0) & (table.columns > 0)
    return table.rows[named], table.columns[named], table.pixels[named]


def _total(table: Overlap) -> int:
    return int(table.truth_sizes[1:].sum())


def _pairs(sizes: Counts) -> int:
    """Count the pairs of pixels within groups; a pair of pixels in 40 megapixels still fits 64 bits."""
    return int((sizes * (sizes - 1) // 2).sum())
