import numpy as np
import pytest

from workbench.metrics.pieces import connected_pieces, cut_at_waists


def test_pieces_keep_their_category_and_whole_ids_stay_whole() -> None:
    ids = np.array([[4, 0, 4, 9], [4, 9, 9, 9], [0, 9, 4, 4]], np.int32)
    fresh, came_from = connected_pieces(ids, [4], whole=[9])
    assert came_from == {1: 9, 2: 4, 3: 4, 4: 4}
    assert (np.isin(fresh, [1]) == (ids == 9)).all()
    assert ((fresh == 0) == (ids == 0)).all()
    assert sorted(np.unique(fresh)) == [0, 1, 2, 3, 4]


def test_ids_named_nowhere_become_unlabelled() -> None:
    fresh, came_from = connected_pieces(np.array([[3, 5]], np.int32), [5])
    assert (fresh.tolist(), came_from) == ([[0, 1]], {1: 5})


def test_nothing_to_break() -> None:
    fresh, came_from = connected_pieces(np.array([[3, 5]], np.int32), [])
    assert (fresh.any(), came_from) == (False, {})


def test_huge_ids() -> None:
    big = 2**31 - 1
    fresh, came_from = connected_pieces(np.array([[big, 0, big]], np.int32), [big])
    assert (fresh.tolist(), came_from) == ([[1, 0, 2]], {1: big, 2: big})


@pytest.mark.parametrize("size", [1, 2, 30])
def test_a_cut_never_loses_a_pixel(size: int) -> None:
    rng = np.random.default_rng(size)
    mask = np.kron(rng.random((9, 9)) < 0.5, np.ones((size, size), bool)).astype(bool)
    pieces = connected_pieces(mask.astype(np.int32), [1])[0]
    cut = cut_at_waists(mask, pieces)
    assert ((cut > 0) == mask).all()
    assert len(np.unique(cut)) >= len(np.unique(pieces))
    # Each cut piece lies in one piece: nothing is joined.
    assert all(len(np.unique(pieces[cut == n])) == 1 for n in np.unique(cut))


def test_a_picture_that_is_all_object_is_one_piece() -> None:
    mask = np.ones((20, 20), bool)
    assert np.unique(cut_at_waists(mask, mask.astype(np.int32))).tolist() == [1]


def test_ids_that_are_not_there_have_no_pieces() -> None:
    fresh, came_from = connected_pieces(np.array([[3, 5]], np.int32), [9, 5, 7])
    assert (fresh.tolist(), came_from) == ([[0, 1]], {1: 5})


def test_touching_ids_stay_apart_and_nested_boxes_do_not_mix() -> None:
    ring = np.ones((5, 5), np.int32)
    ring[2, 2], ring[0, 4] = 8, 8
    fresh, came_from = connected_pieces(ring, [1, 8])
    assert came_from == {1: 1, 2: 8, 3: 8}
    assert ((fresh == 1) == (ring == 1)).all()
