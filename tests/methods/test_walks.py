import numpy as np
import pytest
import skimage as ski

import workbench as wb
from workbench.methods.maxflow import grid_pairs
from workbench.methods.seeds import known
from workbench.methods.walks import first_met, walker_weights
from workbench.trace import Trace, listen

SEEDS = ((40, 60, 40, 90, "object"), (5, 5, 100, 5, "background"))


@pytest.mark.parametrize("seeds", [SEEDS, SEEDS[:1], ()])
@pytest.mark.parametrize("beta", [10.0, 130.0])
def test_walkers_are_the_librarys(colour: np.ndarray, seeds: tuple, beta: float) -> None:
    marks = known(colour, seeds)
    expected = ski.segmentation.random_walker(
        colour, marks.astype(int), beta=beta, mode="bf", channel_axis=-1, return_full_prob=True
    )[1]
    pairs, _ = grid_pairs(marks.shape)
    assert np.allclose(first_met(marks, pairs, walker_weights(colour, pairs, beta)), expected, atol=1e-6)
    output = wb.run("random-walker", colour, seeds=seeds, beta=beta).output
    sure = np.abs(expected - 0.5) > 1e-6
    assert (output.mask("foreground") == (expected > 0.5))[sure].all()


def test_each_chance_is_the_weighted_mean_of_its_neighbours(colour: np.ndarray) -> None:
    marks = known(colour, SEEDS)
    pairs, _ = grid_pairs(marks.shape)
    weights = walker_weights(colour, pairs, 130.0)
    chance = first_met(marks, pairs, weights).ravel()
    first, second = pairs.T
    total, mean = np.zeros((2, chance.size))
    for here, there in ((first, second), (second, first)):
        np.add.at(total, here, weights)
        np.add.at(mean, here, weights * chance[there])
    unknown = marks.ravel() == 0
    assert np.allclose((mean / total)[unknown], chance[unknown], atol=1e-6)
    assert (chance >= -1e-9).all()
    assert (chance <= 1 + 1e-9).all()


def test_seeds_of_one_kind_are_met_for_sure() -> None:
    pairs, _ = grid_pairs((2, 3))
    nobody = np.zeros((2, 3), np.uint8)
    assert not first_met(nobody, pairs, np.ones(7)).any()
    alone = nobody.copy()
    alone[0, 0] = 2
    assert (first_met(alone, pairs, np.ones(7)) == 1).all()


def test_the_stages_end_in_the_likelier_side(colour: np.ndarray) -> None:
    with listen(Trace()) as heard:
        output = wb.METHODS["random-walker"](colour, seeds=SEEDS)
    assert [item.name for item in heard.stages] == ["seeds", "pairwise", "probability", "cut"]
    assert ((heard.stages[-2].array > 0.5) == output.mask("foreground")).all()
