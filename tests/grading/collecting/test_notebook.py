"""Whatever is called a notebook is opened, or refused in one sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.grading.collecting.notebook import MOST_BRACKETS, opened

LESSONS = sorted((Path(__file__).parents[3] / "notebooks/lessons").glob("*.ipynb"))


def code(source: Any) -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None}


def written(*cells: Any, **more: Any) -> bytes:
    held = {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(held | more).encode()


@pytest.mark.parametrize("path", LESSONS[:3], ids=lambda path: path.stem)
def test_a_lesson_asks_its_exercises_in_order(path: Path) -> None:
    found = opened(path.read_bytes())
    read = nbformat.read(path, 4)
    assert list(found.cells) == [cell.source for cell in read.cells if cell.cell_type == "code"]
    assert found.asked
    assert found.asked == tuple(f"{path.stem[:2]}.{number}" for number in range(1, len(found.asked) + 1))


def test_sources_are_lines_or_text_and_other_cells_are_left_out() -> None:
    markdown = {"cell_type": "markdown", "source": 'check("09.9", f)'}
    text = written(code(["a = 1\n", "b = 2"]), markdown, {"cell_type": "code"}, code("c"), {})
    assert opened(text).cells == ("a = 1\nb = 2", "", "c")
    assert opened(text).asked == ()


@pytest.mark.parametrize(
    ("source", "asked"),
    [
        ('check("01.1", f)\ncheck("01.2", g)\ncheck("01.1", h)', ("01.1", "01.2")),
        ('teaching.check(id="01.3", answer=f)', ("01.3",)),
        ('verdict = show(check("01.1", f),\n  check(\n    "01.2", g))', ("01.1", "01.2")),
        ('# check("01.1", f)\n"""check("01.2", f)"""\nrecheck("01.3", f)', ()),
        ("check(1, f)\ncheck()\ncheck(name, f)\ncheck(*a)\ncheck('a b', f)\nchecks['01.1']", ()),
        (
            '%time check("01.1", f)\n# check("01.2", f)\nx = 1; check( id = \'01.3\', answer=f)',
            ("01.1", "01.3"),
        ),
        ('def f(:\ncheck("01.1", f)', ("01.1",)),
        ('pattern = "\\d"\ncheck("01.1", f)', ("01.1",)),
        ('check("01.1", f)\0', ("01.1",)),
        ('check("01.1", f)\nx = ' + "(" * 5000, ("01.1",)),
        ('check("01.1", f)\nx = ' + "-" * 50_000 + "1", ("01.1",)),
        ("#" * 200_000 + '\ncheck("01.1", f)', ("01.1",)),
    ],
    ids=range(12),
)
def test_what_a_notebook_checks_is_found(source: str, asked: tuple[str, ...]) -> None:
    assert opened(written(code(source))).asked == asked


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_text_in_any_unicode_is_read(coding: str) -> None:
    held = json.dumps({"cells": [code("µ = 'ü'")], "nbformat": 4}, ensure_ascii=False)
    assert opened(held.encode(coding)).cells == ("µ = 'ü'",)


@pytest.mark.parametrize("format", [2, 3])
def test_an_old_notebook_is_upgraded(format: int) -> None:
    cell = {"cell_type": "code", "collapsed": False, "language": "python", "metadata": {}, "prompt_number": 1}
    cell |= {"input": ["x = 1\n", "check('01.1', x)"], "outputs": [{"output_type": "strange"}]}
    sheets = [
        {"cells": [cell, {"cell_type": "markdown", "source": ["Hello"], "metadata": {}}], "metadata": {}}
    ]
    held = {"metadata": {"name": ""}, "nbformat": format, "nbformat_minor": 0, "worksheets": sheets}
    found = opened(json.dumps(held).encode())
    assert found.asked == ("01.1",)
    assert found.cells[0].startswith("x = 1\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "is empty"),
        (b"\r\n\0 ", "is empty"),
        (b"\x89PNG\r\n\x1a\n", "is no text in UTF-8"),
        (b'{"cells": "\xe9"}', "is no text in UTF-8"),
        (b"<!DOCTYPE html><html>", r"is a web page \(HTML\)"),
        (b'{\n<<<<<<< HEAD\n"a": 1,\n=======\n"a": 2\n>>>>>>> b\n}', "unresolved merge conflict"),
        (b"%PDF", "it is no JSON, or cut short"),
        (written(code("x"))[:-20], "it is no JSON, or cut short"),
        (b'{"cells":' + b"[" * 100_000, "nested too deep"),
        (b"[" * (MOST_BRACKETS + 1), "more than can be read; clear its outputs"),
        (b"[1]", "is no notebook but other JSON"),
        (b"{}", "it has no cells"),
        (b'{"cells": {}}', "it has no cells"),
        (written(), "it has no cells"),
        (written(metadata={"kernelspec": {"language": "R"}}, cells=[code("x")]), "is written in R, not"),
        (
            written(metadata={"language_info": {"name": "julia"}}, cells=[code("x")]),
            "is written in julia, not",
        ),
        (written(code("x"), 1), "cell 2 is not made of text"),
        (written(code(["x", 1])), "cell 1 is not made of text"),
        (written(code({"a": 1})), "cell 1 is not made of text"),
        (written(code(None)), "cell 1 is not made of text"),
        (b'{"nbformat": 3, "worksheets": [{"cells": 1}]}', "of the old format 3 and cannot be upgraded"),
        (b'{"nbformat": 1}', "of the old format 1 and cannot be upgraded"),
        (b'{"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code"}]}]}', "of the old format 3"),
    ],
    ids=range(23),
)
def test_what_is_no_notebook_is_refused_with_what_it_is(text: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said) as caught:
        opened(text)
    assert "\n" not in str(caught.value)


def test_only_another_language_is_refused() -> None:
    for metadata in ({}, None, [], {"kernelspec": "x"}, {"kernelspec": {"language": "Python"}}):
        assert opened(written(code("x"), metadata=metadata)).cells == ("x",)
    both = {"kernelspec": {"language": "python"}, "language_info": {"name": "R"}}  # the kernel was changed
    assert opened(written(code("x"), metadata=both)).cells == ("x",)


def test_halves_of_letters_and_huge_numbers_do_no_harm() -> None:
    text = (
        b'{"cells": [{"cell_type": "code", "source": "x = \'\\ud800\'", "n": ' + b"9" * 10**6 + b', "f": 1e'
    )
    found = opened(text + b"9" * 10**6 + b"}]}")
    assert found.cells == ("x = '\ufffd'",)
    found.cells[0].encode()


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=60))
def test_bytes_are_opened_or_refused(data: bytes) -> None:
    _opened_or_refused(data)


leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
values = st.recursive(
    leaves | st.sampled_from(["code", "check('01.1', f)", [], {}]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["source", "name"]), inner),
    max_leaves=5,
)
cells = st.fixed_dictionaries(
    {"cell_type": st.just("code") | values},
    optional=dict.fromkeys(("source", "input", "metadata", "outputs"), values),
)
notebooks = st.fixed_dictionaries(
    {"nbformat": st.integers(1, 5) | values},
    optional={
        "cells": st.lists(cells | values, max_size=3) | values,
        "worksheets": st.lists(st.fixed_dictionaries({"cells": st.lists(cells, max_size=2)}), max_size=2)
        | values,
        "metadata": st.dictionaries(st.sampled_from(["kernelspec", "language_info"]), values) | values,
    },
)


@settings(deadline=None, max_examples=150)
@given(notebooks)
def test_strange_notebooks_are_opened_or_refused(held: dict[str, Any]) -> None:
    _opened_or_refused(json.dumps(held).encode())


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_damaged_notebooks_are_opened_or_refused(data: st.DataObject) -> None:
    text = bytearray(
        written(code(["check('01.1', f)\n", "1"]), metadata={"kernelspec": {"language": "python"}})
    )
    for _ in range(data.draw(st.integers(1, 4))):
        text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    _opened_or_refused(bytes(text))


def _opened_or_refused(data: bytes) -> None:
    try:
        found = opened(data)
    except ValueError:
        return
    "".join((*found.cells, *found.asked)).encode()
