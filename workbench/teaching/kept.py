"""What is kept of a person's checks: a small SQLite file of their own, and no account anywhere.

Keeping is a courtesy. Where the disk is full, read-only or locked by another, nothing is kept and nobody is
told: a check must never fail because of it.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import weakref
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import StringConstraints, TypeAdapter, ValidationError

from workbench.teaching.verdict import State

VARIABLE = "WORKBENCH_PROGRESS"  # a file to keep it in; empty: keep nothing
FORMAT = 1
PATIENCE = 0.3  # s to wait for a file that another kernel writes
MOST = 10_000  # exercises in a file that is read in
TABLE = """CREATE TABLE IF NOT EXISTS exercises (
    id TEXT PRIMARY KEY, state TEXT NOT NULL, attempts INTEGER NOT NULL,
    first_right TEXT NOT NULL, last TEXT NOT NULL
)"""
COUNT = """INSERT INTO exercises VALUES (?, ?, 1, ?, ?) ON CONFLICT (id) DO UPDATE SET
    state = excluded.state, attempts = attempts + 1, last = excluded.last,
    first_right = CASE first_right WHEN '' THEN excluded.first_right ELSE first_right END"""
REPLACE = "INSERT OR REPLACE INTO exercises VALUES (?, ?, ?, ?, ?)"

Moment = Annotated[str, StringConstraints(pattern=r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)?$")]
Id = Annotated[str, StringConstraints(pattern=r"^\d\d\.\d{1,2}$")]


@dataclass(frozen=True)
class Kept:
    """Hold what is known of one exercise.

    state : how it stood last. attempts : how often it was tried. first_right, last : when, in UTC, or empty.
    """

    state: State
    attempts: int
    first_right: Moment
    last: Moment

    @property
    def done(self) -> bool:
        """Say whether it was right once; trying something else later does not undo that."""
        return bool(self.first_right)


_listeners: list[weakref.WeakMethod[Callable[[], None]]] = []


def place() -> Path | None:
    """Give the file: ``$WORKBENCH_PROGRESS``, else one at home; None where nothing is to be kept."""
    named = os.environ.get(VARIABLE)
    if named is not None:
        return Path(named) if named else None
    return Path.home() / ".local" / "share" / "segmentation-workbench" / "progress.sqlite"


def record(id: str, state: State) -> None:
    """Count one check; a stub is no attempt. Nothing that goes wrong here is raised."""
    if state == "not attempted":
        return
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    with contextlib.suppress(sqlite3.Error, OSError, RuntimeError), _opened() as table:
        table.execute(COUNT, (id, state, now if state == "right" else "", now))
    _tell()


def known() -> dict[str, Kept]:
    """Give what is known, by the exercise's id; nothing where there is no file or it cannot be read."""
    file = place()
    try:
        if file is None or not file.is_file():
            return {}
        with _opened() as table:
            rows = table.execute("SELECT id, state, attempts, first_right, last FROM exercises ORDER BY id")
            return {id: Kept(*rest) for id, *rest in rows}
    except (sqlite3.Error, OSError):
        return {}


def exported() -> str:
    """Write what is known as JSON, to carry to another machine."""
    entries = {id: asdict(kept) for id, kept in known().items()}
    return json.dumps({"format": FORMAT, "exercises": entries}, indent=1)


def merged(text: str) -> int:
    """Add what another machine has written, and give the number of exercises in it.

    The same file twice changes nothing: what is right on either side is right, and the larger number of
    attempts and the earlier success count.

    Raises
    ------
    ValueError : this is no such JSON. OSError : it cannot be kept here.
    """
    try:
        whole = TypeAdapter(dict[str, Any]).validate_json(text)
        if whole["format"] != FORMAT:
            raise ValueError(
                f"this progress has format {whole['format']!r}, and format {FORMAT} is read; "
                "use the version it came from"
            )
        others = TypeAdapter(dict[Id, Kept]).validate_python(whole["exercises"])
    except (ValidationError, KeyError):
        raise ValueError("this is no progress as the workbench exports it; choose that JSON file") from None
    if len(others) > MOST:
        raise ValueError(f"a progress file holds at most {MOST} exercises, got {len(others)}; choose another")
    _keep(others)
    _tell()
    return len(others)


def listen(heard: Callable[[], None]) -> None:
    """Call a method, for as long as its owner lives, whenever something new is kept in this process."""
    _listeners.append(weakref.WeakMethod(heard))


def _keep(others: Mapping[str, Kept]) -> None:
    ours = known()
    rows = [(id, *asdict(_both(ours.get(id, kept), kept)).values()) for id, kept in others.items()]
    try:
        with _opened() as table:
            table.executemany(REPLACE, rows)
    except (sqlite3.Error, RuntimeError) as error:
        raise OSError(
            f"progress cannot be kept in {place()}: {error}; set {VARIABLE} to another file"
        ) from error


def _both(one: Kept, other: Kept) -> Kept:
    latest = max(one, other, key=lambda kept: kept.last)
    moments = sorted(filter(None, (one.first_right, other.first_right)))
    return Kept(latest.state, max(one.attempts, other.attempts), moments[0] if moments else "", latest.last)


@contextlib.contextmanager
def _opened() -> Iterator[sqlite3.Connection]:
    """Open the file, made where it is missing, for one transaction."""
    file = place()
    if file is None:
        raise RuntimeError("nothing is to be kept")
    file.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.closing(sqlite3.connect(file, timeout=PATIENCE)) as base, base:
        base.execute(TABLE)
        yield base


def _tell() -> None:
    _listeners[:] = [one for one in _listeners if one() is not None]
    for one in list(_listeners):
        if (heard := one()) is not None:
            heard()
