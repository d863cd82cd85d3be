"""Exercises of lesson 07: the bill of a cut, and what a normalised cut divides it by."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.teaching.exercise import FunctionExercise, Wrong

Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]


def bill(inside: Mask, costs: Floats, outline: float) -> float:
    """Add up what each pixel pays on its side, and `outline` for each two neighbours that differ."""
    own = np.where(inside, costs[..., 1], costs[..., 0]).sum()
    return float(own + outline * _borders(inside))


def normalised(weights: Floats, upper: Mask) -> float:
    """Divide the cut by all that each side holds, and add the two."""
    cut = weights[upper][:, ~upper].sum()
    return float(cut / weights[upper].sum() + cut / weights[~upper].sum())


def _borders(inside: Mask) -> int:
    return sum(int(np.diff(inside, axis=axis).sum()) for axis in (0, 1))


def _sides(rng: np.random.Generator) -> list[tuple[Mask, Floats, float]]:
    # The smallest one has an edge below, one beside, and one aslant.
    masks = [np.array([[True, False, False], [False, False, True]])]
    masks += [rng.random(size) < 0.4 for size in ((4, 3), (5, 6), (9, 7), (20, 30))]
    return [
        (mask, rng.integers(1, 30, (*mask.shape, 2)).astype(float), float(rng.integers(2, 9)))
        for mask in masks
    ]


def _networks(rng: np.random.Generator) -> list[tuple[Floats, Mask]]:
    cases = []
    for above, below in ((2, 2), (2, 3), (3, 4), (5, 3), (8, 12)):
        nodes = above + below
        half = np.triu(rng.integers(1, 20, (nodes, nodes)), 1).astype(float)
        cases.append((half + half.T, rng.permutation(nodes) < above))
    return cases


def _swapped(inside: Mask, costs: Floats, outline: float) -> float:
    return bill(inside, costs[..., ::-1], outline)


def _twice(inside: Mask, costs: Floats, outline: float) -> float:
    return bill(inside, costs, 2 * outline)


def _by_corners(inside: Mask, costs: Floats, outline: float) -> float:
    slanted = (inside[:-1, :-1] != inside[1:, 1:]).sum() + (inside[:-1, 1:] != inside[1:, :-1]).sum()
    return bill(inside, costs, outline) + float(outline * slanted)


def _side_by_side(inside: Mask, costs: Floats, outline: float) -> float:
    return bill(inside, costs, 0.0) + float(outline * np.diff(inside, axis=1).sum())


def _plain(weights: Floats, upper: Mask) -> float:
    return float(weights[upper][:, ~upper].sum())


def _within(weights: Floats, upper: Mask) -> float:
    return sum(_plain(weights, upper) / float(weights[side][:, side].sum()) for side in (upper, ~upper))


def _by_nodes(weights: Floats, upper: Mask) -> float:
    return sum(_plain(weights, upper) / int(side.sum()) for side in (upper, ~upper))


def _both_ways(weights: Floats, upper: Mask) -> float:
    return 2 * normalised(weights, upper)


EXERCISES = (
    FunctionExercise(
        id="07.1",
        title="The bill of a cut",
        prompt=(
            "Write `bill(inside, costs, outline)`: each pixel of the (H, W) mask pays `costs[..., 1]` if it "
            "is inside and `costs[..., 0]` if not, and each two pixels that share a side pay `outline` if "
            "one is inside and the other is not."
        ),
        signature="bill(inside, costs, outline)",
        solution=bill,
        cases=_sides,
        hint="np.where picks the cost of each pixel's own side; np.diff of a mask is True where it changes.",
        wrong=(
            Wrong("sides swapped", _swapped, "You take the costs of the other side: the last axis is 0, 1."),
            Wrong("counted twice", _twice, "You count each pair of neighbours from both ends; it pays once."),
            Wrong(
                "by corners",
                _by_corners,
                "You let pixels pay that touch by a corner only; neighbours share a side.",
            ),
            Wrong(
                "side by side only",
                _side_by_side,
                "You compare pixels with those beside them; those below them are neighbours as well.",
            ),
        ),
    ),
    FunctionExercise(
        id="07.2",
        title="Small beside what it holds",
        prompt=(
            "Write `normalised(weights, upper)`: the cut, which is the sum of all edges between the nodes in "
            "`upper` and the others, each edge once, divided by all edge ends of the one side, plus the same "
            "cut divided by all edge ends of the other."
        ),
        signature="normalised(weights, upper)",
        solution=normalised,
        cases=_networks,
        hint="A row of the matrix holds a node's edges; weights[upper][:, ~upper] are those that are cut.",
        wrong=(
            Wrong("not divided", _plain, "That is the cut alone; divide it by what each side holds."),
            Wrong(
                "edges within only",
                _within,
                "You divide by the edges within a side; those that leave it belong to what it holds, too.",
            ),
            Wrong(
                "by the number of nodes",
                _by_nodes,
                "You divide by how many nodes a side has; divide by the weights of their edges.",
            ),
            Wrong(
                "both ways", _both_ways, "You count each edge of the cut in both directions; once is enough."
            ),
        ),
    ),
)
