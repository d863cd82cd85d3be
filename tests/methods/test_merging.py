from itertools import pairwise

import networkx
import numpy as np
import pytest
import skimage as ski

import workbench as wb
from workbench.methods.merging import graph_of, merge_nearest
from workbench.methods.partitions import neighbours
from workbench.registry import start_from
from workbench.trace import Trace, listen


@pytest.fixture(scope="module")
def pieces(colour: np.ndarray) -> np.ndarray:
    return ski.segmentation.slic(colour, n_segments=80, start_label=1)


def _librarys(image: np.ndarray, ids: np.ndarray, threshold: float) -> np.ndarray:
    """Merge as scikit-image's own example of hierarchical merging does."""

    def weight(graph: ski.graph.RAG, src: int, dst: int, n: int) -> dict[str, float]:
        return {"weight": np.linalg.norm(graph.nodes[dst]["mean color"] - graph.nodes[n]["mean color"])}

    def merge(graph: ski.graph.RAG, src: int, dst: int) -> None:
        graph.nodes[dst]["total color"] += graph.nodes[src]["total color"]
        graph.nodes[dst]["pixel count"] += graph.nodes[src]["pixel count"]
        total, count = graph.nodes[dst]["total color"], graph.nodes[dst]["pixel count"]
        graph.nodes[dst]["mean color"] = total / count

    rag = ski.graph.rag_mean_color(image, ids, connectivity=1)
    return ski.graph.merge_hierarchical(ids, rag, threshold, False, True, merge, weight)


def _same_regions(one: np.ndarray, other: np.ndarray) -> bool:
    pairs = np.unique(np.stack([one.ravel(), other.ravel()]), axis=1)
    return pairs.shape[1] == len(np.unique(one)) == len(np.unique(other))


def test_the_graph_is_the_librarys(colour: np.ndarray, pieces: np.ndarray) -> None:
    ours, theirs = graph_of(colour, pieces), ski.graph.rag_mean_color(colour, pieces, connectivity=1)
    assert set(map(frozenset, ours.edges)) == set(map(frozenset, theirs.edges))
    assert all(ours[a][b]["weight"] == pytest.approx(d["weight"]) for a, b, d in theirs.edges(data=True))
    assert all(ours.nodes[n]["pixel count"] == theirs.nodes[n]["pixel count"] for n in theirs)


@pytest.mark.parametrize("threshold", [5, 20, 35, 60])
def test_merging_is_the_librarys(colour: np.ndarray, pieces: np.ndarray, threshold: float) -> None:
    start = start_from("slic", segments=80, sigma=0.0)
    nearest = wb.run("rag-merge", colour, start=start, threshold=threshold).output
    assert _same_regions(nearest.ids, _librarys(colour, pieces, threshold))
    rag = ski.graph.rag_mean_color(colour, pieces, connectivity=1)
    expected = ski.graph.cut_threshold(pieces, rag, threshold)
    cut = wb.run("rag-merge", colour, start=start, threshold=threshold, rule="threshold").output
    assert _same_regions(cut.ids, expected)


def test_what_is_left_lies_further_apart_than_the_threshold(colour: np.ndarray) -> None:
    ids = wb.run("rag-merge", colour, threshold=25).output.ids
    assert min(apart for *_, apart in graph_of(colour, ids).edges(data="weight")) >= 25


def test_the_order_of_merging_ends_in_one_region(colour: np.ndarray, pieces: np.ndarray) -> None:
    rag = graph_of(colour, pieces)
    before = networkx.to_dict_of_dicts(rag)
    merged, order = merge_nearest(pieces, rag, np.inf)
    assert len(np.unique(merged)) == 1
    assert len(order) == pieces.max() - 1
    assert {a for a, _, _ in order} | {order[-1][1]} == set(range(1, pieces.max() + 1))
    assert networkx.to_dict_of_dicts(rag).keys() == before.keys()


def test_any_partition_can_be_the_start(colour: np.ndarray) -> None:
    for start in ("split-merge", "felzenszwalb", start_from("kmeans", k=4)):
        result = wb.run("rag-merge", colour, start=start)
        assert result.output.yields == "partition"
        first = wb.run(
            result.recipe.values["start"]["method"], colour, **result.recipe.values["start"]["values"]
        )
        assert 1 <= len(result.output.segments) <= len(first.output.segments)
    with pytest.raises(ValueError, match="rag-merge: start"):
        wb.run("rag-merge", colour, start="otsu")


def test_a_wide_threshold_leaves_one_region(colour: np.ndarray) -> None:
    assert wb.run("rag-merge", colour, threshold=200).output.ids.max() == 1


def test_graph_order_and_result_are_shown(colour: np.ndarray) -> None:
    with listen(Trace()) as heard:
        output = wb.METHODS["rag-merge"](colour, start=start_from("slic", segments=80), threshold=30)
    named = {item.name: item for item in heard.stages}
    assert [item.name for item in heard.stages if not item.film] == [
        "start",
        "neighbours",
        "merge order",
        "merged",
        "boundaries",
    ]
    start = named["start"].array
    edges = np.array(named["neighbours"].marks)
    assert (np.sort(edges[:, :2] + 1, axis=1) == neighbours(start)).all(axis=1).sum() == len(
        neighbours(start)
    )
    film = [item.array.max() for item in heard.stages if item.film == "merging"]
    assert film[0] == start.max()
    assert film[-1] == output.ids.max()
    assert all(later < earlier for earlier, later in pairwise(film))


def test_the_tree_is_cut_at_the_threshold(colour: np.ndarray) -> None:
    with listen(Trace()) as heard:
        output = wb.METHODS["rag-merge"](colour, start=start_from("slic", segments=40), threshold=30)
    parents, heights, groups = next(item.array for item in heard.stages if item.kind == "tree")
    count = int((heights == 0).sum())
    assert len(parents) == 2 * count - 1
    assert (parents == -1).sum() == 1
    assert set(groups[:count]) == set(range(1, output.ids.max() + 1))
    below = groups[count:] > 0
    assert (heights[count:][below] < 30).all()
    assert (~below).sum() == output.ids.max() - 1
    assert all(groups[int(parents[n])] in (0, groups[n]) for n in range(len(parents)) if parents[n] >= 0)
