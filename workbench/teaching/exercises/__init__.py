"""The exercises of the lessons, a lesson a file."""

from workbench.teaching.exercise import Exercise
from workbench.teaching.exercises import (
    contours,
    edges,
    first_look,
    regions,
    sparsity,
    thresholding,
)

LESSONS = (
    first_look,
    thresholding,
    edges,
    regions,
    contours,
    sparsity,
)
EXERCISES: dict[str, Exercise] = {e.id: e for lesson in LESSONS for e in lesson.EXERCISES}
