"""The gradebook: nothing is lost, nothing is counted twice, old marks are kept."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from workbench.grading.gradebook import FILE, Gradebook, Work
from workbench.grading.judging import Mark
from workbench.teaching.verdict import Verdict

WORK = Work("17", "00_first_look", "a/b.ipynb", "aa", "Ada", "2026-11-01T10:00:00+00:00", cells=("x = 1",))


def mark(exercise: str = "00.1", points: float = 1.0, answer: bytes | None = None) -> Mark:
    state = "right" if points else "not yet"
    verdict = Verdict(exercise, "A title", state, got="\ud800 half a letter", share=points)
    return Mark(exercise, state, points, 1, "" if points else "a count", 0.1, verdict, "", answer)


@pytest.fixture
def book(tmp_path: Path) -> Gradebook:
    return Gradebook(tmp_path / "book")


def test_what_is_kept_comes_back_as_it_was(book: Gradebook) -> None:
    marks = [mark("00.1", 0.5), mark("00.4", 1.0, b"\x00bytes")]
    book.add(WORK, marks)
    (one,) = Gradebook(book.file.parent).graded()
    assert (one.work, one.tries, one.round, one.trusting) == (WORK, 1, 1, False)
    assert list(one.marks) == marks
    assert one.mark("00.4") == marks[1]
    assert one.mark("00.9") is None


def test_the_secret_is_drawn_once_and_is_not_for_others_to_read(tmp_path: Path) -> None:
    first, again = Gradebook(tmp_path / "a"), Gradebook(tmp_path / "a")
    assert first.secret == again.secret != Gradebook(tmp_path / "b").secret
    assert len(first.secret) == 32
    assert (tmp_path / "a").stat().st_mode & 0o077 == 0


def test_the_last_submission_counts_and_an_unreadable_one_does_not(book: Gradebook) -> None:
    later = replace(WORK, sha256="bb", handed_in="2026-11-02T10:00:00+00:00", file="later.ipynb")
    broken = replace(WORK, sha256="cc", handed_in="2026-11-03T10:00:00+00:00", problem="no notebook")
    book.add(later, [mark(points=0.5)])
    book.add(WORK, [mark(points=1.0)])
    book.add(broken)
    (one,) = book.graded()
    assert (one.work.file, one.marks[0].points, one.tries) == ("later.ipynb", 0.5, 3)
    book.add(replace(broken, student="18"))
    assert book.graded()[1].work.problem == "no notebook"


def test_adding_the_same_again_makes_no_second_submission(book: Gradebook) -> None:
    book.add(WORK, [mark()])
    book.add(replace(WORK, days_late=2.0))
    (one,) = book.graded()
    assert (one.tries, one.round, one.work.days_late, len(one.marks)) == (1, 1, 2.0, 1)


def test_grading_again_adds_a_round_and_keeps_the_old_one(book: Gradebook) -> None:
    book.add(WORK, [mark(points=0.0)])
    book.add(WORK, [mark(points=1.0)], trusting=True)
    (one,) = book.graded()
    assert (one.round, one.marks[0].points, one.trusting) == (2, 1.0, True)
    rounds = book.rounds("17", "00_first_look")
    assert [[m.points for m in marks] for marks in rounds] == [[0.0], [1.0]]


def test_it_knows_what_is_graded(book: Gradebook) -> None:
    assert not book.is_graded(WORK, ["00.1"])
    book.add(WORK, [mark("00.1")])
    assert book.is_graded(WORK, ["00.1"])
    assert not book.is_graded(WORK, ["00.1", "00.2"])
    assert not book.is_graded(replace(WORK, sha256="other"), ["00.1"])
    # What could not be read before, and now can, is graded.
    book.add(replace(WORK, sha256="dd", problem="cut short"))
    assert not book.is_graded(replace(WORK, sha256="dd"), ["00.1"])


def test_a_submission_is_kept_whole_or_not_at_all(book: Gradebook) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        book.add(WORK, [mark("00.1"), mark("00.1")])
    assert book.graded() == []


def test_notes(book: Gradebook) -> None:
    assert book.noted("title") == ""
    book.note("title", "Autumn")
    book.note("title", "Spring")
    assert book.noted("title") == "Spring"


def test_what_is_no_gradebook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"holds no gradebook\.sqlite"):
        Gradebook(tmp_path, new=False)
    (tmp_path / FILE).write_text("something else, long enough to be read as a header, and no database" * 20)
    with pytest.raises(ValueError, match="is no gradebook"):
        Gradebook(tmp_path)


def test_another_format_is_refused(book: Gradebook) -> None:
    book.note("format", "99")
    with pytest.raises(ValueError, match="has format '99', and format 1 is read"):
        Gradebook(book.file.parent)


WRITER = """
import sys
sys.path.insert(0, {tests!r})
from dataclasses import replace
from pathlib import Path
from grading.test_gradebook import WORK, mark
from workbench.grading.gradebook import Gradebook
book = Gradebook(Path({folder!r}))
for number in range(100_000):
    book.add(replace(WORK, student=str(number)), [mark("00.1"), mark("00.2"), mark("00.3")])
    print(number, flush=True)
"""


def test_a_kill_in_the_middle_loses_nothing_that_was_kept(tmp_path: Path) -> None:
    code = WRITER.format(tests=str(Path(__file__).parents[1]), folder=str(tmp_path / "book"))
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for _ in range(20):
        last = int(process.stdout.readline())
    time.sleep(0.02)  # somewhere in a transaction
    os.kill(process.pid, signal.SIGKILL)
    rest = process.communicate()[0].split()
    last = int(rest[-1]) if rest and rest[-1].isdigit() else last
    kept = {one.work.student: one for one in Gradebook(tmp_path / "book").graded()}
    assert set(map(str, range(last))) <= set(kept)
    assert all(len(one.marks) == 3 for one in kept.values())
