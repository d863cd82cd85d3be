"""A class's submissions, as platforms export them and as people lay them out."""

from __future__ import annotations

import io
import json
import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from workbench.grading.collecting.entries import Entry
from workbench.grading.collecting.submissions import MOST, MOST_EACH, Submission, _text, found

TEXT = json.dumps({"cells": [], "nbformat": 4}).encode()
MOODLE = "Ada Lovelace_1234567_assignsubmission_"


def laid(place: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(data)
    return place


def packed(files: dict[str, bytes], year: int = 2026) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(zipfile.ZipInfo(name, (year, 11, 29, 9, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def told(lines: list[Submission]) -> list[tuple[str, str, str]]:
    return [(line.student, line.file, line.problem) for line in lines]


def test_moodles_folders_are_read_from_folder_and_zip_alike(tmp_path: Path) -> None:
    files = {
        f"{MOODLE}file_/x.ipynb": TEXT,
        f"{MOODLE}onlinetext_/onlinetext.html": b"<p>Done.",
        "Bob B_7_assignsubmission_file_x.ipynb": TEXT,
        "Zoe\u0308_8_assignsubmission_onlinetext_/onlinetext.html": b"<p>Where do I upload?",
    }
    (tmp_path / "class.zip").write_bytes(packed(files))
    lines = found(laid(tmp_path / "class", files))
    assert [(line.student, line.key, bool(line.text)) for line in lines] == [
        ("Ada Lovelace", "1234567", True),
        ("Bob B", "7", True),
        ("Zoë", "8", False),
    ]
    assert lines[2].problem == "holds no notebook; hand in the .ipynb file itself"
    zipped = found(tmp_path / "class.zip")
    assert told(zipped) == told(lines)
    assert zipped[0].text == TEXT
    assert zipped[0].when == datetime(2026, 11, 29, 9).astimezone(UTC)


def test_canvas_numbers_resubmissions(tmp_path: Path) -> None:
    files = {
        "lovelaceada_LATE_12345_678901_01_thresholding-1.ipynb": TEXT,
        "bobb_2_678902_01_thresholding.ipynb": TEXT,
        "evee_3_678903_essay.docx": b"x",
    }
    lines = found(laid(tmp_path, files))
    assert [(line.student, line.key, line.number) for line in lines] == [
        ("bobb", "2", 0),
        ("evee", "3", 0),
        ("lovelaceada", "12345", 1),
    ]
    assert lines[1].problem.startswith("holds no notebook")


@pytest.mark.parametrize(
    ("stamp", "when"),
    [
        ("2026-11-29 09:00:00 UTC\n", datetime(2026, 11, 29, 9, tzinfo=UTC)),
        ("2026-11-29 09:00:00.250000 UTC", datetime(2026, 11, 29, 9, 0, 0, 250_000, tzinfo=UTC)),
        ("2026-11-29T09:00:00+02:00", datetime(2026, 11, 29, 7, tzinfo=UTC)),
        ("2026-11-29T09:00:00Z", datetime(2026, 11, 29, 9, tzinfo=UTC)),
        ("yesterday", datetime(2001, 9, 9, 1, 46, 40, tzinfo=UTC)),
        ("0001-01-01 00:00:00+14:00", datetime(2001, 9, 9, 1, 46, 40, tzinfo=UTC)),
        ("\udcff", datetime(2001, 9, 9, 1, 46, 40, tzinfo=UTC)),
    ],
)
def test_nbgraders_timestamp_says_when(tmp_path: Path, stamp: str, when: datetime) -> None:
    folder = "submitted/ada/01_thresholding"
    files = {f"{folder}/01_thresholding.ipynb": TEXT, f"{folder}/timestamp.txt": os.fsencode(stamp)}
    laid(tmp_path, files)
    os.utime(tmp_path / f"{folder}/01_thresholding.ipynb", (10**9, 10**9))
    (line,) = found(tmp_path)
    assert (line.student, line.when) == ("ada", when)


def test_a_student_cannot_choose_when_they_handed_in(tmp_path: Path) -> None:
    inside = packed({"01_edges/x.ipynb": TEXT, "01_edges/timestamp.txt": b"2001-01-01 00:00:00 UTC"}, 2001)
    laid(tmp_path, {"bob.zip": inside, f"x/{MOODLE}file_/timestamp.txt": b"2001-01-01", "ada/x.ipynb": TEXT})
    os.utime(tmp_path / "bob.zip", (2 * 10**9, 2 * 10**9))
    (bob,) = [line for line in found(tmp_path) if line.student == "bob"]
    assert bob.when == datetime.fromtimestamp(2 * 10**9, UTC)
    moodle = {f"{MOODLE}file_/timestamp.txt": b"2001-01-01", f"{MOODLE}file_/x.ipynb": TEXT}
    (tmp_path / "class.zip").write_bytes(packed(moodle))
    (ada,) = found(tmp_path / "class.zip")
    assert ada.when == datetime(2026, 11, 29, 9).astimezone(UTC)


def test_a_git_classrooms_clones_tell_no_time(tmp_path: Path) -> None:
    lines = found(laid(tmp_path, {"hw-ada/x.ipynb": TEXT, "hw-bob/.git/config": b"", "hw-bob/x.ipynb": TEXT}))
    assert [(line.student, line.when) for line in lines] == [("ada", None), ("bob", None)]


def test_a_student_without_a_notebook_is_one_line(tmp_path: Path) -> None:
    files = {"ada/x.ipynb": TEXT, "bob/essay.docx": b"", "bob/more/a.txt": b"", "eve.rar": b"Rar!"}
    files |= {"flo.zip": packed({}), "gus/.git/config": b"", "grades.csv": b""}
    lines = found(laid(tmp_path, files))
    no = "holds no notebook; hand in the .ipynb file itself"
    assert told(lines) == [
        ("ada", "ada/x.ipynb", ""),
        ("bob", "bob", no),
        ("eve", "eve.rar", no.replace("notebook", "notebook but eve.rar, which is not opened")),
        ("flo", "flo.zip", no),
        ("gus", "gus", no),
    ]


def test_a_notebook_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    laid(tmp_path, {"bob.zip": packed({"x.ipynb": bytes(MOST + 2)})})
    (tmp_path / "ada.ipynb").touch()
    os.truncate(tmp_path / "ada.ipynb", 104 * 2**20)
    lines = found(tmp_path)
    asks = "at most 20 MB are read: clear its outputs and hand it in again"
    assert [line.problem for line in lines] == [f"is 104 MB; {asks}", f"is 21 MB; {asks}"]
    assert all(line.text == b"" and line.when for line in lines)


def test_a_notebook_larger_than_it_claims_is_a_problem() -> None:
    grown = _text(Entry(("x.ipynb",), 10, (None,), bytes))  # it was still being written
    assert not isinstance(grown, bytes)
    assert grown.said.startswith("is more than 20 MB; at most")


def test_problems_go_to_their_student_or_to_nobody(tmp_path: Path) -> None:
    files = {"ada/x.ipynb": TEXT, "bob.zip": b"broken", "eve/x.ipynb": b"", "01_thresholding.ipynb": TEXT}
    laid(tmp_path, files)
    (tmp_path / "ada/data.csv").symlink_to("/dev/null")  # that cannot be a notebook, and she has one
    (tmp_path / "ada/more").symlink_to(tmp_path)
    (tmp_path / "eve/y.ipynb").symlink_to(tmp_path / "ada/x.ipynb")
    (tmp_path / "link").symlink_to(tmp_path / "ada")
    lines = [(who, file, problem.split(";")[0].split("(")[0]) for who, file, problem in told(found(tmp_path))]
    assert lines == [
        ("", "01_thresholding.ipynb", "names no student"),
        ("", "link", "is a link, and links are not followed"),
        ("ada", "ada/more", "is a link, and links are not followed"),
        ("ada", "ada/x.ipynb", ""),
        ("bob", "bob.zip", "cannot be opened as a zip "),
        ("eve", "eve/x.ipynb", "is empty"),
        ("eve", "eve/y.ipynb", "is a link, and links are not followed"),
    ]


def test_one_student_cannot_bury_the_others(tmp_path: Path) -> None:
    many = packed({f"{number:03}.ipynb": TEXT for number in range(MOST_EACH + 50)})
    lines = found(laid(tmp_path, {"ada.zip": many, "bob.ipynb": TEXT}))
    assert len(lines) == MOST_EACH + 2
    assert lines[MOST_EACH].problem == "is one file too many: of each student 200 are read; hand in fewer"
    assert told(lines[-1:]) == [("bob", "bob.ipynb", "")]


def test_a_place_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="does not exist"):
        found(tmp_path / "nothing")
    (tmp_path / "x.ipynb").write_bytes(TEXT)
    with pytest.raises(ValueError, match="neither a folder nor a zip"):
        found(tmp_path / "x.ipynb")


def test_an_empty_folder_has_no_submissions(tmp_path: Path) -> None:
    assert found(tmp_path) == []
    assert found(laid(tmp_path, {"README.md": b""})) == []
