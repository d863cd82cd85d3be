"""The lines of a sweep: the curve of a picture, a map of two parameters, the same curve on other samples."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from workbench import samples
from workbench.evaluation.grid import coarse_to_fine, values_of
from workbench.evaluation.sweep import best
from workbench.image import Image
from workbench.metrics.metric import less_is_better
from workbench.panels import answer, pictures
from workbench.panels.cards import PREVIEW_SIZE, lane_of, recipe_of
from workbench.panels.pictures import Picture
from workbench.panels.protocol import Sweep
from workbench.prompts import PROMPTS
from workbench.recipe import Recipe
from workbench.registry import METHODS
from workbench.segmentation import Segmentation
from workbench.worker import trace

Scores = Mapping[str, float | None]
POINTS, CELLS = 21, 11  # of a curve, along a side of a map
SWEPT = ("number", "integer", "choice", "bool")
PROOF = 3  # points without any score after which a sample is left out


@dataclass(eq=False)
class Line:
    """Hold one curve or map: the settings of its points, the scores known, the places still to measure.

    kind : ``curve``, ``pair`` (a map, row by row) or ``other`` (the curve on another sample).
    """

    kind: str
    sample: str
    values: list[Any]
    second: list[Any] | None
    settings: list[dict[str, Any]]
    left: list[int]
    scores: dict[int, Scores] = field(default_factory=dict)
    pace: float = math.inf  # s a point, as the last piece had it

    @property
    def silent(self) -> bool:
        """Say whether no point has a score: its truth cannot answer this lens."""
        tried = not self.left or len(self.scores) >= PROOF
        return tried and not any(self.scores.values())

    def take(self, found: Mapping[int, Scores]) -> None:
        """Take scores by place."""
        self.scores |= found
        self.left = [place for place in self.left if place not in found]

    def begin_with(self, place: int) -> None:
        """Measure this place before the others, where it is not known yet."""
        self.left.sort(key=lambda other: other != place)  # the order of the rest stays

    def row(self, measure: str) -> list[float]:
        """Give one number of each point in order, nan where it is undefined or not measured yet."""
        found = (self.scores.get(place, {}).get(measure) for place in range(len(self.settings)))
        return [float("nan") if score is None else score for score in found]

    def best(self) -> dict[str, int | None]:
        """Give the place of the best score by each measure, the middle of its plateau."""
        names = dict.fromkeys(name for scores in self.scores.values() for name in scores)
        return {name: best(self._shaped(name), lower=less_is_better(name)) for name in names}

    def _shaped(self, measure: str) -> list[Any]:
        """Give the numbers as a curve, or row by row: a plateau of a map is a patch."""
        row, across = self.row(measure), len(self.second or ())
        return [row[at : at + across] for at in range(0, len(row), across)] if across else row


# --- in a worker ---
def here(
    recipes: Sequence[Recipe],
    lens: str,
    target: tuple[str, ...],
    image: Image,
    truth: Segmentation | None = None,
) -> tuple[list[Scores], float]:
    """Score each recipe on its image; gives the numbers, {} where it refuses, and the seconds it took."""
    begin = time.perf_counter()
    scores = [_scores(recipe, lens, target, image, truth) for recipe in recipes]
    return scores, time.perf_counter() - begin


def elsewhere(
    name: str, method: str, settings: Sequence[Mapping[str, Any]], lens: str
) -> tuple[list[Scores], float]:
    """Score settings of a method on a bundled sample, which the worker loads and keeps itself."""
    picture = _sample(name)
    recipes = [recipe_at(method, values, picture) for values in settings]
    return here(recipes, lens, picture.target, picture.image, picture.truth)


@lru_cache(maxsize=16)
def _sample(name: str) -> Picture:
    return pictures.bundled(name)


def _scores(
    recipe: Recipe, lens: str, target: tuple[str, ...], image: Image, truth: Segmentation | None
) -> Scores:
    try:
        output = recipe.run_on(image, trace=trace()).output
    except ValueError:  # a pair of values that makes no sense has no score
        return {}
    scores: Scores = answer.scored(output, truth, lens, target)["scores"]
    return scores


# --- laying out ---
def recipe_at(method: str, values: Mapping[str, Any], picture: Picture) -> Recipe:
    """Write down a method's run on a picture; of a slow method, the small one that a drag shows."""
    recipe = recipe_of({"method": method, "values": values}, picture)
    small = lane_of(recipe) == "slow" and max(picture.size) > PREVIEW_SIZE
    return replace(recipe, longest=PREVIEW_SIZE) if small else recipe


def sweepable(method: str) -> list[str]:
    """List the parameters of a method that have a scale or choices, those with a scale first.

    >>> sweepable("otsu")
    ['sigma', 'objects', 'channel']
    """
    params = [param for param in METHODS[method].params.values() if param.kind in SWEPT]
    return [param.name for param in sorted(params, key=lambda param: param.range is None)]


def lay_out(asked: Sweep, method: str, values: Mapping[str, Any], picture: Picture) -> list[Line]:
    """List the lines of a question about a card's method and values.

    Raises
    ------
    ValueError : a parameter without a scale, or a picture without truth.
    """
    there = sweepable(method)
    for name in filter(None, (asked.param, asked.second)):
        if name not in there:
            raise ValueError(
                f"{method}: {name} has no scale to sweep; choose one of {', '.join(there) or 'no other'}"
            )
    if picture.truth is None:
        raise ValueError("there is no truth to score against; open one, or take a sample")
    fixed = METHODS[method].check(values, picture.size)
    lines = [_curve(asked, method, fixed)]
    if asked.second and asked.second != asked.param:
        lines.append(_map(asked, method, fixed))
    if asked.carry:
        lines += [_curve(asked, method, fixed, name) for name in others(picture)]
    return lines


def others(picture: Picture) -> list[str]:
    """List the other samples of a picture's kind; a picture of one's own is taken for a photograph.

    >>> others(pictures.bundled("mosaic"))
    ['phantom']
    """
    known = samples.names()
    kind = samples.describe(picture.key)[1] if picture.key in known else "photograph"
    return [name for name in known if name != picture.key and samples.describe(name)[1] == kind]


def _curve(asked: Sweep, method: str, fixed: Mapping[str, Any], sample: str = "") -> Line:
    params = METHODS[method].params
    if sample:  # seeds and boxes are those of one picture; elsewhere the method sets its own
        fixed = {name: value for name, value in fixed.items() if params[name].kind not in PROMPTS}
    values = values_of(params[asked.param], POINTS)
    settings = [{**fixed, asked.param: value} for value in values]
    kind = "other" if sample else "curve"
    return Line(kind, sample, values, None, settings, coarse_to_fine(len(values)))


def _map(asked: Sweep, method: str, fixed: Mapping[str, Any]) -> Line:
    params = METHODS[method].params
    values, second = (values_of(params[name], CELLS) for name in (asked.param, asked.second))
    settings = [{**fixed, asked.param: one, asked.second: other} for one in values for other in second]
    ranks = [_ranks(len(side)) for side in (values, second)]

    def fineness(place: int) -> list[int]:
        """Rank a cell by the finer of its two places."""
        row, column = divmod(place, len(second))
        return sorted((ranks[0][row], ranks[1][column]), reverse=True)

    return Line("pair", "", values, second, settings, sorted(range(len(settings)), key=fineness))


def _ranks(count: int) -> dict[int, int]:
    return {place: rank for rank, place in enumerate(coarse_to_fine(count))}
