"""The score card: a guess put beside a truth through a lens, as numbers with names."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from workbench.instances import Instances
from workbench.metrics import instance, panoptic, partition, semantic
from workbench.metrics.instance import Detections
from workbench.metrics.lens import OTHER, REST, TARGET, Comparison, Lens, LensName, prepare
from workbench.metrics.overlap import Overlap
from workbench.metrics.panoptic import Tally
from workbench.segmentation import Segmentation

NAN = float("nan")

HEADLINES: dict[LensName, tuple[str, str]] = {
    "object": ("iou", "dice"),
    "semantic": ("miou", "mdice"),
    "instance": ("f1", "ap50"),
    "panoptic": ("pq", "sq"),
    "regions": ("ari", "covering"),
}
MEASURES: dict[LensName, tuple[str, ...]] = {
    "object": ("iou", "dice", "precision", "recall", "tp", "fp", "fn", "tn"),
    "semantic": ("pixel_accuracy", "mean_accuracy", "miou", "mdice", "fwiou"),
    "instance": ("f1", "ap", "ap50", "matched_iou"),
    "panoptic": ("pq", "sq", "rq", "pq_things", "pq_stuff"),
    "regions": ("ari", "vi_split", "vi_merge", "covering"),
}
PIXELS = ("iou", "dice", "precision", "recall")
BY_CATEGORY: dict[LensName, tuple[str, ...]] = {
    "object": PIXELS,
    "semantic": PIXELS,
    "instance": (*PIXELS, "f1", "ap", "ap50", "tp", "fp", "fn"),
    "panoptic": (*PIXELS, "pq", "sq", "rq", "tp", "fp", "fn"),
    "regions": (),
}
# Why a number is undefined although its lens measures it.
REASONS = {
    "iou": "neither the truth nor the guess has a pixel of it",
    "dice": "neither the truth nor the guess has a pixel of it",
    "precision": "the guess has no judged pixel of it",
    "recall": "the truth has no pixel of it",
    "f1": "there is no thing in the truth or the guess",
    "ap": "the truth has no thing to find",
    "ap50": "the truth has no thing to find",
    "matched_iou": "no guess matches a truth at IoU 0.5",
    "pq": "there is no segment in the truth or the guess",
    "sq": "there is no segment in the truth or the guess",
    "rq": "there is no segment in the truth or the guess",
    "pq_things": "there is no thing in the truth or the guess",
    "pq_stuff": "there is no stuff in the truth or the guess",
}


@dataclass(frozen=True)
class CategoryScore:
    """Hold one category's numbers: pixels under every lens with names, segments where the lens has them.

    `tp`, `fp`, `fn` count segments; precision and recall are of pixels.
    """

    iou: float = NAN
    dice: float = NAN
    precision: float = NAN
    recall: float = NAN
    pq: float = NAN
    sq: float = NAN
    rq: float = NAN
    ap: float = NAN
    ap50: float = NAN
    f1: float = NAN
    tp: float = NAN
    fp: float = NAN
    fn: float = NAN


@dataclass(frozen=True)
class Score:
    """Hold every number of one comparison; what its lens does not measure is nan, and `why` says so.

    Parameters
    ----------
    lens, scored_as : the lens asked for, and the one that answered.
    named_by_truth : whether the truth named the guess: then every number is an upper bound.
    remarks : what to know before believing the numbers.
    iou, dice, precision, recall, tp, fp, fn, tn : object lens; counts are pixels, and a rest pixel that
        the guess leaves unlabelled is a true negative, since nothing was claimed there.
    pixel_accuracy, mean_accuracy, miou, mdice, fwiou : semantic lens, means over categories that are there.
    f1, ap, ap50, matched_iou : instance lens; f1 over all things at IoU 0.5, ap as a mean over categories.
    pq, sq, rq, pq_things, pq_stuff : panoptic lens, means over categories.
    ari, vi_split, vi_merge, covering : regions lens; the two VI in bits.
    per_category : numbers by category name; confusion : pixels by truth name and guess name.
    """

    lens: LensName
    scored_as: LensName
    named_by_truth: bool
    remarks: tuple[str, ...] = ()
    iou: float = NAN
    dice: float = NAN
    precision: float = NAN
    recall: float = NAN
    tp: float = NAN
    fp: float = NAN
    fn: float = NAN
    tn: float = NAN
    pixel_accuracy: float = NAN
    mean_accuracy: float = NAN
    miou: float = NAN
    mdice: float = NAN
    fwiou: float = NAN
    f1: float = NAN
    ap: float = NAN
    ap50: float = NAN
    matched_iou: float = NAN
    pq: float = NAN
    sq: float = NAN
    rq: float = NAN
    pq_things: float = NAN
    pq_stuff: float = NAN
    ari: float = NAN
    vi_split: float = NAN
    vi_merge: float = NAN
    covering: float = NAN
    per_category: Mapping[str, CategoryScore] = field(default_factory=dict)
    confusion: tuple[Mapping[str, Any], ...] = ()

    @property
    def headline(self) -> tuple[str, str]:
        """Name the two numbers that a card shows first."""
        return HEADLINES[self.scored_as]

    @property
    def measures(self) -> dict[str, float]:
        """Give the numbers that this lens measures, undefined ones too."""
        return {name: getattr(self, name) for name in MEASURES[self.scored_as]}

    @property
    def why(self) -> dict[str, str]:
        """Say of each undefined number why it is."""
        reasons = {}
        for name in (name for names in MEASURES.values() for name in names):
            if not math.isnan(getattr(self, name)):
                continue
            measured = name in MEASURES[self.scored_as]
            strange = f"the {self.scored_as} lens does not measure it"
            reasons[name] = REASONS.get(name, "the truth has no judged pixel") if measured else strange
        return reasons

    def table(self) -> list[dict[str, Any]]:
        """Give tidy rows for a data frame: lens, category ("all" for the whole), metric, value."""
        rows = [("all", name, value) for name, value in self.measures.items()]
        for category, found in self.per_category.items():
            rows += [(category, name, getattr(found, name)) for name in BY_CATEGORY[self.scored_as]]
        keys = ("category", "metric", "value")
        return [{"lens": self.scored_as, **dict(zip(keys, row, strict=True))} for row in rows]

    def as_dict(self) -> dict[str, Any]:
        """Give everything as plain data that JSON can hold; undefined numbers become None."""
        plain = {f.name: _plain(getattr(self, f.name)) for f in fields(self)}
        plain["per_category"] = {
            name: {key: _plain(getattr(found, key)) for key in BY_CATEGORY[self.scored_as]}
            for name, found in self.per_category.items()
        }
        plain["confusion"] = [dict(row) for row in self.confusion]
        return {**plain, "headline": list(self.headline), "why": self.why}


def score(
    truth: Segmentation | Lens,
    guess: Segmentation | Instances,
    *,
    lens: LensName = "object",
    target: Sequence[str] | str | None = None,
    split: bool = False,
    crowd: Collection[int] = (),
) -> Score:
    """Score a guess against a truth under a lens.

    Parameters
    ----------
    truth : a segmentation with 0 as void, or a `Lens` from `prepare`, which has the lens and target in it.
    target : names of the categories that a two-way method is asked to find; by default all things.
    split : under the instance lens, cut connected pieces at their waists.
    crowd : truth ids that hold many things drawn as one (panoptic lens).

    Raises
    ------
    ValueError : sizes that differ, an unknown lens or target, a truth without names where they are asked.

    >>> import numpy as np
    >>> truth = Segmentation.from_mask(np.array([[True, True, False, False]]))
    >>> guess = Segmentation.from_mask(np.array([[True, False, False, False]]))
    >>> score(truth, guess).iou, score(truth, guess, lens="semantic").pixel_accuracy
    (0.5, 0.75)
    """
    asked = truth if isinstance(truth, Lens) else prepare(truth, lens, target)
    return grade(asked.compare(guess, split=split), crowd)


def grade(found: Comparison, crowd: Collection[int] = ()) -> Score:
    """Turn a comparison into numbers."""
    head: dict[str, Any] = {
        "lens": found.lens,
        "scored_as": found.scored_as,
        "named_by_truth": found.named_by_truth,
        "remarks": found.remarks,
    }
    if found.scored_as == "regions":
        return Score(**head, **_regions(found))
    by_category = _pixels(found)
    numbers: dict[str, Any] = {}
    if found.scored_as == "object":
        numbers = _object(found)
    elif found.scored_as == "semantic":
        numbers = _semantic(found)
    elif found.scored_as == "instance":
        numbers = _things(found, by_category)
    else:
        numbers = _segments(found, by_category, crowd)
    per_category = {name: CategoryScore(**values) for name, values in by_category.items()}
    return Score(**head, **numbers, per_category=per_category, confusion=_confusion(found))


def _table(found: Comparison) -> Overlap:
    assert found.categories is not None  # ours: only the regions lens has none, and it does not come here
    return found.categories


def _pixels(found: Comparison) -> dict[str, dict[str, float]]:
    """Score the pixels of each category; under the instance lens, of things only."""
    judged = found.taxonomy.things if found.scored_as == "instance" else list(found.taxonomy)
    counts = semantic.count_pixels(_table(found), [c.id for c in judged])
    columns = {name: getattr(counts, name).tolist() for name in PIXELS}
    return {c.name: {name: columns[name][k] for name in PIXELS} for k, c in enumerate(judged)}


def _object(found: Comparison) -> dict[str, float]:
    counts = semantic.count_pixels(_table(found), [TARGET, REST])
    tp, truth, guess = (int(n[0]) for n in (counts.hit, counts.truth, counts.guess))
    scores = {name: float(getattr(counts, name)[0]) for name in PIXELS}
    fp = guess - tp
    return {**scores, "tp": tp, "fp": fp, "fn": truth - tp, "tn": int(counts.truth[1]) - fp}


def _semantic(found: Comparison) -> dict[str, float]:
    counts = semantic.count_pixels(_table(found), [c.id for c in found.taxonomy])
    return {
        "pixel_accuracy": counts.pixel_accuracy,
        "mean_accuracy": semantic.mean(counts.recall),
        "miou": semantic.mean(counts.iou),
        "mdice": semantic.mean(counts.dice),
        "fwiou": counts.fwiou,
    }


def _things(found: Comparison, by_category: dict[str, dict[str, float]]) -> dict[str, float]:
    """Score the things, and add each category's numbers to its row."""
    assert found.segments is not None  # ours: the instance lens always counts segments
    detected = instance.detect(found.segments, found.truth_names, found.guess_names, found.scores)
    for category in detected:
        by_category[found.taxonomy[category].name] |= _row(detected[category], ("f1", "ap", "ap50", "tp", "fp", "fn"))
    every = list(detected.values())
    return {
        "f1": instance.f1(*(sum(getattr(d, name) for d in every) for name in ("tp", "fp", "fn"))),
        "ap": _mean(d.ap for d in every),
        "ap50": _mean(d.ap50 for d in every),
        "matched_iou": _mean(iou for d in every for iou in d.ious),
    }


def _segments(
    found: Comparison, by_category: dict[str, dict[str, float]], crowd: Collection[int]
) -> dict[str, float]:
    """Score the segments, and add each category's numbers to its row."""
    assert found.segments is not None  # ours: the panoptic lens always counts segments
    known = {n: c for n, c in found.guess_names.items() if c != OTHER}
    tallies = panoptic.tally_segments(found.segments, found.truth_names, known, crowd)
    for category in tallies:
        by_category[found.taxonomy[category].name] |= _row(tallies[category], ("pq", "sq", "rq", "tp", "fp", "fn"))
    kinds = {c: found.taxonomy[c].kind for c in tallies}
    return {
        "pq": _mean(t.pq for t in tallies.values()),
        "sq": _mean(t.sq for t in tallies.values()),
        "rq": _mean(t.rq for t in tallies.values()),
        "pq_things": _mean(t.pq for c, t in tallies.items() if kinds[c] == "thing"),
        "pq_stuff": _mean(t.pq for c, t in tallies.items() if kinds[c] == "stuff"),
    }


def _regions(found: Comparison) -> dict[str, float]:
    assert found.segments is not None  # ours: the regions lens always counts segments
    split, merge = partition.variation_of_information(found.segments)
    return {
        "ari": partition.adjusted_rand(found.segments),
        "vi_split": split,
        "vi_merge": merge,
        "covering": partition.covering(found.segments),
    }


def _confusion(found: Comparison) -> tuple[dict[str, Any], ...]:
    """Give the judged pixels of each truth name under each guess name, "unlabelled" and "other" among them."""
    table = _table(found)
    names = {c.id: c.name for c in found.taxonomy} | {OTHER: "other"}
    truth = [names.get(int(n), "void") for n in table.truth_ids]
    guess = [names.get(int(n), "unlabelled") for n in table.guess_ids]
    cells = zip(table.rows.tolist(), table.columns.tolist(), table.pixels.tolist(), strict=True)
    return tuple({"truth": truth[r], "guess": guess[c], "pixels": n} for r, c, n in cells if r > 0)


def _row(source: Tally | Detections, names: Sequence[str]) -> dict[str, float]:
    return {name: getattr(source, name) for name in names}


def _mean(values: Any) -> float:
    defined = [value for value in values if not math.isnan(value)]
    return math.fsum(defined) / len(defined) if defined else NAN


def _plain(value: Any) -> Any:
    if isinstance(value, float) and math.isnan(value):
        return None
    return list(value) if isinstance(value, tuple) else value
