import itertools

import cv2
import numpy as np
import pytest
import scipy
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import workbench as wb
from workbench.methods.histograms import boxes_of, peaks_of, tops_of, uphill

COUNTS = arrays(np.float64, st.integers(2, 40), elements=st.integers(0, 1000).map(float))


@given(hills=COUNTS, share=st.sampled_from([0.05, 0.2, 0.6]))
@settings(deadline=None, max_examples=100)
def test_peaks_are_those_that_scipy_calls_prominent(hills: np.ndarray, share: float) -> None:
    hills = hills + np.random.default_rng(0).random(len(hills))  # no two of them equally high
    least = share * hills.max()
    expected = scipy.signal.find_peaks(np.pad(hills, 1), prominence=least)[0] - 1
    assert peaks_of(hills, share) == expected.tolist()


def test_a_plain_of_two_equal_tops_is_one_peak() -> None:
    assert len(peaks_of(np.array([0, 4.0, 3.9, 4.0, 0]), 0.1)) == 1
    assert len(peaks_of(np.array([0, 4.0, 3.0, 4.0, 0]), 0.1)) == 2


def test_peaks_cut_in_the_valleys_of_the_smoothed_histogram(coins: np.ndarray, grey: np.ndarray) -> None:
    ran = wb.run("peaks", coins, sigma=0, smoothing=3, prominence=5)
    hills = scipy.ndimage.gaussian_filter1d(
        np.bincount(grey.ravel(), minlength=256).astype(float), 3, mode="constant"
    )
    tops = peaks_of(hills, 0.05)
    cuts = [a + hills[a:b].argmin() for a, b in itertools.pairwise(tops)]
    assert len(cuts) >= 1
    assert (ran.output.ids == np.digitize(grey, cuts, right=True) + 1).all()
    assert ran.stages[-1].marks == tuple(map(float, cuts))


def test_as_many_bands_as_peaks() -> None:
    rng = np.random.default_rng(0)
    values = np.concatenate([rng.normal(m, 5, 900) for m in (40, 110, 190, 240)])
    image = np.repeat(np.clip(values, 0, 255).astype(np.uint8).reshape(60, 60, 1), 3, axis=2)
    output = wb.run("peaks", image, sigma=0, prominence=20).output
    assert len(output.segments) == 4
    assert (output.ids.ravel()[::900] == [1, 2, 3, 4]).all()


def _climb(hills: np.ndarray, cell: tuple[int, ...]) -> tuple[int, ...]:
    """Go to the fullest of the cells around, the last of them in order where some are equal, to the end."""
    ranges = [range(max(0, i - 1), min(n, i + 2)) for i, n in zip(cell, hills.shape, strict=True)]
    best = max(itertools.product(*ranges), key=lambda place: (hills[place], place))
    return cell if best == cell else _climb(hills, best)


@given(hills=arrays(np.float64, (5, 4, 3), elements=st.integers(0, 6).map(float)))
@settings(deadline=None, max_examples=40)
def test_every_box_climbs_as_a_walker_would(hills: np.ndarray) -> None:
    top = tops_of(uphill(hills))
    for number, cell in enumerate(itertools.product(*map(range, hills.shape))):
        assert np.unravel_index(top[number], hills.shape) == _climb(hills, cell)


@pytest.mark.parametrize("space", ["Lab", "RGB"])
def test_bundling_is_a_hill_climb_from_every_pixel(colour: np.ndarray, space: str) -> None:
    small = colour[::5, ::5].copy()
    output = wb.run("colour-bundling", small, bins=32, space=space, smoothing=0.4, sigma=0).output
    values = cv2.cvtColor(small, cv2.COLOR_RGB2LAB) if space == "Lab" else small
    boxes = values.astype(int) // 8
    counts = np.zeros((32, 32, 32))
    for box in boxes.reshape(-1, 3):
        counts[tuple(box)] += 1
    hills = scipy.ndimage.gaussian_filter(counts, 0.4, mode="constant")
    tops = [_climb(hills, tuple(box)) for box in boxes.reshape(-1, 3)]
    pairs = set(zip(tops, output.ids.ravel().tolist(), strict=True))
    assert len(pairs) == len(set(tops)) == len(output.segments) > 1
    sizes = np.bincount(output.ids.ravel())[1:]
    assert (np.diff(sizes) <= 0).all()


def test_boxes_are_numbered_row_by_row() -> None:
    image = np.array([[[255, 0, 10], [0, 128, 255]]], np.uint8)
    assert boxes_of(image, 2, "RGB").tolist() == [[4, 3]]
    assert boxes_of(image, 2, "Lab").shape == (1, 2)


def test_few_plain_colours_are_a_segment_each() -> None:
    image = np.zeros((6, 9, 3), np.uint8)
    image[:, 3:] = 250, 20, 20
    image[:, 7:] = 20, 20, 250
    output = wb.run("colour-bundling", image, sigma=0).output
    assert output.ids[0].tolist() == [2, 2, 2, 1, 1, 1, 1, 3, 3]


def test_the_climb_is_shown_and_ends_at_the_bundles(colour: np.ndarray) -> None:
    stages = wb.run("colour-bundling", colour).stages
    frames = [item for item in stages if item.film == "the climb"]
    bundles = next(item for item in stages if item.name == "bundles")
    assert 2 <= len(frames) <= 12
    assert (frames[-1].array == bundles.array).all()
    dots = next(item for item in stages if item.kind == "scatter")
    assert len(dots.marks) == len(np.unique(dots.array[2]))
