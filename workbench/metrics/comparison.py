"""What a lens made of one truth and one guess: two joint tables, and the maps that they were counted from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, get_args

from workbench.instances import Instances
from workbench.metrics.overlap import Overlap
from workbench.segmentation import Ids, look_up
from workbench.taxonomy import Taxonomy

LensName = Literal["object", "semantic", "instance", "panoptic", "regions"]
LENSES: tuple[LensName, ...] = get_args(LensName)
REST, TARGET = 1, 2  # the two categories of the object lens
OTHER = 2**31  # a category that the truth does not have: above every category id

Names = Mapping[int, int]  # segment id -> category id


@dataclass(frozen=True, eq=False)
class Comparison:
    """Hold what a lens made of one truth and one guess, ready to be scored.

    Parameters
    ----------
    lens, scored_as : the lens asked for, and the one that could be answered.
    taxonomy : the categories of both tables.
    categories : joint table of category ids, 0 void or unlabelled, `OTHER` other; None without names.
    segments : joint table of segment ids; None where the lens asks for pixels only.
    table : joint table of all segments as they were painted, judged or not.
    truth_names, guess_names : the category of each segment that is judged; others only take up room.
    scores : how sure the guess is of its segments, where it says so.
    named_by_truth : whether the truth named the guess, which makes every score an upper bound.
    remarks : what a reader of the score has to know.
    truth_ids, guess_ids : (H, W) int32 segment ids, overlapping masks pasted; None where images were pooled.
    truth_as, guess_as : the category of every segment of these maps, judged or not.
    masks : the guess as it came, where its masks may overlap.
    """

    lens: LensName
    scored_as: LensName
    taxonomy: Taxonomy
    categories: Overlap | None = None
    segments: Overlap | None = None
    table: Overlap | None = None
    truth_names: Names = field(default_factory=dict)
    guess_names: Names = field(default_factory=dict)
    scores: Mapping[int, float] = field(default_factory=dict)
    named_by_truth: bool = False
    remarks: tuple[str, ...] = ()
    truth_ids: Ids | None = None
    guess_ids: Ids | None = None
    truth_as: Names = field(default_factory=dict)
    guess_as: Names = field(default_factory=dict)
    masks: Instances | None = None

    @cached_property
    def truth_map(self) -> Ids:
        """Give the (H, W) category ids of the truth under this lens; 0 is void."""
        assert self.truth_ids is not None  # ours: who pools images asks each of them
        return look_up(self.truth_ids, self.truth_as)

    @cached_property
    def guess_map(self) -> Ids:
        """Give the (H, W) category ids of the guess; 0 is unlabelled, -1 what the truth does not have."""
        assert self.guess_ids is not None  # ours, as above
        return look_up(self.guess_ids, {n: -1 if c == OTHER else c for n, c in self.guess_as.items()})
