"""Exercises of lesson 39: another light, a picture mirrored with its truth, and the size of a gap."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.teaching.calling import same
from workbench.teaching.exercise import FunctionExercise, Wrong

Bytes = NDArray[np.uint8]
Scores = NDArray[np.float64]
Pair = tuple[NDArray[Any], NDArray[Any]]
SIZES = ((2, 2), (2, 3), (4, 3), (5, 6), (12, 9))


def relit(image: Bytes, gain: float, offset: float) -> Bytes:
    """Give an image in another light, as bytes: rounded, and kept between black and white."""
    return np.clip(np.round(image * float(gain) + offset), 0, 255).astype(np.uint8)


def mirrored(image: Bytes, truth: Bytes) -> Pair:
    """Exchange left and right, in the picture and in its truth."""
    return image[:, ::-1], truth[:, ::-1]


def gap(home: Scores, away: Scores) -> float:
    """Give how much mean IoU falls, over the categories that both have."""
    both = ~np.isnan(home) & ~np.isnan(away)
    return float((home - away)[both].mean())


def both_same(expected: Any, got: Any) -> bool:
    """Compare two pairs of arrays.

    >>> both_same((1, 2), (1, 2)), both_same((1, 2), (1, 3)), both_same((1, 2), None)
    (True, False, False)
    """
    pair = isinstance(got, tuple | list) and len(got) == 2
    return pair and all(same(a, b) for a, b in zip(expected, got, strict=True))


def _lights(rng: np.random.Generator) -> list[tuple[Bytes, float, float]]:
    cases = []
    for height, width in SIZES:
        image = rng.integers(1, 255, (height, width, 3)).astype(np.uint8)
        # Sevenths never end in a half, about which people round differently; white must overflow, then fall.
        image[0, 0], image[1, 1] = 255, (200, 3, 0)
        cases.append((image, int(rng.integers(9, 13)) / 7, int(rng.integers(-60, -20))))
    image = rng.integers(0, 256, (16, 16, 3)).astype(np.uint8)
    return [*cases, (image, int(rng.integers(3, 6)) / 7, int(rng.integers(20, 60)))]


def _pairs(rng: np.random.Generator) -> list[tuple[Bytes, Bytes]]:
    def bytes_of(*shape: int) -> Bytes:
        """Give a picture of which no two pixels are alike, as far as there are bytes."""
        # A shuffled row of different numbers is the same in no mirror.
        return rng.permutation(int(np.prod(shape))).reshape(shape).astype(np.uint8)

    return [(bytes_of(height, width, 3), bytes_of(height, width) % 8) for height, width in SIZES]


def _both_homes(rng: np.random.Generator) -> list[tuple[Scores, Scores]]:
    cases = []
    for count in (3, 4, 6, 8, 12):
        home, away = rng.integers(50, 100, count) / 100, rng.integers(5, 50, count) / 100
        # One is met at home only, one abroad only.
        home[0], away[1] = np.nan, np.nan
        cases.append((home, away))
    return cases


def _wrapped(image: Bytes, gain: float, offset: float) -> Bytes:
    return np.round(image * float(gain) + offset).astype(np.int64).astype(np.uint8)


def _clipped_too_soon(image: Bytes, gain: float, offset: float) -> Bytes:
    return np.clip(np.round(np.clip(image * float(gain), 0, 255) + offset), 0, 255).astype(np.uint8)


def _cut_off(image: Bytes, gain: float, offset: float) -> Bytes:
    return np.clip(image * float(gain) + offset, 0, 255).astype(np.uint8)


def _offset_first(image: Bytes, gain: float, offset: float) -> Bytes:
    return np.clip(np.round((image + float(offset)) * gain), 0, 255).astype(np.uint8)


def _picture_only(image: Bytes, truth: Bytes) -> Pair:
    return image[:, ::-1], truth


def _upside_down(image: Bytes, truth: Bytes) -> Pair:
    return image[::-1], truth[::-1]


def _half_turn(image: Bytes, truth: Bytes) -> Pair:
    return image[::-1, ::-1], truth[::-1, ::-1]


def _colours(image: Bytes, truth: Bytes) -> Pair:
    return image[..., ::-1], truth[..., ::-1]


def _each_alone(home: Scores, away: Scores) -> float:
    return float(np.nanmean(home) - np.nanmean(away))


def _missing_is_nothing(home: Scores, away: Scores) -> float:
    return float(np.nan_to_num(home).mean() - np.nan_to_num(away).mean())


def _no_number(home: Scores, away: Scores) -> float:
    return float(home.mean() - away.mean())


def _other_sign(home: Scores, away: Scores) -> float:
    return -gap(home, away)


EXERCISES = (
    FunctionExercise(
        id="39.1",
        title="Another light",
        prompt=(
            "Write `relit(image, gain, offset)`: each value times `gain`, plus `offset`, rounded; what is "
            "below 0 or above 255 set to 0 or 255; as uint8."
        ),
        signature="relit(image, gain, offset)",
        solution=relit,
        cases=_lights,
        hint="Count in floats; then np.round, np.clip, and only at the very end uint8.",
        wrong=(
            Wrong(
                "wrapped around",
                _wrapped,
                "What is too bright comes out dark: after 255 a byte begins anew. Clip before you convert.",
            ),
            Wrong(
                "clipped too soon",
                _clipped_too_soon,
                "You clip before the offset, and what was too bright is darkened after all; clip at the end.",
            ),
            Wrong(
                "cut off", _cut_off, "You cut off what is behind the point: a little too dark; round first."
            ),
            Wrong("offset first", _offset_first, "You multiply the offset too; it comes after the gain."),
        ),
    ),
    FunctionExercise(
        id="39.2",
        title="The truth goes along",
        prompt=(
            "Write `mirrored(image, truth)`: left and right exchanged; give the picture and what is then "
            "true of it."
        ),
        signature="mirrored(image, truth)",
        solution=mirrored,
        cases=_pairs,
        equal=both_same,
        hint="Give two arrays, the picture (H, W, 3) and the truth (H, W), columns in reverse in both.",
        wrong=(
            Wrong(
                "picture only",
                _picture_only,
                "You mirror the picture and leave the truth: now cars are learnt where there are none.",
            ),
            Wrong("upside down", _upside_down, "You exchange top and bottom; a street has its sky above."),
            Wrong("half turn", _half_turn, "You turn it by half a circle: only columns in reverse."),
            Wrong(
                "colours",
                _colours,
                "The last axis of a picture is its colours: red and blue changed places. Columns are second.",
            ),
        ),
    ),
    FunctionExercise(
        id="39.3",
        title="How wide is the gap",
        prompt=(
            "Write `gap(home, away)`: by how much mean IoU falls, over the categories whose IoU is defined "
            "in both."
        ),
        signature="gap(home, away)",
        solution=gap,
        cases=_both_homes,
        hint="Which categories are a number in both? Take only those, then the mean of home minus away.",
        wrong=(
            Wrong(
                "each alone",
                _each_alone,
                "You average other categories at home than away: not only the domain differs then.",
            ),
            Wrong(
                "missing is nothing",
                _missing_is_nothing,
                "You count a category that was not met as failed; leave it out on both sides.",
            ),
            Wrong(
                "no number",
                _no_number,
                "One category that was not met makes your answer no number; leave such ones out.",
            ),
            Wrong("other sign", _other_sign, "You give the rise; a fall is asked for, home minus away."),
        ),
    ),
)
