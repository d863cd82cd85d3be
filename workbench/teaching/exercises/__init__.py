"""The exercises of the lessons, a lesson a file."""

from workbench.teaching.exercise import Exercise
from workbench.teaching.exercises import (
    borders,
    clustering,
    comparing,
    contours,
    detections,
    dice,
    edges,
    fields,
    first_look,
    graphs,
    panoptic,
    partitions,
    pixel_scores,
    regions,
    sparsity,
    superpixels,
    texture,
    thresholding,
    traps,
    watershed,
)

LESSONS = (
    first_look,
    thresholding,
    edges,
    regions,
    clustering,
    watershed,
    contours,
    graphs,
    superpixels,
    fields,
    texture,
    sparsity,
    pixel_scores,
    dice,
    borders,
    detections,
    panoptic,
    partitions,
    traps,
    comparing,
)
EXERCISES: dict[str, Exercise] = {e.id: e for lesson in LESSONS for e in lesson.EXERCISES}
