"""The class view without a browser: a class, a question, a submission, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from workbench.panels import classview
from workbench.panels.classview import LONGEST_CODE, ClassRoom, ClassWidget
from workbench.panels.made_up import made_up

ROLL = made_up()


class Page:
    """Stand where the browser stands."""

    def __init__(self, roll: Any = ROLL, question: str = "") -> None:
        self.told: list[tuple[dict[str, Any], list[bytes]]] = []
        self.room = ClassRoom(lambda message, data: self.told.append((message, data)), roll, question)

    def ask(self, **content: Any) -> list[dict[str, Any]]:
        self.told.clear()
        self.room.receive(content)
        messages = [message for message, _ in self.told]
        json.dumps(messages)
        return messages


def test_a_page_is_greeted_with_the_class_and_what_was_painted() -> None:
    page = Page()
    whole, first = page.ask(type="hello")
    assert (whole["type"], whole["title"], whole["students"]) == ("class", "Lesson 00", 100)
    assert [question["id"] for question in whole["questions"]] == ["00.1", "00.2", "00.3", "00.4"]
    assert all(sum(question["states"].values()) == 100 for question in whole["questions"])
    assert (first["type"], first["id"]) == ("question", "00.4")
    assert len(first["gallery"]["shots"]) == 96
    assert len(page.told[1][1]) == 3


def test_a_question_without_masks_has_no_gallery() -> None:
    (message,) = Page().ask(type="pick", exercise="00.2")
    assert (message["id"], message["gallery"]) == ("00.2", None)
    assert len(message["rows"]) == 100
    assert {row["state"] for row in message["rows"]} == {"right", "not yet", "not attempted"}


def test_a_page_may_begin_with_another_question() -> None:
    assert Page(question="00.2").ask(type="hello")[1]["id"] == "00.2"
    with pytest.raises(ValueError, match=r"no exercise '31\.1' in this gradebook; there are 00\.1"):
        Page(question="31.1")


def test_a_submission_is_opened_with_its_code() -> None:
    who = next(entry.student for entry in ROLL.of("00.2") if entry.mistake == "Dice")
    (message,) = Page().ask(type="open", student=who, exercise="00.2")
    assert (message["student"], message["mistake"]) == (who, "Dice")
    assert message["code"].startswith("def iou(truth, guess):")
    assert ["hint", "That is Dice: it counts the common pixels twice."] in message["rows"]


def test_a_painted_one_is_opened_with_its_picture() -> None:
    who = next(entry.student for entry in ROLL.of("00.4") if entry.mistake == "halo counted")
    (message,) = Page().ask(type="open", student=who, exercise="00.4")
    assert [shot["alt"].partition(":")[0] for shot in message["pictures"]] == ["painted"]


def test_long_code_is_cut() -> None:
    page = Page(replace(ROLL, code=lambda student, exercise: "x" * (LONGEST_CODE + 5)))
    (message,) = page.ask(type="open", student=ROLL.students[0], exercise="00.1")
    assert message["code"].endswith("x\n... and 5 characters more")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"type": "pick", "exercise": "99.9"}, "no exercise '99.9'"),
        ({"type": "pick"}, "no exercise 'None'"),
        ({"type": "open", "student": "nobody", "exercise": "00.1"}, "'nobody' has no mark"),
        ({"type": "steal"}, "something that there is not"),
        ({}, "something that there is not"),
    ],
)
def test_what_cannot_be_is_answered_with_a_sentence(content: dict[str, Any], said: str) -> None:
    (message,) = Page().ask(**content)
    assert (message["type"], message["level"]) == ("notice", "error")
    assert said in message["message"]


def test_a_message_that_is_none_is_answered_too() -> None:
    page = Page()
    page.room.receive("hello")
    assert page.told[0][0]["type"] == "notice"


def test_an_empty_class_is_shown_empty() -> None:
    (whole,) = Page(replace(ROLL, exercises=(), entries=())).ask(type="hello")
    assert (whole["students"], whole["questions"]) == (0, [])


def test_the_panel_is_a_widget_with_the_made_up_class() -> None:
    assert isinstance(classview("00.1"), ClassWidget)
    with pytest.raises(ValueError, match="no exercise"):
        classview("00.9")
