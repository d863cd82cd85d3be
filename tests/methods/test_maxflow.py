import itertools

import cv2
import numpy as np
import pytest

from workbench.methods.maxflow import (
    coarse_graph,
    contrast_weights,
    energy_of,
    grid_pairs,
    minimum_cut,
)


def _every_labelling(nodes: int, kinds: int = 2) -> np.ndarray:
    return np.array(list(itertools.product(range(kinds), repeat=nodes)))


@pytest.mark.parametrize("size", [(3, 3), (3, 4)])
@pytest.mark.parametrize("neighbours", [4, 8])
def test_the_cut_is_the_cheapest_of_all_labellings_and_the_flow_its_price(
    size: tuple[int, int], neighbours: int
) -> None:
    rng = np.random.default_rng(0)
    pairs, _ = grid_pairs(size, neighbours)
    nodes = size[0] * size[1]
    every = _every_labelling(nodes)
    for _ in range(5):
        costs, weights = rng.integers(0, 900, (nodes, 2)) / 100, rng.integers(0, 400, len(pairs)) / 100
        cut = minimum_cut(costs, pairs, weights)
        differ = every[:, pairs[:, 0]] != every[:, pairs[:, 1]]
        energies = costs[np.arange(nodes), every].sum(axis=1) + differ @ weights
        assert cut.flow == pytest.approx(energies.min())
        assert energy_of(cut.sides.astype(int), costs, pairs, weights) == pytest.approx(cut.flow)


def test_a_pair_may_cost_more_one_way_than_the_other() -> None:
    rng = np.random.default_rng(1)
    pairs, _ = grid_pairs((3, 3))
    every = _every_labelling(9)
    for _ in range(5):
        costs, weights = rng.random((9, 2)).round(2), rng.random((len(pairs), 2)).round(2)
        first, second = every[:, pairs[:, 0]], every[:, pairs[:, 1]]
        paid = (second > first) @ weights[:, 0] + (first > second) @ weights[:, 1]
        lowest = (costs[np.arange(9), every].sum(axis=1) + paid).min()
        assert minimum_cut(costs, pairs, weights).flow == pytest.approx(lowest)


def test_capacities_beyond_the_integers_are_rounded_not_wrapped() -> None:
    costs = np.zeros((4, 2))
    costs[0, 0] = costs[3, 1] = 1e12  # as good as forbidden
    pairs = np.array([[0, 1], [1, 2], [2, 3]])
    cut = minimum_cut(costs, pairs, np.array([3e6, 1e6, 2e6]))
    assert cut.sides.tolist() == [True, True, False, False]
    assert cut.flow == pytest.approx(1e6)


def test_a_tie_leaves_side_1_as_small_as_can_be() -> None:
    assert not minimum_cut(np.zeros((3, 2)), grid_pairs((1, 3))[0], np.ones(2)).sides.any()


def test_each_pair_of_neighbours_is_there_once() -> None:
    for neighbours, count in ((4, 4 * 6 + 5 * 5), (8, 4 * 6 + 5 * 5 + 2 * 4 * 5)):
        pairs, lengths = grid_pairs((5, 6), neighbours)
        assert len({tuple(sorted(pair)) for pair in pairs.tolist()}) == len(pairs) == count
        steps = np.diff(np.stack(np.divmod(pairs, 6)), axis=2)[..., 0]
        assert np.allclose(np.hypot(*steps), lengths)
    assert grid_pairs((1, 1))[0].shape == (0, 2)


def test_weights_fall_with_the_contrast() -> None:
    image = np.zeros((1, 3, 3), np.uint8)
    image[0, 2] = 200
    pairs, _ = grid_pairs((1, 3))
    # The squared distances are 0 and d, so their mean is d / 2 and the second weight exp(-contrast).
    for contrast in (0.5, 1.0, 3.0):
        assert np.allclose(contrast_weights(image, pairs, contrast), [1, np.exp(-contrast)])
    assert (contrast_weights(image, pairs, 0.0) == 1).all()


def test_the_coarse_graph_lies_inside_the_picture(coins: np.ndarray) -> None:
    nodes, edges = coarse_graph(coins, 2.0, 1.0)
    assert (nodes >= 0).all()
    assert (nodes < coins.shape[:2]).all()
    assert edges[:, 2].max() <= 2.0
    small = cv2.resize(coins, (24, 19), interpolation=cv2.INTER_AREA)
    pairs, _ = grid_pairs((19, 24))
    assert np.allclose(edges[:, 2], 2 * contrast_weights(small, pairs, 1.0))
