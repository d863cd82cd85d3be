"""What a worker does for a card: run the recipe, score the answer, pack both into one message."""

from __future__ import annotations

from collections import OrderedDict
from functools import lru_cache
from typing import Any

from workbench.export import pasted
from workbench.image import Image
from workbench.metrics import METRICS, Lens, grade, prepare
from workbench.recipe import Output, Recipe, Result
from workbench.segmentation import Segmentation
from workbench.widgets.viewer import describe
from workbench.worker import trace

# The last outputs, so that another lens or truth need not run the method again.
_results: OrderedDict[str, Result] = OrderedDict()


def answer(
    recipe: Recipe, lens: str, target: tuple[str, ...], image: Image, truth: Segmentation | None = None
) -> tuple[dict[str, Any], bytes]:
    """Run a recipe on its image and score it; returns the message for the page and the packed ids."""
    result = result_of(recipe, image)
    guess = pasted(result.output)
    message, data = describe(guess)
    message |= {
        "recipe": recipe.sha256,
        "hash": guess.sha256,
        "method": recipe.method,
        "values": dict(recipe.values),
        "call": recipe.call,
        "ms": result.seconds * 1e3,
        "device": result.device,
        "peak_bytes": result.peak_bytes,
        "longest": recipe.longest,
    }
    numbers = scored(result.output, truth, lens, target)
    return message | numbers | {"remarks": [*result.notes, *numbers["remarks"]]}, data


def scored(output: Output, truth: Segmentation | None, lens: str, target: tuple[str, ...]) -> dict[str, Any]:
    """Give the part of the message that holds the numbers; a truth that is not there says so."""
    blank: dict[str, Any] = {"lens": lens, "scored_as": lens, "headline": [], "scores": {}, "labels": {}}
    blank |= {"why": {}, "counts": None, "table": []}
    if truth is None:
        return blank | {"remarks": ["no truth"]}
    try:
        prepared = _lens(_Same(truth), lens, target)
    except ValueError as error:  # this truth cannot answer this lens; the mask is still worth seeing
        return blank | {"remarks": [str(error)]}
    card = grade(prepared.compare(output))
    numbers = card.as_dict()
    counts = {n: numbers[n] for n in ("tp", "fp", "fn", "tn")} if card.scored_as == "object" else None
    return {
        "lens": lens,
        "scored_as": card.scored_as,
        "headline": list(card.headline),
        "scores": {name: numbers[name] for name in card.measures},
        "labels": {name: METRICS[name].title for name in card.measures},
        "why": {name: reason for name, reason in card.why.items() if name in card.measures},
        "counts": counts,
        "table": [{"category": name, **row} for name, row in numbers["per_category"].items()],
        "remarks": list(card.remarks),
    }


def exported(recipe: Recipe, image: Image) -> Segmentation:
    """Give the answer itself, for files."""
    return pasted(result_of(recipe, image).output)


def result_of(recipe: Recipe, image: Image) -> Result:
    """Run a recipe, or give what it gave a moment ago."""
    key = recipe.sha256
    if key in _results:
        _results.move_to_end(key)
    else:
        _results[key] = recipe.run_on(image, trace=trace())
        while len(_results) > 16:
            _results.popitem(last=False)
    return _results[key]


class _Same:
    """Let a truth be a cache key: the same object, the same lens."""

    def __init__(self, truth: Segmentation) -> None:
        self.truth = truth

    def __hash__(self) -> int:
        return id(self.truth)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.truth is self.truth


@lru_cache(maxsize=8)
def _lens(truth: _Same, lens: str, target: tuple[str, ...]) -> Lens:
    return prepare(truth.truth, lens, target or None)  # type: ignore[arg-type]
