from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from workbench.methods import looking
from workbench.methods.looking import brought, enlarged, judged, likeliest, seen, shares
from workbench.trace import Trace, listen


class Hungry(torch.nn.Module):
    """Answer with the picture's first channel twice; run out of memory on more than `most` pixels."""

    def __init__(self, most, words="DefaultCPUAllocator: can't allocate memory"):
        super().__init__()
        self.most, self.words = most, words

    def forward(self, batch):
        if batch[0, 0].numel() > self.most:
            raise RuntimeError(self.words)
        return batch[:, :1].repeat(1, 2, 1, 1)


def model(net, step=32):
    return SimpleNamespace(net=net, card={"step": step}, device="cpu")


PICTURE = np.random.default_rng(0).standard_normal((3, 300, 700), dtype=np.float32)


def test_a_picture_that_does_not_fit_is_looked_at_in_tiles_and_that_is_said():
    with listen(Trace()) as trace:
        answer = judged(model(Hungry(400 * 400)), PICTURE, margin=8, blend=8)
    np.testing.assert_allclose(answer, PICTURE[[0, 0]], atol=1e-5)
    assert trace.notes == ["memory ran out: looked at in tiles of 256 px"]


def test_a_picture_that_fits_is_looked_at_whole():
    with listen(Trace()) as trace:
        np.testing.assert_array_equal(judged(model(Hungry(10**9)), PICTURE, margin=8), PICTURE[[0, 0]])
    assert trace.notes == []


def test_where_nothing_fits_it_is_one_sentence():
    with pytest.raises(MemoryError, match="ran out of memory even in tiles of 128 px; close other programs"):
        judged(model(Hungry(10)), PICTURE, margin=8)


def test_another_fault_is_not_taken_for_memory():
    with pytest.raises(RuntimeError, match="shapes do not match"):
        judged(model(Hungry(10, "shapes do not match")), PICTURE, margin=8)


def test_a_large_picture_is_shrunk_and_a_small_one_is_left():
    image = np.zeros((400, 600, 3), np.uint8)
    assert seen(image, 200).shape == (200, 300, 3)
    assert seen(image, 500) is image
    wide = np.zeros((1, looking.LONGEST * 4, 3), np.uint8)
    assert seen(wide, 256).shape == (1, looking.LONGEST, 3)


def test_bringing_leaves_what_has_the_size():
    image = np.zeros((4, 6, 3), np.uint8)
    assert brought(image, (4, 6)) is image
    assert brought(image, (8, 3)).shape == (8, 3, 3)


def test_answers_are_enlarged_class_by_class():
    answer = np.random.default_rng(0).random((3, 4, 5), np.float32)
    grown = enlarged(answer, (8, 10))
    assert grown.shape == (3, 8, 10)
    assert enlarged(answer, (4, 5)) is answer
    np.testing.assert_allclose(grown.mean(axis=(1, 2)), answer.mean(axis=(1, 2)), atol=0.02)


def test_shares_are_a_softmax_that_never_overflows():
    logits = np.float32([[[1000.0]], [[1001.0]]])
    wanted = torch.softmax(torch.tensor([1000.0, 1001.0]), 0)
    np.testing.assert_allclose(shares(logits).ravel(), wanted, rtol=1e-5)


@given(
    arrays(np.float32, array_shapes(min_dims=3, max_dims=3, max_side=6), elements=st.integers(-2, 2)),
    st.booleans(),
)
def test_the_likeliest_is_numpys_argmax_however_the_scores_lie_in_memory(scores, last):
    lying = np.moveaxis(np.ascontiguousarray(np.moveaxis(scores, 0, -1)), -1, 0) if last else scores
    assert (likeliest(lying) == scores.argmax(axis=0)).all()
    assert likeliest(lying).dtype == np.int32
