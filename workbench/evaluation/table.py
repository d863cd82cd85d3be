"""The tour's table as files: a CSV with a row a method and sample, and a JSON that says how it was made."""

from __future__ import annotations

import csv
import json
import math
import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from workbench.samples import DATA

PATH = DATA / "tour.csv"
COLUMNS = {
    "method": "the method's name in code",
    "sample": "the sample's name",
    "yields": "what the method answered: foreground, partition, semantic, instance or panoptic",
    "lens": "the lens that fits it: object for foreground, regions for partition, else the one of its name",
    "measure": "the number of that lens which the scores are: iou, ari, miou, f1 or pq",
    "score": "at the defaults",
    "param": "the main parameter: the first with a range; empty where there is none",
    "chosen": "its value with the best mean score on all other samples (leave-one-out)",
    "chosen_score": "the score here with that value; the honest one",
    "best": "its best value on this sample",
    "best_score": "the score here with that value; an upper bound, since this truth chose it",
    "object_bound": "of a partition: IoU at the defaults when the truth names the regions; an upper bound",
    "ms": "milliseconds of the run at the defaults; the only column that another run changes",
}
LIBRARIES = [
    "segmentation-workbench",
    "numpy",
    "scipy",
    "scikit-image",
    "scikit-learn",
    "opencv-python-headless",
    "torch",
]


@dataclass(frozen=True)
class Row:
    """Hold one line of the table; `COLUMNS` says what each field is, and undefined scores are nan."""

    method: str
    sample: str
    yields: str
    lens: str
    measure: str
    score: float
    param: str
    chosen: str
    chosen_score: float
    best: str
    best_score: float
    object_bound: float
    ms: float


def save(rows: Sequence[Row], out: Path, command: str, seconds: float) -> None:
    """Write the rows as CSV, and beside it a JSON with the command, versions, date and columns."""
    with out.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        table.writerows([_cell(getattr(row, name)) for name in COLUMNS] for row in rows)
    about = {"command": command, **made_with(), "rows": len(rows), "seconds": round(seconds)}
    text = json.dumps({**about, "columns": COLUMNS}, indent=1)
    out.with_suffix(".json").write_text(text + "\n", encoding="utf-8")


def read(path: Path = PATH) -> list[Row]:
    """Read a table back; empty cells of numbers are nan.

    Raises
    ------
    ValueError : it is no such table, or one of another version.
    """
    with path.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    if not lines or lines[0].keys() != COLUMNS.keys():
        raise ValueError(f"{path}: is not a table of this version; make it anew with workbench tour -o")
    try:
        return [_row(line) for line in lines]
    except (ValueError, TypeError):
        fix = "make it anew with workbench tour -o"
        raise ValueError(f"{path}: holds a score that is no number; {fix}") from None


def _row(line: dict[str, str]) -> Row:
    if None in (*line, *line.values()):  # what csv gives where a line has too many cells, or too few
        raise ValueError("a line is broken")
    numbers = {field.name for field in fields(Row) if field.type == "float"}
    cells: dict[str, Any] = {k: float(v or "nan") if k in numbers else v for k, v in line.items()}
    return Row(**cells)


def made_with() -> dict[str, Any]:
    """Say when, on what machine and with which versions numbers are made."""
    there = {package.metadata["Name"].lower() for package in metadata.distributions()}
    versions = {name: metadata.version(name) for name in LIBRARIES if name in there}
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "python": sys.version.split()[0],
        "machine": f"{platform.system()} {platform.machine()}",
        "versions": versions,
    }


def _cell(value: str | float) -> str:
    if isinstance(value, str):
        return value
    return "" if math.isnan(value) else f"{value:.12g}"
