"""Every committed notebook keeps to the guide: order, parameters, cells, tags, outputs, numberless words."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

HERE = Path(__file__).parents[2] / "notebooks"
# Jupyter leaves copies in hidden folders of its own.
NOTEBOOKS = sorted(path for path in HERE.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)
LESSONS = sorted((HERE / "lessons").glob("*.ipynb"))
TAGS = {"parameters", "exercise", "check", "solution", "slow", "raises-exception"}
SECTIONS = ["Look", "Predict", "Try", "Build", "Compare", "Break it", "Exercises", "Summary"]
MOST_LINES = 12  # of code in a cell; the lines of a parameters cell and of a docstring count too
MOST_BODY = 15  # lines of a function that a lesson defines outside of an exercise

every = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
each_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def code_cells(path: Path) -> list[Any]:
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def prose(path: Path) -> str:
    return "\n\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")


def tags(cell: Any) -> list[str]:
    return cell.metadata.get("tags", [])


def test_there_are_notebooks_to_look_at() -> None:
    assert len(LESSONS) >= 2
    assert len(NOTEBOOKS) > len(LESSONS)


@every
def test_it_is_valid_and_holds_no_outputs(path: Path) -> None:
    notebook = read(path)
    nbformat.validate(notebook)
    assert set(notebook.metadata) <= {"kernelspec", "language_info", "title"}
    assert notebook.metadata.kernelspec.name == "python3"
    for cell in notebook.cells:
        assert set(cell.metadata) <= {"tags", "jupyter"}
        assert set(tags(cell)) <= TAGS
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None


@every
def test_its_cell_ids_are_in_order_so_that_diffs_stay_small(path: Path) -> None:
    assert [cell.id for cell in read(path).cells] == [f"cell-{n:02d}" for n in range(len(read(path).cells))]


@every
def test_its_one_parameters_cell_holds_literals_with_a_word_on_each(path: Path) -> None:
    found = [cell for cell in code_cells(path) if "parameters" in tags(cell)]
    assert len(found) == 1
    for line in found[0].source.splitlines():
        assert "  # " in line, f"no comment behind: {line}"
    for statement in ast.parse(found[0].source).body:
        assert isinstance(statement, ast.AnnAssign)
        ast.literal_eval(statement.value)


@every
def test_its_code_cells_are_short(path: Path) -> None:
    for cell in code_cells(path):
        lines = [
            line for line in cell.source.splitlines() if line.strip() and not line.strip().startswith("#")
        ]
        assert len(lines) <= MOST_LINES, f"{cell.id} has {len(lines)} lines of code"
        ast.parse(cell.source)


@every
def test_its_pictures_have_a_text_alternative_and_its_links_resolve(path: Path) -> None:
    text = prose(path)
    assert not re.search(r"!\[\s*\]\(|<img(?![^>]*alt=\"[^\"]+\")", text)
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (path.parent / target).exists(), f"{target} is not there"


@each_lesson
def test_a_lesson_has_the_sections_of_the_guide_in_order(path: Path) -> None:
    first, *_ = read(path).cells
    assert re.match(r"# .+\?\n\n\*\d+ minutes\. ", first.source), "title as a question, time, prerequisite"
    assert re.findall(r"^## (.+)$", prose(path), flags=re.M) == SECTIONS


@each_lesson
def test_a_lesson_begins_with_its_parameters_and_its_only_imports(path: Path) -> None:
    parameters, imports, *rest = code_cells(path)
    assert tags(parameters) == ["parameters"]
    assert all(isinstance(s, ast.Import | ast.ImportFrom) for s in ast.parse(imports.source).body)
    for cell in rest:
        assert not any(
            isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(ast.parse(cell.source))
        )


@each_lesson
def test_a_lesson_defines_no_long_function_outside_of_exercises(path: Path) -> None:
    for cell in code_cells(path):
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.FunctionDef) and "exercise" not in tags(cell):
                assert node.end_lineno - node.lineno < MOST_BODY, f"{node.name} belongs in the package"


@each_lesson
def test_its_words_hold_no_number_that_a_cell_computes(path: Path) -> None:
    # A measured number has a decimal point, a percent sign or a unit of time; printing one is a cell's work.
    measured = re.findall(
        r"\b\d+\.\d+\b(?!\])|\b\d+(?:\.\d+)? ?%|\b\d+ ?ms\b", without_links_and_ids(prose(path))
    )
    assert measured == []


@each_lesson
def test_it_asks_two_to_four_exercises_each_answered_then_checked(path: Path) -> None:
    from workbench.teaching import EXERCISES

    marked = [cell for cell in code_cells(path) if {"exercise", "check"} & set(tags(cell))]
    answers, checks = marked[::2], marked[1::2]
    assert 2 <= len(answers) == len(checks) <= 4
    for answer, check in zip(answers, checks, strict=True):
        assert tags(answer) == ["exercise"]
        assert tags(check) == ["check"]
        assert answer.source.count("### BEGIN SOLUTION") == answer.source.count("### END SOLUTION") == 1
        asked = re.fullmatch(r'check\("(\d\d\.\d)", (\w+)\)', check.source)
        assert asked is not None
        assert asked[1] in EXERCISES
        assert re.search(rf"^(def {asked[2]}\(|{asked[2]} = )", answer.source, flags=re.M)
    numbers = [re.search(r'"(.+?)"', check.source)[1] for check in checks]
    assert numbers == [id for id in EXERCISES if id.startswith(path.stem[:2] + ".")], "as declared, in order"


@each_lesson
def test_it_ends_in_three_lines_and_what_comes_next(path: Path) -> None:
    last = read(path).cells[-1].source
    assert len(re.findall(r"^- ", last, flags=re.M)) == 3
    assert "\n\nNext: " in last


def without_links_and_ids(text: str) -> str:
    text = re.sub(r"\]\([^)]*\)", "]", text)
    return re.sub(r"\*\*\d\d\.\d\*\*", "", text)
