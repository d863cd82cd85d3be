"""Exercises of lesson 61: IoU by instance, who is seen too late, and a mean that hides the far."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.teaching.exercise import ChoiceExercise, FunctionExercise, Wrong

Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]


def instance_iou(sizes: Counts, hits: Counts, false: int) -> float:
    """Give the instance-weighted IoU of a kind of things (Cordts et al., 2016)."""
    weight = sizes.mean() / sizes
    return float((weight * hits).sum() / ((weight * sizes).sum() + false))


def too_late(distances: Numbers, seen: Flags, v: float, brake: float) -> float:
    """Give the share missed of those at the stopping distance or beyond, nan where there is nobody."""
    beyond = distances >= v + v**2 / (2 * brake)
    return float(1 - seen[beyond].mean()) if beyond.any() else float("nan")


def _things(rng: np.random.Generator) -> list[tuple[Counts, Counts, int]]:
    cases = []
    for count in (2, 3, 5, 12, 40):
        sizes = rng.choice(np.arange(10, 400), count, replace=False)
        hits = np.round(sizes * rng.uniform(0.2, 0.95, count)).astype(int)
        cases.append((sizes, hits, int(rng.integers(5, 60))))
    return cases


def _roads(rng: np.random.Generator) -> list[tuple[Numbers, Flags, float, float]]:
    # Speed 8 m/s and brakes of 4 m/s² stop in exactly 16 m: somebody stands right there.
    first = np.array([4.0, 8.0, 16.0, float(rng.integers(18, 30)), 40.0])
    cases = [(first, np.array([True, True, False, False, True]), 8.0, 4.0)]
    for people in (6, 8, 20, 60):
        v, brake = float(rng.integers(5, 15)), float(rng.integers(3, 9))
        stop = v + v**2 / (2 * brake)
        distances = np.append(
            rng.uniform(0.2, 2, people).round(2) * round(stop, 1), [2.5 * stop, 3 * stop, stop / 2]
        )
        chance = rng.random(len(distances)) < np.where(distances < stop, 0.9, 0.5)
        chance[-3:] = True, False, True
        cases.append((distances, chance, v, brake))
    return [*cases, (np.arange(1.0, 7.0), np.arange(6) % 2 > 0, 10.0, 5.0)]


def _plain(sizes: Counts, hits: Counts, false: int) -> float:
    return float(hits.sum() / (sizes.sum() + false))


def _mean_of_recalls(sizes: Counts, hits: Counts, false: int) -> float:
    return float((hits / sizes).mean())


def _weighed_the_wrong_way(sizes: Counts, hits: Counts, false: int) -> float:
    weight = sizes / sizes.mean()
    return float((weight * hits).sum() / ((weight * sizes).sum() + false))


def _without_the_mean(sizes: Counts, hits: Counts, false: int) -> float:
    return float((hits / sizes).sum() / (len(sizes) + false))


def _everybody(distances: Numbers, seen: Flags, v: float, brake: float) -> float:
    return float(1 - seen.mean())


def _within(distances: Numbers, seen: Flags, v: float, brake: float) -> float:
    near = distances < v + v**2 / (2 * brake)
    return float(1 - seen[near].mean()) if near.any() else float("nan")


def _share_seen(distances: Numbers, seen: Flags, v: float, brake: float) -> float:
    return 1 - too_late(distances, seen, v, brake)


def _no_reaction(distances: Numbers, seen: Flags, v: float, brake: float) -> float:
    beyond = distances >= v**2 / (2 * brake)
    return float(1 - seen[beyond].mean()) if beyond.any() else float("nan")


def _of_everybody(distances: Numbers, seen: Flags, v: float, brake: float) -> float:
    beyond = distances >= v + v**2 / (2 * brake)
    return float((beyond & ~seen).mean())


EXERCISES = (
    FunctionExercise(
        id="61.1",
        title="Each thing counts alike",
        prompt=(
            "Write `instance_iou(sizes, hits, false)`: the IoU of a kind of things, each thing's pixels "
            "weighed by the mean size over its own."
        ),
        signature="instance_iou(sizes, hits, false)",
        solution=instance_iou,
        cases=_things,
        hint="The weighed hits, over the weighed pixels of all things and the false pixels as they are.",
        wrong=(
            Wrong("plain IoU", _plain, "That is the plain IoU, in which a large thing counts for many."),
            Wrong(
                "no union",
                _mean_of_recalls,
                "That is the mean share of each thing that is hit: the false pixels are missing below.",
            ),
            Wrong(
                "the wrong way round",
                _weighed_the_wrong_way,
                "Your weights make large things count even more: divide the mean by the size.",
            ),
            Wrong(
                "without the mean",
                _without_the_mean,
                "Each thing became one pixel, and the false ones stayed as many: multiply by the mean size.",
            ),
        ),
    ),
    FunctionExercise(
        id="61.2",
        title="Seen too late",
        prompt=(
            "Write `too_late(distances, seen, v, brake)`: of the people at the stopping distance or beyond, "
            "the share that is missed; nan if there is nobody."
        ),
        signature="too_late(distances, seen, v, brake)",
        solution=too_late,
        cases=_roads,
        hint="First the stopping distance: a second at speed v, then v² / (2 brake). Who is at least so far?",
        wrong=(
            Wrong("everybody", _everybody, "You count everybody, also those before whom it cannot stop."),
            Wrong(
                "within",
                _within,
                "You count those that are too near already; for whom would it still help to be seen?",
            ),
            Wrong(
                "the share seen", _share_seen, "That is the share that is seen; the missed were asked for."
            ),
            Wrong(
                "no reaction",
                _no_reaction,
                "Your car brakes at once; in the second before, it drives on for v metres.",
            ),
            Wrong(
                "of everybody",
                _of_everybody,
                "You divide by all people; divide by those at the stopping distance or beyond.",
            ),
        ),
    ),
    ChoiceExercise(
        id="61.3",
        title="Better, and blind",
        prompt=(
            "Network B has a higher IoU of people than A, but misses twice as many between ten and twenty "
            "metres. How can that be?"
        ),
        options={
            "a": "it cannot: a higher IoU of people means that fewer are missed",
            "b": "B must have more false people, which IoU does not count",
            "c": "far people are so few pixels that B's better outlines of near ones outweigh them",
            "d": "mean IoU is averaged over pictures, and people are not",
        },
        solution="c",
        hint='Answer with the letter, such as reason = "a".',
        wrong=(
            Wrong(
                "it cannot be",
                "a",
                "IoU counts pixels: how many does somebody at five metres have, and how many at twenty?",
            ),
            Wrong("false people", "b", "IoU does count false pixels: they are part of the union."),
            Wrong(
                "averaged over pictures",
                "d",
                "Here all pictures are summed first; look at how many pixels each person has.",
            ),
        ),
    ),
)
