"""What Cityscapes adds to IoU: every instance counts alike, and categories may be joined into groups."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from workbench.metrics.comparison import Comparison
from workbench.metrics.means import mean_of
from workbench.metrics.metric import metric

if TYPE_CHECKING:
    from workbench.metrics.facts import Facts

# The mean size, in pixels, of a category's instances in the training set of Cityscapes, from its scripts.
CITYSCAPES_SIZES = {
    "person": 3462.4756337644,
    "rider": 3930.4788056518,
    "car": 12794.0202738185,
    "truck": 27855.1264367816,
    "bus": 35732.1511111111,
    "caravan": 36771.8241758242,
    "trailer": 16926.9763313609,
    "train": 67583.7075812274,
    "motorcycle": 6298.7200839748,
    "bicycle": 4672.3249222261,
}
Instance = tuple[int, int, int]  # category, pixels, pixels that the guess calls so


def instance_ious(facts: Facts) -> dict[int, float]:
    """Give the iIoU of each category of things: hits and misses weighted by (mean size / instance size).

    A small instance then counts as much as a large one. False positives keep their pixels, because nobody
    says which instance they belong to. The mean sizes are those of Cityscapes under its convention, else of
    the truth at hand.
    """
    every = [one for part in facts.images or (facts,) for one in _instances(part.found)]
    places = {category.id: place for place, category in enumerate(facts.judged)}
    found = {}
    for category in facts.found.taxonomy.things:
        sizes = [(size, hit) for c, size, hit in every if c == category.id]
        usual = mean_of(size for size, _ in sizes)
        if facts.convention.name == "cityscapes":
            usual = CITYSCAPES_SIZES.get(category.name, usual)
        hits = sum(hit * usual / size for size, hit in sizes)
        misses = sum((size - hit) * usual / size for size, hit in sizes)
        place = places[category.id]
        whole = hits + misses + float(facts.pixels.guess[place] - facts.pixels.hit[place])
        found[category.id] = hits / whole if whole else math.nan
    return found


@metric(
    "instance-weighted IoU",
    lenses=["semantic"],
    formula="iTP / (iTP + FP + iFN), each instance's pixels times mean size / its size",
    undefined="there is no thing in the truth or the guess",
    source="Cordts et al. 2016 (Cityscapes)",
    each=instance_ious,
    each_under=["semantic"],
)
def iiou(facts: Facts) -> float:
    """Average over the things an IoU in which small instances count as much as large ones."""
    return mean_of(instance_ious(facts).values())


def grouped_ious(facts: Facts, groups: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Give the IoU of groups of categories; to confuse two of one group is no error.

    Parameters
    ----------
    groups : names of categories by the name of the group, such as ``{"vehicle": ["car", "bus"]}``.

    Raises
    ------
    ValueError : a category that the truth's taxonomy does not have.
    """
    taxonomy = facts.found.taxonomy
    strange = sorted({name for names in groups.values() for name in names if name not in taxonomy})
    if strange:
        raise ValueError(
            f"groups must name categories of the truth, got {', '.join(strange)}; "
            f"it has {', '.join(taxonomy.names)}"
        )
    number = {taxonomy[name].id: k for k, names in enumerate(groups.values(), 1) for name in names}
    table = facts.categories.grouped(
        {c.id: number.get(c.id, len(groups) + 1) for c in taxonomy},
        {int(n): number.get(int(n), len(groups) + 1) for n in facts.categories.guess_ids[1:]},
    )
    ious = {
        int(table.truth_ids[r]): float(iou)
        for r, c, iou in zip(table.rows, table.columns, table.iou(), strict=True)
        if r > 0 and table.truth_ids[r] == table.guess_ids[c]
    }
    there = {int(n) for ids in (table.truth_ids[1:], table.guess_ids[table.judged > 0]) for n in ids}
    return {name: ious.get(k, 0.0 if k in there else math.nan) for k, name in enumerate(groups, 1)}


def _instances(found: Comparison) -> list[Instance]:
    """List the true things of one image, and how much of each the guess calls by its category."""
    table = found.table
    assert table is not None  # ours: an image has its table; only pooled ones do not
    hits = dict.fromkeys(found.truth_as, 0)
    for row, column, pixels in zip(
        table.rows.tolist(), table.columns.tolist(), table.pixels.tolist(), strict=True
    ):
        truth, guess = int(table.truth_ids[row]), int(table.guess_ids[column])
        if truth in hits and found.guess_as.get(guess) == found.truth_as[truth]:
            hits[truth] += pixels
    sizes = dict(zip(table.truth_ids.tolist(), table.truth_sizes.tolist(), strict=True))
    things = {category.id for category in found.taxonomy.things}
    return [(c, sizes[n], hits[n]) for n, c in found.truth_as.items() if c in things and sizes.get(n)]
