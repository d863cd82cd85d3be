import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.scenes import splits

NUMBERS = st.integers(0, 50_000)
APART = ("train", "validation", "test")


def test_there_are_splits():
    assert set(splits.SPLITS) == {*APART, "stress"}


@given(*[NUMBERS] * 4)
def test_no_picture_is_in_two_splits(first, count, other, training):
    spans = [splits.seeds(name, first, count) for name in APART]
    spans += [range(found, found + 1) for found in (splits.seed(n, other, training=training) for n in APART)]
    for k, one in enumerate(spans):
        for m in range(k):
            if k % 3 != m % 3:
                assert max(one.start, spans[m].start) >= min(one.stop, spans[m].stop)


def test_whole_splits_do_not_meet():
    order = sorted((splits.SPLITS[name] for name in APART), key=lambda span: span.start)
    assert all(low.stop <= high.start for low, high in itertools.pairwise(order))


@given(NUMBERS, NUMBERS, st.integers(0, splits.PER_TRAINING - 1), st.integers(0, splits.PER_TRAINING - 1))
def test_two_trainings_share_no_picture(one, other, first, second):
    same = splits.seed("train", first, training=one) == splits.seed("train", second, training=other)
    assert same == ((one, first) == (other, second))


@pytest.mark.parametrize("name", ["validation", "test", "stress"])
def test_every_training_is_judged_on_the_same_pictures(name):
    assert splits.seed(name, 7, training=0) == splits.seed(name, 7, training=9) == splits.seeds(name, 7, 1)[0]


def test_seeds_go_on_where_the_last_ended():
    assert [*splits.seeds("train", 0, 5), *splits.seeds("train", 5, 3)] == list(splits.seeds("train", 0, 8))
    assert len(splits.seeds("test", 3, 0)) == 0


def test_starts_are_those_that_shipped_weights_were_made_with():
    assert [splits.seed(name, 0) for name in APART] == [10_000_000, 1_000_000, 2_000_000]


def test_stress_has_the_seeds_of_the_test_but_crowded():
    assert splits.seeds("stress", 4, 9) == splits.seeds("test", 4, 9)
    assert splits.knobs("stress") == {"crowded": True}
    assert splits.knobs("test") == splits.knobs("train") == {}


def test_numbers_may_be_numpys():
    assert splits.seeds("test", np.int64(2), np.int32(1)) == range(2_000_002, 2_000_003)


@pytest.mark.parametrize("ask", [lambda: splits.seeds("tets", 0, 1), lambda: splits.knobs("tets")])
def test_refuses_an_unknown_split(ask):
    match = r"splits: no split 'tets', did you mean 'test'\?; there are train, validation, test, stress"
    with pytest.raises(ValueError, match=match.replace(r"\?", r"\??")):
        ask()


@pytest.mark.parametrize("bad", [-1, 1.5, "3", None, True])
def test_refuses_what_is_no_number(bad):
    with pytest.raises(ValueError, match="splits: first must be a whole number from 0, got"):
        splits.seeds("test", bad, 1)
    with pytest.raises(ValueError, match="splits: count must be a whole number from 0, got"):
        splits.seeds("test", 0, bad)
    with pytest.raises(ValueError, match="splits: picture must be a whole number from 0, got"):
        splits.seed("test", bad)
    with pytest.raises(ValueError, match="splits: training must be a whole number from 0, got"):
        splits.seed("train", 0, training=bad)


def test_refuses_more_than_there_are():
    with pytest.raises(ValueError, match="validation has 1000000 pictures, asked for 1000001; take"):
        splits.seeds("validation", 999_999, 2)
    with pytest.raises(ValueError, match="a training has 100000000 pictures, asked for number 100000000"):
        splits.seed("train", splits.PER_TRAINING)
