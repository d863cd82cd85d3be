"""Exercises of lesson 50: agreement beyond chance, what STAPLE believes, and what a high score means."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.teaching.exercise import ChoiceExercise, FunctionExercise, Wrong

Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]


def kappa(one: Flags, two: Flags) -> float:
    """Give Cohen's kappa of two masks, nan where agreement by chance is complete."""
    observed, a, b = np.mean(one == two), one.mean(), two.mean()
    chance = a * b + (1 - a) * (1 - b)
    return float((observed - chance) / (1 - chance)) if chance < 1 else float("nan")


def belief(masks: Flags, prior: float, p: Numbers, q: Numbers) -> Numbers:
    """Give the (H, W) probability of object from (K, H, W) masks and everybody's two numbers."""
    p, q = p[:, None, None], q[:, None, None]
    yes = prior * np.where(masks, p, 1 - p).prod(axis=0)
    no = (1 - prior) * np.where(masks, 1 - q, q).prod(axis=0)
    return np.asarray(yes / (yes + no))


def _pairs(rng: np.random.Generator) -> list[tuple[Flags, Flags]]:
    # One row: 2 + 1 + 1 pixels object in some order, so that shares differ and no shortcut comes out right.
    first = np.array([[True, True, True, False, False, False]])[:, rng.permutation(6)]
    second = first.copy()
    second[0, int(np.flatnonzero(first[0])[rng.integers(3)])] = False
    pairs = [(first, second)]
    for size, share in (((3, 4), 0.5), ((5, 6), 0.3), ((20, 30), 0.1), ((40, 40), 0.7)):
        mask = rng.random(size) < share
        mask[0, :2] = True, False
        noise = rng.random(size) < np.where(mask, 0.3, 0.1)
        noise[0, :2] = False
        pairs.append((mask, mask ^ noise))
    return [*pairs, (np.ones((4, 5), bool), np.ones((4, 5), bool))]


def _crews(rng: np.random.Generator) -> list[tuple[Flags, float, Numbers, Numbers]]:
    cases = []
    for count, size in ((2, (1, 4)), (3, (2, 3)), (3, (4, 4)), (5, (10, 12)), (7, (30, 30))):
        masks = rng.random((count, *size)) < 0.5
        masks[:, 0, 0], masks[:, 0, 1] = True, False
        masks[0, 0, 2], masks[1:, 0, 2] = True, False
        p, q = (rng.uniform(0.55, 0.95, count).round(2) for _ in range(2))
        cases.append((masks, round(float(rng.uniform(0.05, 0.35)), 2), p, q))
    return cases


def _by_half(one: Flags, two: Flags) -> float:
    return float(2 * np.mean(one == two) - 1)


def _dice(one: Flags, two: Flags) -> float:
    return float(2 * (one & two).sum() / (one.sum() + two.sum()))


def _object_only(one: Flags, two: Flags) -> float:
    chance = one.mean() * two.mean()
    return float((np.mean(one == two) - chance) / (1 - chance)) if chance < 1 else float("nan")


def _not_divided(one: Flags, two: Flags) -> float:
    a, b = one.mean(), two.mean()
    return float(np.mean(one == two) - a * b - (1 - a) * (1 - b))


def _yes_only(masks: Flags, prior: float, p: Numbers, q: Numbers) -> Numbers:
    p, q = p[:, None, None], q[:, None, None]
    yes = prior * np.where(masks, p, 1).prod(axis=0)
    no = (1 - prior) * np.where(masks, 1 - q, 1).prod(axis=0)
    return np.asarray(yes / (yes + no))


EXERCISES = (
    FunctionExercise(
        id="50.1",
        title="Agreement beyond chance",
        prompt=(
            "Write `kappa(one, two)`: Cohen's kappa of two boolean masks, nan where agreement by chance is "
            "complete."
        ),
        signature="kappa(one, two)",
        solution=kappa,
        cases=_pairs,
        hint="You need three numbers: the share of equal pixels, and the share of object in each mask.",
        wrong=(
            Wrong(
                "equal pixels",
                lambda one, two: float(np.mean(one == two)),
                "That is the share of equal pixels; now take out what chance alone would give.",
            ),
            Wrong(
                "a coin",
                _by_half,
                "Your chance is one half for everybody; people who draw little agree on ground more often.",
            ),
            Wrong("Dice", _dice, "That is Dice, which does not count agreement on ground at all."),
            Wrong(
                "object only",
                _object_only,
                "Two people agree by chance on ground as well: both kinds of agreement add up.",
            ),
            Wrong(
                "not divided",
                _not_divided,
                "You took chance away; now divide by what it leaves open, so that full agreement gives 1.",
            ),
        ),
    ),
    FunctionExercise(
        id="50.2",
        title="What STAPLE believes",
        prompt=(
            "Write `belief(masks, prior, p, q)`: the probability that each pixel is object, from the masks "
            "(K, H, W) of annotators with sensitivities `p` and specificities `q`."
        ),
        signature="belief(masks, prior, p, q)",
        solution=belief,
        cases=_crews,
        hint=(
            "Two products over the annotators: how likely are these answers if the pixel is object, and how "
            "likely if it is ground?"
        ),
        wrong=(
            Wrong(
                "a vote",
                lambda masks, prior, p, q: masks.mean(axis=0),
                "That is the share of votes: everybody counts alike in it.",
            ),
            Wrong(
                "no prior",
                lambda masks, prior, p, q: belief(masks, 0.5, p, q),
                "Each product is weighed by how common its kind is: object by the prior, ground by the rest.",
            ),
            Wrong(
                "p and q exchanged",
                lambda masks, prior, p, q: belief(masks, prior, q, p),
                "Sensitivity is about true object, specificity about true ground: you have them exchanged.",
            ),
            Wrong(
                "who says no is not heard",
                _yes_only,
                "An annotator who said ground has said something too: 1 - p if it is object, q if not.",
            ),
            Wrong(
                "not normalised",
                lambda masks, prior, p, q: (
                    prior * np.where(masks, p[:, None, None], 1 - p[:, None, None]).prod(axis=0)
                ),
                "That is how likely object *and* these answers are; divide by the answers' own probability.",
            ),
        ),
    ),
    ChoiceExercise(
        id="50.3",
        title="Better than people?",
        prompt=(
            "A network reaches a higher Dice against the person whose drawings it learnt from than another "
            "person does. What may you conclude?"
        ),
        options={
            "a": "the network is better than the people",
            "b": "the network has learnt that person's habits too, and is near them",
            "c": "there must be a fault, as no method can exceed what people agree on",
            "d": "the other person draws badly",
        },
        solution="b",
        hint='Answer with the letter, such as reason = "a".',
        wrong=(
            Wrong(
                "better than people",
                "a",
                "It was held against one person's drawings: what would the truth itself score there?",
            ),
            Wrong(
                "a fault",
                "c",
                "Look at the majority's row in the table: it agrees with each better than they do mutually.",
            ),
            Wrong(
                "the other is bad",
                "d",
                "Agreement has no direction: the same number would say that the first one draws badly.",
            ),
        ),
    ),
)
