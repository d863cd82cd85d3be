"""Scores: one joint table of truth and guess, lenses that put the two together, numbers from the table."""

from workbench.metrics.card import CategoryScore, Score
from workbench.metrics.lens import LENSES, Comparison, Lens, prepare
from workbench.metrics.overlap import Overlap
from workbench.metrics.score import grade, score

__all__ = ["LENSES", "CategoryScore", "Comparison", "Lens", "Overlap", "Score", "grade", "prepare", "score"]
