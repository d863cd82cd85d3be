import numpy as np
import pytest
import skimage as ski
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from workbench.methods.levels import (
    between_class_variance,
    correlation,
    cross_entropy,
    halfway,
    isodata_walk,
    otsu_level,
    show_smoothing,
    triangle_drop,
    valley_level,
)
from workbench.trace import Trace, listen

GREYS = arrays(np.uint8, st.tuples(st.integers(1, 8), st.integers(1, 8)), elements=st.integers(0, 255))


def _counts(grey: np.ndarray) -> np.ndarray:
    return np.bincount(grey.ravel(), minlength=256)


def _variance(values: np.ndarray, level: int) -> float:
    """Compute w0 w1 (mean0 - mean1)^2 pixel by pixel."""
    below, above = values[values <= level], values[values > level]
    if not len(below) or not len(above):
        return 0.0
    return len(below) * len(above) / len(values) ** 2 * (below.mean() - above.mean()) ** 2


@given(grey=GREYS)
@settings(deadline=None, max_examples=60)
def test_between_class_variance_pixel_by_pixel(grey: np.ndarray) -> None:
    values = grey.ravel().astype(float)
    curve = between_class_variance(np.bincount(grey.ravel(), minlength=256))
    assert np.allclose(curve, [_variance(values, level) for level in range(256)], atol=1e-6)


@given(grey=GREYS)
@settings(deadline=None, max_examples=60)
def test_otsu_finds_the_highest_between_class_variance(grey: np.ndarray) -> None:
    values = grey.ravel().astype(float)
    level = otsu_level(np.bincount(grey.ravel(), minlength=256))
    best = max(_variance(values, candidate) for candidate in range(256))
    assert _variance(values, level) == pytest.approx(best, abs=1e-6)


def _split(values: np.ndarray, level: int) -> list[np.ndarray]:
    return [side for side in (values[values <= level], values[values > level]) if len(side)]


@given(grey=GREYS)
@settings(deadline=None, max_examples=40)
def test_cross_entropy_pixel_by_pixel(grey: np.ndarray) -> None:
    values = grey.ravel().astype(float) - grey.min()
    curve = cross_entropy(_counts(grey))
    for level in range(int(grey.min()), 256, 7):
        sides = [side[side > 0] for side in _split(values, level - int(grey.min()))]
        means = [side.mean() for side in _split(values, level - int(grey.min()))]
        lost = sum(
            (side * np.log(side / mean)).sum() for side, mean in zip(sides, means, strict=True) if mean
        )
        assert curve[level] == pytest.approx(lost / grey.size, abs=1e-6)


@given(grey=GREYS)
@settings(deadline=None, max_examples=40)
def test_correlation_level_by_level(grey: np.ndarray) -> None:
    share = _counts(grey) / grey.size
    curve = correlation(_counts(grey))
    for level in range(0, 256, 5):
        sides = [side for side in (share[: level + 1], share[level + 1 :]) if side.sum() > 0]
        expected = sum(np.log(side.sum() ** 2 / (side**2).sum()) for side in sides) if len(sides) == 2 else 0
        assert curve[level] == pytest.approx(expected, abs=1e-6)


@given(grey=GREYS)
@settings(deadline=None, max_examples=60)
def test_the_walk_ends_halfway_between_the_means(grey: np.ndarray) -> None:
    values, walk = grey.ravel().astype(float), isodata_walk(_counts(grey))
    assert walk[0] == values.min()
    assert walk == sorted(set(walk))
    means = [side.mean() for side in _split(values, walk[-1])]
    if len(means) == 2:
        assert int(sum(means) / 2 + 1e-9) == walk[-1]
        assert halfway(_counts(grey))[walk[-1]] == pytest.approx(sum(means) / 2)


def test_the_drop_is_measured_from_the_line_to_the_longer_side() -> None:
    left, right = np.array([1, 2, 3, 9, 2]), np.array([2, 9, 3, 2, 1])
    assert triangle_drop(left) == pytest.approx(triangle_drop(right)[::-1])
    assert triangle_drop(left)[2] == pytest.approx(1 + (9 - 1) * 2 / 3 - 3)


def test_smoothing_as_shown_ends_where_the_library_cuts(grey: np.ndarray) -> None:
    with listen(Trace()) as heard:
        show_smoothing(_counts(grey))
    levels, last = heard.stages[-1].array
    tops = ski.morphology.local_maxima(last).nonzero()[0]
    assert len(tops) == 2
    assert levels[tops[0] + last[tops[0] : tops[1] + 1].argmin()] == valley_level(grey)


def test_smoothing_gives_up_in_the_end() -> None:
    # A comb over all levels has more than two peaks for thousands of passes; what counts is that it ends.
    with listen(Trace()) as heard:
        show_smoothing(np.tile([9, 0, 0, 0, 0, 0, 0, 0], 32))
    assert len(heard.stages) <= 12
