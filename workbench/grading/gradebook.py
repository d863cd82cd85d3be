"""The gradebook: one SQLite file that holds what was handed in and every mark that was ever given for it.

One transaction a submission: whoever is ended in the middle, by power or by kill, loses that one at most, and
the next run goes on from there. Marks are never changed: grading again adds a round, and the last one counts.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from workbench.grading.judging import Mark
from workbench.teaching.verdict import Verdict

FILE = "gradebook.sqlite"
FORMAT = 1
PATIENCE = 30.0  # s to wait for another process that writes
TABLES = """
CREATE TABLE IF NOT EXISTS book (key TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS work (
    id INTEGER PRIMARY KEY, student TEXT NOT NULL, name TEXT NOT NULL, lesson TEXT NOT NULL,
    file TEXT NOT NULL, sha256 TEXT NOT NULL, handed_in TEXT NOT NULL, days_late REAL NOT NULL,
    place INTEGER NOT NULL, problem TEXT NOT NULL, cells TEXT NOT NULL,
    UNIQUE (student, lesson, sha256)
);
CREATE TABLE IF NOT EXISTS marks (
    work INTEGER NOT NULL REFERENCES work, round INTEGER NOT NULL, exercise TEXT NOT NULL,
    state TEXT NOT NULL, points REAL NOT NULL, of REAL NOT NULL, mistake TEXT NOT NULL,
    seconds REAL NOT NULL, violation TEXT NOT NULL, verdict TEXT NOT NULL, answer BLOB,
    trusting INTEGER NOT NULL, graded TEXT NOT NULL,
    PRIMARY KEY (work, round, exercise)
);
"""
LAST = "(SELECT max(round) FROM marks AS others WHERE others.work = marks.work)"


@dataclass(frozen=True)
class Work:
    """Hold one submission of one lesson, as it is kept.

    student : the key of whoever handed it in; name : how they are called. lesson : such as
    ``"01_thresholding"``. file : where it was found. sha256 : of the notebook; equal ones are one submission.
    handed_in : ISO 8601 in UTC, or empty. days_late : 0 in time. place : in the order of those handed in.
    problem : why it could not be read, or empty. cells : the code of its cells.
    """

    student: str
    lesson: str
    file: str
    sha256: str
    name: str = ""
    handed_in: str = ""
    days_late: float = 0.0
    place: int = 0
    problem: str = ""
    cells: tuple[str, ...] = ()


@dataclass(frozen=True)
class Graded:
    """Hold the submission that counts for a student and a lesson, with its marks of the last round.

    tries : submissions of this student for this lesson. round : how often it has been graded; 0 never.
    trusting : it was graded without a sandbox, so its marks are only as good as the students are honest.
    """

    work: Work
    marks: tuple[Mark, ...]
    tries: int
    round: int
    trusting: bool

    def mark(self, exercise: str) -> Mark | None:
        """Give the mark of one exercise; None where there is none."""
        return next((mark for mark in self.marks if mark.exercise == exercise), None)


class Gradebook:
    """Keep submissions and marks in a folder; `secret` is what its hidden inputs are drawn from.

    Raises
    ------
    ValueError : the folder holds a file of that name that is no gradebook, or one of another format; or it
    holds none and `new` is False.
    """

    def __init__(self, folder: Path, new: bool = True) -> None:
        self.file = folder / FILE
        if not new and not self.file.is_file():
            raise ValueError(f"{folder} holds no {FILE}; `workbench grade SUBMISSIONS -o {folder}` makes one")
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with self._open() as base:
                base.executescript(TABLES)
                first = [("format", str(FORMAT).encode()), ("secret", secrets.token_bytes(32))]
                base.executemany("INSERT OR IGNORE INTO book VALUES (?, ?)", first)
                known = dict(base.execute("SELECT key, value FROM book"))
        except sqlite3.DatabaseError as error:
            raise ValueError(f"{self.file} is no gradebook ({error}); name another folder with -o") from None
        if known["format"] != str(FORMAT).encode():
            raise ValueError(
                f"{self.file} has format {known['format'].decode()!r}, and format {FORMAT} is read; "
                "use the version of the workbench that made it"
            )
        self.secret: bytes = known["secret"]

    def note(self, key: str, value: str) -> None:
        """Keep a word about the whole book, such as its title."""
        with self._open() as base:
            base.execute("INSERT OR REPLACE INTO book VALUES (?, ?)", (key, value.encode()))

    def noted(self, key: str) -> str:
        """Give what was noted; empty where nothing was."""
        with self._open() as base:
            found = base.execute("SELECT value FROM book WHERE key = ?", (key,)).fetchone()
        return found[0].decode() if found else ""

    def is_graded(self, work: Work, exercises: Iterable[str]) -> bool:
        """Say whether this very submission has a mark for each of these exercises."""
        with self._open() as base:
            query = f"SELECT exercise FROM marks WHERE work = ? AND round = {LAST}"
            found = base.execute(query, (self._id(work),))
            return set(exercises) <= {row[0] for row in found}

    def add(self, work: Work, marks: Sequence[Mark] = (), trusting: bool = False) -> None:
        """Keep a submission and the marks of a new round, all of it or nothing.

        What is known of the submission besides its marks, such as when it was handed in, is brought up to
        date.
        """
        row = asdict(work) | {"cells": json.dumps(work.cells)}
        names = ", ".join(row)
        places = ", ".join(f":{name}" for name in row)
        fresh = ", ".join(f"{name} = excluded.{name}" for name in row)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._open() as base:
            (id,) = base.execute(
                f"INSERT INTO work ({names}) VALUES ({places}) "
                f"ON CONFLICT (student, lesson, sha256) DO UPDATE SET {fresh} RETURNING id",
                row,
            ).fetchone()
            (last,) = base.execute("SELECT max(round) FROM marks WHERE work = ?", (id,)).fetchone()
            rows = [(id, (last or 0) + 1, *_row(mark), trusting, now) for mark in marks]
            base.executemany(f"INSERT INTO marks VALUES ({', '.join('?' * 13)})", rows)

    def graded(self) -> list[Graded]:
        """List the submission that counts of every student and lesson: the last that was handed in."""
        with self._open() as base:
            query = "SELECT * FROM work ORDER BY student, lesson, handed_in, place, id"
            rows = base.execute(query).fetchall()
            marks: dict[int, list[sqlite3.Row]] = {}
            for row in base.execute(f"SELECT * FROM marks WHERE round = {LAST} ORDER BY exercise"):
                marks.setdefault(row["work"], []).append(row)
        groups: dict[tuple[str, str], list[sqlite3.Row]] = {}
        for row in rows:
            groups.setdefault((row["student"], row["lesson"]), []).append(row)
        return [_graded(group, marks.get(_counting(group)["id"], [])) for group in groups.values()]

    def rounds(self, student: str, lesson: str) -> list[list[Mark]]:
        """List all marks of the submission that counts, round by round, the oldest first."""
        (one,) = [g for g in self.graded() if (g.work.student, g.work.lesson) == (student, lesson)]
        found: dict[int, list[Mark]] = {}
        with self._open() as base:
            query = "SELECT * FROM marks WHERE work = ? ORDER BY round, exercise"
            for row in base.execute(query, (self._id(one.work),)):
                found.setdefault(row["round"], []).append(_mark(row))
        return list(found.values())

    def _id(self, work: Work) -> int | None:
        with self._open() as base:
            key = (work.student, work.lesson, work.sha256)
            query = "SELECT id FROM work WHERE student = ? AND lesson = ? AND sha256 = ?"
            found = base.execute(query, key).fetchone()
        return found[0] if found else None

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Open the file for one transaction."""
        with closing(sqlite3.connect(self.file, timeout=PATIENCE)) as base:
            base.row_factory = sqlite3.Row
            with base:
                yield base


def _row(mark: Mark) -> tuple[object, ...]:
    # A verdict quotes a student, who may have written half a letter: SQLite takes whole ones only.
    verdict = json.dumps(asdict(mark.verdict))
    told = [text.encode("utf-8", "replace").decode() for text in (mark.mistake, mark.violation)]
    return (
        mark.exercise, mark.state, mark.points, mark.of, told[0], mark.seconds, told[1], verdict, mark.answer,
    )  # fmt: skip


def _mark(row: sqlite3.Row) -> Mark:
    plain = ("exercise", "state", "points", "of", "mistake", "seconds", "violation", "answer")
    return Mark(**{name: row[name] for name in plain}, verdict=Verdict(**json.loads(row["verdict"])))


def _counting(group: Sequence[sqlite3.Row]) -> sqlite3.Row:
    """Choose the submission that counts: the last that could be read, or the last of all."""
    return next((row for row in reversed(group) if not row["problem"]), group[-1])


def _graded(group: Sequence[sqlite3.Row], marks: Sequence[sqlite3.Row]) -> Graded:
    row = _counting(group)
    kept = {name: row[name] for name in Work.__dataclass_fields__}
    work = replace(Work(**kept), cells=tuple(json.loads(row["cells"])))
    return Graded(
        work=work,
        marks=tuple(_mark(one) for one in marks),
        tries=len(group),
        round=max((one["round"] for one in marks), default=0),
        trusting=any(one["trusting"] for one in marks),
    )
