"""Every attack ends as a wrong answer or a reported violation, and the next submission is unharmed."""

from __future__ import annotations

import dataclasses
import platform
import re
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from workbench.grading import seccomp
from workbench.grading.container import Engine
from workbench.grading.judging import judged
from workbench.grading.room import Contained, Shut
from workbench.grading.sandbox import Limits
from workbench.grading.watching import descendants, have_ended
from workbench.teaching import EXERCISES

ATTACKS = sorted((Path(__file__).parent / "attacks").glob("*.py"))
SECRET = b"nobody knows this one"
LIMITS = Limits(memory=400 * 2**20, processes=8, prepare=5, wall=10)
THRESHOLD = dataclasses.replace(EXERCISES["01.1"], seconds=1.0)
HONEST = ["import numpy as np", "def threshold(grey, level):\n    return np.asarray(grey) > level"]
LONGEST = 60.0  # s, where other tests use the processors too; alone it is a tenth of that


@dataclass
class Grader:
    """What an attack may want: a folder of marks and submissions, an open port, a secret."""

    folder: Path
    listener: socket.socket

    def attacked(self, text: str) -> str:
        port = self.listener.getsockname()[1]
        return (
            text.replace("@FOLDER@", str(self.folder))
            .replace("@PORT@", str(port))
            .replace("@MARK@", SECRET.decode())
        )

    def untouched(self) -> bool:
        with sqlite3.connect(self.folder / "gradebook.sqlite") as book:
            marks = book.execute("SELECT points FROM marks").fetchall()
        names = sorted(path.name for path in self.folder.iterdir())
        text = (self.folder / "other.ipynb").read_text()
        return marks == [(0.0,)] and names == ["gradebook.sqlite", "other.ipynb"] and text == "another's work"


@pytest.fixture
def grader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Grader]:
    monkeypatch.setenv("WORKBENCH_SECRET", SECRET.decode())
    with sqlite3.connect(tmp_path / "gradebook.sqlite") as book:
        book.execute("CREATE TABLE marks (points REAL)")
        book.execute("INSERT INTO marks VALUES (0)")
    (tmp_path / "other.ipynb").write_text("another's work")
    for path in (tmp_path, *tmp_path.iterdir()):
        path.chmod(0o777)  # so that only the sandbox keeps an attack from it
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield Grader(tmp_path, listener)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[psutil.Process]:
    """List every process that lives in a sandbox when it is ended; bubblewrap's own are among them."""
    found: list[psutil.Process] = []

    def noting(end: Callable[[Shut], None]) -> Callable[[Shut], None]:
        def noted(room: Shut) -> None:
            found.extend([*room._first, *descendants(room.process.pid)])
            found.extend(below for first in room._first for below in descendants(first.pid))
            end(room)

        return noted

    for kind in (Shut, Contained):
        monkeypatch.setattr(kind, "end", noting(kind.end))
    return found


def cells_of(path: Path, grader: Grader) -> list[str]:
    return grader.attacked(path.read_text(encoding="utf-8")).split("# %%\n")


def expected(path: Path, what: str) -> str:
    found = re.search(rf"^# {what}: (.+)$", path.read_text(encoding="utf-8"), flags=re.M)
    return found[1] if found else ""


def test_there_are_attacks_of_every_kind() -> None:
    assert len(ATTACKS) >= 25
    assert all(expected(path, "expect") in ("right", "not yet") for path in ATTACKS)


@pytest.mark.parametrize("path", ATTACKS, ids=lambda path: path.stem)
def test_an_attack_gains_nothing(
    path: Path, grader: Grader, started: list[psutil.Process], shut_in: str
) -> None:
    gains_nothing(path, grader, started)


@pytest.mark.parametrize("path", ATTACKS, ids=lambda path: path.stem)
def test_an_attack_gains_nothing_in_a_container_either(
    path: Path, grader: Grader, started: list[psutil.Process], contained: Engine
) -> None:
    gains_nothing(path, grader, started)


def gains_nothing(path: Path, grader: Grader, started: list[psutil.Process]) -> None:
    if path.stem == "hides_memory" and not seccomp.program(platform.machine()):
        pytest.skip("no filter is known for this machine: it could fill the memory")
    start, clock = time.monotonic(), time.time()
    (mark,) = judged(cells_of(path, grader), [THRESHOLD], SECRET, LIMITS)
    waited = time.monotonic() - start
    assert mark.state == expected(path, "expect")
    # Partial credit is what an honest answer would get that is right on as many inputs.
    assert mark.points == mark.of if mark.state == "right" else mark.points < mark.of
    assert re.search(expected(path, "violation"), mark.violation) if expected(path, "violation") else True
    # An attack that was merely stopped before it came to anything proves nothing.
    assert ("so it was stopped" in mark.verdict.got) == (expected(path, "ended") == "by the clock")
    assert waited < LONGEST
    assert grader.untouched()
    assert abs(time.time() - clock - waited) < 60
    assert started
    assert have_ended(started, 0.1)
    with pytest.raises(BlockingIOError):  # nobody has knocked
        grader.listener.accept()
    (honest,) = judged(HONEST, [THRESHOLD], SECRET, LIMITS)
    assert (honest.state, honest.points, honest.violation) == ("right", honest.of, "")


@pytest.mark.parametrize(
    "name",
    [
        "edits_the_gradebook",
        "reads_proc",
        "reads_the_solutions",
        "uses_the_network",
        "writes_to_another_submission",
    ],
)
def test_the_same_attack_succeeds_where_students_are_trusted(name: str, grader: Grader) -> None:
    path = next(path for path in ATTACKS if path.stem == name)
    with pytest.warns(UserWarning, match="WITHOUT a sandbox"):
        (mark,) = judged(cells_of(path, grader), [THRESHOLD], SECRET, LIMITS, trusting=True)
    assert mark.state == "right"
