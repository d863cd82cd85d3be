import itertools
import json

import numpy as np
import pytest
import torch

from workbench.models import zoo
from workbench.models.unet import UNet
from workbench.sample import Sample
from workbench.segmentation import Segmentation
from workbench.taxonomy import BINARY
from workbench.training.card import add_photographs, best_band, best_level, compared, dice


@pytest.fixture(params=range(5))
def picture(request):
    rng = np.random.default_rng(request.param)
    truth = rng.random((12, 14)) < 0.3
    return (rng.integers(0, 24, truth.shape) + 12 * truth).astype(np.uint8), truth


def test_no_level_is_better_than_the_best(picture):
    grey, truth = picture
    tried = [side for level in range(-1, 256) for side in (grey > level, grey <= level)]
    assert dice(truth, best_level(grey, truth)) == pytest.approx(max(dice(truth, side) for side in tried))


def test_no_pair_of_levels_is_better_than_the_best(picture):
    grey, truth = picture
    bands = [(grey >= low) & (grey < high) for low, high in itertools.combinations(range(40), 2)]
    tried = [side for band in bands for side in (band, ~band)]
    assert dice(truth, best_band(grey, truth)) == pytest.approx(max(dice(truth, side) for side in tried))


def test_dice_of_nothing_is_undefined():
    assert np.isnan(dice(np.zeros((2, 2), bool), np.zeros((2, 2), bool)))


def test_a_table_holds_the_network_and_the_thresholds():
    torch.manual_seed(0)
    table = compared(UNet(base=2), "cells", count=2, side=64)
    assert (
        table["dice"]["two levels, oracle"]
        >= table["dice"]["one level, oracle"]
        >= table["dice"]["otsu, oracle side"]
    )
    assert all(0 <= table["lowest"][name] <= value <= 1 for name, value in table["dice"].items())


def test_photographs_are_scored_into_the_card(tmp_path):
    zoo.save(
        UNet(base=2, depth=2),
        {"name": "tiny", "architecture": "unet", "settings": {"base": 2, "depth": 2}},
        tmp_path,
    )
    truth = Segmentation.from_mask(np.array([[True, False]] * 2), BINARY)
    image = np.zeros((2, 2, 3), np.uint8)
    spot = Sample("spot", "A spot", image, truth, ("foreground",), "us", "BSD-3-Clause", "photograph")
    bare = Sample("bare", "No truth", image, None, (), "us", "BSD-3-Clause", "photograph")

    class Answer:
        output = truth

    path = add_photographs("tiny", lambda name, image: Answer, [spot, bare], tmp_path)
    assert json.loads(path.read_text())["photographs"] == {
        "spot": {"iou": 1.0, "dice": 1.0, "target": ["foreground"]}
    }
    assert zoo.load("tiny", "cpu", tmp_path).card["photographs"]["spot"]["iou"] == 1.0
