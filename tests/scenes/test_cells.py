import numpy as np
import pytest

from workbench.metrics.score import score
from workbench.scenes import cells
from workbench.scenes.cell import ROUND, SPREAD
from workbench.segmentation import Segmentation


def test_round_cells_mostly_lie_on_spread_ones():
    """Depth order goes with class: that is what a network can learn from."""
    above = below = 0
    for seed in range(30):
        sample = cells(seed, (128, 128))
        masks, kinds = sample.instances.masks(), [item.category.id for item in sample.instances]
        for high in range(len(kinds)):
            for low in range(high):
                if kinds[high] != kinds[low] and (masks[high] & masks[low]).any():
                    above += kinds[high] == ROUND
                    below += kinds[high] == SPREAD
    assert above + below > 50
    assert above / (above + below) > 0.8


def test_cells_touch_and_overlap():
    hidden = total = 0
    for seed in range(10):
        sample = cells(seed)
        masks = sample.instances.masks()
        total += masks.sum()
        hidden += (masks.sum(axis=0) - 1).clip(0).sum()
    assert 0.02 < hidden / total < 0.3


@pytest.mark.parametrize("style", ["stain", "phase", "fluorescence"])
def test_a_style_is_drawn_as_asked(style):
    green = cells(1, style=style).image.astype(int)
    dark = green.mean() < 80
    assert dark == (style == "fluorescence")


def test_a_spread_cell_is_darker_and_a_round_one_brighter_than_the_ground():
    sample = cells(2, style="phase", light=0.0, noise=0.0)
    grey, found = sample.image.mean(axis=2), sample.truth.category_ids()
    ground, spread, ball = (np.median(grey[found == n]) for n in (1, 2, 3))
    assert spread < ground - 10
    assert ball > ground + 10


def test_one_knob_leaves_the_others_alone():
    plain, noisy = cells(3, noise=0.0), cells(3, noise=0.1)
    assert plain.truth.sha256 == noisy.truth.sha256
    assert (plain.image != noisy.image).any()


def test_cover_zero_is_an_empty_dish():
    sample = cells(0, cover=0.0)
    assert len(sample.instances) == 0
    assert sample.truth.summary() == "1 segment"


def test_no_level_finds_both_types():
    """The scene is made so that thresholds have to fail, even the one that the truth itself would choose."""
    best = []
    for seed in range(6):
        sample = cells(seed, (128, 128), style="phase")
        grey = sample.image.mean(axis=2)
        guesses = [Segmentation.from_mask(side) for n in range(0, 256, 8) for side in (grey > n, grey <= n)]
        best.append(max(score(sample.truth, guess, target=sample.target).dice for guess in guesses))
    assert np.mean(best) < 0.85


@pytest.mark.parametrize(
    ("knob", "value"), [("radius", 0.5), ("cover", 1.0), ("light", -0.1), ("blur", 21), ("noise", 0.3)]
)
def test_refuses_a_knob_out_of_range(knob, value):
    with pytest.raises(ValueError, match=rf"cells: {knob} must be in \[.*\], got {value}"):
        cells(0, **{knob: value})


def test_refuses_an_unknown_style():
    with pytest.raises(ValueError, match="cells: style must be one of stain, fluorescence, phase, got 'oil'"):
        cells(0, style="oil")
