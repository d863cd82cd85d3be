import numpy as np
import pytest
import torch

from workbench.models.tiles import colour_of, grey_of, in_tiles, padded, standardised
from workbench.models.unet import UNet


@pytest.fixture(scope="module")
def judge():
    torch.manual_seed(1)
    net = UNet(base=2).eval()

    def run(piece):
        with torch.inference_mode():
            return net(torch.from_numpy(np.ascontiguousarray(piece))[None, None])[0, 0].numpy()

    return run


@pytest.mark.parametrize("size", [(300, 420), (260, 129), (64, 500)])
def test_tiles_answer_as_the_whole_picture_does(judge, size):
    picture = np.random.default_rng(0).standard_normal(size, dtype=np.float32)
    whole = in_tiles(judge, picture, tile=4096)
    pieces = in_tiles(judge, picture, tile=128)
    np.testing.assert_allclose(pieces, whole, atol=2e-4)


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (17, 16), (33, 47)])
def test_any_size_is_answered(size):
    picture = np.random.default_rng(0).standard_normal(size, dtype=np.float32)
    np.testing.assert_array_equal(in_tiles(lambda piece: piece, picture, tile=16), picture)


@pytest.mark.parametrize("blend", [8, 32])
def test_seams_fade_where_a_network_looks_at_everything(blend):
    """Two tiles that answer 0 and 1: away from the seam each alone, across it a ramp that rises evenly."""
    answers = iter((0.0, 1.0))
    picture = np.zeros((3, 1, 256), np.float32)
    joined = in_tiles(
        lambda piece: np.full((2, *piece.shape[1:]), next(answers), np.float32),
        picture,
        tile=128,
        blend=blend,
    )
    assert joined.shape == (2, 1, 256)
    assert not joined[0, 0, : 128 - blend].any()
    np.testing.assert_allclose(joined[0, 0, 128 + blend :], 1)
    across = joined[0, 0, 128 - blend : 128 + blend]
    np.testing.assert_allclose(across, (np.arange(2 * blend) + 0.5) / (2 * blend), atol=1e-6)


@pytest.mark.parametrize("size", [(300, 420), (260, 129)])
def test_blended_tiles_answer_as_the_whole_picture_does(judge, size):
    picture = np.random.default_rng(0).standard_normal(size, dtype=np.float32)
    pieces = in_tiles(judge, picture, tile=128, blend=24)
    np.testing.assert_allclose(pieces, in_tiles(judge, picture, tile=4096), atol=2e-4)


def test_colours_are_scaled_and_their_axis_comes_first():
    image = np.random.default_rng(0).integers(0, 256, (4, 6, 3), dtype=np.uint8)
    seen = colour_of(image)
    assert seen.shape == (3, 4, 6)
    np.testing.assert_allclose(seen[1, 2, 3], (image[2, 3, 1] / 255 - 0.45) / 0.25, rtol=1e-5)


def test_progress_is_told_before_each_tile():
    told = []
    in_tiles(lambda piece: piece, np.zeros((40, 40), np.float32), tile=32, progress=lambda *t: told.append(t))
    assert told == [(0, 4), (1, 4), (2, 4), (3, 4)]


def test_padding_mirrors_and_leaves_the_argument_alone():
    piece = np.arange(6, dtype=np.float32).reshape(2, 3)
    assert padded(piece, 4)[:, 3].tolist() == [1, 4, 1, 4]
    assert padded(piece, 4).shape == (4, 4)
    assert piece.shape == (2, 3)


def test_standardised_grey_ignores_brightness_and_contrast():
    image = np.random.default_rng(0).integers(0, 100, (20, 30, 3), dtype=np.uint8)
    np.testing.assert_allclose(grey_of(image), grey_of(image * 2 + 5), atol=0.03)
    assert abs(float(grey_of(image).mean())) < 1e-5


def test_a_flat_picture_becomes_zero():
    assert not standardised(np.full((3, 3), 7, np.float32)).any()
