"""The bundled pictures: whole, credited, drawn by eye and by nobody's algorithm."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import workbench as wb
from workbench import METHODS, samples
from workbench.image import WORKING_SIZE, identify
from workbench.taxonomy import QUIET

FOLDER = samples.DATA / "samples"
NAMES = samples.names()
DRAWN = sorted(path.stem for path in FOLDER.glob("*.json"))
TWICE = sorted(path.stem for path in (FOLDER / "second").glob("*.json"))
KEYS = {"name", "title", "image", "size", "kind", "taxonomy", "target", "ground", "soft_edge", "shapes"}


def record(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def test_there_are_enough_and_coins_come_first() -> None:
    assert len(DRAWN) >= 10
    assert len(TWICE) >= 3
    assert NAMES[0] == "coins"
    assert {"mosaic", "phantom", "cells", "street", "shadows", "aerial", "tabletop"} < set(NAMES)
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_is_whole(name: str) -> None:
    sample = wb.samples.load(name)
    assert sample.name == name
    assert sample.image.dtype == np.uint8
    assert not sample.image.flags.writeable
    assert sample.truth is not None
    assert sample.truth.shape == sample.shape
    assert all(segment.category is not None for segment in sample.truth.segments.values())
    assert sample.target
    assert set(sample.target) <= set(sample.truth.taxonomy.names)
    assert sample.truth.mask(*sample.target).any()
    assert not sample.truth.mask(*sample.target).all()
    assert all(len(text) > 3 for text in (sample.title, sample.credit, sample.licence))
    assert samples.describe(name) == (sample.title, sample.kind)
    assert samples.full_size(name) == sample.shape
    assert identify(sample.image)[1:] == (f"sample:{name}", None)


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_at_a_working_size_is_the_same_picture_smaller(name: str) -> None:
    full, small = wb.samples.load(name), wb.samples.load(name, longest=200)
    assert max(small.shape) == 200
    assert small.truth is not None
    assert small.truth.shape == small.shape
    assert (small.title, small.target, small.credit) == (full.title, full.target, full.credit)
    assert identify(small.image)[1:] == (f"sample:{name}", 200)
    if small.instances is not None:
        assert small.instances.shape == small.shape
        assert len(small.instances) == len(full.instances or ())


@pytest.mark.parametrize("name", DRAWN)
def test_a_record_says_how_it_was_drawn(name: str) -> None:
    found = record(FOLDER / f"{name}.json")
    assert set(found) >= KEYS | {"credit", "licence", "drawn"}
    assert found["name"] == name
    assert found["kind"] == "photograph"
    assert found["drawn"].strip()
    assert tuple(found["size"]) == wb.samples.load(name).shape
    categories = {entry["name"] for entry in found["taxonomy"]}
    named = {shape["category"] for shape in found["shapes"]} - {None}
    assert named | {found["ground"]} - {None} <= categories
    assert all(
        sum(kind in shape for kind in ("ellipse", "polygon", "line")) == 1 for shape in found["shapes"]
    )
    assert all("width" in shape for shape in found["shapes"] if "line" in shape)


def test_every_coin_is_one_segment() -> None:
    truth = wb.samples.load("coins").truth
    assert truth is not None
    assert truth.summary() == "coin: 24 segments"
    assert (truth.ids == 0).any()  # the soft edges are judged by nobody


@pytest.mark.parametrize("name", TWICE)
def test_two_drawings_agree_but_are_not_copies(name: str) -> None:
    first, second = wb.samples.load(name).truth, samples.second_drawing(name)
    assert first is not None
    assert second is not None
    assert first.sha256 != second.sha256
    assert wb.score(first, second, target=wb.samples.load(name).target).iou > 0.9
    said = samples.agreement(name)
    assert re.fullmatch(r"drawn twice, independently: the two agree with IoU 0\.\d{3}, PQ 0\.\d{3}", said)


@pytest.mark.parametrize("name", sorted(set(NAMES) - set(TWICE)))
def test_what_was_drawn_once_claims_no_agreement(name: str) -> None:
    assert samples.agreement(name) == ""
    assert samples.second_drawing(name) is None


@pytest.mark.parametrize("name", DRAWN)
def test_no_methods_answer_is_the_truth(name: str) -> None:
    """A truth made by a method would crown that method: the outlines differ, soft edges left aside."""
    image, found = wb.samples.load(name, longest=384).image, record(FOLDER / f"{name}.json")
    hard = [{key: value for key, value in shape.items() if key != "soft"} for shape in found["shapes"]]
    truth = samples.draw(found | {"soft_edge": 0, "shapes": hard}).resized(image.shape[:2])
    asked = [m for m in METHODS.values() if m.yields != "partition" and not m.slow and not m.requires]
    assert len(asked) >= 5
    for method in asked:
        score = wb.score(truth, wb.run(method.name, image).output, target=found["target"])
        assert score.iou < 0.995, method.name


@pytest.mark.parametrize("name", ["coin", "", "../coins", "second/coins", None, ["coins"]])
def test_unknown_samples_list_the_known(name: Any) -> None:
    with pytest.raises(KeyError, match=r"no sample .*; there are coins, astronaut"):
        wb.samples.load(name)


def test_a_near_name_is_offered() -> None:
    with pytest.raises(KeyError, match=r"no sample 'coin', did you mean 'coins'"):
        wb.samples.load("coin")


# --- drawing ---
def drawing(*shapes: dict[str, Any], **changed: Any) -> wb.Segmentation:
    taxonomy = [{"id": 1, "name": "ground", "kind": "stuff"}, {"id": 2, "name": "dot", "kind": "thing"}]
    taxonomy += [{"id": 3, "name": "sea", "kind": "stuff"}]
    return samples.draw(
        {"size": [40, 60], "taxonomy": taxonomy, "ground": "ground", "soft_edge": 0, "shapes": shapes}
        | changed
    )


DOT = {"category": "dot", "ellipse": [20, 30, 8, 5, 0]}


def test_shapes_lie_where_they_were_drawn() -> None:
    dot = drawing(DOT).mask("dot")
    rows, columns = np.nonzero(dot)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (13, 27, 26, 34)
    square = drawing({"category": "dot", "polygon": [[2, 3], [2, 8], [6, 8], [6, 3]]}).mask("dot")
    assert square[2:7, 3:9].all()
    line = drawing({"category": "dot", "line": [[10, 0], [10, 59]], "width": 3}).mask("dot")
    assert line[8:13].all()
    assert line.sum() == 5 * 60  # OpenCV's way with corners between pixels


def test_a_turned_ellipse_turns() -> None:
    turned = drawing({"category": "dot", "ellipse": [20, 30, 8, 3, 90]}).mask("dot")
    assert turned.any(axis=0).sum() > turned.any(axis=1).sum()


def test_later_shapes_cover_earlier_ones_and_things_count() -> None:
    second = {"category": "dot", "ellipse": [20, 33, 8, 5, 0]}
    assert drawing(DOT, second).summary() == "dot: 2 segments"
    assert drawing(DOT | {"segment": 1}, second | {"segment": 1}).summary() == "dot: 1 segment"
    seas = [{"category": "sea", "ellipse": [r, 30, 4, 4, 0]} for r in (8, 30)]
    assert len(drawing(*seas).segments) == 2  # the ground and one sea
    assert (
        "dot"
        not in drawing(DOT, {"category": "sea", "polygon": [[0, 0], [0, 59], [39, 59], [39, 0]]}).summary()
    )


def test_soft_edges_and_what_nobody_can_judge_are_void() -> None:
    soft = drawing(DOT, soft_edge=3)
    edge = (soft.ids == 0) & ~drawing(DOT, {**DOT, "category": None}).mask("ground")
    assert edge.any()
    assert soft.ids[20, 30] != 0
    assert soft.ids[0, 0] != 0
    assert drawing({**DOT, "category": None}).ids[20, 30] == 0
    assert drawing(ground=None).segments == {}
    own = drawing(DOT | {"soft": 0}, soft_edge=3)
    assert (own.ids != 0).all()


def test_a_shape_may_leave_the_picture() -> None:
    for place in ([0, 0], [39, 59], [-6, 30], [20, 64]):
        assert drawing({"category": "dot", "ellipse": [*place, 8, 8, 0]}, soft_edge=3).shape == (40, 60)
    assert drawing({"category": "dot", "ellipse": [-50, -50, 8, 8, 0]}).summary() == "1 segment"


def test_grounds_stay_quiet() -> None:
    assert drawing().taxonomy["ground"].colour == QUIET


def test_the_working_size_keeps_every_photograph_whole() -> None:
    assert all(max(samples.full_size(name)) <= 2 * WORKING_SIZE for name in NAMES)
