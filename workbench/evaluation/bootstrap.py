"""How sure a mean over images is: the images drawn again and again, with replacement.

The percentile bootstrap of Efron and Tibshirani, "An Introduction to the Bootstrap", 1993.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
RESAMPLES = 2000
CONFIDENCE = 0.95
CLOSE = 1e-12  # of the largest difference: as good as none


@dataclass(frozen=True)
class Paired:
    """Hold what a paired bootstrap said of two methods on the same images.

    Parameters
    ----------
    better : share of resamples (0 to 1) in which the first one's mean is the better; a tie counts one half.
    difference : mean of the first minus mean of the second.
    low, high : the percentile interval of that difference.
    images : how many define the number for both.
    """

    better: float
    difference: float
    low: float
    high: float
    images: int

    def says(self, one: str, two: str) -> str:
        """Say it in a sentence.

        >>> paired([0.9, 0.8], [0.5, 0.6]).says("A", "B")
        'A better than B in 100 % of resamples; paired, 2 images'
        """
        plural = "image" if self.images == 1 else "images"
        if math.isnan(self.better):
            return f"{one} and {two} cannot be compared: no image defines the number for both"
        share = f"{100 * self.better:.0f} %"
        return f"{one} better than {two} in {share} of resamples; paired, {self.images} {plural}"


def interval(
    values: Sequence[float], *, confidence: float = CONFIDENCE, resamples: int = RESAMPLES, seed: int = 0
) -> tuple[float, float]:
    """Give the percentile interval of the mean of some values, one an image; undefined ones are left out.

    Returns
    -------
    (low, high); nan where no value is defined.

    Raises
    ------
    ValueError : a confidence that is not between 0 and 1, fewer than one resample.

    >>> low, high = interval([0.0, 1.0] * 50)
    >>> 0.39 <= low < 0.5 < high <= 0.61
    True
    """
    given = np.asarray(values, np.float64)
    return _between(_means(given[~np.isnan(given)], resamples, seed), _checked(confidence))


def paired(
    a: Sequence[float],
    b: Sequence[float],
    *,
    best: Literal["up", "down"] = "up",
    confidence: float = CONFIDENCE,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Paired:
    """Compare two methods on the same images: both keep an image, or neither, in every resample.

    An image that one of them leaves undefined is left out for both, or a method would win by failing. Two
    infinite distances are a tie.

    Parameters
    ----------
    a, b : one number an image, in the same order.
    best : "up" where more is better, "down" where less is.

    Raises
    ------
    ValueError : lists of another length, a confidence not between 0 and 1, fewer than one resample.

    >>> found = paired([1.0, 2.0, 4.0], [2.0, 3.0, 3.0], best="down")
    >>> found.difference.__round__(3), found.images
    (-0.333, 3)
    """
    if len(a) != len(b):
        raise ValueError(f"paired needs one number of each for every image, got {len(a)} and {len(b)}")
    one, two = np.asarray(a, np.float64), np.asarray(b, np.float64)
    there = ~(np.isnan(one) | np.isnan(two))
    one, two = one[there], two[there]
    apart = np.subtract(one, two, out=np.zeros(len(one)), where=one != two)
    means = _means(apart, resamples, seed)
    low, high = _between(means, _checked(confidence))
    # Sums of floats that should cancel leave a crumb, which must not win.
    even = CLOSE * np.abs(apart[np.isfinite(apart)]).max(initial=0)
    wins = means < -even if best == "down" else means > even
    # Infinity against minus infinity has no mean; like equality, it speaks for neither.
    ties = (np.abs(means) <= even) | np.isnan(means)
    better = float((wins + 0.5 * ties).mean()) if len(apart) else math.nan
    return Paired(better, _mean(apart), low, high, len(apart))


def _means(values: Numbers, resamples: int, seed: int) -> Numbers:
    """Give the mean of each resample; nothing where there is nothing to draw from."""
    if resamples < 1:
        raise ValueError(f"a bootstrap needs at least one resample, got {resamples}")
    if not len(values):
        return np.array([])
    rng = np.random.default_rng(seed)
    draws = (rng.integers(0, len(values), len(values)) for _ in range(resamples))
    return np.array([_mean(values[chosen]) for chosen in draws])


def _mean(values: Numbers) -> float:
    with np.errstate(invalid="ignore"):  # infinity minus infinity is nan, as it should be
        return float(values.mean()) if len(values) else math.nan


def _between(means: Numbers, confidence: float) -> tuple[float, float]:
    """Give the two percentiles that leave out as much on either side."""
    if not len(means) or np.isnan(means).any():
        return math.nan, math.nan
    # Between a number and infinity there is no halfway.
    how: Literal["linear", "nearest"] = "linear" if np.isfinite(means).all() else "nearest"
    low, high = np.quantile(means, [0.5 - confidence / 2, 0.5 + confidence / 2], method=how)
    return float(low), float(high)


def _checked(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, got {confidence}; 0.95 is usual")
    return confidence
