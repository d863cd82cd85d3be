import math

import cv2
import numpy as np
import pytest

from workbench.scenes.land import Map
from workbench.scenes.page import Page, cover
from workbench.scenes.village import Sun, Thing, house, leafed, tree, with_cars
from workbench.taxonomy import Category, Taxonomy

TAX = Taxonomy([Category(1, "field", "stuff"), Category(2, "house"), Category(3, "tree"), Category(4, "car")])
PLAN = Map(0.4, 6.0, (60.0, 60.0), 40.0, 3.0, None, None)
GREY = (0.5, 0.5, 0.5)


def page():
    return Page(np.full((120, 120, 3), 0.6, np.float32), np.ones((120, 120), np.int32), TAX)


def thing(kind, spot=(0.0, 0.0), half=(3.0, 2.0), height=3.0):
    return Thing(kind, spot, half, height, 0.2, GREY)


def test_a_shadow_holds_foot_and_top_and_falls_one_way():
    sun = Sun((0.6, 0.8), 0.5)
    square = np.array([(0.0, 0.0), (0.0, 4.0), (4.0, 4.0), (4.0, 0.0)])
    outline = sun.cast(square, 0.0, 10.0).astype(np.float32)
    for corner in square + 0.0:
        for share in (0.0, 0.5, 1.0):
            place = corner + np.array(sun.way) * 5.0 * share
            assert cv2.pointPolygonTest(outline, place.tolist(), True) > -1e-3
    assert cv2.pointPolygonTest(outline, (-0.5, -0.5), False) < 0
    assert cv2.pointPolygonTest(outline, (8.0, 8.5), False) < 0


@pytest.mark.parametrize("kind", ["house", "tree", "car"])
@pytest.mark.parametrize("angle", [0.0, 1.0, 2.5, 4.0])
def test_all_shadows_fall_from_one_sun(kind, angle):
    """Beside each thing the ground is dark on the side that the sun does not see, and only there."""
    sun, sheet = Sun((math.sin(angle), math.cos(angle)), 1.0), page()
    one = thing(kind, half=(2.0, 2.0))
    drawn = [(one, one.parts(PLAN))]
    with_cars(sheet, PLAN, sun, drawn if kind == "car" else [], [] if kind == "car" else drawn)
    reach = 2.0 * PLAN.scale * 1.42 + 2
    middle, way = np.array(PLAN.middle), np.array(sun.way) * reach
    (dark_row, dark_col), (lit_row, lit_col) = (middle + way).astype(int), (middle - way).astype(int)
    assert sheet.rgb[dark_row, dark_col, 0] < 0.7 * sheet.rgb[lit_row, lit_col, 0]
    assert sheet.rgb[lit_row, lit_col, 0] == 153
    # What is left is the sky's light, which is blue.
    red, _, blue = sheet.rgb[dark_row, dark_col].astype(float)
    assert blue > red


def test_the_shadow_of_a_house_falls_on_cars_as_well():
    building, car = thing("house", half=(2.0, 2.0)), thing("car", (-1.2, -3.6), (0.8, 0.8), 1.0)
    spot = PLAN.place(np.array(car.spot))
    away = spot - PLAN.middle
    sun, (row, col) = Sun(tuple(away / np.linalg.norm(away)), 2.0), spot.astype(int)
    values = []
    for tall in ([], [(building, building.parts(PLAN))]):
        sheet = page()
        with_cars(sheet, PLAN, sun, [(car, car.parts(PLAN))], tall)
        values.append(int(sheet.rgb[row, col].sum()))
    assert values[1] < 0.8 * values[0]


def test_the_slope_towards_the_sun_is_bright():
    means = []
    for way in ((1.0, 0.0), (-1.0, 0.0)):
        sheet, one = page(), thing("house")
        parts = one.parts(PLAN)
        house(sheet, Sun(way, 1.0), one, parts)
        slopes = [sheet.rgb[cover((120, 120), [parts[k]]) == 255].mean() for k in (0, 1)]
        means.append(slopes[0] - slopes[1])
    assert means[0] * means[1] < 0


@pytest.mark.parametrize(("kind", "draw"), [("house", house), ("tree", None)])
def test_a_thing_is_claimed_by_its_outline(kind, draw):
    sheet, one = page(), thing(kind)
    parts = one.parts(PLAN)
    if draw:
        draw(sheet, Sun((1.0, 0.0), 1.0), one, parts)
    else:
        tree(sheet, PLAN, Sun((1.0, 0.0), 1.0), one, parts)
    _, things, _ = sheet.truth()
    expected = cover((120, 120), [parts[-1]]) >= 128
    np.testing.assert_array_equal(things.masks()[0], expected)
    painted = (sheet.rgb != 153).any(axis=2)
    assert painted[expected].mean() > 0.95


def test_leaves_roughen_trees_alone():
    sheet, one = page(), thing("tree")
    tree(sheet, PLAN, Sun((1.0, 0.0), 1.0), one, one.parts(PLAN))
    before = sheet.floats()
    after = leafed(np.random.default_rng(0), sheet, PLAN)
    where = sheet.truth()[0].mask("tree")
    np.testing.assert_array_equal(after[~where], before[~where])
    assert np.abs(after - before)[where].mean() > 0.02
