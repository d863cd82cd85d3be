"""What a check says of answers that go wrong in ways nobody named."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from workbench.teaching import check


def test_an_unknown_exercise_names_the_near_one() -> None:
    with pytest.raises(KeyError, match=r"no exercise '01\.11', did you mean '01\.1'"):
        check("01.11", None)


def test_an_error_is_told_in_one_sentence_with_its_line() -> None:
    def threshold(grey, level):
        return grey / nothing  # noqa: F821

    verdict = check("01.1", threshold)
    assert verdict.state == "not yet"
    assert "NameError: name 'nothing' is not defined" in verdict.got
    assert "(line " in verdict.got
    assert "Traceback" not in str(verdict)


def test_a_wrong_number_of_parameters_is_told() -> None:
    assert "takes 1 positional argument" in check("01.1", lambda grey: grey).got


def test_an_endless_loop_ends_and_leaves_no_thread() -> None:
    def threshold(grey, level):
        while True:
            pass

    before, start = threading.active_count(), time.monotonic()
    verdict = check("01.1", threshold)
    assert time.monotonic() - start < 30
    assert verdict.got.startswith("nothing within")
    assert "Even the smallest input never ends" in verdict.hint
    time.sleep(0.2)
    assert threading.active_count() <= before


def test_a_loop_that_ends_on_small_inputs_is_told_apart() -> None:
    def threshold(grey, level):
        while grey.size > 100:
            pass
        return grey > level

    assert check("01.1", threshold).hint.startswith("Smaller inputs worked")


def test_something_that_is_no_function_is_told() -> None:
    verdict = check("01.1", 128)
    assert verdict.expected == "a function threshold(grey, level)"
    assert verdict.got == "128"


def test_an_answer_cannot_change_its_inputs_for_the_judge() -> None:
    def threshold(grey, level):
        mask = grey > level
        grey[:] = 0
        return mask

    assert check("01.1", threshold).right


@pytest.mark.parametrize("strange", [None, "a mask", object(), [[1], [2, 3]], np.zeros((9, 9), bool), np.nan])
def test_strange_results_are_not_right(strange: object) -> None:
    assert check("01.1", lambda grey, level: strange).state == "not yet"


def test_a_mistake_without_a_name_gets_the_general_hint() -> None:
    assert check("01.1", lambda grey, level: grey > 1000).hint.startswith("Comparing an array with a number")


def test_the_smallest_input_that_shows_it_is_given() -> None:
    verdict = check("01.1", lambda grey, level: grey >= level, seed=4)
    assert verdict.given.startswith("grey = [[")
    assert "level = " in verdict.given
    assert verdict.expected == "[[False, False, True]]"
    assert verdict.got == "[[False, True, True]]"


def test_another_way_to_the_same_answer_is_right() -> None:
    assert check(
        "00.2", lambda t, g: float(np.logical_and(t, g).sum()) / max(1, (t | g).sum()) or _nan(t, g)
    ).right


def test_a_setting_with_a_bad_value_names_the_rule() -> None:
    assert check("01.3", {"sigma": 99}).hint == "otsu: sigma must be in [0, 10], got 99"
    assert "has no parameter 'blur'" in check("01.3", {"blur": 2}).hint
    assert check("01.3", 2.0).expected == "a dictionary such as {'sigma': ..., 'objects': ...}"


def test_a_letter_may_be_written_large_and_must_be_one_of_them() -> None:
    assert check("01.4", " B ").right
    assert check("01.4", "z").expected == "one of a, b, c, d"
    assert check("01.4", 2).state == "not yet"


def _nan(truth, guess) -> float:
    return 0.0 if (truth | guess).any() else float("nan")
