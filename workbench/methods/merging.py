"""Merge the regions of another partition: neighbours that are alike become one."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
import skimage as ski
from numpy.typing import NDArray

from workbench.image import Image
from workbench.methods.partitions import averaged, counted, middles, neighbours, outlined, sizes_and_colours
from workbench.methods.refine import answer_of
from workbench.registry import Accepts, Label, Range, Start, method, start_from
from workbench.segmentation import Segmentation
from workbench.trace import graph, recording, stage, tree

Ids = NDArray[np.int32]
Merge = tuple[int, int, float]  # the region that goes, the one that it joins, and how far they lay apart
SUPERPIXELS = start_from("slic", segments=300)
FRAMES, LEAVES = 10, 60  # of the film, and of the tree


@method(
    "Merge neighbours (RAG)",
    name="rag-merge",
    family="regions",
    yields="same",
    source="Trémeau and Colantoni 2000",
)
def rag_merge(
    image: Image,
    *,
    start: Annotated[
        Start, Accepts("partition"), Label("Merge the regions of", "Any method that cuts the picture up.")
    ] = SUPERPIXELS,
    rule: Annotated[
        Literal["hierarchical", "threshold"],
        Label("Merging", "The nearest pair first, means renewed each time; or all near pairs at once."),
    ] = "hierarchical",
    threshold: Annotated[
        float, Range(0, 200, 0.5), Label("Threshold", "Neighbours whose mean colours lie nearer merge.")
    ] = 30.0,
) -> Segmentation:
    """Draw the graph of a partition's neighbours, and merge those whose mean colours are near.

    Regions are the graph's nodes; those that share a side are joined by an edge as long as the distance of
    their mean colours (Euclidean, in RGB). The hierarchical rule merges along the shortest edge and renews
    the mean, until no edge is shorter than the threshold; the other one cuts all longer edges, and what still
    hangs together is a region. scikit-image's, after Trémeau, A. and Colantoni, P.: Regions adjacency graph
    applied to color image segmentation, 2000.
    """
    ids = counted(answer_of(start, image).ids)
    stage("start", ids, f"{ids.max()} regions of {start['method']}", kind="labels")
    rag = graph_of(image, ids)
    if recording():
        edges = [(one - 1, other - 1, apart) for one, other, apart in rag.edges(data="weight")]
        graph("neighbours", middles(ids), np.array(edges).reshape(-1, 3), "edges as long as colours differ")
    if rule == "threshold":
        merged = counted(ski.graph.cut_threshold(ids, rag, threshold))
    else:
        merged = counted(merge_nearest(ids, rag, threshold)[0])
        if recording():
            _show_order(ids, merge_nearest(ids, rag, np.inf)[1], merged, threshold)
    stage("merged", merged, f"{merged.max()} regions", kind="labels")
    stage("boundaries", lambda: outlined(averaged(image, merged), merged), "each region in its mean colour")
    return Segmentation.from_partition(merged)


def graph_of(image: Image, ids: Ids) -> ski.graph.RAG:
    """Build scikit-image's graph of mean colours, without its walk over the pixels in Python.

    ids : (H, W), every number from 1 on is there. Its edges join regions that share a pixel's side.
    """
    rag = ski.graph.RAG()
    sizes, colours = sizes_and_colours(image, ids)
    for n in range(1, len(sizes)):
        mean = colours[n]
        rag.add_node(
            n, labels=[n], **{"pixel count": sizes[n], "total color": mean * sizes[n], "mean color": mean}
        )
    rag.max_id = len(sizes) - 1
    pairs = neighbours(ids)
    apart = np.linalg.norm(colours[pairs[:, 0]] - colours[pairs[:, 1]], axis=1)
    rag.add_weighted_edges_from(zip(*pairs.T.tolist(), apart.tolist(), strict=True))
    return rag


def merge_nearest(ids: Ids, rag: ski.graph.RAG, threshold: float) -> tuple[NDArray[np.int64], list[Merge]]:
    """Merge along the shortest edge until none is shorter than the threshold; give the ids, and the order.

    rag : left as it is.
    """
    order: list[Merge] = []

    def join(rag: Any, goes: int, stays: int) -> None:
        """Note a merge before scikit-image makes it."""
        order.append((goes, stays, rag[goes][stays]["weight"]))
        one, both = rag.nodes[goes], rag.nodes[stays]
        both["total color"] = both["total color"] + one["total color"]
        both["pixel count"] += one["pixel count"]
        both["mean color"] = both["total color"] / both["pixel count"]

    def apart(rag: Any, _: int, stays: int, neighbour: int) -> dict[str, float]:
        """Give the new weight between a merged region and its neighbour."""
        nodes = rag.nodes
        return {"weight": float(np.linalg.norm(nodes[neighbour]["mean color"] - nodes[stays]["mean color"]))}

    merged = ski.graph.merge_hierarchical(ids, rag, threshold, True, True, join, apart)
    return merged, order


def _show_order(ids: Ids, order: list[Merge], merged: Ids, threshold: float) -> None:
    """Film the merges up to the threshold, and draw all of them, the last ones at least, as a tree."""
    done = next((n for n, (*_, apart) in enumerate(order) if apart >= threshold), len(order))
    for count in sorted(set(np.linspace(0, done, FRAMES).astype(int).tolist())):
        regions = counted(_joined(len(order) + 2, order[:count])[ids])
        stage(f"after {count} merges", regions, f"{regions.max()} regions", kind="labels", film="merging")
    left = _joined(len(order) + 2, order[:done])
    names = np.zeros(len(left), int)
    names[left[ids]] = merged
    rows = _dendrogram(order, names[left], done)
    caption = f"who joins whom, and at what distance; the threshold cuts at {threshold:g}"
    tree("merge order", rows[0], rows[1], caption, groups=rows[2])


def _joined(total: int, order: list[Merge]) -> NDArray[np.int64]:
    """Say for each of the regions 0 to total - 1 which one it belongs to after some merges."""
    belongs = np.arange(total)
    for goes, stays, _ in reversed(order):
        belongs[goes] = belongs[stays]  # where that one goes in turn is known already
    return belongs


def _dendrogram(order: list[Merge], names: NDArray[np.int64], done: int) -> NDArray[np.float64]:
    """Give the (3, N) parents, heights and groups of the last merges; group 0 lies above the threshold."""
    first = max(0, len(order) - LEAVES + 1)
    belongs = _joined(len(names), order[:first])
    leaves = np.unique(belongs[1:])
    node = dict(zip(leaves.tolist(), range(len(leaves)), strict=True))
    parents, heights = [-1] * len(leaves), [0.0] * len(leaves)
    groups = [int(names[n]) if first <= done else 0 for n in leaves]
    for step, (goes, stays, apart) in enumerate(order[first:], first):
        for region in (goes, stays):
            parents[node[region]] = len(parents)
        node[stays] = len(parents)
        parents.append(-1)
        heights.append(apart)
        groups.append(int(names[stays]) if step < done else 0)
    return np.array([parents, heights, groups], float)
