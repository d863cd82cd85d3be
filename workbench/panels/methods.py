"""The catalogue panel: every method on one picture at its defaults, with its score, time and strengths."""

from __future__ import annotations

from workbench.panels.compare import CompareWidget
from workbench.panels.gallery import Gallery
from workbench.panels.protocol import starting_state
from workbench.widgets import assets


class MethodsWidget(CompareWidget):
    """Show the page of all methods; `panels.methods` makes it."""

    _esm = assets.module("methods.js")
    _session_type = Gallery


def methods(sample: str = "coins") -> MethodsWidget:
    """Show what every method makes of one picture, filled in as the answers come.

    Parameters
    ----------
    sample : the name of a bundled sample; the page picks others.

    Raises
    ------
    KeyError : an unknown sample; the known ones are listed.
    """
    return MethodsWidget(starting_state(sample, []))
