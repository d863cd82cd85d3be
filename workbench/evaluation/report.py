"""A report of scored folders: every number as CSV, the totals as JSON, and a page to look at."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from workbench.evaluation.bootstrap import CONFIDENCE, RESAMPLES, Paired, interval
from workbench.evaluation.folders import Evaluation
from workbench.evaluation.page import page
from workbench.evaluation.table import made_with
from workbench.metrics.metric import METRICS

AGGREGATES = {
    "dataset": "pixels and segments of all images counted together, then divided; distances are averaged",
    "image": "each image scored alone, then averaged over the images that define the number",
}
COLUMNS = ("image", "lens", "category", "metric", "value")


def write(
    found: Evaluation, out: Path, command: str, against: tuple[Evaluation, Mapping[str, Paired]] | None = None
) -> list[Path]:
    """Write `scores.csv`, `summary.json` and `index.html` into a folder, which is made where there is none.

    Parameters
    ----------
    command : what made it, to be made again. against : the other folder of guesses, and what was compared.

    Raises
    ------
    ValueError : what `check_folder` refuses, or truths of several taxonomies, which cannot be summed.
    OSError : it cannot be written.
    """
    check_folder(out)
    said = summary(found, command, against)
    shown = page(found, said)  # all is made before anything is written
    out.mkdir(exist_ok=True)
    files = [out / name for name in ("scores.csv", "summary.json", "index.html")]
    with files[0].open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows({**row, "value": _cell(row["value"])} for row in found.rows)
    files[1].write_text(json.dumps(said, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    files[2].write_text(shown, encoding="utf-8")
    return files


def check_folder(out: Path) -> None:
    """Refuse a folder that no report can be written to.

    Raises
    ------
    ValueError : a file of that name, or a folder whose parent is not there.
    """
    if out.exists() and not out.is_dir():
        raise ValueError(f"{out}: is a file, and a report is a folder; name another with -o")
    if not out.resolve().parent.is_dir():
        raise ValueError(f"{out}: there is no folder {out.parent}; make it first")


def summary(
    found: Evaluation, command: str, against: tuple[Evaluation, Mapping[str, Paired]] | None = None
) -> dict[str, Any]:
    """Give the totals as plain data: every number with its aggregate, and what a reader has to know of it."""
    one = next(iter(found.scores.values()))
    remarks = dict.fromkeys(remark for score in found.scores.values() for remark in score.remarks)
    return {
        "command": command,
        **made_with(),
        "guesses": str(found.guesses),
        "truths": str(found.truths),
        "lens": found.asked.lens,
        "scored_as": found.lens,
        "convention": one.convention,
        "says": one.facts.convention.says,
        "target": list(found.asked.target or ()),
        "ids": {"truths": found.reads[0].says, "guesses": found.reads[1].says},
        "named_by_truth": any(score.named_by_truth for score in found.scores.values()),
        "remarks": list(remarks),
        "images": len(found.scores),
        "images_broken": len(found.broken),
        "broken": [asdict(one) for one in found.broken],
        "aggregates": AGGREGATES,
        "aggregate": one.facts.convention.aggregate,
        "headline": found.headline,
        "scores": _totals(found),
        "against": _compared(*against) if against else None,
    }


def _totals(found: Evaluation) -> dict[str, dict[str, Any]]:
    """Give each category's numbers by metric, "all" for the whole."""
    totals: dict[str, dict[str, Any]] = {}
    for (category, name), values in found.by_image.items():
        low, high = interval(values) if category == "all" and METRICS[name].best else (math.nan, math.nan)
        totals.setdefault(category, {})[name] = {
            "dataset": _plain(found.pooled.get((category, name), math.nan)),
            "image": _plain(found.averaged[category, name]),
            "image_interval": [_plain(low), _plain(high)],
            "undefined": sum(math.isnan(value) for value in values),
        }
    return totals


def _compared(other: Evaluation, found: Mapping[str, Paired]) -> dict[str, Any]:
    plain = {
        name: {key: value if isinstance(value, int) else _plain(value) for key, value in asdict(one).items()}
        for name, one in found.items()
    }
    how = f"paired percentile bootstrap of the mean over images, {RESAMPLES} resamples, seed 0"
    return {"guesses": str(other.guesses), "how": how, "confidence": CONFIDENCE, "metrics": plain}


def _plain(value: float) -> float | str | None:
    """Turn what JSON cannot hold into what it can: undefined is None."""
    if math.isnan(value):
        return None
    return value if math.isfinite(value) else "infinite" if value > 0 else "-infinite"


def _cell(value: float) -> str:
    return "" if math.isnan(value) else repr(float(value))
