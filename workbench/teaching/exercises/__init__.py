"""The exercises of the lessons, a lesson a file."""

from workbench.teaching.exercise import Exercise
from workbench.teaching.exercises import first_look, thresholding

EXERCISES: dict[str, Exercise] = {e.id: e for lesson in (first_look, thresholding) for e in lesson.EXERCISES}
