"""The tour measures what running and scoring by hand would; the bundled table is what it gives."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import workbench as wb
from workbench.cli import app
from workbench.evaluation.grid import values_of
from workbench.evaluation.sweep import sweep
from workbench.evaluation.table import PATH, Row, read
from workbench.evaluation.tour import LENS_OF, Line, measure, points_of, rows_of, tour, write
from workbench.registry import METHODS

QUICK = ["otsu", "fixed"]
SMALL = ["coins", "cell", "chelsea"]


@pytest.fixture(scope="module")
def small() -> list[Row]:
    rows, troubles = tour(["otsu", "slic"], SMALL, longest=64)
    assert troubles == []
    return rows


def test_there_is_a_row_for_each_method_and_sample_in_order(small: list[Row]) -> None:
    wanted = [(method, sample) for method in ("otsu", "slic") for sample in SMALL]
    assert [(row.method, row.sample) for row in small] == wanted


def test_a_foreground_is_asked_for_the_target_and_regions_for_their_borders(small: list[Row]) -> None:
    for row in small:
        sample = wb.samples.load(row.sample, longest=64)
        guess = wb.run(row.method, sample.image).output
        asked = wb.score(sample.truth, guess, lens=LENS_OF[guess.yields], target=sample.target)
        assert row.score == getattr(asked, row.measure)
        bound = wb.score(sample.truth, guess, target=sample.target)
        assert bound.named_by_truth == (row.lens == "regions") == (not math.isnan(row.object_bound))
        assert row.lens == "object" or row.object_bound == bound.iou


def test_the_value_is_chosen_on_the_other_samples_only(small: list[Row]) -> None:
    values = values_of(METHODS["otsu"].params["sigma"], 11)
    pictures = [wb.samples.load(name, longest=64) for name in SMALL]
    curves = np.array([sweep("otsu", sample, "sigma", values=values).scores for sample in pictures])
    for number, row in enumerate(small[:3]):
        others = np.delete(curves, number, axis=0).mean(axis=0)
        place = values.index(float(row.chosen))
        assert others[place] == others.max()
        assert row.chosen_score == curves[number, place]
        assert row.best_score == curves[number].max() >= max(row.score, row.chosen_score)


def test_a_slow_method_is_tried_with_fewer_values() -> None:
    assert points_of("otsu") == 11
    assert {points_of(name) for name, method in METHODS.items() if method.slow} == {6}


def test_without_others_or_without_a_parameter_the_defaults_stand() -> None:
    (alone,) = rows_of([Line("otsu", "coins", "foreground", 0.5, (1.0, 2.0), (0.4, 0.6))])
    assert (alone.chosen, alone.chosen_score, alone.best) == ("", 0.5, "2")
    plain = rows_of([Line("otsu", name, "foreground", 0.5) for name in SMALL])
    assert {(row.chosen, row.chosen_score, row.best_score) for row in plain} == {("", 0.5, 0.5)}


def test_a_method_that_fails_costs_its_own_rows_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(image, **_):
        raise RuntimeError("no light")

    entry = replace(METHODS["fixed"], function=broken)
    monkeypatch.setitem(METHODS._methods, "fixed", entry)
    rows, troubles = tour(["fixed", "otsu"], ["coins"], longest=64)
    assert troubles == ["fixed on coins: no light"]
    assert math.isnan(rows[0].score)
    assert rows[1].score > 0


def test_a_value_that_does_not_go_with_the_defaults_has_no_score(monkeypatch: pytest.MonkeyPatch) -> None:
    function = METHODS["fixed"].function

    def picky(image, *, level, **values):
        if level > 200:
            raise ValueError("too high")
        return function(image, level=level, **values)

    monkeypatch.setitem(METHODS._methods, "fixed", replace(METHODS["fixed"], function=picky))
    line = measure(("fixed", "coins"), 64)
    assert line.trouble == ""
    assert [math.isnan(score) for score in line.scores] == [value > 200 for value in line.values]


def test_processes_side_by_side_give_the_same_table() -> None:
    alone, _ = tour(["otsu", "fixed"], SMALL[:2], longest=64)
    together, _ = tour(["otsu", "fixed"], SMALL[:2], longest=64, jobs=2)
    # As text, since an undefined number is not equal to itself.
    assert [str(replace(row, ms=0)) for row in alone] == [str(replace(row, ms=0)) for row in together]


def test_refusals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match=r"t\.txt: the table is saved as \.csv, got '\.txt'; rename it"):
        write(tmp_path / "t.txt", [], [])
    with pytest.raises(ValueError, match=r"there is no folder .*absent; make it first"):
        write(tmp_path / "absent" / "t.csv", [], [])
    with pytest.raises(KeyError, match="no method 'otus'"):
        tour(["otus"], ["coins"])
    with pytest.raises(KeyError, match="no sample 'coin'"):
        tour(["otsu"], ["coin"])
    monkeypatch.setitem(METHODS._methods, "fixed", replace(METHODS["fixed"], requires=("absent_module",)))
    with pytest.raises(ModuleNotFoundError, match="fixed: needs absent_module, which is not installed; pip"):
        tour(["fixed"], ["coins"])
    assert "fixed" not in {row.method for row in tour(None, ["cell"], longest=16)[0]}


def test_the_command_writes_a_table_and_says_so(tmp_path: Path) -> None:
    out = tmp_path / "t.csv"
    command = ["tour", "-o", str(out), "--methods", "otsu, fixed", "--samples", "coins", "--longest", "64"]
    ran = CliRunner().invoke(app, [*command, "--jobs", "1"])
    assert ran.exit_code == 0, ran.output
    assert "wrote 2 rows" in ran.output
    assert [row.method for row in read(out)] == ["otsu", "fixed"]
    refused = CliRunner().invoke(app, ["tour", "-o", str(tmp_path / "t.txt")])
    assert refused.exit_code == 2


def test_the_bundled_table_can_be_made_again() -> None:
    bundled = {(row.method, row.sample): row for row in read()}
    again, troubles = tour(QUICK)
    assert troubles == []
    for row in again:
        kept = bundled[row.method, row.sample]
        for name in ("score", "chosen_score", "best_score", "object_bound"):
            assert np.isclose(getattr(row, name), getattr(kept, name), rtol=0, atol=1e-9, equal_nan=True)
        assert replace(row, **NUMBERS) == replace(kept, **NUMBERS)


NUMBERS = dict.fromkeys(("score", "chosen_score", "best_score", "object_bound", "ms"), 0.0)


def test_the_bundled_table_has_every_method_on_every_sample() -> None:
    wanted = [
        (method, sample) for method, m in METHODS.items() if m.available for sample in wb.samples.names()
    ]
    assert [(row.method, row.sample) for row in read(PATH)] == wanted
    assert not any(math.isnan(row.score) and row.lens == "object" for row in read(PATH))
