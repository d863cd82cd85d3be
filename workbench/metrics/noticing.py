"""How much a metric notices of a change, as a share of all that it could say."""

from __future__ import annotations

import math

from workbench.metrics.metric import Metric

FAR = 0.1  # of the diagonal: a distance as long as this says that nothing fits


def noticed(metric: Metric, before: float, after: float, diagonal: float) -> float:
    """Give from 0 (hidden) to 1 (as loud as can be) how far a metric moved; nan for counts.

    A bounded metric moves by its share of the span. A distance moves by its share of a tenth of the diagonal.
    Bits are exponents, so one bit more is half of all that can be said, two bits three quarters. A number
    that becomes undefined is noticed by everybody; one that stays undefined says nothing.

    Parameters
    ----------
    diagonal : of the picture, in pixels.

    >>> from workbench.metrics import METRICS
    >>> noticed(METRICS["iou"], 1.0, 0.75, 500), noticed(METRICS["vi_split"], 0.0, 1.0, 500)
    (0.25, 0.5)
    """
    if metric.source == "counting" or (math.isnan(before) and math.isnan(after)):
        return math.nan
    if math.isnan(before) or math.isnan(after) or math.isinf(after) != math.isinf(before):
        return 1.0
    moved = 0.0 if before == after else abs(after - before)
    low, high = metric.span
    if math.isfinite(high):
        return min(1.0, moved / (high - low))
    if metric.unit == "px":
        return min(1.0, moved / (FAR * diagonal))
    return 1 - 0.5**moved if metric.unit == "bits" else min(1.0, moved)
