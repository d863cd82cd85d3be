"""All that the metrics page is told of one comparison: numbers, a formula, pixels, matches and curves."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from workbench.metrics import METRICS, Score, score
from workbench.metrics.average_precision import Curves
from workbench.metrics.metric import Cost, measured_under
from workbench.metrics.noticing import noticed
from workbench.panels import counted, formulas
from workbench.segmentation import Segmentation
from workbench.widgets.pack import pack

BINS = 24
Message = dict[str, Any]


@dataclass(frozen=True)
class Looks:
    """Say how a page compares: lens, target, convention, the metric that is shown, and a category of it."""

    lens: str
    target: tuple[str, ...]
    convention: str = "workbench"
    measure: str = ""
    category: int = 0

    def score(self, truth: Segmentation, guess: Segmentation) -> Score:
        """Score a guess as the page asks."""
        target, lens = self.target or None, self.lens
        return score(truth, guess, lens=lens, target=target, convention=self.convention)  # type: ignore[arg-type]


def table(truth: Segmentation, guess: Segmentation, looks: Looks) -> tuple[Message, bytes]:
    """Count what the joint table says; returns the message and the packed codes of the pixels that count.

    Raises
    ------
    ValueError : a truth that cannot answer the lens.
    """
    found = looks.score(truth, guess)
    names = measured_under(found.scored_as)
    measure = looks.measure if looks.measure in names else found.headline[0]
    message: Message = {
        "lens": looks.lens,
        "scored_as": found.scored_as,
        "convention": found.convention,
        "remarks": list(found.remarks),
        "measure": measure,
        "names": list(names),
        "measures": rows(truth, found, looks, "table"),
        "pairs": counted.pairs(found),
        "curve": _curve(found),
        **_confusion(found, truth, guess),
    }
    if METRICS[measure].cost != "table":
        return message, b""
    more, data = shown(found, measure, looks.category)
    return message | more, data


def edges(truth: Segmentation, guess: Segmentation, looks: Looks, rest: bool = True) -> tuple[Message, bytes]:
    """Count what outlines say: every such metric where a hand rests, else the one that is shown."""
    found = looks.score(truth, guess)
    message: Message = {"measures": rows(truth, found, looks, "boundary", () if rest else (looks.measure,))}
    measure = METRICS.get(looks.measure)
    if measure is None or measure.cost == "table" or found.scored_as not in measure.lenses:
        return message, b""
    more, data = shown(found, measure.name, looks.category)
    return message | more | {"measure": measure.name}, data


def shown(found: Score, measure: str, category: int) -> tuple[Message, bytes]:
    """Give the formula of one metric with its numbers, and the pixels that it counts."""
    info, data = pack(counted.codes(found, measure, category))
    formula = [line.as_dict() for line in formulas.lines(found, measure)]
    return {"formula": formula, "codes": info, "distances": _distances(found, measure)}, data


def rows(
    truth: Segmentation, found: Score, looks: Looks, cost: Cost, only: Iterable[str] = ()
) -> list[Message]:
    """Give each metric's number, that of a perfect guess, and how much it notices of the difference."""
    made, diagonal = [], math.hypot(*truth.shape)
    for name in only or measured_under(found.scored_as, cost):
        value, best = getattr(found, name), _at_best(truth, looks, found, name)
        made.append({
            "name": name,
            "value": formulas.plain(value),
            "endless": math.isinf(value),
            "why": found.reason(name),
            "perfect": formulas.plain(best),
            "noticed": formulas.plain(noticed(METRICS[name], best, value, diagonal)),
        })  # fmt: skip
    return made


def nothing(looks: Looks, why: str) -> Message:
    """Say why there is no number at all."""
    blank: Message = {"measures": [], "names": [], "pairs": [], "formula": [], "confusion": [], "called": {}}
    asked = {
        "lens": looks.lens,
        "scored_as": looks.lens,
        "convention": looks.convention,
        "measure": looks.measure,
    }
    return blank | asked | {"remarks": [why]}


def _at_best(truth: Segmentation, looks: Looks, found: Score, name: str) -> float:
    """Give what the truth scores against itself, under the lens that answered the guess."""
    return float(getattr(_self_score(_Same(truth), found.scored_as, looks.target, looks.convention), name))


class _Same:
    """Let a truth be a cache key: the same ids under the same names."""

    def __init__(self, truth: Segmentation) -> None:
        self.truth, self.key = truth, (truth.sha256, repr(truth.taxonomy), truth.yields)

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, _Same) and other.key == self.key and other.truth.segments == self.truth.segments
        )


@lru_cache(maxsize=8)
def _self_score(truth: _Same, lens: str, target: tuple[str, ...], convention: str) -> Score:
    return Looks(lens, target, convention).score(truth.truth, truth.truth)


def _confusion(found: Score, truth: Segmentation, guess: Segmentation) -> Message:
    """Give the confusion matrix, and what each painted segment is called in it."""
    if found.scored_as == "regions":
        return {"confusion": [], "called": {}}
    maps = found.facts.found.truth_map, found.facts.found.guess_map
    called = {side: counted.called(sheet.ids, ids)
              for side, sheet, ids in zip(("truth", "guess"), (truth, guess), maps, strict=True)}  # fmt: skip
    names = [[c.id, c.name] for c in found.facts.found.taxonomy] + [[0, "unlabelled"], [-1, "other"]]
    return {"confusion": [dict(row) for row in found.confusion], "called": called | {"names": names}}


def _curve(found: Score) -> list[Message] | None:
    """Give precision at 101 recalls, mean over categories; conventions without it have none."""
    ranking = found.facts.ranking if found.scored_as == "instance" else None
    if not isinstance(ranking, Curves):
        return None
    made = []
    for name, k in (("IoU 0.5", 0), ("IoU 0.75", 5)):
        every = ranking.precision[k, :, :, 0]
        points = every[:, ~np.isnan(every).any(axis=0)].mean(axis=1) if every.size else np.zeros(0)
        if not points.size or np.isnan(points).any():
            return None
        made.append({"name": name, "points": points.tolist(), "area": float(points.mean())})
    return made


def _distances(found: Score, measure: str) -> Message | None:
    """Count how many outline pixels are how far off, where the metric is about distances."""
    if METRICS[measure].cost == "table" or found.scored_as not in ("object", "semantic"):
        return None
    every = [one.both for one in found.facts.surfaces.values()]
    if found.scored_as == "object":
        every = every[-1:]
    off = np.concatenate(every) if every else np.zeros(0)
    off = off[np.isfinite(off)]
    if not off.size:
        return None
    counts, ends = np.histogram(off, BINS, (0.0, max(float(off.max()), 1.0)))
    return {"counts": counts.tolist(), "top": float(ends[-1]), "p95": float(np.percentile(off, 95))}
