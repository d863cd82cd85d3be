"""The kinds of exercises: one name to import them from."""

from workbench.teaching.base import KINDS, Exercise, Wrong
from workbench.teaching.choices import ChoiceExercise
from workbench.teaching.functions import FunctionExercise
from workbench.teaching.masks import MaskExercise
from workbench.teaching.predictions import PredictionExercise
from workbench.teaching.settings import SettingExercise

__all__ = [
    "KINDS",
    "ChoiceExercise",
    "Exercise",
    "FunctionExercise",
    "MaskExercise",
    "PredictionExercise",
    "SettingExercise",
    "Wrong",
]
