"""The compare panel: several methods on one picture, side by side, scored while the sliders move."""

from __future__ import annotations

import queue
import time
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from workbench import samples
from workbench.image import identify
from workbench.panels.page import PageWidget
from workbench.panels.pictures import Picture, given
from workbench.panels.protocol import starting_state
from workbench.panels.session import Session
from workbench.registry import METHODS
from workbench.runner import Runner
from workbench.sample import Sample
from workbench.widgets import assets


class CompareWidget(PageWidget):
    """Show the compare page in a notebook or a dashboard; `panels.compare` makes it."""

    _esm = assets.module("compare.js")
    _session_type: type[Session] = Session  # what answers the page; a panel of another kind has its own

    def __init__(self, state: dict[str, Any], extra: dict[str, Picture] | None = None) -> None:
        super().__init__()
        self._runner = Runner()
        weakref.finalize(self, self._runner.close)
        self._runner.warm_up()  # its process starts while the picture is read
        self._session = self._session_type(self._tell, state, self._runner, self._post, extra or {})
        self.on_msg(lambda _, content, buffers: self._session.receive(content, [bytes(b) for b in buffers]))
        # The first answers are made now: a preheated kernel has them before its page opens.
        self._session.apply(state, 0)

    def set(self, card: str, **values: Any) -> CompareWidget:
        """Turn the controls of a card, as a hand on the page would.

        Raises
        ------
        KeyError : no such card. ValueError : a value that breaks its rule.
        """
        cards = {entry["id"]: entry for entry in self._session.state["cards"]}
        if card not in cards:
            raise KeyError(f"no card {card!r}; there are {', '.join(cards)}")
        METHODS[cards[card]["method"]].check(cards[card]["values"] | values)
        changed = [{**e, "values": e["values"] | values} if e["id"] == card else e for e in cards.values()]
        self._session.apply(self._session.state | {"cards": changed}, self._session.seq + 1)
        self._tell({"type": "state", "state": self._session.state}, [])
        return self

    def scores(self, timeout: float = 60.0) -> dict[str, dict[str, float | None]]:
        """Wait for every card and give its scores; None where a number is undefined.

        Raises
        ------
        TimeoutError : a card is not done in time. RuntimeError : a card failed; its sentence is given.
        """
        end = time.monotonic() + timeout
        while self._session.busy:
            if time.monotonic() > end:
                raise TimeoutError(f"not all cards were done within {timeout:g} s")
            try:
                self._calls.get(timeout=0.05)()
            except queue.Empty:
                continue
        failed = [card.error["message"] for card in self._session.cards.values() if card.error]
        if failed:
            raise RuntimeError("; ".join(failed))
        return {
            name: dict(card.result[0]["scores"]) for name, card in self._session.cards.items() if card.result
        }

    def close(self) -> None:
        """Stop the workers and remove the page."""
        self._runner.close()
        super().close()


def compare(
    picture: str | Sample | np.ndarray | Any = "coins",
    methods: Sequence[str] = ("otsu", "watershed", "kmeans"),
    *,
    lens: str = "object",
) -> CompareWidget:
    """Put methods side by side on one picture, with their scores against its truth.

    Parameters
    ----------
    picture : a sample's name, a sample, or anything that `read_image` takes.
    methods : names from `METHODS`, one card each. lens : the question that the scores answer.

    Raises
    ------
    KeyError : an unknown sample or method. ImageError : a picture that cannot be read.
    """
    for name in methods:
        METHODS[name]
    return CompareWidget(*picture_state(picture, list(methods), lens))


def picture_state(picture: Any, methods: list[str], lens: str) -> tuple[dict[str, Any], dict[str, Picture]]:
    """Give the state of a fresh page on a picture, and the picture itself where it is not a bundled one."""
    if (bundled := _bundled_name(picture)) is not None:
        return starting_state(bundled, methods, lens), {}
    own = given(picture)
    state = starting_state(own.key, methods, lens, "bundled" if own.truth is not None else "none")
    return state, {own.key: own}


def _bundled_name(picture: Any) -> str | None:
    """Give the name of a bundled sample, or None where it is something else, or was changed."""
    if isinstance(picture, str) and not Path(picture).suffix and not Path(picture).exists():
        return picture  # a word is a sample's name; if there is none, the sentence lists those that there are
    if not isinstance(picture, Sample) or picture.name not in samples.names():
        return None
    ours = samples.load(picture.name)
    same = identify(picture.image)[0] == identify(ours.image)[0] and picture.target == ours.target
    truths = [s.truth.sha256 if s.truth is not None else None for s in (picture, ours)]
    return picture.name if same and truths[0] == truths[1] else None
