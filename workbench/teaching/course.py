"""What a course hands out: lessons with due dates and points, and the students who hand them in."""

from __future__ import annotations

import ast
import csv
import difflib
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated, Any

from nbformat import NotebookNode
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from workbench.teaching.edition import read
from workbench.teaching.exercises import EXERCISES

HOUSE = Path(__file__).parents[1]  # the package
# Python's clock gives more digits than a difference of moments has: this is no day begun.
INSTANT = 1e-9
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]


@dataclass(frozen=True)
class Late:
    """Say what being late costs.

    free_days : without deduction. per_day : share of the points lost per day begun after these.
    most_days : after so many it counts nothing; None: no end. All days are counted from the due date.

    Raises
    ------
    ValueError : a number below 0, a share above 1, or an end before the free days are over.
    """

    free_days: float = 0.0
    per_day: float = 0.0
    most_days: float | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.free_days) and self.free_days >= 0):
            raise ValueError(f"free_days must be 0 or more, got {self.free_days:g}; write a number of days")
        if not 0 <= self.per_day <= 1:
            raise ValueError(f"per_day must be a share from 0 to 1, got {self.per_day:g}; write 0.1 for 10 %")
        if self.most_days is not None and not self.most_days >= self.free_days:
            said = f"must not be below free_days, {self.free_days:g}"
            raise ValueError(
                f"most_days {said}, got {self.most_days:g}; write a larger number or leave it out"
            )

    def share(self, days: float) -> float:
        """Give the share of the points that stay when an answer is so many days late.

        >>> late = Late(free_days=1, per_day=0.25, most_days=3)
        >>> [late.share(days) for days in (-2, 0.5, 1.5, 2.5, 3.5)]
        [1.0, 1.0, 0.75, 0.5, 0.0]
        """
        if days <= 0:
            return 1.0
        if self.most_days is not None and days > self.most_days + INSTANT:
            return 0.0
        begun = math.ceil(max(0.0, days - self.free_days - INSTANT))
        return max(0.0, round(1 - self.per_day * begun, 9))


@dataclass(frozen=True)
class Assignment:
    """Hold a lesson that is handed out.

    name : such as ``"01_thresholding"``. exercises : ids, in the order of its check cells. due : with its
    time zone. points : of exercises, where the course gives others than they have. late : what that costs.
    """

    name: str
    path: Path
    exercises: tuple[str, ...]
    due: datetime | None = None
    points: Mapping[str, float] = field(default_factory=dict)
    late: Late = Late()

    def of(self, id: str) -> float:
        """Give an exercise's points: the course's, or else the exercise's own.

        Raises
        ------
        KeyError : the lesson does not ask it.
        """
        if id not in self.exercises:
            raise KeyError(
                f"{self.name} has no exercise {id!r}; it has {', '.join(self.exercises) or 'none'}"
            )
        return float(self.points.get(id, EXERCISES[id].points))


@dataclass(frozen=True)
class Student:
    """Name a student; id : what the course tells them apart by."""

    id: str
    name: str = ""


@dataclass(frozen=True)
class Course:
    """Hold what a course hands out, and to whom."""

    title: str
    assignments: tuple[Assignment, ...]
    students: tuple[Student, ...] = ()


def assignment(lesson: str | Path) -> Assignment:
    """Take a lesson as it is: a notebook's path, or name or number of a lesson that the workbench has.

    Raises
    ------
    ValueError : there is no such lesson, or its check cells are not to be read. OSError : no such file.

    >>> assignment("01").name, assignment("01_thresholding").exercises[0]
    ('01_thresholding', '01.1')
    """
    path = lesson if isinstance(lesson, Path) else _found(lesson)
    return Assignment(path.stem, path, _exercises(read(path), path.name))


def course(path: Path) -> Course:
    """Read a course from its file, ``course.toml``; other files that it names lie relative to it.

    Raises
    ------
    ValueError : what the file says cannot be; the sentence names file, key, rule, value. OSError : no file.
    """
    try:
        said = _Course.model_validate(tomllib.loads(path.read_bytes().decode("utf-8-sig")))
    except ValidationError as error:
        raise ValueError(f"{path.name}: {_first(error)}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{path.name}: must be a text in UTF-8, and it is not; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path.name}: must be TOML, and it is not: {error}; put that right") from None
    given = tuple(_assignment(one, number, path, said.late) for number, one in enumerate(said.lesson, 1))
    _no_twins([one.name for one in given], f"{path.name}: lesson: two lessons must not have one name")
    return Course(said.title, given, _students(said.students, path))


def lessons() -> list[Path]:
    """List the lessons that the workbench has: inside an installed package, or beside it in a checkout."""
    places = (HOUSE / "notebooks", HOUSE.parent / "notebooks")
    return sorted(path for place in places for path in (place / "lessons").glob("*.ipynb"))


class _Late(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    free_days: float = 0.0
    per_day: float = 0.0
    most_days: float | None = None


class _Lesson(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    name: str
    due: Any = None
    points: dict[str, Amount] = {}
    late: _Late = _Late()


class _Course(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    title: str
    students: Any = ()
    late: _Late = _Late()
    lesson: Annotated[list[_Lesson], Field(min_length=1)]


def _first(error: ValidationError) -> str:
    """Say in a sentence what is wrong first."""
    one = error.errors()[0]
    key = ".".join(str(part + 1) if isinstance(part, int) else part for part in one["loc"])
    if one["type"] == "extra_forbidden":
        return f"{key}: must be a key that a course has, got {one['input']!r} under this one; take it out"
    if one["type"] == "missing":
        return f"{key}: must be there, and is not; write it"
    rule = one["msg"][0].lower() + one["msg"][1:]
    return f"{key}: {rule}, got {one['input']!r}; change it"


def _assignment(said: _Lesson, number: int, path: Path, late: _Late) -> Assignment:
    where = f"{path.name}: lesson.{number}"
    is_file = said.name.endswith(".ipynb")
    try:
        plain = assignment(path.parent / said.name if is_file else said.name)
        cost = Late(**(late.model_dump() | said.late.model_dump(exclude_unset=True)))
    except OSError:
        raise ValueError(
            f"{where}.name: must be a notebook, and there is no {said.name!r}; name one"
        ) from None
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None
    for id in said.points:
        if id not in plain.exercises:
            known = ", ".join(plain.exercises) or "none"
            raise ValueError(
                f"{where}.points: must name exercises of {plain.name}, got {id!r}; it has {known}"
            )
    return Assignment(
        plain.name, plain.path, plain.exercises, _due(said.due, f"{where}.due"), dict(said.points), cost
    )


def _due(said: Any, where: str) -> datetime | None:
    """Read a moment; without an offset it is local time, and a date is the end of that day."""
    if said is None or isinstance(said, datetime):
        return said if said is None or said.tzinfo is not None else said.astimezone()
    if not isinstance(said, date):
        raise ValueError(f"{where}: must be a date, or a date and time, got {said!r}; write 2026-12-01")
    return datetime.combine(said, time.max).astimezone()


def _students(said: Any, path: Path) -> tuple[Student, ...]:
    where = f"{path.name}: students"
    if isinstance(said, str):
        where = f"{path.name}: students: {said}"
        found = _listed(path.parent / said, where)
    elif isinstance(said, (list, tuple)) and all(isinstance(id, str) and id.strip() for id in said):
        found = [Student(id.strip()) for id in said]
    else:
        raise ValueError(f"{where}: must be a file's name or a list of ids, got {said!r}; write one of both")
    _no_twins([student.id for student in found], f"{where}: two students must not have one id")
    return tuple(found)


def _listed(file: Path, where: str) -> list[Student]:
    """Read a table with the columns id and name; others are left alone."""
    try:
        rows = list(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines(), restval=""))
    except OSError as error:
        raise ValueError(
            f"{where}: must be a file that can be read: {error.strerror}; put it there"
        ) from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{where}: must be a table in UTF-8, and {error}; save it as CSV UTF-8") from None
    for number, row in enumerate(rows, 1):
        if not (row.get("id") or "").strip():
            heads = ", ".join(map(str, row))
            raise ValueError(
                f"{where}: must have an id in each row, got none in row {number} ({heads}); add it"
            )
    return [Student(row["id"].strip(), (row.get("name") or "").strip()) for row in rows]


def _no_twins(names: list[str], rule: str) -> None:
    twin = next((name for number, name in enumerate(names) if name in names[:number]), None)
    if twin is not None:
        raise ValueError(f"{rule}, got {twin!r} twice; take one out")


def _found(lesson: str) -> Path:
    if lesson.endswith(".ipynb"):
        return Path(lesson)
    bundled = {path.stem: path for path in lessons()}
    if lesson in bundled:
        return bundled[lesson]
    numbered = [path for name, path in bundled.items() if name.partition("_")[0] == lesson]
    if not numbered:
        near = difflib.get_close_matches(lesson, bundled, n=1, cutoff=0.0)
        did = f", did you mean {near[0]!r}?" if near else ""
        raise ValueError(
            f"no lesson {lesson!r}{did} Give a name, a number such as '01', or a notebook's path"
        )
    return numbered[0]


def _exercises(notebook: NotebookNode, name: str) -> tuple[str, ...]:
    """List the exercises that the cells tagged `check` ask for."""
    cells = [cell for cell in notebook.cells if "check" in cell.metadata.get("tags", [])]
    found = [id for cell in cells for id in _checked(cell.source)]
    for id in found:
        if id not in EXERCISES:
            near = difflib.get_close_matches(id, EXERCISES, n=1, cutoff=0.0)[0]
            raise ValueError(
                f"{name}: must check exercises that there are, got {id!r}; did you mean {near!r}?"
            )
    return tuple(dict.fromkeys(found))


def _checked(source: str) -> list[str]:
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return []
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    calls = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "check"]
    first = [call.args[0] for call in calls]
    return [str(arg.value) for arg in first if isinstance(arg, ast.Constant)]
