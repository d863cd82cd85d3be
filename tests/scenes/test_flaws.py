import re

import numpy as np
import pytest

from workbench.scenes.flaws import FLAWS, flawed

SURFACES = ("woven", "brushed", "brick", "gravel", "grass")


@pytest.mark.parametrize("surface", SURFACES)
def test_a_part_is_the_same_from_the_same_seed_and_changed_only_where_it_is_flawed(surface):
    sound, bad, again = (flawed(5, (128, 160), surface=surface, flaws=n) for n in (0, 3, 3))
    assert (bad.image == again.image).all()
    assert bad.truth.sha256 == again.truth.sha256
    assert (flawed(6, (128, 160), surface=surface, flaws=0).image != sound.image).any()
    # Noise is drawn alike, so that what differs was made by a flaw, or lies at its soft edge.
    inside, moved = bad.truth.mask(*bad.target), (bad.image != sound.image).any(axis=2)
    far = np.pad(inside, 8)
    near = np.max([np.roll(far, (dr, dc), (0, 1)) for dr in range(-8, 9) for dc in range(-8, 9)], axis=0)
    assert not (moved & ~near[8:-8, 8:-8]).any()
    assert 0.005 < inside.mean() < 0.3


@pytest.mark.parametrize("surface", SURFACES)
def test_a_sound_part_has_one_segment_and_the_contrast_that_is_promised(surface):
    sound = flawed(3, surface=surface, flaws=0)
    assert sound.truth.summary() == "1 segment"
    assert sound.image[..., 0].std() / 255 == pytest.approx(0.13, abs=0.04)


def test_each_kind_of_flaw_changes_what_it_says():
    rng = np.random.default_rng(0)
    grey = np.float32(0.5 + 0.13 * rng.standard_normal((256, 256)))
    inside, scratched = FLAWS["scratch"](np.random.default_rng(1), grey, 1.0)
    assert np.abs(scratched - grey)[inside].min() > 0.05
    inside, stained = FLAWS["stain"](np.random.default_rng(1), grey, 1.0)
    assert stained[inside].mean() < 0.85 * grey[inside].mean()
    inside, worn = FLAWS["worn"](np.random.default_rng(1), grey, 1.0)
    assert worn[inside].std() < 0.4 * grey[inside].std()
    assert worn[inside].mean() == pytest.approx(grey[inside].mean(), abs=0.01)


def test_a_picture_larger_than_a_photograph_has_no_seam():
    wide = flawed(1, (64, 1100), surface="brick", flaws=0).image[..., 0].astype(int)
    steps = np.abs(np.diff(wide, axis=1)).mean(axis=0)
    assert steps[500:530].max() < 3 * steps.mean()


def test_uneven_light_darkens_and_leaves_the_truth():
    plain, uneven = (flawed(4, flaws=2, uneven=strength) for strength in (0.0, 0.8))
    assert plain.truth.sha256 == uneven.truth.sha256
    assert uneven.image.mean() < 0.9 * plain.image.mean()


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"surface": "silk"}, "surface must be one of woven, brushed, brick, gravel, grass, got 'silk'"),
        ({"flaws": 21}, "flaws must be in [0, 20], got 21"),
        ({"strength": -1.0}, "strength must be in [0, 3], got -1.0"),
        ({"uneven": 2}, "uneven must be in [0, 1], got 2"),
        ({"size": (8, 8)}, "size must be 32 to 4096"),
    ],
)
def test_what_cannot_be_made_is_refused_in_a_sentence(how, said):
    with pytest.raises(ValueError, match="flawed: " + re.escape(said)):
        flawed(0, **how)
