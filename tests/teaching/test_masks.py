"""Painted masks: every form of one, the bar, the named mistakes, and what the picture gives away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from workbench.sample import Sample
from workbench.segmentation import Segmentation
from workbench.teaching import written
from workbench.teaching.base import Wrong
from workbench.teaching.masks import MaskExercise, as_mask

ROWS, COLUMNS = np.mgrid[:60, :80]
CELL = (ROWS - 30) ** 2 + (COLUMNS - 30) ** 2 < 15**2
NUCLEUS = (ROWS - 30) ** 2 + (COLUMNS - 30) ** 2 < 6**2


def dish() -> Sample:
    ids = np.where(CELL, 2, 1)
    ids[:, 70:] = 0  # nobody is judged at the right rim
    image = np.repeat(np.where(NUCLEUS, 40, np.where(CELL, 120, 200)).astype(np.uint8)[..., None], 3, -1)
    tax = Segmentation.from_mask(CELL).taxonomy
    truth = Segmentation.from_semantic(ids, tax)
    return Sample("dish", "A dish", image, truth, ("foreground",), "us", "BSD-3-Clause", "exact")


PAINT = MaskExercise(
    id="99.1",
    title="Paint the cell",
    prompt="",
    picture=dish,
    solution=lambda truth: truth,
    bar=0.9,
    wrong=(
        Wrong("nucleus only", NUCLEUS, "The cell is more than its nucleus."),
        Wrong("background", lambda truth: ~truth, "You painted everything but the cell."),
        Wrong("too wide", lambda truth: ndimage.binary_dilation(truth, iterations=4), "Keep to the rim."),
    ),
    hint="Follow the rim of the cell.",
)
SHIFTED = np.roll(CELL, 6, axis=1)  # what nobody has named


def judged(answer, exercise: MaskExercise = PAINT):
    return exercise.judge(answer, np.random.default_rng(0))


EMPTY = np.zeros((60, 80), bool)


@pytest.mark.parametrize("answer", [None, ..., "", EMPTY, written.text(EMPTY)])
def test_nothing_painted_is_not_attempted(answer) -> None:
    assert judged(answer).state == "not attempted"


FORMS = {
    "mask": CELL,
    "numbers": CELL * 7,
    "lists": CELL.tolist(),
    "text": written.text(CELL),
    "segmentation": Segmentation.from_mask(CELL),
    "regions": Segmentation.from_partition(CELL * 3),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_mask_is_the_same_answer(form: str) -> None:
    assert (as_mask(FORMS[form], (60, 80)) == CELL).all()
    verdict = judged(FORMS[form])
    assert verdict.said == "IoU with what a careful hand has painted: 1.000, where 0.900 was asked"


def test_what_was_painted_can_be_kept_as_a_line() -> None:
    line = judged(CELL).keep
    name, _, value = line.partition(" = ")
    assert name == PAINT.answer_name
    assert judged(value.strip('"')).right
    assert judged(value.strip('"')).keep == ""
    assert line in judged(CELL)._repr_html_().replace("&quot;", '"')


def test_what_nobody_judges_is_free() -> None:
    assert judged(CELL | (COLUMNS >= 70)).right


@pytest.mark.parametrize("wrong", PAINT.wrong, ids=lambda wrong: wrong.name)
def test_each_named_mistake_draws_its_hint(wrong: Wrong) -> None:
    verdict = judged(PAINT.handed_in(wrong.answer))
    assert (verdict.state, verdict.mistake, verdict.hint) == ("not yet", wrong.name, wrong.hint)


def test_a_mistake_need_not_be_exact_to_be_known() -> None:
    assert judged(ndimage.binary_dilation(NUCLEUS)).mistake == "nucleus only"
    other = judged(SHIFTED)
    assert (other.mistake, other.hint) == ("", PAINT.hint)


def test_the_share_is_how_near_the_bar_it_came() -> None:
    verdict = judged(SHIFTED)
    assert verdict.share == pytest.approx(float(verdict.got) / 0.9, abs=1e-3)


def test_the_picture_of_a_wrong_answer_does_not_give_the_outline_away() -> None:
    verdict = judged(SHIFTED)
    assert verdict.picture.count("<img") == 1
    assert "too much (dots, yellow)" in verdict.picture
    assert "missing, most of them about row " in verdict.picture
    assert judged(CELL).picture.count("<img") == 3


def test_another_metric_may_be_asked() -> None:
    dice = replace(PAINT, metric="dice", bar=0.5)
    assert judged(SHIFTED, dice).said.startswith("Dice with")
    edge = replace(PAINT, metric="boundary_iou", bar=0.99)
    assert judged(CELL, edge).right
    assert judged(ndimage.binary_erosion(CELL), edge).state == "not yet"


def test_what_to_paint_may_be_another_than_the_target() -> None:
    nucleus = replace(PAINT, truth=lambda sample: sample.image[..., 0] == 40, wrong=PAINT.wrong[1:])
    assert judged(NUCLEUS, nucleus).right
    assert judged(CELL, nucleus).state == "not yet"


@pytest.mark.parametrize(
    "answer",
    [CELL.T, CELL[:9], CELL * 0.5, "mask:", 3, object(), [[1], [1, 2]], {"a": 1}, lambda truth: truth],
    ids=lambda answer: type(answer).__name__,
)
def test_what_is_no_mask_is_told_what_is(answer) -> None:
    verdict = judged(answer)
    assert (verdict.state, verdict.share) == ("not yet", 0)
    assert verdict.expected == "a mask of 60 x 80 pixels"
    assert verdict.hint.startswith(("A mask ", "The rows of a mask"))


def test_a_picture_without_a_truth_is_refused() -> None:
    bare = replace(PAINT, picture=lambda: replace(dish(), truth=None, target=()))
    with pytest.raises(ValueError, match=r"exercise 99\.1: the picture 'dish' has no truth"):
        judged(CELL, bare)
