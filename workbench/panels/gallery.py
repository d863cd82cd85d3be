"""The kernel's side of the page of all methods: each runs once on one picture, and sends a small answer."""

from __future__ import annotations

from functools import cache
from typing import Any

from workbench.evaluation.findings import good_at, which
from workbench.evaluation.table import Row, read
from workbench.evaluation.tour import LENS_OF
from workbench.image import Image, fitted_size
from workbench.metrics.lens import LensName
from workbench.panels import answer
from workbench.panels.cards import Cards
from workbench.panels.pictures import Picture
from workbench.panels.protocol import State
from workbench.panels.session import Session
from workbench.recipe import Recipe
from workbench.registry import METHODS, Method
from workbench.segmentation import Segmentation
from workbench.widgets.viewer import describe

SMALL = 320  # px, longest side of a mask as the page shows it


class Gallery(Session):
    """Answer a page whose cards are all methods at their defaults, whatever its state says of cards.

    Everything else is a session's own: a picture is picked by the state, a card is stopped by its name.
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        self._cards = Cards(self.send, self.runner, self.post, work=glance, resume="press go on")

    def _adopt(self, wanted: State, picture: Picture, seq: int) -> None:
        again = wanted == self.state
        self.state, self.picture = wanted, picture
        self.send(findings(wanted["image"], picture.title), [])
        for name, method in METHODS.items():
            entry = {"id": name, "method": name, "values": {}}
            self._cards.run(entry, picture, lens_of(method), seq, again)


def glance(
    recipe: Recipe, lens: str, target: tuple[str, ...], image: Image, truth: Segmentation | None = None
) -> tuple[dict[str, Any], bytes]:
    """Run a recipe and score it as ever; the ids go at most `SMALL` px wide and high, the rest as it is."""
    message, _ = answer.answer(recipe, lens, target, image, truth)
    small = answer.exported(recipe, image).resized(fitted_size((image.shape[0], image.shape[1]), SMALL))
    shown, data = describe(small)
    return message | shown | {"summary": message["summary"]}, data


def lens_of(method: Method) -> LensName:
    """Name the lens that fits what a method yields; one that refines yields what it begins with."""
    steps = [step.yields for step in method.steps(method.check({}))]
    return next(LENS_OF[kind] for kind in reversed(steps) if kind != "same")


def findings(sample: str, title: str) -> dict[str, Any]:
    """Say what the tour has found: of each method, and of this sample where the tour has been there."""
    rows = _rows()
    there = any(row.sample == sample for row in rows)
    return {
        "type": "findings",
        "good_at": {name: good_at(name, rows, timed=False) for name in METHODS},
        "which": which(sample, rows, title) if there else [],
    }


@cache
def _rows() -> list[Row]:
    return read()
