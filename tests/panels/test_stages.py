"""Stages on their way to the page: small in the strip, at full size when one is opened."""

from __future__ import annotations

import io
import json
import zlib

import numpy as np
import pytest
from PIL import Image as Pillow

import workbench as wb
from workbench.image import remember
from workbench.panels import stages
from workbench.recipe import ImageRef
from workbench.registry import METHODS, method
from workbench.segmentation import Segmentation
from workbench.trace import Stage, _keep

COINS = wb.samples.load("coins").image
TALL = np.zeros((90, 30, 3), np.uint8)
FIELD = np.stack(np.mgrid[-1:1:40j, -1:1:60j], -1)
SHOWN: list[Stage] = []  # what the method below shows
RUNS: list[str] = []


@pytest.fixture
def show(monkeypatch: pytest.MonkeyPatch):
    """Give a function that makes a recipe whose run shows these stages."""
    monkeypatch.setattr(METHODS, "_methods", dict(METHODS._methods))

    @method("Shows", family="tests", yields="foreground", source="here")
    def shows(image: np.ndarray, *, turn: bool = False) -> Segmentation:
        """Show what the test wants."""
        RUNS.append("again")
        for item in SHOWN[1:] if turn else SHOWN:
            _keep(lambda item=item: item)
        return Segmentation.from_mask(image[..., 0] > 0)

    def make(*items: Stage, turn: bool = False, longest: int | None = None, image=COINS) -> wb.Recipe:
        SHOWN[:] = items
        stages._recorded.clear()
        RUNS.clear()
        return wb.Recipe(ImageRef.of(remember(image, "array")), "shows", {"turn": turn}, longest)

    return make


def png(data: bytes) -> np.ndarray:
    return np.asarray(Pillow.open(io.BytesIO(data)))


def test_the_strip_is_small_and_the_opened_stage_is_not(show) -> None:
    grey = COINS[..., 0] / 255.0
    recipe = show(Stage("gradient", grey, "where it changes"), Stage("ids", (grey > 0.5) + 1, kind="labels"))
    (first, small), (second, coloured) = stages.strip(recipe, COINS)
    assert (first["name"], first["caption"]) == ("gradient", "where it changes")
    assert (first["kind"], first["frames"], first["over"]) == ("image", 1, True)
    assert second["name"] == "ids"
    assert max(png(small).shape) == max(png(coloured).shape) == stages.THUMB
    ((frame, large),) = stages.opened(recipe, "gradient", COINS)
    assert png(large).shape == COINS.shape
    assert frame["size"] == list(COINS.shape[:2])
    assert np.array_equal(png(large)[..., 0].astype(float).round(), np.round(
        (grey - grey.min()) / np.ptp(grey) * 255))  # fmt: skip
    assert (frame["low"], frame["high"]) == (grey.min(), grey.max())


def test_opening_does_not_run_again_until_the_run_is_forgotten(show) -> None:
    recipe = show(Stage("one", np.eye(4)))
    stages.strip(recipe, COINS)
    stages.opened(recipe, "one", COINS)
    assert RUNS == ["again"]
    others = [wb.Recipe(recipe.image, "otsu", {"sigma": float(n)}) for n in range(stages.KEPT)]
    for other in others:
        stages.strip(other, COINS)
    assert len(stages._recorded) == stages.KEPT
    assert len(stages.opened(recipe, "one", COINS)) == 1
    assert RUNS == ["again", "again"]


def test_a_film_is_one_entry_with_its_last_picture(show) -> None:
    frames = [
        Stage(f"after {n}", np.full((9, 9), n, np.uint8), f"{n} of 3", film="growth") for n in (1, 2, 3)
    ]
    recipe = show(Stage("before", np.eye(9)), frames[0], Stage("between", np.eye(9)), *frames[1:])
    entries = [entry for entry, _ in stages.strip(recipe, COINS)]
    assert [(e["name"], e["frames"]) for e in entries] == [("before", 1), ("growth", 3), ("between", 1)]
    assert entries[1]["caption"] == "3 of 3"
    opened = stages.opened(recipe, "growth", COINS)
    assert [(item["name"], item["caption"]) for item, _ in opened] == [
        (f"after {n}", f"{n} of 3") for n in (1, 2, 3)
    ]
    assert [png(data).max() for _, data in opened] == [1, 2, 3]  # bytes are shown as they are


def test_a_stage_that_is_not_there_any_more_is_an_empty_answer(show) -> None:
    items = (Stage("first", np.eye(4)), Stage("second", np.eye(4)))
    assert len(stages.opened(show(*items), "first", COINS)) == 1
    assert stages.opened(show(*items, turn=True), "first", COINS) == []


def test_a_picture_of_other_proportions_stands_by_itself(show) -> None:
    small = Stage("half size", COINS[::2, ::2])
    recipe = show(small, Stage("patches", np.zeros((8, 8))), Stage("atom", np.eye(3)))
    strip = stages.strip(recipe, COINS)
    assert [entry["over"] for entry, _ in strip] == [True, False, False]
    assert png(strip[2][1]).shape == (159, 159, 3)  # enlarged by whole pixels


def test_a_chart_travels_as_numbers_that_json_can_hold(show) -> None:
    curve = Stage("energy", np.array([[0, 1], [2.0, np.nan]]), "falls", "chart", (1.0,), ("round", "energy"))
    counts = Stage("histogram", np.array([[0, 1], [5, 7], [1, 2.0]]), "", "chart", (), ("level", "pixels"))
    dots = Stage("colours", np.array([[0, 1], [2, 3], [1, 2.0]]), "", "scatter", ((1.5, 2.5),), ("a", "b"))
    merges = Stage("merges", np.array([[2, 2, -1], [0, 0, 1.5]]), "", "tree")
    packed = stages.strip(show(curve, counts, dots, merges), COINS)
    assert [data for _, data in packed] == [b""] * 4
    energy, histogram, scatter, tree = (entry for entry, _ in packed)
    assert (energy["kind"], energy["x"], energy["y"], energy["second"]) == ("curve", [0, 1], [2, None], None)
    assert (energy["marks"], energy["x_label"]) == ([1.0], "round")
    assert (histogram["kind"], histogram["second"]) == ("histogram", [1, 2])
    assert (scatter["kind"], scatter["group"], scatter["marks"]) == ("scatter", [1, 2], [[1.5, 2.5]])
    assert (tree["kind"], tree["parents"], tree["heights"]) == ("tree", [2, 2, -1], [0, 0, 1.5])
    assert not any(entry["over"] for entry, _ in packed)
    json.dumps([entry for entry, _ in packed], allow_nan=False)


def test_a_field_is_packed_as_whole_numbers(show) -> None:
    recipe = show(Stage("force", FIELD, "outwards", "field"))
    ((entry, small),) = stages.strip(recipe, COINS)
    assert (entry["kind"], entry["over"], max(png(small).shape)) == ("image", True, stages.THUMB)
    ((frame, data),) = stages.opened(recipe, "force", COINS)
    assert (frame["kind"], frame["size"], frame["longest"]) == ("field", [40, 60], 1.0)
    vectors = np.frombuffer(zlib.decompress(data), "<i2").reshape(40, 60, 2) / 32767 * frame["longest"]
    assert np.abs(vectors - FIELD).max() < 1e-4


def test_a_graph_is_packed_with_its_heaviest_edges(show, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages, "MOST_EDGES", 2)
    nodes, edges = np.array([[1, 2], [3.5, 4], [9, 8]]), ((0, 1, 0.5), (1, 2, 0.25), (0, 2, 3.0))
    recipe = show(Stage("neighbours", nodes, "alike", "graph", edges), longest=96)
    ((entry, small),) = stages.strip(recipe, COINS)
    assert (entry["kind"], entry["over"], max(png(small).shape)) == ("image", True, 96)
    ((frame, data),) = stages.opened(recipe, "neighbours", COINS)
    assert frame["caption"] == "alike (the 2 heaviest of 3 edges)"
    assert frame["size"] == [
        76,
        96,
    ]  # what the nodes are counted in: the method worked on a copy of that size
    numbers = np.frombuffer(zlib.decompress(data), "<f4")
    assert np.array_equal(numbers[: 2 * frame["nodes"]].reshape(-1, 2), nodes)
    assert numbers[6:].reshape(-1, 3).tolist() == [[0, 1, 0.5], [0, 2, 3]]


@pytest.mark.parametrize("image", [TALL, TALL[:1, :1], TALL[:, :1]], ids=["tall", "pixel", "column"])
def test_stages_of_any_picture(show, image: np.ndarray) -> None:
    size = image.shape[:2]
    flat = np.full(size, np.inf)
    items = [
        Stage("undefined", flat), Stage("nowhere", np.full((*size, 2), np.nan), kind="field"),
        Stage("alone", np.zeros((1, 2)), kind="graph"), Stage("none", np.zeros((0, 2)), kind="graph"),
    ]  # fmt: skip
    recipe = show(*items, image=np.ascontiguousarray(image))
    assert all(png(data).ndim == 3 for _, data in stages.strip(recipe, image))
    for item in items:
        ((frame, _),) = stages.opened(recipe, item.name, image)
        json.dumps(frame, allow_nan=False)
