"""The cards on several pictures: how their scores spread, and how sure it is that one is better than another.

A mean over a dozen pictures says little without its spread: another dozen would give another mean. The
bootstrap (Efron and Tibshirani, 1993) draws the same pictures again and again and sees how the means move.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from workbench import samples
from workbench.evaluation.bootstrap import interval, paired
from workbench.events import Event, Lane, Request
from workbench.metrics import METRICS
from workbench.metrics.card import HEADLINES
from workbench.metrics.means import mean_of
from workbench.panels.cards import Post, Send
from workbench.panels.lines import elsewhere, others
from workbench.panels.pictures import Picture
from workbench.panels.protocol import State
from workbench.prompts import PROMPTS
from workbench.registry import METHODS
from workbench.runner import Runner

SLOT = "several"
Entry = Mapping[str, Any]


@dataclass(eq=False)
class Survey:
    """Hold one question: the cards, the pictures still to ask, and the numbers known by card and picture."""

    number: int
    cards: list[Entry]
    lens: str
    left: list[tuple[str, str]]
    scores: dict[str, dict[str, float]] = field(default_factory=dict)

    @property
    def measure(self) -> str:
        """Name the number that is compared: the first of the lens."""
        return HEADLINES[self.lens][0]  # type: ignore[index]

    def entry(self, card: str) -> Entry:
        """Give a card by its id."""
        return next(entry for entry in self.cards if entry["id"] == card)

    def row(self, card: str) -> list[float]:
        """Give a card's numbers in one order of pictures, nan where it has none."""
        pictures = dict.fromkeys(name for found in self.scores.values() for name in found)
        return [self.scores.get(card, {}).get(name, math.nan) for name in pictures]


class Several:
    """Ask a page's cards on every sample of the picture's kind: the newest question alone."""

    def __init__(self, send: Send, runner: Runner, post: Post) -> None:
        self.send, self.runner, self.post = send, runner, post
        self.survey: Survey | None = None

    def begin(self, number: int, state: State, picture: Picture) -> None:
        """Measure all cards, picture by picture, so that they can be compared from the first on.

        Raises
        ------
        ValueError : a page without cards.
        """
        cards = state["cards"]
        if not cards:
            raise ValueError("there is no method to measure; add one")
        own = [picture.key] if picture.key in samples.names() else []
        pictures = [*own, *others(picture)]
        left = [(name, entry["id"]) for name in pictures for entry in cards]
        self.survey = Survey(number, list(cards), state["lens"], left)
        self._tell("begin", pictures=len(pictures), label=METRICS[self.survey.measure].title)
        self._go_on(self.survey)

    def stop(self) -> None:
        """Stop at once, because a person says so; what is known is still told."""
        survey = self.survey
        self.runner.cancel(SLOT)
        if survey is not None:
            self._end(survey, "stopped")

    def keep(self, state: State) -> None:
        """Let go of a question that the state no longer asks."""
        survey = self.survey
        if survey is not None and (survey.cards, survey.lens) != (state["cards"], state["lens"]):
            self.survey = None
            self.runner.cancel(SLOT)

    def _go_on(self, survey: Survey) -> None:
        if not survey.left:
            self._end(survey, "done")
            return
        sample, card = survey.left[0]
        entry = survey.entry(card)
        method, values = entry["method"], _without_prompts(entry)
        networks = any(step.requires for step in METHODS[method].steps(values))
        heard = partial(self._heard, survey, sample, card)
        listen = lambda event: self.post(lambda: heard(event))  # noqa: E731
        args = (sample, method, [values], survey.lens)
        lane: Lane = "network" if networks else "sweep"
        self.runner.submit(Request(SLOT, elsewhere, args, listen, {}, lane))

    def _heard(self, survey: Survey, sample: str, card: str, event: Event) -> None:
        if survey is not self.survey or event.kind not in ("done", "failed"):
            return
        found = event.value[0][0].get(survey.measure) if event.kind == "done" else None
        survey.left.pop(0)
        survey.scores.setdefault(card, {})[sample] = math.nan if found is None else found
        self._tell("score", card=card, sample=sample, title=samples.describe(sample)[0], value=found)
        self._go_on(survey)

    def _end(self, survey: Survey, how: str) -> None:
        rows = {entry["id"]: survey.row(entry["id"]) for entry in survey.cards}
        spread = {}
        for card, row in rows.items():
            low, high = interval(row)
            defined = sum(not math.isnan(value) for value in row)
            spread[card] = {
                "mean": _plain(mean_of(row)),
                "low": _plain(low),
                "high": _plain(high),
                "n": defined,
            }
        self._tell("end", how=how, spread=spread, verdicts=_verdicts(survey, rows))
        self.survey = None

    def _tell(self, kind: str, **more: Any) -> None:
        assert self.survey is not None  # ours: only a question that is asked is told of
        self.send({"type": "several", "kind": kind, "number": self.survey.number, **more}, [])


def _verdicts(survey: Survey, rows: Mapping[str, list[float]]) -> list[str]:
    """Say how sure it is that the card with the best mean is better than each other."""
    means = {card: mean_of(row) for card, row in rows.items()}
    known = [card for card, mean in means.items() if not math.isnan(mean)]
    if len(known) < 2:
        return []
    first = max(known, key=lambda card: means[card])
    titles = {entry["id"]: METHODS[entry["method"]].title for entry in survey.cards}
    for card in titles:  # two settings of one method are told apart by their cards' names
        if list(titles.values()).count(titles[card]) > 1:
            titles[card] = f"{titles[card]} ({card})"
    rest = [card for card in known if card != first]
    return [paired(rows[first], rows[card]).says(titles[first], titles[card]) for card in rest]


def _without_prompts(entry: Entry) -> dict[str, Any]:
    """Leave out seeds and boxes: they are of one picture, and elsewhere the method sets its own."""
    params = METHODS[entry["method"]].params
    return {name: value for name, value in entry["values"].items() if params[name].kind not in PROMPTS}


def _plain(value: float) -> float | None:
    return None if math.isnan(value) else value
