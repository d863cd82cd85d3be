import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from workbench.metrics.contest import Contest, places
from workbench.metrics.overlap import Overlap

TRUTH = np.array([[1, 1, 1, 1, 2, 2, 0, 0]])
GUESS = np.array([[5, 5, 5, 5, 5, 6, 6, 6]])
NAMES = {1: 1, 2: 1}, {5: 1, 6: 1}


def test_void_leaves_the_union_and_forgives_only_where_asked() -> None:
    table = Overlap.of(TRUTH, GUESS)
    house, coco = (Contest.of(table, *NAMES, {}, void=void) for void in (True, False))
    assert house.ious.tolist() == [0.8, 0.5]
    assert coco.ious.tolist() == [0.8]
    assert house.forgiven.tolist() == [False, True]
    assert not coco.forgiven.any()


def test_under_a_crowd_the_share_of_the_guess_counts() -> None:
    table = Overlap.of([[1, 1, 1, 1, 9, 9]], [[5, 5, 0, 0, 6, 0]])
    found = Contest.of(table, {1: 1, 9: 2}, {5: 1, 6: 1}, {}, crowd={1})
    assert (found.crowd.tolist(), found.ious.tolist()) == ([True, False], [1.0])


def test_given_ious_only_lower() -> None:
    table = Overlap.of(TRUTH, GUESS)
    for given_ious in (np.full(len(table.pixels), 0.6), np.ones(len(table.pixels))):
        found = Contest.of(table, *NAMES, {}, ious=given_ious)
        assert found.ious.tolist() == [min(0.8, given_ious[0])]
    undefined = Contest.of(table, *NAMES, {}, ious=np.full(len(table.pixels), np.nan))
    assert undefined.ious.tolist() == [0.8]


def test_segments_that_take_no_part_are_nobody() -> None:
    found = Contest.of(Overlap.of(TRUTH, GUESS), {1: 1}, {6: 1}, {6: 0.5})
    assert (found.truth_as.tolist(), found.guess_as.tolist(), found.scores.tolist()) == ([1], [1], [0.5])
    assert found.rows.size == 0


def test_guesses_without_a_score_come_after_scores_below_0() -> None:
    table = Overlap.of([[1, 1, 1]], [[5, 6, 7]])
    found = Contest.of(table, {1: 1}, {5: 1, 6: 1, 7: 1}, {6: -3.0, 7: 2.0})
    assert found.order.tolist() == [2, 1, 0]
    assert found.ranks.tolist() == [2, 1, 0]


def test_ranks_begin_anew_in_each_image_and_category() -> None:
    table = Overlap.of([[1, 1, 1]], [[5, 6, 7]])
    one = Contest.of(table, {1: 1}, {5: 1, 6: 2, 7: 1}, {5: 0.1, 6: 0.2, 7: 0.3})
    both = Contest.joined([one, one])
    assert both.ranks.tolist() == [1, 0, 0, 1, 0, 0]


def test_images_without_a_guess_keep_their_place() -> None:
    table = Overlap.of([[1]], [[5]])
    one, none = Contest.of(table, {1: 1}, {5: 1}, {}), Contest.of(table, {1: 1}, {}, {})
    joined = Contest.joined([none, one, one])
    assert (joined.rows.tolist(), joined.columns.tolist()) == ([1, 2], [0, 1])
    assert len(set(joined.images.tolist())) == 2


def test_no_image_is_no_contest() -> None:
    nothing = Contest.joined([])
    assert (len(nothing.scores), nothing.ranks.tolist(), nothing.order.tolist()) == (0, [], [])


@given(st.lists(st.integers(1, 5), max_size=8))
def test_places_count_each_run(lengths: list[int]) -> None:
    first = np.array([k == 0 for n in lengths for k in range(n)], bool)
    assert places(first).tolist() == [k for n in lengths for k in range(n)]
