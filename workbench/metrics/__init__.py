"""Scores: one joint table of truth and guess, lenses that put the two together, numbers from the table."""

# Importing them enters their metrics into the registry, in the order in which pages list them.
# isort: off
from workbench.metrics import semantic, cityscapes, instance, panoptic, partition, boundary, surface, counts  # noqa: F401

# isort: on
from workbench.metrics.card import CategoryScore, Score
from workbench.metrics.comparison import LENSES, Comparison
from workbench.metrics.conventions import CONVENTIONS, Convention
from workbench.metrics.lens import Lens, prepare
from workbench.metrics.many import Average, pool
from workbench.metrics.metric import METRICS, Metric
from workbench.metrics.overlap import Overlap
from workbench.metrics.score import grade, score

__all__ = [
    "CONVENTIONS",
    "LENSES",
    "METRICS",
    "Average",
    "CategoryScore",
    "Comparison",
    "Convention",
    "Lens",
    "Metric",
    "Overlap",
    "Score",
    "grade",
    "pool",
    "prepare",
    "score",
]
