"""How far one is, lesson by lesson, and where to go next."""

from __future__ import annotations

import pytest

from workbench.teaching import EXERCISES
from workbench.teaching.kept import Kept
from workbench.teaching.progress import summary


def right(last: str = "2026-01-01T00:00:00Z") -> Kept:
    return Kept("right", 1, last, last)


def wrong(last: str) -> Kept:
    return Kept("not yet", 3, "", last)


def test_every_exercise_is_there_under_its_lesson() -> None:
    found = summary({})
    assert [step.exercise.id for step in found.steps] == list(EXERCISES)
    assert len({lesson.number for lesson in found.lessons}) == len(found.lessons)
    assert all(lesson.topic and not lesson.topic.endswith(".") for lesson in found.lessons)


def test_one_begins_at_the_beginning() -> None:
    found = summary({})
    assert (found.done, found.next.exercise.id) == (0, "00.1")
    assert found.sentence.endswith(" exercises done. Begin with 00.1 How much of the picture?")
    assert summary({"00.1": right(), "00.2": right()}).sentence.endswith("Go on with 00.3 Predict a score.")


@pytest.mark.parametrize(
    ("kept", "wanted"),
    [
        ({"01.1": right()}, "01.2"),
        ({"01.2": wrong("2026-01-02T00:00:00Z")}, "01.1"),
        ({"03.1": right("2026-01-02T00:00:00Z"), "20.1": right("2026-01-01T00:00:00Z")}, "03.2"),
        ({"02.1": right(), "02.2": right()}, "03.1"),
        ({id: right() for id in EXERCISES if id != "00.2"}, "00.2"),
    ],
    ids=[
        "the same lesson",
        "what was passed by",
        "the last one worked on",
        "the lesson after",
        "what is left",
    ],
)
def test_where_to_go_next(kept: dict[str, Kept], wanted: str) -> None:
    found = summary(kept)
    assert found.next.exercise.id == wanted
    assert f"Go on with {wanted}" in found.sentence


def test_who_is_done_is_told_so() -> None:
    found = summary({id: right() for id in EXERCISES})
    assert (found.done, found.next) == (len(EXERCISES), None)
    assert found.sentence.endswith("That is all of them.")


def test_what_was_right_stays_done() -> None:
    entry = Kept("not yet", 4, "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z")
    (lesson,) = [lesson for lesson in summary({"00.1": entry}).lessons if lesson.begun]
    assert (lesson.done, lesson.steps[0].state) == (1, "right")
    assert lesson.steps[0].told == "00.1 How much of the picture?: right, 4 tries"


def test_text_and_html_say_it_in_shapes_and_words() -> None:
    found = summary({"00.1": right(), "00.2": wrong("2026-01-02T00:00:00Z")})
    assert "  00 ✓✗○○  1 of 4  masks, shares, overlap" in str(found)
    html = found._repr_html_()
    assert 'data-progress="1"' in html
    for words in ("right, 1 try", "not yet, 3 tries", "Predict a score: not tried yet"):
        assert f'{words}" title=' in html
