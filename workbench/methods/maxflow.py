"""The cheapest way to cut a grid of pixels in two: its energy, and the minimum of it by maximum flow."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Pairs = NDArray[np.int64]
STEPS = 1000  # of the integer capacities to one unit of energy
MOST = 2**31 - 2  # what SciPy's flow can carry


class Cut(NamedTuple):
    """Say on which side each node is, (N,) boolean, and how much flow there was, in units of energy."""

    sides: NDArray[np.bool_]
    flow: float


def grid_pairs(size: tuple[int, int], neighbours: int = 4) -> tuple[Pairs, Floats]:
    """Give (M, 2) flat indices of neighbouring pixels, each pair once, and (M,) their distances in px.

    Those one below the other come first, then those side by side, then, of 8 neighbours, the diagonals.

    >>> grid_pairs((1, 3))[0].tolist()
    [[0, 1], [1, 2]]
    >>> len(grid_pairs((2, 2), 8)[0])
    6
    """
    flat = np.arange(size[0] * size[1]).reshape(size)
    joined = [(flat[:-1], flat[1:], 1.0), (flat[:, :-1], flat[:, 1:], 1.0)]
    if neighbours == 8:
        joined += [(flat[:-1, :-1], flat[1:, 1:], 2**0.5), (flat[:-1, 1:], flat[1:, :-1], 2**0.5)]
    pairs = np.concatenate([np.column_stack([a.ravel(), b.ravel()]) for a, b, _ in joined])
    return pairs, np.concatenate([np.full(a.size, length) for a, _, length in joined])


def contrast_weights(image: NDArray[np.uint8], pairs: Pairs, contrast: float) -> Floats:
    """Give (M,) weights in (0, 1]: 1 between equal colours, less the further two colours lie apart.

    exp(-contrast d^2 / (2 <d^2>)), where d is the distance of two colours and <> the mean over all pairs, as
    in Boykov and Jolly, 2001, with the mean that Rother, Kolmogorov and Blake, 2004, put in. A contrast of 0
    makes all pairs alike (Potts).

    >>> contrast_weights(np.zeros((1, 2, 3), np.uint8), np.array([[0, 1]]), 1.0).tolist()
    [1.0]
    """
    colours = image.reshape(-1, 3).astype(np.float32)
    apart = np.square(colours[pairs[:, 0]] - colours[pairs[:, 1]]).sum(axis=1, dtype=np.float64)
    usual = apart.mean() if apart.size else 0.0
    return np.exp(-contrast * apart / (2 * usual)) if usual > 0 else np.ones(len(pairs))


def energy_of(
    labels: NDArray[np.integer], costs: NDArray[np.floating], pairs: Pairs, weights: Floats
) -> float:
    """Add up the (N, K) costs of the (N,) labels, and the (M,) weights of the pairs that differ.

    >>> energy_of(np.array([0, 1]), np.array([[0.0, 5.0], [7.0, 1.0]]), np.array([[0, 1]]), np.array([2.0]))
    3.0
    """
    differ = labels[pairs[:, 0]] != labels[pairs[:, 1]]
    return float(costs[np.arange(len(labels)), labels].sum(dtype=float) + weights[differ].sum())


def minimum_cut(costs: Floats, pairs: Pairs, weights: Floats) -> Cut:
    """Put each node on side 0 or 1, so that the energy is as low as it can be.

    SciPy's maximum flow (Dinic, 1970): by the theorem of Ford and Fulkerson, 1956, its value is that of the
    cheapest cut. Where several cuts are cheapest, the one with the fewest nodes on side 1 is given. Energies
    are rounded to thousandths, coarser where a picture's would not fit into 31 bits.

    Parameters
    ----------
    costs : (N, 2) of side 0 and of side 1. pairs : (M, 2) nodes. weights : (M,) of a pair whose nodes are on
        different sides, at least 0; or (M, 2), first for 0 and 1, then for 1 and 0.

    >>> costs = np.array([[0.0, 9.0], [3.0, 2.0], [8.0, 0.0]])
    >>> cut = minimum_cut(costs, np.array([[0, 1], [1, 2]]), np.array([2.0, 4.0]))
    >>> cut.sides.tolist(), cut.flow
    ([False, True, True], 4.0)
    """
    from scipy.sparse.csgraph import breadth_first_order, maximum_flow

    nodes, base = len(costs), costs.min(axis=1)
    weights = weights if weights.ndim == 2 else np.column_stack([weights, weights])
    network, steps = _network(costs - base[:, None], pairs, weights)
    source, sink = nodes, nodes + 1
    found = maximum_flow(network, source, sink, method="dinic")
    # What the flow leaves of the capacities: side 1 is as far as one still comes from the source.
    left = network - found.flow
    left.eliminate_zeros()
    sides = np.zeros(nodes + 2, bool)
    sides[breadth_first_order(left, source, return_predecessors=False)] = True
    return Cut(sides[:nodes], float(found.flow_value / steps + base.sum()))


def _network(costs: Floats, pairs: Pairs, weights: Floats):  # type: ignore[no-untyped-def]
    """Give the capacities as a (N + 2, N + 2) sparse matrix of int32, and how many make one unit."""
    from scipy.sparse import csr_array

    nodes = len(costs)
    first, second = pairs.T
    # Beyond all edges of a node together, a terminal's capacity makes no difference: it is never cut.
    most = sum(np.bincount(end, weights.sum(axis=1), nodes) for end in (first, second)) + 1
    to_node, to_sink = np.minimum(costs[:, 0], most), np.minimum(costs[:, 1], most)
    steps = min(STEPS, MOST / max(min(to_node.sum(), to_sink.sum()), to_node.max(), to_sink.max(), 1))
    each, source, sink = np.arange(nodes), np.full(nodes, nodes), np.full(nodes, nodes + 1)
    starts = np.concatenate([second, first, source, each])
    ends = np.concatenate([first, second, each, sink])
    capacities = np.rint(np.concatenate([weights[:, 0], weights[:, 1], to_node, to_sink]) * steps)
    used = capacities > 0
    places = (starts[used].astype(np.int32), ends[used].astype(np.int32))
    shape = (nodes + 2, nodes + 2)
    return csr_array((capacities[used].astype(np.int32), places), shape=shape), steps


def coarse_graph(
    image: NDArray[np.uint8], smoothness: float, contrast: float, neighbours: int = 4, longest: int = 24
) -> tuple[Floats, Floats]:
    """Give what the edges look like on a smaller picture, to draw: (N, 2) rows and columns, (M, 3) edges."""
    height, width = image.shape[:2]
    shrink = min(1.0, longest / max(height, width))
    size = (max(1, round(height * shrink)), max(1, round(width * shrink)))
    small = np.asarray(cv2.resize(image, size[::-1], interpolation=cv2.INTER_AREA), np.uint8)
    pairs, lengths = grid_pairs(size, neighbours)
    weights = smoothness * contrast_weights(small, pairs, contrast) / lengths
    nodes = (np.indices(size).reshape(2, -1).T + 0.5) * (height / size[0], width / size[1]) - 0.5
    return nodes, np.column_stack([pairs, weights])
