"""Exercises of lesson 51: numbers of three bytes, folds that split nobody, and a rim that was averaged."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.teaching.exercise import ChoiceExercise, FunctionExercise, Wrong

Image = NDArray[np.uint8]
Counts = NDArray[np.int64]


def thing_ids(rgb: Image) -> Counts:
    """Give the (H, W) numbers of an (H, W, 3) COCO panoptic picture, red first."""
    red, green, blue = np.moveaxis(rgb.astype(np.int64), 2, 0)
    return red + 256 * green + 256**2 * blue


def folds(patients: Counts, k: int) -> Counts:
    """Give each picture the fold of its patient; patients are dealt out in the order of their numbers."""
    return np.unique(patients, return_inverse=True)[1] % k


def _pictures(rng: np.random.Generator) -> list[tuple[Image]]:
    # All three channels differ and none is 0, so that no reader who loses one comes out right.
    smallest = rng.choice(np.arange(1, 256), 3, replace=False).astype(np.uint8).reshape(1, 1, 3)
    pictures = [(smallest,)]
    for size in ((1, 4), (3, 4), (8, 8), (30, 40)):
        pictures.append((rng.integers(0, 256, (*size, 3), dtype=np.uint8),))
    return pictures


def _wards(rng: np.random.Generator) -> list[tuple[Counts, int]]:
    cases = []
    for patients, pictures, k in ((3, 6, 2), (4, 9, 3), (5, 12, 3), (8, 30, 5), (20, 100, 4)):
        numbers = rng.choice(np.arange(10, 99), patients, replace=False) * k + 1  # of one remainder by k
        whose = np.concatenate([numbers, rng.choice(numbers, pictures - patients)])
        first = rng.permutation(whose)
        if (np.diff(first) >= 0).all():  # in order, every order is the order of the numbers
            first = first[::-1]
        cases.append((first, k))
    return cases


def _in_bytes(rgb: Image) -> Counts:
    return rgb[..., 0].astype(np.int64)


def _blue_first(rgb: Image) -> Counts:
    return thing_ids(rgb[..., ::-1])


def _powers_of_255(rgb: Image) -> Counts:
    red, green, blue = np.moveaxis(rgb.astype(np.int64), 2, 0)
    return red + 255 * green + 255**2 * blue


def _by_picture(patients: Counts, k: int) -> Counts:
    return np.arange(len(patients)) % k


def _first_met(patients: Counts, k: int) -> Counts:
    order = list(dict.fromkeys(patients.tolist()))
    return np.array([order.index(n) for n in patients.tolist()]) % k


def _blocks(patients: Counts, k: int) -> Counts:
    numbers, place = np.unique(patients, return_inverse=True)
    return place * k // len(numbers)


EXERCISES = (
    FunctionExercise(
        id="51.1",
        title="Numbers of three bytes",
        prompt="Write `thing_ids(rgb)`: the numbers R + 256 G + 256² B of a picture of bytes, red first.",
        signature="thing_ids(rgb)",
        solution=thing_ids,
        cases=_pictures,
        hint="A byte ends at 255: make the numbers wider before you multiply.",
        wrong=(
            Wrong(
                "one byte",
                _in_bytes,
                "Only red is left. In a byte there is no room for more: make the numbers wider first.",
            ),
            Wrong("blue first", _blue_first, "Your first channel is blue, as OpenCV reads; here it is red."),
            Wrong("255", _powers_of_255, "A byte has 256 values, 0 among them: the next is worth 256."),
            Wrong(
                "the sum",
                lambda rgb: rgb.astype(np.int64).sum(axis=2),
                "In a plain sum the three channels count alike, and different things get one number.",
            ),
        ),
    ),
    FunctionExercise(
        id="51.2",
        title="Folds that split nobody",
        prompt=(
            "Write `folds(patients, k)`: deal the different patients, sorted by number, out to k folds in "
            "turn, and give the fold of each picture."
        ),
        signature="folds(patients, k)",
        solution=folds,
        cases=_wards,
        hint="numpy.unique with return_inverse gives each picture its patient's place in the sorted list.",
        wrong=(
            Wrong(
                "by picture",
                _by_picture,
                "You deal out pictures, so a patient is in several folds, and training knows the test.",
            ),
            Wrong(
                "the number itself",
                lambda patients, k: patients % k,
                "The numbers themselves may all leave one remainder; deal out their places in the list.",
            ),
            Wrong(
                "as they come",
                _first_met,
                "Nobody is split, but you deal them out as they come; sort the patients by number first.",
            ),
            Wrong(
                "in blocks",
                _blocks,
                "Nobody is split, but neighbours in the list share a fold; deal them out in turn.",
            ),
        ),
    ),
    ChoiceExercise(
        id="51.3",
        title="A rim of building",
        prompt="After the pictures were made smaller, every car on the road has a thin rim of building. Why?",
        options={
            "a": "the pictures were read with blue first",
            "b": "void was taken for a category",
            "c": "the truths were made smaller by averaging their numbers",
            "d": "the boxes are one pixel short",
        },
        solution="c",
        answer_name="cause",
        hint='Answer with the letter, such as cause = "a".',
        wrong=(
            Wrong(
                "blue first",
                "a",
                "Exchanged colours change whole surfaces, not just the pixels between two of them.",
            ),
            Wrong(
                "void",
                "b",
                "Void would make a rim, but with a number of its own: why that of a building?",
            ),
            Wrong("boxes", "d", "A box has no pixels of a third category; look at the numbers of all three."),
        ),
    ),
)
