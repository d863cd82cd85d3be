import math
import re

import pytest

from workbench.evaluation.histogram import WIDTH, histogram
from workbench.metrics.metric import METRICS


def test_histogram_counts_every_value_and_says_what_it_leaves_out() -> None:
    drawn = histogram([0.0, 0.5, 0.5, 1.0, math.nan, math.inf], METRICS["iou"])
    counts = [int(text) for text in re.findall(r"<title>(\d+) between", drawn)]
    assert sum(counts) == 4
    assert "not shown: 1 undefined, 1 infinite" in drawn
    # A metric without an upper end takes it from the values; equal values still have an axis.
    assert ">7</text>" in histogram([0.0, 7.0], METRICS["vi_split"])
    assert "mean 0" in histogram([0.0, 0.0], METRICS["vi_split"])


def test_nothing_to_draw_is_said() -> None:
    assert histogram([math.nan, math.inf], METRICS["iou"]) == "<p>No image has a value to show.</p>"


@pytest.mark.parametrize("values", [[0.9, 0.9, 1.0, 0.1], [0.0, 0.0, 0.1, 0.9], [1.0], [0.0]])
def test_words_stay_in_the_drawing_and_no_line_crosses_them(values: list[float]) -> None:
    drawn = histogram(values, METRICS["iou"])
    words = re.findall(r'<text x="([\d.]+)" y="(\d+)" text-anchor="(start|end)">(?:mean|median)', drawn)
    lines = re.findall(r'<line class="(?:mean|median)" x1="([\d.]+)" x2="[\d.]+" y1="(\d+)"', drawn)
    assert len(words) == len(lines) == 2
    long = 90  # px, more than "median 0.123" takes
    for (x, y, anchor), _ in zip(words, lines, strict=True):
        left, right = (float(x), float(x) + long) if anchor == "start" else (float(x) - long, float(x))
        assert 0 <= left < right <= WIDTH
        assert not any(left < float(at) < right and float(top) < float(y) - 8 for at, top in lines)
