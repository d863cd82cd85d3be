import numpy as np
import pytest

from workbench.scenes.sprite import Sprite, place, scaled, shadow

FLAT = ((0.0, 0.0), 0.0, ((0.0, 0.0, 0.0), 0.0), 1.0)
RED = (1.0, 0.0, 0.0)


def sprite(low=(10.0, 10.0), high=(30.0, 30.0)):
    return Sprite(low, high)


def test_shapes_are_drawn_in_the_order_they_came():
    sheet = sprite()
    sheet.disc((20.0, 20.0), (8.0, 8.0), RED)
    sheet.polygon([(15.0, 15.0), (15.0, 25.0), (25.0, 25.0), (25.0, 15.0)], (0.0, 1.0, 0.0))
    sheet.limb((12.0, 20.0), (28.0, 20.0), (2.0, 2.0), (0.0, 0.0, 1.0))
    rgb = sheet.patch(*FLAT).rgb
    at = [rgb[row - sheet.row, col - sheet.col].argmax() for row, col in ((20, 13), (20, 17), (20, 20))]
    assert at == [0, 1, 2]


@pytest.mark.parametrize(
    ("draw", "area"),
    [
        (lambda s: s.disc((20.0, 20.0), (8.0, 5.0), RED), np.pi * 40),
        (lambda s: s.polygon([(12.0, 12.0), (12.0, 28.0), (28.0, 28.0), (28.0, 12.0)], RED), 256),
        (lambda s: s.polygon(np.array([(12.0, 12.0), (12.0, 28.0), (28.0, 12.0)]), RED), 128),
        (lambda s: s.limb((14.0, 20.0), (26.0, 20.0), (6.0, 6.0), RED), 72 + np.pi * 9),
    ],
)
def test_a_shape_has_its_area(draw, area):
    sheet = sprite()
    draw(sheet)
    patch = sheet.patch(*FLAT)
    assert patch.inside.sum() == pytest.approx(area, rel=0.08)
    assert patch.opacity.sum() == pytest.approx(area, rel=0.12)


def test_sprites_placed_together_look_as_each_alone_does():
    def drawn():
        """Give three sprites of other sizes, the second one empty."""
        sheets = [sprite(), sprite((5.0, 5.0), (9.0, 9.0)), sprite((0.0, 0.0), (60.0, 90.0))]
        for sheet, size in ((sheets[0], 5.0), (sheets[2], 20.0)):
            sheet.disc((20.0, 20.0), (size, size), RED)
            sheet.polygon([(15.0, 15.0), (15.0, 25.0), (25.0, 25.0)], (0.0, 1.0, 0.0))
            sheet.limb((12.0, 20.0), (28.0, 20.0), (2.0, size), (0.0, 0.0, 1.0))
        return sheets

    together, alone = drawn(), drawn()
    place(together)
    for one, other in zip(together, alone, strict=True):
        np.testing.assert_array_equal(one.patch(*FLAT).rgb, other.patch(*FLAT).rgb)


def test_polygons_may_be_given_in_measures_of_their_own():
    plain, turned = sprite(), Sprite((10.0, 10.0), (30.0, 30.0), lambda points: points[:, 1::-1])
    plain.polygon([(12.0, 15.0), (12.0, 28.0), (28.0, 15.0)], RED)
    turned.polygon([(15.0, 12.0, 7.0), (28.0, 12.0, 7.0), (15.0, 28.0, 7.0)], RED)
    np.testing.assert_array_equal(plain.patch(*FLAT).rgb, turned.patch(*FLAT).rgb)


def test_an_empty_sprite_paints_nothing():
    assert not sprite().patch(*FLAT).inside.any()


@pytest.mark.parametrize(
    ("low", "high", "seen"),
    [
        ((10, 10), (30, 30), True),
        ((-9, -9), (3, 3), True),
        ((-30, 10), (-5, 30), False),
        ((10, 70), (30, 90), False),
        ((70, 10), (90, 30), False),
        ((10, -30), (30, -5), False),
    ],
)
def test_says_whether_it_would_be_seen(low, high, seen):
    assert sprite(low, high).meets((64, 64)) == seen


def test_a_shadow_is_darkest_in_its_middle():
    patch = shadow((20.0, 30.0), (4.0, 9.0), 0.6)
    row, col = np.unravel_index(patch.opacity.argmax(), patch.opacity.shape)
    assert (row + patch.row, col + patch.col) in {(19, 29), (19, 30), (20, 29), (20, 30)}
    assert 0.5 < patch.opacity.max() <= 0.6
    assert patch.opacity.min() == 0


def test_a_lighter_colour_stays_a_colour():
    assert scaled((0.9, 0.5, 0.0), 1.5) == (1.0, 0.78, 0.03)
