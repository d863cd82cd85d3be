"""All masks that a class has painted of one picture: each against the truth, and where most of them miss."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.image import fitted_size
from workbench.panels.roll import Entry
from workbench.teaching.masks import MaskExercise, as_mask, measured

MARGIN = 16  # px, least, around what was to be painted
SMALL = 192  # px, longest side of what the page shows of a mask
NONE, HIT, MISSED, EXTRA = 0, 1, 2, 3  # as the page's own verdict codes

Codes = NDArray[np.uint8]


@dataclass(frozen=True)
class Gallery:
    """Hold the masks of a class.

    image : (H, W, 3) uint8. codes : (masks, H, W), what each mask hit, missed, and painted too much.
    students, scores : one for each mask. missed, extra : (H, W), by how many masks.
    places : the row and the column of the whole picture that each row and column here is.
    """

    image: NDArray[np.uint8]
    codes: Codes
    students: tuple[str, ...]
    scores: tuple[float, ...]
    missed: NDArray[np.int64]
    extra: NDArray[np.int64]
    metric: str
    bar: float
    places: tuple[list[int], list[int]]

    def message(self) -> tuple[dict[str, Any], list[bytes]]:
        """Give it as the page takes it: JSON, the picture as PNG, and codes and counts, deflated."""
        from PIL import Image as Pillow

        buffer = io.BytesIO()
        Pillow.fromarray(self.image).save(buffer, "PNG")
        shots = [
            {"student": student, "score": score if score == score else None}
            for student, score in zip(self.students, self.scores, strict=True)
        ]
        counts = np.stack([self.missed, self.extra]).astype("<u2")
        told = {"size": list(self.missed.shape), "shots": shots, "metric": self.metric, "bar": self.bar}
        told |= {"worst": worst(self), "rows": self.places[0], "columns": self.places[1]}
        packed = [zlib.compress(numbers.tobytes(), 1) for numbers in (self.codes, counts)]
        return told, [buffer.getvalue(), *packed]


def gallery(exercise: MaskExercise, entries: Sequence[Entry]) -> Gallery | None:
    """Compare every mask with the truth; who painted none, or something that is no mask, is left out."""
    from workbench.metrics.metric import METRICS

    sample = exercise.picture()
    truth, judged = exercise.true_mask(sample)
    masks, students = [], []
    for entry in entries:
        if (mask := _mask(entry.answer, truth.shape)) is not None:
            masks.append(mask)
            students.append(entry.student)
    if not masks:
        return None
    stack = np.stack(masks)
    codes = np.where(truth, np.where(stack, HIT, MISSED), np.where(stack, EXTRA, NONE)).astype(np.uint8)
    codes[:, ~judged] = NONE
    scores = tuple(measured(truth, mask, judged, exercise.metric) for mask in masks)
    rows, columns = _shown(truth)
    small = codes[:, rows[:, None], columns]
    image = np.ascontiguousarray(sample.image[rows[:, None], columns])
    title = METRICS[exercise.metric].title
    missed, extra = (small == MISSED).sum(0), (small == EXTRA).sum(0)
    places = rows.tolist(), columns.tolist()
    return Gallery(image, small, tuple(students), scores, missed, extra, title, exercise.bar, places)


def worst(found: Gallery) -> str:
    """Say in a sentence where most of a class miss."""
    count = len(found.students)
    sentences = []
    for what, counts in (("left out", found.missed), ("painted although it is none", found.extra)):
        if counts.max() > 0:
            row, column = np.unravel_index(int(counts.argmax()), counts.shape)
            share = f"{counts.max()} of {count}"
            place = f"row {found.places[0][row]}, column {found.places[1][column]}"
            sentences.append(f"{place} was {what} by {share}")
    return "; ".join(sentences) + "." if sentences else "Nobody missed a pixel."


def _shown(truth: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Choose the rows and columns that a page shows: what was to be painted and as much again around it."""
    shown = []
    for length, there in zip(truth.shape, (truth.any(1), truth.any(0)), strict=True):
        inside = np.flatnonzero(there)
        low, high = (int(inside[0]), int(inside[-1]) + 1) if len(inside) else (0, length)
        edge = max(high - low, MARGIN)
        shown.append((max(0, low - edge), min(length, high + edge)))
    lengths = fitted_size(tuple(high - low for low, high in shown), SMALL)
    places = [low + np.arange(n) * (high - low) // n for n, (low, high) in zip(lengths, shown, strict=True)]
    return places[0], places[1]


def _mask(answer: Any, size: tuple[int, ...]) -> NDArray[np.bool_] | None:
    try:
        mask = as_mask(answer, size)
    except (ValueError, TypeError):
        return None
    return mask if mask.any() else None
