"""Charts: one look, the finding in words, and plotly only when one is drawn."""

from __future__ import annotations

import json
import math
import re
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


def heat() -> charts.Chart:
    values = [[0.0, 0.45, 1.0], [np.nan, -0.2, 0.7]]
    return charts.heatmap(
        values, ["Otsu", "A & B"], ["coins", "cell", "cat"], "Cats are easiest.", name="IoU",
        notes=[["<br>best here 0.50"] * 3] * 2,
    )  # fmt: skip


def test_a_heat_map_writes_each_number_in_its_cell_and_leaves_unknown_ones_blank() -> None:
    drawn = heat().figure.data[0]
    assert [list(line) for line in drawn.text] == [["0.00", "0.45", "1.00"], ["", "-0.20", "0.70"]]
    assert (drawn.zmin, drawn.zmax) == (0, 1)
    assert heat().figure.layout.title.text == heat().finding == "Cats are easiest."
    assert heat().figure.layout.font.family == charts.FACE
    json.dumps(heat()._repr_mimebundle_(), allow_nan=False)
    assert charts.heatmap([[0.5]], ["a"], ["b"], "x").figure.data[0].customdata[0][0] == ""


def test_without_plotly_a_heat_map_is_a_table_of_the_same_numbers_and_colours() -> None:
    html = heat()._repr_mimebundle_()["text/html"]
    assert "<caption>Cats are easiest.</caption>" in html
    assert re.findall(r'scope="row"[^>]*>([^<]*)', html) == ["Otsu", "A &amp; B"]
    assert re.findall(r"<td[^>]*>([^<]*)</td>", html)[1:] == ["0.00", "0.45", "1.00", "", "-0.20", "0.70"]
    assert 'title="best here 0.50"' in html


def test_numbers_on_every_colour_of_the_scale_can_be_read() -> None:
    steps = np.linspace(0, 1, 101)[None]
    html = charts.heatmap(steps, ["a"], [str(n) for n in range(101)], "x").html
    pairs = re.findall(r"background:rgb\((.*?)\);color:#(\w)", html)
    assert len(pairs) == 101
    for colour, ink in pairs:
        ground = "#" + "".join(f"{round(float(part)):02x}" for part in colour.split(","))
        assert contrast(ground, "#" + ink * 6) >= 4.5


def contrast(first: str, second: str) -> float:
    """Give the contrast ratio of two colours, as WCAG 2 defines it."""
    low, high = sorted(luminance(colour) for colour in (first, second))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else math.pow((p + 0.055) / 1.055, 2.4) for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
