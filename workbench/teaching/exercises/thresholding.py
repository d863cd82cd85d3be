"""Exercises of lesson 01: thresholds, how to choose one, and when none will do."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.sample import Sample
from workbench.scenes import cells
from workbench.teaching.exercise import ChoiceExercise, FunctionExercise, SettingExercise, Wrong

Grey = NDArray[np.uint8]
Counts = NDArray[np.int64]


def threshold(grey: Grey, level: int) -> NDArray[np.bool_]:
    """Give the mask of the pixels that are brighter than the level."""
    return grey > level


def intermeans(counts: Counts) -> int:
    """Give Ridler and Calvard's level (1978) of a histogram with at least two grey levels in it."""
    values = np.arange(len(counts))
    level, last = int(np.average(values, weights=counts)), -1
    while level != last:
        below, above = (np.average(values[s], weights=counts[s]) for s in (values <= level, values > level))
        level, last = int((below + above) / 2), level
    return level


def _pictures(rng: np.random.Generator) -> list[tuple[Grey, int]]:
    sizes = [(1, 3), (2, 3), (3, 4), (4, 4), (20, 30)]
    pictures = []
    for size in sizes:
        level = int(rng.integers(40, 200))
        grey = rng.integers(0, 256, size, dtype=np.uint8)
        grey.flat[:3] = level - 1, level, level + 1  # the level itself is where off-by-one shows
        pictures.append((grey, level))
    return pictures


def _histograms(rng: np.random.Generator) -> list[tuple[Counts]]:
    small = np.zeros(8, np.int64)
    small[[0, 1, 6, 7]] = 1, 9, 2, 1
    drawn = []
    for _ in range(6):
        low, high = rng.uniform(30, 90), rng.uniform(150, 220)
        # One side far larger than the other: one step, or means that ignore the counts, come out elsewhere.
        grey = np.concatenate(
            [rng.normal(low, rng.uniform(8, 20), 4000), rng.normal(high, rng.uniform(8, 25), 300)]
        )
        drawn.append((np.bincount(np.clip(grey, 0, 255).astype(int), minlength=256),))
    return [(small,), *drawn]


def noisy_cells(rng: np.random.Generator) -> list[Sample]:
    """Generate four noisy fluorescence pictures that nobody has seen."""
    seeds = rng.integers(1000, 10**9, 4)
    return [cells(int(s), (160, 160), style="fluorescence", light=0.4, noise=0.2, cover=0.4) for s in seeds]


def _one_step(counts: Counts) -> int:
    values = np.arange(len(counts))
    level = int(np.average(values, weights=counts))
    below, above = (np.average(values[s], weights=counts[s]) for s in (values <= level, values > level))
    return int((below + above) / 2)


def _halfway(counts: Counts) -> int:
    filled = np.flatnonzero(counts)
    return int((filled[0] + filled[-1]) / 2)


def _unweighted(counts: Counts) -> int:
    return intermeans((counts > 0).astype(np.int64))


def _mean(counts: Counts) -> int:
    return int(np.average(np.arange(len(counts)), weights=counts))


EXERCISES = (
    FunctionExercise(
        id="01.1",
        title="Threshold a picture",
        prompt=(
            "Write `threshold(grey, level)`: a boolean mask of the pixels that are **brighter than** "
            "the level."
        ),
        signature="threshold(grey, level)",
        solution=threshold,
        cases=_pictures,
        hint="Comparing an array with a number gives a boolean array of the same shape.",
        wrong=(
            Wrong(
                "off by one",
                lambda grey, level: grey >= level,
                "Look at a pixel that is exactly at the level: it is not brighter than it.",
            ),
            Wrong(
                "dark side",
                lambda grey, level: grey < level,
                "You kept the dark side; bright pixels are asked for.",
            ),
            Wrong(
                "0 and 255",
                lambda grey, level: np.where(grey > level, 255, 0).astype(np.uint8),
                "The pixels are right, but a mask holds True and False, not 0 and 255.",
            ),
        ),
    ),
    FunctionExercise(
        id="01.2",
        title="Halfway between the means",
        prompt=(
            "Write `intermeans(counts)`: Ridler and Calvard's way (1978) of choosing a level from a "
            "histogram."
        ),
        signature="intermeans(counts)",
        solution=intermeans,
        cases=_histograms,
        hint=(
            "A mean over a histogram weighs each grey level by its count: np.average(values, weights=counts)."
        ),
        wrong=(
            Wrong(
                "one step", _one_step, "One step is made: repeat it with the new level until the level stays."
            ),
            Wrong("the mean", _mean, "That is the mean of all pixels, where the search only begins."),
            Wrong(
                "counts ignored",
                _unweighted,
                "Every grey level counts the same in your means; weigh each by its number of pixels.",
            ),
            Wrong(
                "middle of the range",
                _halfway,
                "That lies between the darkest and the brightest pixel; a single speck would move it.",
            ),
        ),
    ),
    SettingExercise(
        id="01.3",
        title="One setting for pictures you have not seen",
        prompt=(
            "Choose `sigma` and `objects` for Otsu so that noisy pictures of glowing cells, unseen "
            "ones, are cut well."
        ),
        method="otsu",
        values=("sigma", "objects"),
        scenes=noisy_cells,
        solution={"sigma": 2.0, "objects": "bright"},
        hint=(
            "Try a few values of sigma on the picture above, and choose from the middle of those "
            "that do well."
        ),
        wrong=(
            Wrong(
                "wrong side",
                {"objects": "dark"},
                "These cells glow: they are the bright side of the threshold.",
            ),
            Wrong(
                "no blur",
                {"sigma": 0.0},
                "Noise still pushes single pixels over the level: blur more before deciding.",
            ),
            Wrong(
                "too much blur",
                {"sigma": 10.0},
                "So much blur melts neighbours together and rounds cells away: blur less.",
            ),
        ),
    ),
    ChoiceExercise(
        id="01.4",
        title="Why did it fail?",
        prompt="Why can no single threshold find all the cells of the last picture?",
        options={
            "a": "the picture is too noisy",
            "b": "some cells are darker than the background and others are brighter",
            "c": "Otsu chose a bad level; another level would find them all",
            "d": "the cells touch each other",
        },
        solution="b",
        hint='Answer with the letter, such as reason = "a".',
        wrong=(
            Wrong(
                "noise",
                "a",
                (
                    "Blur takes noise away: run Otsu with sigma=3 on that picture, and see whether "
                    "the cells come."
                ),
            ),
            Wrong(
                "another level",
                "c",
                "Look at the curve over all levels: does any of them come near a good score?",
            ),
            Wrong(
                "touching",
                "d",
                "Touching cells melt into one, but they would still be found; here whole cells are missing.",
            ),
        ),
    ),
)
