"""The explore panel: one method on one picture, large, with its score along each of its parameters."""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets

from workbench.panels.compare import CompareWidget, picture_state
from workbench.panels.lines import sweepable
from workbench.panels.pictures import Picture
from workbench.registry import METHODS
from workbench.sample import Sample


class ExploreWidget(CompareWidget):
    """Show the explore page, which is the compare page with one card and the score along its parameters.

    Its state has one part more, ``explore``: the parameters swept, the measure, and whether the same curve
    is shown on other samples.
    """

    page = traitlets.Unicode("explore").tag(sync=True)

    def __init__(self, state: dict[str, Any], extra: dict[str, Picture] | None = None) -> None:
        super().__init__(state, extra)
        self._session.warm_up_sweeps()


def explore(
    picture: str | Sample | np.ndarray | Any = "coins", method: str = "otsu", *, lens: str = "object"
) -> ExploreWidget:
    """Take one method apart on one picture: what each parameter does to its score, here and elsewhere.

    Parameters
    ----------
    picture : a sample's name, a sample, or anything that `read_image` takes.
    method : a name from `METHODS`. lens : the question that the scores answer.

    Raises
    ------
    KeyError : an unknown sample or method. ImageError : a picture that cannot be read.
    """
    METHODS[method]
    state, extra = picture_state(picture, [method], lens)
    swept = sweepable(method)
    state["explore"] = {"param": swept[0] if swept else "", "second": "", "measure": "", "carry": False}
    return ExploreWidget(state, extra)
