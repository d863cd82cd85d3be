"""Leaks: whatever way a solution takes into a release, it is found, and nothing else is."""

from __future__ import annotations

import base64
import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from teaching.test_edition import graded, solved
from teaching.test_release import LINE, VALUES, Slip
from teaching.test_release import mine as mine

from workbench.teaching.course import Assignment, assignment, lessons
from workbench.teaching.edition import read
from workbench.teaching.leaks import leaks, secret
from workbench.teaching.release import release


def in_notebook(change: Callable[[Any], None]) -> Slip:
    def slip(folder: Path) -> None:
        notebook = nbformat.read(folder / "05_mine.ipynb", 4)
        change(notebook)
        (folder / "05_mine.ipynb").write_text(json.dumps(notebook))

    return slip


def in_file(name: str, data: bytes | str) -> Slip:
    return lambda folder: (
        (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode()) and None
    )


def zipped(text: str) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("deep/a.txt", text)
    return whole.getvalue()


def source(code: str) -> Slip:
    return in_notebook(lambda notebook: notebook.cells[1].update(source=code))


def text64(data: bytes | str) -> str:
    return base64.b64encode(data if isinstance(data, bytes) else data.encode()).decode()


SLIPS = {
    "a line": source(f"def f(counts):\n    {LINE}"),
    "a line spelt otherwise": source("level=int( np.average(values,\n   weights = counts ) )  # so"),
    "brackets around it": source("level = (int(np.average((values), weights=counts)))"),
    "a comment": source(f"# {LINE}"),
    "the value alone": source("wanted = int(np.average(values, weights=counts))"),
    "a letter": source("reason  =  'b'"),
    "a setting": source(f"mine = {VALUES}"),
    "a hidden test": source("assert reason < 'c' * 2"),
    "a solution cell": source("print('the level is', intermeans(counts))"),
    "words": in_notebook(lambda notebook: notebook.cells.append(new_markdown_cell(f"Try `{LINE}`."))),
    "an output": in_notebook(
        lambda notebook: notebook.cells[1].outputs.append(new_output("stream", text="42"))
    ),
    "an output that says it": in_notebook(
        lambda notebook: notebook.cells[1].outputs.append(
            new_output("display_data", {"text/html": f"<b>{LINE}</b>"})
        )
    ),
    "a count": in_notebook(lambda notebook: notebook.cells[1].update(execution_count=3)),
    "metadata of a cell": in_notebook(lambda notebook: notebook.cells[1].metadata.update(answer="b")),
    "metadata of the notebook": in_notebook(lambda notebook: notebook.metadata.update(key={"reason": "b"})),
    "metadata of nbgrader": in_notebook(
        lambda notebook: notebook.cells[1].metadata.update(nbgrader={"grade_id": "a", "checksum": "0"})
    ),
    "a tag": in_notebook(lambda notebook: notebook.cells[1].metadata.tags.append('reason = "b"')),
    "the kernel's name": in_notebook(
        lambda notebook: notebook.metadata.update(kernelspec={"name": "python3", "display_name": LINE})
    ),
    "an id": in_notebook(lambda notebook: notebook.cells[1].update(id="reason-b")),
    "an id in base64": in_notebook(lambda notebook: notebook.cells[1].update(id=text64('reason = "b"'))),
    "an attachment": in_notebook(
        lambda notebook: notebook.cells.append(
            new_markdown_cell("![a](attachment:a)", attachments={"a": {"text/plain": text64(LINE)}})
        )
    ),
    "a file's name": in_file("reason_b.txt", ""),
    "a text": in_file("a.txt", LINE),
    "a text in UTF-16": in_file("a.txt", LINE.encode("utf-16")),
    "a table of answers": in_file("a.json", json.dumps({"reason": "b"})),
    "JSON in JSON": in_file("a.json", json.dumps([json.dumps({"setting": VALUES})])),
    "base64": in_file("a.txt", "see " + text64(LINE)),
    "base64 in lines": in_file("a.txt", base64.encodebytes(b"0" * 50 + b" " + LINE.encode() + b" " * 50)),
    "base64 for addresses": in_file("a.txt", base64.urlsafe_b64encode(f"??>>~~ {LINE}".encode())),
    "base64 behind letters": in_file("a.txt", "abc" + text64(LINE)),
    "base64 twice": in_file("a.txt", text64(text64(LINE))),
    "zlib": in_file("a", zlib.compress(LINE.encode())),
    "gzip": in_file("a.gz", gzip.compress(LINE.encode())),
    "zip": in_file("a.zip", zipped(LINE)),
    "zlib in base64": in_file("a.txt", text64(zlib.compress(LINE.encode()))),
    "zip in base64 in JSON": in_file("a.json", json.dumps({"a": text64(zipped(LINE))})),
    "bytes in a picture": in_file("a.png", b"\x89PNG\r\n\x1a\n\0\0\0\rtEXt" + LINE.encode() + b"\xff\xfe"),
}


def test_every_lesson_keeps_something_secret() -> None:
    assert [path.name for path in lessons() if not secret(read(path))[0]] == []


def test_every_exercise_s_answer_is_looked_for(tmp_path: Path) -> None:
    # The lessons themselves hold all their solutions: each cell with one must be seen.
    for one in map(assignment, lessons()[::6]):
        for number, cell in enumerate(read(one.path).cells):
            if "BEGIN SOLUTION" in cell.source:
                solution = cell.source.partition("BEGIN SOLUTION\n")[2].partition("### END SOLUTION")[0]
                (tmp_path / "a.txt").write_text(solution)
                assert leaks(tmp_path, [one]), f"{one.name}, cell {number}"


@pytest.mark.parametrize("name", SLIPS)
def test_what_slips_in_is_found(name: str, mine: Assignment, tmp_path: Path) -> None:
    release([mine], tmp_path / "out")
    assert leaks(tmp_path / "out", [mine]) == []
    SLIPS[name](tmp_path / "out")
    assert leaks(tmp_path / "out", [mine])


def test_a_finding_names_file_lesson_and_line(mine: Assignment, tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep/a.txt").write_text(f"so: {LINE};")
    said = leaks(tmp_path / "deep", [mine])
    assert said[0] == f"a.txt holds what 05_mine keeps secret: {LINE!r}"


def test_what_one_lesson_says_another_may_ask(mine: Assignment, tmp_path: Path) -> None:
    told = new_notebook(cells=[new_code_cell(LINE)])
    nbformat.write(told, tmp_path / "told.ipynb")
    both = [mine, assignment(tmp_path / "told.ipynb")]
    assert len(release(both, tmp_path / "out")["lessons"]) == 2
    (tmp_path / "out/other.ipynb").write_bytes((tmp_path / "out/told.ipynb").read_bytes())
    assert leaks(tmp_path / "out", both)


def test_what_cannot_be_opened_is_looked_at_as_it_is(mine: Assignment, tmp_path: Path) -> None:
    out = tmp_path / "deep"
    out.mkdir()
    (out / "a.zip").write_bytes(zipped("x" * 99)[:40] + b"\0" * 9 + zipped("")[-22:])
    (out / "b.ipynb").write_text("{}")
    (out / "c.json").write_text("[" * 10**5)
    assert leaks(out, [mine]) == ["b.ipynb is no notebook"]


def test_a_part_of_a_word_is_no_leak(mine: Assignment, tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep/a.txt").write_text('unreason = "b"\nthe reason: b is right\nreason = "bc"')
    assert leaks(tmp_path / "deep", [mine]) == []


def test_a_secret_is_what_stands_nowhere_else() -> None:
    cells = [
        new_code_cell(solved("    level = find(grey)\n    return grey > level", "def f(grey):")),
        new_markdown_cell("It is what `grey > level` says."),
        new_code_cell("password = 'tell nobody of it'", metadata={"tags": ["solution"]}),
        new_code_cell("whole = 12 * 12", metadata=graded(solution=True)),
    ]
    found, public = secret(new_notebook(cells=cells))
    assert {"level=find(grey)", 'password="tell nobody of it"', "tell nobody of it", "whole=12*12"} <= set(
        found
    )
    assert "return grey>level" in found
    assert "grey>level" not in found
    assert "grey>level" in public
