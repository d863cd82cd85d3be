"""One function draws a stage of every kind in a notebook, and says it in a sentence."""

from __future__ import annotations

import json
from typing import get_args

import numpy as np
import pytest

import workbench as wb
from workbench.export import painted
from workbench.segmentation import Segmentation
from workbench.trace import Kind, Stage
from workbench.widgets.charts import Chart
from workbench.widgets.stages import draw, picture
from workbench.widgets.viewer import Viewer

IMAGE = np.full((20, 30, 3), 90, np.uint8)
IDS = np.arange(600).reshape(20, 30) // 100 + 1
FIELD = np.stack(np.mgrid[-1:1:20j, -1:1:30j], -1)
STAGES = {
    "image": Stage("gradient", np.hypot(*np.mgrid[:20, :30]), "a slope"),
    "labels": Stage("regions", IDS, "six of them", "labels"),
    "field": Stage("force", FIELD, "outwards", "field"),
    "chart": Stage("energy", np.array([[0.0, 1, 2], [9, 4, 3]]), "falls", "chart", (1,), ("round", "energy")),
    "scatter": Stage("colours", np.array([[0, 1, 2], [5, 4, 5], [0, 0, 1.0]]), "two", "scatter", ((1, 4.5),)),
    "graph": Stage("neighbours", np.array([[2, 3], [9, 9], [15, 4.0]]), "a chain", "graph",
                   ((0, 1, 0.5), (1, 2, 2.0))),
    "tree": Stage("merges", np.array([[3, 3, 4, 4, -1], [0, 0, 0, 1, 2.5]]), "two", "tree"),
}  # fmt: skip


def test_every_kind_is_here() -> None:
    assert set(STAGES) == set(get_args(Kind))


@pytest.mark.parametrize("kind", STAGES)
@pytest.mark.parametrize("image", [IMAGE, None], ids=["over", "bare"])
def test_every_kind_is_drawn_and_has_one_line_of_words(kind: str, image: np.ndarray | None) -> None:
    stage = STAGES[kind]
    drawn = draw(stage, image, height=260)
    words = f"{stage.name}: {stage.caption}"
    if isinstance(drawn, Viewer):
        assert kind in ("image", "labels")
        assert (drawn.alternative, drawn.height) == (words, 260)
        assert drawn._repr_mimebundle_()[0]["text/plain"] == words
    else:
        assert isinstance(drawn, Chart)
        assert (repr(drawn), drawn.figure.layout.height) == (words, 260)
        json.dumps(drawn._repr_mimebundle_(), allow_nan=False)
        assert len(drawn.figure.data) >= 1


def test_an_image_shows_its_values_and_labels_lie_over_the_photograph() -> None:
    shown = draw(STAGES["image"])
    assert shown.picture["size"] == [20, 30]
    assert [pane["name"] for pane in shown.panes] == ["gradient"]
    over = draw(STAGES["labels"], IMAGE)
    assert len(over.panes[0]["segments"]) == 6
    bare = draw(STAGES["labels"], np.zeros((5, 5, 3), np.uint8))  # of another size: not this stage's
    assert bare.picture["bytes"] == draw(STAGES["labels"]).picture["bytes"] != over.picture["bytes"]


def test_pictures_span_black_to_white_and_bytes_stay() -> None:
    assert picture(np.array([[2.0, 4.0, np.nan]]))[0, :, 0].tolist() == [128, 255, 0]
    assert picture(np.array([[7, 9]], np.uint8))[0, :, 2].tolist() == [7, 9]
    assert picture(np.array([[False, True]]))[0, :, 1].tolist() == [0, 255]
    assert picture(np.zeros((0, 3))).shape == (0, 3, 3)


def test_arrows_point_where_the_field_does() -> None:
    down = np.zeros((8, 8, 2))
    down[..., 0] = 1
    (trace,) = draw(Stage("down", down, kind="field")).figure.data
    shafts = np.array([trace.y, trace.x], float).T.reshape(-1, 3, 2)[: 8 * 8, :2]
    assert np.allclose(shafts[:, 1] - shafts[:, 0], [0.9, 0])
    thin = np.zeros((100, 70, 2))
    thin[33, 44] = 5, 0  # between the places that a grid would look at
    (trace,) = draw(Stage("thin", thin, kind="field")).figure.data
    ends = np.array([trace.y, trace.x], float).T.reshape(-1, 3, 2)[:, :2]
    assert [33, 44] in ends[np.ptp(ends, axis=1).max(axis=1) > 0][:, 0].tolist()
    assert draw(Stage("still", np.zeros((4, 4, 2)), kind="field")).figure.data


def test_a_graphs_heavier_edges_are_thicker() -> None:
    traces = draw(STAGES["graph"], IMAGE).figure.data
    ends = {
        trace.line.width: [*zip(trace.y[:2], trace.x[:2], strict=True)]
        for trace in traces[:-1]
        if len(trace.x)
    }
    assert ends == {0.75: [(2, 3), (9, 9)], 3: [(9, 9), (15, 4)]}
    assert list(traces[-1].x) == [3, 9, 4]
    assert len(draw(Stage("none", np.zeros((0, 2)), kind="graph")).figure.data) == 5


def test_a_dendrogram_joins_its_leaves_in_order() -> None:
    (trace,) = draw(STAGES["tree"]).figure.data
    lines = np.array([trace.y, trace.x], float).T.reshape(-1, 3, 2)[:, :2]
    bars = [line.tolist() for line in lines if line[0, 0] == line[1, 0]]
    assert bars == [[[1, 1], [1, 2]], [[2.5, 0], [2.5, 1.5]]]  # the pair first, then it with the third leaf
    chain = np.array([[*range(1, 5000), -1], range(5000)], float)
    assert draw(Stage("a chain", chain, kind="tree")).figure.layout.xaxis.title.text == "1 leaves"


def test_dots_wear_the_colours_of_their_segments() -> None:
    colours = draw(STAGES["scatter"]).figure.data[0].marker.color
    first = painted(Segmentation.from_partition(np.array([[1, 2]])))[0]
    assert [*colours] == [f"rgb({r}, {g}, {b})" for r, g, b in first[[0, 0, 1]]]


@pytest.mark.parametrize("name", ["otsu", "canny-fill", "kmeans"])
def test_the_stages_of_a_run_can_be_drawn(name: str) -> None:
    image = wb.samples.load("coins").image[:64, :64]
    for stage in wb.run(name, image).stages:
        assert draw(stage, image) is not None
