"""Exercises of lesson 25: two ways to be wrong, in bits, and how well a cut covers another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.teaching.exercise import FunctionExercise, Wrong

Table = NDArray[np.int64]
Numbers = NDArray[np.float64]


def split_and_merge(table: Table) -> Numbers:
    """Give H(guess | truth) and H(truth | guess) in bits."""
    there = table > 0
    share = table[there] / table.sum()
    split = -(share * np.log2((table / table.sum(axis=1, keepdims=True))[there])).sum()
    merge = -(share * np.log2((table / table.sum(axis=0))[there])).sum()
    return np.array([split, merge])


def covered(table: Table) -> float:
    """Give the covering of the truth (rows) by the guess (columns)."""
    return float((_best(table) * table.sum(axis=1)).sum() / table.sum())


def _best(table: Table) -> Numbers:
    truth, guess = table.sum(axis=1), table.sum(axis=0)
    return np.asarray((table / (truth[:, None] + guess - table)).max(axis=1))


def _tables(rng: np.random.Generator) -> list[tuple[Table]]:
    # A region cut in two halves beside one of another size that is whole: split alone.
    first = np.array([[4, 4, 0], [0, 0, int(rng.integers(1, 4))]])
    cases = [first, np.array([[6, 0], [2, 0], [0, int(rng.integers(2, 9))]])]
    for rows, columns in ((3, 4), (5, 5), (8, 6), (10, 20)):
        table = rng.integers(0, 50, (rows, columns)) * (rng.random((rows, columns)) < 0.5)
        table[np.arange(max(rows, columns)) % rows, np.arange(max(rows, columns)) % columns] += 1
        cases.append(table * rng.integers(1, 6, (rows, 1)))
    return [(table,) for table in cases]


def _in_nats(table: Table) -> Numbers:
    return split_and_merge(table) * np.log(2)


def _swapped(table: Table) -> Numbers:
    return split_and_merge(table)[::-1]


def _zeros_kept(table: Table) -> Numbers:
    with np.errstate(all="ignore"):
        share, rows, columns = table / table.sum(), table.sum(axis=1, keepdims=True), table.sum(axis=0)
        halves = [-(share * np.log2(table / sizes)).sum() for sizes in (rows, columns)]
    return np.array(halves)


def _unweighted(table: Table) -> Numbers:
    parts = [table / table.sum(axis=1, keepdims=True), (table / table.sum(axis=0)).T]
    return np.array([np.mean([-(p[p > 0] * np.log2(p[p > 0])).sum() for p in part]) for part in parts])


def _plain_mean(table: Table) -> float:
    return float(_best(table).mean())


def _by_recall(table: Table) -> float:
    return float(table.max(axis=1).sum() / table.sum())


def _the_other_way(table: Table) -> float:
    return covered(table.T)


def _by_dice(table: Table) -> float:
    best = _best(table)
    return float((2 * best / (1 + best) * table.sum(axis=1)).sum() / table.sum())


EXERCISES = (
    FunctionExercise(
        id="25.1",
        title="Split and merge, in bits",
        prompt=(
            "Write `split_and_merge(table)`: what the guess splits and what it merges, H(guess | truth) and "
            "H(truth | guess), in bits, as an array of two. Rows are true regions, columns guessed ones."
        ),
        signature="split_and_merge(table)",
        solution=split_and_merge,
        cases=_tables,
        hint=(
            "Each cell adds its share of all pixels, times minus the logarithm of its share of the row "
            "(split) or of the column (merge)."
        ),
        wrong=(
            Wrong("in nats", _in_nats, "That is the natural logarithm; a cut into halves should cost 1 bit."),
            Wrong(
                "swapped", _swapped, "Your two are exchanged: a row that is spread over columns was split."
            ),
            Wrong(
                "zeros kept",
                _zeros_kept,
                "Pairs that never meet cost nothing, but 0 times the logarithm of 0 is nan: leave them out.",
            ),
            Wrong(
                "not weighted",
                _unweighted,
                "Every region counts the same in yours; weigh each cell by its share of all pixels.",
            ),
        ),
    ),
    FunctionExercise(
        id="25.2",
        title="How well one cut covers another",
        prompt=(
            "Write `covered(table)`: the best IoU that any guessed region has with each true one, averaged "
            "with the sizes of the true regions as weights."
        ),
        signature="covered(table)",
        solution=covered,
        cases=_tables,
        hint="The union of a pair is its row's sum plus its column's sum, less what the two share.",
        wrong=(
            Wrong("not weighted", _plain_mean, "Every true region counts the same in yours; weigh by size."),
            Wrong(
                "only what is inside",
                _by_recall,
                "A guess that reaches far beyond the region costs nothing in yours: divide by the union.",
            ),
            Wrong(
                "the other way",
                _the_other_way,
                "You cover the guess by the truth; it is each row that takes its best column.",
            ),
            Wrong(
                "Dice", _by_dice, "That is Dice, twice the shared over both sizes; covering takes the IoU."
            ),
        ),
    ),
)
