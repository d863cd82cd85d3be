"""The student edition of a lesson: the same notebook without its solutions, outputs and hidden tests.

Markers are read as nbgrader reads them, and like nbgrader's a stub takes the place of what goes.
"""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

KINDS = r"(SOLUTION|HIDDEN\s+TESTS|MARK\s+SCHEME)"
# Anywhere in a line when written in capitals, as in nbgrader; in any other case when alone in its line.
INSIDE = re.compile(rf"(BEGIN|END) {KINDS}")
ALONE = re.compile(rf"\W*(BEGIN|END)\s+{KINDS}\W*", flags=re.I)
STUB = ("# your code here", "raise NotImplementedError")
TEXT = ("*Your answer here.*",)
NOTEBOOK = ("kernelspec", "language_info")  # what of a notebook's metadata stays
# What of nbgrader's metadata stays: its checksum is one of the cell with its solution.
NBGRADER = ("grade_id", "points", "grade", "locked", "solution", "task", "schema_version")
Part = tuple[str, list[str]]  # what kind of region, empty outside of any, and its lines


def read(path: Path) -> NotebookNode:
    """Read a notebook as it is; cells without an id get their number as one.

    Raises
    ------
    ValueError : the file holds no notebook of format 4. OSError : it cannot be read.
    """
    try:
        return _valid(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise ValueError(f"{path.name}: must be a notebook in UTF-8, and is not; save it anew") from None
    except (nbformat.ValidationError, ValueError, AttributeError, TypeError, KeyError, Warning) as error:
        said = str(error).strip().partition("\n")[0]
        rule = "must be a notebook of format 4, and is not"
        raise ValueError(f"{path.name}: {rule} ({said}); open it in JupyterLab and save it") from None


def _valid(text: str) -> NotebookNode:
    if (found := json.loads(text)["nbformat"]) != 4:
        raise ValueError(f"its format is {found!r}")
    notebook = nbformat.v4.reads(text)
    if notebook.nbformat_minor >= 5:
        for number, cell in enumerate(notebook.cells):
            cell.setdefault("id", f"cell-{number:02d}")
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # what would be repaired with an id drawn by chance
        nbformat.validate(notebook)
    return notebook


def student(notebook: NotebookNode, name: str = "the notebook") -> NotebookNode:
    r"""Give the student edition of a notebook; the notebook itself stays as it is.

    Out go regions between the markers for solutions, hidden tests and mark schemes, cells tagged
    ``solution``, outputs, and metadata but for tags, the kernel and what nbgrader needs. A function keeps its
    head and raises `NotImplementedError`; a line before the region, such as ``setting = {}``, stays. A cell
    that nbgrader knows as a solution without markers is a stub from its first line on.

    name : what errors call the notebook.

    Raises
    ------
    ValueError : markers that are nested, without an end or a beginning, or inside of a statement.

    >>> from nbformat.v4 import new_code_cell, new_notebook
    >>> code = "def f(x):\n    'Twice.'\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"
    >>> print(student(new_notebook(cells=[new_code_cell(code)])).cells[0].source)
    def f(x):
        'Twice.'
        # your code here
        raise NotImplementedError
    """
    kept = [
        _cell(cell, f"{name}, cell {number}{_id(cell)}")
        for number, cell in enumerate(notebook.cells, 1)
        if "solution" not in cell.metadata.get("tags", [])
    ]
    known = {key: value for key, value in notebook.metadata.items() if key in NOTEBOOK}
    return nbformat.from_dict(
        {
            "cells": kept,
            "metadata": known,
            "nbformat": notebook.nbformat,
            "nbformat_minor": notebook.nbformat_minor,
        }
    )


def _id(cell: NotebookNode) -> str:
    return f" ({cell.id})" if "id" in cell else ""


def _cell(cell: NotebookNode, where: str) -> dict[str, Any]:
    made: dict[str, Any] = {"cell_type": cell.cell_type, "metadata": _metadata(cell.metadata)}
    if "id" in cell:
        made["id"] = cell.id
    made["source"] = _source(cell, where)
    if cell.cell_type == "code":
        return made | {"outputs": [], "execution_count": None}
    shown = {
        n: data for n, data in cell.get("attachments", {}).items() if f"attachment:{n}" in made["source"]
    }
    return made | ({"attachments": shown} if shown else {})


def _metadata(metadata: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {"tags": metadata["tags"]} if "tags" in metadata else {}
    if isinstance(graded := metadata.get("nbgrader"), Mapping):
        kept["nbgrader"] = {key: value for key, value in graded.items() if key in NBGRADER}
    return kept


def _source(cell: NotebookNode, where: str) -> str:
    parts = list(_parts(cell.source, where))
    is_code = cell.cell_type == "code"
    solved = any(kind == "SOLUTION" for kind, _ in parts)
    if not solved and is_solution(cell.metadata.get("nbgrader")):
        return "\n".join(STUB if is_code else TEXT)
    if not any(kind for kind, _ in parts):
        return str(cell.source)
    left = _left(parts) if is_code else _text_left(parts)
    source = "\n".join(left).rstrip("\n")
    if is_code and _is_python(cell.source) and not _is_python(source):
        raise ValueError(
            f"{where}: markers must stand around whole statements; what is left is no Python; move them"
        )
    return source


def is_solution(graded: Any) -> bool:
    """Say whether nbgrader's metadata of a cell calls it a solution."""
    return isinstance(graded, Mapping) and bool(graded.get("solution"))


def _parts(source: str, where: str) -> Iterator[Part]:
    """Take a source apart at its markers, which are in no part."""
    kind, lines = "", []
    for line in source.split("\n"):
        found = INSIDE.search(line) or ALONE.fullmatch(line)
        if found is None:
            lines.append(line)
            continue
        edge, what = found[1].upper(), " ".join(found[2].upper().split())
        if edge == "BEGIN" and kind:
            raise ValueError(
                f"{where}: markers must not be nested, got BEGIN {what} inside {kind}; end it first"
            )
        if edge == "END" and kind != what:
            raise ValueError(f"{where}: END {what} must have its BEGIN {what} before it, got none; write it")
        yield kind, lines
        kind, lines = what if edge == "BEGIN" else "", []
    if kind:
        raise ValueError(
            f"{where}: BEGIN {kind} must have its END {kind} in the same cell, got none; write it"
        )
    yield kind, lines


def _left(parts: list[Part]) -> list[str]:
    """Leave the code outside of regions, with a stub in a function's body, and in a cell left empty."""
    left: list[str] = []
    first = None
    for kind, lines in parts:
        indent = _indent(lines) if kind == "SOLUTION" else ""
        if not kind:
            left += lines
        elif indent:
            left += [indent + line for line in STUB]
        elif kind == "SOLUTION":
            first = len(left) if first is None else first
    if first is not None and not any(_says_something(line) for line in left):
        left[first:first] = STUB
    return left


def _indent(lines: list[str]) -> str:
    code = next(filter(_says_something, lines), "")
    return code[: len(code) - len(code.lstrip())]


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _text_left(parts: list[Part]) -> list[str]:
    return [line for kind, lines in parts for line in (TEXT if kind == "SOLUTION" else () if kind else lines)]


def _is_python(source: str) -> bool:
    return parsed(source) is not None


def parsed(code: str) -> ast.Module | None:
    """Read code; None where it is no Python."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a backslash in a text: no matter here
        try:
            return ast.parse(code)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
