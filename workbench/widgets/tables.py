"""A table of scores as a lesson shows it: a row a method, a column a number, the best one bold."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from workbench.metrics.card import Score

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
        """Give the highest defined number of each column; nan where there is none."""
        found = {
            column: [getattr(score, column) for score in self.scores.values()] for column in self.columns
        }
        return {
            c: max((v for v in values if not math.isnan(v)), default=math.nan) for c, values in found.items()
        }

    def __repr__(self) -> str:
        wide = max(map(len, self.scores))
        lines = [" " * wide + "".join(f"  {column:>9}" for column in self.columns)]
        for name, score in self.scores.items():
            numbers = "".join(f"  {_number(getattr(score, column)):>9}" for column in self.columns)
            lines.append(f"{name:<{wide}}{numbers}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        best, head = self.best, "".join(_head(WORDS.get(c, c.replace("_", " ")), "col") for c in self.columns)
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
    """Write a number with three decimals; undefined is a dash."""
    return "–" if math.isnan(value) else f"{value:.3f}"
