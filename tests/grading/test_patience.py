"""A slow machine is no endless loop, and a sleeping program is no slow machine."""

from __future__ import annotations

import time

import pytest

from workbench.grading.channel import Broken, Endless
from workbench.grading.limits import Limits
from workbench.grading.patience import IDLE, LONGER, Patience
from workbench.grading.watching import Used

LIMITS = Limits(memory=1000, processes=4)


def patience(until: float = 100) -> Patience:
    """Be patient with a call that may take two seconds; two processes are usual, a third answers."""
    return Patience(LIMITS, 2.0, time.monotonic() + until, 2)


def test_who_has_had_its_seconds_is_waited_for_no_more() -> None:
    waiting = patience()
    waiting.look(Used(3, 10, 7.0, True), 0.1)
    waiting.look(Used(3, 10, 8.9, True), 1.9)
    with pytest.raises(Endless, match=r"^$"):
        waiting.look(Used(3, 10, 9.1, True), 2.1)


def test_who_gets_few_of_its_seconds_is_waited_for_longer_but_not_for_ever() -> None:
    waiting = patience()
    waiting.look(Used(3, 10, 0.0, True), 0.1)
    waiting.look(Used(3, 10, 0.5, True), 2.0 * LONGER - 0.1)
    with pytest.raises(Endless):
        waiting.look(Used(3, 10, 0.6, True), 2.0 * LONGER)


def test_who_sleeps_is_not_waited_for_longer() -> None:
    waiting = patience()
    for _ in range(IDLE - 1):
        waiting.look(Used(3, 10, 0.0, False), 2.5)
    waiting.look(Used(3, 10, 0.0, True), 2.5)  # it only waited for the disk
    for _ in range(IDLE - 1):
        waiting.look(Used(3, 10, 0.0, False), 2.5)
    with pytest.raises(Endless):
        waiting.look(Used(3, 10, 0.0, False), 2.5)


def test_the_time_of_all_answers_ends() -> None:
    with pytest.raises(Endless, match="it had started 1 processes"):
        patience(until=-1).look(Used(4, 10, 0.0, True), 0.1)


@pytest.mark.parametrize(
    ("used", "said"),
    [(Used(7, 10, 0, True), "more than 4 processes"), (Used(3, 1001, 0, True), "memory limit: it took more")],
)
def test_who_uses_too_much_is_stopped_at_once(used: Used, said: str) -> None:
    with pytest.raises(Broken, match=said):
        patience().look(used, 0.1)
