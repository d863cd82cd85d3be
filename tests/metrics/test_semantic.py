import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score, jaccard_score

from workbench.metrics.overlap import Overlap
from workbench.metrics.semantic import count_pixels, mean, share

NAMES = [1, 2, 3, 4, 5]
MAPS = st.tuples(*[hnp.arrays(np.int32, (8, 9), elements=st.integers(0, 5))] * 2)


def test_by_hand() -> None:
    found = count_pixels(Overlap.of([[1, 1, 1, 2, 2, 0]], [[1, 1, 2, 2, 0, 2]]), [1, 2, 3])
    assert found.iou.tolist()[:2] == [2 / 3, 1 / 3]
    assert found.dice.tolist()[:2] == [4 / 5, 2 / 4]
    assert found.precision.tolist()[:2] == [1.0, 1 / 2]
    assert found.recall.tolist()[:2] == [2 / 3, 1 / 2]
    assert np.isnan(found.iou[2])
    assert found.pixel_accuracy == 3 / 5
    assert found.fwiou == pytest.approx((3 * 2 / 3 + 2 * 1 / 3) / 5, abs=1e-15)


@pytest.mark.parametrize("seed", range(5))
def test_equals_scikit_learn(seed: int) -> None:
    rng = np.random.default_rng(seed)
    truth, guess = rng.integers(1, 6, (2, 40, 50))
    truth[rng.random(truth.shape) < 0.1] = 0  # void
    found = count_pixels(Overlap.of(truth, guess), NAMES)
    judged, told = truth[truth > 0], guess[truth > 0]
    for ours, theirs in [(found.iou, jaccard_score), (found.dice, f1_score)]:
        assert ours == pytest.approx(theirs(judged, told, labels=NAMES, average=None), abs=1e-12)
        assert mean(ours) == pytest.approx(theirs(judged, told, average="macro"), abs=1e-12)
    assert found.fwiou == pytest.approx(jaccard_score(judged, told, average="weighted"), abs=1e-12)
    assert found.pixel_accuracy == pytest.approx(accuracy_score(judged, told), abs=1e-12)
    assert mean(found.recall) == pytest.approx(balanced_accuracy_score(judged, told), abs=1e-12)


@given(MAPS)
def test_bounds_and_the_law_between_dice_and_iou(pair: tuple[np.ndarray, np.ndarray]) -> None:
    found = count_pixels(Overlap.of(*pair), NAMES)
    there = ~np.isnan(found.iou)
    assert ((found.iou[there] >= 0) & (found.iou[there] <= 1)).all()
    assert found.dice[there] == pytest.approx(2 * found.iou[there] / (1 + found.iou[there]), abs=1e-12)
    assert (there == (found.truth + found.guess > 0)).all()


@given(MAPS)
def test_iou_is_symmetric_without_void(pair: tuple[np.ndarray, np.ndarray]) -> None:
    truth, guess = (np.maximum(ids, 1) for ids in pair)
    forth, back = (count_pixels(Overlap.of(*two), NAMES) for two in [(truth, guess), (guess, truth)])
    np.testing.assert_array_equal(forth.iou, back.iou)
    np.testing.assert_array_equal(forth.precision, back.recall)


@given(MAPS, st.permutations(NAMES))
def test_renaming_both_sides_changes_nothing(pair: tuple[np.ndarray, np.ndarray], new: list[int]) -> None:
    table = np.array([0, *new])
    before = count_pixels(Overlap.of(*pair), NAMES)
    after = count_pixels(Overlap.of(*(table[ids] for ids in pair)), new)
    np.testing.assert_array_equal(before.iou, after.iou)


@given(MAPS, st.integers(0, 5))
def test_what_is_guessed_over_void_changes_nothing(pair: tuple[np.ndarray, np.ndarray], other: int) -> None:
    truth, guess = pair
    changed = np.where(truth == 0, other, guess)
    before, after = (count_pixels(Overlap.of(truth, ids), NAMES) for ids in (guess, changed))
    np.testing.assert_array_equal(before.iou, after.iou)
    np.testing.assert_array_equal(before.recall, after.recall)


def test_all_void_is_undefined_everywhere() -> None:
    found = count_pixels(Overlap.of(np.zeros((2, 2), int), np.ones((2, 2), int)), [1])
    assert np.isnan([found.pixel_accuracy, found.fwiou, mean(found.iou)]).all()


def test_share_of_nothing_is_undefined() -> None:
    assert np.isnan(share(0, 0))
    assert share(1, 4) == 0.25


def test_thirty_million_pixels_do_not_overflow() -> None:
    row = np.ones((1, 1000), np.uint8)
    tall = np.broadcast_to(row, (30_000, 1000))
    assert count_pixels(Overlap.of(tall, tall), [1]).hit.tolist() == [30_000_000]
