"""Exercises of lesson 11: shrinking towards nothing, and choosing atoms one after the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.teaching.exercise import FunctionExercise, Wrong

Values = NDArray[np.float64]


def shrink(values: Values, by: float) -> Values:
    """Move every value towards 0 by the same amount; those nearer than that become 0."""
    return np.sign(values) * np.maximum(np.abs(values) - by, 0)


def coded(patch: Values, atoms: Values, count: int) -> Values:
    """Code a (D,) patch by `count` of (D, K) atoms of length 1, by orthogonal matching pursuit."""
    taken: list[int] = []
    code, left = np.zeros(atoms.shape[1]), patch
    for _ in range(count):
        taken.append(int(np.abs(atoms.T @ left).argmax()))
        weights = np.linalg.lstsq(atoms[:, taken], patch, rcond=None)[0]
        left = patch - atoms[:, taken] @ weights
    code[taken] = weights
    return code


def _values(rng: np.random.Generator) -> list[tuple[Values, float]]:
    small = np.array([-3.0, -0.5, 0.0, 0.5, 3.0])
    drawn = [(rng.normal(0, 3, size).round(2), round(float(rng.uniform(0.5, 2)), 1)) for size in (6, 9, 20)]
    return [(small, 1.0), *drawn, (rng.normal(0, 3, (4, 8)).round(2), 1.5)]


def _patches(rng: np.random.Generator) -> list[tuple[Values, Values, int]]:
    cases = []
    for length, count, few in ((3, 4, 2), (4, 6, 2), (6, 9, 3), (8, 12, 3), (12, 20, 4), (12, 20, 4)):
        atoms = rng.normal(size=(length, count))
        atoms /= np.linalg.norm(atoms, axis=0)
        # The best atom stands against the patch: only its size tells.
        patch = rng.normal(size=length) - 4 * atoms[:, 0]
        cases.append((patch, atoms, few))
    return cases


def _all_at_once(patch: Values, atoms: Values, count: int) -> Values:
    taken = np.argsort(-np.abs(atoms.T @ patch))[:count]
    code = np.zeros(atoms.shape[1])
    code[taken] = np.linalg.lstsq(atoms[:, taken], patch, rcond=None)[0]
    return code


def _never_fitted_anew(patch: Values, atoms: Values, count: int) -> Values:
    code, left = np.zeros(atoms.shape[1]), patch
    for _ in range(count):
        best = int(np.abs(atoms.T @ left).argmax())
        code[best] += atoms[:, best] @ left
        left = left - (atoms[:, best] @ left) * atoms[:, best]
    return code


def _only_positive(patch: Values, atoms: Values, count: int) -> Values:
    taken: list[int] = []
    code, left = np.zeros(atoms.shape[1]), patch
    for _ in range(count):
        taken.append(int((atoms.T @ left).argmax()))
        weights = np.linalg.lstsq(atoms[:, taken], patch, rcond=None)[0]
        left = patch - atoms[:, taken] @ weights
    code[taken] = weights
    return code


EXERCISES = (
    FunctionExercise(
        id="11.1",
        title="Shrink towards nothing",
        prompt=(
            "Write `shrink(values, by)`: every value moved towards 0 by `by`; what is nearer to 0 than that "
            "becomes 0."
        ),
        signature="shrink(values, by)",
        solution=shrink,
        cases=_values,
        hint="Treat the size and the sign of a value separately: np.abs and np.sign.",
        wrong=(
            Wrong(
                "cut, not shrunk",
                lambda values, by: np.where(np.abs(values) > by, values, 0.0),
                "Small values are gone, as they should; the large ones have to move as well.",
            ),
            Wrong(
                "past zero",
                lambda values, by: np.sign(values) * (np.abs(values) - by),
                "A value near 0 has gone through it and out on the other side: it should stop there.",
            ),
            Wrong(
                "positive values only",
                lambda values, by: np.maximum(values - by, 0.0),
                "Values below 0 are moved up towards 0, and stay where they are large.",
            ),
        ),
    ),
    FunctionExercise(
        id="11.2",
        title="Orthogonal matching pursuit",
        prompt=(
            "Write `coded(patch, atoms, count)`: the weights of all atoms (0 for those not taken) after "
            "`count` steps of orthogonal matching pursuit."
        ),
        signature="coded(patch, atoms, count)",
        solution=coded,
        cases=_patches,
        hint="np.linalg.lstsq(atoms[:, taken], patch, rcond=None)[0] fits the atoms taken so far.",
        wrong=(
            Wrong(
                "all at once",
                _all_at_once,
                "You chose all atoms by the whole patch; choose each by what the ones before leave over.",
            ),
            Wrong(
                "never fitted anew",
                _never_fitted_anew,
                "That is matching pursuit; the orthogonal one fits all atoms taken so far anew each time.",
            ),
            Wrong(
                "only positive",
                _only_positive,
                "An atom may also stand against what is left: its likeness is then large, but below 0.",
            ),
        ),
    ),
)
