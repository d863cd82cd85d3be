import numpy as np
import pytest

import workbench as wb
from workbench.methods.cuts import HARD, colour_costs, mean_weight
from workbench.methods.maxflow import contrast_weights, energy_of, grid_pairs
from workbench.methods.seeds import BACKGROUND, OBJECT, known
from workbench.trace import Trace, listen


def _energy(image: np.ndarray, inside: np.ndarray, smoothness: float) -> float:
    marks = known(image, ())
    costs = colour_costs(image, marks)
    costs[marks == BACKGROUND, 1] += HARD
    costs[marks == OBJECT, 0] += HARD
    pairs, lengths = grid_pairs(inside.shape)
    weights = smoothness * contrast_weights(image, pairs, 1.0) / lengths
    return energy_of(inside.ravel().astype(int), costs.reshape(-1, 2), pairs, weights)


def test_no_other_cut_is_cheaper(colour: np.ndarray) -> None:
    inside = wb.run("graph-cut", colour, smoothness=4.0).output.mask("foreground")
    lowest = _energy(colour, inside, 4.0)
    rng = np.random.default_rng(0)
    for row, column in rng.integers(0, inside.shape, (25, 2)):
        other = inside.copy()
        other[row : row + 3, column : column + 3] ^= True
        assert _energy(colour, other, 4.0) > lowest - 0.05  # energies are rounded to thousandths
    for smoothness in (1.0, 16.0):  # the best for another price is not better for this one
        other = wb.run("graph-cut", colour, smoothness=smoothness).output.mask("foreground")
        assert _energy(colour, other, 4.0) >= lowest - 0.05


def test_seeds_are_obeyed(colour: np.ndarray) -> None:
    seeds = [(20, 30, 20, 60, "object"), (80, 80, 80, 120, "background")]
    inside = wb.run("graph-cut", colour, seeds=seeds, smoothness=50.0).output.mask("foreground")
    assert inside[15:26, 30:61].all()
    assert not inside[75:86, 80:121].any()


def test_a_higher_price_makes_a_shorter_outline(coins: np.ndarray) -> None:
    lengths = []
    for smoothness in (0.0, 4.0, 50.0):
        inside = wb.run("graph-cut", coins, smoothness=smoothness, contrast=0.0).output.mask("foreground")
        lengths.append((inside[1:] != inside[:-1]).sum() + (inside[:, 1:] != inside[:, :-1]).sum())
    assert lengths[0] > lengths[1] > lengths[2]


def test_coins_are_found_better_than_by_a_threshold() -> None:
    sample = wb.samples.load("coins")
    cut, otsu = (
        wb.score(sample.truth, wb.run(name, sample.image).output, target=sample.target).iou
        for name in ("graph-cut", "otsu")
    )
    assert cut > otsu


def test_the_costs_are_the_histograms_logarithm() -> None:
    image = np.zeros((4, 8, 3), np.uint8)
    image[:, 4:] = 200
    marks = np.zeros((4, 8), np.uint8)
    marks[:, 0], marks[:, 7] = BACKGROUND, OBJECT
    costs = colour_costs(image, marks)
    assert (costs[:, :4, 0] < costs[:, :4, 1]).all()
    assert np.allclose(costs[:, :4], costs[:, :4][:1, :1])
    assert costs[0, 7, 0] == pytest.approx(-np.log(0.01 / 16**3))  # never seen as background
    assert not colour_costs(image, np.zeros((4, 8), np.uint8)).any()


def test_the_mean_weight_of_the_edges_at_a_pixel() -> None:
    pairs, _ = grid_pairs((1, 3))
    assert mean_weight((1, 3), pairs, np.array([1.0, 3.0])).tolist() == [[1, 2, 3]]


def test_the_stages_tell_the_terms_and_the_cut(colour: np.ndarray) -> None:
    with listen(Trace()) as heard:
        output = wb.METHODS["graph-cut"](colour)
    names = [item.name for item in heard.stages if item.name != "evened out"]
    assert names == ["seeds", "unary", "pairwise", "graph", "cut"]
    flow, energy = (
        int(word.strip(",")) for word in heard.stages[-1].caption.split() if word.strip(",").isdigit()
    )
    assert abs(flow - energy) <= 1
    drawn = (heard.stages[-1].array != colour).any(axis=2)
    inside = output.mask("foreground")
    assert drawn[1:][inside[1:] != inside[:-1]].mean() > 0.95
