"""The index and the glossary: written from the lessons, complete, and in step with them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import nbformat
import pytest

from workbench import course_index
from workbench.teaching import EXERCISES

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
ANEW = "run: python -m workbench.course_index"


def lesson(folder: Path, name: str, first: str) -> None:
    (folder / "lessons").mkdir(exist_ok=True)
    cells = [nbformat.v4.new_markdown_cell(first)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "lessons" / f"{name}.ipynb")


@pytest.mark.parametrize(
    ("name", "cells"),
    [("index", course_index.index_cells), ("glossary", course_index.glossary_cells)],
)
def test_the_committed_page_is_what_the_lessons_say(name, cells):
    written = (NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8")
    assert written == course_index.notebook(cells(NOTEBOOKS)), ANEW


def test_every_lesson_and_dashboard_is_on_the_page_once():
    page = "\n".join(source for _, source in course_index.index_cells(NOTEBOOKS))
    found = re.findall(r"^\| \[[^\]]+\]\(([^)]+)\)", page, flags=re.M)
    there = [*NOTEBOOKS.glob("lessons/*.ipynb"), *NOTEBOOKS.glob("dashboards/*.ipynb")]
    assert sorted(found) == sorted(path.relative_to(NOTEBOOKS).as_posix() for path in there)


def test_a_lesson_is_read_from_its_first_cell():
    one = next(it for it in course_index.lessons(NOTEBOOKS) if it.number == "05")
    assert (one.topic, one.title, one.minutes) == ("Watershed", "How do you count what touches?", 45)
    assert one.before == ("01_thresholding.ipynb", "03_regions.ipynb")
    assert next(it for it in course_index.lessons(NOTEBOOKS) if it.number == "35").topic == "Mask R-CNN"


def test_what_comes_before_a_lesson_is_a_lesson_with_a_lower_number():
    for one in course_index.lessons(NOTEBOOKS):
        assert all(name < Path(one.path).name for name in one.before), one.path


def test_the_exercises_of_the_page_are_those_there_are():
    page = "\n".join(source for _, source in course_index.index_cells(NOTEBOOKS))
    counts = re.findall(r"^\| \[\d\d .* (\d+) \|$", page, flags=re.M)
    assert sum(map(int, counts)) == len(EXERCISES)


def test_writing_makes_notebooks_that_are_valid(tmp_path):
    lesson(tmp_path, "01_iou", "# How much?\n\n*20 minutes. No lesson before it.*")
    lesson(
        tmp_path, "20_big_ap", "# How many?\n\n*100 minutes. Before it:\n[lesson 01](01_iou.ipynb).*\n\nMore."
    )
    (tmp_path / "dashboards").mkdir()
    for path in course_index.write(tmp_path):
        nbformat.validate(nbformat.read(path, as_version=4))
    page = "".join(cell.source for cell in nbformat.read(tmp_path / "index.ipynb", as_version=4).cells)
    assert "2 lessons, about 2 hours" in page
    assert "| [01 IoU](lessons/01_iou.ipynb) | How much? | 20 | – |" in page
    assert "| [20 Big AP](lessons/20_big_ap.ipynb) | How many? | 100 | [01](lessons/01_iou.ipynb) |" in page
    assert "### Networks" not in page  # a part without lessons is left out


def test_a_lesson_without_minutes_is_refused(tmp_path):
    lesson(tmp_path, "01_bare", "# How much?\n\nNo word of time.")
    with pytest.raises(ValueError, match=r"01_bare\.ipynb: its first cell must be a title and"):
        course_index.lessons(tmp_path)
    assert course_index.readable(tmp_path) == []
    (tmp_path / "lessons" / "01_bare.ipynb").write_text("{")
    assert course_index.readable(tmp_path) == []


def test_the_glossary_answers_a_word_and_says_where_it_has_none():
    said = course_index.explained("premultiplied").data
    assert "64_portrait_and_photo_editing.ipynb" in said
    assert course_index.explained("xyzzy").data == "No word of the glossary has *xyzzy* in it."


def test_the_page_is_plain_json_with_a_newline_at_its_end():
    text = course_index.notebook(
        [("markdown", "# é\n\nx"), ("parameters", "a: int = 1  # one"), ("code", "a")]
    )
    cells = json.loads(text)["cells"]
    assert text.endswith("}\n")
    assert "é" in text
    assert [cell["id"] for cell in cells] == ["cell-00", "cell-01", "cell-02"]
    assert [cell["metadata"] for cell in cells] == [{}, {"tags": ["parameters"]}, {}]
