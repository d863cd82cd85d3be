"""The pictures of a verdict: their pixels, their words, and when there are none."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from workbench.teaching.pictures import EXTRA, HIT, INK, LONGEST, MISSED, PAPER, SHOWN, side_by_side


def drawn(html: str) -> dict[str, np.ndarray]:
    found = re.findall(r'<img src="data:image/png;base64,([^"]+)" alt="(\w+): ', html)
    return {label: np.asarray(Image.open(io.BytesIO(base64.b64decode(data)))) for data, label in found}


def counted(picture: np.ndarray, colour: tuple[int, int, int]) -> int:
    return int((picture == colour).all(-1).sum())


def test_masks_are_drawn_pixel_for_pixel() -> None:
    truth = np.zeros((8, 8), bool)
    truth[2:6, 2:6] = True
    guess = np.roll(truth, 1, axis=1)
    shots = drawn(side_by_side(truth, guess))
    assert list(shots) == ["expected", "got", "difference"]
    assert ((shots["expected"] == PAPER).all(-1) == truth).all()
    assert ((shots["got"] == PAPER).all(-1) == guess).all()
    side = SHOWN // 8
    assert shots["difference"].shape == (SHOWN, SHOWN, 3)
    assert counted(shots["difference"], HIT) == 12 * side**2
    assert 0.5 < counted(shots["difference"], MISSED) / (4 * side**2) < 0.9  # the rest are stripes
    assert 0.5 < counted(shots["difference"], EXTRA) / (4 * side**2) < 0.9  # the rest are dots


def test_missed_and_extra_differ_without_colour() -> None:
    one, none = np.ones((40, 40), bool), np.zeros((40, 40), bool)
    missed, extra = (drawn(side_by_side(*pair))["difference"] for pair in ((one, none), (none, one)))
    assert not (((missed == INK).all(-1)) == ((extra == INK).all(-1))).all()


def test_numbers_are_told_and_alike_where_they_are() -> None:
    ids = np.repeat(np.arange(5), 5).reshape(5, 5)
    shots = drawn(side_by_side(ids, ids + (ids == 4) * 3))
    assert len(np.unique(shots["expected"].reshape(-1, 3), axis=0)) == 5
    assert (shots["expected"][:4] == shots["got"][:4]).all()
    assert counted(shots["difference"], MISSED) > 0
    assert counted(shots["difference"][: 4 * (SHOWN // 5)], MISSED) == 0


def test_many_bytes_are_grey() -> None:
    grey = np.arange(64, dtype=np.uint8).reshape(8, 8)
    assert (drawn(side_by_side(grey, grey + 1))["expected"][..., 1] == grey).all()


def test_negative_numbers_have_colours_too() -> None:
    ids = np.full((5, 5), -1)
    ids[2] = 3
    assert len(np.unique(drawn(side_by_side(ids, ids))["got"].reshape(-1, 3), axis=0)) == 2


def test_another_size_has_no_difference() -> None:
    assert list(drawn(side_by_side(np.eye(5, dtype=bool), np.eye(6, dtype=bool)))) == ["expected", "got"]


def test_every_picture_is_told_in_words() -> None:
    html = side_by_side(np.eye(5, dtype=bool), np.zeros((5, 5), bool))
    assert re.findall(r'alt="([^"]+)"', html) == [
        "expected: 5 x 5 pixels, 5 of them true",
        "got: 5 x 5 pixels, 0 of them true",
        "difference: 5 missed (stripes), 0 extra (dots)",
    ]


@pytest.mark.parametrize(
    "value",
    [
        None,
        3,
        "text",
        np.zeros((3, 3), bool),
        np.zeros(40, bool),
        np.zeros((9, 2), int),
        np.zeros((5, 5)),
        np.zeros((5, 5, 3), np.uint8),
        np.zeros((LONGEST + 1, 9), bool),
    ],
    ids=repr,
)
def test_what_is_no_picture_is_not_drawn(value: object) -> None:
    there = np.eye(5, dtype=bool)
    assert side_by_side(value, there) == side_by_side(there, value) == ""
