"""Average precision of what a lens compared, by the rules of its convention."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from workbench.instances import Mask
from workbench.metrics.average_precision import ENDLESS, LIMITS, Curves, curves
from workbench.metrics.bands import band_overlap, band_width, inner_band, lesser_ious
from workbench.metrics.cityscapes_ap import CityscapesAP, Street, cityscapes_ap
from workbench.metrics.contest import Contest, Numbers
from workbench.metrics.overlap import Overlap

if TYPE_CHECKING:
    from workbench.metrics.facts import Facts


def rank(facts: Facts) -> Curves | CityscapesAP:
    """Count average precision by the rules of the facts' convention, over all their images together.

    COCO's rules need a score of every guess; without, every number is nan.
    """
    categories = [category.id for category in facts.judged]
    images = facts.images or (facts,)
    if facts.convention.ap == "cityscapes":
        return cityscapes_ap([Street.of(*_sides(one), one.crowd) for one in images], categories)
    return _curves(facts, Contest.joined(_contest(one) for one in images), categories)


def rank_boundaries(facts: Facts) -> Curves:
    """Count average precision by the lesser of IoU and boundary IoU, by COCO's rules or the house's."""
    images = facts.images or (facts,)
    contest = Contest.joined(_contest(one, one.lesser) for one in images)
    return _curves(facts, contest, [category.id for category in facts.judged])


def _curves(facts: Facts, contest: Contest, categories: list[int]) -> Curves:
    strict = facts.convention.ap == "coco"
    if strict and np.isnan(contest.scores).any():
        return curves(Contest.joined([]), categories)
    return curves(contest, categories, LIMITS if strict else ENDLESS)


def _contest(facts: Facts, ious: Numbers | None = None) -> Contest:
    """Give one image's contest: COCO knows crowds, and here void leaves unions and forgives."""
    strict = facts.convention.ap == "coco"
    crowd = facts.crowd if strict else frozenset()
    return Contest.of(*_sides(facts), crowd, ious=ious, void=not strict)


def _sides(
    facts: Facts,
) -> tuple[Overlap, Mapping[int, int], Mapping[int, int], Mapping[int, float]]:
    found = facts.found
    return facts.segments, found.truth_names, found.guess_names, found.scores


def lesser(facts: Facts) -> Numbers:
    """Give the (N,) lesser of IoU and boundary IoU of each pair in one image's table of segments."""
    truth, guess, masks = facts.found.truth_ids, facts.found.guess_ids, facts.found.masks
    assert truth is not None  # ours: who pools images asks each of them
    assert guess is not None  # ours, as above
    # Only the instance lens counts masks as they overlap; others count what is pasted.
    if masks is None or facts.lens != "instance":
        return lesser_ious(facts.segments, band_overlap(truth, guess, band_width(truth.shape)))
    width, void = band_width(truth.shape), truth == 0
    edge = np.where(inner_band(truth, width, void), truth, 0)
    drawn = masks.masks()
    for mask in drawn:
        box = _around(mask, width)
        mask[box] &= inner_band(mask[box].astype(np.int32), width, void[box])
    return lesser_ious(facts.segments, Overlap.of_masks(edge, drawn))


def _around(mask: Mask, width: int) -> tuple[slice, slice]:
    """Give the box of an (H, W) mask and of all that is within `width` pixels, where its band is decided."""
    if not mask.any():
        return slice(0, 1), slice(0, 1)
    spans = (np.flatnonzero(mask.any(axis=axis))[[0, -1]].tolist() for axis in (1, 0))
    rows, columns = (slice(max(0, low - width), high + width + 1) for low, high in spans)
    return rows, columns
