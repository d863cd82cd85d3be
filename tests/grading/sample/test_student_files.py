"""Files that students hand in: notebooks that are whole, and those that are broken as they should be."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.grading.sample.spellings import STUBS
from workbench.grading.sample.student_files import HANDED, LESSON, RENAMED, File, handed_in, notebook, zipped
from workbench.server import notebooks

TEMPLATE = json.loads((notebooks() / "lessons" / LESSON).read_text(encoding="utf-8"))
BLANK = notebook(TEMPLATE, list(STUBS.values()))
ANSWERED = notebook(TEMPLATE, ["def pixel_share(mask):\n    return mask.mean()", *list(STUBS.values())[1:]])
WHEN = datetime(2026, 11, 30, 12, 30, 10)
BROKEN = {"empty file", "cut off", "a PDF", "nothing handed in"}
ZIPS = {"zipped", "zipped on a Mac", "zipped with checkpoints", "leads out of its zip"}


def opened(files: list[File]) -> dict[str, bytes]:
    """Take zips apart, as deep as they go."""
    found: dict[str, bytes] = {}
    for file in files:
        if file.path.endswith(".zip"):
            with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
                assert archive.testzip() is None
                found |= {name: archive.read(name) for name in archive.namelist()}
        else:
            found[file.path] = file.data
    return found


def cells(data: bytes) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(data)["cells"] if cell["cell_type"] == "code"]


def test_answers_stand_where_they_are_asked_and_the_solutions_are_gone() -> None:
    data = notebook(TEMPLATE, ["x = 1\n# %%\ny = 2\n# %%\nz = 3", "second", "third", "fourth"], extra="last")
    code = cells(data)
    where = code.index("z = 3")
    assert code[where - 2 : where + 2] == ["x = 1", "y = 2", "z = 3", 'check("00.1", pixel_share)']
    assert code[-1] == "last"
    assert b"SOLUTION" not in data + BLANK
    assert b"mask:192x160" not in data + BLANK
    assert len(cells(BLANK)) == len(code) - 3
    whole = nbformat.reads(data.decode(), 4)
    nbformat.validate(whole)
    assert len({cell["id"] for cell in whole.cells}) == len(whole.cells)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), min_size=4, max_size=4))
def test_whatever_is_written_comes_back(answers: list[str]) -> None:
    code = cells(notebook(TEMPLATE, answers))
    written = [part.strip() for answer in answers for part in answer.split("# %%\n")]
    rest = [cell for cell in cells(BLANK) if cell not in STUBS.values()]
    left = list(code)
    for part in (*rest, *written):
        left.remove(part)
    assert left == []


def test_the_template_is_left_alone() -> None:
    before = json.dumps(TEMPLATE)
    notebook(TEMPLATE, ["a", "b", "c", "d"], extra="e")
    assert json.dumps(TEMPLATE) == before


@pytest.mark.parametrize("count", [0, 3, 5])
def test_as_many_answers_as_are_asked_are_needed(count: int) -> None:
    with pytest.raises(ValueError, match=f"asks for 4 answers, got {count}; give one for each"):
        notebook(TEMPLATE, ["x = 1"] * count)


@pytest.mark.parametrize("role", ["", *HANDED])
def test_a_notebook_is_handed_in_whole_unless_it_is_meant_not_to_be(role: str) -> None:
    files = handed_in(role, ANSWERED, BLANK, WHEN)
    assert any(file.path.endswith(".zip") for file in files) == (role in ZIPS)
    found = opened(files)
    same = [name for name, data in found.items() if data == ANSWERED]
    assert len(same) == (role not in {*BROKEN, "R", "large outputs"})
    for name, data in found.items():
        if role not in BROKEN and name.endswith(".ipynb") and not data.startswith((b"\0", b"/")):
            nbformat.validate(nbformat.reads(data.decode(), 4))
    assert handed_in(role, ANSWERED, BLANK, WHEN) == files


def test_what_is_broken_is_broken() -> None:
    def only(role: str) -> File:
        (file,) = handed_in(role, ANSWERED, BLANK, WHEN)
        return file

    assert handed_in("nothing handed in", ANSWERED, BLANK, WHEN) == []
    assert only("empty file").data == b""
    assert only("a PDF").path.endswith(".pdf")
    assert only("a PDF").data.startswith(b"%PDF-")
    with pytest.raises(json.JSONDecodeError):
        json.loads(only("cut off").data)
    kernel = json.loads(only("R").data)["metadata"]["kernelspec"]
    assert kernel["language"] == "R"
    large = only("large outputs").data
    assert 2.9e6 < len(large) < 3.5e6
    assert cells(large) == cells(ANSWERED)
    assert [only(f"renamed to {name}").path for name in RENAMED] == list(RENAMED)


def test_the_older_copy_is_older() -> None:
    older, newer = handed_in("older copy", ANSWERED, BLANK, WHEN)
    assert (older.data, newer.data) == (BLANK, ANSWERED)
    assert older.when < newer.when == WHEN


def test_names_that_lead_out_of_a_zip_are_there() -> None:
    (file,) = handed_in("leads out of its zip", ANSWERED, BLANK, WHEN)
    with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
        modes = {entry.filename: entry.external_attr >> 16 for entry in archive.infolist()}
        assert [name for name, mode in modes.items() if stat.S_ISLNK(mode)] == ["notes.ipynb"]
        assert archive.read("notes.ipynb") == b"/etc/passwd"
    assert any(".." in PurePosixPath(name).parts for name in modes)
    assert any(PurePosixPath(name).is_absolute() for name in modes)


def test_a_zip_keeps_names_times_and_bytes() -> None:
    files = [File("Şahin/a.ipynb", b"1", WHEN), File("b", b"", WHEN)]
    data: Any = zipped(files)
    assert data == zipped(files)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        assert [entry.filename for entry in entries] == ["Şahin/a.ipynb", "b"]
        assert {entry.date_time for entry in entries} == {(2026, 11, 30, 12, 30, 10)}
