"""Normalised cuts: split where little is cut compared with what both sides hold together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.image import Image, fit
from workbench.methods.maxflow import Floats
from workbench.registry import Label, Range, method
from workbench.segmentation import Segmentation, nearest
from workbench.trace import progress, recording, stage, tree

LONGEST = 80  # px of the copy whose pixels are the nodes
REACH, NEAR = 5, 4.0  # px: how far edges reach, and how fast they weaken
LEAST = 1e-8  # weight of an edge: no pixel is out of reach
LEVELS = 20  # places that are tried to split an eigenvector at
DENSE = 100  # nodes up to which all eigenvectors are computed
MOST_ROUNDS = 2000  # of ARPACK


@dataclass
class Part:
    """Hold some nodes of the graph, and the best way to split them: which go up, and its Ncut."""

    nodes: NDArray[np.intp]
    upper: NDArray[np.bool_]
    price: float
    name: int = 0  # its number in the tree of cuts


@method(
    "Normalised cuts",
    family="graphs",
    yields="partition",
    source="Shi and Malik 2000",
    name="normalized-cuts",
    slow=True,
)
def normalized_cuts(
    image: Image,
    *,
    segments: Annotated[int, Range(2, 12), Label("Segments", "How many to end with.")] = 6,
    likeness: Annotated[
        float, Range(2, 50, 1), Label("Likeness of colours", "Higher calls more different colours alike.")
    ] = 12.0,
) -> Segmentation:
    """Split the picture in two where the cut is small beside what each side holds together, then again.

    Pixels of a copy with a longest side of 80 px are joined to all within 5 px, the stronger the nearer they
    are in CIELAB and in place. The eigenvector of the second smallest eigenvalue of (D - W) y = lambda D y is
    split at the best of 20 levels; then the part whose own best split is cheapest is split, and so on. At
    full size, a pixel joins the most alike of the nine pixels of the copy around it. An even picture is
    halved by place alone.
    Shi, J. and Malik, J.: Normalized cuts and image segmentation, 2000.
    """
    small = fit(image, LONGEST)
    colours = np.asarray(cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2Lab), np.float32)
    weights = affinity(colours, likeness)
    if recording():
        _show_vectors(weights, small.shape[:2], image.shape[:2])
    ids = np.ones(small.shape[:2], np.int32)
    parents, heights = [-1], [0]
    for done, (part, halves) in enumerate(cuts(weights, segments), 1):
        progress(done, segments - 1)
        for half in halves:
            half.name = len(parents)
            parents.append(part.name)
            heights.append(0)
        heights[part.name] = segments - done
        ids.ravel()[halves[1].nodes] = done + 1
        if recording():
            shown = enlarged(ids, small, image)
            stage(f"{done + 1} segments", shown, f"Ncut {part.price:.3f}", kind="labels", film="cuts")
    if recording() and len(parents) > 1:
        tree("order of the cuts", parents, heights, "the higher, the earlier; leaves are the segments")
    full = enlarged(ids, small, image)
    stage("segments", full, f"{full.max()} of them, at full size", kind="labels")
    return Segmentation.from_partition(full)


def affinity(colours: NDArray[np.float32], likeness: float) -> Any:
    """Give the sparse (N, N) likeness of all pixels of (H, W, 3) within 5 px, symmetric, without a diagonal.

    exp(-(dI / likeness)^2 - (dX / 4)^2) for a colour distance dI and dX px, and a little more, so that no
    part of the graph is cut off.
    """
    from scipy.sparse import csr_array

    height, width = colours.shape[:2]
    flat = np.arange(height * width).reshape(height, width)
    rows, columns, values = [flat[:0, 0]], [flat[:0, 0]], [np.zeros(0)]
    for down in range(REACH + 1):
        for across in range(-REACH if down else 1, REACH + 1):
            away = down * down + across * across
            if away <= REACH * REACH and down < height and abs(across) < width:
                here = np.s_[: height - down, max(0, -across) : width - max(0, across)]
                there = np.s_[down:, max(0, across) : width + min(0, across)]
                apart = np.square(colours[here] - colours[there]).sum(axis=2, dtype=float)
                rows.append(flat[here].ravel())
                columns.append(flat[there].ravel())
                values.append((np.exp(-apart / likeness**2 - away / NEAR**2) + LEAST).ravel())
    first, second, likely = map(np.concatenate, (rows, columns, values))
    places = (np.concatenate([first, second]), np.concatenate([second, first]))
    return csr_array((np.tile(likely, 2), places), shape=(flat.size, flat.size))


def smallest_vectors(weights: Any, count: int) -> tuple[Floats, Floats]:
    """Give the `count` smallest eigenvalues of (D - W) y = lambda D y, rising, and (N, count) eigenvectors.

    The first value is 0, and its vector the same everywhere. Each vector has y' D y = 1 and a largest entry
    above 0. Up to 100 nodes exactly, beyond by SciPy's ARPACK to four digits, as far as it came.
    """
    from scipy.sparse import diags_array

    degree = np.maximum(weights.sum(axis=1), LEAST)
    root = np.sqrt(degree)
    # With z = D^(1/2) y the problem is symmetric, and its smallest values are the largest of D^-1/2 W D^-1/2.
    likeness = diags_array(1 / root) @ weights @ diags_array(1 / root)
    if weights.shape[0] <= DENSE:
        values, vectors = np.linalg.eigh(likeness.toarray())
    else:
        values, vectors = _largest(likeness, root / np.linalg.norm(root), count)
    order = np.argsort(-values, kind="stable")[:count]
    vectors = vectors[:, order] / root[:, None]
    tops = vectors[np.abs(vectors).argmax(axis=0), np.arange(vectors.shape[1])]
    return 1 - values[order], vectors * np.where(tops < 0, -1, 1)


def _largest(likeness: Any, first: Floats, count: int) -> tuple[Floats, Floats]:
    """Give the largest eigenvalues and vectors of a sparse matrix whose `first` vector (value 1) is known."""
    from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh

    # Without the first one: where a part hangs on by little, the second value is as good as equal to it, and
    # ARPACK would find only one of the two.
    rest = LinearOperator(likeness.shape, lambda z: likeness @ z - first * (first @ z), dtype=float)
    begin = np.random.default_rng(0).standard_normal(len(first))
    try:
        values, vectors = eigsh(rest, count - 1, which="LA", v0=begin, tol=1e-4, maxiter=MOST_ROUNDS)
    except ArpackNoConvergence as stopped:
        values, vectors = stopped.eigenvalues, stopped.eigenvectors
    return np.append(values, 1), np.column_stack([vectors, first])


def ncut(weights: Any, upper: NDArray[np.bool_]) -> float:
    """Give cut(A, B) / assoc(A, V) + cut(A, B) / assoc(B, V); infinite where a side is empty.

    >>> from scipy.sparse import csr_array
    >>> ncut(csr_array([[0.0, 2, 0], [2, 0, 1], [0, 1, 0]]), np.array([True, True, False]))
    1.2
    """
    degree = weights.sum(axis=1)
    cut = float(upper @ (weights @ ~upper))
    sides = float(degree[upper].sum()), float(degree[~upper].sum())
    return cut / sides[0] + cut / sides[1] if min(sides) > 0 else np.inf


def best_split(weights: Any, nodes: NDArray[np.intp]) -> Part:
    """Split the second eigenvector of the graph of some `nodes` at the best of 20 levels."""
    best = Part(nodes, np.zeros(len(nodes), bool), np.inf)
    if len(nodes) < 2:
        return best
    inner = weights[nodes][:, nodes]
    vectors = smallest_vectors(inner, 2)[1]
    if vectors.shape[1] < 2:
        return best  # no second vector was found
    second = vectors[:, 1]
    for level in np.linspace(second.min(), second.max(), LEVELS + 1)[:-1]:
        upper = second > level
        price = ncut(inner, upper)
        if price < best.price:
            best = Part(nodes, upper, price)
    return best


def cuts(weights: Any, segments: int) -> Iterator[tuple[Part, tuple[Part, Part]]]:
    """Split the part whose split is cheapest until there are `segments`; yield it with its two halves."""
    parts = [best_split(weights, np.arange(weights.shape[0]))]
    while len(parts) < segments:
        part = min(parts, key=lambda candidate: candidate.price)
        if not np.isfinite(part.price):
            return  # single pixels cannot be split
        upper, lower = (best_split(weights, part.nodes[side]) for side in (part.upper, ~part.upper))
        yield part, (upper, lower)
        parts = [other for other in parts if other is not part] + [upper, lower]


def enlarged(ids: NDArray[np.int32], small: Image, image: Image) -> NDArray[np.int32]:
    """Give ids of a small picture at full size: of the nine small pixels around, the most alike in colour."""
    if small.shape == image.shape:
        return ids.copy()
    rows, columns = nearest(small.shape[:2], image.shape[:2])
    padded = np.pad(ids, 1, mode="edge")
    colours = np.pad(small, ((1, 1), (1, 1), (0, 0)), mode="edge").astype(np.float32)
    best = np.full(image.shape[:2], np.inf, np.float32)
    found = np.zeros(image.shape[:2], np.int32)
    # The pixel's own place comes first: a tie stays there.
    for down, across in sorted(np.ndindex(3, 3), key=lambda step: abs(step[0] - 1) + abs(step[1] - 1)):
        there = (rows + down, columns + across)
        apart = np.square(colours[there] - image).sum(axis=2)
        nearer = apart < best
        found[nearer], best[nearer] = padded[there][nearer], apart[nearer]
    return found


def _show_vectors(weights: Any, small: tuple[int, ...], size: tuple[int, ...]) -> None:
    """Show the eigenvectors after the first, which is the same everywhere."""
    values, vectors = smallest_vectors(weights, min(5, weights.shape[0]))
    where = nearest((small[0], small[1]), (size[0], size[1]))
    for n in range(1, vectors.shape[1]):
        told = f"eigenvalue {values[n]:.4f}: how costly it is to cut along it"
        stage(f"eigenvector {n + 1}", vectors[:, n].reshape(small)[where], told, film="eigenvectors")
