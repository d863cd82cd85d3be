"""Averages of numbers of which some are undefined."""

from __future__ import annotations

import math
from collections.abc import Iterable


def mean_of(values: Iterable[float]) -> float:
    """Average what is defined, exactly rounded; nan where nothing is.

    >>> mean_of([1.0, float("nan"), 0.5])
    0.75
    """
    defined = [value for value in values if not math.isnan(value)]
    return math.fsum(defined) / len(defined) if defined else math.nan
