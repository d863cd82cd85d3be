"""The odd ones of the class: what is said of them can be, and two that copied are alike but for the names."""

from __future__ import annotations

import ast

import pytest

from workbench.grading.sample.class_of_100 import SHARES, STUDENTS
from workbench.grading.sample.odd_ones import (
    BROKEN,
    FIRST_COPY,
    ODD,
    RENAMED_ANSWER,
    ROLES,
    SCRATCH,
    SECOND_COPY,
)
from workbench.grading.sample.student_files import HANDED
from workbench.teaching import check


class Nameless(ast.NodeTransformer):
    """Call everything the same."""

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name("x", node.ctx)


def shape(code: str) -> str:
    return ast.dump(Nameless().visit(ast.parse(code)))


def made(code: str, name: str) -> object:
    space: dict[str, object] = {"np": __import__("numpy")}
    exec(code, space)
    return space[name]


def test_every_role_is_known_and_most_students_have_none() -> None:
    assert set(HANDED) <= set(ROLES)
    assert {role for role in ROLES if role not in ODD} <= {*HANDED, "namesake"}
    assert ROLES.count("namesake") == 2
    assert 30 < len(ROLES) < STUDENTS / 2


@pytest.mark.parametrize("role", ODD)
def test_answers_kinds_and_reports_speak_of_the_same_exercises(role: str) -> None:
    odd = ODD[role]
    assert set(odd.answers) == set(odd.likes)
    assert all(kind in {*SHARES[id], "it stops", "it never ends"} for id, kind in odd.likes.items())
    assert set(odd.reported) | set(odd.picks) <= set(odd.answers)
    assert odd.graded or odd.problem


def test_two_that_copied_differ_in_names_and_comments_only() -> None:
    for id in FIRST_COPY:
        assert FIRST_COPY[id] != SECOND_COPY[id]
        assert shape(FIRST_COPY[id]) == shape(SECOND_COPY[id])
    for copy in (FIRST_COPY, SECOND_COPY):
        assert check("00.1", made(copy["00.1"], "pixel_share"), seed=1).right
        assert check("00.2", made(copy["00.2"], "iou"), seed=1).mistake == "empty is 1"


def test_what_is_broken_is_no_python_and_what_is_renamed_is_right() -> None:
    for code in (BROKEN, SCRATCH):
        with pytest.raises(SyntaxError):
            ast.parse(code)
    assert check("00.1", made(RENAMED_ANSWER, "share_of_pixels"), seed=1).right
