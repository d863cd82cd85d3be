"""Scores on scenes: those that running and scoring by hand would give, of pictures that nobody trained on."""

from __future__ import annotations

import pytest

import workbench as wb
from workbench.evaluation.on_scenes import TOLD, on_scenes, pictures, table
from workbench.metrics import pool
from workbench.metrics.metric import METRICS
from workbench.scenes import splits


def test_the_numbers_are_those_of_running_and_pooling_by_hand() -> None:
    found = on_scenes("otsu", "cells", count=3, side=48)
    samples = [wb.scenes.cells(seed, (48, 48)) for seed in splits.seeds("test", 0, 3)]
    scores = [wb.score(s.truth, wb.run("otsu", s.image).output, target=s.target) for s in samples]
    assert found.lens == "object"
    assert found.scores == {name: getattr(pool(scores, "dataset"), name) for name in TOLD["object"]}
    assert found.record()["command"] == (
        "workbench evaluate --methods otsu --scenes cells --split test --count 3 --side 48"
    )


def test_every_number_that_is_told_is_a_metric() -> None:
    assert all(name in METRICS for names in TOLD.values() for name in names)


def test_the_splits_share_no_picture() -> None:
    test, validation = (pictures("street", split, 2, 32) for split in ("test", "validation"))
    assert not any((a.image == b.image).all() for a in test for b in validation)


def test_a_table_marks_the_best_and_says_what_is_undefined() -> None:
    lines = table([on_scenes(name, "cells", count=2, side=48) for name in ("otsu", "fixed")]).splitlines()
    assert lines[0].split()[:2] == ["method", "iou"]
    assert sum("*" in line for line in lines[1:]) >= 1
    assert "–" in table([on_scenes("otsu", "street", count=1, side=32, lens="semantic")])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"scenes": "moon"}, "no scenes 'moon'; there are cells, street"),
        ({"split": "exam"}, "exam"),
        ({"count": 0}, "count must be at least 1, got 0"),
        ({"lens": "regions"}, "the lens must be one of object, semantic, instance, panoptic, got 'regions'"),
    ],
)
def test_refusals(change: dict, sentence: str) -> None:
    with pytest.raises((ValueError, KeyError), match=sentence):
        on_scenes("otsu", **{"scenes": "cells", "count": 1, "side": 32, **change})
