"""A table of scores as a lesson shows it: a row a method, a column a number, the best one bold."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from workbench.metrics.card import Score

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
        found = {c: [getattr(s, c) for s in self.scores.values() if not math.isnan(getattr(s, c))] for c in self.columns}
        return {column: max(values, default=math.nan) for column, values in found.items()}

    def __repr__(self) -> str:
        wide = max(map(len, self.scores))
        lines = [" " * wide + "".join(f"  {column:>9}" for column in self.columns)]
        for name, score in self.scores.items():
            lines.append(f"{name:<{wide}}" + "".join(f"  {_number(getattr(score, c)):>9}" for c in self.columns))
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        best, words = self.best, {"iou": "IoU", "dice": "Dice", "miou": "mean IoU", "pq": "PQ"}
        head = "".join(f'<th scope="col" style="{CELL.format("right")}">{escape(words.get(c, c))}</th>' for c in self.columns)
        rows = []
        for name, score in self.scores.items():
            cells = "".join(_cell(score, column, best[column]) for column in self.columns)
            rows.append(f'<tr style="background:none"><th scope="row" style="{CELL.format("left")}">{escape(name)}</th>{cells}</tr>')
        return f'<table style="border:0;margin:0"><thead><tr><td style="border:0"></td>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'


def _cell(score: Score, column: str, best: float) -> str:
    value = getattr(score, column)
    weight = ";font-weight:700" if value == best else ""
    why = f' title="{escape(score.why.get(column, ""))}"' if math.isnan(value) else ""
    return f'<td style="{CELL.format("right")}{weight}"{why}>{_number(value)}</td>'


def _number(value: float) -> str:
    """Write a number with three decimals; undefined is a dash."""
    return "–" if math.isnan(value) else f"{value:.3f}"
