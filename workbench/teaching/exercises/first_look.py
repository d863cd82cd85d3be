"""Exercises of lesson 00: masks, shares, overlap, and a cell painted by hand."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench import samples
from workbench.sample import Sample
from workbench.teaching.exercise import ChoiceExercise, FunctionExercise, MaskExercise, Wrong

Mask = NDArray[np.bool_]


def pixel_share(mask: Mask) -> float:
    """Give the share of the picture that the mask covers, 0 to 1."""
    return float(np.asarray(mask).mean())


def iou(truth: Mask, guess: Mask) -> float:
    """Give intersection over union of two masks; nan where both are empty."""
    either = np.count_nonzero(truth | guess)
    return np.count_nonzero(truth & guess) / either if either else math.nan


def cell() -> Sample:
    """Load the picture to paint on, small enough for a few strokes."""
    return samples.load("cell", longest=192)


def _grown(mask: Mask, pixels: int) -> Mask:
    """Make a mask wider on all sides, or narrower by a negative number."""
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * abs(pixels) + 1,) * 2)
    change = cv2.dilate if pixels > 0 else cv2.erode
    return change(mask.astype(np.uint8), disc) > 0


def _masks(rng: np.random.Generator) -> list[tuple[Mask]]:
    sizes = [(1, 2), (2, 3), (3, 3), (4, 6), (5, 5), (8, 5), (30, 40)]
    # At least one pixel in and one out: an empty or full mask cannot show every mistake.
    return [(_mixed(rng, size, rng.uniform(0.1, 0.4)),) for size in sizes] + [(np.zeros((2, 2), bool),)]


def _pairs(rng: np.random.Generator) -> list[tuple[Mask, Mask]]:
    pairs = [(np.array([[True, True, False]]), np.array([[True, False, True]]))]
    for size in [(2, 3), (3, 4), (5, 5), (20, 30)]:
        truth = _mixed(rng, size, 0.4)
        pairs.append((truth, truth ^ (rng.random(size) < 0.3)))
    empty = np.zeros((2, 2), bool)
    return [*pairs, (empty, ~empty), (empty, empty)]


def _mixed(rng: np.random.Generator, size: tuple[int, int], share: float) -> Mask:
    mask = rng.random(size) < share
    mask.flat[0], mask.flat[-1] = True, False
    return mask


EXERCISES = (
    FunctionExercise(
        id="00.1",
        title="How much of the picture?",
        prompt="Write `pixel_share(mask)`: the share of the picture that a boolean mask covers, from 0 to 1.",
        signature="pixel_share(mask)",
        solution=pixel_share,
        cases=_masks,
        hint="A mask is True at the object's pixels: count those, and divide by the number of all pixels.",
        wrong=(
            Wrong(
                "a count",
                lambda mask: int(np.sum(mask)),
                "That is a number of pixels; a share divides it by all pixels.",
            ),
            Wrong(
                "percent", lambda mask: 100 * np.mean(mask), "That is in percent; a share runs from 0 to 1."
            ),
            Wrong(
                "background counted",
                lambda mask: 1 - np.mean(mask),
                "That is the share of the background: False pixels were counted.",
            ),
            Wrong(
                "rows only",
                lambda mask: np.sum(mask) / len(mask),
                "len(mask) is the number of rows; mask.size is the number of pixels.",
            ),
        ),
    ),
    FunctionExercise(
        id="00.2",
        title="Intersection over union",
        prompt=(
            "Write `iou(truth, guess)` for two boolean masks. Where both are empty the score is "
            "undefined: return `nan`."
        ),
        signature="iou(truth, guess)",
        solution=iou,
        cases=_pairs,
        hint=(
            "Count the pixels that are in both, then those that are in at least one; the first "
            "divided by the second."
        ),
        wrong=(
            Wrong(
                "Dice",
                lambda t, g: _ratio(2 * np.sum(t & g), np.sum(t) + np.sum(g)),
                "That is Dice: it counts the common pixels twice.",
            ),
            Wrong(
                "recall",
                lambda t, g: _ratio(np.sum(t & g), np.sum(t)),
                "You divide by the truth alone, so a guess that covers everything would score 1.",
            ),
            Wrong(
                "accuracy",
                lambda t, g: np.mean(t == g),
                "Pixels that both call background are counted as hits; IoU looks at the object only.",
            ),
            Wrong(
                "empty is 1",
                lambda t, g: _ratio(np.sum(t & g), np.sum(t | g), 1.0),
                "Two empty masks have no union, and 0 / 0 is not 1: return float('nan').",
            ),
            Wrong(
                "empty is 0",
                lambda t, g: _ratio(np.sum(t & g), np.sum(t | g), 0.0),
                "Two empty masks have no union, and 0 / 0 is not 0: return float('nan').",
            ),
        ),
    ),
    ChoiceExercise(
        id="00.3",
        answer_name="prediction",
        title="Predict a score",
        prompt=(
            "A guess finds every pixel of the object, and as many pixels again that are not object. "
            "What is its IoU?"
        ),
        options={"a": "1, it missed nothing", "b": "2/3", "c": "1/2", "d": "0, half of it is wrong"},
        solution="c",
        hint='Answer with the letter, such as prediction = "a".',
        wrong=(
            Wrong(
                "extra pixels forgiven",
                "a",
                "Nothing is missed, but the extra pixels are in the union, and the union is below the line.",
            ),
            Wrong(
                "Dice",
                "b",
                (
                    "That is its Dice. For IoU, put the common pixels over all pixels that either of "
                    "the two has."
                ),
            ),
            Wrong(
                "all or nothing",
                "d",
                "The common pixels are right and count: how many are they, and how many are in the union?",
            ),
        ),
    ),
    MaskExercise(
        id="00.4",
        title="Paint the cell",
        prompt="Paint the cell by hand; IoU with a careful hand's outline must reach what is asked.",
        picture=cell,
        solution=lambda truth: truth,
        bar=0.85,
        hint="Zoom in, choose a small brush, and follow the middle of the blurred rim.",
        wrong=(
            Wrong(
                "halo counted",
                lambda truth: _grown(truth, 6),
                "The dark ring is made by the microscope and is no part of the cell: stop at the bright rim.",
            ),
            Wrong(
                "core only",
                lambda truth: _grown(truth, -5),
                "The cell goes on beyond your paint: fill it up to the middle of its blurred rim.",
            ),
            Wrong(
                "background painted",
                lambda truth: ~truth,
                "You painted what is around the cell; the cell is asked for, so exchange the two.",
            ),
        ),
    ),
)


def _ratio(above: float, below: float, empty: float = math.nan) -> float:
    return float(above / below) if below else empty
