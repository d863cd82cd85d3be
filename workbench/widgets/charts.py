"""Charts for lessons: one face, one set of margins, direct labels, and a sentence that says what each is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from workbench.widgets.tables import SCALE, heat_table

FACE = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", sans-serif'
INK = "#727980"  # readable on a light page and on a dark one alike
LINES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")  # Okabe and Ito, those that hold on white and on black
FILL = "rgba(128, 138, 148, 0.45)"
HEIGHT = 300  # px
ROW = 24  # px, height of a heat map's row


@dataclass(frozen=True)
class Chart:
    """Hold a plotly figure and the sentence that says in words what it shows.

    The sentence is the chart's title, what a screen reader hears, and what a page without plotly shows,
    unless the chart is there as `html` too.
    """

    figure: Any
    finding: str
    html: str = ""

    def __repr__(self) -> str:
        return self.finding

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        figure = {**self.figure.to_plotly_json(), "config": {"displayModeBar": False, "responsive": True}}
        plain = {"text/plain": self.finding} | ({"text/html": self.html} if self.html else {})
        return {"application/vnd.plotly.v1+json": _plain(figure), **plain}


def layout(finding: str, x_label: str, y_label: str) -> dict[str, Any]:
    """Give the layout that every chart has: face, margins, quiet axes, the finding as its title."""
    axis = {
        "showgrid": False,
        "zeroline": False,
        "linecolor": INK,
        "showline": True,
        "ticks": "outside",
        "tickcolor": INK,
    }
    return {
        "font": {"family": FACE, "size": 13, "color": INK},
        "title": {
            "text": finding,
            "x": 0,
            "xref": "paper",
            "xanchor": "left",
            "y": 0.98,
            "yanchor": "top",
            "font": {"size": 14},
        },
        "margin": {"l": 64, "r": 112, "t": 64, "b": 48},
        "height": HEIGHT,
        "showlegend": False,
        "paper_bgcolor": "rgba(0, 0, 0, 0)",
        "plot_bgcolor": "rgba(0, 0, 0, 0)",
        "hovermode": "x unified",
        "hoverlabel": {"bgcolor": "#ffffff", "font": {"color": "#16191d"}},
        "xaxis": {**axis, "title": {"text": x_label}},
        "yaxis": {**axis, "title": {"text": y_label}, "rangemode": "tozero"},
    }


def histogram(
    counts: ArrayLike,
    finding: str,
    *,
    marks: Mapping[str, float] | None = None,
    second: Mapping[str, ArrayLike] | None = None,
) -> Chart:
    """Draw how many pixels each grey level has, with named levels, and a curve to its own scale.

    Parameters
    ----------
    counts : (N,) pixels of each level. finding : what the chart shows, in a sentence.
    marks : levels to draw a line at, by name. second : one curve of N values by name, scaled to the chart.

    >>> histogram([1, 5, 2], "Most pixels are at level 1.")
    Most pixels are at level 1.
    """
    import plotly.graph_objects as go

    heights = np.asarray(counts)
    levels = np.arange(len(heights))
    figure = go.Figure(layout=layout(finding, "grey level", "pixels"))
    figure.add_bar(
        x=levels,
        y=heights,
        marker={"color": FILL, "line_width": 0},
        name="pixels",
        hovertemplate="%{y:,} pixels",
    )
    figure.update_layout(bargap=0)
    for number, (name, curve) in enumerate((second or {}).items()):
        values = np.asarray(curve, float)
        scaled = values * heights.max() / (values.max() or 1)
        _line(figure, levels, scaled, f"{name} (own scale)", LINES[number], values)
    _marks(figure, marks or {})
    return Chart(figure, finding)


def curves(
    x: ArrayLike,
    lines: Mapping[str, ArrayLike],
    finding: str,
    *,
    marks: Mapping[str, float] | None = None,
    axes: tuple[str, str] = ("", ""),
) -> Chart:
    """Draw named curves over one x axis, each labelled at its end, with named positions marked.

    Raises
    ------
    ValueError : no curve, or more than four, which direct labels and four colours can tell apart.

    >>> curves([0, 1], {"IoU": [0.2, 0.4]}, "IoU doubles.", axes=("level", "IoU")).figure.data[0].name
    'IoU'
    """
    import plotly.graph_objects as go

    if not 1 <= len(lines) <= len(LINES):
        raise ValueError(
            f"curves: a chart has 1 to {len(LINES)} curves, got {len(lines)}; draw a second chart"
        )
    figure = go.Figure(layout=layout(finding, *axes))
    for number, (name, values) in enumerate(lines.items()):
        _line(figure, np.asarray(x), np.asarray(values, float), name, LINES[number])
    _marks(figure, marks or {})
    return Chart(figure, finding)


def heatmap(
    values: ArrayLike,
    rows: Sequence[str],
    columns: Sequence[str],
    finding: str,
    *,
    name: str = "score",
    notes: Sequence[Sequence[str]] | None = None,
) -> Chart:
    """Draw a table of numbers from 0 to 1 as colours, each cell with its number.

    Where there is no plotly, as in a dashboard, it is a table of the same colours.

    Parameters
    ----------
    values : (R, C) numbers; nan stays blank, below 0 has the colour of 0. rows, columns : their names.
    name : what the numbers are. notes : (R, C) what else to say of a cell where somebody points at it.

    >>> heatmap([[0.2, 0.9]], ["Otsu"], ["cell", "coins"], "Coins are easier.", name="IoU")
    Coins are easier.
    """
    import plotly.graph_objects as go

    numbers = np.asarray(values, float)
    text = [["" if np.isnan(value) else f"{value:.2f}" for value in line] for line in numbers]
    said = notes or [[""] * len(columns)] * len(rows)
    look = layout(finding, "", "")
    axis = {"showgrid": False, "zeroline": False, "showline": False, "ticks": "", "fixedrange": True}
    look |= {
        "height": ROW * len(rows) + 200,
        "margin": {"l": 16, "r": 16, "t": 72, "b": 16},
        "hovermode": "closest",
        "xaxis": {**axis, "side": "top", "tickangle": -40, "automargin": True},
        "yaxis": {**axis, "autorange": "reversed", "automargin": True},
    }
    figure = go.Figure(layout=look)
    figure.add_heatmap(
        z=numbers,
        x=list(columns),
        y=list(rows),
        text=text,
        customdata=said,
        texttemplate="%{text}",
        hovertemplate=f"%{{y}} on %{{x}}<br>{name} %{{text}}%{{customdata}}<extra></extra>",
        colorscale=SCALE,
        zmin=0,
        zmax=1,
        xgap=1,
        ygap=1,
        colorbar={"title": {"text": name}, "thickness": 12, "outlinewidth": 0},
    )
    table = heat_table(numbers, rows, columns, finding, notes=said)
    return Chart(figure, finding, table)


def _line(figure: Any, x: Any, y: Any, name: str, colour: str, values: Any = None) -> None:
    """Draw one curve, named beside it; `values` are what hovering says where `y` was scaled."""
    told = y if values is None else values
    figure.add_scatter(
        x=x,
        y=y,
        customdata=told,
        name=name,
        mode="lines",
        line={"color": colour, "width": 2},
        hovertemplate="%{customdata:.4g}",
    )
    # Named where it comes down for the last time: at its top, marks have their names already.
    high = np.flatnonzero(np.nan_to_num(y) >= 0.6 * np.nan_to_num(y).max())
    at = int(high[-1])
    figure.add_annotation(
        x=float(x[at]),
        y=float(np.nan_to_num(y)[at]),
        text=name,
        showarrow=False,
        xanchor="left",
        yanchor="bottom",
        xshift=6,
        font={"color": colour},
    )


def _marks(figure: Any, marks: Mapping[str, float]) -> None:
    """Draw named lines; their names stand above the chart, in two rows, so that close ones keep apart."""
    for number, (name, position) in enumerate(marks.items()):
        figure.add_vline(x=position, line={"color": INK, "width": 1.5, "dash": "dot"})
        figure.add_annotation(
            x=position,
            y=1,
            yref="paper",
            yanchor="bottom",
            yshift=15 * (number % 2),
            text=name,
            showarrow=False,
        )


def _plain(value: Any) -> Any:
    """Turn arrays and numpy numbers into what JSON can hold; nan and infinity become None."""
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(part) for part in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    return None if isinstance(value, float) and not np.isfinite(value) else value
