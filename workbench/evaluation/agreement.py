"""What several annotators say together: agreement beyond chance, majority vote, STAPLE.

Cohen, "A coefficient of agreement for nominal scales", 1960. Warfield, Zou and Wells, "Simultaneous truth and
performance level estimation (STAPLE): an algorithm for the validation of image segmentation", 2004.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]
FIRST = 0.9  # sensitivity and specificity that everybody is believed to have at the beginning
SURE = 1e-12  # nobody is believed to be without fault, or to be wrong always


@dataclass(frozen=True)
class Consensus:
    """Hold what STAPLE says.

    Parameters
    ----------
    belief : (H, W) probability that a pixel is object.
    sensitivity, specificity : (K,) of each annotator: the share of true object (of true ground) that they
        call so. Both are estimates: nobody knows the truth.
    likelihood : logarithm of how likely the drawings are, after each step; it never falls.
    """

    belief: Numbers
    sensitivity: Numbers
    specificity: Numbers
    likelihood: tuple[float, ...]

    @property
    def mask(self) -> Flags:
        """Give the (H, W) pixels that are more likely object than not."""
        return self.belief > 0.5


def kappa(one: ArrayLike, other: ArrayLike) -> float:
    """Give Cohen's kappa of two masks: agreement beyond what their sizes alone would give.

    It is nan where both masks call every pixel the same, as then chance explains everything.

    >>> kappa([True, True, False, False], [True, False, False, False])
    0.5
    """
    first, second = np.asarray(one, bool), np.asarray(other, bool)
    observed, shares = float(np.mean(first == second)), (float(first.mean()), float(second.mean()))
    chance = shares[0] * shares[1] + (1 - shares[0]) * (1 - shares[1])
    return (observed - chance) / (1 - chance) if chance < 1 else math.nan


def majority(masks: ArrayLike) -> Flags:
    """Give the pixels that more than half of (K, H, W) masks have; a tie is no majority.

    >>> majority([[[True, True]], [[True, False]]]).tolist()
    [[True, False]]
    """
    return np.asarray(np.mean(_stacked(masks), axis=0) > 0.5)


def staple(masks: ArrayLike, *, steps: int = 100, tolerance: float = 1e-9) -> Consensus:
    """Estimate a truth and everybody's reliability together, each from the other.

    The prior is the share of object in all drawings, the same for every pixel, as in the paper's first case.

    Parameters
    ----------
    masks : (K, H, W) booleans of K annotators. steps : at most as many rounds.
    tolerance : it ends where sensitivity and specificity change by less.

    Raises
    ------
    ValueError : anything but a stack of at least two masks, or masks that are all empty or all full.

    >>> found = staple([[[1, 1, 0, 0]], [[1, 1, 0, 0]], [[1, 0, 0, 1]]])
    >>> found.mask.astype(int).tolist(), int(found.sensitivity.argmin())
    ([[1, 1, 0, 0]], 2)
    """
    stack = _stacked(masks)
    prior = float(stack.mean())
    if len(stack) < 2 or not 0 < prior < 1:
        raise ValueError(
            "staple needs at least two masks that are neither all empty nor all full, "
            f"got {len(stack)} with {prior:.0%} object; look at what was drawn"
        )
    # Pixels on which everybody says the same are alike: a few patterns stand for all pixels.
    patterns, where, counts = np.unique(
        stack.reshape(len(stack), -1), axis=1, return_inverse=True, return_counts=True
    )
    found, left = np.full(len(stack), FIRST), np.full(len(stack), FIRST)
    likelihood: list[float] = []
    for _ in range(steps):
        belief, total = _believed(patterns, counts, prior, found, left)
        likelihood.append(total)
        weight, rest = belief * counts, (1 - belief) * counts
        before = np.concatenate([found, left])
        found = np.clip((patterns * weight).sum(axis=1) / weight.sum(), SURE, 1 - SURE)
        left = np.clip((~patterns * rest).sum(axis=1) / rest.sum(), SURE, 1 - SURE)
        if np.abs(np.concatenate([found, left]) - before).max() < tolerance:
            break
    return Consensus(belief[where].reshape(stack.shape[1:]), found, left, tuple(likelihood))


def _believed(
    patterns: Flags, counts: NDArray[np.int64], prior: float, found: Numbers, left: Numbers
) -> tuple[Numbers, float]:
    """Give each pattern's probability of object by Bayes' rule, and the log-likelihood of all pixels."""
    # Logarithms: a product of many annotators' probabilities runs out of what a float can hold.
    yes = math.log(prior) + np.log(np.where(patterns, found[:, None], 1 - found[:, None])).sum(axis=0)
    no = math.log(1 - prior) + np.log(np.where(patterns, 1 - left[:, None], left[:, None])).sum(axis=0)
    either = np.logaddexp(yes, no)
    return np.exp(yes - either), float((counts * either).sum())


def _stacked(masks: ArrayLike) -> Flags:
    stack = np.asarray(masks, bool)
    if stack.ndim != 3 or 0 in stack.shape:
        raise ValueError(f"masks must be (K, H, W) booleans of at least one pixel, got shape {stack.shape}")
    return stack
