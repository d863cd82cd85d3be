"""The registry of metrics: one function each, with what a reader of its number has to know."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from workbench.metrics.facts import Facts

Whole = Callable[["Facts"], float]
Each = Callable[["Facts"], Mapping[int, float]]
Best = Literal["up", "down", ""]
Cost = Literal["table", "boundary"]
INFINITE = float("inf")


@dataclass(frozen=True)
class Metric:
    """Hold one metric: the function that measures it, and the facts that panels, reports and lessons show.

    Parameters
    ----------
    name : how code spells it; title : how a person does, short.
    lenses : under which it is one number; each_under : under which each category has one of its own.
    formula : plain text in the words of the page, TP, FP and FN above all.
    best : "up" where more is better, "down" where less is, "" for counts.
    span : least and greatest value; unit : "", "px" or "bits".
    undefined : when it is nan. source : author and year.
    cost : "table" where the joint table is enough, "boundary" where outlines must be found first.
    whole : gives the number; each : gives a number by category id, or None.
    """

    name: str
    title: str
    lenses: tuple[str, ...]
    formula: str
    best: Best
    span: tuple[float, float]
    unit: str
    undefined: str
    source: str
    cost: Cost
    whole: Whole
    each: Each | None = None
    each_under: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """Give the first line of the function's docstring."""
        return (self.whole.__doc__ or "").strip().split("\n")[0]

    def better(self, one: float, two: float) -> bool:
        """Say whether the first number is the better of two.

        >>> METRICS["vi_split"].better(0.1, 0.5)
        True
        """
        return one < two if self.best == "down" else one > two


METRICS: dict[str, Metric] = {}


def metric(
    title: str,
    *,
    lenses: Sequence[str],
    formula: str,
    best: Best = "up",
    span: tuple[float, float] = (0.0, 1.0),
    unit: str = "",
    undefined: str,
    source: str,
    cost: Cost = "table",
    each: Each | None = None,
    each_under: Sequence[str] = (),
) -> Callable[[Whole], Whole]:
    """Enter the function under its own name into the registry; the page, the reports and the tests list it.

    Raises
    ------
    TypeError : a name taken, a function without a docstring, categories' numbers that belong to no lens.
    """

    def enter(function: Whole) -> Whole:
        """Check what the function says of itself, and list it."""
        name = function.__name__
        if name in METRICS:
            raise TypeError(f"there is a metric {name!r} already, in {METRICS[name].whole.__module__}")
        if not function.__doc__:
            raise TypeError(f"metric {name!r} needs a docstring that says what it measures")
        if bool(each) != bool(each_under):
            raise TypeError(f"metric {name!r} must name each= and each_under= together")
        METRICS[name] = Metric(
            name=name,
            title=title,
            lenses=tuple(lenses),
            formula=formula,
            best=best,
            span=span,
            unit=unit,
            undefined=undefined,
            source=source,
            cost=cost,
            whole=function,
            each=each,
            each_under=tuple(each_under),
        )
        return function

    return enter


def measured_under(lens: str, *costs: Cost) -> tuple[str, ...]:
    """Name the metrics that are one number under a lens, by default all of them.

    >>> measured_under("regions", "table")[:3]
    ('ari', 'vi_split', 'vi_merge')
    """
    return tuple(m.name for m in METRICS.values() if lens in m.lenses and (not costs or m.cost in costs))


def less_is_better(name: str) -> bool:
    """Say whether a number is the better the lower it is; a name that is no metric is not.

    >>> less_is_better("hd95"), less_is_better("iou")
    (True, False)
    """
    return name in METRICS and METRICS[name].best == "down"


def by_category_under(lens: str, *costs: Cost) -> tuple[str, ...]:
    """Name the metrics that each category has under a lens."""
    return tuple(m.name for m in METRICS.values() if lens in m.each_under and (not costs or m.cost in costs))
