"""A table of scores as a lesson shows it: a row a method, a column a number, the best one bold."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

from workbench.metrics.card import Score
from workbench.metrics.metric import METRICS

WORDS = {
    "iou": "IoU",
    "dice": "Dice",
    "miou": "mean IoU",
    "mdice": "mean Dice",
    "f1": "F1",
    "matched_iou": "matched IoU",
    "ap": "AP",
    "ap50": "AP50",
    "pq": "PQ",
    "sq": "SQ",
    "rq": "RQ",
    "ari": "ARI",
}
SCALE = "Cividis"  # from dark to bright, the same to eyes that confuse red and green
LIGHT = (0.2126, 0.7152, 0.0722)  # what red, green and blue add to brightness
# A page of the dashboards is light or dark as the system is.
HEAT = """<style>
.wb-heat { overflow-x: auto; font: 13px system-ui, sans-serif;
  --page: #f6f7f8; --ink: #16191d; --quiet: #56606b }
@media (prefers-color-scheme: dark) { .wb-heat { --page: #101316; --ink: #e9ecef; --quiet: #9aa5b1 } }
.wb-heat table { border-collapse: separate; border-spacing: 1px; color: var(--ink); background: none;
  font-variant-numeric: tabular-nums }
.wb-heat caption { position: sticky; left: 0; max-width: 90vw; padding: 8px 0; text-align: left }
.wb-heat :is(th, td) { border: 0; font-weight: 400 }
.wb-heat :is(td, thead th) { text-align: center !important }
.wb-heat td { min-width: 40px; padding: 3px 4px }
.wb-heat tbody th { position: sticky; left: 0; padding: 3px 8px 3px 0; background: var(--page);
  text-align: right; white-space: nowrap; max-width: 44vw; overflow: hidden; text-overflow: ellipsis }
.wb-heat thead th { padding: 4px 0; color: var(--quiet); vertical-align: bottom }
.wb-heat thead span { writing-mode: vertical-rl; transform: rotate(180deg) }
</style>"""
CELL = "padding:3px 14px 3px 0;text-align:{};font-variant-numeric:tabular-nums;border:0;background:none"


@dataclass(frozen=True)
class ScoreTable:
    """Show scores by name; in a notebook as a table, elsewhere as text.

    Parameters
    ----------
    scores : by the name of the method. columns : attributes of `Score`; by default the first one's headline.

    Raises
    ------
    ValueError : no scores.
    """

    scores: Mapping[str, Score]
    columns: Sequence[str] = ()

    def __post_init__(self) -> None:
        if not self.scores:
            raise ValueError("a table of scores needs at least one score, got none")
        if not self.columns:
            object.__setattr__(self, "columns", next(iter(self.scores.values())).headline)

    @property
    def best(self) -> dict[str, float]:
        """Give the best defined number of each column, the least of a distance; nan where there is none."""
        return {column: self._best(column) for column in self.columns}

    def _best(self, column: str) -> float:
        found = [getattr(score, column) for score in self.scores.values()]
        pick = min if METRICS[column].best == "down" else max
        return pick((value for value in found if not math.isnan(value)), default=math.nan)

    def __repr__(self) -> str:
        wide = max(map(len, self.scores))
        lines = [" " * wide + "".join(f"  {column:>9}" for column in self.columns)]
        for name, score in self.scores.items():
            numbers = "".join(f"  {_number(getattr(score, column)):>9}" for column in self.columns)
            lines.append(f"{name:<{wide}}{numbers}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        best, head = self.best, "".join(_head(WORDS.get(c, METRICS[c].title), "col") for c in self.columns)
        rows = []
        for name, score in self.scores.items():
            cells = "".join(_cell(score, column, best[column]) for column in self.columns)
            rows.append(f'<tr style="background:none">{_head(name, "row")}{cells}</tr>')
        top = f'<thead><tr><td style="border:0"></td>{head}</tr></thead>'
        return f'<table style="border:0;margin:0">{top}<tbody>{"".join(rows)}</tbody></table>'


def _head(words: str, scope: str) -> str:
    side = "right" if scope == "col" else "left"
    return f'<th scope="{scope}" style="{CELL.format(side)}">{escape(words)}</th>'


def _cell(score: Score, column: str, best: float) -> str:
    value = getattr(score, column)
    weight = ";font-weight:700" if value == best else ""
    why = f' title="{escape(score.why.get(column, ""))}"' if math.isnan(value) else ""
    return f'<td style="{CELL.format("right")}{weight}"{why}>{_number(value)}</td>'


def _number(value: float) -> str:
    """Write a number with three decimals; undefined is a dash, without end the sign for it."""
    if not math.isfinite(value):
        return "–" if math.isnan(value) else "∞"
    return f"{value:.3f}"


def heat_table(
    values: NDArray[np.float64],
    rows: Sequence[str],
    columns: Sequence[str],
    finding: str,
    *,
    notes: Sequence[Sequence[str]],
) -> str:
    """Write (R, C) numbers from 0 to 1 as an HTML table whose cells have the colours of `SCALE`.

    notes : (R, C) what pointing at a cell says besides, with ``<br>`` between lines. An undefined number is
    an empty cell; below 0 has the colour of 0.
    """
    head = "".join(f'<th scope="col"><span>{escape(name)}</span></th>' for name in columns)
    body = ""
    for name, line, said in zip(rows, values.tolist(), notes, strict=True):
        cells = "".join(_heat_cell(value, note) for value, note in zip(line, said, strict=True))
        body += f'<tr><th scope="row" title="{escape(name)}">{escape(name)}</th>{cells}</tr>\n'
    return (
        f'{HEAT}<div class="wb-heat" tabindex="0"><table><caption>{escape(finding)}</caption>'
        f"<thead><tr><td></td>{head}</tr></thead><tbody>\n{body}</tbody></table></div>"
    )


def _heat_cell(value: float, note: str) -> str:
    if math.isnan(value):
        return "<td></td>"
    from plotly.colors import sample_colorscale, unlabel_rgb

    (colour,) = sample_colorscale(SCALE, [min(max(value, 0.0), 1.0)])
    light = sum(part * (level / 255) ** 2.2 for part, level in zip(LIGHT, unlabel_rgb(colour), strict=True))
    ink = "#000" if light > 0.18 else "#fff"  # where both have the same contrast
    title = escape(note.replace("<br>", "\n").strip())
    return f'<td style="background:{colour};color:{ink}" title="{title}">{value:.2f}</td>'
