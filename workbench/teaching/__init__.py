"""Exercises: declared once, checked on fresh inputs, answered with one honest sentence."""

from workbench.teaching.check import check
from workbench.teaching.exercise import Exercise, Wrong
from workbench.teaching.exercises import EXERCISES

__all__ = ["EXERCISES", "Exercise", "Wrong", "check"]
