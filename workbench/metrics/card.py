"""The score card: every number of one comparison, with its name, or the reason why there is none."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from workbench.metrics.lens import LensName

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


def _plain(value: Any) -> Any:
    """Turn nan into None and tuples into lists, for JSON."""
    if isinstance(value, float) and math.isnan(value):
        return None
    return list(value) if isinstance(value, tuple) else value
