"""Random fields: a pixel asks its colour and its neighbours which label it should bear.

They refine another method's answer. Both methods here share one energy (Potts): each pixel pays for its
label, and each pair of the four neighbours for bearing different ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from workbench.image import Image
from workbench.methods.cuts import mean_weight
from workbench.methods.evidence import (
    Costs,
    Evidence,
    From,
    Labelled,
    Labels,
    costs_of,
    labelled,
    show_costs,
    show_frame,
)
from workbench.methods.maxflow import (
    Floats,
    Pairs,
    coarse_graph,
    contrast_weights,
    energy_of,
    grid_pairs,
    minimum_cut,
)
from workbench.methods.refine import answer_of
from workbench.registry import Label, Range, method, start_from
from workbench.segmentation import Segmentation
from workbench.trace import chart, graph, progress, recording, stage

FAMILY = "random fields"
SETS = ((0, 0), (1, 1), (0, 1), (1, 0))  # rows and columns modulo 2: white squares, then black ones
CLEARLY = 1e-6  # how much cheaper is cheaper, beside rounding

FOUR_COLOURS, TWO_SIDES = start_from("kmeans", k=4, sigma=0.0), start_from("otsu", sigma=0.0)
Smoothness = Annotated[
    float,
    Range(0, 20, 0.1),
    Label("Smoothness (beta)", "What two neighbours pay for bearing different labels."),
]
Contrast = Annotated[
    float, Range(0, 5, 0.1), Label("Contrast", "Above 0, a border is cheaper where colours change.")
]


@dataclass(frozen=True, eq=False)
class Field:
    """Hold the energy of all labellings of a picture.

    costs : (K, H, W) of each label at each pixel. pairs, weights : (M, 2) and (M,), as in `maxflow`.
    """

    costs: Costs
    pairs: Pairs
    weights: Floats

    def energy(self, labels: Labels) -> float:
        """Add up what (H, W) labels cost.

        >>> costs = np.array([[[0, 5]], [[3, 1]]], np.float32)
        >>> Field(costs, np.array([[0, 1]]), np.array([2.0])).energy(np.array([[0, 1]]))
        3.0
        """
        return energy_of(labels.ravel(), self.costs.reshape(len(self.costs), -1).T, self.pairs, self.weights)


@method("ICM", family=FAMILY, yields="same", source="Besag 1986", name="icm")
def icm(
    image: Image,
    *,
    start: From = FOUR_COLOURS,
    evidence: Evidence = "colours",
    smoothness: Smoothness = 1.5,
    contrast: Contrast = 0.0,
    sweeps: Annotated[
        int, Range(1, 50), Label("Sweeps", "How often every pixel is asked, unless nothing changes any more.")
    ] = 10,
) -> Segmentation:
    """Give each pixel in turn the label that is cheapest beside its neighbours' labels.

    Iterated conditional modes on a Potts field of four neighbours. Pixels that are no neighbours of each
    other are asked together (Besag's coding sets, here like the two colours of a checkerboard), so that the
    energy never rises; it ends where no change of a single pixel lowers it. Evidence is a normal distribution
    of each segment's colours, or the start's label, held to be right with 70 %. At most 32 segments.
    Besag, J.: On the statistical analysis of dirty pictures, 1986.
    """
    given = labelled(answer_of(start, image))
    field = field_of(image, given, evidence, smoothness, contrast)
    labels = beginning(field, given)
    energies = [field.energy(labels)] if recording() else []
    for done in range(sweeps):
        progress(done, sweeps)
        before, labels = labels, swept(field, labels)
        if recording():
            energies.append(field.energy(labels))
        show_frame(given, labels, "sweep", done, sweeps)
        if (labels == before).all():
            break
    show_energies(energies, "sweep")
    return given.answer(labels)


@method(
    "Random field by graph cut",
    family=FAMILY,
    yields="same",
    source="Boykov, Veksler and Zabih 2001",
    name="mrf-graph-cut",
    slow=True,
)
def mrf_graph_cut(
    image: Image,
    *,
    start: From = TWO_SIDES,
    evidence: Evidence = "colours",
    smoothness: Smoothness = 1.5,
    contrast: Contrast = 0.0,
    rounds: Annotated[
        int, Range(1, 10), Label("Rounds", "How often every label may expand; two labels need one cut.")
    ] = 3,
) -> Segmentation:
    """Find the cheapest labels of the same field as ICM's by minimum cuts.

    Of two labels, one cut gives the cheapest labelling of all. Of more, each label in turn takes what makes
    the energy lowest while all other pixels keep theirs (alpha-expansion), until no label can: then it is at
    most twice the lowest energy there is. At most 32 segments.
    Boykov, Y., Veksler, O. and Zabih, R.: Fast approximate energy minimization via graph cuts, 2001.
    """
    given = labelled(answer_of(start, image))
    field = field_of(image, given, evidence, smoothness, contrast)
    labels = beginning(field, given)
    energies = [field.energy(labels)] if recording() else []
    steps = 1 if given.count <= 2 else rounds * given.count
    progress(0, steps)
    for done, cheaper in enumerate(expansions(field, labels, rounds)):
        progress(done + 1, steps)
        labels = cheaper
        if recording():
            energies.append(field.energy(labels))
        show_frame(given, labels, "cut", done, steps)
    show_energies(energies, "cut")
    return given.answer(labels)


def field_of(image: Image, given: Labelled, evidence: str, smoothness: float, contrast: float) -> Field:
    """Make the field of a picture whose labels are given, and show its terms."""
    size = given.labels.shape
    costs = costs_of(image, given, evidence)
    pairs, _ = grid_pairs(size)
    weights = smoothness * contrast_weights(image, pairs, contrast)
    if recording():
        show_costs(given, costs)
        stage("pairwise", mean_weight(size, pairs, weights), "what a border costs at each pixel")
        graph(
            "graph",
            *coarse_graph(image, smoothness, contrast),
            "who is whose neighbour, on a smaller picture",
        )
    return Field(costs, pairs, weights)


def beginning(field: Field, given: Labelled) -> Labels:
    """Give the start's (H, W) labels; where it is void, the cheapest label of each pixel alone."""
    return np.where(given.labels >= 0, given.labels, field.costs.argmin(axis=0))


def swept(field: Field, labels: Labels) -> Labels:
    """Ask every pixel once which label is cheapest beside its four neighbours' labels; (H, W).

    >>> costs = np.array([[[0, 1, 0]], [[9, 0, 9]]], np.float32)
    >>> swept(Field(costs, grid_pairs((1, 3))[0], np.ones(2)), np.array([[0, 1, 0]])).tolist()
    [[0, 0, 0]]
    """
    count, height, width = field.costs.shape
    there = np.pad(labels, 1, constant_values=-1)
    weights = _around(field.weights.astype(np.float32), height, width)
    for top, left in SETS:
        bill = field.costs[:, top::2, left::2].copy()
        shape = bill.shape[1:]
        for (down, across), weight in weights.items():
            rows, columns = top + 1 + down, left + 1 + across
            other = there[rows::2, columns::2][: shape[0], : shape[1]]
            saved = weight[top::2, left::2]
            for label in range(count):  # who bears a neighbour's label saves that pair's weight
                bill[label] -= saved * (other == label)
        there[1 + top : -1 : 2, 1 + left : -1 : 2] = bill.argmin(axis=0)
    return there[1:-1, 1:-1].copy()


def _around(weights: NDArray[np.float32], height: int, width: int) -> dict[tuple[int, int], Costs]:
    """Give for each of four steps the (H, W) weight of the pair it makes; 0 where it leaves the picture."""
    below, beside = np.zeros((height, width), np.float32), np.zeros((height, width), np.float32)
    split = (height - 1) * width
    below[:-1], beside[:, :-1] = weights[:split].reshape(-1, width), weights[split:].reshape(height, -1)
    above, before = np.roll(below, 1, axis=0), np.roll(beside, 1, axis=1)
    return {(1, 0): below, (0, 1): beside, (-1, 0): above, (0, -1): before}


def expansions(field: Field, labels: Labels, rounds: int) -> Iterator[Labels]:
    """Yield the (H, W) labels after each minimum cut; the last are the answer."""
    count = len(field.costs)
    if count == 2:
        costs = field.costs.reshape(2, -1).T.astype(float)
        yield minimum_cut(costs, field.pairs, field.weights).sides.reshape(labels.shape).astype(np.intp)
        return
    energy, idle = field.energy(labels), 0
    for turn in range(rounds * count if count > 1 else 0):
        candidate = expanded(field, labels, turn % count)
        lower = field.energy(candidate)
        if lower < energy - CLEARLY * abs(energy):
            labels, energy, idle = candidate, lower, 0
        else:
            idle += 1
        yield labels
        if idle == count:
            return  # no label can expand any more


def expanded(field: Field, labels: Labels, label: int) -> Labels:
    """Let one label take whichever pixels make the energy lowest; all others keep theirs.

    Side 1 of the cut takes the label. A pair of neighbours on labels f and g pays A = w [f != g] if both keep
    theirs, B = w [f != label] if only the second takes it, C = w [g != label] if only the first does; by
    Kolmogorov and Zabih, 2004, that is C - A for the first's taking, -C for the second's, and A's excess
    B + C - A where the first keeps and the second takes.
    """
    flat = labels.ravel()
    first, second = field.pairs.T
    both = field.weights * (flat[first] != flat[second])
    only_second = field.weights * (flat[first] != label)
    only_first = field.weights * (flat[second] != label)
    costs = np.zeros((flat.size, 2))
    costs[:, 0] = field.costs.reshape(len(field.costs), -1)[flat, np.arange(flat.size)]
    costs[:, 1] = field.costs[label].ravel()
    costs[:, 1] += np.bincount(first, only_first - both, flat.size) - np.bincount(
        second, only_first, flat.size
    )
    excess = np.column_stack([only_second + only_first - both, np.zeros(len(field.pairs))])
    takes = minimum_cut(costs, field.pairs, excess).sides
    return np.where(takes, label, flat).reshape(labels.shape)


def show_energies(energies: list[float], word: str) -> None:
    """Show how the energy fell."""
    if recording():
        told = f"from {energies[0]:.0f} to {energies[-1]:.0f}"
        chart("energy", np.arange(len(energies)), energies, told, axes=(word, "energy"))
