import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from workbench.metrics.overlap import Overlap

SHAPES = hnp.array_shapes(min_dims=2, max_dims=2, max_side=12)
PAIRS = SHAPES.flatmap(
    lambda shape: st.tuples(*[hnp.arrays(np.int32, shape, elements=st.integers(0, 5))] * 2)
)


def brute(truth: np.ndarray, guess: np.ndarray) -> dict[tuple[int, int], int]:
    pairs, counts = np.unique(np.stack([truth.ravel(), guess.ravel()]), axis=1, return_counts=True)
    return {(int(a), int(b)): int(n) for a, b, n in zip(*pairs, counts, strict=True)}


def cells(table: Overlap) -> dict[tuple[int, int], int]:
    truth, guess = table.truth_ids[table.rows].tolist(), table.guess_ids[table.columns].tolist()
    return dict(zip(zip(truth, guess, strict=True), table.pixels.tolist(), strict=True))


def test_counts_by_hand() -> None:
    table = Overlap.of([[0, 1, 1], [2, 2, 2]], [[3, 3, 0], [3, 4, 4]])
    assert table.truth_ids.tolist() == [0, 1, 2]
    assert table.guess_ids.tolist() == [0, 3, 4]
    assert table.dense().tolist() == [[0, 1, 0], [1, 1, 0], [0, 1, 2]]
    assert table.truth_sizes.tolist() == [1, 2, 3]
    assert table.guess_sizes.tolist() == [1, 3, 2]
    assert table.void.tolist() == [0, 1, 0]
    assert table.judged.tolist() == [1, 2, 2]
    # Void leaves the union: region 3 has two judged pixels.
    assert table.iou()[table.rows * 3 + table.columns == 4] == [1 / 3]


@given(PAIRS)
def test_equals_counting_pair_by_pair(pair: tuple[np.ndarray, np.ndarray]) -> None:
    assert cells(Overlap.of(*pair)) == brute(*pair)


@given(PAIRS)
def test_iou_does_not_care_which_side_is_which(pair: tuple[np.ndarray, np.ndarray]) -> None:
    truth, guess = (np.maximum(ids, 1) for ids in pair)
    one, two = Overlap.of(truth, guess), Overlap.of(guess, truth)
    forth = dict(zip(cells(one), one.iou().tolist(), strict=True))
    back = {(b, a): iou for (a, b), iou in zip(cells(two), two.iou().tolist(), strict=True)}
    assert forth == back
    assert all(0 < iou <= 1 for iou in forth.values())


@given(PAIRS, PAIRS)
def test_tables_of_two_images_add_up(
    one: tuple[np.ndarray, np.ndarray], two: tuple[np.ndarray, np.ndarray]
) -> None:
    joined = Overlap.of(
        *(np.concatenate([a.ravel(), b.ravel()])[None] for a, b in zip(one, two, strict=True))
    )
    added = Overlap.of(*one) + Overlap.of(*two)
    assert cells(added) == cells(joined)
    assert added.truth_sizes.tolist() == joined.truth_sizes.tolist()
    assert added.guess_sizes.tolist() == joined.guess_sizes.tolist()


@pytest.mark.parametrize("big", [255, 256, 1023, 1024, 65_535, 65_536, 2**24 + 1, 2**31 - 1, 2**40])
def test_large_ids_neither_wrap_nor_merge(big: int) -> None:
    truth = np.array([[1, big, big], [0, big - 1, 1]])
    guess = np.array([[big, big, 2], [big, 2, big - 2]])
    assert cells(Overlap.of(truth, guess)) == brute(truth, guess)


@pytest.mark.parametrize("kind", ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", ">i4", ">u2"])
def test_every_integer_type_counts_the_same(kind: str) -> None:
    rng = np.random.default_rng(0)
    truth, guess = rng.integers(0, 120, (2, 40, 40)).astype(kind)
    assert cells(Overlap.of(truth, guess)) == brute(truth, guess)
    # 100 x 120 does not fit 8 bits, nor does it have to.
    assert Overlap.of(truth, guess).pixels.sum() == 1600


@pytest.mark.parametrize("spread", [1, 1000, 200_000])
def test_ten_thousand_segments_dense_or_sparse(spread: int) -> None:
    truth = (np.arange(1, 40_001) // 4).reshape(200, 200) * spread
    guess = np.roll(truth, 1, axis=1)
    assert cells(Overlap.of(truth, guess)) == brute(truth, guess)


def test_noise_and_runs_agree() -> None:
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 9, (64, 64))
    blocks = np.kron(rng.integers(0, 9, (8, 8)), np.ones((8, 8), int))
    for truth, guess in [(noise, noise[::-1]), (blocks, blocks.T), (blocks, noise)]:
        assert cells(Overlap.of(truth, guess)) == brute(truth, guess)


def test_views_and_arguments_are_left_alone() -> None:
    ids = np.arange(24, dtype=np.int32).reshape(4, 6)
    before = ids.copy()
    assert cells(Overlap.of(ids[:, ::2], ids.T[::2].T)) == brute(ids[:, ::2], ids[:, ::2])
    assert (ids == before).all()


def test_masks_that_overlap_count_a_pixel_twice_but_a_truth_once() -> None:
    masks = np.array([[[True, True, False]], [[False, True, True]]])
    table = Overlap.of_masks(np.array([[1, 1, 0]]), masks)
    assert table.truth_sizes.tolist() == [1, 2]
    assert table.guess_sizes.tolist() == [0, 2, 2]
    assert table.judged.tolist() == [0, 2, 1]
    assert cells(table) == {(0, 2): 1, (1, 1): 2, (1, 2): 1}


def test_no_masks_at_all() -> None:
    table = Overlap.of_masks(np.array([[1, 2]]), np.zeros((0, 1, 2), bool))
    assert (table.guess_ids.tolist(), table.truth_sizes.tolist()) == ([0], [0, 1, 1])


def test_grouping_joins_and_drops() -> None:
    table = Overlap.of([[1, 2, 3, 4]], [[1, 1, 2, 2]]).grouped({1: 10, 2: 10, 3: 20}, {1: 5, 2: 5})
    assert table.truth_ids.tolist() == [0, 10, 20]
    assert table.guess_ids.tolist() == [0, 5]
    assert table.dense().tolist() == [[0, 1], [0, 2], [0, 1]]
    assert table.void.tolist() == [0, 1]


def test_commonest_leaves_out_void_and_gives_ties_to_the_lower_id() -> None:
    table = Overlap.of([[0, 0, 0, 1, 2, 3, 3]], [[4, 4, 5, 4, 4, 6, 6]])
    assert table.commonest() == {4: 1, 6: 3}


def test_refusals() -> None:
    with pytest.raises(ValueError, match=r"one shape, got \(1, 2\) and \(2, 1\)"):
        Overlap.of([[1, 2]], [[1], [2]])
    with pytest.raises(ValueError, match="guess ids must be whole numbers, got float64"):
        Overlap.of([[1]], [[1.0]])
    with pytest.raises(ValueError, match=r"ids must lie in 0 to .*, got -1 to 3"):
        Overlap.of([[1, 2]], [[-1, 3]])
