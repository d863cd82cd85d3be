"""Several annotators: kappa against scikit-learn, majority by hand, STAPLE by what it must do."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from workbench.evaluation.agreement import kappa, majority, staple


def crew(rng: np.random.Generator, truth: np.ndarray, rates: list[tuple[float, float]]) -> np.ndarray:
    """Draw a truth by people of known sensitivity and specificity, each pixel by itself."""
    return np.stack(
        [np.where(truth, rng.random(truth.shape) < p, rng.random(truth.shape) > q) for p, q in rates]
    )


@pytest.fixture(scope="module")
def truth() -> np.ndarray:
    rows, columns = np.indices((80, 80))
    return np.hypot(rows - 40, columns - 40) < 25


@pytest.mark.parametrize("seed", range(5))
def test_kappa_is_that_of_scikit_learn(seed: int) -> None:
    rng = np.random.default_rng(seed)
    one = rng.random((20, 30)) < 0.3
    other = one ^ (rng.random((20, 30)) < 0.2)
    assert kappa(one, other) == pytest.approx(cohen_kappa_score(one.ravel(), other.ravel()))


def test_kappa_becomes_dice_where_the_ground_has_no_end() -> None:
    rng = np.random.default_rng(1)
    one, other = rng.random((2, 12, 12)) < 0.6
    dice = 2 * (one & other).sum() / (one.sum() + other.sum())
    apart = [abs(kappa(np.pad(one, margin), np.pad(other, margin)) - dice) for margin in (0, 10, 100, 1000)]
    assert apart == sorted(apart, reverse=True)
    assert apart[-1] < 1e-3


def test_kappa_is_undefined_where_chance_explains_all() -> None:
    assert math.isnan(kappa(np.ones((3, 3), bool), np.ones((3, 3), bool)))
    assert kappa([True, False], [False, True]) == -1


def test_a_tie_is_no_majority() -> None:
    votes = np.array([[[1, 1, 0]], [[1, 1, 0]], [[1, 0, 0]], [[1, 0, 1]]], bool)
    assert majority(votes).tolist() == [[True, False, False]]


def test_staple_finds_how_reliable_people_are(truth: np.ndarray) -> None:
    rates = [(0.95, 0.98), (0.7, 0.95), (0.9, 0.8), (0.6, 0.99)]
    found = staple(crew(np.random.default_rng(2), truth, rates))
    assert np.allclose(found.sensitivity, [p for p, _ in rates], atol=0.04)
    assert np.allclose(found.specificity, [q for _, q in rates], atol=0.04)


def test_its_likelihood_never_falls(truth: np.ndarray) -> None:
    found = staple(crew(np.random.default_rng(3), truth, [(0.9, 0.9), (0.6, 0.9), (0.8, 0.7)]))
    assert len(found.likelihood) > 3
    assert np.diff(found.likelihood).min() > -1e-6


def test_it_hears_the_few_who_are_good(truth: np.ndarray) -> None:
    drawn = crew(
        np.random.default_rng(4), truth, [(0.99, 0.99), (0.99, 0.99), (0.6, 0.7), (0.6, 0.7), (0.6, 0.7)]
    )
    wrong = {
        name: (mask != truth).sum()
        for name, mask in (("vote", majority(drawn)), ("staple", staple(drawn).mask))
    }
    assert wrong["staple"] < wrong["vote"] / 3


def test_who_all_agree_are_believed(truth: np.ndarray) -> None:
    found = staple(np.stack([truth] * 3))
    assert np.array_equal(found.mask, truth)
    assert found.sensitivity.min() > 0.999


@pytest.mark.parametrize(
    "masks", [np.ones((1, 4, 4), bool), np.zeros((3, 4, 4), bool), np.ones((3, 4, 4), bool)]
)
def test_what_tells_nothing_is_refused(masks: np.ndarray) -> None:
    with pytest.raises(ValueError, match="staple needs at least two masks"):
        staple(masks)


@pytest.mark.parametrize("masks", [np.ones((4, 4), bool), np.zeros((2, 0, 4), bool)])
def test_what_is_no_stack_of_masks_is_refused(masks: np.ndarray) -> None:
    with pytest.raises(ValueError, match="masks must be"):
        majority(masks)
