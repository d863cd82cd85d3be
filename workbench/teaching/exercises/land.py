"""Exercises of lesson 62: a colour index, areas from an error matrix, tiles."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.teaching.exercise import ChoiceExercise, FunctionExercise, Wrong

Image = NDArray[np.uint8]
Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


def excess_green(image: Image) -> Floats:
    """Give the (H, W) excess green index 2g - r - b of an (H, W, 3) picture, 0 where it is black."""
    red, green, blue = np.moveaxis(image.astype(float), 2, 0)
    total = red + green + blue
    return (2 * green - red - blue) / np.where(total > 0, total, 1)


def area(matrix: Counts, pixels: Counts, category: int) -> float:
    """Give the area-adjusted estimate of a category's true area, in pixels (Olofsson et al., 2014)."""
    return float((pixels * matrix[:, category] / matrix.sum(axis=1)).sum())


def _pictures(rng: np.random.Generator) -> list[tuple[Image]]:
    # A bright leaf: twice its green does not fit into a byte, nor does its sum.
    smallest = np.array([[[rng.integers(60, 90), rng.integers(200, 240), rng.integers(50, 80)]]], np.uint8)
    pictures = [(smallest,)]
    for size in [(2, 2), (2, 3), (4, 5), (20, 30)]:
        image = rng.integers(0, 256, (*size, 3), dtype=np.uint8)
        image[-1, -1] = 0
        pictures.append((image,))
    return pictures


def _surveys(rng: np.random.Generator) -> list[tuple[Counts, Counts, int]]:
    surveys = []
    for names in (2, 2, 3, 4, 6):
        # Rows of different lengths, and strata of very different areas: no shortcut comes out the same.
        lengths = rng.choice(np.arange(10, 80), names, replace=False)
        matrix = np.stack([rng.multinomial(n - names, rng.dirichlet(np.ones(names))) + 1 for n in lengths])
        pixels = rng.choice(np.arange(1, 60), names, replace=False) * 1000
        surveys.append((matrix, pixels, int(rng.integers(names))))
    return surveys


def _black_is_nan(image: Image) -> Floats:
    with np.errstate(invalid="ignore"):
        red, green, blue = np.moveaxis(image.astype(float), 2, 0)
        return (2 * green - red - blue) / (red + green + blue)


def _wrapped(image: Image) -> Floats:
    red, green, blue = np.moveaxis(image, 2, 0)
    total = image.sum(axis=2)
    return (2 * green - red - blue) / np.where(total > 0, total, 1)


def _precision(matrix: Counts, pixels: Counts, category: int) -> float:
    return float(pixels[category] * matrix[category, category] / matrix[category].sum())


EXERCISES = (
    FunctionExercise(
        id="62.1",
        title="Excess green",
        prompt=(
            "Write `excess_green(image)`: 2g - r - b of each pixel, with r, g, b divided by their sum; 0 "
            "where a pixel is black."
        ),
        signature="excess_green(image)",
        solution=excess_green,
        cases=_pictures,
        hint="Make floats first, then divide each of the three channels by the sum of the three.",
        wrong=(
            Wrong(
                "not divided",
                lambda image: 2.0 * image[..., 1] - image[..., 0] - image[..., 2],
                "That grows with the light: divide by red + green + blue first.",
            ),
            Wrong(
                "bytes",
                _wrapped,
                "A byte ends at 255 and begins again: turn the picture into floats before you compute.",
            ),
            Wrong(
                "mean instead of sum",
                lambda image: 3 * excess_green(image),
                "You divide by the mean of the channels; chromatic coordinates divide by their sum.",
            ),
            Wrong(
                "blue first",
                lambda image: (
                    excess_green(image)
                    + 3 * (image[..., 2].astype(float) - image[..., 1]) / np.maximum(image.sum(axis=2), 1)
                ),
                "That is the excess of blue: the channels come as red, green, blue, so green is number 1.",
            ),
            Wrong(
                "black is nan",
                _black_is_nan,
                "It is right but for black pixels, where 0 / 0 is nan: give those 0.",
            ),
        ),
    ),
    FunctionExercise(
        id="62.2",
        title="The area behind the map",
        prompt=(
            "Write `area(matrix, pixels, category)`: the area-adjusted estimate of a category's true area, "
            "in pixels, from an error matrix with a row for each name on the map."
        ),
        signature="area(matrix, pixels, category)",
        solution=area,
        cases=_surveys,
        hint="Each row gives the share of its stratum that is truly of the category; its pixels weigh it.",
        wrong=(
            Wrong(
                "counted on the map",
                lambda matrix, pixels, category: float(pixels[category]),
                "That is what the map says by itself; the matrix shows how much of it is something else.",
            ),
            Wrong(
                "what hid elsewhere",
                _precision,
                "You took out what does not belong; now add what the other rows hold of this category.",
            ),
            Wrong(
                "strata not weighed",
                lambda matrix, pixels, category: float(
                    pixels.sum() * matrix[:, category].sum() / matrix.sum()
                ),
                "All points count alike in that, but a point of a large stratum stands for more pixels.",
            ),
            Wrong(
                "columns",
                lambda matrix, pixels, category: area(matrix.T, pixels, category),
                "Rows and columns are exchanged: a row is a name on the map, its points are the whole.",
            ),
            Wrong(
                "a share",
                lambda matrix, pixels, category: area(matrix, pixels, category) / float(pixels.sum()),
                "That is the share of the map; pixels were asked for.",
            ),
        ),
    ),
    ChoiceExercise(
        id="62.3",
        answer_name="remedy",
        title="A chessboard on the map",
        prompt=(
            "Tiles are thresholded one by one with Otsu's rule, and the map shows a chessboard. What helps?"
        ),
        options={
            "a": "smaller tiles, so that each is more uniform",
            "b": "one level, from the index of all tiles together",
            "c": "blurring the finished map along the seams",
            "d": "brightening each tile to the same mean before the index is taken",
        },
        solution="b",
        hint='Answer with the letter, such as remedy = "a".',
        wrong=(
            Wrong(
                "smaller tiles",
                "a",
                "In a uniform tile the rule still makes two groups: what does it split there?",
            ),
            Wrong(
                "blur the seams",
                "c",
                "The tiles disagree in their middles as well, far from any seam: what makes them disagree?",
            ),
            Wrong(
                "same mean",
                "d",
                "The index has divided the light out already. The level differs from tile to tile.",
            ),
        ),
    ),
)
