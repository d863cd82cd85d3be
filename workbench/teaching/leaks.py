"""Looking through what is released for what should have stayed: solutions, hidden tests, outputs, answers."""

from __future__ import annotations

import ast
import base64
import contextlib
import io
import json
import re
import textwrap
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from nbformat import NotebookNode

from workbench.teaching.course import Assignment
from workbench.teaching.edition import NBGRADER, NOTEBOOK, STUB, TEXT, is_solution, parsed, read
from workbench.teaching.exercises import EXERCISES

SHORTEST = 6  # characters of a secret in plain form; a shorter one may be anywhere
LONGEST = 60  # characters of a line that a refusal shows
DEPTH = 4  # how often what is packed may be packed again
MOST = 2**26  # bytes of a packed member that are looked through
REGION = re.compile(
    r"begin\s+(solution|hidden\s+tests|mark\s+scheme)[^\n]*\n(.*?)(?:[^\n]*end\s+\1|\Z)", re.I | re.S
)
LOOSE = re.compile(r" (?=[^\w ])|(?<=[^\w ]) ")  # a space that only parts what is apart anyway
LABEL = re.compile(r"[\w.-]{6,64}")
PACKED = re.compile(r"[A-Za-z0-9+/_-]{12,}(?:\r?\n[A-Za-z0-9+/_-]{4,})*")  # base64, in lines or not


def leaks(folder: Path, lessons: Sequence[Assignment]) -> list[str]:
    """Say what of the lessons' solutions a folder holds, a sentence each.

    Looked for are the lines, statements and values of solutions and hidden tests, but for those that stand
    elsewhere in the lesson too, and answers to exercises that ask for data. Looked through is every byte of
    every file, JSON, base64 and packed files opened. A notebook must hold no output and no other metadata.
    """
    sources = {lesson.name: secret(read(lesson.path)) for lesson in lessons}
    asked = [EXERCISES[id] for one in lessons for id in one.exercises]
    answers = {e.id: plain(f"{e.answer_name} = {e.solution!r}") for e in asked if not callable(e.solution)}
    found: list[str] = []
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        where, data = file.relative_to(folder).as_posix(), file.read_bytes()
        texts = [*where.split("/"), *_texts(data)]
        whole, labels = plain("\0".join(texts)), _labels(texts)
        _, known = sources.get(file.stem, ({}, ""))  # what a lesson says itself, another may keep secret
        found += [
            f"{where} holds what {name} keeps secret: {line[:LONGEST]!r}"
            for name, (hidden, _) in sources.items()
            for part, line in hidden.items()
            if (holds(whole, part) and not holds(known, part)) or _is_label(part, labels)
        ]
        found += [f"{where} holds the answer to {id}" for id, part in answers.items() if holds(whole, part)]
        found += [f"{where} {said}" for said in _besides(data, file.suffix)]
    return list(dict.fromkeys(found))


def secret(notebook: NotebookNode) -> tuple[dict[str, str], str]:
    r"""Give what a notebook keeps from students, in plain form with its line, and the plain form of the rest.

    Secret are the lines, statements, values and long texts of what `student` takes out, but for those that
    stand elsewhere in the notebook too. This does not go by how `student` reads: what that overlooks would
    be overlooked here too.

    >>> from nbformat.v4 import new_code_cell, new_notebook
    >>> code = "reason = None\n### BEGIN SOLUTION\nreason = 'b'\n### END SOLUTION"
    >>> secret(new_notebook(cells=[new_code_cell(code)]))[0]
    {'reason="b"': "reason = 'b'"}
    """
    found: dict[str, str] = {}
    public = [*STUB, *TEXT]
    for cell in notebook.cells:
        hidden = [match[2] for match in REGION.finditer(cell.source)]
        rest = REGION.sub("\n", cell.source)
        whole = not hidden and is_solution(cell.metadata.get("nbgrader"))
        if whole or "solution" in cell.metadata.get("tags", []):
            hidden, rest = [cell.source], ""
        found.update({plain(line): line for part in hidden for line in _lines(part)})
        public += [rest, unparsed(rest)]
    known = plain("\0".join(public))
    return {one: line for one, line in found.items() if _tells(one) and not holds(known, one)}, known


def plain(text: str) -> str:
    r"""Write a text without what may change in a copy: spaces, but between two words, and kinds of quotes.

    >>> plain("return  grey >\n  'level'")
    'return grey>"level"'
    """
    return LOOSE.sub("", re.sub(r"\s+", " ", text.replace("'", '"'))).strip()


def holds(text: str, part: str) -> bool:
    """Say whether a plain text holds another, and not only within longer words.

    >>> holds("x=count", "count"), holds("x=counted", "count")
    (True, False)
    """
    start = text.find(part)
    while start >= 0:
        ends = (text[max(0, start - 1) : start] + part[0], part[-1] + text[start + len(part) :][:1])
        if not any(re.fullmatch(r"\w\w", pair) for pair in ends):
            return True
        start = text.find(part, start + 1)
    return False


def unparsed(code: str) -> str:
    """Give code in Python's own spelling; empty where it is none."""
    tree = parsed(code)
    return "" if tree is None else ast.unparse(tree)


def _lines(code: str) -> Iterator[str]:
    """Give the lines of a solution, its statements, what these assign or give back, and its long texts."""
    yield from (line.strip() for line in code.split("\n"))
    for node in ast.walk(parsed(textwrap.dedent(code)) or ast.Module([], [])):
        if isinstance(node, ast.stmt):
            yield from (ast.unparse(node), ast.unparse(node).partition("\n")[0])
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.Return) and node.value is not None:
            yield ast.unparse(node.value)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) > 2 * SHORTEST:
            yield node.value


def _tells(part: str) -> bool:
    return len(part) >= SHORTEST and re.search(r"\W", part) is not None


def _labels(texts: Sequence[str]) -> str:
    """Give the texts that may be names or ids, letters and digits alone."""
    return "\n".join({_squeezed(text) for text in texts if LABEL.fullmatch(text)})


def _is_label(part: str, labels: str) -> bool:
    small = _squeezed(part)
    return len(small) >= SHORTEST and small in labels


def _squeezed(text: str) -> str:
    return re.sub(r"[\W_]", "", text).lower()


def _texts(data: bytes) -> Iterator[str]:
    """Give all texts that bytes hold, and the same in Python's own spelling where they are code."""
    todo, seen = [(data, DEPTH)], set()
    while todo:
        data, depth = todo.pop()
        if len(data) < SHORTEST or data in seen:
            continue
        seen.add(data)
        text = data.decode("utf-8", "replace")
        yield from (text, unparsed(text))
        if b"\0" in data:
            yield data.replace(b"\0", b"").decode("utf-8", "replace")  # UTF-16 and UTF-32
        if depth:
            todo += [(part, depth - 1) for part in (*_json(text), *_base64(text), *_opened(data))]


def _json(text: str) -> Iterator[bytes]:
    try:
        todo = [json.loads(text)]
    except (ValueError, RecursionError):
        return
    while todo:
        one = todo.pop()
        if isinstance(one, str):
            yield one.encode("utf-8", "replace")
        elif isinstance(one, list):
            todo += [*one, "".join(one) if all(isinstance(part, str) for part in one) else None]
        elif isinstance(one, dict):
            todo += [
                *one,
                *one.values(),
                *(f"{k} = {v!r}" for k, v in one.items() if not isinstance(v, list)),
            ]


def _base64(text: str) -> Iterator[bytes]:
    for found in PACKED.finditer(text):
        run = re.sub(r"\s", "", found[0]).replace("-", "+").replace("_", "/")
        for start in range(4):  # a letter before it that is none of it
            part = run[start:]
            yield base64.b64decode(part[: len(part) - (len(part) % 4 == 1)] + "==")


def _opened(data: bytes) -> Iterator[bytes]:
    opener = zlib.decompressobj(47)  # zlib and gzip alike
    with contextlib.suppress(zlib.error):
        yield opener.decompress(data, MOST)
    broken = (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, zlib.error)
    with contextlib.suppress(*broken), zipfile.ZipFile(io.BytesIO(data)) as whole:
        for name in whole.namelist():
            yield name.encode()
            yield whole.open(name).read(MOST)


def _besides(data: bytes, suffix: str) -> Iterator[str]:
    """Say what a released notebook holds that none should, whatever it says."""
    if suffix != ".ipynb":
        return
    try:
        notebook = json.loads(data)
        for number, cell in enumerate(notebook["cells"], 1):
            graded = cell["metadata"].get("nbgrader", {})
            if not (set(cell["metadata"]) <= {"tags", "nbgrader"} and set(graded) <= set(NBGRADER)):
                yield f"has metadata in cell {number} besides tags"
            if cell.get("outputs") or cell.get("execution_count") is not None:
                yield f"has an output in cell {number}"
        if not set(notebook["metadata"]) <= set(NOTEBOOK):
            yield f"has metadata besides {', '.join(NOTEBOOK)}"
    except (ValueError, KeyError, TypeError, AttributeError):
        yield "is no notebook"
