"""Weather, light, lens and textures change the picture, never the truth; the plain domain changes nothing."""

import hashlib
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.scenes import SCENES, Domain
from workbench.scenes.domain import PLAIN, RANGES, accepted, taken
from workbench.scenes.light import exposed

OUTDOORS = ("street", "aerial", "tabletop")
# Scene, seed, size, and the first half of the SHA-256 of image bytes and ids, from before there were domains.
BEFORE = (
    ("street", 0, (128, 128), "0aedf9504c53d39f", "0f7959b2a2318c5d"),
    ("street", 7, (128, 128), "c17e1a2b3089bef2", "06ca82d35ae616ee"),
    ("street", 0, (97, 61), "791062749a3469b6", "654c73edb7bef42e"),
    ("street", 7, (97, 61), "e2499a98fc15f2e9", "ee8681dfea632071"),
    ("cells", 0, (128, 128), "0d0b9997be8333a7", "f99e1230b54416e8"),
    ("cells", 7, (128, 128), "89ee79e0ff7bb7c7", "607459e73c8d88b1"),
    ("cells", 0, (97, 61), "bd557e645d5ac759", "b027fd825e2b5c9c"),
    ("cells", 7, (97, 61), "710ff62017a8307d", "19a1d48a759a0c1e"),
    ("shadows", 0, (128, 128), "c2f1f8e5c30424f5", "6be5c6c3b7438910"),
    ("shadows", 7, (128, 128), "18fee0da633c8f73", "5745023d24503aa4"),
    ("shadows", 0, (97, 61), "3f2911f897143297", "d9843aab657cdd8a"),
    ("shadows", 7, (97, 61), "1f58cf3dcf3628a3", "bc9a0f0d2e556a6f"),
)


def digest(sample):
    return hashlib.sha256(sample.image.tobytes()).hexdigest()


@pytest.mark.parametrize(("name", "seed", "size", "image", "ids"), BEFORE)
@pytest.mark.parametrize("domain", [None, Domain()])
def test_the_plain_domain_leaves_every_byte(name, seed, size, image, ids, domain):
    sample = SCENES[name](seed, size, domain=domain)
    assert (digest(sample)[:16], sample.truth.sha256[:16]) == (image, ids)


@pytest.mark.parametrize("name", OUTDOORS)
@pytest.mark.parametrize(
    "domain",
    [
        *(Domain(weather=weather) for weather in ("fog", "rain", "night")),
        Domain(textures="photographed"),
        Domain(light=0.6),
        Domain(noise=0.1),
        Domain(blur=8),
    ],
)
def test_a_domain_changes_the_picture_and_never_the_truth(name, domain):
    for seed in range(3):
        plain, other = SCENES[name](seed, (96, 128)), SCENES[name](seed, (96, 128), domain=domain)
        assert plain.truth.sha256 == other.truth.sha256
        assert plain.depth == other.depth
        assert [item.runs for item in plain.instances] == [item.runs for item in other.instances]
        assert np.abs(plain.image.astype(int) - other.image).mean() > 1
        assert digest(other) == digest(SCENES[name](seed, (96, 128), domain=domain))


@pytest.mark.parametrize("name", ["cells", "shadows"])
def test_a_microscope_and_a_sunny_ground_take_light_noise_and_blur(name):
    plain, dim = SCENES[name](1, (96, 96)), SCENES[name](1, (96, 96), domain=Domain(light=0.5))
    assert plain.truth.sha256 == dim.truth.sha256
    assert dim.image.mean() < 0.7 * plain.image.mean()


def _contrast(image, where):
    return image[where].astype(float).std()


def test_fog_deepens_with_distance_in_a_street():
    lost = []
    for seed in range(8):
        clear, fog = (SCENES["street"](seed, domain=Domain(weather=weather)) for weather in ("clear", "fog"))
        road = clear.truth.category_ids() == 2
        rows = np.arange(256)[:, None] * np.ones(256)
        cuts = np.quantile(rows[road], (0.05, 0.95))
        grey = 255 * 0.8
        far, near = (
            np.abs(fog.image[road & part].mean() - grey) for part in (rows < cuts[0], rows > cuts[1])
        )
        lost.append((far, near))
    far, near = np.mean(lost, axis=0)
    assert far < 0.5 * near


@pytest.mark.parametrize("name", ["aerial", "tabletop"])
def test_fog_is_as_thick_everywhere_where_all_is_as_far(name):
    clear, fog = (
        SCENES[name](2, domain=Domain(weather=weather)).image.astype(float) for weather in ("clear", "fog")
    )
    shares = [fog[part].std() / clear[part].std() for part in (np.s_[:128], np.s_[128:])]
    assert shares[0] == pytest.approx(shares[1], abs=0.15)
    assert max(shares) < 0.6


@pytest.mark.parametrize("name", OUTDOORS)
def test_nights_are_dark_and_rain_is_grey(name):
    clear, night, rain = (
        SCENES[name](3, domain=Domain(weather=weather)).image.astype(float)
        for weather in ("clear", "night", "rain")
    )
    assert night.mean() < 0.75 * clear.mean()
    assert np.ptp(rain, axis=2).mean() < np.ptp(clear, axis=2).mean()


@given(*[st.floats(*RANGES[name]) for name in ("light", "noise", "blur")])
@settings(max_examples=20, deadline=None)
def test_any_numbers_in_range_give_a_picture(light, noise, blur):
    sample = SCENES["shadows"](0, (32, 40), domain=Domain(light=light, noise=noise, blur=blur))
    assert sample.image.shape == (32, 40, 3)


def test_light_noise_and_blur_do_what_they_say():
    grey = np.full((64, 64, 3), 0.4, np.float32)
    grey[:, 32:] = 0.6

    def seen(**knobs):
        return taken(np.random.default_rng(0), grey, 0.0, Domain(**knobs), 0).astype(float)

    assert seen(light=0.5).mean() == pytest.approx(0.5 * seen(light=1.0).mean(), rel=0.02)
    assert seen(noise=0.1).std() > 1.2 * seen().std()
    assert np.abs(np.diff(seen(blur=20), axis=1)).max() < 0.6 * np.abs(np.diff(seen(), axis=1)).max()
    plain = exposed(np.random.default_rng(0), grey, 0.02)
    assert (taken(np.random.default_rng(0), grey, 0.02, PLAIN, 0) == plain).all()


def test_a_domain_can_be_compared_and_kept_in_a_set():
    assert Domain().plain
    assert not Domain(blur=1).plain
    assert len({Domain(), Domain(), Domain(weather="fog")}) == 2
    assert accepted("street", None) == PLAIN


@pytest.mark.parametrize("weather", ["snow", "", None])
def test_refuses_a_weather_there_is_not(weather):
    with pytest.raises(ValueError, match="domain: weather must be one of clear, fog, rain, night, got"):
        Domain(weather=weather)


def test_refuses_textures_there_are_not():
    with pytest.raises(ValueError, match="domain: textures must be one of painted, photographed, got 'real'"):
        Domain(textures="real")


@pytest.mark.parametrize(
    ("name", "value"), [*product(("light", "noise", "blur"), (-0.1, 21, float("nan"), "1", None, True))]
)
def test_refuses_a_number_out_of_range(name, value):
    with pytest.raises(ValueError, match=rf"domain: {name} must be a number in \[.*\], got .*; choose one"):
        Domain(**{name: value})


@pytest.mark.parametrize("name", list(SCENES))
def test_refuses_what_is_no_domain(name):
    with pytest.raises(ValueError, match=rf"{name}: domain must be a Domain, got 'fog'; write Domain\("):
        SCENES[name](0, (32, 32), domain="fog")


@pytest.mark.parametrize("name", ["cells", "shadows"])
@pytest.mark.parametrize("domain", [Domain(weather="fog"), Domain(textures="photographed")])
def test_refuses_weather_where_there_is_none(name, domain):
    with pytest.raises(ValueError, match=f"{name}: domain must have clear weather and painted textures, got"):
        SCENES[name](0, (32, 32), domain=domain)
