"""What a page is told of a method's errors, in a worker's words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from panels.test_session import Page

import workbench as wb
from workbench.metrics.errors import KINDS, explain
from workbench.metrics.segments import segment_facts
from workbench.panels.errors import HELP, MOST_TOLD, told
from workbench.runner import Runner
from workbench.widgets.assets import STATIC
from workbench.widgets.pack import unpack

pytestmark = pytest.mark.timeout(120)
COINS = wb.samples.load("coins")


def asked(method: str = "otsu", lens: str = "object", truth: Any = COINS.truth, **values: Any) -> Any:
    recipe = wb.run(method, COINS.image, **values).recipe
    return told(recipe, lens, COINS.target, COINS.image, truth)  # type: ignore[arg-type]


@pytest.mark.parametrize("lens", ["object", "semantic", "instance", "panoptic", "regions"])
def test_the_page_is_told_what_the_package_says(lens: str) -> None:
    message, (truth, guess) = asked(lens=lens)
    facts = segment_facts(COINS.truth, wb.run("otsu", COINS.image).output, lens=lens, target=COINS.target)  # type: ignore[arg-type]
    found = explain(facts)
    assert [(item["kind"], item["truth"], item["guess"], item["box"]) for item in message["items"]] == [
        (one.kind, list(one.truth), list(one.guess), list(one.box)) for one in found
    ]
    assert [kind["name"] for kind in message["kinds"]] == list(KINDS)
    assert sum(kind["count"] for kind in message["kinds"]) == message["total"] == len(found)
    shape = COINS.image.shape[:2]
    for ids, info, data in [
        (facts.found.truth_ids, message["maps"][0], truth),
        (facts.found.guess_ids, message["maps"][1], guess),
    ]:
        assert (unpack(info["pack"], data, shape) == ids).all()
    assert json.loads(json.dumps(message, allow_nan=False)) == message
    assert bool(message["remark"]) == (lens in ("object", "semantic"))


def test_sizes_name_the_item_that_each_truth_is_in() -> None:
    message, _ = asked(lens="instance")
    assert len(message["sizes"]) == 24
    for area, iou, at in message["sizes"]:
        item = message["items"][at]
        assert area <= item["area"]
        assert iou <= item["iou"] or item["kind"] == "confusion"


def test_names_that_do_not_count_are_regions() -> None:
    message, _ = asked("slic", "regions")
    assert {item["name"] for item in message["items"]} == {"region"}


def test_more_errors_than_a_page_lists() -> None:
    ids = np.ones((303, 384), np.int32)
    ids[::6, ::6] = np.arange(2, ids[::6, ::6].size + 2).reshape(ids[::6, ::6].shape)
    coins = {n: 2 if n > 1 else 1 for n in np.unique(ids).tolist()}
    truth = wb.Segmentation.from_panoptic(ids, coins, COINS.truth.taxonomy)
    message, _ = asked("fixed", truth=truth, level=255)
    assert message["total"] == len(coins) - 1 > MOST_TOLD == len(message["items"])
    assert max(at for _, _, at in message["sizes"]) < MOST_TOLD


def test_without_a_truth_or_with_one_that_cannot_answer() -> None:
    message, buffers = asked(truth=None)
    assert (message["items"], message["remark"], buffers) == (
        [],
        "no truth, so nothing is known to be wrong",
        [],
    )
    nameless = wb.Segmentation.from_partition(COINS.truth.ids)
    assert "no target category 'coin'" in asked(truth=nameless)[0]["remark"]
    bare = wb.Segmentation.from_mask(np.zeros((303, 384), bool))
    recipe = wb.run("fixed", COINS.image, level=255).recipe
    nothing, _ = told(recipe, "instance", (), COINS.image, bare)
    assert nothing["remark"].startswith("Neither the truth nor the guess has an object")


def test_every_kind_is_explained_in_a_sentence() -> None:
    assert set(HELP) == set(KINDS)


def test_the_kinds_colours_keep_apart_for_all_eyes() -> None:
    """CIEDE2000 of at least 18 between any two, as seen with and without each kind of colour blindness."""
    from skimage.color import deltaE_ciede2000, rgb2lab

    text = (Path(STATIC) / "palette.js").read_text(encoding="utf-8")
    fates = re.search(r"export const FATE = \{(.*?)\};", text, re.DOTALL)
    verdict = dict(re.findall(r'(\w+): "(#\w{6})"', text.split("\n")[3]))
    assert fates
    words = re.findall(r'(\w+): (?:"(#\w{6})"|VERDICT\.(\w+))', fates[1])
    colours = {name: colour or verdict[same] for name, colour, same in words}
    assert list(colours) == list(KINDS)
    rgb = np.array([[int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)] for colour in colours.values()])
    for matrix in SIMULATED:
        seen = rgb2lab(_gamma(np.clip(_linear(rgb) @ matrix.T, 0, 1))[None])[0]
        assert min(deltaE_ciede2000(one, two) for one, two in combinations(seen, 2)) >= 18


# Machado, Oliveira and Fernandes (2009), severity 1: nobody, protan, deutan, tritan; on linear RGB.
SIMULATED = [
    np.eye(3),
    np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
]


def _linear(c: np.ndarray) -> np.ndarray:
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def _gamma(c: np.ndarray) -> np.ndarray:
    return np.where(c <= 0.0031308, c * 12.92, 1.055 * c ** (1 / 2.4) - 0.055)


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner() as made:
        yield made


def test_a_session_tells_them_when_asked(runner: Runner) -> None:
    page = Page(runner, ["otsu"]).greet()
    page.settle()
    page.state(lens="instance")
    page.settle()
    page.say(type="details", card="otsu", what="errors")
    message, buffers = page.until("errors")
    assert (message["card"], message["scored_as"], len(buffers)) == ("otsu", "instance", 2)
    assert message["recipe"] == page.last("result")["recipe"]
    runner.cancel("otsu")
