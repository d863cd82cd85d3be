"""Exercises of lesson 65: ids carried along a flow, identity switches, lag."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.teaching.exercise import ChoiceExercise, FunctionExercise, Wrong

Ids = NDArray[np.int64]


def carried(ids: Ids, flow: Ids) -> Ids:
    """Bring (H, W) ids along a backward (H, W, 2) flow of whole px (right, down); 0 from outside."""
    height, width = ids.shape
    rows, columns = np.mgrid[:height, :width]
    rows, columns = rows + flow[..., 1], columns + flow[..., 0]
    inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    return np.where(inside, ids[np.clip(rows, 0, height - 1), np.clip(columns, 0, width - 1)], 0)


def identity_switches(tracks: Ids) -> int:
    """Count how often a thing is found under another number than the last time; 0 is not found."""
    seen = [thing[thing > 0] for thing in tracks]
    return sum(int((one[1:] != one[:-1]).sum()) for one in seen)


def _frames(rng: np.random.Generator) -> list[tuple[Ids, Ids]]:
    frames = []
    for size, reach in [((3, 4), 1), ((3, 5), 1), ((5, 6), 2), ((8, 7), 3), ((30, 40), 5)]:
        ids = rng.integers(1, 9, size)
        flow = rng.integers(-reach, reach + 1, (*size, 2))
        # Some come from the right, below, and out of each side: no slip stays unseen.
        flow[0, 0], flow[-1, -1] = (-1, 0), (1, 1)
        flow[1, 1], flow[1, -2] = (1, 0), (0, 1)
        frames.append((ids, flow))
    return frames


def _tracks(rng: np.random.Generator) -> list[tuple[Ids]]:
    # The smallest: lost and found again as the same, and then as another.
    one, other = rng.choice(np.arange(1, 20), 2, replace=False)
    found = [(np.array([[one, 0, one, one, 0, other]]),)]
    for things, frames in [(2, 6), (3, 8), (5, 12), (12, 40)]:
        tracks = np.repeat(rng.permutation(np.arange(1, things + 1))[:, None], frames, axis=1)
        for row in tracks:
            for at in rng.choice(np.arange(1, frames), frames // 5 + 1, replace=False):
                row[at:] = rng.integers(1, 2 * things + 1)
        tracks[rng.random(tracks.shape) < 0.2] = 0
        found.append((tracks,))
    return found


def _exchanged(ids: Ids, flow: Ids) -> Ids:
    return carried(ids, flow[..., ::-1])


def _forwards(ids: Ids, flow: Ids) -> Ids:
    return carried(ids, -flow)


def _clipped(ids: Ids, flow: Ids) -> Ids:
    rows, columns = np.mgrid[: ids.shape[0], : ids.shape[1]]
    rows = np.clip(rows + flow[..., 1], 0, ids.shape[0] - 1)
    return np.asarray(ids[rows, np.clip(columns + flow[..., 0], 0, ids.shape[1] - 1)])


def _wrapped(ids: Ids, flow: Ids) -> Ids:
    rows, columns = np.mgrid[: ids.shape[0], : ids.shape[1]]
    return np.asarray(ids[(rows + flow[..., 1]) % ids.shape[0], (columns + flow[..., 0]) % ids.shape[1]])


def _changes(tracks: Ids) -> int:
    return int((tracks[:, 1:] != tracks[:, :-1]).sum())


def _neighbours(tracks: Ids) -> int:
    before, now = tracks[:, :-1], tracks[:, 1:]
    return int(((before != now) & (before > 0) & (now > 0)).sum())


def _numbers(tracks: Ids) -> int:
    return sum(len(np.unique(thing[thing > 0])) for thing in tracks)


EXERCISES = (
    FunctionExercise(
        id="65.1",
        title="Where a pixel came from",
        prompt=(
            "Write `carried(ids, flow)`: each pixel takes the id of the place that it came from, px right "
            "and px down away; 0 where that is out of the picture."
        ),
        signature="carried(ids, flow)",
        solution=carried,
        cases=_frames,
        hint="np.mgrid gives each pixel's row and column; add the flow, and look the ids up there.",
        wrong=(
            Wrong(
                "rows and columns exchanged",
                _exchanged,
                "flow[..., 0] goes to the right, so it is added to the column; flow[..., 1] to the row.",
            ),
            Wrong(
                "the other way",
                _forwards,
                "The flow leads from the new frame back to the old one: add it, do not take it off.",
            ),
            Wrong(
                "held at the rim",
                _clipped,
                "What comes from outside of the picture is unknown, so 0; you took the pixel at the rim.",
            ),
            Wrong(
                "round the back",
                _wrapped,
                "An index below 0, or a modulo, goes round to the other side; outside is unknown, so 0.",
            ),
        ),
    ),
    FunctionExercise(
        id="65.2",
        title="Identity switches",
        prompt=(
            "Write `identity_switches(tracks)`: how often a thing is found under another number than the "
            "last time it was found; 0 is not found."
        ),
        signature="identity_switches(tracks)",
        solution=identity_switches,
        cases=_tracks,
        hint="For each thing, leave the zeros out, then compare each number with the one before.",
        wrong=(
            Wrong(
                "zeros counted",
                _changes,
                "To be lost is no switch, nor to be found again under the same number: leave zeros out.",
            ),
            Wrong(
                "neighbours only",
                _neighbours,
                "A thing may be lost for some frames and come back as another: compare with the LAST time.",
            ),
            Wrong(
                "numbers counted",
                _numbers,
                "That counts the numbers a thing has had; going back to an old one is a switch as well.",
            ),
        ),
    ),
    ChoiceExercise(
        id="65.3",
        answer_name="finding",
        title="More consistent, and worse",
        prompt="A filter in time raises temporal consistency, and mean IoU with the truth falls. Why?",
        options={
            "a": "the flow was too exact",
            "b": "the filter removes noise, and the truth is noisy",
            "c": "the answer lags behind what moves: it agrees with itself, and not with the picture",
            "d": "nothing: consistency is the better measure",
        },
        solution="c",
        hint='Answer with the letter, such as finding = "a".',
        wrong=(
            Wrong(
                "exact flow",
                "a",
                "An exact flow would bring each answer to its new place. What if it is not used at all?",
            ),
            Wrong(
                "noisy truth",
                "b",
                "This truth is exact. Think of a car that moves while its old pixels still have a vote.",
            ),
            Wrong(
                "the better measure",
                "d",
                "An answer that never changes would win by that measure: what would it be worth?",
            ),
        ),
    ),
)
