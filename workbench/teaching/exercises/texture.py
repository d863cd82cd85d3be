"""Exercises of lesson 10: naming the pattern around a pixel, and what makes a shadow."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.teaching.exercise import ChoiceExercise, FunctionExercise, Wrong

Patch = NDArray[np.uint8]
AROUND = ((0, 0), (0, 1), (0, 2), (1, 2), (2, 2), (2, 1), (2, 0), (1, 0))  # in order, once around the middle


def pattern(patch: Patch) -> int:
    """Give the uniform pattern of a 3 x 3 patch: how many neighbours are as bright, or 9."""
    bits = _bits(patch)
    return sum(bits) if _changes(bits) <= 2 else 9


def _bits(patch: Patch) -> list[bool]:
    return [bool(patch[place] >= patch[1, 1]) for place in AROUND]


def _changes(bits: list[bool]) -> int:
    """Count the changes of side on the way around, back to the first neighbour."""
    return sum(one != other for one, other in zip(bits, [*bits[1:], bits[0]], strict=True))


def _patches(rng: np.random.Generator) -> list[tuple[Patch]]:
    """Draw patches: flat, an edge, a bright column, a checkerboard, and noise."""
    low, high = int(rng.integers(10, 90)), int(rng.integers(120, 240))
    flat = np.full((3, 3), low, np.uint8)
    edge = np.array([[high, high, high], [high, high, low], [low, low, low]], np.uint8)
    # In a row on the way around, but not along the rows.
    column = np.array([[high, low, low], [high, high, low], [high, low, low]], np.uint8)
    board = np.array([[high, low, high], [low, high, low], [high, low, high]], np.uint8)
    noise = [rng.integers(0, 256, (3, 3), dtype=np.uint8) for _ in range(8)]
    return [(patch,) for patch in (flat, edge, column, board, *noise)]


def _strict(patch: Patch) -> int:
    bits = [bool(patch[place] > patch[1, 1]) for place in AROUND]
    return sum(bits) if _changes(bits) <= 2 else 9


def _in_rows(patch: Patch) -> int:
    """Walk along the rows instead of around."""
    walk = [place for place in np.ndindex(3, 3) if place != (1, 1)]
    bits = [bool(patch[place] >= patch[1, 1]) for place in walk]
    return sum(bits) if _changes(bits) <= 2 else 9


EXERCISES = (
    FunctionExercise(
        id="10.1",
        title="Name a pattern",
        prompt=(
            "Write `pattern(patch)` for a 3 x 3 patch: walk once around the middle, and count the neighbours "
            "that are **at least** as bright; where the walk changes sides more than twice, return 9."
        ),
        signature="pattern(patch)",
        solution=pattern,
        cases=_patches,
        hint="Write the eight places down in the order of the walk; the last is a neighbour of the first.",
        wrong=(
            Wrong(
                "strictly brighter",
                _strict,
                "Look at the flat patch: its neighbours are exactly as bright as the middle: they count.",
            ),
            Wrong(
                "never 9",
                lambda patch: sum(_bits(patch)),
                "You count bright neighbours wherever they are; a walk with many changes is called 9.",
            ),
            Wrong(
                "middle counted",
                lambda patch: min(9, pattern(patch) + 1),
                "The middle is always as bright as itself: it is no neighbour.",
            ),
            Wrong(
                "row by row",
                _in_rows,
                "You walk along the rows; from the end of a row to the start of the next is no step around.",
            ),
        ),
    ),
    ChoiceExercise(
        id="10.2",
        title="Stain or shadow?",
        prompt="A stain and a shadow on the same ground are equally dark. What can still tell them apart?",
        options={
            "a": "nothing: a picture holds brightness, and the two are equally bright",
            "b": "the shadow has kept more of its blue, since the sky still lights it",
            "c": "the stain has a soft edge, and a shadow never has one",
            "d": "the texture: in a shadow the pattern of the ground is gone",
        },
        solution="b",
        hint='Answer with the letter, such as reason = "a".',
        wrong=(
            Wrong(
                "nothing",
                "a",
                "A colour picture holds three numbers a pixel; the sum may be equal while the shares differ.",
            ),
            Wrong(
                "edges",
                "c",
                "Look at the tip of a long shadow: the sun is a disc, so its shadows are soft as well.",
            ),
            Wrong(
                "texture",
                "d",
                "Zoom into a shadow: the grain is still there, only fainter, and local patterns do not care.",
            ),
        ),
    ),
)
