"""How a score changes with a parameter, and whether the best setting carries over to other pictures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from workbench.evaluation.grid import values_of
from workbench.image import Image
from workbench.metrics.card import HEADLINES
from workbench.metrics.lens import Lens, LensName, prepare
from workbench.metrics.metric import less_is_better
from workbench.metrics.score import grade
from workbench.params import Param
from workbench.recipe import ImageRef, Recipe
from workbench.registry import METHODS
from workbench.sample import Sample
from workbench.trace import Trace

SLACK = 1e-9  # scores that differ by less are one plateau
Scores = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Sweep:
    """Hold the score of one method on one sample along one parameter, everything else fixed.

    Parameters
    ----------
    method, sample, param : their names. lens, measure : what was asked, and which number answers.
    values : (N,) what the parameter was set to, numbers, words or truth values. scores : (N,), nan where
        the measure is undefined.
    """

    method: str
    sample: str
    param: str
    lens: LensName
    measure: str
    values: NDArray[Any]
    scores: Scores

    @property
    def best(self) -> Any:
        """Give the value in the middle of the best plateau; None where no score is defined."""
        at = best(self.scores, lower=less_is_better(self.measure))
        return None if at is None else self.values.tolist()[at]

    @property
    def best_score(self) -> float:
        """Give the best score; nan where none is defined."""
        at = best(self.scores, lower=less_is_better(self.measure))
        return math.nan if at is None else float(self.scores[at])

    def curve(self) -> list[dict[str, Any]]:
        """Give tidy rows for a data frame: method, sample, param, value, measure, score."""
        head = {"method": self.method, "sample": self.sample, "param": self.param}
        pairs = zip(self.values.tolist(), self.scores.tolist(), strict=True)
        return [{**head, "value": value, "measure": self.measure, "score": score} for value, score in pairs]


@dataclass(frozen=True, eq=False)
class SweepPair:
    """Hold the score of one method on one sample over two parameters.

    values : (A,) of the first and (B,) of the second. scores : (A, B). The rest is as in `Sweep`.
    """

    method: str
    sample: str
    params: tuple[str, str]
    lens: LensName
    measure: str
    values: tuple[NDArray[Any], NDArray[Any]]
    scores: Scores

    @property
    def best(self) -> tuple[Any, Any] | None:
        """Give the two values in the middle of the best plateau; None where no score is defined."""
        at = best(self.scores, lower=less_is_better(self.measure))
        if at is None:
            return None
        first, second = np.unravel_index(at, self.scores.shape)
        return self.values[0].tolist()[first], self.values[1].tolist()[second]

    def curve(self) -> list[dict[str, Any]]:
        """Give tidy rows for a data frame: method, sample, both parameters by name, measure, score."""
        head = {"method": self.method, "sample": self.sample}
        rows = []
        for (a, b), score in np.ndenumerate(self.scores):
            set_to = (self.values[0].tolist()[a], self.values[1].tolist()[b])
            values = dict(zip(self.params, set_to, strict=True))
            rows.append({**head, **values, "measure": self.measure, "score": float(score)})
        return rows


def measure_of(lens: LensName) -> str:
    """Name the number that a lens is known by.

    >>> measure_of("object"), measure_of("regions")
    ('iou', 'ari')
    """
    return HEADLINES[lens][0]


def score_at(recipe: Recipe, image: Image, lens: Lens, measure: str | None = None) -> float:
    """Run a recipe on its (H, W, 3) image, unrecorded, and give one number of its score.

    measure : an attribute of `Score`; by default the first number of the lens that answered, which is the
    object lens where a foreground cannot be named.
    """
    output = recipe.run_on(image, trace=Trace(record=False)).output
    card = grade(lens.compare(output))
    return float(getattr(card, measure or card.headline[0]))


def sweep(
    method: str,
    sample: Sample,
    param: str,
    *,
    lens: LensName = "object",
    measure: str | None = None,
    values: Sequence[Any] | None = None,
    **fixed: Any,
) -> Sweep:
    """Score a method on a sample along one parameter, the others fixed.

    Parameters
    ----------
    values : what to set it to; by default `values_of` it. measure : by default the lens's own.
    fixed : the other parameters; by default each at its default.

    Raises
    ------
    KeyError : an unknown method. ValueError : a sample without truth, an unknown parameter or a value that
        breaks its rule.

    >>> from workbench import samples
    >>> found = sweep("fixed", samples.load("coins", longest=128), "level", values=[60, 120, 180])
    >>> found.best
    120
    """
    asked = _asked(sample, lens)
    tried = values_of(_param(method, param)) if values is None else list(values)
    ref, measure = ImageRef.of(sample.image), measure or measure_of(lens)
    scores = [
        score_at(Recipe(ref, method, {**fixed, param: value}), sample.image, asked, measure)
        for value in tried
    ]
    return Sweep(method, sample.name, param, lens, measure, _array(tried), np.array(scores, float))


def sweep_pair(
    method: str,
    sample: Sample,
    params: tuple[str, str],
    *,
    lens: LensName = "object",
    measure: str | None = None,
    values: tuple[Sequence[Any], Sequence[Any]] | None = None,
    **fixed: Any,
) -> SweepPair:
    """Score a method on a sample over two parameters, by default 11 values of each; else as `sweep`."""
    if values is None:
        values = tuple(values_of(_param(method, name), 11) for name in params)  # type: ignore[assignment]
    first, second = map(list, values)  # type: ignore[arg-type]
    lines = [
        sweep(method, sample, params[1], lens=lens, measure=measure, values=second, **fixed, **{params[0]: a})
        for a in first
    ]
    scores = np.array([line.scores for line in lines], float).reshape(len(first), len(second))
    both = _array(first), _array(second)
    return SweepPair(method, sample.name, params, lens, measure or measure_of(lens), both, scores)


def best(scores: ArrayLike, *, lower: bool = False) -> int | None:
    """Find the middle of the best plateau: its index in the flat array; None where all scores are nan.

    A plateau is a connected stretch (or patch) of equal best scores; of several the largest counts. Its
    middle is the safest choice: the score changes least when the picture does.

    >>> best([0.2, 0.9, 0.9, 0.9, float("nan")])
    2
    """
    marks = np.asarray(scores, float) * (-1 if lower else 1)
    if np.isnan(marks).all():
        return None
    pieces, _ = scipy.ndimage.label(marks >= np.nanmax(marks) - SLACK)
    plateau = np.argwhere(pieces == np.bincount(pieces.ravel())[1:].argmax() + 1)
    away = np.abs(plateau - plateau.mean(axis=0)).sum(axis=1)
    return int(np.ravel_multi_index(tuple(plateau[away.argmin()]), marks.shape))


def leave_one_out(scores: ArrayLike, *, lower: bool = False) -> NDArray[np.intp]:
    """Choose a value for each sample from the others alone: the best of their mean.

    Parameters
    ----------
    scores : (S, V), a row a sample, a column a value; what is nan is left out of its mean.

    Returns
    -------
    (S,) the index of the chosen value; -1 where the others have no score.

    >>> leave_one_out([[0.9, 0.1], [0.2, 0.8], [0.3, 0.7]]).tolist()
    [1, 0, 0]
    """
    table = np.asarray(scores, float)
    chosen = np.full(len(table), -1)
    for row in range(len(table)):
        others = np.delete(table, row, axis=0)
        defined = np.isfinite(others).sum(axis=0)
        total = np.nansum(others, axis=0)
        mean = np.divide(total, defined, out=np.full(total.shape, np.nan), where=defined > 0)
        at = best(mean, lower=lower)
        chosen[row] = -1 if at is None else at
    return chosen


def _asked(sample: Sample, lens: LensName) -> Lens:
    if sample.truth is None:
        raise ValueError(f"{sample.name}: has no truth to score against; give it one or take another")
    return prepare(sample.truth, lens, sample.target or None)


def _param(method: str, name: str) -> Param:
    entry = METHODS[method]
    entry.check(dict.fromkeys([name], entry.params[name].default) if name in entry.params else {name: None})
    return entry.params[name]


def _array(values: Sequence[Any]) -> NDArray[Any]:
    """Keep whole numbers whole and words words."""
    return np.array(values) if len({type(value) for value in values}) == 1 else np.array(values, object)
