"""Seeds, boxes and curves: read, drawn out, refused, moved."""

from __future__ import annotations

import numpy as np
import pytest
import skimage as ski
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.prompts import check_prompt, corners_of, enclosed, moved, read_seed, strokes

SIZE = (24, 32)
PLACE = st.tuples(st.integers(0, 23), st.integers(0, 31))


@settings(deadline=None)
@given(st.lists(PLACE, min_size=1, max_size=6))
def test_a_scribble_is_an_unbroken_line_through_its_corners(corners: list[tuple[int, int]]) -> None:
    seed = (*(n for corner in corners for n in corner), "object")
    (stroke,) = strokes((seed,), "object")
    pixels = [tuple(p) for p in stroke.tolist()]
    assert len(set(pixels)) == len(pixels)
    assert set(corners) <= set(pixels)
    drawn = np.zeros(SIZE, bool)
    drawn[tuple(stroke.T)] = True
    assert ski.measure.label(drawn, connectivity=2).max() == 1


def test_strokes_are_those_of_one_kind_in_order() -> None:
    seeds = ((1, 2, "object"), (3, 4, "background"), (5, 6, 5, 7, "object"))
    assert [stroke.tolist() for stroke in strokes(seeds, "object")] == [[[1, 2]], [[5, 6], [5, 7]]]
    assert [stroke.tolist() for stroke in strokes(seeds, "background")] == [[[3, 4]]]
    assert corners_of(seeds[2]) == [(5, 6), (5, 7)]


def test_a_curve_encloses_what_is_inside_and_itself() -> None:
    mask = enclosed(((2, 3), (2, 10), (8, 10), (8, 3)), SIZE)
    assert mask.sum() == 7 * 8
    assert mask[2:9, 3:11].all()


@pytest.mark.parametrize(
    ("kind", "value", "sentence"),
    [
        ("points", ((0, 0, 0, 32, "object"),), r"must lie inside the 24 x 32 image, got \(0, 32\)"),
        (
            "points",
            ((0, 0, 0, 9, "object"), (0, 4, "background")),
            r"object and background, \(0, 4\); remove",
        ),
        ("box", (0, 0, 24, 3), r"must lie inside"),
        ("box", (5, 0, 4, 3), r"from top left to bottom right"),
        ("curve", ((0, 0), (1, 1)), r"at least 3 different corners, got 2"),
        ("curve", ((0, 0), (1, 1), (-1, 4)), r"must lie inside the 24 x 32 image, got \(-1, 4\)"),
    ],
)
def test_a_prompt_that_cannot_be_meant_is_refused(kind: str, value: object, sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^it .*{sentence}"):
        check_prompt("it", kind, value, SIZE)


def test_prompts_that_are_not_there_are_allowed() -> None:
    for kind, value in (("points", ()), ("box", None), ("curve", ()), ("number", 3.0)):
        check_prompt("it", kind, value, SIZE)


def test_prompts_move_with_the_picture() -> None:
    half = (12, 16)
    assert moved("points", ((10, 20, 22, 30, "object"),), SIZE, half) == ((5, 10, 11, 15, "object"),)
    assert moved("points", ((0, 0, "object"), (1, 1, "background")), SIZE, half) == ((0, 0, "background"),)
    assert moved("curve", ((4, 4), (8, 8), (4, 9)), SIZE, half) == ((2, 2), (4, 4), (2, 4))
    assert moved("box", None, SIZE, half) is None
    assert moved("number", 3.0, SIZE, half) == 3.0


@pytest.mark.parametrize("text", ["", "1,2", "1,2:other", "1:object", "1,2,3:object", "a,b:object"])
def test_a_seed_that_is_none_is_refused_with_its_form(text: str) -> None:
    with pytest.raises(ValueError, match=r"a seed is ROW,COLUMN:object .* got "):
        read_seed(text)
