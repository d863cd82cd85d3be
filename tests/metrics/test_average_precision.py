import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.metrics.average_precision import ENDLESS, Curves, curves, match
from workbench.metrics.contest import SIZES, THRESHOLDS, Contest
from workbench.metrics.overlap import Overlap


def contest(seed: int, categories: int = 2) -> Contest:
    """Draw boxes and the same moved, with scores of one digit, in three images."""
    rng = np.random.default_rng(seed)
    images = []
    for _ in range(3):
        truth = np.full((50, 60), 99)
        for n in range(1, rng.integers(2, 9)):
            r, c = rng.integers(0, 40, 2)
            truth[r : r + rng.integers(3, 45), c : c + rng.integers(3, 45)] = n
        guess = np.roll(truth, tuple(rng.integers(-2, 3, 2)), (0, 1))
        guess[rng.random(guess.shape) < 0.05] = 50
        named = [{n: 1 + n % categories for n in np.unique(i).tolist() if n != 99} for i in (truth, guess)]
        scores = {n: round(float(rng.random()), 1) for n in named[1]}
        images.append(Contest.of(Overlap.of(truth, guess), named[0], named[1], scores, [3][seed % 2 :]))
    return Contest.joined(images)


@given(st.integers(0, 10_000))
def test_precision_and_recall_lie_in_0_to_1_and_fall(seed: int) -> None:
    found = curves(contest(seed), [1, 2])
    defined = ~np.isnan(found.precision)
    assert (found.precision[defined] >= 0).all()
    assert (found.precision[defined] <= 1).all()
    assert (np.diff(np.nan_to_num(found.precision), axis=1) <= 1e-15).all()  # along recall
    assert (np.diff(np.nan_to_num(found.recall), axis=0) <= 1e-15).all()  # along the IoU threshold
    assert (np.diff(np.nan_to_num(found.recall), axis=-1) >= -1e-15).all()  # along the number of guesses


@given(st.integers(0, 10_000))
def test_no_guess_is_both_right_and_wrong_and_no_truth_is_found_twice(seed: int) -> None:
    drawn = contest(seed)
    found = match(drawn)
    assert not (found.right & found.wrong).any()
    assert (found.right.sum(axis=0) <= found.counted.sum(axis=0)).all()


@given(st.integers(0, 10_000))
def test_the_curve_holds_its_averages(seed: int) -> None:
    found = curves(contest(seed), [1, 2])
    assert found.curve(0.5).mean() == pytest.approx(found.ap50, abs=1e-12, nan_ok=True)
    assert found.curve(0.75).mean() == pytest.approx(found.ap75, abs=1e-12, nan_ok=True)
    means = [found.curve(t).mean() for t in THRESHOLDS]
    assert found.ap == pytest.approx(np.mean(means), abs=1e-12, nan_ok=True)


def test_categories_alone_average_to_the_whole() -> None:
    found = curves(contest(2), [1, 2])
    alone = found.per_category
    assert found.ap == pytest.approx((alone[1].ap + alone[2].ap) / 2, abs=1e-12)
    assert found.ar(10) == pytest.approx((alone[1].ar(10) + alone[2].ar(10)) / 2, abs=1e-12)


def test_a_category_without_truth_is_undefined_and_left_out() -> None:
    drawn = contest(2, categories=1)
    assert curves(drawn, [1, 7]).ap == curves(drawn, [1]).ap
    assert np.isnan(curves(drawn, [1, 7]).per_category[7].ap)
    assert np.isnan(curves(drawn, []).curve()).all()


def test_the_size_of_32_by_32_is_small_and_medium_both() -> None:
    """Both ends of a range belong to it, as in the reference."""
    ids = np.zeros((40, 40), int)
    ids[:32, :32] = 1
    found = curves(Contest.of(Overlap.of(ids, ids), {1: 1}, {1: 1}, {1: 0.5}), [1])
    assert [found.ap_of(size) for size in SIZES] == pytest.approx([1.0, 1.0, 1.0, np.nan], nan_ok=True)


def test_guesses_beyond_the_limit_do_not_count() -> None:
    truth = np.arange(1, 151)[None].repeat(2, axis=0)
    names = dict.fromkeys(range(1, 151), 1)
    scores = {n: n / 151 for n in names}
    drawn = Contest.of(Overlap.of(truth, truth), names, names, scores)
    found = curves(drawn, [1])
    assert [found.ar(limit) for limit in (1, 10, 100)] == pytest.approx([1 / 150, 10 / 150, 100 / 150])
    assert found.ap50 == pytest.approx(67 / 101)
    assert curves(drawn, [1], ENDLESS).ap50 == 1.0


def test_what_is_not_kept_is_refused() -> None:
    found = curves(contest(1), [1])
    assert isinstance(found, Curves)
    with pytest.raises(ValueError, match=r"curves are kept at IoU .50, .55 ... .95, got 0.51"):
        found.curve(0.51)
    with pytest.raises(ValueError, match="size must be one of all, small, medium, large, got 'huge'"):
        found.ap_of("huge")
    with pytest.raises(ValueError, match="recall is counted at 1, 10 or 100 guesses an image, got 7"):
        found.ar(7)
