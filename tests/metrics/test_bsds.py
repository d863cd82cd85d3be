import json
from pathlib import Path

import numpy as np
import pytest
import scipy
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from workbench.metrics.boundary import EdgeCounts
from workbench.metrics.bsds import bsds_counts, nearest_pairs, thin_boundary
from workbench.metrics.outlines import points_of

FROZEN = json.loads((Path(__file__).parents[1] / "reference" / "bsds.json").read_text())["cases"]
MASKS = hnp.arrays(bool, (7, 8))
HALVES = np.repeat([[1, 2]], 10, axis=1).repeat(20, axis=0)


def read(lines: list[str]) -> np.ndarray:
    return np.array([list(line) for line in lines]).astype(np.int32)


@pytest.mark.parametrize("case", FROZEN, ids=range(len(FROZEN)))
def test_counts_as_the_berkeley_benchmark_does(case: dict) -> None:
    """Find as many pairs, or the few more that the benchmark's random ways to stay alone deny it."""
    found = bsds_counts([read(truth) for truth in case["truths"]], read(case["guess"]), case["near"])
    drawn, met, guessed, right = case["counts"]
    assert (found.truth, found.guess) == (drawn, guessed)
    assert met <= found.found <= met + max(1, 0.03 * drawn)
    assert abs(found.right - right) <= max(1, 0.03 * guessed)


def test_most_frozen_counts_are_the_very_same() -> None:
    same = [
        bsds_counts([read(truth) for truth in case["truths"]], read(case["guess"]), case["near"])
        == EdgeCounts(*case["counts"])
        for case in FROZEN
    ]
    assert len(same) >= 28
    assert np.mean(same) >= 0.7


@given(MASKS, MASKS, st.sampled_from([0.5, 1.0, 1.5, 3.0]))
def test_the_pairing_is_largest_one_to_one_and_nearest(
    one: np.ndarray, two: np.ndarray, radius: float
) -> None:
    truth, guess = points_of(one), points_of(two)
    partner = nearest_pairs(truth, guess, radius)
    met = partner[partner >= 0]
    assert len(partner) == len(truth)
    assert len(set(met.tolist())) == len(met)
    gaps = np.linalg.norm(truth[partner >= 0] - guess[met], axis=1)
    assert (gaps <= radius).all()
    number, least = exhaustive(truth, guess, radius)
    assert (len(met), gaps.sum()) == (number, pytest.approx(least))


def exhaustive(truth: np.ndarray, guess: np.ndarray, radius: float) -> tuple[int, float]:
    """Give the number of pairs and the least sum of distances, by an assignment over the whole table."""
    if not len(truth) or not len(guess):
        return 0, 0.0
    table = np.linalg.norm(truth[:, None] - guess[None], axis=2)
    rows, columns = scipy.optimize.linear_sum_assignment(np.where(table <= radius, table, 1e6))
    gaps = table[rows, columns]
    return int((gaps <= radius).sum()), float(gaps[gaps <= radius].sum())


def test_the_same_regions_are_perfect_and_a_flat_guess_finds_nothing() -> None:
    flat = np.ones_like(HALVES)
    assert bsds_counts([HALVES], HALVES).f == 1.0
    assert bsds_counts([HALVES], flat).f == 0.0
    assert np.isnan(bsds_counts([flat], flat).f)


def test_a_pixel_is_right_if_any_annotator_drew_it_and_each_annotator_wants_his_found() -> None:
    flat = np.ones_like(HALVES)
    found = bsds_counts([flat, HALVES], HALVES)
    assert (found.precision, found.recall) == (1.0, 1.0)
    assert bsds_counts([HALVES, HALVES.T], HALVES).recall < 0.6


def test_a_doubled_line_is_half_wrong_where_davis_calls_it_right() -> None:
    truth = np.ones((40, 40), int)
    truth[:, 20:] = 2
    doubled = truth.copy()
    doubled[:, 22:] = 3
    found = bsds_counts([truth], doubled, 0.05)
    assert (found.precision, found.recall) == (0.5, 1.0)


def test_a_boundary_is_thinned_to_one_pixel() -> None:
    ids = np.ones((20, 20), int)
    ids[5:15, 5:15] = 2
    thick = thin_boundary(ids)
    corners = thick[:-1, :-1] & thick[1:, :-1] & thick[:-1, 1:] & thick[1:, 1:]
    assert not corners.any()
    assert thick.sum() == 36


def test_void_parts_nothing_and_hides_nothing() -> None:
    truth = HALVES.copy()
    truth[:, 8:12] = 0
    painted = HALVES.copy()
    painted[:, 8:12] = 7
    assert bsds_counts([truth], HALVES).f == 1.0
    assert bsds_counts([truth], painted) == bsds_counts([truth], HALVES)


def test_refuses_no_truth_and_other_sizes() -> None:
    with pytest.raises(ValueError, match="at least one truth, got none"):
        bsds_counts([], HALVES)
    with pytest.raises(ValueError, match=r"one size, got \(5, 5\) and \(20, 20\)"):
        bsds_counts([np.ones((5, 5), int)], HALVES)
