import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from workbench.metrics.matching import Matching, match_one_to_one
from workbench.metrics.overlap import Overlap

CASES = json.loads((Path(__file__).parents[1] / "reference" / "stardist.json").read_text())["cases"]
GROUND = 10_000  # stardist's background, which has an id of its own here
MAPS = hnp.arrays(np.int32, (8, 8), elements=st.integers(0, 3))


def things(ids: np.ndarray) -> dict[int, int]:
    return dict.fromkeys(set(np.unique(ids).tolist()) - {0, GROUND}, 1)


def matched(truth: np.ndarray, guess: np.ndarray, threshold: float) -> Matching:
    """Score as stardist does: what is 0 in its truth is ground, not void."""
    truth = np.where(truth == 0, GROUND, truth)
    return match_one_to_one(Overlap.of(truth, guess), things(truth), things(guess), threshold)


@pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))
def test_equals_stardist(case: dict) -> None:
    """Counts are equal, means to 1e-6: stardist divides pixels in single precision. Its 0 may be our nan."""
    for theirs in case["reference"]:
        ours = matched(np.array(case["truth"]), np.array(case["guess"]), theirs["thresh"])
        assert (ours.tp, ours.fp, ours.fn) == (theirs["tp"], theirs["fp"], theirs["fn"])
        counted = ("precision", "recall", "accuracy", "f1")
        means = ("mean_true_score", "mean_matched_score", "panoptic_quality")
        for name in (*counted, *means):
            value = np.nan_to_num(getattr(ours, name), nan=0.0)
            assert value == pytest.approx(theirs[name], abs=1e-12 if name in counted else 1e-6)


def test_the_frozen_cases_exercise_every_count() -> None:
    rows = [row for case in CASES for row in case["reference"]]
    assert len(rows) >= 100
    assert all(sum(row[name] for row in rows) > 50 for name in ("tp", "fp", "fn"))
    assert any(row["n_true"] == 0 for row in rows)


def test_void_leaves_the_union_and_ground_does_not() -> None:
    truth, guess = np.array([[1, 1, 0, 0]]), np.array([[4, 4, 4, 4]])
    void = match_one_to_one(Overlap.of(truth, guess), {1: 1}, {4: 1})
    assert (void.mean_matched_score, matched(truth, guess, 0.5).mean_matched_score) == (1.0, 0.5)


def test_below_one_half_there_is_something_to_choose() -> None:
    """The best pair alone would leave the others without a partner."""
    truth, guess = np.array([[1, 1, 1, 2, 2, 2]]), np.array([[4, 5, 5, 5, 5, 0]])
    table = Overlap.of(truth, guess)
    assert match_one_to_one(table, {1: 1, 2: 1}, {4: 1, 5: 1}, 0.3).tp == 2


def test_things_pair_within_their_category() -> None:
    table = Overlap.of([[1, 1, 2, 2]], [[4, 4, 5, 5]])
    found = match_one_to_one(table, {1: 1, 2: 2}, {4: 2, 5: 2}, 0.0)
    assert (found.tp, found.fp, found.fn) == (1, 1, 1)


def test_nothing_at_all_is_undefined() -> None:
    none = match_one_to_one(Overlap.of([[0]], [[0]]), {}, {})
    assert np.isnan([none.precision, none.recall, none.accuracy, none.f1, none.mean_true_score]).all()
    assert np.isnan([none.mean_matched_score, none.panoptic_quality]).all()


@pytest.mark.parametrize("threshold", [-0.1, 1.5, np.nan])
def test_a_threshold_is_a_share(threshold: float) -> None:
    with pytest.raises(ValueError, match="a threshold of IoU must be in 0 to 1, got"):
        match_one_to_one(Overlap.of([[1]], [[1]]), {1: 1}, {1: 1}, threshold)


@given(MAPS, MAPS, st.sampled_from([0.2, 0.5, 0.6]))
def test_sides_can_be_swapped(truth: np.ndarray, guess: np.ndarray, threshold: float) -> None:
    one, two = matched(truth, guess, threshold), matched(guess, truth, threshold)
    assert (one.tp, one.fp, one.fn) == (two.tp, two.fn, two.fp)
    assert one.ious == pytest.approx(two.ious, abs=1e-12)
