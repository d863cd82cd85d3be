"""Which exercises of which lesson are done, and where to go next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape

from workbench.teaching.base import Exercise
from workbench.teaching.exercises import LESSONS
from workbench.teaching.kept import Kept, known
from workbench.teaching.verdict import MARKS, State


@dataclass(frozen=True)
class Step:
    """Hold one exercise and what is known of it; None where it was not tried."""

    exercise: Exercise
    kept: Kept | None

    @property
    def state(self) -> State:
        """Say how it stands; what was right once stays so."""
        if self.kept is None:
            return "not attempted"
        return "right" if self.kept.done else "not yet"

    @property
    def told(self) -> str:
        """Say the same in words."""
        if self.kept is None:
            return f"{self.exercise.id} {self.exercise.title}: not tried yet"
        tries = f"{self.kept.attempts} {'try' if self.kept.attempts == 1 else 'tries'}"
        return f"{self.exercise.id} {self.exercise.title}: {self.state}, {tries}"


@dataclass(frozen=True)
class Lesson:
    """Hold the exercises of one lesson; number : its two digits. topic : what they are about."""

    number: str
    topic: str
    steps: tuple[Step, ...]

    @property
    def done(self) -> int:
        """Count those that are done."""
        return sum(step.state == "right" for step in self.steps)

    @property
    def begun(self) -> bool:
        """Say whether any was tried."""
        return any(step.kept for step in self.steps)


@dataclass(frozen=True)
class Progress:
    """Hold all lessons; a notebook shows it as a sentence and, folded away, a line a lesson."""

    lessons: tuple[Lesson, ...]

    @property
    def steps(self) -> list[Step]:
        """List all exercises in order."""
        return [step for lesson in self.lessons for step in lesson.steps]

    @cached_property
    def done(self) -> int:
        """Count the exercises that are done."""
        return sum(lesson.done for lesson in self.lessons)

    @cached_property
    def next(self) -> Step | None:
        """Give what to do next: the first that is open, in the lesson worked on last or after it."""
        latest = max(
            (s for s in self.steps if s.kept), key=lambda s: s.kept.last if s.kept else "", default=None
        )
        number = latest.exercise.id[:2] if latest else ""
        open_ones = [step for step in self.steps if step.state != "right"]
        here = [step for step in open_ones if step.exercise.id.startswith(number + ".")]
        after = [step for step in open_ones if step.exercise.id > number]
        return next(iter([*here, *after, *open_ones]), None)

    @property
    def sentence(self) -> str:
        """Say how far one is and what comes next."""
        far = f"{self.done} of {len(self.steps)} exercises done."
        if self.next is None:
            return far + " That is all of them."
        verb = "Begin with" if not any(lesson.begun for lesson in self.lessons) else "Go on with"
        title = self.next.exercise.title
        return f"{far} {verb} {self.next.exercise.id} {title}" + ("" if title.endswith("?") else ".")

    def __str__(self) -> str:
        lines = [self.sentence]
        for lesson in self.lessons:
            marks = "".join(MARKS[step.state][0] for step in lesson.steps)
            lines.append(f"  {lesson.number} {marks:<5} {lesson.done} of {len(lesson.steps)}  {lesson.topic}")
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        lines = "".join(_line(lesson) for lesson in self.lessons)
        table = f'<table style="margin:6px 0 0;border:0"><tbody>{lines}</tbody></table>'
        folded = f'<details><summary style="cursor:pointer">lesson by lesson</summary>{table}</details>'
        return (
            f'<div data-progress="{self.done}"><p style="margin:0">{escape(self.sentence)}</p>{folded}</div>'
        )


def summary(kept: Mapping[str, Kept] | None = None) -> Progress:
    """Give what is done of every lesson, by default by this person on this machine."""
    kept = known() if kept is None else kept
    lessons = []
    for module in LESSONS:
        steps = tuple(Step(exercise, kept.get(exercise.id)) for exercise in module.EXERCISES)
        _, _, topic = (module.__doc__ or "").partition("\n")[0].rstrip(".").partition(": ")
        lessons.append(Lesson(steps[0].exercise.id[:2], topic, steps))
    return Progress(tuple(lessons))


def _line(lesson: Lesson) -> str:
    cell = "color:inherit;padding:1px 12px 1px 0;text-align:left;border:0;background:none"
    marks = "".join(_mark(step) for step in lesson.steps)
    return (
        f'<tr style="background:none"><th scope="row" style="{cell}">{lesson.number}</th>'
        f'<td style="{cell}">{marks}</td><td style="{cell}">{lesson.done} of {len(lesson.steps)}</td>'
        f'<td style="{cell}">{escape(lesson.topic)}</td></tr>'
    )


def _mark(step: Step) -> str:
    sign, colour = MARKS[step.state]
    words = escape(step.told)
    return (
        f'<span role="img" aria-label="{words}" title="{words}" '
        f'style="color:{colour};font-weight:700;padding-right:4px">{sign}</span>'
    )
