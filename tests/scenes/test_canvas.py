import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from workbench.instances import encode
from workbench.scenes.canvas import Canvas, Patch, Stain, patch_runs
from workbench.taxonomy import Category, Taxonomy

TAX = Taxonomy([Category(1, "ground", "stuff"), Category(2, "tree", "stuff"), Category(3, "ball")])


@given(
    hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, max_side=6)),
    st.integers(0, 3),
    st.integers(0, 3),
    st.integers(0, 3),
)
def test_runs_of_a_patch_are_those_of_the_whole_mask(inside, row, col, more):
    height, width = inside.shape
    whole = np.zeros((row + height + more, col + width + more), bool)
    whole[row : row + height, col : col + width] = inside
    assert patch_runs(inside, row, col, whole.shape) == encode(whole)


def canvas(side=4):
    return Canvas(np.zeros((side, side, 3), np.float32), np.ones((side, side), np.int32), TAX)


def block(row, col, side=2, value=1.0):
    paint = np.full((side, side, 3), value, np.float32)
    return Patch(paint, np.ones((side, side), np.float32), np.ones((side, side), bool), row, col)


def test_a_patch_over_the_edge_is_cut():
    page = canvas()
    page.paint(block(-1, 3), TAX["ball"])
    truth, things, depth = page.truth()
    assert things.masks()[0].sum() == 1
    assert truth.ids[0, 3] == 4
    assert page.rgb.sum() == 3
    assert depth == (0,)


def test_a_patch_outside_leaves_nothing():
    page = canvas()
    page.paint(block(9, 9), TAX["ball"])
    assert len(page.truth()[1]) == 0


def test_what_is_hidden_altogether_is_left_out_and_the_rest_renumbered():
    page = canvas()
    page.paint(block(0, 0), TAX["ball"])
    page.paint(block(0, 0), TAX["ball"])
    page.paint(block(2, 2), TAX["ball"])
    truth, things, depth = page.truth()
    assert len(things) == 2
    assert sorted(truth.segments) == [1, 4, 5]
    assert depth == (0, 1)


def test_stuff_hides_things_and_keeps_one_id():
    page = canvas()
    page.paint(block(0, 0), TAX["ball"])
    page.paint(block(1, 1), TAX["tree"])
    truth, things, _ = page.truth()
    assert truth.ids[1, 1] == 2
    assert things.masks()[0].sum() == 4


def test_without_a_category_only_paint_is_laid():
    page = canvas()
    page.paint(block(0, 0))
    assert page.rgb.any()
    assert sorted(page.truth()[0].segments) == [1]


@pytest.mark.parametrize("opacity", [0.0, 0.25, 1.0])
def test_opacity_mixes(opacity):
    page = canvas(2)
    patch = block(0, 0)
    page.paint(Patch(patch.rgb, patch.opacity * opacity, patch.inside, 0, 0))
    assert page.rgb[0, 0, 0] == pytest.approx(opacity)


@pytest.mark.parametrize(("row", "col"), [(0, 0), (-1, 2), (3, 3), (9, 9)])
def test_a_stain_is_a_patch_of_one_colour_that_claims_nothing(row, col):
    stained, painted = canvas(), canvas()
    colour, opacity = np.array((0.2, 0.4, 0.6), np.float32), np.full((2, 2), 0.5, np.float32)
    stained.stain(Stain(colour, opacity, row, col))
    painted.paint(Patch(np.tile(colour, (2, 2, 1)), opacity, opacity > 0, row, col))
    np.testing.assert_array_equal(stained.rgb, painted.rgb)
    assert sorted(stained.truth()[0].segments) == [1]


def test_a_claim_is_truth_without_paint():
    page = canvas()
    page.claim(np.ones((2, 2), bool), 1, 2, TAX["ball"])
    page.claim(np.ones((1, 1), bool), 1, 2, TAX["tree"])
    truth, things, _ = page.truth()
    assert not page.rgb.any()
    assert truth.ids[1:3, 2:4].tolist() == [[2, 4], [4, 4]]
    assert things.masks()[0].sum() == 4


def test_a_table_marks_the_things_of_a_category():
    page = canvas()
    page.paint(block(0, 0), TAX["ball"])
    page.paint(block(2, 2), TAX["ball"])
    assert page.table(TAX["ball"], 0.5).tolist() == [0, 0, 0, 0, 0.5, 0.5]
    assert page.table(TAX["tree"], 0.5).tolist() == [0] * 6


def test_the_truth_stays_when_the_canvas_is_painted_on():
    page = canvas()
    page.paint(block(0, 0), TAX["ball"])
    truth = page.truth()[0]
    page.paint(block(0, 0), TAX["tree"])
    assert truth.ids[0, 0] == 4
    assert not truth.ids.flags.writeable
