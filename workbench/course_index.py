"""The first page of the course: every lesson and dashboard, and the glossary, written from the lessons.

``python -m workbench.course_index`` writes both notebooks anew; a test holds them to what the lessons say.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from workbench.home import dashboards
from workbench.server import notebooks
from workbench.teaching.glossary import Term, find, terms

PARTS = {
    "0": ("Classical methods", "What can be done with grey levels, edges, neighbours and textures."),
    "2": ("Metrics", "What a score says, and what it keeps to itself."),
    "3": ("Networks", "What is learnt, how, and where it stops working."),
    "5": ("Data", "Where the truth comes from, and what is wrong with it."),
    "6": ("Applications", "One field each, with the question that it asks."),
}
MEMBERS = {"1": "0", "4": "3"}  # whose lessons continue the part of another first digit
NAMES = {
    "iou": "IoU", "ap": "AP", "fcn": "FCN", "segnet": "SegNet", "unet": "U-Net", "deeplab": "DeepLab",
    "mask rcnn": "Mask R-CNN", "fpn": "FPN",
}  # fmt: skip
FIRST = re.compile(r"# (?P<title>[^\n]+)\n+\*(?P<minutes>\d+) minutes\. (?P<before>.+?)\*(?:\n|$)", re.DOTALL)


@dataclass(frozen=True)
class Lesson:
    """Hold what the first cell of a lesson says of it.

    path : below the folder of notebooks. before : file names of the lessons that should come before it.
    """

    path: str
    title: str
    minutes: int
    before: tuple[str, ...]

    @property
    def number(self) -> str:
        """Give its two digits."""
        return Path(self.path).stem[:2]

    @cached_property
    def topic(self) -> str:
        """Name what it is about, from its file's name."""
        words = Path(self.path).stem[3:].replace("_", " ")
        for plain, written in NAMES.items():
            words = re.sub(rf"\b{plain}\b", written, words)
        return words[0].upper() + words[1:]

    @property
    def part(self) -> str:
        """Give the digit of the part it belongs to."""
        return MEMBERS.get(self.number[0], self.number[0])


def lessons(folder: Path | None = None) -> list[Lesson]:
    """Read the lessons of a folder of notebooks, in order.

    Raises
    ------
    ValueError : a lesson whose first cell does not say title, minutes and what comes before.
    """
    place = folder or notebooks()
    return [_lesson(place, path) for path in sorted((place / "lessons").glob("*.ipynb"))]


def readable(folder: Path) -> list[Lesson]:
    """Read the lessons of a folder; a folder whose lessons are not ours has none."""
    try:
        return lessons(folder)
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return []


def _lesson(place: Path, path: Path) -> Lesson:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    first = "".join(cells[0]["source"])
    found = FIRST.match(first)
    if found is None:
        raise ValueError(
            f"{path.name}: its first cell must be a title and '*N minutes. What comes before.*', "
            f"got {first[:60]!r}; write both"
        )
    before = re.findall(r"\]\(([\w-]+\.ipynb)\)", found["before"])
    return Lesson(
        str(path.relative_to(place).as_posix()), found["title"], int(found["minutes"]), tuple(before)
    )


def index_cells(folder: Path | None = None) -> list[tuple[str, str]]:
    """Write the index notebook's cells: kind (``markdown``, ``parameters`` or ``code``) and source."""
    place = folder or notebooks()
    found = lessons(place)
    hours = round(sum(lesson.minutes for lesson in found) / 60)
    opening = (
        "# Where to begin\n\n"
        f"{len(found)} lessons, about {hours} hours in all, and the dashboards, where methods and scores can "
        "be tried without a line of code. New here? Open [the first lesson](" + found[0].path + ").\n\n"
        "A lesson is read from top to bottom, its cells run one after the other (Shift and Enter). Its "
        "exercises answer at once.\n\n"
        "[The glossary](glossary.ipynb) says what a word means and which lesson introduces it."
    )
    tables = "\n\n".join(filter(None, (_part(digit, found) for digit in PARTS)))
    return [
        ("markdown", opening),
        ("parameters", "shown: bool = True  # whether to show which exercises are done"),
        ("code", "from workbench import course_index\n\ncourse_index.progress() if shown else None"),
        ("markdown", "## The lessons\n\n" + tables),
        ("markdown", "## The dashboards\n\n" + _pages(place)),
    ]


def _part(digit: str, found: Sequence[Lesson]) -> str:
    title, sentence = PARTS[digit]
    files = {Path(lesson.path).name: lesson for lesson in found}
    rows = [
        f"| [{lesson.number} {lesson.topic}]({lesson.path}) | {lesson.title} | {lesson.minutes} | "
        + (", ".join(f"[{name[:2]}]({files[name].path})" for name in lesson.before) or "–")
        + f" | {_exercises(lesson.number)} |"
        for lesson in found
        if lesson.part == digit
    ]
    head = "| lesson | its question | minutes | before it | exercises |\n|:--|:--|--:|:--|--:|\n"
    return f"### {title}\n\n{sentence}\n\n{head}" + "\n".join(rows) if rows else ""


def _exercises(number: str) -> int:
    from workbench.teaching.exercises import EXERCISES

    return sum(id.startswith(f"{number}.") for id in EXERCISES)


def _pages(place: Path) -> str:
    rows = [
        f"| [{one.title}](dashboards/{one.path}) | {one.sentence} |"
        for one in dashboards(place / "dashboards")
    ]
    return "| dashboard | what it is for |\n|:--|:--|\n" + "\n".join(rows)


def glossary_cells(folder: Path | None = None) -> list[tuple[str, str]]:
    """Write the glossary notebook's cells: kind and source."""
    known = {lesson.number: lesson for lesson in lessons(folder)}
    opening = (
        "# What does that word mean?\n\n"
        "Each word of the field, in plain words, with the lesson that introduces it. "
        "Back to [the index](index.ipynb)."
    )
    return [
        ("markdown", opening),
        ("parameters", 'word: str = ""  # any part of a word: only what has it is shown below this cell'),
        ("code", "from workbench import course_index\n\ncourse_index.explained(word) if word else None"),
        ("markdown", "## All words\n\n" + _table(terms(), known)),
    ]


def _table(listed: Sequence[Term], known: dict[str, Lesson]) -> str:
    rows = [
        f"| **{term.name}** | {term.meaning} | [{there.number} {there.topic}]({there.path}) |"
        for term in listed
        if (there := known.get(term.lesson))
    ]
    return "| word | meaning | lesson |\n|:--|:--|:--|\n" + "\n".join(rows)


def explained(word: str) -> Any:
    """Show the terms that have a word in their name or meaning; says so where there is none."""
    from IPython.display import Markdown

    found = find(word)
    known = {lesson.number: lesson for lesson in lessons()}
    return Markdown(_table(found, known) if found else f"No word of the glossary has *{word}* in it.")


def progress() -> Any:
    """Show which exercises are done, or say in a sentence that nobody keeps count here."""
    from IPython.display import Markdown

    if find_spec("workbench.teaching.progress") is None:
        return Markdown("Which exercises are done is not kept here.")
    from importlib import import_module

    return import_module("workbench.teaching.progress").summary()


def notebook(cells: Sequence[tuple[str, str]]) -> str:
    """Write a notebook as JSON, its cells numbered in order, without outputs."""
    made: list[dict[str, Any]] = []
    for number, (kind, source) in enumerate(cells):
        cell: dict[str, Any] = {"id": f"cell-{number:02d}", "metadata": {}, "source": source.splitlines(True)}
        if kind == "markdown":
            cell["cell_type"] = "markdown"
        else:
            cell |= {"cell_type": "code", "execution_count": None, "outputs": []}
            cell["metadata"] = {"tags": ["parameters"]} if kind == "parameters" else {}
        made.append(dict(sorted(cell.items())))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    whole = {"cells": made, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def write(folder: Path | None = None) -> list[Path]:
    """Write both notebooks into the folder of notebooks; gives their paths."""
    place = folder or notebooks()
    pages = {"index.ipynb": index_cells(place), "glossary.ipynb": glossary_cells(place)}
    for name, cells in pages.items():
        (place / name).write_text(notebook(cells), encoding="utf-8")
    return [place / name for name in pages]


if __name__ == "__main__":
    for path in write(Path(sys.argv[1]) if len(sys.argv) > 1 else None):
        print(path)
