"""Scores: one joint table of truth and guess, lenses that put the two together, numbers from the table."""

from workbench.metrics import counts, instance, panoptic, partition, semantic  # noqa: F401  they enter METRICS
from workbench.metrics.card import CategoryScore, Score
from workbench.metrics.comparison import LENSES, Comparison
from workbench.metrics.conventions import CONVENTIONS, Convention
from workbench.metrics.lens import Lens, prepare
from workbench.metrics.metric import METRICS, Metric
from workbench.metrics.overlap import Overlap
from workbench.metrics.score import grade, score

__all__ = [
    "CONVENTIONS",
    "LENSES",
    "METRICS",
    "CategoryScore",
    "Comparison",
    "Convention",
    "Lens",
    "Metric",
    "Overlap",
    "Score",
    "grade",
    "prepare",
    "score",
]
