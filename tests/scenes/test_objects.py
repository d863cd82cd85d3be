import numpy as np
import pytest

from workbench.scenes.objects import Object, draw, reflected, shadow
from workbench.scenes.page import Page, cover
from workbench.scenes.tabletop import KINDS, TAXONOMY
from workbench.scenes.view import View

VIEW = View(-20.0, 100.0, 180.0, 0.62)
SHAPE = (200, 200)


def page():
    return Page(np.full((*SHAPE, 3), 0.5, np.float32), np.full(SHAPE, 2, np.int32), TAXONOMY)


def thing(kind, x=0.0, z=0.7, turn=0.3):
    radius = KINDS[kind][1][0]
    height = 2 * radius if kind in ("ball", "fruit") else radius * KINDS[kind][2]
    return Object(kind, x, z, radius, height, (0.8, 0.2, 0.2), (0.9, 0.9, 0.8), turn)


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("lamp", [-1.0, 0.0, 0.8])
def test_the_outlines_cover_what_is_painted(kind, lamp):
    sheet = page()
    outlines = draw(sheet, VIEW, thing(kind), lamp)
    painted = (sheet.rgb != sheet.rgb[0, 0]).any(axis=2)
    inside = np.any([cover(SHAPE, [outline]) >= 128 for outline in outlines], axis=0)
    assert inside.sum() > 60
    assert painted[inside].mean() > 0.97
    # Antialiased edges reach a pixel beyond; a fruit's leaf is no part of its outline.
    assert (painted & ~inside).sum() < 0.22 * inside.sum() + 40


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_thing_stands_on_its_foot(kind):
    one = thing(kind)
    both = np.concatenate(draw(page(), VIEW, one, 0.0))
    foot = VIEW.place(one.x, 0.0, one.z)
    nearest = VIEW.place(one.x, 0.0, one.z - 1.1 * one.radius)[0]
    assert both[:, 0].min() < foot[0]
    assert both[:, 0].max() < nearest + 2
    assert both[:, 1].min() < foot[1] < both[:, 1].max()


@pytest.mark.parametrize("kind", ["bottle", "mug", "ball", "fruit", "book"])
def test_a_mirror_image_hangs_below_the_foot(kind):
    one = thing(kind)
    image = np.concatenate(draw(page(), VIEW, reflected(one), 0.0))
    upright = np.concatenate(draw(page(), VIEW, one, 0.0))
    foot = VIEW.place(one.x, 0.0, one.z)[0]
    assert image[:, 0].max() > foot + 0.5 * (foot - upright[:, 0].min())
    assert image[:, 1].mean() == pytest.approx(upright[:, 1].mean(), abs=3)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"plate"}))  # a flat plate's shadow hides under it
@pytest.mark.parametrize("way", [-1.0, 1.0])
def test_a_shadow_falls_away_from_the_lamp(kind, way):
    one = thing(kind)
    outline = shadow(VIEW, one, (way, 0.1))
    foot = VIEW.place(one.x, 0.0, one.z)
    assert (outline[:, 1].mean() - foot[1]) * way > 0


def test_what_is_nearer_is_larger_and_lower():
    sizes = []
    for z in (0.9, 0.5):
        outline = draw(page(), VIEW, thing("fruit", z=z), 0.0)[0]
        sizes.append((np.ptp(outline[:, 0]), outline[:, 0].mean()))
    assert sizes[1][0] > 1.5 * sizes[0][0]
    assert sizes[1][1] > sizes[0][1]


def test_what_lies_on_a_plate_is_seen_higher():
    low, high = (
        draw(page(), VIEW, Object("fruit", 0.0, 0.7, 0.05, 0.1, (1, 0, 0), (1, 0, 0), up=up), 0.0)[0]
        for up in (0.0, 0.05)
    )
    assert high[:, 0].mean() < low[:, 0].mean() - 3
