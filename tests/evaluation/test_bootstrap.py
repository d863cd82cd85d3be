import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import bootstrap

from workbench.evaluation.bootstrap import Paired, interval, paired

INF, NAN = math.inf, math.nan
VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=8)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.95])
def test_interval_equals_scipy(seed: int, confidence: float) -> None:
    values = np.random.default_rng(seed).beta(5, 2, 40)
    theirs = bootstrap(
        (values,), np.mean, n_resamples=500, confidence_level=confidence, method="percentile", rng=seed
    ).confidence_interval
    ours = interval(values, confidence=confidence, resamples=500, seed=seed)
    assert ours == pytest.approx(tuple(theirs), abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_difference_equals_scipy_paired(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a = rng.beta(5, 2, 30)
    b = a + rng.normal(0.02, 0.1, 30)
    theirs = bootstrap(
        (a, b),
        lambda one, two, axis: np.mean(one, axis) - np.mean(two, axis),
        n_resamples=500,
        paired=True,
        method="percentile",
        rng=seed,
    ).confidence_interval
    found = paired(a, b, resamples=500, seed=seed)
    assert (found.low, found.high) == pytest.approx(tuple(theirs), abs=1e-12)
    assert found.difference == pytest.approx(a.mean() - b.mean(), abs=1e-12)


def test_share_nears_that_of_all_resamples() -> None:
    """Four images can be drawn in 4 ** 4 ways: count them all."""
    a, b = [0.9, 0.4, 0.7, 0.5], [0.6, 0.6, 0.6, 0.6]
    apart = np.subtract(a, b)
    means = np.array([apart[list(draw)].mean() for draw in itertools.product(range(4), repeat=4)])
    exact = (means > 1e-12).mean() + (abs(means) <= 1e-12).mean() / 2
    found = paired(a, b, resamples=20_000)
    # Six standard errors of a share.
    assert found.better == pytest.approx(exact, abs=6 * math.sqrt(0.25 / 20_000))
    low, high = np.quantile(means, [0.025, 0.975])
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.02)


@given(VALUES, st.randoms())
@settings(max_examples=30)
def test_the_two_shares_are_one_and_directions_mirror(values: list[float], random: object) -> None:
    other = [1 - value for value in values]
    forth, back = paired(values, other, resamples=50), paired(other, values, resamples=50)
    down = paired(values, other, best="down", resamples=50)
    assert forth.better + back.better == pytest.approx(1)
    assert down.better == back.better
    assert forth.low <= forth.high


def test_equal_methods_are_even() -> None:
    assert paired([0.5, 0.7], [0.5, 0.7]) == Paired(0.5, 0.0, 0.0, 0.0, 2)


def test_pairing_sees_what_spread_between_images_hides() -> None:
    a = np.linspace(0, 1, 50)
    assert paired(a + 0.001, a).better == 1.0


def test_an_image_that_one_leaves_undefined_is_left_out_for_both() -> None:
    assert paired([1.0, NAN, 0.0], [0.0, 1.0, NAN]).images == 1
    assert interval([0.5, NAN]) == (0.5, 0.5)


def test_infinite_distances() -> None:
    """A method that finds nothing is infinitely far, not undefined; two such images are a tie."""
    found = paired([INF, 2.0, INF], [1.0, 3.0, INF], best="down")
    assert found.difference == INF
    assert found.better < 0.5
    assert paired([INF], [INF], best="down").better == 0.5
    assert math.isnan(paired([INF, 0.0], [0.0, INF]).low)
    assert interval([INF, 1.0])[1] == INF


def test_nothing_is_undefined() -> None:
    found = paired([NAN], [1.0])
    assert np.isnan([found.better, found.difference, found.low, found.high]).all()
    assert np.isnan(interval([])).all()
    assert found.says("A", "B") == "A and B cannot be compared: no image defines the number for both"
    assert "1 image" in paired([1.0], [0.0]).says("A", "B")


def test_refusals() -> None:
    with pytest.raises(ValueError, match="paired needs one number of each for every image, got 1 and 2"):
        paired([1.0], [1.0, 2.0])
    with pytest.raises(ValueError, match="confidence must lie between 0 and 1, got 95"):
        interval([1.0], confidence=95)
    with pytest.raises(ValueError, match="needs at least one resample, got 0"):
        interval([1.0], resamples=0)
