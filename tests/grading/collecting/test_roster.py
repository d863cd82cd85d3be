"""Who is who, whatever a learning platform makes of a name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.grading.collecting.roster import Roster, folded
from workbench.teaching.course import Student

ROSTER = Roster(
    (Student("17", "Ada Lovelace"), Student("18", "Anaïs de la Cruz"), Student("mei", "Mei Tanaka"))
)


@pytest.mark.parametrize(
    ("name", "key", "id"),
    [
        ("Ada Lovelace", "", "17"),
        ("ADA LOVELACE", "", "17"),
        ("lovelaceada", "", "17"),
        ("somebody", "17", "17"),
        ("17", "", "17"),
        ("Anais de la Cruz", "", "18"),
        ("delacruzanais", "", "18"),
        ("mei", "", "mei"),
        ("Mei", "", "mei"),
    ],
)
def test_a_student_is_found_by_id_or_by_any_way_of_writing_the_name(name: str, key: str, id: str) -> None:
    assert ROSTER.find(name, key).id == id


def test_without_a_list_everybody_is_taken_as_named() -> None:
    assert Roster().find("Ada", "") == Student("Ada", "Ada")
    assert Roster().find("Ada", "17") == Student("Ada (17)", "Ada")


def test_who_is_not_in_the_list_or_in_it_twice_is_told() -> None:
    with pytest.raises(ValueError, match="'Bob' is not in the list of students"):
        ROSTER.find("Bob")
    two = Roster((Student("1", "Mei Ito"), Student("2", "Mei Ito")))
    with pytest.raises(ValueError, match="'Mei Ito' may be any of 1, 2"):
        two.find("Mei Ito")
    assert two.find("Mei Ito", "2").id == "2"


@given(st.text())
def test_folding_twice_is_folding_once(name: str) -> None:
    assert folded(folded(name)) == folded(name)
