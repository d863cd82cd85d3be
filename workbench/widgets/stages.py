"""A step of a method in a notebook: pictures in the viewer, the rest as charts, each with a sentence."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.export import painted
from workbench.image import Image
from workbench.segmentation import Segmentation
from workbench.trace import Stage
from workbench.widgets.charts import FILL, INK, LINES, Chart, layout
from workbench.widgets.viewer import Viewer, encode_png

ARROWS = 32  # along the longer side of a field
MOST_EDGES = 5000  # of a graph; the heaviest ones


def draw(stage: Stage, image: Image | None = None, *, height: int = 320) -> Chart | Viewer:
    """Show a stage in a notebook: an image or labels in the viewer, the other kinds as a chart.

    Parameters
    ----------
    stage : of a result's `stages`. height : of the canvas or chart, px.
    image : the (H, W, 3) uint8 picture that the method saw; labels, fields and graphs are drawn over it.

    >>> draw(Stage("energy", np.array([[0, 1], [5, 3]]), "it falls", "chart", axes=("round", "energy")))
    energy: it falls
    """
    if stage.kind in ("image", "labels"):
        return _viewer(stage, image, height)
    if stage.kind in ("field", "graph"):
        chart = (_field if stage.kind == "field" else _graph)(stage, image)
    else:
        chart = {"chart": _chart, "scatter": _scatter, "tree": _tree}[stage.kind](stage)
    chart.figure.update_layout(height=height, hovermode="closest")
    return chart


def picture(array: NDArray[Any]) -> Image:
    """Bring any (H, W) or (H, W, 3) values to uint8 RGB: the lowest black, the highest white; bytes stay.

    What is no number is black.

    >>> picture(np.array([[1.0, 3.0]])).tolist()
    [[[0, 0, 0], [255, 255, 255]]]
    """
    values = np.nan_to_num(np.asarray(array, np.float32), posinf=0.0, neginf=0.0)
    if array.dtype != np.uint8:
        low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)
        values = (values - low) / (high - low or 1) * 255
    grey = np.round(values).astype(np.uint8)
    return grey if grey.ndim == 3 else np.repeat(grey[:, :, None], 3, axis=2)


def sentence(stage: Stage) -> str:
    """Say in one line what a stage is: its name and its caption."""
    return f"{stage.name}: {stage.caption}" if stage.caption else stage.name


def _viewer(stage: Stage, image: Image | None, height: int) -> Viewer:
    if stage.kind == "image":
        shown = picture(stage.array)
        nothing = Segmentation(np.zeros(shown.shape[:2], np.int32), {})
        return _Pictured(shown, {stage.name: nothing}, sentence(stage), height)
    ids = Segmentation.from_partition(np.asarray(stage.array, np.int64))
    under = image if image is not None and image.shape[:2] == ids.shape else painted(ids)
    return _Pictured(under, {stage.name: ids}, sentence(stage), height)


class _Pictured(Viewer):
    """A viewer whose words are a stage's."""

    def __init__(self, image: Image, panes: dict[str, Segmentation], words: str, height: int) -> None:
        super().__init__(image, panes, height=height)
        self.panes = [{**pane, "summary": words.partition(": ")[2]} for pane in self.panes]
        self.words = words

    @property
    def alternative(self) -> str:
        """Say in words what is shown."""
        return self.words


def _figure(stage: Stage, x_label: str = "", y_label: str = "") -> Any:
    import plotly.graph_objects as go

    return go.Figure(layout=layout(sentence(stage), x_label, y_label))


def _chart(stage: Stage) -> Chart:
    figure = _figure(stage, *stage.axes)
    x, y, *second = stage.array
    if stage.axes[1] == "pixels":
        figure.add_bar(x=x, y=y, marker={"color": FILL, "line_width": 0}, hovertemplate="%{x:.4g}: %{y:,}")
        figure.update_layout(bargap=0)
    else:
        figure.add_scatter(
            x=x, y=y, mode="lines", line={"color": LINES[0]}, hovertemplate="%{x:.4g}: %{y:.4g}"
        )
    for curve in second:
        # A second curve has a unit of its own: only its shape and its peak are to be read.
        scaled = curve * (np.nanmax(y, initial=0.0) / (np.nanmax(curve, initial=0.0) or 1))
        figure.add_scatter(
            x=x, y=scaled, mode="lines", line={"color": LINES[1], "dash": "dash"}, hoverinfo="x"
        )
    for mark in stage.marks:
        figure.add_vline(x=mark, line={"color": INK, "width": 1.5, "dash": "dot"})
        figure.add_annotation(
            x=mark, y=1, yref="paper", yanchor="bottom", text=f"{mark:.3g}", showarrow=False
        )
    return Chart(figure, sentence(stage))


def _scatter(stage: Stage) -> Chart:
    figure = _figure(stage, *stage.axes)
    x, y, *group = stage.array
    colour = _colours(group[0].astype(int)) if group else LINES[0]
    figure.add_scattergl(x=x, y=y, mode="markers", marker={"size": 4, "color": colour}, hoverinfo="x+y")
    if stage.marks:
        across, up = np.array(stage.marks).T
        cross = {"symbol": "cross-thin", "size": 14, "line": {"width": 2.5, "color": INK}}
        figure.add_scatter(x=across, y=up, mode="markers", marker=cross, name="centre")
    figure.update_yaxes(rangemode="normal")
    return Chart(figure, sentence(stage))


def _field(stage: Stage, image: Image | None) -> Chart:
    """Draw the strongest vector of each of a few hundred cells, long where the field is strong."""
    rows, columns = stage.array.shape[:2]
    field = np.nan_to_num(np.asarray(stage.array, float))
    step = max(1, max(rows, columns) // ARROWS)
    places = _strongest(np.hypot(field[..., 0], field[..., 1]), step)
    vectors = field[tuple(places.T)]
    lengths = np.hypot(*vectors.T)
    usual = (np.quantile(lengths, 0.95) or lengths.max() or 1.0) if lengths.size else 1.0
    part = 0.9 * step * np.minimum(1, lengths / usual) / np.maximum(lengths, 1e-300)
    figure = _pictured(stage, image, (rows, columns))
    _lines(figure, _arrows(places.astype(float), vectors * part[:, None]), LINES[0], 1.5)
    return Chart(figure, sentence(stage))


def _strongest(lengths: NDArray[np.float64], step: int) -> NDArray[np.int64]:
    """Give (N, 2), where (H, W) lengths are highest in each cell of `step` by `step` px."""
    high, wide = (-(-side // step) for side in lengths.shape)
    # What is padded is never the highest.
    grown = np.full((high * step, wide * step), -1.0)
    grown[: lengths.shape[0], : lengths.shape[1]] = lengths
    cells = grown.reshape(high, step, wide, step).swapaxes(1, 2).reshape(high, wide, -1).argmax(axis=2)
    row, column = np.mgrid[:high, :wide] * step
    return np.stack((row + cells // step, column + cells % step), axis=-1).reshape(-1, 2)


def _graph(stage: Stage, image: Image | None) -> Chart:
    nodes = np.asarray(stage.array, float).reshape(-1, 2)
    edges = np.array(stage.marks, float).reshape(-1, 3)
    edges = edges[np.argsort(edges[:, 2])[-MOST_EDGES:]]
    reach = nodes.max(axis=0, initial=0) + 1
    size = image.shape[:2] if image is not None else (int(reach[0]), int(reach[1]))
    figure = _pictured(stage, image, size)
    low, high = (edges[:, 2].min(), edges[:, 2].max()) if len(edges) else (0.0, 1.0)
    for part in range(4):  # the heavier, the thicker
        inside = np.minimum(3, (4 * (edges[:, 2] - low) / (high - low or 1)).astype(int)) == part
        ends = edges[inside, :2].astype(int)
        _lines(figure, nodes[ends], LINES[0], (0.75, 1.25, 2, 3)[part])
    dots = {"size": 6, "color": LINES[1], "line": {"width": 1, "color": "#ffffff"}}
    figure.add_scatter(
        x=nodes[:, 1], y=nodes[:, 0], mode="markers", marker=dots, hovertemplate="row %{y}, column %{x}"
    )
    return Chart(figure, sentence(stage))


def _tree(stage: Stage) -> Chart:
    """Draw a dendrogram: leaves along the foot, a bar at the height where two became one."""
    parents, heights = stage.array[0].astype(int), stage.array[1]
    across, children = _laid_out(parents)
    legs = [
        [(heights[child], across[child]), (heights[node], across[child])]
        for node, under in enumerate(children)
        for child in under
    ]
    bars = [
        [(heights[node], min(across[under])), (heights[node], max(across[under]))]
        for node, under in enumerate(children)
        if under
    ]
    leaves = sum(not under for under in children)
    figure = _figure(stage, f"{leaves} leaves", "height of the merge")
    _lines(figure, np.array(legs + bars, float).reshape(-1, 2, 2), LINES[0], 1.5)
    figure.update_xaxes(showticklabels=False, ticks="")
    return Chart(figure, sentence(stage))


def _laid_out(parents: NDArray[np.int64]) -> tuple[NDArray[np.float64], list[list[int]]]:
    """Give each node's place along the foot, leaves at 0, 1, 2, ..., and each node's children."""
    children: list[list[int]] = [[] for _ in parents]
    for node, parent in enumerate(parents):
        if parent >= 0:
            children[parent].append(node)
    across = np.zeros(len(parents))
    leaves = 0
    # Every node is met twice, on the way down and up again; no recursion, since a chain of merges is deep.
    open_nodes = [(int(root), False) for root in np.flatnonzero(parents < 0)[::-1]]
    while open_nodes:
        node, is_done = open_nodes.pop()
        if not children[node]:
            across[node], leaves = leaves, leaves + 1
        elif is_done:
            across[node] = across[children[node]].mean()
        else:
            open_nodes += [(node, True), *((child, False) for child in reversed(children[node]))]
    return across, children


def _pictured(stage: Stage, image: Image | None, size: tuple[int, int]) -> Any:
    """Give a figure with rows and columns as axes, the picture under it where there is one."""
    figure = _figure(stage, "column", "row")
    if image is not None:
        source = "data:image/png;base64," + base64.b64encode(encode_png(np.ascontiguousarray(image))).decode()
        under = {"xref": "x", "yref": "y", "x": -0.5, "y": -0.5, "sizex": size[1], "sizey": size[0]}
        figure.add_layout_image(source=source, sizing="stretch", layer="below", opacity=0.6, **under)
    figure.update_xaxes(range=[-0.5, size[1] - 0.5], showline=False, constrain="domain")
    figure.update_yaxes(range=[size[0] - 0.5, -0.5], showline=False, scaleanchor="x", constrain="domain")
    return figure


def _arrows(places: NDArray[np.float64], vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give (3 N, 2, 2) lines from rows and columns to others: a shaft and two barbs for each arrow."""
    tips = places + vectors
    aside = np.stack((-vectors[:, 1], vectors[:, 0]), axis=1)
    barbs = [tips - 0.34 * vectors + side * 0.2 * aside for side in (-1, 1)]
    return np.concatenate(
        [np.stack(ends, axis=1) for ends in ((places, tips), (tips, barbs[0]), (tips, barbs[1]))]
    )


def _lines(figure: Any, lines: NDArray[np.float64], colour: str, width: float) -> None:
    """Add (N, 2, 2) lines, from row and column to row and column, as one trace with gaps between them."""
    gaps = np.full((len(lines), 1, 2), np.nan)
    rows, columns = np.concatenate((lines, gaps), axis=1).reshape(-1, 2).T
    figure.add_scatter(
        x=columns, y=rows, mode="lines", line={"color": colour, "width": width}, hoverinfo="skip"
    )


def _colours(groups: NDArray[np.int64]) -> list[str]:
    """Give each dot the colour that a segment of its group's number has."""
    numbers, places = np.unique(groups, return_inverse=True)
    shown = painted(Segmentation.from_partition((numbers[None] + (numbers.min() < 1)).astype(np.int64)))[0]
    return [f"rgb({r}, {g}, {b})" for r, g, b in shown[places]]
