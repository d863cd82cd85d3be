"""How a graded class is counted, and what a page is told of one submission."""

from __future__ import annotations

import pytest

from workbench.panels.roll import BINS, Entry, Roll, counted, told
from workbench.teaching import EXERCISES
from workbench.teaching.verdict import Verdict

ASKED = EXERCISES["00.1"]
PNG = "data:image/png;base64,iVBORw0KGgo="


def entry(student: str, points: float = 0.0, state: str = "not yet", **more) -> Entry:
    return Entry(student, "00.1", state, points, 1.0, **more)  # type: ignore[arg-type]


CLASS = [
    entry("Ada", 1.0, "right", seconds=0.1),
    entry("Bo", 1.0, "right", seconds=0.3, tries=2),
    entry("Cy", 0.5, mistake="a count", seconds=0.2, tries=9),
    entry("Di", 0.0, mistake="percent", seconds=0.2, tries=5),
    entry("Ed", 0.2, seconds=3.0),
    entry("Flo", 0.0, "not attempted", seconds=9.0, tries=4),
]
ROLL = Roll(
    "Lesson 00", (ASKED, EXERCISES["00.2"]), tuple(reversed(CLASS)), lambda who, what: f"{who} {what}"
)


def test_states_points_mistakes_and_tries_are_counted() -> None:
    found = counted(ASKED, CLASS)
    assert found["states"] == {"right": 2, "part": 2, "wrong": 1, "none": 1}
    assert sum(count for _, count in found["bins"]) == len(CLASS)
    assert dict(found["bins"]) == dict.fromkeys(BINS, 0) | {
        "0": 2,
        "up to 20 %": 1,
        "up to 60 %": 1,
        "all": 2,
    }
    assert [(one["name"], one["count"]) for one in found["mistakes"]][:3] == [
        ("a count", 1),
        ("percent", 1),
        ("background counted", 0),
    ]
    assert found["mistakes"][0]["hint"] == ASKED.wrong[0].hint
    assert found["unnamed"] == 1
    assert dict(found["tries"]) == {"1": 2, "2": 1, "3": 0, "4": 0, "5 or more": 2}  # a stub is no try
    assert found["mean"] == pytest.approx(2.7 / 6)
    assert found["seconds"] == 0.2


def test_where_nobody_tried_there_is_no_mean() -> None:
    found = counted(ASKED, [CLASS[-1]])
    assert (found["mean"], found["seconds"], found["states"]["none"]) == (None, None, 1)
    assert counted(ASKED, [])["mean"] is None


@pytest.mark.parametrize(
    ("share", "name"),
    [
        (0, "0"),
        (0.001, "up to 20 %"),
        (0.2, "up to 20 %"),
        (0.21, "up to 40 %"),
        (0.8, "up to 80 %"),
        (0.999, "below 100 %"),
        (1, "all"),
        (1.2, "all"),
    ],
)
def test_each_share_has_its_bin(share: float, name: str) -> None:
    assert dict(counted(ASKED, [entry("Ada", share)])["bins"])[name] == 1


def test_a_class_gives_its_students_entries_and_exercises() -> None:
    assert ROLL.students == ["Ada", "Bo", "Cy", "Di", "Ed", "Flo"]
    assert [one.student for one in ROLL.of("00.1")] == ROLL.students
    assert ROLL.of("00.2") == []
    assert ROLL.entry("Bo", "00.1").tries == 2
    with pytest.raises(ValueError, match=r"'Bo' has no mark for '00\.2'"):
        ROLL.entry("Bo", "00.2")
    with pytest.raises(ValueError, match=r"no exercise '01\.1' in this gradebook; there are 00\.1, 00\.2"):
        ROLL.exercise("01.1")


def test_a_submission_is_told_as_text() -> None:
    verdict = Verdict(
        "00.1", "t", "not yet", got="<b>3</b>", hint="Look.", picture=f'<img src="{PNG}" alt="a">'
    )
    found = told(entry("Ada", 0.5, verdict=verdict, mistake="a count"), ASKED, "<script>alert(1)</script>")
    assert found["rows"] == [["got", "<b>3</b>"], ["hint", "Look."]]
    assert found["code"] == "<script>alert(1)</script>"  # the page puts it in as text
    assert found["pictures"] == [{"src": PNG, "alt": "a"}]
    assert (found["sign"], found["said"], found["mistake"]) == ("✗", "not yet", "a count")


@pytest.mark.parametrize(
    "html",
    [
        '<script>alert(1)</script><img src="https://example.org/x.png" alt="a">',
        '<img src="data:image/svg+xml;base64,PHN2Zz4=" alt="a">',
        '<img src="data:image/png;base64,PHN2Zz4=" alt="a">',
        '<img src="x" onerror="alert(1)" alt="a">',
    ],
)
def test_no_html_of_a_gradebook_gets_out(html: str) -> None:
    assert (
        told(entry("Ada", verdict=Verdict("00.1", "t", "not yet", picture=html)), ASKED, "")["pictures"] == []
    )


def test_a_mark_without_a_verdict_is_told_too() -> None:
    found = told(entry("Flo", state="not attempted"), ASKED, "")
    assert (found["rows"], found["said"], found["sign"]) == ([], "not attempted", "○")
