"""The exercises of the lessons, a lesson a file."""

from workbench.teaching.exercise import Exercise
from workbench.teaching.exercises import (
    edges,
    first_look,
    thresholding,
)

LESSONS = (
    first_look,
    thresholding,
    edges,
)
EXERCISES: dict[str, Exercise] = {e.id: e for lesson in LESSONS for e in lesson.EXERCISES}
