import numpy as np

from workbench.scenes import cells
from workbench.training.elastic import elastic


def test_picture_and_ids_are_pulled_the_same_way():
    """A picture that is painted from its ids is still painted from them afterwards, but for blurred edges."""
    ids = cells(0, (96, 96)).truth.ids.astype(np.int32)
    image = np.repeat((ids[..., None] * 3 % 256).astype(np.uint8), 3, axis=2)
    moved, names = elastic(np.random.default_rng(1), image, ids)
    assert set(np.unique(names)) <= set(np.unique(ids))
    assert not np.array_equal(names, ids)
    assert np.mean(moved[..., 0] == names * 3 % 256) > 0.8


def test_it_moves_by_about_ten_pixels():
    rows = np.repeat(np.arange(128, dtype=np.int32)[:, None], 128, axis=1)
    image = np.zeros((128, 128, 3), np.uint8)
    moves = [elastic(np.random.default_rng(seed), image, rows)[1][64, 64] - 64 for seed in range(60)]
    assert 5 < np.std(moves) < 15


def test_arguments_are_left_alone_and_the_same_seed_pulls_the_same_way():
    sample = cells(0, (32, 32))
    image, ids = sample.image.copy(), sample.truth.ids.astype(np.int32)
    before = image.copy(), ids.copy()
    first, again = (elastic(np.random.default_rng(3), image, ids) for _ in range(2))
    np.testing.assert_array_equal(image, before[0])
    np.testing.assert_array_equal(ids, before[1])
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, other)
