"""A chart of dots for lessons: one for each thing, with named lines across."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from workbench.widgets.charts import INK, LINES, Chart, layout

SHAPES = ("circle", "diamond", "square", "x")  # that no eye needs the colours


def dots(
    groups: Mapping[str, tuple[ArrayLike, ArrayLike]],
    finding: str,
    *,
    axes: tuple[str, str] = ("", ""),
    levels: Mapping[str, float] | None = None,
) -> Chart:
    """Draw a dot for each thing, groups in colours and shapes of their own, with named heights marked.

    Parameters
    ----------
    groups : x and y of each group's dots, by its name. finding : what the chart shows, in a sentence.
    axes : what x and y are. levels : heights to draw a line at, by name.

    Raises
    ------
    ValueError : no group, more than four, or a group whose x and y differ in length.

    >>> dots({"coins": ([1, 2], [3, 4])}, "Large coins are worth more.", axes=("mm", "euro"))
    Large coins are worth more.
    """
    import plotly.graph_objects as go

    if not 1 <= len(groups) <= len(LINES):
        raise ValueError(f"dots: a chart has 1 to {len(LINES)} groups, got {len(groups)}; draw a second one")
    figure = go.Figure(layout=layout(finding, *axes))
    for number, (name, (x, y)) in enumerate(groups.items()):
        across, up = np.asarray(x, float), np.asarray(y, float)
        if across.shape != up.shape:
            raise ValueError(
                f"dots: {name!r} needs as many x as y, got {across.size} and {up.size}; give both of each dot"
            )
        marker = {"color": LINES[number], "symbol": SHAPES[number], "size": 8, "opacity": 0.7}
        figure.add_scatter(x=across, y=up, mode="markers", name=name, marker=marker)
    for name, height in (levels or {}).items():
        figure.add_hline(y=height, line={"color": INK, "width": 1.5, "dash": "dot"})
        figure.add_annotation(
            x=1, xref="paper", y=height, xanchor="left", text=name, showarrow=False, xshift=4
        )  # fmt: skip
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}
    figure.update_layout(hovermode="closest", showlegend=len(groups) > 1, legend=legend)
    figure.update_yaxes(rangemode="normal")  # differences lie on both sides of 0
    return Chart(figure, finding)
