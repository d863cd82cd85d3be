"""Every method on every sample: which method for which picture, in numbers.

A row is a method on a sample, at a small size, under the lens that fits what the method yields: a
foreground is asked for the target (object lens, IoU), regions for their borders (regions lens, ARI), what
has names for them. Three scores stand beside each other. At the defaults: what a beginner meets. With the
main parameter (the first that has a range) chosen on all *other* samples: what honest tuning brings. With
the best value on this very sample: an upper bound, since the truth chose it.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from workbench import samples
from workbench.evaluation.grid import main_param, values_of
from workbench.evaluation.sweep import best, leave_one_out, measure_of, score_at
from workbench.evaluation.table import Row, save
from workbench.metrics.lens import Lens, LensName, prepare
from workbench.metrics.score import grade
from workbench.recipe import ImageRef, Recipe
from workbench.registry import METHODS
from workbench.sample import Sample
from workbench.trace import Trace

LONGEST = 256  # px: small, so that all methods on all samples take minutes
POINTS, FEW = 11, 6  # values of the main parameter, and of a slow method's
QUICK = 0.1  # s; a quicker run is timed a second time, since the first may have had to warm up
LENS_OF: dict[str, LensName] = {
    "foreground": "object",
    "partition": "regions",
    "semantic": "semantic",
    "instance": "instance",
    "panoptic": "panoptic",
}


@dataclass(frozen=True, eq=False)
class Line:
    """Hold what one method gave on one sample: the score at the defaults, and along its main parameter.

    trouble : one sentence where the method failed; then there are no scores.
    """

    method: str
    sample: str
    yields: str = ""
    score: float = math.nan
    values: tuple[Any, ...] = ()
    scores: tuple[float, ...] = ()
    object_bound: float = math.nan
    ms: float = math.nan
    trouble: str = ""


def measure(pair: tuple[str, str], longest: int = LONGEST) -> Line:
    """Run one method on one sample, both by name, at its defaults and along its main parameter."""
    method, name = pair
    sample = samples.load(name, longest=longest)
    try:
        return _measured(method, sample)
    except Exception as error:  # one method that fails must not cost the whole table; it is told at the end
        return Line(method, name, trouble=f"{method} on {name}: {error}")


def _measured(method: str, sample: Sample) -> Line:
    recipe = Recipe(ImageRef.of(sample.image), method)
    result = recipe.run_on(sample.image, trace=Trace(record=False))
    seconds = result.seconds
    if seconds < QUICK:
        seconds = min(seconds, recipe.run_on(sample.image, trace=Trace(record=False)).seconds)
    yields = result.output.yields
    assert sample.truth is not None  # ours: every bundled sample has a truth
    asked = partial(prepare, sample.truth, target=sample.target or None)
    lens = asked(LENS_OF[yields])
    score = getattr(grade(lens.compare(result.output)), measure_of(lens.name))
    bound = grade(asked("object").compare(result.output)).iou if yields == "partition" else math.nan
    param = main_param(METHODS[method])
    values = values_of(param, points_of(method)) if param else []
    scores = [_score(Recipe(recipe.image, method, {param.name: v}), sample, lens) for v in values if param]
    return Line(method, sample.name, yields, score, tuple(values), tuple(scores), bound, 1000 * seconds)


def points_of(method: str) -> int:
    """Say how many values of its main parameter a method is tried with."""
    entry = METHODS[method]
    return FEW if any(step.slow for step in entry.steps(entry.check({}))) else POINTS


def _score(recipe: Recipe, sample: Sample, lens: Lens) -> float:
    try:
        return score_at(recipe, sample.image, lens, measure_of(lens.name))
    except ValueError:  # a value that does not go with the others' defaults
        return math.nan


def rows_of(lines: Sequence[Line]) -> list[Row]:
    """Make the rows of one method from its lines, one a sample; values are chosen by leave-one-out."""
    there = [line for line in lines if line.scores]
    chosen: list[int] = leave_one_out([line.scores for line in there]).tolist() if there else []
    places = dict(zip((line.sample for line in there), chosen, strict=True))
    return [_row(line, places.get(line.sample, -1)) for line in lines]


def _row(line: Line, place: int) -> Row:
    param = main_param(METHODS[line.method])
    lens = LENS_OF.get(line.yields)
    top = best(line.scores)
    # Without other samples, or without a parameter, the defaults are what there is.
    chosen = (_text(line.values[place]), line.scores[place]) if place >= 0 else ("", line.score)
    found = (_text(line.values[top]), line.scores[top]) if top is not None else ("", line.score)
    about = (line.method, line.sample, line.yields, lens or "", measure_of(lens) if lens else "")
    return Row(
        *about, line.score, param.name if param else "", *chosen, *found, line.object_bound, _digits(line.ms)
    )


def tour(
    methods: Sequence[str] | None = None,
    pictures: Sequence[str] | None = None,
    *,
    longest: int = LONGEST,
    jobs: int = 1,
) -> tuple[list[Row], list[str]]:
    """Measure methods on samples, all available and bundled ones by default, in `jobs` processes.

    Returns the rows, by method and then sample, and a sentence for each method that failed on a sample.

    Raises
    ------
    KeyError : an unknown method or sample. ModuleNotFoundError : a method that is named but not installed.
    """
    wanted = _methods(methods)
    places = list(pictures) if pictures else samples.names()
    for name in places:
        samples.load(name, longest=longest)
    # Sample by sample, so that a process reads each only once.
    pairs = [(method, name) for name in places for method in wanted]
    found = {(line.method, line.sample): line for line in _shown(_lines(pairs, longest, jobs), len(pairs))}
    rows = [rows_of([found[method, name] for name in places]) for method in wanted]
    return list(itertools.chain(*rows)), [line.trouble for line in found.values() if line.trouble]


def write(
    out: Path, methods: Sequence[str], pictures: Sequence[str], *, longest: int = LONGEST, jobs: int = 1
) -> list[str]:
    """Make the table as CSV, with a JSON beside it that says how; returns what there is to say.

    Raises
    ------
    ValueError : another suffix than .csv, or a folder that is not there; and what `tour` raises.
    """
    if out.suffix.lower() != ".csv":
        raise ValueError(f"{out}: the table is saved as .csv, got {out.suffix or 'no suffix'!r}; rename it")
    if not out.parent.is_dir():
        raise ValueError(f"{out}: there is no folder {out.parent}; make it first")
    start = time.perf_counter()
    rows, troubles = tour(methods, pictures, longest=longest, jobs=jobs)
    seconds = time.perf_counter() - start
    options = [f"--methods {','.join(methods)}"] * bool(methods)
    options += [f"--samples {','.join(pictures)}"] * bool(pictures)
    command = " ".join(["workbench tour -o", out.name, *options, f"--longest {longest}"])
    save(rows, out, command, seconds)
    return [*troubles, f"wrote {len(rows)} rows to {out} in {seconds:.0f} s"]


def _methods(names: Sequence[str] | None) -> list[str]:
    if not names:
        return [name for name, entry in METHODS.items() if entry.available]
    for name in names:
        if not METHODS[name].available:
            raise ModuleNotFoundError(
                f"{name}: needs {METHODS[name].requires[0]}, which is not installed; {METHODS[name].install}"
            )
    return list(names)


def _lines(pairs: list[tuple[str, str]], longest: int, jobs: int) -> Iterator[Line]:
    if jobs == 1:
        yield from map(partial(measure, longest=longest), pairs)
        return
    with ProcessPoolExecutor(jobs, get_context("spawn"), _one_thread) as pool:
        yield from pool.map(partial(measure, longest=longest), pairs)


def _one_thread() -> None:
    """Keep a process to one core, so that the processes' times are their own."""
    import os

    import cv2

    cv2.setNumThreads(1)
    os.environ["OMP_NUM_THREADS"] = "1"  # read when PyTorch is loaded


def _shown(lines: Iterable[Line], total: int) -> Iterable[Line]:
    """Show how far it is, where somebody watches."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    return track(lines, "touring", total, console=console, disable=not console.is_terminal, transient=True)


def _text(value: Any) -> str:
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _digits(milliseconds: float) -> float:
    return float(f"{milliseconds:.3g}")
