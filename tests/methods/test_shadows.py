import colorsys

import numpy as np
import pytest
import skimage as ski

import workbench as wb
from workbench.methods.shadows import blue_angle, hue_ratio
from workbench.scenes import shadows
from workbench.trace import Trace, listen


def _colours() -> np.ndarray:
    return np.random.default_rng(0).uniform(0, 1, (20, 30, 3)).astype(np.float32)


def test_hue_is_that_of_the_colour_circle() -> None:
    """HSI's hue, with its zero moved: the standard one has it at red and counts towards green."""
    colours = _colours()
    ours = hue_ratio(colours, np.zeros((20, 30), np.float32)) - 1
    # Pratt's axes for red less green and blue less yellow run clockwise from red at 30 degrees below zero.
    red, green, blue = colours[0, 0]
    assert ours[0, 0] == pytest.approx(
        np.arctan2((2 * blue - red - green) / 6**0.5, (red - green) / 2**0.5) / (2 * np.pi) + 0.5, abs=1e-6
    )
    order = [hue_ratio(np.array([[c]], np.float32), np.zeros((1, 1), np.float32))[0, 0] - 1 for c in HUES]
    assert order == sorted(order)


HUES = [colorsys.hsv_to_rgb(h, 1, 1) for h in (0.32, 0.2, 0.1, 0.0, 0.9, 0.8, 0.7, 0.6)]


def test_darker_is_a_higher_ratio() -> None:
    colours = _colours()
    ratios = [hue_ratio(colours, np.full((20, 30), level, np.float32)) for level in (0.1, 0.5, 0.9)]
    assert (ratios[0] > ratios[1]).all()
    assert (ratios[1] > ratios[2]).all()
    assert min(r.min() for r in ratios) >= 0.5
    assert hue_ratio(colours, np.zeros((20, 30), np.float32)).max() <= 2


def test_the_blue_angle_knows_no_brightness() -> None:
    colours = _colours()
    assert np.allclose(blue_angle(colours), blue_angle(colours / 3), atol=1e-5)
    c3 = np.arctan(colours[..., 2] / np.maximum(colours[..., 0], colours[..., 1]))
    assert np.allclose(blue_angle(colours), c3, atol=1e-6)


def test_the_threshold_is_otsus() -> None:
    sample = shadows(8, (128, 160))
    with listen(Trace()) as heard:
        wb.METHODS["shadow"](sample.image)
    stages = {item.name: item for item in heard.stages}
    ratio, (level,) = stages["ratio"].array, stages["histogram"].marks
    assert level == pytest.approx(ski.filters.threshold_otsu(ratio), abs=0.01)
    assert (stages["above the threshold"].array == (ratio > level)).mean() > 0.98


def _patches() -> np.ndarray:
    image = np.full((60, 90, 3), (180, 160, 130), np.uint8)
    image[10:30, 10:30] = (58, 60, 64)  # the sky's light alone
    image[10:30, 50:70] = (58, 51, 42)  # as dark, in the ground's own colour
    return image


def test_a_blue_dark_patch_is_shadow_and_a_dark_one_is_not() -> None:
    mask = wb.run("shadow", _patches(), ratio="blue", sigma=0.0).output.mask("foreground")
    assert mask[10:30, 10:30].all()
    assert mask.sum() == 400


def test_the_hue_ratio_is_highest_in_shadow_and_higher_on_a_stain_than_in_the_sun() -> None:
    with listen(Trace()) as heard:
        wb.METHODS["shadow"](_patches(), sigma=0.0)
    ratio = next(item.array for item in heard.stages if item.name == "ratio")
    assert ratio[20, 20] > ratio[20, 60] + 0.2 > ratio[0, 0] + 0.4


def test_what_is_blue_but_bright_is_no_shadow() -> None:
    image = np.full((60, 90, 3), (170, 150, 120), np.uint8)
    image[10:30, 10:30] = (120, 150, 220)
    assert not wb.run("shadow", image, ratio="blue").output.mask("foreground").any()
    assert wb.run("shadow", image, ratio="blue", darkness=1.5).output.mask("foreground").any()


def test_small_ones_are_dropped() -> None:
    image = np.full((60, 90, 3), (180, 160, 130), np.uint8)
    image[10:30, 10:30] = image[40:45, 50:55] = (58, 60, 64)
    areas = [
        wb.run("shadow", image, smallest=s, sigma=0.0).output.mask("foreground").sum() for s in (0, 50, 500)
    ]
    assert areas == [425, 400, 0]


def test_it_finds_what_dark_alone_does_not() -> None:
    """On paving and sand; grass, which is green already, is where it may fail."""
    ours, dark = [], []
    for seed in (2, 7, 8, 10, 12, 13, 14, 15):
        sample = shadows(seed, (192, 256))
        found = {
            "ours": wb.run("shadow", sample.image, smallest=10).output,
            "dark": wb.run("otsu", sample.image, objects="dark").output,
        }
        scores = {
            n: wb.score(sample.truth, g, lens="object", target=sample.target).iou for n, g in found.items()
        }
        ours.append(scores["ours"])
        dark.append(scores["dark"])
    assert np.mean(ours) > 0.7 > 0.45 > np.mean(dark)
