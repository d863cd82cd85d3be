"""Exercises of lesson 04: how the centres of k-means move, and what their number means."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from workbench.teaching.exercise import ChoiceExercise, FunctionExercise, Wrong

Rows = NDArray[np.float64]


def move(pixels: Rows, centres: Rows) -> Rows:
    """Give each centre's mean of the pixels nearest to it; a centre without pixels stays."""
    return _moved(pixels, centres, np.argmin, lambda own: own.mean(axis=0))


def _moved(
    pixels: Rows,
    centres: Rows,
    choose: Callable[..., NDArray[np.intp]],
    middle: Callable[[Rows], Rows],
    lonely: float | None = None,
) -> Rows:
    """Move centres by some way of choosing a pixel's centre, of taking the middle, and of being lonely."""
    far = np.square(pixels[:, None] - centres).sum(axis=2)
    home = choose(far, axis=1)
    moved = np.array(centres, float)
    for number in range(len(centres)):
        own = pixels[home == number]
        if len(own):
            moved[number] = middle(own)
        elif lonely is not None:
            moved[number] = lonely
    return moved


def _clouds(rng: np.random.Generator) -> list[tuple[Rows, Rows]]:
    """Give pixels and centres, the last centre always far from all pixels: it stays where it is."""
    cases = []
    for count, features, k in ((5, 2, 3), (8, 2, 3), (20, 1, 3), (60, 3, 4), (300, 3, 5)):
        pixels = rng.integers(0, 100, (count, features)).astype(float)
        centres = rng.integers(0, 100, (k, features)).astype(float)
        # Two of three pixels lean to one side: mean and median differ, and no centre but the last is lonely.
        pixels[: k - 1] = centres[: k - 1] + rng.integers(1, 4, (k - 1, features))
        pixels[-1], pixels[-2] = pixels[0] + 9, pixels[0] + 1
        centres[-1] = 500
        cases.append((pixels, centres))
    return cases


def _one_round_of_sums(pixels: Rows, centres: Rows) -> Rows:
    return _moved(pixels, centres, np.argmin, lambda own: own.sum(axis=0))


EXERCISES = (
    FunctionExercise(
        id="04.1",
        title="Move the centres",
        prompt=(
            "Write `move(pixels, centres)`, one round of k-means: every pixel goes to its nearest centre, "
            "then every centre to the mean of its pixels. A centre that has none stays."
        ),
        signature="move(pixels, centres)",
        solution=move,
        cases=_clouds,
        hint="Distances first: pixels[:, None] - centres has a row for each pixel and one for each centre.",
        wrong=(
            Wrong(
                "the farthest",
                lambda pixels, centres: _moved(pixels, centres, np.argmax, lambda own: own.mean(axis=0)),
                "Pixels went to the centre that is farthest from them: take the smallest distance.",
            ),
            Wrong(
                "the median",
                lambda pixels, centres: _moved(
                    pixels, centres, np.argmin, lambda own: np.median(own, axis=0)
                ),
                "That is the median of a centre's pixels; what makes the spread least is another middle.",
            ),
            Wrong(
                "sums",
                _one_round_of_sums,
                "Those are sums: divide each by the number of its pixels.",
            ),
            Wrong(
                "lonely at nan",
                lambda pixels, centres: _moved(
                    pixels, centres, np.argmin, lambda own: own.mean(axis=0), np.nan
                ),
                "A centre without pixels has no mean: leave it where it is, or it is lost for ever.",
            ),
            Wrong(
                "lonely at 0",
                lambda pixels, centres: _moved(pixels, centres, np.argmin, lambda own: own.mean(axis=0), 0.0),
                "A centre without pixels was sent to black; it should stay where it is.",
            ),
        ),
    ),
    ChoiceExercise(
        id="04.2",
        title="How many clusters?",
        prompt=(
            "You run k-means with k = 2, 3, and so on up to 8, and the spread falls each time. What does "
            "that say about the right k?"
        ),
        options={
            "a": "8 is the best of them: its spread is the least",
            "b": "nothing by itself: with more centres, every pixel has one nearer by",
            "c": "k-means has not run long enough, or the spread would have stopped falling",
            "d": "the starts were lucky: with another seed the spread would grow with k",
        },
        solution="b",
        hint='Answer with the letter, such as reason = "a".',
        wrong=(
            Wrong(
                "the least spread",
                "a",
                "Go on in that way: which k has the least spread of all, and what would its clusters be?",
            ),
            Wrong(
                "not at rest",
                "c",
                "Each run ended at rest. Compare runs of different k, not rounds of one run.",
            ),
            Wrong(
                "luck",
                "d",
                "Add a centre to a finished run and leave the others: can any pixel be farther from its own?",
            ),
        ),
    ),
)
