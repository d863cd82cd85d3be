"""Surface distances: how far the outline of a guess lies from that of the truth, in pixels."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.metrics.means import mean_of
from workbench.metrics.metric import metric
from workbench.metrics.outlines import NOWHERE, Distances, Mask, nearest, outline, outline_points, points_of
from workbench.segmentation import Ids

if TYPE_CHECKING:
    from workbench.metrics.facts import Facts

NAN, INFINITE = float("nan"), float("inf")
TOLERANCE = 2  # pixels that a surface may be off


@dataclass(frozen=True, eq=False)
class SurfaceDistances:
    """Hold how far each outline pixel of one side is from the nearest of the other, both ways.

    Where one side has no outline, every distance is `missing`: infinite, unless a convention says how much it
    shall be. Where neither has, all is nan.

    Parameters
    ----------
    truth : (T,) float64, ascending; from each outline pixel of the truth to the guess.
    guess : (G,) float64, ascending; the other way.
    missing : the distance to nothing.
    """

    truth: Distances
    guess: Distances
    missing: float = INFINITE

    @property
    def both(self) -> Distances:
        """Give the distances of both directions in one."""
        return np.concatenate([self.truth, self.guess])

    @property
    def hausdorff(self) -> float:
        """Give the greatest distance of all (Hausdorff, 1914)."""
        return self._either(lambda: max(self.truth[-1], self.guess[-1]))

    def percentile(self, q: float = 95) -> float:
        """Give the greater of the two directions' percentiles: HD95 as challenges count it.

        Between two distances it interpolates, as MONAI does. Where one side is empty MONAI gives nan,
        which its mean then drops: to miss an object would improve the score.
        """
        return self._either(lambda: max(np.percentile(side, q) for side in (self.truth, self.guess)))

    def pooled_percentile(self, q: float = 95) -> float:
        """Give the percentile over both directions together, which MedPy calls HD95: it is never higher."""
        return self._either(lambda: np.percentile(self.both, q))

    @property
    def assd(self) -> float:
        """Give the mean over the pixels of both outlines, the longer one counting more (as MONAI)."""
        return self._either(lambda: self.both.mean())

    @property
    def mean_of_means(self) -> float:
        """Give the mean of the two directions' means, both counting the same."""
        return self._either(lambda: (self.truth.mean() + self.guess.mean()) / 2)

    def nsd(self, tolerance: float) -> float:
        """Give the share of both outlines that lies within the tolerance (Nikolov et al., 2018)."""
        if not self.both.size:
            return NAN
        return int((self.truth <= tolerance).sum() + (self.guess <= tolerance).sum()) / self.both.size

    def _either(self, number: Callable[[], float]) -> float:
        """Give the number where both sides have an outline."""
        if self.truth.size and self.guess.size:
            return float(number())
        return self.missing if self.both.size else NAN


def surface_distances(
    truth: Mask, guess: Mask, void: Mask | None = None, spacing: float | tuple[float, float] = 1.0
) -> SurfaceDistances:
    """Measure two (H, W) masks, outline to outline.

    Void is cut out of both masks, as DAVIS does: what a guess paints in it changes nothing, and along it
    the two outlines agree.

    Parameters
    ----------
    void : (H, W) bool, pixels that are not judged.
    spacing : size of a pixel, or of its (rows, columns).

    Raises
    ------
    ValueError : masks that are not (H, W) bool of one size, a spacing that is not above 0.

    >>> truth = np.zeros((9, 9), bool); truth[2:5, 2:5] = True
    >>> found = surface_distances(truth, np.roll(truth, 3, axis=1))
    >>> found.hausdorff, found.percentile(95), round(found.assd, 3), found.nsd(2)
    (3.0, 3.0, 2.0, 0.625)
    """
    sides = [_mask(side, name) for side, name in ((truth, "truth"), (guess, "guess"))]
    if truth.shape != guess.shape:
        raise ValueError(f"truth and guess must have one size, got {truth.shape} and {guess.shape}")
    if not np.all(np.asarray(spacing) > 0):
        raise ValueError(f"the spacing must be above 0, got {spacing}; 1 measures in pixels")
    if void is not None:
        sides = [side & ~void for side in sides]
    points = [points_of(outline(side)) for side in sides]
    return between(*(points if spacing == 1 else (side * np.asarray(spacing) for side in points)))


def between(truth: NDArray, guess: NDArray, missing: float = INFINITE) -> SurfaceDistances:
    """Measure two outlines given as (N, 2) rows and columns."""
    return SurfaceDistances(np.sort(nearest(truth, guess)), np.sort(nearest(guess, truth)), missing)


def surfaces(
    truth_map: Ids, guess_map: Ids, categories: Sequence[int], missing: float = INFINITE
) -> dict[int, SurfaceDistances]:
    """Measure each category of two (H, W) maps of category ids; 0 in the truth is void.

    >>> found = surfaces(np.array([[1, 1, 2, 2]]), np.array([[1, 2, 2, 2]]), [1, 2, 3])
    >>> found[1].hausdorff, found[2].assd, found[3].hausdorff
    (1.0, 0.2, nan)
    """
    truth, guess = outline_points(truth_map), outline_points(np.where(truth_map == 0, 0, guess_map))
    return {c: between(truth.get(c, NOWHERE), guess.get(c, NOWHERE), missing) for c in categories}


def hausdorffs(facts: Facts) -> dict[int, float]:
    """Give the Hausdorff distance of each judged category."""
    return _distances(facts, lambda found: found.hausdorff)


def hd95s(facts: Facts) -> dict[int, float]:
    """Give the 95th percentile of each judged category's distances, of the worse direction."""
    return _distances(facts, SurfaceDistances.percentile)


def assds(facts: Facts) -> dict[int, float]:
    """Give the mean distance of each judged category's outlines."""
    return _distances(facts, lambda found: found.assd)


def nsds(facts: Facts) -> dict[int, float]:
    """Give the share of each judged category's outlines that lies within the tolerance."""
    return _each(facts, lambda found: found.nsd(TOLERANCE), facts.convention.absent)


WHERE = ("object", "semantic")
NOTHING = "neither the truth nor the guess has a pixel of it; if one has none, it is infinite"


@metric(
    "Hausdorff distance",
    lenses=WHERE,
    formula="greatest distance from an outline pixel to the other outline, either way",
    best="down",
    span=(0, INFINITE),
    unit="px",
    undefined=NOTHING,
    source="Hausdorff 1914; Huttenlocher et al. 1993",
    cost="boundary",
    each=hausdorffs,
    each_under=WHERE,
)
def hausdorff(facts: Facts) -> float:
    """Give how far the worst outline pixel is off: one speck decides it."""
    return facts.overall(hausdorffs(facts))


@metric(
    "HD95",
    lenses=WHERE,
    formula="95th percentile of the distances from one outline to the other, of the worse direction",
    best="down",
    span=(0, INFINITE),
    unit="px",
    undefined=NOTHING,
    source="Menze et al. 2015 (BraTS); as MONAI",
    cost="boundary",
    each=hd95s,
    each_under=WHERE,
)
def hd95(facts: Facts) -> float:
    """Give how far outlines are off when the worst 5 % of their pixels are left out."""
    return facts.overall(hd95s(facts))


@metric(
    "ASSD",
    lenses=WHERE,
    formula="sum of the distances of both outlines' pixels / their number",
    best="down",
    span=(0, INFINITE),
    unit="px",
    undefined=NOTHING,
    source="Heimann et al. 2009; as MONAI, both directions in one mean",
    cost="boundary",
    each=assds,
    each_under=WHERE,
)
def assd(facts: Facts) -> float:
    """Give the average symmetric surface distance: how far an outline pixel is off on the whole."""
    return facts.overall(assds(facts))


@metric(
    "NSD at 2 px",
    lenses=WHERE,
    formula="outline pixels of both sides within 2 px of the other outline / all outline pixels",
    undefined="neither the truth nor the guess has a pixel of it",
    source="Nikolov et al. 2018; as MONAI, pixels counted",
    cost="boundary",
    each=nsds,
    each_under=WHERE,
)
def nsd(facts: Facts) -> float:
    """Give the share of the outlines that lies within 2 pixels: small errors of drawing are forgiven."""
    return facts.overall(nsds(facts))


def _distances(facts: Facts, of: Callable[[SurfaceDistances], float]) -> dict[int, float]:
    """Measure distances; a convention that bounds what is missing calls nothing beside nothing 0 apart."""
    return _each(facts, of, NAN if facts.convention.missing == "infinite" else 0.0)


def _each(facts: Facts, of: Callable[[SurfaceDistances], float], absent: float = NAN) -> dict[int, float]:
    """Measure each judged category, over several images as the mean of those that define it."""
    found = [one.surfaces for one in facts.images or (facts,)]
    means = {c: mean_of(of(measured[c]) for measured in found) for c in found[0]}
    return {c: absent if math.isnan(value) else value for c, value in means.items()}


def _mask(mask: NDArray, side: str) -> Mask:
    if mask.dtype != bool or mask.ndim != 2:
        raise ValueError(f"the {side} must be a boolean (H, W) mask, got {mask.dtype} {mask.shape}")
    return np.ascontiguousarray(mask)
