import numpy as np
import pytest

from workbench.scenes.page import Page, cover, disc, fixed, hull
from workbench.taxonomy import Category, Taxonomy

TAX = Taxonomy([Category(1, "ground", "stuff"), Category(2, "ball"), Category(3, "box")])


def page(side=12):
    return Page(np.full((side, side, 3), 0.2, np.float32), np.ones((side, side), np.int32), TAX)


def square(row, col, side=4.0):
    return np.array([(row, col), (row, col + side), (row + side, col + side), (row + side, col)])


def test_a_claim_is_where_the_outline_covers():
    sheet = page()
    sheet.claim([square(2, 3)], TAX["ball"])
    truth, things, depth = sheet.truth()
    expected = np.zeros((12, 12), bool)
    expected[2:6, 3:7] = True
    inside = things.masks()[0]
    # OpenCV's antialiased edge is up to half a pixel wider.
    assert inside[expected].all()
    assert inside.sum() <= 36
    assert (truth.ids == 4).sum() == inside.sum()
    assert depth == (0,)


@pytest.mark.parametrize("place", [(-2, 3), (10, 10), (-3, -3), (4, 10)])
def test_a_claim_over_the_edge_is_cut_like_the_whole_picture(place):
    sheet = page()
    sheet.claim([square(*place)], TAX["ball"])
    whole = cover((40, 40), [square(place[0] + 14, place[1] + 14)])[14:26, 14:26] >= 128
    # OpenCV softens a corner that the border cuts a little differently.
    assert (sheet.truth()[1].masks().any(axis=0) != whole).sum() <= 2


def test_a_claim_outside_leaves_nothing():
    sheet = page()
    for place in ((-9, 3), (3, 40), (30, 30), (3, -9)):
        sheet.claim([square(*place)], TAX["ball"])
    assert len(sheet.truth()[1]) == 0


def test_two_outlines_are_one_thing_and_later_things_hide_earlier_ones():
    sheet = page()
    sheet.claim([square(1, 1), square(7, 7)], TAX["ball"])
    sheet.claim([square(2, 2)], TAX["box"])
    truth, things, _ = sheet.truth()
    assert len(things) == 2
    assert truth.ids[3, 3] == 5
    assert truth.ids[8, 8] == 4
    assert things.masks()[0][3, 3]  # whole, also where it is hidden
    assert (sheet.where(TAX["ball"], 0.5) > 0).sum() == (truth.ids == 4).sum()


def test_filling_paints_and_leaves_the_truth():
    sheet = page()
    before = sheet.rgb.copy()
    sheet.fill(square(2, 2), (1.0, 0.0, 0.0))
    sheet.fills(np.stack([square(6, 6), square(7, 7, 1.0)]), [(0.0, 1.0, 0.0), (0.0, 0.0, 1.0)])
    assert sheet.rgb[4, 4].tolist() == [255, 0, 0]
    assert sheet.rgb[9, 9].tolist() == [0, 255, 0]
    assert (before != sheet.rgb).any()
    assert len(sheet.truth()[1]) == 0
    assert sheet.floats().max() == 1.0


def test_a_sheet_over_a_page_leaves_the_page():
    sheet = page()
    copy = Page.over(sheet)
    copy.fill(square(2, 2), (1.0, 1.0, 1.0))
    assert (sheet.rgb == 51).all()


def test_places_are_sixteenths_from_the_middle_of_the_first_pixel():
    assert fixed(np.array([(0.5, 1.5)])).tolist() == [[16, 0]]


def test_hull_and_disc():
    corners = hull(np.concatenate([square(0, 0), square(1, 1, 1.0)]))
    assert len(corners) == 4
    ring = disc(5, 6, 2, 3)
    np.testing.assert_allclose(np.square((ring - (5, 6)) / (2, 3)).sum(axis=1), 1)
