"""Evaluation over many settings and many pictures: sweeps, leave-one-out, and the tour of all methods."""

from workbench.evaluation.sweep import (
    Sweep,
    SweepPair,
    best,
    coarse_to_fine,
    leave_one_out,
    main_param,
    measure_of,
    score_at,
    sweep,
    sweep_pair,
    values_of,
)

__all__ = [
    "Sweep",
    "SweepPair",
    "best",
    "coarse_to_fine",
    "leave_one_out",
    "main_param",
    "measure_of",
    "score_at",
    "sweep",
    "sweep_pair",
    "values_of",
]
