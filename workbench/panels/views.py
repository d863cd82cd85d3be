"""What a worker does for the outputs page: one answer in three views, what each cannot say, five lenses."""

from __future__ import annotations

import math
import time
from typing import Any, get_args

import numpy as np

from workbench.image import Image
from workbench.instances import Instances
from workbench.metrics import METRICS, Score, grade, prepare
from workbench.metrics.comparison import OTHER, Comparison, LensName
from workbench.metrics.projection import TRUTH, projection
from workbench.panels.answer import result_of
from workbench.recipe import Output, Recipe
from workbench.segmentation import Ids, Segmentation, look_up, present
from workbench.taxonomy import QUIET, Category, Taxonomy
from workbench.widgets.viewer import describe

Message = dict[str, Any]
VIEWS: dict[LensName, tuple[str, ...]] = {
    "semantic": ("miou", "pixel_accuracy"),
    "instance": ("f1", "ap50"),
    "panoptic": ("pq", "sq", "rq"),
}


def views(
    recipe: Recipe, lens: str, target: tuple[str, ...], image: Image, truth: Segmentation | None = None
) -> tuple[Message, bytes]:
    """Run a recipe and show its answer in three views; returns the message and the views' ids, joined.

    Raises
    ------
    ValueError : no truth, or one without names: the views are named by it.
    """
    named = needed(truth)
    result = result_of(recipe, image)
    message, data = shown(result.output, named, target)
    message |= {"recipe": recipe.sha256, "method": recipe.method, "values": dict(recipe.values)}
    return message | {"ms": result.seconds * 1e3, "call": recipe.call, "longest": recipe.longest}, data


def needed(truth: Segmentation | None) -> Segmentation:
    """Give the truth, which names the views.

    Raises
    ------
    ValueError : there is none.
    """
    if truth is None:
        raise ValueError("this picture has no truth to name the views by; pick one that has")
    return truth


def shown(output: Output, truth: Segmentation, target: tuple[str, ...]) -> tuple[Message, bytes]:
    """Show an answer, or the truth itself, in three views under the names of the truth.

    Raises
    ------
    ValueError : a truth without names.
    """
    scored = {name: _scored(output, truth, name, target) for name in get_args(LensName)}
    made = {name: view_of(scored[name][0].facts.found, name) for name in VIEWS}
    lost = losses(made["panoptic"], output)
    packed = [describe(one) for one in made.values()]
    ends = np.cumsum([len(data) for _, data in packed]).tolist()
    shows = []
    for name, (message, data), end in zip(made, packed, ends, strict=True):
        score = scored[name][0]
        more = {"name": name, "at": [end - len(data), end], "numbers": _numbers(score, VIEWS[name])}
        shows.append(message | more | {"remark": "; ".join(score.remarks), "loss": lost[name]})
    numbers = {one["key"]: one["value"] for view in shows for one in view["numbers"]}
    lenses = [_row(name, *scored[name]) for name in scored]
    summary = made["panoptic"].summary()
    return {
        "views": shows,
        "lenses": lenses,
        "scores": numbers,
        "summary": summary,
        "yields": output.yields,
    }, b"".join(data for _, data in packed)


def view_of(found: Comparison, name: LensName) -> Segmentation:
    """Give what a lens made of a guess as a picture: of categories, of things, or of all segments.

    A segment whose name the truth lacks is called "other"; all stuff of one category is one segment.
    """
    assert found.guess_ids is not None  # ours: one image, never many pooled
    other = Category(max((c.id for c in found.taxonomy), default=0) + 1, "other", "stuff", QUIET)
    strange = OTHER in found.guess_as.values()
    taxonomy = Taxonomy([*found.taxonomy, other]) if strange else found.taxonomy
    there = present(found.guess_ids)
    names = {n: found.guess_as[n] for n in there if n in found.guess_as}
    names = {n: other.id if category == OTHER else category for n, category in names.items()}
    if name == "semantic":
        return Segmentation.from_semantic(look_up(found.guess_ids, names), taxonomy)
    things = {n: category for n, category in names.items() if taxonomy[category].kind == "thing"}
    kept = dict(zip(things, things, strict=True))
    if name == "panoptic":
        first: dict[int, int] = {}
        kept |= {n: first.setdefault(category, n) for n, category in names.items() if n not in things}
    used = set(kept.values())
    ids = look_up(found.guess_ids, kept)
    return Segmentation.from_panoptic(ids, {n: c for n, c in names.items() if n in used}, taxonomy)


def touching(ids: Ids) -> dict[tuple[int, int], int]:
    """Count the pixel edges that each pair of ids shares; 0 touches nothing.

    >>> touching(np.array([[1, 1, 2], [0, 3, 2]], np.int32))
    {(1, 2): 1, (1, 3): 1, (2, 3): 1}
    """
    pairs = [(ids[:, :-1], ids[:, 1:]), (ids[:-1], ids[1:])]
    meets = [np.stack([a[differ], b[differ]]) for a, b in pairs for differ in [(a != b) & (a > 0) & (b > 0)]]
    met = np.sort(np.concatenate(meets, axis=1), axis=0)
    found, lengths = np.unique(met, axis=1, return_counts=True)
    return {(int(a), int(b)): int(n) for (a, b), n in zip(found.T, lengths, strict=True)}


def losses(panoptic: Segmentation, output: Output) -> dict[str, Message]:
    """Say of each view what it cannot say of this answer: a count, and a sentence with it."""
    category = {n: s.category for n, s in panoptic.segments.items() if s.category}
    things = {n for n, c in category.items() if c.kind == "thing"}
    borders = {pair: n for pair, n in touching(panoptic.ids).items() if set(pair) <= things}
    alike = {pair: n for pair, n in borders.items() if category[pair[0]] == category[pair[1]]}
    stuff = sorted({c.name for c in category.values() if c.kind == "stuff"})
    blank = int(np.isin(panoptic.ids, [n for n in category if n not in things]).sum())
    return {
        "semantic": {"count": len(alike), "sentence": _no_objects(len(things), alike)},
        "instance": {"count": blank, "sentence": _no_stuff(stuff, blank / panoptic.ids.size)},
        "panoptic": {"count": len(borders), "sentence": _no_order(len(borders), claimed_twice(output))},
    }


def claimed_twice(output: Output) -> int:
    """Count the pixels that more than one of overlapping masks has."""
    if not isinstance(output, Instances) or not len(output):
        return 0
    return int((output.masks().sum(axis=0) > 1).sum())


def _no_objects(things: int, alike: dict[tuple[int, int], int]) -> str:
    if not things:
        return "It cannot count things; in this answer there are none."
    if not alike:
        return f"It cannot count the {_many(things, 'thing')}; no two of one category touch, so none merge."
    places = _many(len(alike), "border")
    return (
        f"It cannot count: {places} between touching things of one category, {sum(alike.values())} px, gone."
    )


def _no_stuff(names: list[str], part: float) -> str:
    if not names:
        return "It has no stuff; this answer has none to lose."
    listed = ", ".join(names[:4]) + (" and more" if len(names) > 4 else "")
    return f"It has no stuff: {listed} vanished, {100 * part:.0f} % of the picture."


def _no_order(borders: int, twice: int) -> str:
    if twice:
        return f"It has one owner for each pixel: {twice} px that several masks claim went to the surest."
    if not borders:
        return "It has one owner for each pixel, so nothing lies behind anything; here no two things touch."
    return f"It has one owner for each pixel: at {_many(borders, 'border')} it cannot say who is in front."


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")


def _scored(
    output: Output, truth: Segmentation, lens: LensName, target: tuple[str, ...]
) -> tuple[Score, str, float]:
    """Score under a lens; give how the guess was read, and what that cost in ms."""
    began = time.perf_counter()
    asked = prepare(truth, lens, target or None)
    score = grade(asked.compare(output))
    for name in score.headline:
        getattr(score, name)
    return score, projection(asked, output), (time.perf_counter() - began) * 1e3


def _row(lens: LensName, score: Score, guess: str, ms: float) -> Message:
    return {
        "name": lens,
        "truth": TRUTH[lens],
        "guess": guess,
        "numbers": _numbers(score, score.headline),
        "named_by_truth": score.named_by_truth,
        "ms": ms,
    }


def _numbers(score: Score, names: tuple[str, ...]) -> list[Message]:
    """Give numbers as the page shows them; those of a lens that answered in place of another, its own."""
    known = names if all(score.scored_as in METRICS[name].lenses for name in names) else score.headline
    values = {name: getattr(score, name) for name in known}
    return [
        {
            "key": name,
            "label": METRICS[name].title,
            "value": None if math.isnan(value) else value,
            "why": score.reason(name),
        }
        for name, value in values.items()
    ]
