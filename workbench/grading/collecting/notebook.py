"""A student's notebook as its code cells, whatever the file really holds."""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

CONFLICT = re.compile(r"^(<{7}|={7}|>{7})( |$)", re.MULTILINE)
HALVES = re.compile("[\ud800-\udfff]")  # of letters
# Where a cell is no Python, as under a magic.
CALL = re.compile(r"\bcheck\(\s{0,40}(?:id\s{0,3}=\s{0,3})?[\"']([^\"'\n]{1,40})[\"']")
ID = re.compile(r"[\w.-]{1,40}", re.ASCII)
MOST_DIGITS = 9  # of the whole numbers that matter here
MOST_BRACKETS = 1_000_000  # a file of nothing else would take seconds and fill the memory
MOST_PARSED = 100_000  # characters; of a longer cell, parsing could take very long
PYTHON = ("python", "ipython")
AGAIN = "save it in Jupyter and hand it in again"


@dataclass(frozen=True)
class Notebook:
    """Hold what a notebook asks and answers.

    cells : the source of its code cells, in order. asked : the ids of the exercises that they check, in
    order, each once.
    """

    cells: tuple[str, ...]
    asked: tuple[str, ...]


def opened(text: bytes) -> Notebook:
    r"""Read a notebook, whoever wrote it.

    Raises
    ------
    ValueError : it is none, or none in Python; said as the end of a sentence that begins with its name. No
    other error leaves this.

    >>> cell = '{"cell_type": "code", "source": ["check(\\"01.1\\", f)"]}'
    >>> opened(f'{{"cells": [{cell}], "nbformat": 4}}'.encode()).asked
    ('01.1',)
    """
    held = _current(_loaded(_decoded(text)))
    cells = held.get("cells")
    if not isinstance(cells, list) or not cells:
        raise ValueError(f"is no notebook: it has no cells; {AGAIN}")
    _python(held.get("metadata"))
    sources = tuple(
        _source(cell, number)
        for number, cell in enumerate(cells, 1)
        if not isinstance(cell, dict) or cell.get("cell_type") == "code"
    )
    return Notebook(sources, tuple(dict.fromkeys(id for source in sources for id in _asked(source))))


def _decoded(text: bytes) -> str:
    if not text.strip(b" \t\r\n\0"):
        raise ValueError(f"is empty; {AGAIN}")
    try:
        return text.decode(json.detect_encoding(text))
    except UnicodeDecodeError as error:
        raise ValueError(f"is no text in UTF-8, so no notebook; {AGAIN}") from error


def _loaded(text: str) -> dict[str, Any]:
    if text.count("[") + text.count("{") > MOST_BRACKETS:
        raise ValueError("holds more than can be read; clear its outputs and hand it in again")
    try:
        held = json.loads(text, parse_int=_whole_number, parse_float=str)
    except RecursionError as error:
        raise ValueError(f"is no notebook: its brackets are nested too deep; {AGAIN}") from error
    except ValueError as error:
        raise ValueError(_misread(text)) from error
    if not isinstance(held, dict):
        raise ValueError(f"is no notebook but other JSON; {AGAIN}")
    return held


def _misread(text: str) -> str:
    """Say what a file is instead of JSON."""
    if CONFLICT.search(text):
        return "holds an unresolved merge conflict (<<<<<<<); resolve it and hand it in again"
    if text.lstrip("\ufeff \t\r\n").startswith("<"):
        return "is a web page (HTML), no notebook; download the .ipynb file itself"
    return f"is no notebook: it is no JSON, or cut short; {AGAIN}"


def _whole_number(digits: str) -> int:
    # Thousands of digits take long, and outputs may hold them; no number that is read here has as many.
    return int(digits) if len(digits) <= MOST_DIGITS else 0


def _current(held: dict[str, Any]) -> dict[str, Any]:
    """Bring a notebook of an old format into today's."""
    format = held.get("nbformat")
    if not isinstance(format, int) or not 1 <= format <= 3:
        return held
    from nbformat import convert, reader  # these bring a validator, and hardly any notebook needs it

    try:
        return dict(convert(reader.reads(json.dumps(_without_outputs(held))), 4))
    except Exception as error:  # an old notebook with anything in it may cause anything
        raise ValueError(f"is of the old format {format} and cannot be upgraded; {AGAIN}") from error


def _without_outputs(held: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is not read, so that it is not upgraded either."""
    sheets = [{**sheet, "cells": [_quiet(cell) for cell in sheet["cells"]]} for sheet in held["worksheets"]]
    return {**held, "worksheets": sheets}


def _quiet(cell: dict[str, Any]) -> dict[str, Any]:
    return {**cell, "outputs": []} if "outputs" in cell else cell


def _python(metadata: Any) -> None:
    """Refuse a notebook of another language; one that names none is taken for Python."""
    language = _named(metadata, "kernelspec", "language") or _named(metadata, "language_info", "name")
    if language and not language.lower().startswith(PYTHON):
        shown = "".join(letter for letter in language if letter.isprintable())[:40]
        raise ValueError(f"is written in {shown}, not in Python; answer in the notebook of the lesson")


def _named(metadata: Any, *keys: str) -> str:
    for key in keys:
        metadata = metadata.get(key) if isinstance(metadata, dict) else None
    return metadata if isinstance(metadata, str) else ""


def _source(cell: Any, number: int) -> str:
    source = cell.get("source", "") if isinstance(cell, dict) else None
    lines = [source] if isinstance(source, str) else source
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise ValueError(f"is no sound notebook: cell {number} is not made of text; {AGAIN}")
    return _whole("".join(lines))


def _whole(source: str) -> str:
    """Write text without halves of letters, which no file could hold."""
    try:
        source.encode()
    except UnicodeEncodeError:
        return HALVES.sub("\ufffd", source)
    return source


def _asked(source: str) -> Iterator[str]:
    if "check" not in source:
        return
    found = list(_called(source))
    if len(source) <= MOST_PARSED:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about a student's backslashes
                found = list(_checked(ast.parse(source)))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            pass
    yield from (id for id in found if ID.fullmatch(id))


def _checked(tree: ast.Module) -> Iterator[str]:
    """Find the ids in calls of check, from top to bottom."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        name = getattr(call.func, "id", "") or getattr(call.func, "attr", "")
        first = [*call.args[:1], *(word.value for word in call.keywords if word.arg == "id")]
        value = getattr(first[0], "value", None) if first else None
        if name == "check" and isinstance(value, str):
            yield value


def _called(source: str) -> Iterator[str]:
    """Find the ids in what looks like calls of check, but for those in comments."""
    for call in CALL.finditer(source):
        before = source[max(0, call.start() - 200) : call.start()].rpartition("\n")[2]
        if "#" not in before:
            yield call[1]
