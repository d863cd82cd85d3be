"""The score along a parameter: measured in a worker in small pieces, told to the page as it grows.

A piece takes about `PIECE`, so a newer question never waits long, and the page's slider never waits at all:
sweeps have a worker of their own. What was measured once is remembered, so going back costs nothing.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from workbench import samples
from workbench.evaluation.sweep import leave_one_out
from workbench.events import Event, Lane, Request
from workbench.metrics import METRICS
from workbench.metrics.metric import less_is_better
from workbench.panels.cards import PREVIEW_SIZE, Post, Send, lane_of, shared_of
from workbench.panels.lines import Line, Scores, elsewhere, here, lay_out, recipe_at
from workbench.panels.pictures import Picture
from workbench.panels.protocol import State, Sweep
from workbench.recipe import Recipe
from workbench.runner import Runner

SLOT = "sweep"
PIECE = 0.1  # s that one request takes, about
MOST = 16  # points of a piece
KEPT = 8000  # measured points that a page remembers


@dataclass(eq=False)
class Job:
    """Hold one question of the page and its lines.

    about : the picture, truth, lens, method and fixed values; another state of these is another question.
    sample : a recipe of the question, for what all of them share.
    """

    asked: Sweep
    about: tuple[str, ...]
    method: str
    lens: str
    picture: Picture
    lines: list[Line]
    sample: Recipe

    @property
    def lane(self) -> Lane:
        """Name the worker: a network's own, where its weights are, else that of sweeps."""
        return "network" if lane_of(self.sample) == "network" else "sweep"

    def next(self) -> Line | None:
        """Give the line to go on with: the curve, the map, then all others evenly."""
        left = [line for line in self.lines if line.left]
        first = [line for line in left if line.kind != "other"]
        return first[0] if first else max(left, key=lambda line: len(line.left), default=None)

    def key(self, line: Line, place: int) -> tuple[str, ...]:
        """Name a point, for remembering it."""
        where = (line.sample,) if line.sample else (self.picture.key, self.picture.truth_key)
        setting = json.dumps(line.settings[place], sort_keys=True, default=str)
        return (*where, self.lens, self.method, setting)


class Sweeps:
    """Run a page's sweep: the newest question alone."""

    def __init__(self, send: Send, runner: Runner, post: Post) -> None:
        self.send, self.runner, self.post = send, runner, post
        self.job: Job | None = None
        self._known: OrderedDict[tuple[str, ...], Scores] = OrderedDict()

    def warm_up(self, picture: Picture) -> None:
        """Start the worker and send it the picture now: a first point should not wait for them."""
        self._submit("sweep", here, ([], "object", ()), lambda event: None, picture)

    def begin(self, asked: Sweep, state: State, picture: Picture) -> None:
        """Measure what the page asks for, in place of what it asked before.

        Raises
        ------
        ValueError : no such card, a parameter without a scale, no truth. KeyError : an unknown method.
        """
        entry = _entry(asked, state)
        if entry is None:
            raise ValueError(f"no card {asked.card!r} to sweep; reload the page")
        method, values = entry["method"], entry["values"]
        lines, recipe = lay_out(asked, method, values, picture), recipe_at(method, values, picture)
        about = _about(asked, entry, state, picture)
        job = self.job = Job(asked, about, method, state["lens"], picture, lines, recipe)
        for line in lines:
            known = {place: self._known.get(job.key(line, place)) for place in line.left}
            self._tell(job, line, {place: scores for place, scores in known.items() if scores is not None})
        self._go_on(job)

    def stop(self) -> None:
        """Stop at once, because a person says so."""
        job, self.job = self.job, None
        self.runner.cancel(SLOT)
        if job is not None:
            self._end(job, "stopped")

    def keep(self, state: State, picture: Picture) -> None:
        """Go on only while the state still asks the same; the piece that runs ends by itself."""
        if self.job is None:
            return
        entry = _entry(self.job.asked, state)
        if entry is None or _about(self.job.asked, entry, state, picture) != self.job.about:
            self.job = None

    # --- measuring ---
    def _go_on(self, job: Job) -> None:
        """Ask for the next piece, or end."""
        line = job.next()
        if line is None:
            self.job = None
            self._end(job, "done")
            return
        places = line.left[: max(1, min(MOST, int(PIECE / line.pace)))]
        heard = partial(self._heard, job, line, places)
        settings = [line.settings[place] for place in places]
        if line.kind == "other":
            self._submit(job.lane, elsewhere, (line.sample, job.method, settings, job.lens), heard)
            return
        recipes = [recipe_at(job.method, values, job.picture) for values in settings]
        self._submit(job.lane, here, (recipes, job.lens, job.picture.target), heard, job.picture)

    def _submit(
        self,
        lane: Lane,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        heard: Callable[[Event], None],
        picture: Picture | None = None,
    ) -> None:
        shared = shared_of(picture) if picture is not None else {}
        listen = lambda event: self.post(lambda: heard(event))  # noqa: E731
        self.runner.submit(Request(SLOT, function, args, listen, shared, lane))

    def _heard(self, job: Job, line: Line, places: list[int], event: Event) -> None:
        if event.kind == "done":
            scores, seconds = event.value
            found = dict(zip(places, scores, strict=True))
            self._remember(job, line, found)
            if job is self.job:
                line.pace = max(1e-4, seconds / len(places))
                self._tell(job, line, found)
                self._go_on(job)
        elif event.kind == "failed" and job is self.job:
            self.job = None
            self._end(job, "failed", event.message)

    def _remember(self, job: Job, line: Line, found: Mapping[int, Scores]) -> None:
        self._known |= {job.key(line, place): scores for place, scores in found.items()}
        while len(self._known) > KEPT:
            self._known.popitem(last=False)

    # --- telling ---
    def _tell(self, job: Job, line: Line, found: Mapping[int, Scores]) -> None:
        """Send new points of a line, and where it is best once it is whole."""
        line.take(found)
        if line.kind == "other" and line.silent:
            line.left = []
            return
        if line.kind == "curve" and not line.left:
            _best_first(job, line)
        self.send(
            {
                "type": "sweep",
                "number": job.asked.number,
                "kind": line.kind,
                "sample": line.sample,
                "title": samples.describe(line.sample)[0] if line.sample else job.picture.title,
                "values": line.values,
                "second": line.second,
                "points": [[place, dict(scores)] for place, scores in found.items()],
                "best": None if line.left else line.best(),
                "labels": {name: METRICS[name].title for scores in found.values() for name in scores},
                "note": _note(job),
            },
            [],
        )

    def _end(self, job: Job, how: str, sentence: str = "") -> None:
        others = [line for line in job.lines if line.kind == "other" and any(line.scores.values())]
        over = _over(job.lines[0], others) if how == "done" and others else None
        head = {"type": "sweep", "number": job.asked.number, "kind": "end"}
        self.send(head | {"how": how, "message": sentence, "over": over}, [])


def _best_first(job: Job, curve: Line) -> None:
    """Have the others begin with the value that is best here: whether it carries over shows first."""
    place = next((place for place in curve.best().values() if place is not None), None)
    for line in job.lines:
        if line.kind == "other" and place is not None:
            line.begin_with(place)


def _over(curve: Line, others: Sequence[Line]) -> dict[str, Any]:
    """Choose by each measure the value for this picture from the others alone, by leave-one-out."""
    chosen = {}
    for name in curve.best():
        table = [line.row(name) for line in (curve, *others)]
        place = int(leave_one_out(table, lower=less_is_better(name))[0])
        chosen[name] = None if place < 0 else place
    return {"count": len(others), "places": chosen}


def _note(job: Job) -> str:
    small = job.sample.longest == PREVIEW_SIZE
    return f"a slow method: measured on copies of {PREVIEW_SIZE} px" if small else ""


def _entry(asked: Sweep, state: State) -> Mapping[str, Any] | None:
    return next((card for card in state["cards"] if card["id"] == asked.card), None)


def _about(asked: Sweep, entry: Mapping[str, Any], state: State, picture: Picture) -> tuple[str, ...]:
    """Write down all that the curve depends on, as text: 1 and True are equal, but not the same."""
    fixed = {name: value for name, value in entry["values"].items() if name != asked.param}
    return picture.key, picture.truth_key, state["lens"], entry["method"], repr(fixed)
