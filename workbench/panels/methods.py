"""The catalogue panel: every method on one picture at its defaults, with its score, time and strengths."""

from __future__ import annotations

from workbench.evaluation.findings import grid, overview
from workbench.evaluation.table import Row, read
from workbench.metrics import METRICS
from workbench.metrics.lens import LensName
from workbench.panels.compare import CompareWidget
from workbench.panels.gallery import Gallery
from workbench.panels.protocol import starting_state
from workbench.registry import METHODS
from workbench.widgets import assets
from workbench.widgets.charts import Chart, heatmap


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


def tour(lens: LensName = "object") -> Chart:
    """Show the table of the tour as a heat map: a row a method that this lens fits, a column a sample.

    Each score is with the main parameter chosen on all other samples; pointing at a cell says the rest.

    Raises
    ------
    ValueError : a lens under which no method was measured.
    """
    rows = read()
    methods, pictures, values = grid(rows, lens)
    if not methods:
        asked = ", ".join(dict.fromkeys(row.lens for row in rows))
        raise ValueError(f"no method was measured under the lens {lens!r}; there are {asked}")
    known = {(row.method, row.sample): row for row in rows}
    notes = [[_note(known.get((method, picture))) for picture in pictures] for method in methods]
    titles = [METHODS[name].title if name in METHODS else name for name in methods]
    measure = METRICS[known[methods[0], pictures[0]].measure].title
    columns = [picture.replace("_", " ") for picture in pictures]
    return heatmap(values, titles, columns, overview(rows, lens), name=measure, notes=notes)


def _note(row: Row | None) -> str:
    if row is None:
        return ""
    lines = [f"with {row.param} {row.chosen}, chosen on the other pictures"] if row.chosen else []
    lines += [f"at the defaults {row.score:.2f}"]
    lines += [f"with {row.param} {row.best} {row.best_score:.2f}, the best here"] if row.best else []
    return "".join(f"<br>{line}" for line in lines)
