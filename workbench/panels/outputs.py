"""The outputs panel: one answer as a semantic, an instance and a panoptic one, side by side."""

from __future__ import annotations

from typing import Any

import numpy as np

from workbench.panels import views
from workbench.panels.cards import Cards, sentence
from workbench.panels.compare import CompareWidget, picture_state
from workbench.panels.pictures import Picture
from workbench.panels.protocol import State
from workbench.panels.session import Session
from workbench.registry import METHODS
from workbench.sample import Sample
from workbench.widgets import assets

TRUTH = "truth"  # in place of a method: the truth itself


class Outputs(Session):
    """Answer a page with one card in three views; a state without a card shows the truth itself."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._cards = Cards(self.send, self.runner, self.post, work=views.views, resume="pick it again")

    def _adopt(self, wanted: State, picture: Picture, seq: int) -> None:
        again = wanted == self.state
        self.state, self.picture = wanted, picture
        self._cards.keep({entry["id"] for entry in wanted["cards"][:1]})
        for entry in wanted["cards"][:1]:
            # All lenses are asked at once: none of them makes another question.
            self._cards.run(entry, picture, "panoptic", seq, again)
        if not wanted["cards"]:
            self._show_truth(picture, seq)

    def _show_truth(self, picture: Picture, seq: int) -> None:
        """Show the truth as if it were an answer; that is quick enough for the page's own process."""
        try:
            truth = views.needed(picture.truth)
            message, data = views.shown(truth, truth, picture.target)
        except ValueError as error:
            told = {"seq": seq, "message": sentence(error), "values": {}}
            self.send({"type": "error", "card": TRUTH, **told}, [])
            return
        self.send({"type": "result", "card": TRUTH, "seq": seq, "recipe": TRUTH, **message}, [data])


class OutputsWidget(CompareWidget):
    """Show the outputs page; `panels.outputs` makes it."""

    _esm = assets.module("outputs.js")
    _session_type = Outputs


def outputs(picture: str | Sample | np.ndarray | Any = "street", method: str = TRUTH) -> OutputsWidget:
    """Show one answer as semantic, instance and panoptic output, and what each cannot say.

    Parameters
    ----------
    picture : a sample's name, or a sample with a truth of its own.
    method : a name from `METHODS`, or "truth" for the truth itself.

    Raises
    ------
    KeyError : an unknown sample or method. ImageError : a picture that cannot be read.
    """
    methods = [] if method == TRUTH else [METHODS[method].name]
    return OutputsWidget(*picture_state(picture, methods, "panoptic"))
