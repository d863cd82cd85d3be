"""What a page sees of a method's errors: every segment's fate, the worst first, and where each lies."""

from __future__ import annotations

from typing import Any

from workbench.image import Image
from workbench.metrics import errors
from workbench.metrics.comparison import OTHER, LensName
from workbench.metrics.errors import KINDS, Kind, SegmentError
from workbench.metrics.facts import Facts
from workbench.metrics.segments import segment_facts
from workbench.panels.answer import result_of
from workbench.recipe import Recipe
from workbench.segmentation import Ids, Segmentation
from workbench.widgets.pack import pack

Message = dict[str, Any]
MOST_TOLD = 1000  # errors that travel, the worst; a page lists fewer still
HELP: dict[Kind, str] = {
    "matched": "found: truth and guess carry one name and overlap by an IoU above 0.5",
    "localisation": "badly drawn: the right name, but a best IoU between 0.1 and 0.5",
    "confusion": "called otherwise: drawn well enough, under another name",
    "split": "one true segment, of which several guesses have a part",
    "merge": "one guess that has most of several true segments",
    "missed": "a true segment that no guess of its name meets",
    "spurious": "a guess that meets no true segment of its name",
}


def told(
    recipe: Recipe, lens: LensName, target: tuple[str, ...], image: Image, truth: Segmentation | None = None
) -> tuple[Message, list[bytes]]:
    """Tell the errors of a recipe's answer; returns the message and the packed ids of truth and guess.

    Without a truth, or where it cannot answer the lens, the message holds the reason alone.
    """
    blank: Message = {"recipe": recipe.sha256, "lens": lens, "kinds": [], "items": [], "sizes": []}
    if truth is None:
        return blank | {"remark": "no truth, so nothing is known to be wrong"}, []
    try:
        facts = segment_facts(truth, result_of(recipe, image).output, lens=lens, target=target or None)
    except ValueError as error:  # this truth cannot answer this lens
        return blank | {"remark": str(error)}, []
    found = errors.explain(facts)
    counted = errors.counts(found)
    packed = [_packed(ids) for ids in (facts.found.truth_ids, facts.found.guess_ids)]
    message = {
        "scored_as": facts.lens,
        "kinds": [{"name": kind, "count": counted[kind], "help": HELP[kind]} for kind in KINDS],
        "items": [_item(one, facts) for one in found[:MOST_TOLD]],
        "sizes": _sizes(found[:MOST_TOLD], facts),
        "total": len(found),
        "maps": [info for info, _ in packed],
        "remark": _remark(lens, facts, len(found)),
    }
    return blank | message, [data for _, data in packed]


def _item(one: SegmentError, facts: Facts) -> Message:
    return {
        "kind": one.kind,
        "truth": list(one.truth),
        "guess": list(one.guess),
        "name": _name(one.category, facts),
        "iou": one.iou,
        "area": one.area,
        "box": list(one.box),
    }


def _name(category: int, facts: Facts) -> str:
    if not category:
        return "region"
    return "other" if category == OTHER else facts.found.taxonomy[category].name


def _sizes(found: tuple[SegmentError, ...], facts: Facts) -> list[list[float]]:
    """Give pixels, best IoU and the item of each true segment."""
    sizes = errors.by_size(facts)
    return [[*sizes[n], at] for at, one in enumerate(found) for n in one.truth]


def _packed(ids: Ids | None) -> tuple[Message, bytes]:
    assert ids is not None  # ours: errors are told of one image
    info, data = pack(ids)
    return {"pack": info, "size": list(ids.shape)}, data


def _remark(lens: str, facts: Facts, count: int) -> str:
    """Say what was counted, where the lens in use counts something else."""
    if not count:
        return "Neither the truth nor the guess has an object to count under this lens."
    if facts.lens == lens:
        return ""
    what = "things" if lens == "semantic" else "objects"
    return (
        f"This lens judges pixels; its errors are told of {what}, each connected piece of the guess as one."
    )
