import numpy as np
import pytest
import skimage as ski
from scipy import ndimage

import workbench as wb


def _front(name: str, image: np.ndarray, **values: object) -> np.ndarray:
    return wb.run(name, image, **values).output.mask("foreground")


def _as_image(grey: np.ndarray) -> np.ndarray:
    return np.repeat(grey[:, :, None], 3, axis=2)


@pytest.mark.parametrize("around", ["mean", "gaussian", "median"])
@pytest.mark.parametrize(("window", "offset"), [(31, 10), (75, 0)])
def test_local_mean_is_the_librarys(
    coins: np.ndarray, grey: np.ndarray, around: str, window: int, offset: int
) -> None:
    small, image = grey[:150, :120], coins[:150, :120]
    level = ski.filters.threshold_local(small, window, method=around, mode="nearest")
    values = {"window": window, "around": around, "offset": offset, "sigma": 0}
    # A difference of less than rounding is no difference of grey levels.
    sure = np.abs(np.abs(small - level) - offset) > 1e-6
    assert (_front("adaptive", image, **values) == (small > level + offset))[sure].all()
    assert (_front("adaptive", image, objects="dark", **values) == (small < level - offset))[sure].all()
    assert sure.mean() > 0.9 or around == "median"


def test_local_mean_by_hand() -> None:
    grey = np.random.default_rng(0).integers(0, 256, (9, 9), dtype=np.uint8)
    front = _front("adaptive", _as_image(grey), window=5, offset=7, sigma=0)
    assert front[4, 4] == (grey[4, 4] > grey[2:7, 2:7].mean() + 7)


@pytest.mark.parametrize(("window", "k"), [(25, 0.2), (101, 1.0)])
def test_niblack_is_the_librarys_on_ink_and_on_the_negative(
    coins: np.ndarray, grey: np.ndarray, window: int, k: float
) -> None:
    for objects, ink in (("dark", grey), ("bright", 255 - grey)):
        expected = ink <= ski.filters.threshold_niblack(ink, window_size=window, k=k)
        assert (_front("niblack", coins, window=window, k=k, sigma=0, objects=objects) == expected).all()


def test_niblacks_level_by_hand() -> None:
    grey = np.random.default_rng(1).integers(0, 256, (9, 9), dtype=np.uint8)
    square = grey[2:7, 2:7].astype(float)
    front = _front("niblack", _as_image(grey), window=5, k=0.4, sigma=0, objects="dark")
    assert front[4, 4] == (grey[4, 4] <= square.mean() - 0.4 * square.std())


@pytest.mark.parametrize(("window", "k"), [(25, 0.2), (101, 0.1)])
def test_sauvola_is_the_librarys_on_ink_and_on_the_negative(
    coins: np.ndarray, grey: np.ndarray, window: int, k: float
) -> None:
    for objects, ink in (("dark", grey), ("bright", 255 - grey)):
        expected = ink <= ski.filters.threshold_sauvola(ink, window_size=window, k=k, r=128)
        assert (_front("sauvola", coins, window=window, k=k, objects=objects) == expected).all()


def test_sauvolas_level_by_hand() -> None:
    grey = np.random.default_rng(0).integers(0, 256, (9, 9), dtype=np.uint8)
    square = grey[2:7, 2:7].astype(float)
    level = square.mean() * (1 + 0.3 * (square.std() / 128 - 1))
    front = _front("sauvola", _as_image(grey), window=5, k=0.3, objects="dark")
    assert front[4, 4] == (grey[4, 4] <= level)


@pytest.mark.parametrize("name", ["adaptive", "niblack", "sauvola"])
def test_an_even_window_is_one_more(coins: np.ndarray, name: str) -> None:
    assert wb.run(name, coins, window=24).sha256 == wb.run(name, coins, window=25).sha256


@pytest.mark.parametrize("name", ["adaptive", "niblack", "sauvola"])
def test_slow_changes_of_light_do_not_matter(name: str) -> None:
    blobs = ndimage.gaussian_filter(np.random.default_rng(2).normal(size=(90, 90)), 4) > 0.05
    plain = np.where(blobs, 150, 90)
    slope = np.linspace(-40, 40, 90)[None, :]
    even, uneven = (_as_image(np.clip(p, 0, 255).astype(np.uint8)) for p in (plain, plain + slope))
    truth = wb.Segmentation.from_mask(blobs)
    for image in (even, uneven):
        assert wb.score(truth, wb.run(name, image, window=41).output).iou > 0.8


def test_mean_and_deviation_around_are_shown_and_give_niblacks_level(coins: np.ndarray) -> None:
    shown = {item.name: item.array for item in wb.run("niblack", coins, k=0.5).stages}
    expected = shown["mean around"] + 0.5 * shown["deviation around"]
    assert np.allclose(shown["level"], expected)
