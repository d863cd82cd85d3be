"""The class's attacks end in the sandbox as is said of them, and are worth what an honest answer would be."""

from __future__ import annotations

import dataclasses
import sqlite3
import time
from pathlib import Path

import pytest

from workbench.grading.judging import hidden, judged
from workbench.grading.sample.attackers import ATTACKS, Attack
from workbench.grading.sample.class_of_100 import verdict_on
from workbench.grading.sandbox import Limits
from workbench.teaching import EXERCISES

SECRET = b"not theirs"
LIMITS = Limits(memory=400 * 2**20, processes=8, prepare=5, wall=8)
LONGEST = 60.0  # s, where other tests use the processors too; alone it is a twentieth of that
IMPORT = "import numpy as np"


def test_a_dozen_attacks_each_on_one_answer() -> None:
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS) >= 10
    assert {attack.exercise for attack in ATTACKS} == {"00.1", "00.2"}
    assert {attack.reported for attack in ATTACKS} == {True, False}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_is_worth_what_is_said(attack: Attack, shut_in: str) -> None:
    exercise = dataclasses.replace(EXERCISES[attack.exercise], seconds=0.7)
    start = time.monotonic()
    (mark,) = judged([IMPORT, *attack.code.split("# %%\n")], [exercise], SECRET, LIMITS)
    assert time.monotonic() - start < LONGEST
    verdict = verdict_on(exercise, attack.like, hidden(SECRET, exercise.id))
    assert (mark.state, mark.points) == (verdict.state, round(verdict.share * exercise.points, 2))
    assert mark.mistake == verdict.mistake
    assert bool(mark.violation) == attack.reported, mark
    assert ("so it was stopped" in mark.verdict.got) == (attack.name == "never ends")


def test_a_gradebook_that_is_reached_shows_it_and_keeps_its_marks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite3.connect(tmp_path / "gradebook.sqlite") as book:
        book.execute("CREATE TABLE marks (points REAL)")
    (inside := tmp_path / "work").mkdir()
    monkeypatch.chdir(inside)
    monkeypatch.setenv("HOME", str(tmp_path))
    attack = next(attack for attack in ATTACKS if attack.name == "edits the gradebook")
    space: dict[str, object] = {"np": __import__("numpy")}
    code = "\n".join(attack.code.split("# %%\n")).replace('Path("/tmp")', "Path.cwd()")
    code = code.replace("*Path.cwd().parents", "Path.cwd().parent")  # no further than this test's folder
    exec(code, space)
    assert space["pixel_share"](__import__("numpy").ones((2, 2), bool)) == 1.0  # type: ignore[operator]
    with sqlite3.connect(tmp_path / "gradebook.sqlite") as book:
        tables = {name for (name,) in book.execute("SELECT name FROM sqlite_master")}
    assert tables == {"marks", "i_was_here"}
