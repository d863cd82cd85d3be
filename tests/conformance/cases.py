"""Pictures on which we and the references are compared: random ones, and those that trip implementations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.segmentation import Segmentation
from workbench.taxonomy import Category, Taxonomy

NUMBERS = (1, 2, 3, 4, 5)
TAX = Taxonomy([Category(n, f"c{n}", "thing" if n <= 3 else "stuff") for n in NUMBERS])
SIZES = ((20, 20), (13, 31), (28, 9), (1, 40), (37, 1))
RANDOM = 200


@dataclass(frozen=True)
class Case:
    """Hold a truth and a guess as (H, W) ids; what the ids mean is up to who takes them."""

    name: str
    truth: np.ndarray
    guess: np.ndarray

    def semantic(self) -> tuple[Segmentation, Segmentation]:
        """Read the ids as categories, 0 void or unlabelled."""
        return Segmentation.from_semantic(self.truth, TAX), Segmentation.from_semantic(self.guess, TAX)

    def masks(self) -> tuple[Segmentation, Segmentation]:
        """Read the ids as background (0) and foreground."""
        return Segmentation.from_mask(self.truth > 0), Segmentation.from_mask(self.guess > 0)

    def partition(self) -> tuple[Segmentation, Segmentation]:
        """Read the ids as regions without names, 0 void or unlabelled."""
        return Segmentation.from_partition(self.truth), Segmentation.from_partition(self.guess)


def maps(*, void: bool = True, unlabelled: bool = True) -> list[Case]:
    """Give pairs of maps of ids 1 to 5: 200 random ones, and the adversarial.

    void, unlabelled : whether 0 may occur in truths, in guesses; where not, it becomes 1.
    """
    every = [_random(seed) for seed in range(RANDOM)] + _adversarial()
    return [
        Case(
            case.name,
            case.truth if void else np.maximum(case.truth, 1),
            case.guess if unlabelled else np.maximum(case.guess, 1),
        )
        for case in every
    ]


def masks() -> list[Case]:
    """Give pairs of masks, 0 and 1: 200 random ones, and the adversarial, empty on either side or both."""
    made = []
    for case in maps():
        chosen = 1 + len(made) % 5
        made.append(Case(case.name, (case.truth == chosen).astype(int), (case.guess == chosen).astype(int)))
    empty, full, dot = np.zeros((9, 14), int), np.ones((9, 14), int), np.zeros((9, 14), int)
    dot[4, 5] = 1
    sides = {"empty": empty, "full": full, "dot": dot}
    return made + [Case(f"{a} and {b}", one, two) for a, one in sides.items() for b, two in sides.items()]


def renumbered(case: Case, by: int = 70_000) -> Case:
    """Give the case with ids above 65 535, which do not fit 16 bits."""
    truth, guess = (np.where(ids > 0, ids + by, 0) for ids in (case.truth, case.guess))
    return Case(f"{case.name}, ids above 65 535", truth, guess)


def _random(seed: int) -> Case:
    """Draw rectangles over each other; the guess is the truth drifted, or another picture altogether."""
    rng = np.random.default_rng(seed)
    size = SIZES[seed % len(SIZES)]
    top = int(rng.integers(2, 6))  # with 5, every category may be there; else some are absent
    truth = _rectangles(rng, size, top)
    guess = np.roll(truth, tuple(rng.integers(-2, 3, 2)), (0, 1))
    if seed % 4 == 0:
        guess = _rectangles(rng, size, 5)
    noise = rng.random(size) < (0.0, 0.05, 0.4)[seed % 3]
    return Case(f"random {seed}", truth, np.where(noise, rng.integers(0, 6, size), guess))


def _rectangles(rng: np.random.Generator, size: tuple[int, int], top: int) -> np.ndarray:
    ids = np.full(size, rng.integers(0, top + 1))
    for _ in range(rng.integers(1, 9)):
        r, c = rng.integers(0, size[0]), rng.integers(0, size[1])
        ids[r : r + rng.integers(1, 12), c : c + rng.integers(1, 12)] = rng.integers(0, top + 1)
    return ids


def _adversarial() -> list[Case]:
    ones = np.ones((12, 17), int)
    nested, touching, speck = ones.copy(), ones.copy(), ones.copy()
    nested[2:10, 2:15], nested[5:7, 6:9] = 2, 3
    touching[3:9, 2:8], touching[3:9, 8:14] = 2, 3
    speck[6, 8] = 2
    halves = np.where(np.arange(17) < 8, 1, 2) * ones
    return [
        Case("the same", nested, nested),
        Case("all one", ones, ones),
        Case("nested", nested, ones),
        Case("touching, merged", touching, np.where(touching == 3, 2, touching)),
        Case("touching, swapped", touching, np.array([0, 1, 3, 2])[touching]),
        Case("single pixel missed", speck, ones),
        Case("single pixel extra", ones, speck),
        Case("single pixel off by one", speck, np.roll(speck, 1, 1)),
        Case("absent category guessed", ones, 5 * ones),
        Case("halves against rows", halves, 1 + (np.arange(12) % 2)[:, None] * ones),
        Case("a region each pixel", halves, np.arange(1, 205).reshape(12, 17) % 5 + 1),
        Case("one pixel", np.array([[1]]), np.array([[1]])),
        Case("one wrong pixel", np.array([[1]]), np.array([[2]])),
        Case("all void", 0 * ones, nested),
        Case("nothing labelled", nested, 0 * ones),
        Case("guess only in void", np.where(ones == halves, 0, 2), np.where(ones == halves, 3, 0)),
    ]
