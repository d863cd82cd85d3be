import cv2
import numpy as np
import pytest

from workbench.methods.pixel_features import (
    feature_names,
    gabor_bank,
    gabor_energies,
    pattern_codes,
    pattern_shares,
    pixel_features,
)


def test_features_are_on_one_scale(colour: np.ndarray) -> None:
    lab = cv2.cvtColor(colour.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    assert np.allclose(pixel_features(colour, "lab", 0, 0), lab.reshape(-1, 3))
    grey = pixel_features(colour, "grey", 0, 0)
    assert grey.shape == (colour.shape[0] * colour.shape[1], 1)
    assert grey.max() <= 100
    placed = pixel_features(colour, "rgb", 0.5, 0)
    assert placed.shape[1] == 5
    assert placed[-1, 3:].max() == pytest.approx(50, abs=1)


@pytest.mark.parametrize("space", ["lab", "rgb", "grey", "hsv"])
@pytest.mark.parametrize("position", [0, 0.5])
@pytest.mark.parametrize("texture", ["none", "gabor", "lbp"])
def test_every_column_has_a_name_and_keeps_to_its_scale(
    colour: np.ndarray, space: str, position: float, texture: str
) -> None:
    features = pixel_features(colour, space, position, 1.0, texture)
    assert features.dtype == np.float32
    assert features.shape == (colour[..., 0].size, len(feature_names(space, position, texture)))
    assert np.abs(features).max() <= 101


def test_hue_has_no_seam_and_counts_for_nothing_in_grey() -> None:
    """Two reds on both sides of hue 0 are near; two greys are near whatever their hue."""
    image = np.array([[[200, 0, 10], [200, 10, 0], [0, 200, 200], [100, 100, 100]]], np.uint8)
    first, second, opposite, grey = pixel_features(image, "hsv", 0, 0)
    assert np.linalg.norm(first - second) < 10 < 100 < np.linalg.norm(first - opposite)
    assert np.allclose(grey[1:], 0, atol=1e-3)


@pytest.mark.parametrize("turn", range(4))
@pytest.mark.parametrize("scale", range(3))
def test_a_filter_answers_its_own_wave_with_its_amplitude(turn: int, scale: int) -> None:
    bank = gabor_bank(3, 4)
    period, angle = 4.0 * 2**scale, np.pi * turn / 4
    rows, columns = np.mgrid[-64:65, -64:65]
    wave = 20 * np.cos(2 * np.pi * (columns * np.cos(angle) + rows * np.sin(angle)) / period)
    answers = [
        np.abs(cv2.filter2D(wave.astype(np.float32), cv2.CV_32F, gabor.weights)[50:79, 50:79]).max()
        for gabor in bank
    ]
    assert int(np.argmax(answers)) == 4 * scale + turn
    assert (bank[4 * scale + turn].period, bank[4 * scale + turn].degrees) == (period, 45.0 * turn)
    assert max(answers) == pytest.approx(20, rel=0.03)


def test_filters_do_not_answer_even_grey() -> None:
    energies = gabor_energies(np.full((40, 50), 200, np.uint8), gabor_bank(4, 2), 21)
    assert energies.shape == (40, 50, 8)
    assert energies.max() < 1e-3


def test_saturation_forgets_contrast() -> None:
    rows = np.arange(64)[:, None]
    faint, strong = (
        np.repeat((128 + size * np.cos(np.pi * rows / 2)).astype(np.uint8), 64, 1) for size in (20, 100)
    )
    bank = gabor_bank(1, 4)

    def ratio(saturation: float) -> float:
        made = [gabor_energies(grey, bank, 21, saturation)[..., 2].mean() for grey in (faint, strong)]
        return made[1] / made[0]

    assert ratio(1.0) < 1.2 < 3 < ratio(0.01)


def test_patterns_are_those_of_the_textbook(grey: np.ndarray) -> None:
    """Eight neighbours on a circle, at least as bright or not; in a row: their number, otherwise 9."""
    patch = grey[40:60, 100:130]
    codes = pattern_codes(patch, 1)
    angles = 2 * np.pi * np.arange(8) / 8
    steps = np.round(np.stack([-np.sin(angles), np.cos(angles)], axis=1), 5)
    for row in range(2, 18):
        for column in range(2, 28):
            places = np.array([row, column]) + steps
            around = np.array([_between(patch, *place) for place in places])
            bits = around >= patch[row, column]
            turns = (bits != np.roll(bits, 1)).sum()
            assert codes[row, column] == (bits.sum() if turns <= 2 else 9)


def _between(grey: np.ndarray, row: float, column: float) -> float:
    """Read a place between pixels, from the four around it."""
    top, left = int(np.floor(row)), int(np.floor(column))
    down, across = row - top, column - left
    near = grey[top : top + 2, left : left + 2].astype(float)
    near = np.pad(near, ((0, 2 - near.shape[0]), (0, 2 - near.shape[1])))
    return np.array([1 - down, down]) @ near @ np.array([1 - across, across])


def test_turning_the_picture_turns_the_patterns(grey: np.ndarray) -> None:
    codes, turned = (pattern_codes(np.ascontiguousarray(part), 1) for part in (grey, np.rot90(grey)))
    assert (np.rot90(codes)[1:-1, 1:-1] == turned[1:-1, 1:-1]).mean() > 0.99


def test_shares_are_the_histogram_of_the_window(grey: np.ndarray) -> None:
    codes = pattern_codes(grey, 1)
    shares = pattern_shares(codes, 15)
    inside = np.bincount(codes[93:108, 143:158].ravel(), minlength=10) / 15**2
    assert np.allclose(shares[100, 150] ** 2, inside, atol=1e-4)
    assert np.allclose(np.square(shares).sum(axis=2), 1, atol=1e-3)
