import colorsys

import cv2
import numpy as np
import pytest
from scipy import ndimage

from workbench.methods import features
from workbench.methods.features import channel_of, even_out, histogram, smooth


def test_channels_are_what_they_are_called(colour: np.ndarray) -> None:
    for index, name in enumerate(("red", "green", "blue")):
        assert (channel_of(colour, name) == colour[..., index]).all()
    luma = colour @ np.array([0.299, 0.587, 0.114])
    assert np.abs(channel_of(colour, "grey") - luma).max() <= 1


def test_hue_runs_over_the_whole_turn_and_saturation_over_the_whole_range() -> None:
    for rgb in [(255, 0, 0), (0, 200, 0), (30, 30, 220), (200, 40, 180)]:
        hue, saturation, _ = colorsys.rgb_to_hsv(*(part / 255 for part in rgb))
        pixel = np.array([[rgb]], np.uint8)
        turn = abs(int(channel_of(pixel, "hue")[0, 0]) - hue * 256)
        assert min(turn, 256 - turn) <= 1.5
        assert abs(int(channel_of(pixel, "saturation")[0, 0]) - saturation * 255) <= 1


def test_smoothing_is_a_gaussian(grey: np.ndarray) -> None:
    assert (smooth(grey, 1.5) == cv2.GaussianBlur(grey, (0, 0), 1.5)).all()
    assert smooth(grey, 0) is grey


def test_evening_out_compares_with_the_mean_of_the_square_around(grey: np.ndarray) -> None:
    mean = ndimage.uniform_filter(grey.astype(float), 41, mode="reflect")
    expected = np.clip(grey - mean + 128, 0, 255)
    assert np.abs(even_out(grey, 20) - expected).max() <= 1
    assert even_out(grey, 0) is grey


@pytest.mark.parametrize("exact", [2**24, 0])
def test_counting_levels_both_ways(grey: np.ndarray, exact: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "EXACT", exact)
    counts = histogram(grey)
    assert counts.dtype == np.int64
    assert counts.tolist() == np.bincount(grey.ravel(), minlength=256).tolist()
