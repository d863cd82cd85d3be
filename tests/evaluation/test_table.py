"""The tour's table is written and read back without a loss, and says how it was made."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from workbench.evaluation.table import COLUMNS, PATH, Row, read, save

ROWS = [
    Row("otsu", "coins", "foreground", "object", "iou", 0.3, "sigma", "1.5", 1 / 3, "2", 0.5, math.nan, 1.23),
    Row("slic", "coins", "partition", "regions", "ari", -0.02, "", "", math.nan, "", -0.02, 0.9, 4e-05),
]  # fmt: skip


def test_rows_come_back_as_they_went(tmp_path: Path) -> None:
    save(ROWS, tmp_path / "t.csv", "workbench tour -o t.csv", 12.3)
    back = read(tmp_path / "t.csv")
    for row, same in zip(ROWS, back, strict=True):
        for name in COLUMNS:
            one, other = getattr(row, name), getattr(same, name)
            if isinstance(one, float):
                assert np.isclose(one, other, rtol=1e-11, atol=0, equal_nan=True)
            else:
                assert one == other


def test_the_file_beside_it_says_how_it_was_made(tmp_path: Path) -> None:
    save(ROWS, tmp_path / "t.csv", "workbench tour -o t.csv", 12.3)
    about = json.loads((tmp_path / "t.json").read_text(encoding="utf-8"))
    assert about["command"] == "workbench tour -o t.csv"
    assert about["columns"] == COLUMNS
    assert about["rows"] == 2
    assert about["versions"]["numpy"] == np.__version__
    assert list(COLUMNS) == list(Row.__dataclass_fields__)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is not a table of this version"),
        ("a,b\n1,2\n", "is not a table of this version"),
        (",".join(COLUMNS) + "\n" + ",".join(["x"] * len(COLUMNS)) + "\n", "holds a score that is no number"),
        (",".join(COLUMNS) + "\notsu\n", "holds a score that is no number"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=why):
        read(tmp_path / "t.csv")


def test_the_bundled_table_is_small_and_tells_its_command() -> None:
    assert PATH.stat().st_size < 150_000
    about = json.loads(PATH.with_suffix(".json").read_text(encoding="utf-8"))
    assert about["command"] == "workbench tour -o tour.csv --longest 256"
    assert about["rows"] == len(read())
