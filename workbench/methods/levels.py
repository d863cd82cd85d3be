"""How a histogram chooses its level: each rule, and the curve over all levels that it looks at.

Curves have a value for each of the 256 levels t, for the classes <= t and > t.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy
import skimage as ski
from numpy.typing import NDArray

from workbench.methods.features import histogram
from workbench.trace import chart

Grey = NDArray[np.uint8]
Counts = NDArray[np.int64]
Floats = NDArray[np.float64]
MOST_FRAMES = 12  # of a film
MOST_PASSES = 10_000  # of smoothing a histogram, as in scikit-image
AXES = ("grey level", "pixels")


@dataclass(frozen=True)
class Rule:
    """Hold a way to choose one level.

    level : gives it for an (H, W) uint8 channel. curve : what it looks at, from a histogram of 256.
    words : that curve in words, and what is special at the level. film : shows the way there, if it is one.
    """

    level: Callable[[Grey], float]
    curve: Callable[[Counts], Floats]
    words: str
    film: Callable[[Counts], None] | None = None


def otsu_level(counts: Counts) -> int:
    """Give the level of a histogram of 256 that Otsu's method splits at; of one grey alone, that grey.

    >>> otsu_level(np.bincount([10, 10, 200], minlength=256))
    10
    """
    levels = np.flatnonzero(counts)
    if len(levels) == 1:
        return int(levels[0])
    return int(ski.filters.threshold_otsu(hist=(counts, np.arange(256))))


def between_class_variance(counts: Counts) -> Floats:
    """Give, for each level t, how far apart levels <= t and levels > t are: w0 w1 (mean0 - mean1)^2.

    counts : (L,) pixels of each level. Levels that leave one side empty are 0.

    >>> between_class_variance(np.array([1, 0, 1, 0])).tolist()
    [1.0, 1.0, 0.0, 0.0]
    """
    share = counts / counts.sum()
    below, sums = share.cumsum(), (share * np.arange(len(counts))).cumsum()
    weight = below * (1 - below)
    return np.divide((sums[-1] * below - sums) ** 2, weight, out=np.zeros_like(weight), where=weight > 1e-12)


def cross_entropy(counts: Counts) -> Floats:
    """Give, for each level, what is lost when both classes are painted in their means (Li and Lee 1993).

    That is the sum of g log(g / mean) over all pixels of value g, divided by their number. Values count from
    the darkest that is there. The curve is flat where one class is empty.

    >>> cross_entropy(np.array([5, 0, 5])).round(3).tolist()
    [0.0, 0.0, 0.693]
    """
    values = np.maximum(np.arange(len(counts)) - np.flatnonzero(counts)[0], 0)
    share = counts / counts.sum()
    own = scipy.special.xlogy(values, values) @ share
    below, sums = share.cumsum(), (share * values).cumsum()
    return own - _times_log_mean(sums, below) - _times_log_mean(sums[-1] - sums, 1 - below)


def _times_log_mean(sums: Floats, weight: Floats) -> Floats:
    """Give sums * log(sums / weight), 0 where a class has no pixel or is black."""
    there = (weight > 1e-12) & (sums > 1e-12)
    mean = np.divide(sums, weight, out=np.ones_like(sums), where=there)
    return np.where(there, sums * np.log(mean), 0)


def correlation(counts: Counts) -> Floats:
    """Give, for each level, Yen's criterion: how evenly each class is spread over its own levels.

    The log of (P0^2 / S0) (P1^2 / S1), where P is a class's share and S the sum of its levels' squared
    shares; 0 where one side is empty.

    >>> correlation(np.array([1, 1, 1, 1])).round(3).tolist()
    [1.099, 1.386, 1.099, 0.0]
    """
    share = counts / counts.sum()
    below, squares = share.cumsum(), (share**2).cumsum()
    spread = squares * ((share**2)[::-1].cumsum()[::-1] - share**2)
    both = (below > 0) & (spread > 1e-20)
    part = np.divide((below * (1 - below)) ** 2, spread, out=np.ones_like(below), where=both)
    return np.log(np.maximum(part, 1))


def yen_level(counts: Counts) -> int:
    """Give the level with the highest correlation criterion; of one grey alone, that grey.

    >>> yen_level(np.bincount([10], minlength=256))
    10
    """
    # In double precision: in scikit-image's single, a last level of few pixels makes the log infinite.
    return int(max(correlation(counts).argmax(), np.flatnonzero(counts)[0]))


def triangle_drop(counts: Counts) -> Floats:
    """Give how far the histogram lies under the line from its peak to its far end, in pixels; 0 beyond.

    >>> triangle_drop(np.array([8, 1, 1, 1, 2])).tolist()
    [0.0, 5.5, 4.0, 2.5, 0.0]
    """
    first, last = np.flatnonzero(counts)[[0, -1]]
    peak = int(counts.argmax())
    end = last if last - peak > peak - first else first
    low, high = sorted((peak, int(end)))
    line = np.interp(np.arange(len(counts)), [low, high], counts[[low, high]], left=0, right=0)
    return np.maximum(line - counts, 0)


def halfway(counts: Counts) -> Floats:
    """Give, for each level, what lies halfway between the two classes' means; the level where one is empty.

    >>> halfway(np.array([1, 0, 0, 1])).tolist()
    [1.5, 1.5, 1.5, 3.0]
    """
    values = np.arange(len(counts))
    weight, sums = counts.cumsum(), (counts * values).cumsum()
    below = np.divide(sums, weight, out=values.astype(float), where=weight > 0)
    rest = weight[-1] - weight
    above = np.divide(sums[-1] - sums, rest, out=values.astype(float), where=rest > 0)
    return np.where((weight > 0) & (rest > 0), (below + above) / 2, values)


def isodata_walk(counts: Counts) -> list[int]:
    """List the levels of Ridler and Calvard's walk: from the darkest one on, each halfway between the means.

    >>> isodata_walk(np.array([2, 1, 0, 0, 0, 0, 0, 1]))
    [0, 2, 3]
    """
    targets = halfway(counts)
    walk = [int(np.flatnonzero(counts)[0])]
    while (level := int(targets[walk[-1]])) != walk[-1]:
        walk.append(level)
    return walk


def show_walk(counts: Counts) -> None:
    """Show the steps of Ridler and Calvard's walk as a film."""
    targets, walk = halfway(counts), isodata_walk(counts)
    for number in np.unique(np.linspace(0, len(walk) - 1, MOST_FRAMES).astype(int)):
        level = walk[number]
        said = f"level {level}: halfway between the means of its two sides is {targets[level]:.1f}"
        chart(
            f"step {number}",
            np.arange(256),
            counts,
            said,
            marks=[level, targets[level]],
            axes=AXES,
            film="walk to the level",
        )


def valley_level(grey: Grey) -> int | None:
    """Give the valley of a channel's histogram once smoothing has left two peaks, or None.

    >>> valley_level(np.array([[9, 9, 12]], np.uint8)) is None
    True
    """
    try:
        return int(ski.filters.threshold_minimum(grey))
    except RuntimeError:  # how scikit-image says that there never were two peaks
        return None


def show_smoothing(counts: Counts) -> None:
    """Show, as a film, the running means of three that leave two peaks in the histogram, or none in time."""
    levels = np.arange(np.flatnonzero(counts)[0], np.flatnonzero(counts)[-1] + 1)
    passes = [counts[levels].astype(np.float32)]
    while _peaks(passes[-1]) > 2 and len(passes) <= MOST_PASSES:
        passes.append(scipy.ndimage.uniform_filter1d(passes[-1], 3))
    last = len(passes) - 1
    for number in sorted({0, *(4**n for n in range(7) if 4**n < last), last}):
        said = f"peaks left after {number} running means of three: {_peaks(passes[number])}"
        chart(f"smoothed {number} times", levels, passes[number], said, axes=AXES, film="smoothing")


def _peaks(counts: NDArray[np.float32]) -> int:
    slopes = np.sign(np.diff(counts, prepend=-1))
    slopes = slopes[slopes != 0]
    return int(np.count_nonzero((slopes[:-1] > 0) & (slopes[1:] < 0)))


OTSU = Rule(
    lambda grey: otsu_level(histogram(grey)),
    between_class_variance,
    "where the between-class variance (second curve) is highest",
)
LI = Rule(
    lambda grey: ski.filters.threshold_li(
        grey
    ),  # scikit-image's filters are dear to import: not before they run
    cross_entropy,
    "where steps down the cross entropy (second curve) end",
)
TRIANGLE = Rule(
    lambda grey: ski.filters.threshold_triangle(grey),
    triangle_drop,
    "where the histogram hangs furthest below the line (second curve)",
)
YEN = Rule(
    lambda grey: yen_level(histogram(grey)),
    correlation,
    "where the correlation criterion (second curve) is highest",
)
ISODATA = Rule(
    lambda grey: isodata_walk(histogram(grey))[-1],
    lambda counts: np.abs(halfway(counts) - np.arange(256)),
    "the first that is as good as halfway between the means (second curve: how far it is from there)",
    show_walk,
)
