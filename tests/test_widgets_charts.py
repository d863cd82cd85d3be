"""Charts: one look, the finding in words, and plotly only when one is drawn."""

from __future__ import annotations

import json
import math
import subprocess
import sys

import numpy as np
import pytest

from workbench.taxonomy import OKABE_ITO
from workbench.widgets import charts


def test_plotly_waits_until_a_chart_is_drawn() -> None:
    code = "import sys, workbench.widgets.charts; sys.exit('plotly' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=120, check=False).returncode == 0


@pytest.fixture(params=["histogram", "curves"])
def chart(request: pytest.FixtureRequest) -> charts.Chart:
    if request.param == "histogram":
        return charts.histogram(
            np.array([0, 5, 2]),
            "Level 1 leads.",
            marks={"Otsu": 1},
            second={"variance": np.array([0.0, 0.5, 0.1])},
        )
    return charts.curves(
        [0, 1, 2], {"IoU": [0.1, np.nan, 0.9]}, "IoU rises.", marks={"best": 2}, axes=("level", "IoU")
    )


def test_the_finding_is_title_and_text_alternative(chart: charts.Chart) -> None:
    assert chart.figure.layout.title.text == chart.finding == repr(chart)
    assert chart._repr_mimebundle_()["text/plain"] == chart.finding


def test_it_is_json_that_any_page_can_read(chart: charts.Chart) -> None:
    bundle = chart._repr_mimebundle_()
    json.dumps(bundle, allow_nan=False)
    assert bundle["application/vnd.plotly.v1+json"]["config"]["displayModeBar"] is False


def test_all_charts_share_face_margins_and_axes_from_zero(chart: charts.Chart) -> None:
    layout = chart.figure.layout
    assert layout.font.family == charts.FACE
    assert layout.margin.to_plotly_json() == charts.layout("", "", "")["margin"]
    assert layout.yaxis.rangemode == "tozero"
    assert layout.showlegend is False


def test_curves_and_marks_are_labelled_where_they_are(chart: charts.Chart) -> None:
    words = {note.text for note in chart.figure.layout.annotations}
    assert words in ({"Otsu", "variance (own scale)"}, {"IoU", "best"})


def test_hovering_tells_the_value_and_not_the_scaled_one() -> None:
    chart = charts.histogram([0, 50], "x", second={"variance": [0.0, 0.5]})
    assert list(chart.figure.data[1].customdata) == [0.0, 0.5]
    assert max(chart.figure.data[1].y) == 50


def test_an_empty_curve_and_an_empty_histogram_are_drawn_too() -> None:
    charts.curves([0, 1], {"none": [np.nan, np.nan]}, "Nothing is defined.")._repr_mimebundle_()
    charts.histogram(np.zeros(4, int), "Nothing.", second={"variance": np.zeros(4)})._repr_mimebundle_()


@pytest.mark.parametrize("count", [0, 5])
def test_as_many_curves_as_colours_can_tell_apart(count: int) -> None:
    with pytest.raises(ValueError, match=f"curves: a chart has 1 to 4 curves, got {count}"):
        charts.curves([0], {str(n): [0.0] for n in range(count)}, "x")


def test_colours_are_the_palettes_and_words_are_readable_on_light_and_dark() -> None:
    assert set(charts.LINES) <= set(OKABE_ITO)
    assert contrast(charts.INK, "#ffffff") >= 4
    assert contrast(charts.INK, "#111111") >= 4


def contrast(first: str, second: str) -> float:
    """Give the contrast ratio of two colours, as WCAG 2 defines it."""
    low, high = sorted(luminance(colour) for colour in (first, second))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else math.pow((p + 0.055) / 1.055, 2.4) for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
