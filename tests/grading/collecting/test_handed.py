"""Whose file it is, told from its path alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.grading.collecting.handed import Naming, platform

MOODLE = "Ada Lovelace_1234567_assignsubmission_file_"


def students(*files: str, folders: tuple[str, ...] = ()) -> list[str]:
    paths = [tuple(file.split("/")) for file in files]
    known = {path[:end] for path in paths for end in range(1, len(path))}
    naming = Naming(paths, known | {tuple(folder.split("/")) for folder in folders})
    senders = [naming.sender(path) for path in paths]
    return [sender.student if sender else "" for sender in senders]


@pytest.mark.parametrize(
    ("part", "student", "key", "number"),
    [
        (MOODLE, "Ada Lovelace", "1234567", 0),
        ("Ada Lovelace_1234567_assignsubmission_file", "Ada Lovelace", "1234567", 0),
        (f"{MOODLE}01_thresholding.ipynb", "Ada Lovelace", "1234567", 0),
        ("Ada Lovelace_1234567_assignsubmission_onlinetext_", "Ada Lovelace", "1234567", 0),
        ("Ada_King Lovelace_12_assignsubmission_file_x.zip", "Ada_King Lovelace", "12", 0),
        ("Søren Ñandú_7_assignsubmission_file_", "Søren Ñandú", "7", 0),
        ("lovelaceada_12345_678901_01_thresholding.ipynb", "lovelaceada", "12345", 0),
        ("lovelaceada_LATE_12345_678901_01_thresholding.ipynb", "lovelaceada", "12345", 0),
        ("lovelaceada_12345_678901_01_thresholding-2.ipynb", "lovelaceada", "12345", 2),
        ("lovelaceada_LATE_12345_678901_work-1.zip", "lovelaceada", "12345", 1),
    ],
)
def test_what_a_platform_names_is_read(part: str, student: str, key: str, number: int) -> None:
    found = platform(part, 0)
    assert found is not None
    assert (found.student, found.key, found.number) == (student, key, number)


@pytest.mark.parametrize("part", ["ada", "ada_01_edges.ipynb", "01_edges_ada.ipynb", "a_1_b.zip"])
def test_what_no_platform_names_is_left(part: str) -> None:
    assert platform(part, 0) is None


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["ada/01_thresholding.ipynb", "bob/01_thresholding.ipynb"], ["ada", "bob"]),
        (["ada.ipynb", "bob.zip/x.ipynb"], ["ada", "bob"]),
        (["ada/01_thresholding.ipynb"], ["ada"]),
        (["ada/notebook.ipynb"], ["ada"]),
        (["ada/notebook.ipynb", "ada/data/more.ipynb"], ["ada", "ada"]),
        (["ada/01_thresholding.ipynb", "ada/02_edges.ipynb"], ["ada", "ada"]),
        (["submissions/ada.ipynb"], ["ada"]),
        (["submissions/ada/notebook.ipynb"], ["ada"]),
        (["class.zip/submissions/ada/x.ipynb"], ["ada"]),
        (["course/ada/x.ipynb", "course/bob/x.ipynb"], ["ada", "bob"]),
        (["course/ada.ipynb", "course/bob.ipynb"], ["ada", "bob"]),
        (["course.zip/ada.zip/x.ipynb", "course.zip/bob.ipynb"], ["ada", "bob"]),
        (["01_thresholding/ada.ipynb", "02_edges/ada.ipynb"], ["ada", "ada"]),
        (["course/01_thresholding/ada.ipynb", "course/01_thresholding/bob.ipynb"], ["ada", "bob"]),
        (["01_thresholding/submissions/ada.ipynb"], ["ada"]),
        (["ada_01_thresholding.ipynb", "Bob B-01_thresholding (2).ipynb"], ["ada", "Bob B"]),
        (["01_thresholding_ada.ipynb", "20_pixel_accuracy_and_iou_ada_king.ipynb"], ["ada", "ada_king"]),
        (["01_thresholding_ada_a.ipynb", "01_thresholding_ada_b.ipynb"], ["ada_a", "ada_b"]),
        (["80_my_own_ada.ipynb", "80_my_own_bob.ipynb", "81_more.ipynb"], ["ada", "bob", ""]),
        (["01_thresholding.ipynb", "bob.ipynb"], ["", "bob"]),
        (["01_thresholding.zip/ada.ipynb"], ["ada"]),
        (["ada.ipynb", "grades.csv"], ["ada", ""]),
    ],
    ids=lambda value: value[0] if "/" in value[0] or "." in value[0] else "",
)
def test_plain_folders_and_files_are_read(files: list[str], expected: list[str]) -> None:
    assert students(*files) == expected


@pytest.mark.parametrize("top", ["", "submitted/", "course/submitted/"])
def test_nbgrader_has_a_folder_for_each_student_and_lesson(top: str) -> None:
    files = [f"{top}{who}/01_thresholding/{what}" for who in ("ada", "bob") for what in ("x.ipynb", "y.csv")]
    assert students(*files) == ["ada", "ada", "bob", "bob"]
    assert students(files[0]) == ["ada"]


def test_a_git_classroom_has_a_repository_each() -> None:
    assert students("hw-1-ada/a.ipynb", "hw-1-bob-b/a.ipynb", "notes.md") == ["ada", "bob-b", ""]
    assert students("got/hw-1-ada/a.ipynb", "got/hw-1-bob.zip/a.ipynb") == ["ada", "bob"]
    # Not every folder has it, or it would leave nothing, or there is only one.
    assert students("hw-1-ada/a.ipynb", "bob/a.ipynb") == ["hw-1-ada", "bob"]
    assert students("hw-1-/a.ipynb", "hw-1-bob/a.ipynb") == ["hw-1-", "hw-1-bob"]
    assert students("hw-1-ada/a.ipynb") == ["hw-1-ada"]


def test_a_platforms_export_may_lie_in_folders() -> None:
    two = [f"Course-1.zip/{MOODLE}/a.ipynb", "Course-2.zip/lovelaceada_1_2_a.ipynb"]
    assert students(*two) == ["Ada Lovelace", "lovelaceada"]
    assert students(f"01_thresholding/{MOODLE}/a.ipynb", "x/b.ipynb") == ["Ada Lovelace", "x"]
    assert students(f"download/{MOODLE}/a.ipynb", "grades.csv") == ["Ada Lovelace", ""]


def test_nobody_hands_in_for_another() -> None:
    """A student may name anything inside their own folder."""
    assert students(f"bob/{MOODLE}/a.ipynb", "eve/x.ipynb") == ["bob", "eve"]
    assert students("bob.zip/lovelaceada_1_2_a.ipynb", "eve.zip/x.ipynb") == ["bob", "eve"]
    assert students(f"Bob_1_assignsubmission_file_/{MOODLE}/a.ipynb", f"{MOODLE}/b.ipynb")[0] == "Bob"
    assert students("bob/submissions/ada.ipynb", "eve/01_edges/ada.ipynb") == ["bob", "eve"]


def test_an_empty_folder_is_a_students_too() -> None:
    naming = Naming([("ada", "x.ipynb")], [("ada",), ("bob",), ("01_thresholding",)])
    sender = naming.sender(("bob",))
    assert sender is not None
    assert (sender.student, sender.at) == ("bob", 0)
    assert naming.sender(("01_thresholding",)) is None
    assert naming.sender(()) is None


names = st.sampled_from(["ada", "01_edges", "submissions", MOODLE, "a_1_2_b", "hw-ada", "hw-bob", "a.zip"])
paths = st.lists(st.tuples(st.lists(names, max_size=4), names), min_size=1, max_size=8)


@settings(deadline=None, max_examples=200)
@given(paths)
def test_a_sender_is_named_by_a_part_of_the_path(drawn: list[tuple[list[str], str]]) -> None:
    files = [(*folders, f"{name}.ipynb") for folders, name in drawn]
    naming = Naming(files, {file[:end] for file in files for end in range(1, len(file))})
    for file in files:
        sender = naming.sender(file)
        if sender is not None:
            assert sender.student
            assert sender.student in file[sender.at]


@pytest.mark.parametrize("name", ["../x.ipynb", "a\\b.ipynb", "notes.pdf"])
def test_a_name_that_leads_elsewhere_is_nobodys(name: str) -> None:
    assert Naming([(name,)], []).sender((name,)) is None
