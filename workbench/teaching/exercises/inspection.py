"""Exercises of lesson 63: average precision, the cheapest level, how rare flaws are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.teaching.exercise import ChoiceExercise, FunctionExercise, Wrong

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def average_precision(scores: Floats, truth: Mask) -> float:
    """Give the mean precision over the flawed pixels, from the highest score down."""
    right = truth[np.argsort(-scores)]
    precision = np.cumsum(right) / np.arange(1, right.size + 1)
    return float(precision[right].mean())


def cheapest(good: Floats, bad: Floats, share: float, miss: float, alarm: float) -> float:
    """Give the level, among the parts' numbers, with the least expected cost; of several, the lowest."""
    levels = np.unique(np.concatenate([good, bad]))
    return float(
        levels[int(np.argmin(np.round(_costs(levels, good, bad, share * miss, (1 - share) * alarm), 12)))]
    )


def _costs(levels: Floats, good: Floats, bad: Floats, miss: float, alarm: float) -> Floats:
    missed = (bad[None, :] <= levels[:, None]).mean(axis=1)
    alarms = (good[None, :] > levels[:, None]).mean(axis=1)
    return np.asarray(miss * missed + alarm * alarms)


def _ranked(rng: np.random.Generator) -> list[tuple[Floats, Mask]]:
    # In the smallest, a sound pixel leads: only the mean of 1/2 and 2/3 is right.
    first = rng.permutation(4).astype(np.float64) + float(rng.random()) / 2
    ranked: list[tuple[Floats, Mask]] = [(first, np.isin(np.argsort(np.argsort(-first)), [1, 2]))]
    for size in (8, 20, 60, 300):
        scores = rng.permutation(size).astype(np.float64) / size + float(rng.normal())
        truth = rng.random(size) < 0.2 + 0.4 * (np.argsort(np.argsort(scores)) / size)
        truth[scores.argmax()], truth[scores.argmin()] = False, True
        truth[np.argsort(-scores)[1]] = True
        ranked.append((scores, truth))
    return ranked


def _lines(rng: np.random.Generator) -> list[tuple[Floats, Floats, float, float, float]]:
    lines = []
    for number, (good, bad) in enumerate([(5, 3), (8, 6), (20, 15), (60, 40), (100, 30), (80, 50)]):
        # Sound and flawed parts overlap, so that each price has a level of its own.
        low, high = rng.gamma(4, 1.0, good), rng.gamma(5, 1.3, bad) + 0.7
        low[0], high[0] = 0.9 + rng.random() / 10, 0.2 + rng.random() / 10
        share, miss = (0.02, 200.0) if number % 2 else (0.05, 8.0)
        lines.append((low.round(3), high.round(3), share, miss, 1.0))
    return lines


def _ascending(scores: Floats, truth: Mask) -> float:
    return average_precision(-scores, truth)


def _all_steps(scores: Floats, truth: Mask) -> float:
    right = truth[np.argsort(-scores)]
    return float((np.cumsum(right) / np.arange(1, right.size + 1)).mean())


def _area_of_roc(scores: Floats, truth: Mask) -> float:
    return float((scores[truth][:, None] > scores[~truth][None, :]).mean())


def _before_itself(scores: Floats, truth: Mask) -> float:
    right = truth[np.argsort(-scores)]
    passed: Floats = np.cumsum(right) - right
    return float((passed / np.maximum(np.arange(right.size), 1))[right].mean())


def _halfway(good: Floats, bad: Floats, share: float, miss: float, alarm: float) -> float:
    levels = np.unique(np.concatenate([good, bad]))
    return float(levels[np.abs(levels - (good.mean() + bad.mean()) / 2).argmin()])


EXERCISES = (
    FunctionExercise(
        id="63.1",
        title="Average precision",
        prompt=(
            "Write `average_precision(scores, truth)`: the mean, over the truly flawed pixels, of the "
            "precision at the level that just finds each."
        ),
        signature="average_precision(scores, truth)",
        solution=average_precision,
        cases=_ranked,
        hint="Sort the truth by falling score; a cumulative sum counts the flawed ones passed so far.",
        wrong=(
            Wrong(
                "from the lowest",
                _ascending,
                "You walk up from the lowest score; the most unusual pixel comes first.",
            ),
            Wrong(
                "every pixel",
                _all_steps,
                "You average over all pixels; only at those that are truly flawed is the precision taken.",
            ),
            Wrong(
                "area under ROC",
                _area_of_roc,
                "That is the area under the ROC curve: it compares pairs; precision looks at what is called.",
            ),
            Wrong(
                "itself left out",
                _before_itself,
                "The pixel that is just found counts, too: above the line and below it.",
            ),
        ),
    ),
    FunctionExercise(
        id="63.2",
        title="The cheapest level",
        prompt=(
            "Write `cheapest(good, bad, share, miss, alarm)`: the level, among the parts' numbers, with the "
            "least expected cost of a part."
        ),
        signature="cheapest(good, bad, share, miss, alarm)",
        solution=cheapest,
        cases=_lines,
        hint="Try each number as a level: the share missed and the share rejected, each times its weight.",
        wrong=(
            Wrong(
                "share forgotten",
                lambda good, bad, share, miss, alarm: cheapest(good, bad, 0.5, miss, alarm),
                "Your sound and flawed parts weigh the same; on the line share says how rare flaws are.",
            ),
            Wrong(
                "prices forgotten",
                lambda good, bad, share, miss, alarm: cheapest(good, bad, share, 1.0, 1.0),
                "Both errors cost the same in your sum: weigh them by miss and alarm.",
            ),
            Wrong(
                "halfway",
                _halfway,
                "Half-way between the means knows neither the prices nor how rare flaws are.",
            ),
            Wrong(
                "sound and flawed exchanged",
                lambda good, bad, share, miss, alarm: cheapest(bad, good, share, miss, alarm),
                "You count sound parts that pass as misses: flawed ones at or below the level are.",
            ),
            Wrong(
                "nothing passes",
                lambda good, bad, share, miss, alarm: float(min(good.min(), bad.min())),
                "That rejects nearly every part: no miss, but count what the false alarms cost.",
            ),
        ),
    ),
    ChoiceExercise(
        id="63.3",
        answer_name="effect",
        title="When flaws become rarer",
        prompt="Flaws become ten times rarer, and look as before. The level stays. What happens?",
        options={
            "a": "recall and precision both stay",
            "b": "recall stays, precision falls, the ROC curve stays",
            "c": "recall falls, since there is less to find",
            "d": "the ROC curve sinks, because there are more false alarms",
        },
        solution="b",
        hint='Answer with the letter, such as effect = "a".',
        wrong=(
            Wrong(
                "all stays",
                "a",
                "The false alarms stay as many, and the hits become fewer: what of their mixture?",
            ),
            Wrong(
                "recall falls",
                "c",
                "Recall is a share of the flaws there are; each is found as easily as before.",
            ),
            Wrong(
                "ROC sinks",
                "d",
                "Each axis of it is a share within one kind of pixel: does it know how many there are?",
            ),
        ),
    ),
)
