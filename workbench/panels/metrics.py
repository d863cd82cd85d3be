"""The metrics panel: paint a truth and a guess, and watch every number with the pixels that it counts."""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets

from workbench.metrics.conventions import convention_of
from workbench.metrics.metric import METRICS
from workbench.panels.compare import CompareWidget, picture_state
from workbench.panels.easel import Easel
from workbench.registry import METHODS
from workbench.sample import Sample
from workbench.segmentation import Segmentation
from workbench.widgets import assets


class MetricsWidget(CompareWidget):
    """Show the metrics page; `panels.metrics` makes it."""

    _esm = assets.module("metrics.js")
    _session_type = Easel
    page = traitlets.Unicode("metrics").tag(sync=True)

    @property
    def truth(self) -> Segmentation:
        """Give the truth as it is painted."""
        return self._easel.sheets["truth"]

    @property
    def guess(self) -> Segmentation:
        """Give the guess as it is painted."""
        return self._easel.sheets["guess"]

    @property
    def _easel(self) -> Easel:
        assert isinstance(self._session, Easel)  # ours: the session's type is a class attribute
        return self._session


def metrics(
    picture: str | Sample | np.ndarray | Any = "coins",
    guess: str = "otsu",
    *,
    lens: str = "object",
    convention: str = "workbench",
    measure: str = "",
) -> MetricsWidget:
    """Paint a truth and a guess of one picture, and watch the scores and what they count.

    Parameters
    ----------
    picture : a sample's name, a sample, or anything that `read_image` takes.
    guess : the method that the guess starts from, or "truth".
    lens : the question that the scores answer. convention : a name in `CONVENTIONS`.
    measure : the metric whose formula is shown first; by default the lens's own.

    Raises
    ------
    KeyError : an unknown sample, method or metric. ValueError : an unknown convention.
    ImageError : a picture that cannot be read.
    """
    if guess != "truth":
        METHODS[guess]
    if measure:
        METRICS[measure]
    convention_of(convention)
    state, extra = picture_state(picture, [], lens)
    state["metrics"] = {"convention": convention, "measure": measure, "category": 0, "start": guess}
    return MetricsWidget(state, extra)
