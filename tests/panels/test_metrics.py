"""The metrics page's kernel: what is painted is scored at once, errors are made, and all can be saved."""

from __future__ import annotations

import contextlib
import io
import json
import math
import time
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import workbench as wb
from workbench.export import label_png, read_truth
from workbench.metrics import METRICS
from workbench.metrics.metric import measured_under
from workbench.metrics.presets import PRESETS
from workbench.panels import counted, formulas, metrics
from workbench.panels.metrics import MetricsWidget
from workbench.widgets.pack import unpack
from workbench.widgets.viewer import describe

pytestmark = pytest.mark.timeout(120)
COINS = wb.samples.load("coins")


class Page:
    """Stand where the browser stands: keep what arrives, and paint."""

    def __init__(self, widget: MetricsWidget) -> None:
        self.widget, self.session = widget, widget._easel
        self.got: list[tuple[dict[str, Any], list[bytes]]] = []
        self.session.send = lambda message, buffers: self.got.append((message, buffers))
        self.seq = 0

    def say(self, *buffers: bytes, **message: Any) -> None:
        self.session.receive(message, list(buffers))

    def paint(self, *sheets: tuple[str, wb.Segmentation], rest: bool = True, **look: Any) -> dict[str, Any]:
        """Send sheets as the page does, and give the answer."""
        self.seq += 1
        told, raws = [], []
        for side, sheet in sheets:
            message, data = describe(sheet)
            part = {name: message[name] for name in ("pack", "size", "categories", "segments")}
            told.append(part | {"side": side, "yields": sheet.yields})
            raws.append(zlib.decompress(data))
        state = self.session.state
        state = state | {"lens": look.pop("lens", state["lens"]), "metrics": state["metrics"] | look}
        self.say(*raws, type="painted", seq=self.seq, state=state, sheets=told, rest=rest)
        return self.last("result")

    def all(self, kind: str) -> list[dict[str, Any]]:
        return [message for message, _ in self.got if message["type"] == kind]

    def last(self, kind: str) -> dict[str, Any]:
        return self.all(kind)[-1]

    def until(self, kind: str, timeout: float = 60) -> dict[str, Any]:
        end = time.monotonic() + timeout
        while not self.all(kind):
            assert time.monotonic() < end, f"no {kind} came"
            with contextlib.suppress(Exception):
                self.widget._calls.get(timeout=0.05)()
        return self.last(kind)


@pytest.fixture(scope="module")
def widget() -> Iterator[MetricsWidget]:
    made = metrics("coins", "truth")
    yield made
    made.close()


@pytest.fixture
def page(widget: MetricsWidget) -> Page:
    page = Page(widget)
    page.session.seq = 0
    page.session.state = page.session.state | {"lens": "object"}
    page.session.state["metrics"] = {
        "convention": "workbench",
        "measure": "",
        "category": 0,
        "start": "truth",
    }
    page.session.sheets = {"truth": COINS.truth, "guess": COINS.truth}
    return page


def values(answer: dict[str, Any]) -> dict[str, float]:
    return {row["name"]: math.nan if row["value"] is None else row["value"] for row in answer["measures"]}


def test_a_greeted_page_is_told_all_metrics_conventions_and_presets(page: Page) -> None:
    page.say(type="hello", state=None)
    kinds = [message["type"] for message, _ in page.got]
    assert kinds[:4] == ["metrics", "setup", "picture", "sheets"]
    told = page.last("metrics")
    assert set(told["metrics"]) == set(METRICS)
    assert [one["name"] for one in told["presets"]] == list(PRESETS)
    assert "cityscapes" in [one["name"] for one in told["conventions"]]


@pytest.mark.parametrize("lens", ["object", "semantic", "instance", "panoptic", "regions"])
def test_what_is_painted_is_scored_as_the_package_scores_it(page: Page, lens: str) -> None:
    guess = PRESETS["dilate"].make(COINS.truth)
    answer = page.paint(("guess", guess), lens=lens)
    score = wb.score(COINS.truth, guess, lens=lens, target=COINS.target)
    assert answer["names"] == list(measured_under(lens))
    for name, value in values(answer).items():
        assert value == pytest.approx(getattr(score, name), nan_ok=True)
    assert page.widget.guess.sha256 == guess.sha256


def test_the_formula_counts_the_pixels_that_are_coloured(page: Page) -> None:
    guess = PRESETS["shift"].make(COINS.truth)
    answer = page.paint(("guess", guess), measure="iou")
    (line,) = answer["formula"]
    terms = {part["text"]: part["value"] for part in line["parts"] if "value" in part}
    (codes,) = page.got[-1][1]
    found = np.bincount(unpack(answer["codes"], codes, COINS.truth.shape).ravel(), minlength=4)
    assert (terms["TP"], terms["FN"], terms["FP"]) == tuple(found[1:])
    assert terms["TP"] / sum(terms.values()) == pytest.approx(line["value"])


def test_outlines_follow_from_a_worker(page: Page) -> None:
    page.paint(("guess", PRESETS["dilate"].make(COINS.truth)), measure="boundary_iou")
    told = page.until("edges")
    score = wb.score(COINS.truth, PRESETS["dilate"].make(COINS.truth), target=COINS.target)
    assert values(told)["hd95"] == score.hd95
    assert told["distances"]["p95"] > 0
    assert {part["text"] for part in told["formula"][0]["parts"]} >= {"both bands", "truth's band"}


def test_while_a_hand_draws_outlines_wait_unless_they_are_shown(page: Page) -> None:
    page.paint(("guess", COINS.truth), rest=False)
    time.sleep(0.2)
    assert page.all("edges") == []
    page.paint(("guess", COINS.truth), rest=False, measure="hd95")
    assert list(values(page.until("edges"))) == ["hd95"]


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_shows_its_error_and_comes_from_the_truth_that_was(page: Page, name: str) -> None:
    truth, guess = PRESETS[name].apply(COINS.truth)
    for _ in range(2):  # again: from the truth before the first
        page.say(type="preset", name=name)
        assert page.widget.truth.sha256 == truth.sha256
        assert page.widget.guess.sha256 == guess.sha256
    assert page.last("sheets")["label"] == PRESETS[name].title


def test_a_convention_changes_the_number_of_the_same_pixels(page: Page) -> None:
    page.say(type="preset", name="empty")
    found = [
        values(page.paint(lens="semantic", convention=name))["miou"]
        for name in ("workbench", "voc", "ade20k")
    ]
    assert found == pytest.approx([1.0, math.nan, 2 / 3], nan_ok=True)


def test_the_pairs_and_the_curve(page: Page) -> None:
    answer = page.paint(("guess", PRESETS["merge"].make(COINS.truth)), lens="panoptic")
    states = [pair["state"] for pair in answer["pairs"]]
    score = wb.score(COINS.truth, page.widget.guess, lens="panoptic")
    assert [states.count(kind) for kind in ("matched", "missed", "extra")] == [score.tp, score.fn, score.fp]
    assert answer["pairs"][0]["state"] == "missed"
    curve = page.paint(lens="instance")["curve"]
    assert [len(line["points"]) for line in curve] == [101, 101]
    assert curve[0]["area"] == pytest.approx(wb.score(COINS.truth, page.widget.guess, lens="instance").ap50)


def test_a_guess_starts_from_a_method_a_file_or_the_truth(page: Page) -> None:
    page.say(type="start", source="otsu")
    page.until("sheets")
    assert page.widget.guess.sha256 == wb.run("otsu", COINS.image).sha256
    page.say(label_png(PRESETS["miss"].make(COINS.truth)), type="file", role="guess", name="mine.png")
    assert page.widget.guess.sha256 == PRESETS["miss"].make(COINS.truth).sha256
    page.say(type="start", source="truth")
    assert page.widget.guess is page.widget.truth


def test_the_corrected_truth_is_saved_with_its_changes(page: Page) -> None:
    log = [{"tool": "brush", "side": "truth", "segment": 3, "pixels": 12}]
    log += [{"tool": "fill", "side": "guess", "segment": 1, "pixels": 2}]
    page.paint(("truth", PRESETS["miss"].make(COINS.truth)))
    for what in ("label", "coco", "npz"):
        page.say(type="save", side="truth", what=what, log=log)
    files = {m["name"]: data[0] for m, data in page.got if m["type"] == "download"}
    assert sorted(files) == [
        "coins-truth.json",
        "coins-truth.log.jsonl",
        "coins-truth.npz",
        "coins-truth.png",
    ]
    assert json.loads(files["coins-truth.log.jsonl"]) == log[0]
    for name in ("coins-truth.png", "coins-truth.npz"):
        assert read_truth(files[name], COINS.truth.shape).sha256 == page.widget.truth.sha256
    assert json.loads(str(np.load(io.BytesIO(files["coins-truth.npz"]))["log"])) == log[0]
    assert [one["id"] for one in json.loads(files["coins-truth.json"])["annotations"]] == list(range(1, 24))


def test_a_picture_without_truth_is_painted_from_nothing() -> None:
    widget = metrics(np.zeros((20, 30, 3), np.uint8), "truth")
    page = Page(widget)
    assert not widget.truth.ids.any()
    answer = page.paint()
    assert all(math.isnan(value) or value == 0 for value in values(answer).values())
    mask = np.zeros((20, 30), bool)
    mask[5:10, 5:10] = True
    half = mask & (np.arange(30) < 8)
    truth, guess = wb.Segmentation.from_mask(mask), wb.Segmentation.from_mask(half)
    assert values(page.paint(("truth", truth), ("guess", guess)))["iou"] == 15 / 25
    widget.close()


def sheet(**change: Any) -> dict[str, Any]:
    plain = {"side": "guess", "size": [303, 384], "yields": "partition", "categories": []}
    rest = {"pack": {"kind": "runs", "runs": 2, "width": 1}, "segments": [[1, 0, None]]}
    return plain | rest | change


RUNS = np.array([65535, 303 * 384 - 65535], "<u2").tobytes() + bytes([1, 1])


@pytest.mark.parametrize(
    ("wrong", "raw", "sentence"),
    [
        (sheet(size=[3, 4]), RUNS, "must have its picture's size 303 x 384, got 3 x 4"),
        (sheet(segments=[]), RUNS, "ids 1 have pixels but no segment"),
        (sheet(segments=[[n, 0, None] for n in range(1, 10_002)]), RUNS, "up to 10000 segments, got 10001"),
        (sheet(segments=[[1, 7, None]]), RUNS, "no category 7"),
        (sheet(), RUNS[:-1], "do not make"),
        (sheet(pack={"kind": "runs", "runs": 1, "width": 1}), RUNS[:2] + b"\1", "runs must fill 303 x 384"),
        (sheet(pack={}), RUNS, "does not understand"),
        (sheet(yields="dots"), RUNS, "does not understand"),
    ],
)
def test_a_wrong_sheet_is_answered_with_a_sentence(page: Page, wrong: Any, raw: bytes, sentence: str) -> None:
    page.say(raw, type="painted", seq=1, state=page.session.state, sheets=[wrong])
    assert sentence in page.last("notice")["message"]
    assert page.widget.guess is COINS.truth


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ({"type": "preset", "name": "blur"}, "no preset 'blur'"),
        ({"type": "start", "source": "magic"}, "no method 'magic'"),
        ({"type": "save", "side": "truth", "what": "gif"}, "does not understand"),
        ({"type": "file", "role": "guess", "name": "a.png"}, "no bytes came with it"),
    ],
)
def test_a_wrong_wish_is_answered_with_a_sentence(page: Page, message: Any, sentence: str) -> None:
    page.say(**message)
    assert sentence in page.last("notice")["message"]


def test_a_guess_file_of_another_size_is_refused(page: Page) -> None:
    small = label_png(wb.Segmentation.from_mask(np.eye(4, dtype=bool)))
    page.say(small, type="file", role="guess", name="small.png")
    assert "303 x 384, got 4 x 4" in page.last("notice")["message"]


def test_a_truth_that_cannot_answer_the_lens_says_so(page: Page) -> None:
    answer = page.paint(("truth", wb.Segmentation.from_partition(COINS.truth.ids)), lens="object")
    assert answer["measures"] == []
    assert "asks for names" in answer["remarks"][0]


@pytest.mark.parametrize("sample", ["street", "mosaic", "cells"])
def test_every_metric_of_every_lens_has_a_formula_and_pixels(sample: str) -> None:
    truth = wb.samples.load(sample).truth
    guess = PRESETS["unlabelled"].make(truth)
    for lens in ("semantic", "panoptic", "regions", *(["instance"] if truth.taxonomy.things else [])):
        score = wb.score(truth, guess, lens=lens)
        for name in measured_under(score.scored_as, "table"):
            found = formulas.lines(score, name)
            assert found[-1].value == formulas.plain(getattr(score, name))
            codes = counted.codes(score, name)
            assert codes.shape == truth.shape
            assert codes.max() <= counted.EXTRA


def test_unknown_wishes_are_refused_before_a_page_is_there() -> None:
    with pytest.raises(KeyError, match="magic"):
        metrics("coins", "magic")
    with pytest.raises(KeyError, match="iuo"):
        metrics("coins", measure="iuo")
    with pytest.raises(ValueError, match="no convention"):
        metrics("coins", convention="vok")
