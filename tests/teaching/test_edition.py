"""The student edition: no solution in it, and every answer cell is one that nobody has attempted."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

from workbench.grading import slicing
from workbench.teaching import EXERCISES
from workbench.teaching.edition import STUB, read, student

KERNEL = {"name": "python3", "display_name": "Python 3"}
LESSONS = sorted((Path(__file__).parents[2] / "notebooks/lessons").glob("*.ipynb"))


def made(source: str, **metadata: Any) -> str:
    """Give the student edition of a code cell."""
    cell = new_code_cell(source, metadata=metadata)
    return student(new_notebook(cells=[cell])).cells[0].source


def solved(solution: str, before: str = "", begin: str = "### BEGIN SOLUTION", end: str = "### END SOLUTION"):
    return "\n".join(filter(None, [before, begin, solution, end]))


def test_there_are_lessons_to_look_at() -> None:
    assert len(LESSONS) >= 30


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_answer_of_every_lesson_is_not_attempted(path: Path) -> None:
    source = read(path)
    edition = student(source)
    nbformat.validate(edition)
    assert [cell.id for cell in edition.cells] == [cell.id for cell in source.cells]
    code = [cell.source for cell in edition.cells if cell.cell_type == "code"]
    checks = [cell.source for cell in edition.cells if "check" in cell.metadata.get("tags", [])]
    statements, broken = slicing.read(code)
    assert not broken
    assert len(checks) >= 2
    for id, name in (re.match(r'check\("(.+?)", (\w+)\)', check).groups() for check in checks):
        # An empty dictionary is for the exercise to recognise: it is a value like another.
        assert slicing.is_stub(statements, name) or name == "setting", f"{id}: {name}"
        space: dict[str, Any] = {}
        exec(ast.unparse([s.node for s in statements if name in s.binds][-1]), space)
        assert EXERCISES[id].judge(space[name], np.random.default_rng(0)).state == "not attempted"


def test_a_function_keeps_head_and_docstring() -> None:
    head = 'def f(x):\n    """Say."""\n    y = 1'
    assert made(f"{head}\n    ### BEGIN SOLUTION\n    return y\n    ### END SOLUTION\n    return x") == (
        f"{head}\n    {STUB[0]}\n    {STUB[1]}\n    return x"
    )


def test_a_method_is_indented_as_it_was_and_a_marker_need_not_be() -> None:
    code = solved("        return self.x", "class A:\n    def f(self):")
    assert made(code).split("\n")[2:] == [f"        {line}" for line in STUB]


def test_a_value_keeps_the_line_before_it() -> None:
    assert made(solved("setting = {'a': 1}", "setting = {}  # such as")) == "setting = {}  # such as"


def test_a_cell_left_empty_says_where_the_code_goes() -> None:
    assert made(solved("answer = 3")) == "\n".join(STUB)
    assert made(solved("answer = 3", "# Why?")) == "\n".join(["# Why?", *STUB])


def test_hidden_tests_and_mark_schemes_go_without_a_stub() -> None:
    hidden = solved("assert f(3) == 6", "assert f(1) == 2", "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS")
    assert made(hidden) == "assert f(1) == 2"
    text = "Explain.\n\n### BEGIN MARK SCHEME\nOne point for 42.\n### END MARK SCHEME"
    assert student(new_notebook(cells=[new_markdown_cell(text)])).cells[0].source == "Explain.\n"[:-1]


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        ("# BEGIN SOLUTION", "# END SOLUTION"),
        ("###BEGIN SOLUTION", "##END SOLUTION###"),
        ("### begin solution", "### End Solution"),
        ("    #### Begin  solution ", "#end solution"),
        ("x = 1  # BEGIN SOLUTION please", "# here: END SOLUTION"),
        ("<!-- begin solution -->", "<!-- end solution -->"),
    ],
)
def test_markers_are_read_as_nbgrader_reads_them(begin: str, end: str) -> None:
    assert made(solved("y = 12345", "y = None", begin, end)) == "y = None"


def test_a_sentence_is_no_marker() -> None:
    assert made("# We begin solution 2 with a sum, and end solution 2\nx = 1").endswith("x = 1")


def test_a_text_answer_has_a_place() -> None:
    cell = new_markdown_cell("Why?\n\n### BEGIN SOLUTION\nBecause.\n### END SOLUTION")
    assert student(new_notebook(cells=[cell])).cells[0].source == "Why?\n\n*Your answer here.*"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("# BEGIN SOLUTION\n# BEGIN SOLUTION\nx\n# END SOLUTION", "must not be nested, got BEGIN SOLUTION"),
        ("# BEGIN SOLUTION\n# BEGIN HIDDEN TESTS\nx", "BEGIN HIDDEN TESTS inside SOLUTION"),
        ("# BEGIN SOLUTION\nx", "BEGIN SOLUTION must have its END SOLUTION in the same cell, got none"),
        ("x\n# END SOLUTION", "END SOLUTION must have its BEGIN SOLUTION before it"),
        ("# BEGIN SOLUTION\nx\n# END HIDDEN TESTS", "END HIDDEN TESTS must have its BEGIN"),
        ("f(\n    # BEGIN SOLUTION\n    1,\n    # END SOLUTION\n)", "around whole statements"),
        ("def f():\n    # BEGIN HIDDEN TESTS\n    x\n    # END HIDDEN TESTS", "around whole statements"),
    ],
    ids=["nested", "mixed", "unclosed", "unopened", "crossed", "inside", "emptied"],
)
def test_markers_that_do_not_match_are_told_with_notebook_and_cell(source: str, said: str) -> None:
    notebook = new_notebook(cells=[new_markdown_cell("a"), new_code_cell(source, id="ab")])
    with pytest.raises(ValueError, match=rf"^mine\.ipynb, cell 2 \(ab\): .*{said}"):
        student(notebook, "mine.ipynb")


def test_what_is_no_python_may_stay_so() -> None:
    assert made(solved("y = 1", "%matplotlib inline\ny = 0")) == "%matplotlib inline\ny = 0"


def test_outputs_metadata_and_solution_cells_go_and_the_source_stays_as_it_is() -> None:
    cells = [
        new_code_cell(
            "1",
            id="a",
            metadata={"tags": ["check"], "answer": 3, "jupyter": {}},
            outputs=[new_output("stream")],
        ),
        new_code_cell("secret()", id="b", metadata={"tags": ["solution"]}),
        new_markdown_cell(
            "![a](attachment:a.png)", id="c", attachments={"a.png": {}, "left over.png": {"image/png": "AA"}}
        ),
        new_raw_cell("raw", id="d"),
    ]
    cells[0].execution_count = 7
    whole = new_notebook(cells=cells, metadata={"kernelspec": KERNEL, "author": "me"})
    before = nbformat.writes(whole)
    edition = student(whole)
    nbformat.validate(edition)
    assert nbformat.writes(whole) == before
    assert [cell.id for cell in edition.cells] == ["a", "c", "d"]
    assert edition.metadata == {"kernelspec": KERNEL}
    first, picture, _ = edition.cells
    assert (first.metadata, first.outputs, first.execution_count) == ({"tags": ["check"]}, [], None)
    assert list(picture.attachments) == ["a.png"]


def graded(**said: Any) -> dict[str, Any]:
    usual = {"grade": False, "locked": False, "schema_version": 3, "solution": False, "task": False}
    return {"nbgrader": usual | said}


def test_a_notebook_of_nbgrader_goes_through() -> None:
    answer = graded(grade_id="squares", solution=True, checksum="abc", cell_type="code")
    cells = [
        new_code_cell(solved("    return n * n", "def square(n):"), metadata=answer),
        new_code_cell(
            "assert square(2) == 4\n### BEGIN HIDDEN TESTS\nassert square(9) == 81\n### END HIDDEN TESTS",
            metadata=graded(grade_id="test", grade=True, locked=True, points=2),
        ),
        new_code_cell("whole = sum(range(10))", metadata=graded(grade_id="whole", solution=True)),
        new_markdown_cell("Because.", metadata=graded(grade_id="why", solution=True, grade=True, points=1)),
    ]
    edition = student(new_notebook(cells=cells, metadata={"celltoolbar": "Create Assignment"}))
    nbformat.validate(edition)
    assert [cell.source for cell in edition.cells] == [
        "def square(n):\n    # your code here\n    raise NotImplementedError",
        "assert square(2) == 4",
        "\n".join(STUB),
        "*Your answer here.*",
    ]
    assert edition.cells[0].metadata.nbgrader == graded(grade_id="squares", solution=True)["nbgrader"]
    assert edition.cells[1].metadata.nbgrader.points == 2


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["a = 1", "", "# why", "b = [a]"]), max_size=4),
    st.lists(st.sampled_from(["secret = 7", "", "# hidden away", "secret += 1"]), min_size=1, max_size=4),
    st.integers(1, 5),
)
def test_what_is_outside_stays_and_what_is_inside_goes(
    outside: list[str], inside: list[str], marks: int
) -> None:
    sign = "#" * marks
    left = made("\n".join([*outside, f"{sign} BEGIN SOLUTION", *inside, f"{sign} END SOLUTION", "z = 0"]))
    assert left == "\n".join([*outside, "z = 0"])


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from("#\nab= "), max_size=40))
def test_a_second_time_changes_nothing(source: str) -> None:
    once = made(solved("    return 1", f"def f():\n    '''{source}'''"))
    assert made(once) == once


def test_an_old_notebook_without_ids_is_read_the_same_each_time(tmp_path: Path) -> None:
    notebook = new_notebook(cells=[new_code_cell("1"), new_code_cell("2")])
    for minor, ids in ((5, ["cell-00", "cell-01"]), (4, [None, None])):
        for cell in notebook.cells:
            cell.pop("id", None)
        notebook.nbformat_minor = minor
        (tmp_path / "a.ipynb").write_text(nbformat.v4.writes(notebook))
        assert [cell.get("id") for cell in student(read(tmp_path / "a.ipynb")).cells] == ids


TWINS = '{"cells": [%s, %s], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}' % (
    ('{"cell_type": "raw", "id": "a", "metadata": {}, "source": ""}',) * 2
)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"no notebook", "Expecting value"),
        (b"[]", "list indices"),
        (b"{}", "'nbformat'"),
        (b'{"nbformat": 3, "nbformat_minor": 0, "worksheets": [], "metadata": {}}', "its format is 3"),
        (b'{"nbformat": 4, "nbformat_minor": 5, "cells": [{}], "metadata": {}}', ""),
        (TWINS.encode(), "Non-unique cell id"),
        ('{"a": "é"}'.encode("latin-1"), "in UTF-8"),
    ],
    ids=["text", "list", "nothing", "three", "cell", "twins", "latin"],
)
def test_what_is_no_notebook_is_refused(data: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_bytes(data)
    with pytest.raises(ValueError, match=rf"^a\.ipynb: must be a notebook .*{said}"):
        read(tmp_path / "a.ipynb")
