import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from skimage.metrics import adapted_rand_error as skimage_rand
from skimage.metrics import variation_of_information as skimage_vi
from sklearn.metrics import adjusted_rand_score

from workbench.metrics.overlap import Overlap
from workbench.metrics.partition import (
    achievable_accuracy,
    adapted_rand,
    adjusted_rand,
    covered,
    undersegmentation,
    variation_of_information,
)

IDS = hnp.arrays(np.int32, (7, 8), elements=st.integers(1, 5))


@pytest.mark.parametrize("seed", range(5))
def test_equals_scikit_learn_and_scikit_image(seed: int) -> None:
    rng = np.random.default_rng(seed)
    truth = np.kron(rng.integers(1, 9, (6, 7)), np.ones((8, 8), int))
    guess = np.where(rng.random(truth.shape) < 0.2, rng.integers(1, 12, truth.shape), np.roll(truth, 2, 0))
    table = Overlap.of(truth, guess)
    assert adjusted_rand(table) == pytest.approx(adjusted_rand_score(truth.ravel(), guess.ravel()), abs=1e-12)
    # scikit-image, called with (truth, guess), gives H(guess | truth), then H(truth | guess): split, merge.
    assert variation_of_information(table) == pytest.approx(tuple(skimage_vi(truth, guess)), abs=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_void_is_as_if_it_were_not_there(seed: int) -> None:
    rng = np.random.default_rng(seed)
    truth, guess = rng.integers(0, 4, (20, 20)), rng.integers(1, 5, (20, 20))
    judged = truth > 0
    table, rest = Overlap.of(truth, guess), Overlap.of(truth[judged][None], guess[judged][None])
    assert adjusted_rand(table) == adjusted_rand(rest)
    assert adjusted_rand(table) == pytest.approx(adjusted_rand_score(truth[judged], guess[judged]), abs=1e-12)
    assert variation_of_information(table) == variation_of_information(rest)
    assert covered(table) == covered(rest)


def test_halves_against_a_stripe() -> None:
    truth = np.ones((50, 50), int)
    truth[:, 25:] = 2
    guess = np.ones((50, 50), int)
    guess[20:40] = 2
    split, merge = variation_of_information(Overlap.of(truth, guess))
    assert (round(split, 3), round(merge, 3)) == (0.971, 1.0)
    assert adjusted_rand(Overlap.of(truth, guess)) == pytest.approx(-0.000384, abs=1e-6)


def test_split_and_merge_are_told_apart() -> None:
    one, two = np.ones((2, 4), int), np.repeat([[1, 1, 2, 2]], 2, axis=0)
    assert variation_of_information(Overlap.of(one, two)) == (1.0, 0.0)
    assert variation_of_information(Overlap.of(two, one)) == (0.0, 1.0)


def test_covering_by_hand() -> None:
    table = Overlap.of([[1, 1, 1, 1, 2, 2]], [[5, 5, 5, 6, 6, 6]])
    assert covered(table) == pytest.approx((4 * 3 / 4 + 2 * 2 / 3) / 6, abs=1e-15)


def test_unlabelled_pixels_are_regions_of_their_own() -> None:
    truth, guess = np.array([[1, 1, 2, 2]]), np.array([[3, 3, 0, 0]])
    alone = np.array([[3, 3, 4, 5]])
    table, same = Overlap.of(truth, guess), Overlap.of(truth, alone)
    assert adjusted_rand(table) == pytest.approx(adjusted_rand(same), abs=1e-15)
    assert variation_of_information(table) == pytest.approx(variation_of_information(same), abs=1e-15)
    assert covered(table) == 0.5  # nothing covers what nobody labelled


def test_all_void_is_undefined() -> None:
    table = Overlap.of([[0, 0]], [[1, 2]])
    assert np.isnan([adjusted_rand(table), *variation_of_information(table), covered(table)]).all()


def test_pairs_of_forty_megapixels_fit() -> None:
    halves = np.broadcast_to(np.repeat([1, 2], 2000).astype(np.uint8), (10_000, 4000))
    assert adjusted_rand(Overlap.of(halves, halves)) == 1.0
    assert adjusted_rand(Overlap.of(halves, halves[:, ::-1])) == 1.0


@given(IDS, IDS)
def test_symmetry_and_bounds(truth: np.ndarray, guess: np.ndarray) -> None:
    forth, back = Overlap.of(truth, guess), Overlap.of(guess, truth)
    assert adjusted_rand(forth) == pytest.approx(adjusted_rand(back), abs=1e-12)
    assert -0.5 - 1e-12 <= adjusted_rand(forth) <= 1
    split, merge = variation_of_information(forth)
    assert (merge, split) == pytest.approx(variation_of_information(back), abs=1e-12)
    assert min(split, merge) >= 0
    assert 0 < covered(forth) <= 1 + 1e-12


@given(IDS, IDS, st.permutations([1, 2, 3, 4, 5]))
def test_names_do_not_matter(truth: np.ndarray, guess: np.ndarray, new: list[int]) -> None:
    table, renamed = Overlap.of(truth, guess), Overlap.of(truth, np.array([0, *new])[guess])
    assert adjusted_rand(table) == pytest.approx(adjusted_rand(renamed), abs=1e-12)
    assert variation_of_information(table) == pytest.approx(variation_of_information(renamed), abs=1e-12)
    assert covered(table) == pytest.approx(covered(renamed), abs=1e-12)


@pytest.mark.parametrize("seed", range(20))
def test_adapted_rand_is_scikit_images_with_its_two_halves_the_other_way_round(seed: int) -> None:
    rng = np.random.default_rng(seed)
    truth, guess = rng.integers(1, 6, (2, 9, 14))
    error, precision, recall = skimage_rand(truth, guess)
    assert adapted_rand(Overlap.of(truth, guess)) == pytest.approx((error, recall, precision), abs=1e-12)


def test_adapted_rand_of_an_oversegmentation() -> None:
    """Every pair of the guess is a true pair: its precision is 1, which scikit-image gives as the recall."""
    truth, guess = np.ones((4, 4), int), np.repeat([[1, 2]], 8, axis=0).reshape(4, 4)
    error, precision, recall = adapted_rand(Overlap.of(truth, guess))
    assert precision == 1.0
    assert recall < 0.5
    assert skimage_rand(truth, guess)[1:] == pytest.approx((recall, 1.0))
    assert error == pytest.approx(1 - 2 * recall / (1 + recall))


def test_adapted_rand_of_single_pixels_has_no_pairs() -> None:
    alone = np.arange(1, 7)[None]
    error, precision, recall = adapted_rand(Overlap.of(alone, alone))
    assert error == 0.0
    assert np.isnan([precision, recall]).all()


@pytest.mark.parametrize("seed", range(20))
def test_superpixel_numbers_by_their_definitions(seed: int) -> None:
    rng = np.random.default_rng(seed)
    truth, guess = rng.integers(0, 5, (2, 8, 11))  # 0: void, unlabelled
    judged = truth > 0
    told = np.where(guess > 0, guess, 100 + np.arange(guess.size).reshape(guess.shape))[judged]
    known, pixels = truth[judged], judged.sum()
    best, leaks = 0, 0
    for n in np.unique(told):
        inside = np.unique(known[told == n], return_counts=True)[1]
        best += inside.max()
        leaks += np.minimum(inside, inside.sum() - inside).sum()
    table = Overlap.of(truth, guess)
    assert achievable_accuracy(table) == pytest.approx(best / pixels, abs=1e-15)
    assert undersegmentation(table) == pytest.approx(leaks / pixels, abs=1e-15)


def test_nothing_judged_is_undefined_for_all() -> None:
    table = Overlap.of([[0, 0]], [[1, 2]])
    assert np.isnan([*adapted_rand(table), achievable_accuracy(table), undersegmentation(table)]).all()
