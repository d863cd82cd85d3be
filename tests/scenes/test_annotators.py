"""Invented annotators: each habit does what it says, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.scenes.annotators import Annotator
from workbench.scenes.cells import cells
from workbench.segmentation import Segmentation


@pytest.fixture(scope="module")
def truth() -> Segmentation:
    sample = cells(seed=3, size=(128, 128), cover=0.3)
    assert sample.truth is not None
    return sample.truth


def test_without_a_habit_the_truth_comes_back(truth: Segmentation) -> None:
    assert np.array_equal(Annotator().draw(truth), truth.things().ids)


def test_the_same_seed_draws_the_same_and_another_does_not(truth: Segmentation) -> None:
    hand = Annotator(wobble=1.0)
    assert np.array_equal(hand.draw(truth, 1), hand.draw(truth, 1))
    assert not np.array_equal(hand.draw(truth, 1), hand.draw(truth, 2))


def test_growing_moves_a_straight_outline_by_as_many_pixels() -> None:
    square = np.zeros((40, 40), bool)
    square[10:30, 10:30] = True
    truth = Segmentation.from_mask(square)
    wider, tighter = (Annotator(grow=grow).draw(truth) > 0 for grow in (2, -3))
    assert wider[20].sum() == 24
    assert tighter[20].sum() == 14
    assert (wider | square == wider).all()
    assert (tighter & square == tighter).all()


def test_a_wandering_hand_errs_on_both_sides_and_more_when_it_wanders_more(truth: Segmentation) -> None:
    inside = truth.things().ids > 0
    little, much = (Annotator(wobble=wobble).draw(truth, 5) > 0 for wobble in (0.5, 2.0))
    assert (much & ~inside).any()
    assert (inside & ~much).any()
    assert (much != inside).sum() > 2 * (little != inside).sum()


def test_a_shift_moves_all_and_leaves_nothing_where_it_came_from(truth: Segmentation) -> None:
    ids = truth.things().ids
    moved = Annotator(shift=(2, -3)).draw(truth)
    assert np.array_equal(moved[2:, :-3], ids[:-2, 3:])
    assert not moved[:2].any()
    assert not moved[:, -3:].any()


def test_smoothing_rounds_off_what_is_narrow() -> None:
    spike = np.zeros((40, 60), bool)
    spike[10:30, 10:30] = True
    spike[19:21, 30:50] = True
    drawn = Annotator(smooth=3).draw(Segmentation.from_mask(spike)) > 0
    assert not drawn[:, 45:].any()
    assert drawn[20, 20]


def test_small_things_are_overlooked_more_often_and_the_largest_never() -> None:
    ids = np.ones((30, 100), int)
    for number, side in enumerate((4, 8, 12, 16), start=2):
        ids[5 : 5 + side, 22 * (number - 2) + 2 : 22 * (number - 2) + 2 + side] = number
    from workbench.taxonomy import BINARY

    truth = Segmentation.from_panoptic(ids, {n: min(n, 2) for n in range(1, 6)}, BINARY)
    drawn = [set(np.unique(Annotator(misses=0.4).draw(truth, seed))) for seed in range(200)]
    kept = {number: np.mean([number in one for one in drawn]) for number in (2, 3, 4, 5)}
    assert kept[2] < kept[3] < kept[4] < kept[5] == 1
    assert 0.5 < np.mean(list(kept.values())) < 0.7


@pytest.mark.parametrize("mask", [np.zeros((8, 8), bool), np.ones((8, 8), bool)])
def test_without_any_outline_nothing_changes(mask: np.ndarray) -> None:
    truth = Segmentation.from_mask(mask)
    assert np.array_equal(Annotator(grow=2, wobble=1, smooth=2).draw(truth) > 0, mask)


@pytest.mark.parametrize("habit", [{"wobble": -1}, {"smooth": -0.5}, {"misses": 0.6}, {"misses": -0.1}])
def test_an_impossible_habit_is_refused(habit: dict) -> None:
    with pytest.raises(ValueError, match=f"annotator: {next(iter(habit))} must be in"):
        Annotator(**habit)
