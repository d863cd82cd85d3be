"""From a notebook, exactly what an answer needs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workbench.grading.slicing import chosen, is_stub, needed, read

LESSONS = sorted((Path(__file__).parents[2] / "notebooks/lessons").glob("*.ipynb"))


def lines(cells: list[str], name: str) -> list[str]:
    return needed(cells, name).splitlines()


def test_the_last_definition_wins_and_what_it_does_not_use_stays_away() -> None:
    cells = ["import os\nimport sys", "def f():\n    return os", "def f():\n    return sys", "f()", "g = f()"]
    assert lines(cells, "f") == ["import sys", "def f():", "    return sys"]


def test_a_helper_is_the_one_that_the_call_would_meet() -> None:
    cells = ["def g():\n    return 1", "def f():\n    return g()", "def g():\n    return 2", "now = f()"]
    assert lines(cells, "f") == ["def f():", "    return g()", "def g():", "    return 2"]
    # The call that ran before the helper was defined anew met the older one.
    assert lines(["def g():\n    return 1", "now = g()", "def g():\n    return 2"], "now") == [
        "def g():",
        "    return 1",
        "now = g()",
    ]


def test_a_variable_is_taken_with_what_changes_it() -> None:
    cells = ["rows = [1]", "rows.append(2)", "rows[0] = 3", "rows += [4]", "print(rows)", "other = []"]
    assert lines(cells, "rows") == ["rows = [1]", "rows.append(2)", "rows[0] = 3", "rows += [4]"]
    assert lines(["rows = [1]", "rows.append(2)", "rows = [9]"], "rows") == ["rows = [9]"]


def test_a_name_inside_a_function_is_not_the_one_outside() -> None:
    assert lines(["x = slow()", "def f(x):\n    y = x\n    return [x for x in y]"], "f")[0] == "def f(x):"


def test_defaults_decorators_classes_and_comprehensions_are_followed() -> None:
    cells = [
        "a, b, c, d, e = 1, 2, 3, 4, 5",
        "def mark(f):\n    return f",
        "class Base:\n    size = [b for _ in range(2)]",
        "class Mine(Base):\n    def go(self):\n        return helper()",
        "def helper():\n    return lambda: c",
        "@mark\ndef f(n=a):\n    return Mine()",
    ]
    found = needed(cells, "f")
    assert all(
        part in found for part in ("a, b, c", "def mark", "class Base", "class Mine", "def helper", "@mark")
    )


def test_what_may_or_may_not_bind_a_name_is_taken_with_what_is_before_it() -> None:
    cells = ["level = 1", "if True:\n    level = 2", "def f():\n    return level"]
    assert lines(cells, "f") == ["level = 1", "if True:", "    level = 2", "def f():", "    return level"]
    tried = "try:\n    import nothing\nexcept ImportError:\n    nothing = None"
    assert lines([tried, "def f():\n    return nothing"], "f")[:4] == tried.splitlines()


def test_a_star_is_taken_only_where_a_name_comes_from_nowhere_else() -> None:
    cells = ["from math import *", "def f():\n    return sqrt(2)", "def g():\n    return len([])"]
    assert lines(cells, "f")[0] == "from math import *"
    assert lines(cells, "g")[0] == "def g():"


def test_a_call_in_a_module_needs_not_half_of_the_notebook() -> None:
    cells = ["import numpy as np", "big = slow()", "np.save('a', big)", "def f():\n    return np"]
    assert lines(cells, "f") == ["import numpy as np", "def f():", "    return np"]


@pytest.mark.parametrize(
    "cell",
    [
        "%matplotlib inline\nx = 1",
        "!pip install nothing\nx = 1",
        "%%time\nx = 1",
        "x = 1\nx?",
        "if True:\n    %load_ext thing\nx = 1",
        "names = !ls\nx = 1",
    ],
)
def test_what_only_ipython_understands_is_passed_over(cell: str) -> None:
    assert lines([cell], "x") == ["x = 1"]


def test_a_percent_sign_of_python_is_left_alone() -> None:
    assert lines(["x = (7\n  % 4)"], "x") == ["x = 7 % 4"]


def test_a_cell_that_is_no_python_spoils_no_other() -> None:
    statements, broken = read(["%%bash\nls -l", "def f(:\n    pass", "x = 1", "y = '\0'"])
    assert [statement.cell for statement in statements] == [2]
    assert sorted(broken) == [1, 3]


@pytest.mark.parametrize(
    "cell",
    [
        'def f(x):\n    """Say."""',
        "def f(x):\n    ...",
        "def f(x):\n    pass",
        'def f(x):\n    """Say."""\n    raise NotImplementedError("your turn")',
        "def f(x):\n    return None",
        "f = None",
        "f = ...",
        "f: int",
        "g = 1",
    ],
)
def test_an_answer_that_nobody_has_given_is_a_stub(cell: str) -> None:
    assert is_stub(read([cell])[0], "f")


@pytest.mark.parametrize(
    "cell", ["def f(x):\n    return 0", "f = 0", "f = False", "f = g", "class f:\n    pass"]
)
def test_an_answer_is_no_stub(cell: str) -> None:
    assert not is_stub(read([cell])[0], "f")


def test_of_every_lesson_an_answer_needs_only_a_part() -> None:
    assert LESSONS
    for path in LESSONS:
        cells = [c for c in json.loads(path.read_text(encoding="utf-8"))["cells"] if c["cell_type"] == "code"]
        statements, broken = read(["".join(cell["source"]) for cell in cells])
        assert not broken
        for number, cell in enumerate(cells):
            if "exercise" in cell["metadata"].get("tags", []):
                last = [s for s in statements if s.cell == number][-1]
                (name,) = last.binds
                assert last in chosen(statements, name)
                assert len(chosen(statements, name)) < len(statements) / 2, (path.stem, name)
