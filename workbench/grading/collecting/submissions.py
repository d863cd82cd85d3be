"""A class's submissions, read from a folder or a zip: who handed in which notebook, and when."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from workbench.grading.collecting.entries import MB, Entry, Folder, Parts, Problem
from workbench.grading.collecting.handed import PACKED, Naming, Sender, is_zip
from workbench.grading.collecting.unpacked import unpacked

MOST = 20 * MB  # bytes of a notebook
MOST_EACH = 200  # notebooks and problems of a student
TIMESTAMP = "timestamp.txt"  # what nbgrader writes beside a notebook
NOTEBOOK = ".ipynb"


@dataclass(frozen=True)
class Submission:
    """Hold a notebook that was handed in, or say why it cannot be read.

    Parameters
    ----------
    student : as the files name it; empty where they do not tell. file : its path, a zip's name is a part.
    text : the notebook's bytes; empty where there is a problem. when : it was handed in, where that is known.
    number : of a resubmission, 0 first. key : the platform's own id of the student, or empty.
    problem : the end of a sentence that begins with the file's name, or empty.
    """

    student: str
    file: str
    text: bytes = b""
    when: datetime | None = None
    number: int = 0
    key: str = ""
    problem: str = ""


@dataclass
class _Seen:
    """Collect what lies there: a student is known only when all names are."""

    notebooks: list[tuple[Entry, bytes | Problem]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    files: list[Parts] = field(default_factory=list)
    folders: list[Parts] = field(default_factory=list)
    stamps: dict[Parts, datetime] = field(default_factory=dict)  # what nbgrader says of a folder


def found(place: Path) -> list[Submission]:
    """Read every notebook that was handed in, by student and file.

    place : a folder or a zip, as Moodle, Canvas, nbgrader and Git classrooms make them, or with a folder or a
    file for each student. What cannot be read is a line with its problem, and so is a student without a
    notebook.

    Raises
    ------
    ValueError : there is no such folder or zip.
    """
    seen = _Seen()
    for item in unpacked(place):
        _see(seen, item)
    naming = Naming(seen.files, seen.folders)
    read = [_submission(seen, naming, entry, text) for entry, text in seen.notebooks]
    lines = [*read, *_problems(seen, naming, read)]
    lines += _without_notebook(seen, naming, lines)
    return list(_not_too_many(sorted(lines, key=lambda line: (line.student, line.file))))


def _see(seen: _Seen, item: Entry | Folder | Problem) -> None:
    if isinstance(item, Problem):
        seen.problems.append(item)
    elif isinstance(item, Folder):
        seen.folders.append(item.path)
    else:
        seen.files.append(item.path)
        if item.path[-1].lower().endswith(NOTEBOOK):
            seen.notebooks.append((item, _text(item)))
        elif item.path[-1] == TIMESTAMP and (when := _stamp(item)):
            seen.stamps[item.path[:-1]] = when


def _text(entry: Entry) -> bytes | Problem:
    if entry.size > MOST:
        return _too_large(entry, f"{math.ceil(entry.size / MB)} MB")
    data = entry.read(MOST + 1)
    if isinstance(data, bytes) and len(data) > MOST:
        return _too_large(entry, f"more than {MOST // MB} MB")
    return data


def _too_large(entry: Entry, size: str) -> Problem:
    most = f"at most {MOST // MB} MB are read"
    return Problem(entry.path, f"is {size}; {most}: clear its outputs and hand it in again")


def _stamp(entry: Entry) -> datetime | None:
    """Read a time such as 2026-11-29 09:00:00 UTC."""
    data = entry.read(100)
    with suppress(ValueError, OverflowError):
        if isinstance(data, bytes):
            text = data.decode().strip()
            when = datetime.fromisoformat(text.removesuffix("UTC").strip())
            return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
    return None


def _submission(seen: _Seen, naming: Naming, entry: Entry, text: bytes | Problem) -> Submission:
    file = "/".join(entry.path)
    sender = naming.sender(entry.path)
    if sender is None:
        return Submission("", file, problem="names no student; put it into a folder with the student's name")
    when = _when(seen, sender, entry)
    problem = text.said if isinstance(text, Problem) else "" if text else "is empty; hand it in again"
    data = text if isinstance(text, bytes) else b""
    return Submission(sender.student, file, data, when, sender.number, sender.key, problem)


def _when(seen: _Seen, sender: Sender, entry: Entry) -> datetime | None:
    """Tell when something was handed in: by nbgrader, or else by the outermost file that is the student's.

    What lies in a student's zip has times that the student could set; a clone has only the time of cloning.
    """
    if sender.scheme == "git":
        return None
    inner = entry.path[sender.at : -1]
    # Right in a student's folder it is something that the student handed in.
    if sender.scheme == "plain" and len(inner) == 2 and not any(is_zip(part) for part in inner):
        with suppress(KeyError):
            return seen.stamps[entry.path[:-1]]
    return next((time for time in entry.times[sender.at :] if time), None)


def _problems(seen: _Seen, naming: Naming, read: list[Submission]) -> Iterator[Submission]:
    """Give what could not be read, unless it is certainly no notebook and its student has one."""
    fine = {(line.student, line.key) for line in read if not line.problem}
    for problem in seen.problems:
        sender = naming.sender(problem.path) or Sender("", 0)
        last = problem.path[-1].lower() if problem.path else ""
        other = "." in last and not last.endswith((NOTEBOOK, ".zip"))
        if not (other and (sender.student, sender.key) in fine):
            file = "/".join(problem.path)
            yield Submission(sender.student, file, key=sender.key, problem=problem.said)


def _without_notebook(seen: _Seen, naming: Naming, lines: list[Submission]) -> Iterator[Submission]:
    """Name every student at a place of whom nothing has been said."""
    heard = set()
    for path in [tuple(line.file.split("/")) for line in lines]:
        if sender := naming.sender(path):
            heard.add((path[: sender.at], sender.student, sender.key))
    for path in sorted([*seen.folders, *seen.files]):
        sender = naming.sender(path)
        if sender is None or (who := (path[: sender.at], sender.student, sender.key)) in heard:
            continue
        heard.add(who)
        mine = path[: sender.at + 1]
        packed = [file for file in seen.files if file[: len(mine)] == mine and file[-1].endswith(PACKED)]
        but = f" but {packed[0][-1]}, which is not opened" if packed else ""
        said = f"holds no notebook{but}; hand in the {NOTEBOOK} file itself"
        yield Submission(sender.student, "/".join(mine), number=sender.number, key=sender.key, problem=said)


def _not_too_many(lines: list[Submission]) -> Iterator[Submission]:
    count: Counter[tuple[str, str]] = Counter()
    for line in lines:
        who = line.student, line.key
        count[who] += 1
        if count[who] <= MOST_EACH or not line.student:
            yield line
        elif count[who] == MOST_EACH + 1:
            said = f"is one file too many: of each student {MOST_EACH} are read; hand in fewer"
            yield Submission(line.student, line.file, key=line.key, problem=said)
