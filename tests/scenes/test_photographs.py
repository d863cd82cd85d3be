import numpy as np
import pytest
import skimage as ski

from workbench.scenes import SCENES, Domain, photographs


@pytest.mark.parametrize("name", photographs.NAMES)
def test_reads_what_scikit_image_ships(name):
    assert (photographs.read(name) == getattr(ski.data, name)()).all()


@pytest.mark.parametrize("name", photographs.NAMES)
@pytest.mark.parametrize("side", [64, 256])
def test_a_surface_has_mean_zero_and_deviation_one_and_is_kept(name, side):
    tile = photographs.surface(name, side)
    assert tile.shape == (side, side)
    assert tile.mean() == pytest.approx(0, abs=1e-3)
    assert tile.std() == pytest.approx(1, abs=1e-3)
    assert not tile.flags.writeable
    assert photographs.surface(name, side) is tile


def test_a_surface_repeats_for_ever():
    rows, cols = np.arange(8, dtype=np.float32)[:, None], np.arange(9, dtype=np.float32)[None, :]
    first = photographs.laid("grass", 64, rows, cols)
    assert first.shape == (8, 9)
    np.testing.assert_allclose(photographs.laid("grass", 64, rows + 64, cols - 128), first, atol=1e-4)
    np.testing.assert_allclose(first, photographs.surface("grass", 64)[:8, :9], atol=1e-4)


def test_the_photographed_wall_is_the_bricks():
    """Where the picture has a wall, it goes along with the photograph, and the painted one does not."""
    found = []
    for textures in ("painted", "photographed"):
        sample = SCENES["tabletop"](4, (256, 256), domain=Domain(textures=textures))
        wall = sample.truth.mask("wall")[:60]
        places = np.arange(256, dtype=np.float32) * np.float32(110 / 256)
        bricks = photographs.laid("brick", 96, places[None, :], places[:60, None])
        found.append(np.corrcoef(sample.image[:60].mean(axis=2)[wall], bricks[wall])[0, 1])
    assert found[1] > 0.6 > 0.2 > abs(found[0])
