"""Releases: nothing of a solution is in them, and nothing that was in the folder is lost."""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from workbench.teaching import EXERCISES
from workbench.teaching.course import Assignment, Course, Late, Student, assignment, lessons
from workbench.teaching.edition import read
from workbench.teaching.release import MANIFEST, README, release

LINE = "level = int(np.average(values, weights=counts))"
VALUES = "{'sigma': 2.0, 'objects': 'bright'}"
LESSON = [
    ("check", "import numpy as np"),
    (
        "exercise",
        f"def intermeans(counts):\n    values = 9\n    ### BEGIN SOLUTION\n    {LINE}\n    ### END SOLUTION",
    ),
    ("check", 'check("01.2", intermeans)'),
    ("exercise", 'reason = None\n### BEGIN SOLUTION\nreason = "b"\n### END SOLUTION'),
    ("check", 'check("01.4", reason)\n### BEGIN HIDDEN TESTS\nassert reason < "c" * 2\n### END HIDDEN TESTS'),
    (
        "exercise",
        'setting = {}\n### BEGIN SOLUTION\nsetting = {"sigma": 2.0, "objects": "bright"}\n### END SOLUTION',
    ),
    ("check", 'check("01.3", setting)'),
    ("solution", "print('the level is', intermeans(counts))"),
]


def lesson(folder: Path, name: str = "05_mine") -> Assignment:
    """Write a lesson of three exercises, with an output of its own."""
    cells = [new_code_cell(code, metadata={"tags": [tag]}) for tag, code in LESSON]
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    cells[1].outputs = [new_output("stream", text="as it was run")]
    folder.mkdir(exist_ok=True)
    nbformat.write(new_notebook(cells=cells, metadata={"author": "me"}), folder / f"{name}.ipynb")
    return assignment(folder / f"{name}.ipynb")


@pytest.fixture
def mine(tmp_path: Path) -> Assignment:
    return lesson(tmp_path / "lessons")


def held(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Assignment], Path]:
    """Release every lesson that the workbench has; what leaks would be refused."""
    all_of_them = [assignment(path) for path in lessons()]
    out = tmp_path_factory.mktemp("all") / "out"
    release(all_of_them, out)
    return all_of_them, out


def test_no_line_of_any_solution_is_in_any_file(everything: tuple[list[Assignment], Path]) -> None:
    # Once more without what the check itself uses: whole lines of the sources, in the files' plain texts.
    all_of_them, out = everything
    texts = {path.name: path.read_text(encoding="utf-8") for path in out.iterdir()}
    assert len(texts) == len(all_of_them) + 2
    looked_for = 0
    for one in all_of_them:
        source = read(one.path)
        outside, inside = [], []
        for cell in source.cells:
            before, found, rest = cell.source.partition("### BEGIN SOLUTION\n")
            solution, _, after = rest.partition("### END SOLUTION")
            outside += [before, after]
            inside += [line.strip() for line in solution.split("\n") if found and len(line.strip()) > 4]
        released = texts[f"{one.name}.ipynb"]
        for line in inside:
            if line not in "\n".join(outside):
                looked_for += 1
                assert json.dumps(line)[1:-1] not in released
                assert json.dumps(line)[1:-1] not in texts[MANIFEST] + texts[README]
    assert looked_for > 200


def test_the_manifest_says_what_was_asked(mine: Assignment, tmp_path: Path) -> None:
    due = datetime(2026, 12, 1, 23, tzinfo=UTC)
    asked = Assignment(mine.name, mine.path, mine.exercises, due, {"01.2": 2.5}, Late(1, 0.1, 7))
    made = release([asked], tmp_path / "out", Course("Winter", (asked,), (Student("17", "Ada"),)))
    assert json.loads((tmp_path / "out/manifest.json").read_text()) == made
    (one,) = made["lessons"]
    data = held(tmp_path / "out")
    assert set(data) == {"05_mine.ipynb", MANIFEST, README}
    assert one["sha256"] == hashlib.sha256(data["05_mine.ipynb"]).hexdigest()
    assert (made["format"], made["course"], one["due"]) == (1, "Winter", "2026-12-01T23:00:00+00:00")
    assert one["exercises"][0] == {
        "id": "01.2",
        "title": EXERCISES["01.2"].title,
        "answer": "intermeans",
        "points": 2.5,
    }
    told = data[README].decode()
    for part in (
        "# Winter",
        "`intermeans` | 2.5 |",
        "Due 2026-12-01 23:00 (UTC+0000)",
        "1 days late",
        "costs 10%",
    ):
        assert part in told
    assert "After 7 days it counts nothing." in told
    assert b"Ada" not in b"".join(data.values())


def test_the_same_lessons_give_the_same_bytes(mine: Assignment, tmp_path: Path) -> None:
    release([mine], tmp_path / "one")
    release([mine], tmp_path / "deep/two")
    assert held(tmp_path / "one") == held(tmp_path / "deep/two")


def test_a_notebook_of_nbgrader_is_released(tmp_path: Path) -> None:
    usual = {"grade": False, "locked": False, "schema_version": 3, "task": False, "checksum": "0" * 32}
    cells = [
        new_code_cell(
            "def square(n):\n    ### BEGIN SOLUTION\n    return n ** 2\n    ### END SOLUTION",
            metadata={"nbgrader": usual | {"grade_id": "a", "solution": True}},
        ),
        new_markdown_cell("A square.", metadata={"nbgrader": usual | {"grade_id": "b", "solution": True}}),
    ]
    nbformat.write(new_notebook(cells=cells), tmp_path / "square.ipynb")
    one = assignment(tmp_path / "square.ipynb")
    assert release([one], tmp_path / "out")["lessons"][0]["exercises"] == []
    text = (tmp_path / "out/square.ipynb").read_text()
    assert '"grade_id": "a"' in text
    assert "checksum" not in text
    assert "A square." not in text


# What may slip into a release: each is given its folder and changes what is in it.
Slip = Callable[[Path], None]


def test_an_answer_without_markers_is_found(tmp_path: Path) -> None:
    cells = [
        new_code_cell("reason = 'b'", metadata={"tags": ["exercise"]}),
        new_code_cell('check("01.4", reason)', metadata={"tags": ["check"]}),
    ]
    nbformat.write(new_notebook(cells=cells), tmp_path / "a.ipynb")
    with pytest.raises(ValueError, match=r"a\.ipynb holds the answer to 01\.4"):
        release([assignment(tmp_path / "a.ipynb")], tmp_path / "out")


def test_a_leak_stops_a_release_and_leaves_nothing(tmp_path: Path) -> None:
    cells = [new_code_cell(code, metadata={"tags": [tag]}) for tag, code in LESSON]
    cells.append(new_code_cell("x = 1", id="reason-b"))
    nbformat.write(new_notebook(cells=cells), tmp_path / "a.ipynb")
    with pytest.raises(
        ValueError, match=r"nothing is released, .*: a\.ipynb holds what a keeps secret: .reason"
    ):
        release([assignment(tmp_path / "a.ipynb")], tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["a.ipynb"]


@pytest.mark.parametrize("names", [[], ["a", "a"]])
def test_lessons_are_released_once(names: list[str], tmp_path: Path) -> None:
    given = [Assignment(name, tmp_path / "a.ipynb", ()) for name in names]
    with pytest.raises(ValueError, match=r"lessons must be named, each only once, got (none|a, a)"):
        release(given, tmp_path / "out")


def test_an_earlier_release_gives_way(mine: Assignment, tmp_path: Path) -> None:
    other = lesson(tmp_path / "lessons", "06_other")
    out = tmp_path / "out"
    out.mkdir()
    release([mine, other], out)
    release([mine], out)
    assert set(held(out)) == {"05_mine.ipynb", MANIFEST, README}
    assert {path.name for path in tmp_path.iterdir()} == {"lessons", "out"}


def changed(out: Path) -> None:
    (out / "05_mine.ipynb").write_text("{}")


def foreign(out: Path) -> None:
    (out / "notes.txt").write_text("mine")
    (out / "handed in").mkdir()
    (out / "handed in/a.txt").write_text("theirs")


def no_manifest(out: Path) -> None:
    (out / MANIFEST).unlink()


def folder_of_its_name(out: Path) -> None:
    (out / "05_mine.ipynb").unlink()
    (out / "05_mine.ipynb").mkdir()


def test_a_folder_in_a_notebook_s_place_stays(mine: Assignment, tmp_path: Path) -> None:
    release([mine], tmp_path / "out")
    folder_of_its_name(tmp_path / "out")
    with pytest.raises(ValueError, match=r"got '05_mine\.ipynb'; move it away"):
        release([mine], tmp_path / "out", replace=True)


def test_a_folder_keeps_its_permissions(mine: Assignment, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir(mode=0o750)
    before = (tmp_path / "out").stat().st_mode
    release([mine], tmp_path / "out")
    assert (tmp_path / "out").stat().st_mode == before


@pytest.mark.parametrize(
    ("change", "name"), [(changed, "05_mine.ipynb"), (foreign, "handed in"), (no_manifest, "05_mine.ipynb")]
)
def test_anything_else_is_refused(change: Slip, name: str, mine: Assignment, tmp_path: Path) -> None:
    release([mine], tmp_path / "out")
    change(tmp_path / "out")
    before = held(tmp_path / "out")
    with pytest.raises(ValueError, match=rf"out must be empty or hold nothing but an earlier.*got '{name}'"):
        release([mine], tmp_path / "out")
    assert held(tmp_path / "out") == before


def test_replacing_keeps_what_no_release_wrote(mine: Assignment, tmp_path: Path) -> None:
    other = lesson(tmp_path / "lessons", "06_other")
    release([mine, other], tmp_path / "out")
    fresh = held(tmp_path / "out")
    changed(tmp_path / "out")
    foreign(tmp_path / "out")
    release([mine], tmp_path / "out", replace=True)
    after = held(tmp_path / "out")
    assert set(after) == {"05_mine.ipynb", MANIFEST, README, "notes.txt", "handed in/a.txt"}
    assert after["05_mine.ipynb"] == fresh["05_mine.ipynb"]
    assert {path.name for path in tmp_path.iterdir()} == {"lessons", "out"}


def test_a_changed_notebook_that_is_not_released_again_stays(mine: Assignment, tmp_path: Path) -> None:
    other = lesson(tmp_path / "lessons", "06_other")
    release([mine, other], tmp_path / "out")
    changed(tmp_path / "out")
    release([other], tmp_path / "out", replace=True)
    assert (tmp_path / "out/05_mine.ipynb").read_text() == "{}"


def test_a_lesson_is_never_written_over(mine: Assignment) -> None:
    before = mine.path.read_bytes()
    with pytest.raises(ValueError, match=r"got '05_mine\.ipynb'; move it away"):
        release([mine], mine.path.parent, replace=True)
    assert mine.path.read_bytes() == before


def test_a_manifest_may_not_name_files_elsewhere(mine: Assignment, tmp_path: Path) -> None:
    out = tmp_path / "out"
    release([mine], out)
    said = json.loads((out / MANIFEST).read_text())
    victim = mine.path
    said["lessons"][0] |= {
        "file": "../lessons/05_mine.ipynb",
        "sha256": hashlib.sha256(victim.read_bytes()).hexdigest(),
    }
    (out / MANIFEST).write_text(json.dumps(said))
    (out / "05_mine.ipynb").unlink()
    release([mine], out)
    assert victim.exists()


def test_the_earlier_release_comes_back_when_the_new_one_cannot_be_put_there(
    mine: Assignment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, rename = tmp_path / "out", Path.rename
    release([mine], out)
    before = held(out)

    def busy(self: Path, target: Path) -> Path:
        if target == out and not self.name.endswith(".old"):
            raise OSError("busy")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", busy)
    with pytest.raises(OSError, match="busy"):
        release([mine], out)
    assert held(out) == before
    assert {path.name for path in tmp_path.iterdir()} == {"lessons", "out"}


def test_a_file_is_no_folder(mine: Assignment, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(ValueError, match="out must be a folder, and is a file"):
        release([mine], tmp_path / "out")


def test_every_released_code_cell_is_python(everything: tuple[list[Assignment], Path]) -> None:
    _, out = everything
    for path in out.glob("*.ipynb"):
        notebook = nbformat.read(path, 4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                ast.parse(cell.source)
