"""Calling what a student wrote, and comparing what came."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.teaching.calling import call, is_stub, same, shown


def test_whatever_it_raises_becomes_an_outcome() -> None:
    def leave():
        raise SystemExit(3)

    assert call(leave, (), 5).message.startswith("SystemExit: 3")
    assert call(lambda: 1 / 0, (), 5).message.startswith("ZeroDivisionError: division by zero (line ")


def test_a_long_message_stays_one_short_sentence() -> None:
    def shout():
        raise ValueError("no\n" * 1000)

    message = call(shout, (), 5).message
    assert "\n" not in message
    assert len(message) < 260


@pytest.mark.parametrize(("function", "stub"), [(lambda x: None, True), (lambda x: x, False), (len, False)])
def test_stubs_are_known_by_their_body(function, stub: bool) -> None:
    assert is_stub(function) is stub


@pytest.mark.parametrize(
    ("expected", "got", "equal"),
    [
        (np.array([True]), np.array([True]), True),
        (np.array([True]), np.array([1]), False),
        (np.array([True]), np.array([[True]]), False),
        (3, np.int64(3), True),
        (3, 3.0, True),
        (0.5, 0.5 + 1e-12, True),
        (float("nan"), float("nan"), True),
        (float("nan"), 0.0, False),
        (1, None, False),
        (1, "1", False),
        (1, object(), False),
    ],
)
def test_same(expected, got, equal: bool) -> None:
    assert same(expected, got) is equal


def test_values_are_written_as_a_student_would() -> None:
    assert shown(np.array([[1, 2], [3, 4]])) == "[[1, 2],\n [3, 4]]"
    assert shown(np.zeros((30, 40))) == "an array of shape (30, 40) and type float64"
    assert shown(np.float64(1 / 3)) == "0.333333"
    assert shown("x" * 500).endswith("...")
