"""Every word of the glossary is set in bold by the lesson that it names, and is there once."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from workbench.teaching.glossary import find, terms

LESSONS = {path.stem[:2]: path for path in (Path(__file__).parents[2] / "notebooks/lessons").glob("*.ipynb")}


def test_there_are_terms_each_once_with_a_short_meaning():
    names = [term.name.lower() for term in terms()]
    assert len(names) >= 100
    assert len(set(names)) == len(names)
    assert all(term.meaning.endswith(".") and len(term.meaning) < 110 for term in terms())


@pytest.mark.parametrize("number", sorted({term.lesson for term in terms()}))
def test_the_lesson_sets_the_word_in_bold(number):
    cells = nbformat.read(LESSONS[number], as_version=4).cells
    prose = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    bold = {" ".join(word.split()).lower() for word in re.findall(r"\*\*(.+?)\*\*", prose, flags=re.DOTALL)}
    missing = [term.name for term in terms() if term.lesson == number and term.name.lower() not in bold]
    assert missing == []


def test_finding_looks_at_names_and_meanings_whatever_the_case():
    assert "IoU" in [term.name for term in find("iou")]
    assert "level sets" in [term.name for term in find("ZERO LINE")]
    assert find("xyzzy") == []
