"""A metric's formula with the numbers of one score in it, term by term, each with what it counts."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.metrics import METRICS, Metric, Score
from workbench.metrics.comparison import REST
from workbench.metrics.metric import measured_under

# What a term counts, by the names of the colours on the canvas.
HIT, MISSED, EXTRA, PLAIN = "hit", "missed", "extra", ""
KINDS = {"TP": HIT, "FP": EXTRA, "FN": MISSED, "right pixels": HIT, "sum of matched IoU": HIT}
KINDS |= {"both bands": HIT, "truth's band": MISSED, "guess's band": EXTRA}
WORDY = re.compile(r"[,;:]| over ")
OVER = "mean over categories of "
Terms = Mapping[str, float]


@dataclass(frozen=True)
class Line:
    """Hold one line of a formula: whose it is, its words and numbers in turn, and what comes out.

    category : id of the category that the line is about, 0 for all together.
    parts : words, or a term with its value and what it counts.
    """

    label: str
    category: int
    parts: tuple[dict[str, Any], ...]
    value: float | None

    def as_dict(self) -> dict[str, Any]:
        """Give it as JSON has it."""
        parts = list(self.parts)
        return {"label": self.label, "category": self.category, "parts": parts, "value": self.value}


def lines(score: Score, name: str) -> list[Line]:
    """Write a metric's formula with the numbers of a score: a line a category, then one for all.

    Raises
    ------
    KeyError : no metric of that name.
    """
    metric = METRICS[name]
    whole = getattr(score, name)
    formula, each = _by_category(score, metric)
    judged = {c.id: c.name for c in score.facts.judged} if score.scored_as != "regions" else {}
    if score.scored_as == "object":  # the rest is no category that anybody asked for
        judged.pop(REST)
    terms = {c: _terms(score, c, formula) for c in each if c in judged}
    found = [Line(judged[c], c, parts(formula, terms[c]), plain(each[c])) for c in terms]
    if len(found) == 1 and _same(each[found[0].category], whole):
        return found
    if not found:
        return [Line("", 0, parts(metric.formula, _whole(score, metric, ())), plain(whole))]
    defined = [value for value in each.values() if not math.isnan(value)]
    if metric.best and defined and _same(sum(defined) / len(defined), whole):
        return [*found, Line(f"mean of {len(defined)}", 0, (), plain(whole))]
    return [
        *found,
        Line("all together", 0, parts(formula, _whole(score, metric, terms.values())), plain(whole)),
    ]


def parts(formula: str, terms: Terms) -> tuple[dict[str, Any], ...]:
    """Cut a formula at the terms that have a number.

    >>> [part.get("value", part["text"]) for part in parts("TP / (TP + FP)", {"TP": 3, "FP": 1})]
    [3, ' / (', 3, ' + ', 1, ')']
    """
    if not terms:
        return ({"text": formula},)
    longest_first = sorted(terms, key=len, reverse=True)
    at = re.compile(r"(?<!\w)(" + "|".join(map(re.escape, longest_first)) + r")(?!\w)")
    made = []
    for piece in filter(None, at.split(formula)):
        known = piece in terms
        made.append({"text": piece, "value": plain(terms[piece]), "kind": KINDS.get(piece, PLAIN)} if known
                    else {"text": piece})  # fmt: skip
    return tuple(made)


def plain(value: float) -> float | None:
    """Give a number that JSON can hold, or None."""
    return value if math.isfinite(value) else None


def _by_category(score: Score, metric: Metric) -> tuple[str, Mapping[int, float]]:
    """Give the formula of one category and each one's value: the metric's own, or those that it averages."""
    if each := score.each(metric.name):
        return metric.formula, each
    rest = metric.formula.removeprefix(OVER)
    averaged = [m for m in METRICS.values() if m.formula == rest and score.scored_as in m.each_under]
    if rest == metric.formula or not averaged:
        return metric.formula, {}
    return rest, score.each(averaged[0].name)


def _terms(score: Score, category: int, formula: str) -> dict[str, float]:
    """Count what the formulas speak of, for one category."""
    if "band" in formula:
        return _bands(score, category)
    if score.scored_as in ("object", "semantic"):
        return _pixels(score, category)
    found = _segments(score, category)
    names = measured_under(score.scored_as, "table")
    named = {METRICS[n].title: score.each(n)[category] for n in names if category in score.each(n)}
    return named | found


def _pixels(score: Score, category: int) -> dict[str, float]:
    counts = score.facts.pixels
    at = [one.id for one in score.facts.judged].index(category)
    hit, truth, guess = (int(side[at]) for side in (counts.hit, counts.truth, counts.guess))
    return {"TP": hit, "FP": guess - hit, "FN": truth - hit}


def _bands(score: Score, category: int) -> dict[str, float]:
    bands = score.facts.bands
    same = (bands.truth_ids[bands.rows] == category) & (bands.guess_ids[bands.columns] == category)
    sizes = [int(of[ids == category].sum()) for of, ids in
             ((bands.truth_sizes, bands.truth_ids), (bands.guess_sizes, bands.guess_ids))]  # fmt: skip
    return {"both bands": int(bands.pixels[same].sum()), "truth's band": sizes[0], "guess's band": sizes[1]}


def _segments(score: Score, category: int) -> dict[str, float]:
    counted = score.facts.tallies if score.scored_as == "panoptic" else score.facts.detections
    found: Any = counted.get(category)
    if found is None:
        return {}
    ious = found.iou if score.scored_as == "panoptic" else sum(found.ious)
    return {"TP": found.tp, "FP": found.fp, "FN": found.fn, "sum of matched IoU": ious}


def _whole(score: Score, metric: Metric, each: Any) -> dict[str, float]:
    """Give the terms of all categories together: counts add up, other metrics have their own number."""
    found: dict[str, float] = {}
    for terms in each:
        for name in KINDS.keys() & terms.keys():
            found[name] = found.get(name, 0) + terms[name]
    if score.scored_as == "regions":
        return {"judged pixels": int(score.facts.segments.truth_sizes[1:].sum())}
    if score.scored_as in ("object", "semantic"):
        counts = score.facts.pixels
        found |= {"right pixels": int(counts.hit.sum()), "judged pixels": int(counts.truth.sum())}
    if score.scored_as == "instance":
        every = score.facts.detections.values()
        found |= {term: sum(getattr(one, term.lower()) for one in every) for term in ("TP", "FP", "FN")}
        found |= {"sum of matched IoU": sum(iou for one in every for iou in one.ious)}
    if not WORDY.search(metric.formula):  # "mean PQ over things" speaks of PQ, but not of its one number
        others = [m for m in measured_under(score.scored_as, "table") if m != metric.name]
        found = {METRICS[n].title: getattr(score, n) for n in others} | found
    return found


def _same(one: float, two: float) -> bool:
    return math.isclose(one, two, rel_tol=1e-9, abs_tol=1e-12) or (math.isnan(one) and math.isnan(two))
