"""The score card: every number of one comparison, with its name, or the reason why there is none."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from workbench.metrics.comparison import OTHER, LensName
from workbench.metrics.facts import Facts
from workbench.metrics.metric import METRICS, Cost, by_category_under, measured_under

HEADLINES: dict[LensName, tuple[str, str]] = {
    "object": ("iou", "dice"),
    "semantic": ("miou", "mdice"),
    "instance": ("f1", "ap50"),
    "panoptic": ("pq", "sq"),
    "regions": ("ari", "covering"),
}


class CategoryScore:
    """Hold one category's numbers: attributes by the names of the registry, nan where there is none.

    Pixels under every lens with names, segments where the lens has them; `tp`, `fp`, `fn` count segments.
    """

    def __init__(self, score: Score, category: int) -> None:
        self._score, self._category = score, category

    def __getattr__(self, name: str) -> float:
        if name.startswith("_") or name not in METRICS:
            raise AttributeError(f"no metric {name!r}; see workbench.metrics.METRICS")
        return self._score.each(name).get(self._category, math.nan)


@dataclass(frozen=True, eq=False)
class Score:
    """Hold every number of one comparison: each metric of the registry is an attribute, counted when asked.

    What the lens does not measure is nan, and `why` says so.

    Parameters
    ----------
    facts : the comparison, and what was counted of it.
    aggregate : "image" for one image, "dataset" for the summed tables of several.
    """

    facts: Facts
    aggregate: str = "image"
    _known: dict[str, float] = field(default_factory=dict, repr=False)
    _each: dict[str, Mapping[int, float]] = field(default_factory=dict, repr=False)

    def __getattr__(self, name: str) -> float:
        """Give the number of a metric by its name in the registry."""
        if name.startswith("_") or name not in METRICS:
            raise AttributeError(f"no metric {name!r}; see workbench.metrics.METRICS")
        if name not in self._known:
            metric = METRICS[name]
            self._known[name] = metric.whole(self.facts) if self.scored_as in metric.lenses else math.nan
        return self._known[name]

    def __repr__(self) -> str:
        """Show the lens and its numbers from the table."""
        numbers = ", ".join(f"{name}={value:.4g}" for name, value in self.measures.items())
        return f"Score({self.lens}: {numbers})"

    @property
    def lens(self) -> LensName:
        """Name the lens asked for."""
        return self.facts.found.lens

    @property
    def scored_as(self) -> LensName:
        """Name the lens that answered."""
        return self.facts.found.scored_as

    @property
    def named_by_truth(self) -> bool:
        """Say whether the truth named the guess: then every number is an upper bound."""
        return self.facts.found.named_by_truth

    @property
    def remarks(self) -> tuple[str, ...]:
        """Give what to know before believing the numbers."""
        return self.facts.found.remarks

    @property
    def convention(self) -> str:
        """Name the choices of the field that the numbers follow."""
        return self.facts.convention.name

    @property
    def headline(self) -> tuple[str, str]:
        """Name the two numbers that a card shows first."""
        return HEADLINES[self.scored_as]

    @property
    def measures(self) -> dict[str, float]:
        """Give the numbers that this lens reads off the table, undefined ones too."""
        return self.measured("table")

    def measured(self, *costs: Cost) -> dict[str, float]:
        """Give the numbers of this lens that cost a table, or outlines ("boundary"); by default all."""
        return {name: getattr(self, name) for name in measured_under(self.scored_as, *costs)}

    def each(self, name: str) -> Mapping[int, float]:
        """Give one metric by category id; empty where the lens does not have it by category."""
        if name not in self._each:
            metric = METRICS[name]
            has = metric.each is not None and self.scored_as in metric.each_under
            self._each[name] = metric.each(self.facts) if has and metric.each else {}
        return self._each[name]

    @cached_property
    def per_category(self) -> dict[str, CategoryScore]:
        """Give the numbers of each judged category by its name; empty where names were dropped."""
        return {category.name: CategoryScore(self, category.id) for category in self.facts.judged}

    def reason(self, name: str) -> str:
        """Say why a number is undefined; an empty text where it is not.

        Raises
        ------
        KeyError : no metric of that name.
        """
        if self.scored_as not in METRICS[name].lenses:
            return f"the {self.scored_as} lens does not measure it"
        return METRICS[name].undefined if math.isnan(getattr(self, name)) else ""

    @property
    def why(self) -> dict[str, str]:
        """Say of each undefined number why it is."""
        cheap = (m for m in METRICS.values() if m.cost == "table" or self.scored_as not in m.lenses)
        reasons = {metric.name: self.reason(metric.name) for metric in cheap}
        return {name: reason for name, reason in reasons.items() if reason}

    @property
    def confusion(self) -> tuple[dict[str, Any], ...]:
        """Give the judged pixels of each truth name under each guess name, or "unlabelled", or "other"."""
        if self.facts.found.categories is None:
            return ()
        table, names = self.facts.categories, {c.id: c.name for c in self.facts.found.taxonomy}
        truth = [names.get(int(n), "void") for n in table.truth_ids]
        guess = [(names | {OTHER: "other"}).get(int(n), "unlabelled") for n in table.guess_ids]
        cells = zip(table.rows.tolist(), table.columns.tolist(), table.pixels.tolist(), strict=True)
        return tuple({"truth": truth[r], "guess": guess[c], "pixels": n} for r, c, n in cells if r > 0)

    def table(self, *costs: Cost) -> list[dict[str, Any]]:
        """Give tidy rows for a data frame: lens, category ("all" for the whole), metric, value.

        Parameters
        ----------
        costs : "table" alone by default; "table", "boundary" adds what outlines tell.
        """
        wanted = costs or ("table",)
        rows = [("all", name, value) for name, value in self.measured(*wanted).items()]
        for category, found in self.per_category.items():
            names = by_category_under(self.scored_as, *wanted)
            rows += [(category, name, getattr(found, name)) for name in names]
        keys = ("category", "metric", "value")
        return [{"lens": self.scored_as, **dict(zip(keys, row, strict=True))} for row in rows]

    def as_dict(self, *costs: Cost) -> dict[str, Any]:
        """Give everything as plain data that JSON can hold; undefined numbers become None."""
        wanted = costs or ("table",)
        names = [metric.name for metric in METRICS.values() if metric.cost in wanted]
        each = by_category_under(self.scored_as, *wanted)
        return {
            "lens": self.lens,
            "scored_as": self.scored_as,
            "named_by_truth": self.named_by_truth,
            "remarks": list(self.remarks),
            "convention": self.convention,
            "aggregate": self.aggregate,
            **{name: _plain(getattr(self, name)) for name in names},
            "per_category": {
                category: {name: _plain(getattr(found, name)) for name in each}
                for category, found in self.per_category.items()
            },
            "confusion": [dict(row) for row in self.confusion],
            "headline": list(self.headline),
            "why": self.why,
        }


def _plain(value: float) -> float | None:
    """Turn what JSON cannot hold into None: nan, and distances without end."""
    return value if math.isfinite(value) else None
