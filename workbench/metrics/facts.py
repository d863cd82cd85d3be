"""What one comparison counted: each thing once, when a metric first asks for it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from operator import add

import numpy as np
from numpy.typing import NDArray

from workbench.metrics import boundary, instance, panoptic, ranking, semantic, surface
from workbench.metrics.average_precision import Curves
from workbench.metrics.bands import band_overlap, band_width
from workbench.metrics.boundary import EdgeCounts
from workbench.metrics.cityscapes_ap import CityscapesAP
from workbench.metrics.comparison import OTHER, TARGET, Comparison
from workbench.metrics.conventions import CONVENTIONS, Convention
from workbench.metrics.instance import Detections
from workbench.metrics.means import mean_of
from workbench.metrics.overlap import Overlap
from workbench.metrics.panoptic import Tally
from workbench.metrics.semantic import PixelCounts
from workbench.metrics.surface import SurfaceDistances
from workbench.segmentation import Ids
from workbench.taxonomy import Category

NAN = float("nan")
ByCategory = dict[int, float]


@dataclass(frozen=True, eq=False)
class Facts:
    """Hold a comparison and what has been counted of it; metrics read this and nothing else.

    Parameters
    ----------
    found : truth and guess as a lens put them together.
    crowd : truth ids that hold many things drawn as one.
    convention : the choices of the field that the numbers follow.
    images : the facts of each image, where `found` is many images pooled; else empty.
    """

    found: Comparison
    crowd: frozenset[int] = frozenset()
    convention: Convention = CONVENTIONS["workbench"]
    images: tuple[Facts, ...] = ()

    @property
    def lens(self) -> str:
        """Name the lens that answered."""
        return self.found.scored_as

    @property
    def categories(self) -> Overlap:
        """Give the joint table of categories."""
        assert self.found.categories is not None  # ours: only the regions lens has none, and asks for none
        return self.found.categories

    @property
    def segments(self) -> Overlap:
        """Give the joint table of segments."""
        assert self.found.segments is not None  # ours: only lenses that count segments ask
        return self.found.segments

    @cached_property
    def judged(self) -> tuple[Category, ...]:
        """List the categories that have numbers of their own: under the instance lens, things."""
        taxonomy = self.found.taxonomy
        return tuple(taxonomy.things if self.lens == "instance" else taxonomy)

    @cached_property
    def pixels(self) -> PixelCounts:
        """Count the pixels of every judged category."""
        return semantic.count_pixels(self.categories, [category.id for category in self.judged])

    @cached_property
    def detections(self) -> dict[int, Detections]:
        """Match things by score, category by category."""
        found = self.found
        return instance.detect(self.segments, found.truth_names, found.guess_names, found.scores)

    @cached_property
    def ranking(self) -> Curves | CityscapesAP:
        """Count average precision by the rules of the convention."""
        return ranking.rank(self)

    @cached_property
    def tallies(self) -> dict[int, Tally]:
        """Match segments and count them, category by category."""
        return self._tally()

    @cached_property
    def lesser(self) -> NDArray[np.float64]:
        """Give the (N,) lesser of IoU and boundary IoU of each pair of segments in one image."""
        return ranking.lesser(self)

    @cached_property
    def boundary_tallies(self) -> dict[int, Tally]:
        """Match segments by the lesser of IoU and boundary IoU, and count them."""
        found: dict[int, Tally] = {}
        for one in self.images or (self,):
            counted = one._tally(one.lesser)
            found |= {c: found.get(c, Tally()) + tally for c, tally in counted.items()}
        return found

    def _tally(self, ious: NDArray[np.float64] | None = None) -> dict[int, Tally]:
        known = {n: c for n, c in self.found.guess_names.items() if c != OTHER}
        return panoptic.tally_segments(self.segments, self.found.truth_names, known, self.crowd, ious)

    @cached_property
    def bands(self) -> Overlap:
        """Count the pixels of every category's band along its edges, which are few of all it has."""
        if self.images:
            return reduce(add, (one.bands for one in self.images))
        maps = self.found.truth_map, self.found.guess_map
        return band_overlap(*maps, band_width(maps[0].shape))

    @property
    def outlined(self) -> tuple[int, ...]:
        """Name the categories whose outlines are followed: under the object lens the target alone."""
        return (TARGET,) if self.lens == "object" else tuple(category.id for category in self.judged)

    @cached_property
    def edges(self) -> dict[int, EdgeCounts]:
        """Count the boundary pixels of every outlined category as DAVIS does."""
        if self.images:
            return {n: reduce(add, (one.edges[n] for one in self.images)) for n in self.outlined}
        return boundary.davis_edges(self.found.truth_map, self.found.guess_map, self.outlined)

    @cached_property
    def surfaces(self) -> dict[int, SurfaceDistances]:
        """Measure the outlines of every outlined category in one image."""
        maps = self.found.truth_map, self.found.guess_map
        missing = math.inf if self.convention.missing == "infinite" else math.hypot(*maps[0].shape)
        return surface.surfaces(*maps, self.outlined, missing)

    @cached_property
    def squares(self) -> EdgeCounts:
        """Count the boundary pixels between regions as the superpixel benchmark does."""
        if self.images:
            return reduce(add, (one.squares for one in self.images))
        maps = self._regions
        return boundary.square_counts(*maps, boundary.recall_radius(maps[0].shape))

    @property
    def _regions(self) -> tuple[Ids, Ids]:
        truth, guess = self.found.truth_ids, self.found.guess_ids
        assert truth is not None  # ours: who pools images asks each of them
        assert guess is not None  # ours, as above
        return truth, guess

    def without_maps(self) -> Facts:
        """Keep what was counted and let the maps go, so that thousands of images fit in memory.

        What was not yet counted and needs the maps can no longer be.
        """
        found = replace(self.found, truth_ids=None, guess_ids=None, masks=None)
        light = replace(self, found=found)
        counted = {name: value for name, value in vars(self).items() if name not in vars(light)}
        vars(light).update(counted)  # as cached_property itself does
        return light

    def by_category(self, values: Iterable[float]) -> ByCategory:
        """Name numbers that are in the order of the judged categories."""
        return dict(zip((category.id for category in self.judged), map(float, values), strict=True))

    def mean(self, values: Mapping[int, float]) -> float:
        """Average over categories as the convention does: with or without background, or the undefined."""
        named = {n: v for n, v in values.items() if self._counts(n)}
        if not self.convention.skips and any(math.isnan(value) for value in named.values()):
            return NAN
        return mean_of(named.values())

    def overall(self, values: Mapping[int, float]) -> float:
        """Give the target's number under the object lens, the mean over categories under others."""
        return values[TARGET] if self.lens == "object" else self.mean(values)

    def _counts(self, category: int) -> bool:
        return self.convention.background or self.found.taxonomy[category].name != "background"
