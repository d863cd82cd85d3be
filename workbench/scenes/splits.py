"""Which seeds are for training, which for choosing, which for judging: no picture is ever in two of them."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

from workbench.params import near

# The stress pictures have the test's seeds, but are crowded: other pictures, and nobody trained on either.
SPLITS: Mapping[str, range] = {
    "train": range(10_000_000, 2**53),  # beyond 2**53 a JSON reader may round a seed
    "validation": range(1_000_000, 2_000_000),
    "test": range(2_000_000, 10_000_000),
    "stress": range(2_000_000, 10_000_000),
}
PER_TRAINING = 100_000_000  # seeds that each training has for itself


def seeds(split: str, first: int, count: int) -> range:
    """Give the seeds of `count` pictures of a split, from its picture number `first` on.

    Raises
    ------
    ValueError : a split there is not, a number that is not whole or below 0, or more pictures than it has.

    >>> seeds("validation", 0, 3), seeds("train", 16, 8)
    (range(1000000, 1000003), range(10000016, 10000024))
    """
    whole = _split(split)
    first, count = _number("first", first), _number("count", count)
    if first + count > len(whole):
        raise ValueError(
            f"splits: {split} has {len(whole)} pictures, asked for {first + count}; "
            "take a smaller first or count"
        )
    return whole[first : first + count]


def seed(split: str, picture: int, *, training: int = 0) -> int:
    """Give the seed of picture number `picture` of a split, for the training with seed `training`.

    Two trainings share no pictures. Validation, test and stress are the same for all, so that scores compare.

    Raises
    ------
    ValueError : as in `seeds`; or more pictures than a training has for itself.

    >>> seed("train", 5), seed("train", 5, training=1), seed("test", 5, training=1)
    (10000005, 110000005, 2000005)
    """
    picture, training = _number("picture", picture), _number("training", training)
    if split == "train":
        if picture >= PER_TRAINING:
            raise ValueError(
                f"splits: a training has {PER_TRAINING} pictures, asked for number {picture}; "
                "take a smaller number, or another training seed"
            )
        picture += training * PER_TRAINING
    return seeds(split, picture, 1)[0]


def knobs(split: str) -> dict[str, Any]:
    """Give what a scene must be called with beside seed and size, so that its picture is one of the split.

    Only the scenes named in ``workbench.scenes.CROWDED`` have stress pictures.

    Raises
    ------
    ValueError : a split there is not.

    >>> knobs("stress"), knobs("test")
    ({'crowded': True}, {})
    """
    _split(split)
    return {"crowded": True} if split == "stress" else {}


def _split(name: str) -> range:
    if name not in SPLITS:
        raise ValueError(
            f"splits: no split {name!r}{near(str(name), list(SPLITS))}; there are {', '.join(SPLITS)}"
        )
    return SPLITS[name]


def _number(what: str, value: int) -> int:
    try:
        number = -1 if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = -1
    if number < 0:
        raise ValueError(f"splits: {what} must be a whole number from 0, got {value!r}")
    return number
