"""`workbench evaluate` on scenes: a table, or one sentence; folders have tests of their own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from workbench.cli import app
from workbench.models.places import BUNDLED


def here(*words: str):
    return CliRunner().invoke(app, ["evaluate", *words])


def test_methods_on_scenes_give_a_table() -> None:
    said = here("--methods", "otsu,fixed", "--scenes", "cells", "--count", "2", "--side", "48")
    assert said.exit_code == 0, said.output
    assert [line.split()[0] for line in said.output.splitlines()] == ["method", "otsu", "fixed"]


def test_the_numbers_go_into_the_card_where_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from workbench.models import places

    for suffix in (".json", ".safetensors"):
        shutil.copy(BUNDLED / f"unet-cells{suffix}", tmp_path)
    monkeypatch.setattr(places, "BUNDLED", tmp_path)
    said = here("--method", "unet-cells", "--scenes", "cells", "--count", "1", "--side", "64", "--card")
    assert said.exit_code == 0, said.output
    card = json.loads((tmp_path / "unet-cells.json").read_text())
    assert card["test"]["lens"] == "object"
    assert 0 < card["test"]["scores"]["dice"] <= 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "evaluate needs GUESSES, TRUTHS and -o, or --methods with --scenes"),
        (["--methods", "otus"], "no method 'otus'"),
        (["--methods", "otsu", "--scenes", "moon"], "no scenes 'moon'"),
    ],
)
def test_refusals(words: list[str], sentence: str) -> None:
    said = here(*words)
    assert said.exit_code == 2
    assert said.output.startswith("workbench: ")
    assert sentence in said.output
    assert said.output.count("\n") == 1
