import numpy as np
import pytest

from workbench.scenes.light import blurred, exposed, relief, shaded, uneven, vignette
from workbench.scenes.textures import between, chosen, clouds, cut, cuts, grains, limited


def rng():
    return np.random.default_rng(0)


def test_clouds_do_not_depend_on_the_resolution():
    small, large = clouds(rng(), (64, 64), 4), clouds(rng(), (256, 256), 4)
    assert np.corrcoef(small.ravel(), large[::4, ::4].ravel())[0, 1] > 0.98


def test_clouds_have_mean_zero_and_deviation_one():
    field = clouds(rng(), (512, 512), 24)
    assert abs(field.mean()) < 0.1
    assert 0.7 < field.std() < 1.4


def test_grain_is_finer_where_it_is_asked_to_be():
    fine, coarse = grains(rng(), 128, 0.5), grains(rng(), 128, 3.0)
    assert np.abs(np.diff(fine)).mean() > 3 * np.abs(np.diff(coarse)).mean()


@pytest.mark.parametrize("shape", [(3, 5), (40, 7), (0, 4)])
def test_a_piece_is_cut_as_large_as_asked_though_the_tile_be_smaller(shape):
    assert cut(grains(rng(), 16, 1), rng(), shape).shape == shape


def test_many_pieces_are_cut_as_one_after_the_other():
    tile, shapes, one = grains(rng(), 16, 1), [(3, 5), (40, 7), (16, 33), (1, 1)], rng()
    for shape, piece in zip(shapes, cuts(tile, rng(), shapes), strict=True):
        np.testing.assert_array_equal(piece, cut(tile, one, shape))


def test_no_pieces_are_cut_where_none_are_asked_for():
    assert cuts(grains(rng(), 16, 1), rng(), []) == []


@pytest.mark.parametrize("strength", [0.0, 0.5, 1.0])
def test_uneven_light_is_one_where_it_is_brightest(strength):
    field = uneven(rng(), (100, 150), strength)
    assert field.max() == pytest.approx(1, abs=0.03)
    assert field.min() > 0.1
    assert (np.ptp(field) > 0.1) == (strength > 0)


def test_vignette_darkens_the_corners_only():
    field = vignette((50, 80), 0.3)
    assert field.max() == pytest.approx(1, abs=0.01)
    assert field[0, 0] == pytest.approx(0.7)


def test_relief_lights_the_slope_that_faces_the_light():
    hill = np.float32(np.exp(-(np.linspace(-2, 2, 21)[:, None] ** 2 + np.linspace(-2, 2, 21)[None, :] ** 2)))
    shade = relief(hill * 5, (-1, 0), 1.0)
    assert shade[5, 10] > 1 > shade[15, 10]


@pytest.mark.parametrize("sigma", [0.0, 1.0, 6.0])
def test_blur_keeps_the_mean(sigma):
    image = rng().random((64, 64, 3), dtype=np.float32)
    soft = blurred(image, sigma)
    assert soft.shape == image.shape
    assert soft.mean() == pytest.approx(image.mean(), abs=0.01)


def test_noise_is_as_strong_as_asked():
    grey = np.full((256, 256, 3), 0.5, np.float32)
    assert exposed(rng(), grey, 0.0).std() == 0
    assert 2 < exposed(rng(), grey, 0.02).std() < 8


@pytest.mark.parametrize("shape", [(5, 7), (16, 16), (20, 3)])
def test_a_piece_is_the_tile_repeated(shape):
    tile = grains(rng(), 16, 1)
    row, col = rng().integers(0, 16, 2)
    whole = np.tile(tile, (4, 4))
    np.testing.assert_array_equal(cut(tile, rng(), shape), whole[row : row + shape[0], col : col + shape[1]])


def test_choosing_and_drawing_between_are_the_generators_own():
    for seed in range(200):
        ours, theirs = np.random.default_rng(seed), np.random.default_rng(seed)
        shares = (0.35, 0.3, 0.25, 0.1)
        assert chosen(ours, shares) == theirs.choice(4, p=shares)
        assert between(ours, -0.7, 3.1) == theirs.uniform(-0.7, 3.1)


def test_limits_hold_in_place():
    values = np.array([-1.0, 0.25, 9.0], np.float32)
    assert limited(values, 0, 1) is values
    assert values.tolist() == [0, 0.25, 1]


def test_a_lens_shades_every_channel_and_leaves_the_picture():
    image = np.ones((20, 30, 3), np.float32)
    dim = shaded(image, 0.4)
    np.testing.assert_array_equal(dim[..., 2], vignette((20, 30), 0.4))
    assert (image == 1).all()
