"""How much each kind of metric notices: bounded ones, distances, bits, counts, and the undefined."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from workbench.metrics import METRICS
from workbench.metrics.noticing import noticed

NAN, INFINITE = math.nan, math.inf
DISTANCE = replace(METRICS["vi_split"], unit="px")


@pytest.mark.parametrize(
    ("metric", "before", "after", "share"),
    [
        (METRICS["iou"], 1.0, 1.0, 0.0),
        (METRICS["iou"], 1.0, 0.0, 1.0),
        (METRICS["ari"], 1.0, 0.25, 0.5),
        (METRICS["vi_merge"], 0.0, 2.0, 0.75),
        (DISTANCE, 0.0, 5.0, 0.5),
        (DISTANCE, 0.0, 500.0, 1.0),
        (DISTANCE, 0.0, INFINITE, 1.0),
        (DISTANCE, INFINITE, INFINITE, 0.0),
        (METRICS["miou"], 1.0, NAN, 1.0),
        (METRICS["miou"], NAN, NAN, NAN),
        (METRICS["tp"], 10.0, 0.0, NAN),
    ],
)
def test_the_share_of_what_it_could_say(metric: object, before: float, after: float, share: float) -> None:
    assert noticed(metric, before, after, 100.0) == pytest.approx(share, nan_ok=True)
