"""What one comparison counted: each thing once, when a metric first asks for it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from workbench.metrics import instance, panoptic, semantic
from workbench.metrics.comparison import OTHER, Comparison
from workbench.metrics.conventions import CONVENTIONS, Convention
from workbench.metrics.instance import Detections
from workbench.metrics.means import mean_of
from workbench.metrics.overlap import Overlap
from workbench.metrics.panoptic import Tally
from workbench.metrics.semantic import PixelCounts
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
    def tallies(self) -> dict[int, Tally]:
        """Match segments and count them, category by category."""
        known = {n: c for n, c in self.found.guess_names.items() if c != OTHER}
        return panoptic.tally_segments(self.segments, self.found.truth_names, known, self.crowd)

    def by_category(self, values: Iterable[float]) -> ByCategory:
        """Name numbers that are in the order of the judged categories."""
        return dict(zip((category.id for category in self.judged), map(float, values), strict=True))

    def mean(self, values: Mapping[int, float]) -> float:
        """Average over categories as the convention does: with or without background, or the undefined."""
        named = {n: v for n, v in values.items() if self._counts(n)}
        if not self.convention.skips and any(math.isnan(value) for value in named.values()):
            return NAN
        return mean_of(named.values())

    def _counts(self, category: int) -> bool:
        return self.convention.background or self.found.taxonomy[category].name != "background"
