"""What an instructor reads after grading: how it went, what to look at, and who wrote alike."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from statistics import mean, median

from workbench.grading.judging import answer_name
from workbench.grading.results import similarity
from workbench.grading.results.feedback import PAGE
from workbench.grading.results.totals import Total
from workbench.teaching import EXERCISES
from workbench.teaching.course import Assignment
from workbench.teaching.exercise import FunctionExercise

LOUD = "Graded WITHOUT a sandbox: any student's code could have changed these marks."
MOST_PAIRS = 20


@dataclass(frozen=True)
class Report:
    """Hold what is worth knowing, in sections: a heading, and sentences below it."""

    title: str
    sections: tuple[tuple[str, tuple[str, ...]], ...]

    def __str__(self) -> str:
        parts = [self.title]
        for heading, sentences in self.sections:
            parts += ["", f"{heading}:", *(f"  {sentence}" for sentence in sentences)]
        return "\n".join(parts)

    def html(self) -> str:
        """Give it as a page."""
        body = "".join(
            f"<h2>{escape(heading)}</h2><ul>{''.join(f'<li>{escape(line)}</li>' for line in sentences)}</ul>"
            for heading, sentences in self.sections
        )
        return PAGE.format(title=escape(self.title), body=body)


def report(
    lines: Sequence[Total], assignments: Sequence[Assignment], remarks: Sequence[str], title: str
) -> Report:
    """Sum a gradebook up.

    remarks : what reading the submissions found, a sentence each.
    """
    sections = [
        ("Warning", [LOUD] if any(line.graded and line.graded.trusting for line in lines) else []),
        ("Marks", [_summed(assignment, lines) for assignment in assignments]),
        ("Named mistakes", list(_mistakes(lines, assignments))),
        ("To look at", list(remarks)),
        ("Code that did what no answer needs", list(_violations(lines))),
        ("Handed in nothing", [f"{o.lesson}: {o.name} ({o.student})" for o in lines if o.state == "missing"]),
        ("Alike, a hint to look and no more", list(_alike(lines, assignments))),
    ]
    return Report(title, tuple((heading, tuple(said)) for heading, said in sections if said))


def _summed(assignment: Assignment, lines: Sequence[Total]) -> str:
    of_it = [line for line in lines if line.lesson == assignment.name]
    got = [line.total for line in of_it if not math.isnan(line.total)]
    if not got:
        return f"{assignment.name}: nobody has a mark"
    late = sum(line.late < 1 for line in of_it)
    return (
        f"{assignment.name}: {len(got)} of {len(of_it)} students have a mark; mean {mean(got):.2f}, median "
        f"{median(got):.2f} of {of_it[0].of:g} points; {late} too late for all points"
    )


def _mistakes(lines: Sequence[Total], assignments: Sequence[Assignment]) -> Iterable[str]:
    """Say which named wrong answer came how often, question by question."""
    for assignment in assignments:
        of_it = [line for line in lines if line.lesson == assignment.name]
        for id in assignment.exercises:
            marks = [mark for line in of_it if line.graded and (mark := line.graded.mark(id))]
            right = sum(mark.state == "right" for mark in marks)
            names = [mark.mistake for mark in marks if mark.mistake]
            often = sorted(set(names), key=lambda name: (-names.count(name), name))
            said = "".join(f", {name} {names.count(name)}" for name in often)
            yield f"{id} {EXERCISES[id].title}: {right} of {len(marks)} right{said}"


def _violations(lines: Sequence[Total]) -> Iterable[str]:
    for line in lines:
        for mark in line.graded.marks if line.graded else ():
            if mark.violation:
                yield f"{line.name} ({line.student}), {mark.exercise}: {mark.violation}"


def _alike(lines: Sequence[Total], assignments: Sequence[Assignment]) -> Iterable[str]:
    for assignment in assignments:
        names = [
            answer_name(exercise)
            for exercise in map(EXERCISES.__getitem__, assignment.exercises)
            if isinstance(exercise, FunctionExercise)
        ]
        codes = {
            f"{line.name} ({line.student})": similarity.answers(line.graded.work.cells, names)
            for line in lines
            if line.lesson == assignment.name and line.graded and line.state == "graded"
        }
        pairs = similarity.similar(codes)
        for pair in pairs[:MOST_PAIRS]:
            same = "".join(f"; both wrote: {text}" for text in pair.same_lines[:3])
            yield (
                f"{assignment.name}: {pair.first} and {pair.second}: {pair.share:.0%} of what is rare in the "
                f"class is the same in both ({pair.shared} places){same}"
            )
        if len(pairs) > MOST_PAIRS:
            yield f"{assignment.name}: {len(pairs) - MOST_PAIRS} more pairs, less alike"
