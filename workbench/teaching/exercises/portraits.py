"""Exercises of lesson 64: trimaps, premultiplied alpha, and where a halo comes from."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.teaching.exercise import ChoiceExercise, FunctionExercise, Wrong

Mask = NDArray[np.bool_]
Image = NDArray[np.uint8]
Floats = NDArray[np.float64]


def trimap(mask: Mask, width: int) -> Image:
    """Give 255 where a square of 2 * width + 1 px is all object, 0 where none of it is, 128 elsewhere."""
    square = np.ones((2 * width + 1, 2 * width + 1), np.uint8)
    inner = cv2.erode(mask.astype(np.uint8), square)
    outer = cv2.dilate(mask.astype(np.uint8), square)
    return np.where(inner > 0, 255, np.where(outer > 0, 128, 0)).astype(np.uint8)


def composite(alpha: Floats, front: Image, back: Image) -> Image:
    """Put an (H, W, 3) front, premultiplied by (H, W) alpha, before a back; rounded."""
    behind = (1 - alpha[..., None]) * back
    return np.clip(np.round(front + behind), 0, 255).astype(np.uint8)


def _masks(rng: np.random.Generator) -> list[tuple[Mask, int]]:
    smallest = np.zeros((3, 5), bool)
    smallest[:, : 2 + int(rng.integers(2))] = True
    masks = [(smallest, 1)]
    for size, width in [((7, 9), 1), ((12, 12), 2), ((20, 16), 2), ((40, 50), 4)]:
        low = cv2.resize(rng.random((3, 4)), size[::-1], interpolation=cv2.INTER_CUBIC)
        mask = low > np.median(low)
        mask[-1, -1], mask[0, 0] = ~mask[-1, -2], True
        masks.append((mask, width))
    return masks


def _layers(rng: np.random.Generator) -> list[tuple[Floats, Image, Image]]:
    layers = []
    for size in [(1, 2), (2, 2), (3, 4), (6, 5), (20, 30)]:
        alpha = np.round(rng.uniform(0.2, 0.8, size), 2)
        alpha.flat[-1] = 1.0
        colour = rng.integers(120, 256, (*size, 3))
        # What is left of a fraction decides whether rounding was done, and done once.
        front = np.floor(alpha[..., None] * colour).astype(np.uint8)
        layers.append((alpha, front, rng.integers(60, 256, (*size, 3), dtype=np.uint8)))
    return layers


def _bounded(values: Floats) -> Image:
    return np.clip(np.round(values), 0, 255).astype(np.uint8)


def _shaped(kind: int, reach: Callable[[int], int]) -> Callable[[Mask, int], Image]:
    """Make a trimap with another neighbourhood."""

    def wrong(mask: Mask, width: int) -> Image:
        side = 2 * reach(width) + 1
        element = cv2.getStructuringElement(kind, (side, side))
        inner, outer = (f(mask.astype(np.uint8), element) for f in (cv2.erode, cv2.dilate))
        return np.where(inner > 0, 255, np.where(outer > 0, 128, 0)).astype(np.uint8)

    return wrong


def _rim_outside(mask: Mask, width: int) -> Image:
    framed = np.pad(mask, width)
    return trimap(framed, width)[width:-width, width:-width]


def _one_sided(mask: Mask, width: int) -> Image:
    wide = trimap(mask, width)
    return np.where(mask, 255, wide).astype(np.uint8)


EXERCISES = (
    FunctionExercise(
        id="64.1",
        title="Surely, surely not, and between",
        prompt=(
            "Write `trimap(mask, width)`: 255 where the whole square that reaches `width` px to each side is "
            "object, 0 where none of it is, 128 elsewhere; beyond the rim nothing counts."
        ),
        signature="trimap(mask, width)",
        solution=trimap,
        cases=_masks,
        hint="cv2.erode and cv2.dilate with np.ones of (2 * width + 1, 2 * width + 1) give both sides.",
        wrong=(
            Wrong(
                "half as wide",
                _shaped(cv2.MORPH_RECT, lambda width: width // 2),
                "The band is too narrow: the square reaches width px to EACH side, it is 2 * width + 1 wide.",
            ),
            Wrong(
                "a cross",
                _shaped(cv2.MORPH_CROSS, lambda width: width),
                "Corners are missing: the neighbourhood is a square, not a cross.",
            ),
            Wrong(
                "only outwards",
                _one_sided,
                "The band lies outside of the mask only; object pixels near the edge are unsure as well.",
            ),
            Wrong(
                "the rim is background",
                _rim_outside,
                "An object that touches the picture's rim is sure there: what is beyond does not count.",
            ),
        ),
    ),
    FunctionExercise(
        id="64.2",
        title="Premultiplied",
        prompt=(
            "Write `composite(alpha, front, back)`: the front's colours have been multiplied by alpha "
            "already. Give uint8, rounded."
        ),
        signature="composite(alpha, front, back)",
        solution=composite,
        cases=_layers,
        hint="Only the back still has to be weighed; alpha[..., None] reaches over the three colours.",
        wrong=(
            Wrong(
                "multiplied twice",
                lambda alpha, front, back: _bounded(
                    alpha[..., None] * front + (1 - alpha[..., None]) * back.astype(float)
                ),
                "The front gets too dark: it was multiplied by alpha before it came to you.",
            ),
            Wrong(
                "back not weighed",
                lambda alpha, front, back: _bounded(front + back.astype(float)),
                "That adds all of the back, also where the front covers it.",
            ),
            Wrong(
                "sides exchanged",
                lambda alpha, front, back: _bounded(front + alpha[..., None] * back),
                "The back is seen where the front is not: its share is 1 - alpha.",
            ),
            Wrong(
                "cut off",
                lambda alpha, front, back: np.clip(front + (1 - alpha[..., None]) * back, 0, 255).astype(
                    np.uint8
                ),
                "Some values are one too low: astype cuts off what is behind the point, so round before.",
            ),
        ),
    ),
    ChoiceExercise(
        id="64.3",
        answer_name="cause",
        title="The pale rim",
        prompt="A cut-out with an IoU of almost one has a pale rim before a new background. Why?",
        options={
            "a": "the mask is too small by some pixels",
            "b": "the pixels of the rim still hold a share of the old background's colour",
            "c": "alpha was blurred too little",
            "d": "the new background has another resolution",
        },
        solution="b",
        hint='Answer with the letter, such as cause = "a".',
        wrong=(
            Wrong(
                "too small",
                "a",
                "A smaller mask cuts hair off; it would take the rim away rather than make one.",
            ),
            Wrong(
                "more blur",
                "c",
                "Blur alpha more, and more pixels outside of the person get a share: what colour are they?",
            ),
            Wrong(
                "resolution",
                "d",
                "The rim is there before any new background: where does its colour come from?",
            ),
        ),
    ),
)
