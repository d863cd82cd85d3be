"""What the tour's table says, in words: what a method is good and bad at, and which one suits a picture."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.evaluation.table import Row
from workbench.registry import METHODS

WORDS = {"iou": "IoU", "ari": "ARI", "miou": "mean IoU", "f1": "F1", "pq": "PQ"}
ASKED = {
    "object": "that tell object from background",
    "regions": "that draw regions without names",
    "semantic": "that name each pixel",
    "instance": "that find countable things",
    "panoptic": "that name each segment",
}
NOTHING = 0.005  # scores below it are shown as 0.00
NAMED = 2  # samples that a method is said to be best, or worst, on


def good_at(method: str, rows: Sequence[Row], *, timed: bool = True) -> str:
    """Say on which samples a method is best and worst, its median score, and (`timed`) its median time.

    Scores are those with the main parameter chosen on the other samples. A method that is not in the table
    gives "not measured yet".
    """
    mine = [row for row in rows if row.method == method and not math.isnan(row.chosen_score)]
    if not mine:
        return "not measured yet"
    ranked = sorted(mine, key=lambda row: -row.chosen_score)
    top, bottom = ranked[:NAMED], ranked[NAMED:][-1:]
    said = [f"best on {', '.join(_spoken(row.sample) for row in top)}"]
    said += [f"worst on {_spoken(bottom[0].sample)}"] if bottom else []
    middle = float(np.median([row.chosen_score for row in mine]))
    said += [f"median {WORDS[mine[0].measure]} {middle:.2f}"]
    said += [duration(float(np.median([row.ms for row in mine])))] if timed else []
    return "; ".join(said)


def which(sample: str, rows: Sequence[Row], title: str = "") -> list[str]:
    """Say which methods do best on a sample, a sentence for each lens that was asked.

    Those under whose lens nobody finds anything share one, the last.

    Raises
    ------
    ValueError : a sample that is not in the table.
    """
    here = [row for row in rows if row.sample == sample and not math.isnan(row.chosen_score)]
    if not here:
        there = ", ".join(dict.fromkeys(row.sample for row in rows)) or "none"
        raise ValueError(f"{sample!r} is not in the table; it has {there}")
    by_lens = {lens: [row for row in here if row.lens == lens] for lens in ASKED}
    called = title or sample
    vain = {lens: group for lens, group in by_lens.items() if lens != "regions" and _found_nothing(group)}
    said = [_best_of(called, lens, group) for lens, group in by_lens.items() if group and lens not in vain]
    return [*said, _in_vain(called, vain)] if vain else said


def _found_nothing(rows: Sequence[Row]) -> bool:
    return bool(rows) and max(row.chosen_score for row in rows) < NOTHING


def _in_vain(title: str, by_lens: Mapping[str, Sequence[Row]]) -> str:
    *some, last = (ASKED[lens] for lens in by_lens)
    count = sum(len(rows) for rows in by_lens.values())
    what = f"{', '.join(some)} or {last}" if some else last
    whose = f"none of the {count} methods" if count > 1 else "not one of the methods"
    return f"{title}: {whose} {what} finds anything of it."


def _best_of(title: str, lens: str, rows: Sequence[Row]) -> str:
    ranked = sorted(rows, key=lambda row: -row.chosen_score)
    first, *others = [f"{_title(row.method)} ({row.chosen_score:.2f})" for row in ranked[:3]]
    rest = f", then {' and '.join(others)}" if others else ""
    count = f"{len(rows)} methods" if len(rows) > 1 else "the methods"
    return f"{title}: of {count} {ASKED[lens]}, the best by {WORDS[rows[0].measure]} is {first}{rest}."


def grid(
    rows: Sequence[Row], lens: str, number: str = "chosen_score"
) -> tuple[list[str], list[str], NDArray[np.float64]]:
    """Arrange one number of the table: methods that were asked this lens, samples, and (M, S) values.

    Methods keep the registry's order, samples the table's; what was not measured is nan.
    """
    mine = [row for row in rows if row.lens == lens]
    methods = list(dict.fromkeys(row.method for row in mine))
    samples = list(dict.fromkeys(row.sample for row in rows))
    values = np.full((len(methods), len(samples)), np.nan)
    for row in mine:
        values[methods.index(row.method), samples.index(row.sample)] = getattr(row, number)
    return methods, samples, values


def overview(rows: Sequence[Row], lens: str) -> str:
    """Say in one sentence what the grid of a lens shows: the steadiest method, the hardest picture."""
    methods, samples, values = grid(rows, lens)
    if np.isnan(values).all():
        return "Nothing has been measured yet."
    # Below every score, so that what is undefined is never the best.
    filled = np.where(np.isnan(values), -np.inf, values)
    middles, tops = np.median(filled, axis=1), filled.max(axis=0)
    steady, hard = int(middles.argmax()), int(np.where(np.isfinite(tops), tops, np.inf).argmin())
    winners = len(set(filled.argmax(axis=0)[np.isfinite(tops)].tolist()))
    measure = WORDS[next(row.measure for row in rows if row.lens == lens)]
    return (
        f"{_title(methods[steady])} is the steadiest (median {measure} {middles[steady]:.2f}); "
        f"{winners} of {len(methods)} win on at least one of {len(samples)} pictures; "
        f"on {_spoken(samples[hard])} none passes {tops[hard]:.2f}."
    )


def duration(milliseconds: float) -> str:
    """Say milliseconds with two significant digits, seconds from one second on.

    >>> duration(12.345), duration(1234)
    ('12 ms', '1.2 s')
    """
    value, unit = (milliseconds / 1000, "s") if milliseconds >= 1000 else (milliseconds, "ms")
    return f"{float(f'{value:.2g}'):g} {unit}"


def _title(method: str) -> str:
    return METHODS[method].title if method in METHODS else method


def _spoken(sample: str) -> str:
    return sample.replace("_", " ")
