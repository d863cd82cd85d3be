"""All masks of a class: their codes, scores, and where most miss, to the pixel."""

from __future__ import annotations

import io
import zlib
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from workbench.panels.painted import EXTRA, HIT, MARGIN, MISSED, NONE, SMALL, gallery, worst
from workbench.panels.roll import Entry
from workbench.sample import Sample
from workbench.segmentation import Segmentation
from workbench.teaching import written
from workbench.teaching.base import Wrong
from workbench.teaching.masks import MaskExercise

TRUTH = np.zeros((60, 90), bool)
TRUTH[20:30, 40:52] = True


def dish() -> Sample:
    ids = np.where(TRUTH, 2, 1)
    ids[20:30, 51] = 0  # nobody is judged in the last column of the object
    image = np.zeros((60, 90, 3), np.uint8)
    image[..., 0] = np.arange(90)
    truth = Segmentation.from_semantic(ids, Segmentation.from_mask(TRUTH).taxonomy)
    return Sample("dish", "A dish", image, truth, ("foreground",), "us", "BSD-3-Clause", "exact")


PAINT = MaskExercise(
    id="99.1",
    title="Paint",
    prompt="",
    picture=dish,
    solution=lambda truth: truth,
    bar=0.9,
    wrong=(Wrong("all", lambda truth: truth | True, "Less."), Wrong("none", lambda truth: ~truth, "Not it.")),
)
LEFT, WIDE = TRUTH.copy(), TRUTH.copy()
LEFT[:, 45:] = False
WIDE[18:32, 40:52] = True


def painted(student: str, answer: object) -> Entry:
    return Entry(student, "99.1", "not yet", 0.0, 1.0, answer=answer)


CLASS = [
    painted("Ada", written.text(TRUTH)),
    painted("Bo", LEFT),
    painted("Cy", written.text(WIDE)),
    painted("Di", None),
    painted("Ed", "mask:nonsense"),
    painted("Flo", np.zeros((3, 3), bool)),
    painted("Gus", written.text(np.zeros((60, 90), bool))),
]


def test_who_painted_something_is_there_with_a_score() -> None:
    found = gallery(PAINT, CLASS)
    assert found.students == ("Ada", "Bo", "Cy")
    assert found.scores == pytest.approx((1.0, 50 / 110, 110 / 154), abs=0.02)


def test_codes_and_counts_are_those_of_the_masks() -> None:
    found = gallery(PAINT, CLASS)
    rows, columns = (np.array(places) for places in found.places)
    truth = dish().truth.mask("foreground")[rows[:, None], columns]
    assert ((found.codes[0] == HIT) == truth).all()
    assert (found.codes[0] != NONE).sum() == truth.sum() == 110  # what is not judged is nothing
    assert (found.codes[1] == MISSED).sum() == 60
    assert (found.codes[2] == EXTRA).sum() == 4 * 12
    assert (found.missed == (found.codes == MISSED).sum(0)).all()
    assert found.extra.max() == 1
    assert (found.image[..., 0] == columns).all()


def test_only_what_is_around_the_object_is_shown() -> None:
    found = gallery(PAINT, CLASS)
    rows, columns = found.places
    assert (rows[0], rows[-1]) == (20 - MARGIN, 29 + MARGIN)
    assert (columns[0], columns[-1]) == (40 - MARGIN, 50 + MARGIN)


def test_a_large_object_is_shown_small() -> None:
    large = np.ones((600, 400), bool)
    big = replace(
        PAINT,
        picture=lambda: replace(
            dish(), image=np.zeros((600, 400, 3), np.uint8), truth=Segmentation.from_mask(large)
        ),
    )
    found = gallery(big, [painted("Ada", large)])
    assert found.missed.shape == (SMALL, 128)
    assert (found.codes == HIT).all()


def test_the_worst_places_are_named_in_the_whole_picture() -> None:
    assert worst(gallery(PAINT, CLASS[:2])) == "row 20, column 45 was left out by 1 of 2."
    assert worst(gallery(PAINT, CLASS[:1])) == "Nobody missed a pixel."
    assert "row 18, column 40 was painted although it is none by 1 of 3." in worst(gallery(PAINT, CLASS))


def test_a_page_can_read_it_back() -> None:
    found = gallery(PAINT, CLASS)
    message, (png, codes, counts) = found.message()
    size = tuple(message["size"])
    assert np.asarray(Image.open(io.BytesIO(png))).shape == (*size, 3)
    assert (np.frombuffer(zlib.decompress(codes), np.uint8).reshape(3, *size) == found.codes).all()
    missed, extra = np.frombuffer(zlib.decompress(counts), "<u2").reshape(2, *size)
    assert (missed == found.missed).all()
    assert (extra == found.extra).all()
    assert [shot["student"] for shot in message["shots"]] == ["Ada", "Bo", "Cy"]
    assert (message["metric"], message["bar"]) == ("IoU", 0.9)


def test_where_nobody_painted_there_is_no_gallery() -> None:
    assert gallery(PAINT, CLASS[3:]) is None
