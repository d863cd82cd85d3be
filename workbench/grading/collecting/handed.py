"""Who handed a file in: read from its path, as learning platforms and instructors name files."""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from workbench.grading.collecting.entries import Parts
from workbench.teaching import course

MOODLE = re.compile(r"(?P<who>.+)_(?P<key>\d+)_assignsubmission_(?:file|onlinetext)(?:_.*)?")
CANVAS = re.compile(r"(?P<who>[^\W_]+)_(?:LATE_)?(?P<key>\d+)_\d+_(?P<file>.+)")
AGAIN = re.compile(r"-(\d{1,3})$")  # what Canvas adds to a resubmission
COPY = re.compile(r"\s*\((\d{1,3})\)$")  # what browsers add to a second download
LESSON = re.compile(r"\d\d_")
BETWEEN = "_ -"  # what may stand between a student's name and a lesson's
NAMED_AND_LESSON = re.compile(rf"(.+?)[{BETWEEN}]+{LESSON.pattern}.*")
PACKED = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")
KINDS = (".ipynb", *PACKED)  # of files that a student may hand in loose
WRAPPERS = {"submitted", "submission", "submissions", "handed in", "hand-ins", "handins"}


@dataclass(frozen=True)
class Sender:
    """Hold who handed in.

    at : which part of the path names the student. key : the platform's own id of the student, or empty.
    number : of a resubmission. scheme : how the files are named: moodle, canvas, git or plain.
    """

    student: str
    at: int
    key: str = ""
    number: int = 0
    scheme: str = "plain"


class Naming:
    """Read senders from paths, once it has seen all files and folders that there are.

    lessons : names of lessons, such as ``"01_thresholding"``; by default those of the course.
    """

    def __init__(
        self, files: Iterable[Parts], folders: Iterable[Parts], lessons: Iterable[str] | None = None
    ) -> None:
        self._lessons = tuple((one.stem for one in course.lessons()) if lessons is None else lessons)
        self._folders = set(folders)
        # What lies where, and whether it is a folder.
        self._below: dict[Parts, dict[str, bool]] = defaultdict(dict)
        for path in self._folders:
            self._note(path, True)
        for path in files:
            self._note(path[:-1], True)
            if path and path not in self._folders and path[-1].lower().endswith(KINDS):
                self._note(path, False)
        self._student = functools.cache(self._taken_out)
        self._prefix = functools.cache(self._common_prefix)
        self._own = functools.cache(self._length)
        self._exports = functools.cache(self._holds_exports)
        self._start = self._inside_wrappers()

    def sender(self, path: Parts) -> Sender | None:
        """Say who handed a file or folder in, or None where its path does not tell.

        >>> files = [("Ada Lovelace_1234567_assignsubmission_file_", "01_thresholding.ipynb"), ("bob.ipynb",)]
        >>> naming = Naming(files, [])
        >>> [naming.sender(file).student for file in files]
        ['Ada Lovelace', 'bob']
        """
        for at in range(self._start, len(path)):
            folder = at < len(path) - 1 or path in self._folders
            if not self._passed(path[: at + 1], folder):
                # Only here: what lies in a student's folder may be named after anybody.
                return platform(path[at], at) or self._plain(path[: at + 1], folder)
        return None

    def _note(self, path: Parts, folder: bool) -> None:
        for end in range(len(path), 0, -1):
            known = self._below[path[: end - 1]]
            if known.get(path[end - 1], False) or (path[end - 1] in known and not folder):
                return
            known[path[end - 1]] = folder
            folder = True

    def _passed(self, path: Parts, folder: bool) -> bool:
        """Say whether the student's name comes further down: this is a wrapper or a lesson."""
        if not folder or platform(path[-1], 0):
            return False
        if self._exports(path[:-1]):
            return True
        if is_zip(path[-1]):
            return _stem(path[-1]).lower() in WRAPPERS or not self._student(path)[0]
        return path[-1].lower() in WRAPPERS or bool(LESSON.match(path[-1]))

    def _plain(self, path: Parts, folder: bool) -> Sender | None:
        name, at = path[-1], len(path) - 1
        if not folder and (not name.lower().endswith(KINDS) or "/" in name or "\\" in name):
            return None
        if folder and (prefix := self._prefix(path[:-1])):
            return Sender(_stem(name)[len(prefix) :], at, scheme="git")
        student, number = self._student(path)
        return Sender(student, at, number=number) if student else None

    def _taken_out(self, path: Parts) -> tuple[str, int]:
        """Take the lesson's name out of a file's, and the number of a copy."""
        name = _stem(path[-1])
        copy = COPY.search(name)
        number = int(copy[1]) if copy else 0
        name = COPY.sub("", name)
        if LESSON.match(name):
            return self._after_lesson(name, path), number
        both = NAMED_AND_LESSON.fullmatch(name)
        return (both[1] if both else name).strip(), number

    def _after_lesson(self, name: str, path: Parts) -> str:
        for lesson in sorted(self._lessons, key=len, reverse=True):
            if name == lesson or (name.startswith(lesson) and name[len(lesson)] in BETWEEN):
                return name[len(lesson) :].strip(BETWEEN)
        end = self._own(path[:-1], name[:3])
        return name[end:].strip(BETWEEN) if end else ""

    def _length(self, place: Parts, number: str) -> int:
        """Tell how long the name of an instructor's own lesson is: all files of its number begin with it."""
        stems = {COPY.sub("", _stem(name)) for name in self._below[place]}
        same = [stem for stem in stems if stem.startswith(number)]
        shared = _shared(same) if len(same) > 1 else ""
        end = max(shared.rfind(sign) for sign in BETWEEN) + 1
        return end if end > len(number) else 0

    def _common_prefix(self, place: Parts) -> str:
        """Give what all folders at a place begin with, as Git classrooms name them; empty if nothing."""
        names = [
            _stem(name)
            for name, folder in self._below[place].items()
            if folder and not platform(name, 0) and not self._passed((*place, name), folder)
        ]
        prefix = _shared(names)
        prefix = prefix[: prefix.rfind("-") + 1]
        return prefix if len(names) > 1 and prefix not in ("-", *names) else ""

    def _holds_exports(self, place: Parts) -> bool:
        """Say whether each of a place's folders holds nothing but names that a platform gave."""
        folders = [name for name, folder in self._below[place].items() if folder]
        held = [self._below[(*place, name)] for name in folders]
        return bool(held) and all(below and all(platform(name, 0) for name in below) for below in held)

    def _inside_wrappers(self) -> int:
        """Say how many folders all work lies in that are not a student's."""
        place: Parts = ()
        looked = False
        while len(self._below[place]) == 1:
            ((name, folder),) = self._below[place].items()
            inner = (*place, name)
            wrapper = _stem(name).lower() in WRAPPERS
            holds = wrapper or (not looked and self._names_students(inner))
            if not folder or platform(name, 0) or not holds:
                break
            place, looked = inner, True
        return len(place)

    def _names_students(self, place: Parts) -> bool:
        """Say whether all that lies at a place could be named after students."""
        below: Mapping[str, bool] = self._below[place]
        kinds = {folder for name, folder in below.items() if not is_zip(name)}
        if len(below) == 1 and False in kinds:  # one notebook: a student's folder
            return any(platform(name, 0) for name in below)
        if len(kinds) > 1:  # a notebook beside the data it reads
            return False
        return bool(below) and all(
            self._names_students((*place, name))
            if self._passed((*place, name), folder)
            else bool(platform(name, 0)) or bool(self._student((*place, name))[0])
            for name, folder in below.items()
        )


def platform(part: str, at: int) -> Sender | None:
    """Read a name that Moodle or Canvas has given; None for any other.

    >>> platform("lovelaceada_LATE_12345_678901_edges-1.ipynb", 0)
    Sender(student='lovelaceada', at=0, key='12345', number=1, scheme='canvas')
    """
    if found := MOODLE.fullmatch(part):
        return Sender(found["who"].strip(), at, found["key"], scheme="moodle")
    if found := CANVAS.fullmatch(part):
        again = AGAIN.search(_stem(found["file"]))
        return Sender(found["who"], at, found["key"], int(again[1]) if again else 0, "canvas")
    return None


def is_zip(name: str) -> bool:
    """Say whether a file is a zip, by its name."""
    return name.lower().endswith(".zip")


def _stem(name: str) -> str:
    end = next((kind for kind in KINDS if name.lower().endswith(kind)), "")
    return name[: len(name) - len(end)].removesuffix(".tar")


def _shared(names: Sequence[str]) -> str:
    """Give what all names begin with."""
    low, high = min(names, default=""), max(names, default="")
    end = next((at for at, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), len(low))
    return low[:end]
