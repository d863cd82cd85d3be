"""The kernel's side of a page, with a list for a browser and real workers behind it."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import io
import json
import queue
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

import workbench as wb
from workbench import METHODS, export
from workbench.panels.protocol import read_state, starting_state
from workbench.panels.session import MOST_FILES, Session
from workbench.runner import Event, Request, Runner
from workbench.widgets.pack import unpack

pytestmark = pytest.mark.timeout(120)


class Page:
    """Stand where the browser stands: keep what arrives, and wait for it."""

    def __init__(self, runner: Any, methods: list[str], image: str = "coins", **more: Any) -> None:
        self.got: list[tuple[dict[str, Any], list[bytes]]] = []
        self.calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        state = starting_state(image, methods)
        keep = lambda message, buffers: self.got.append((message, buffers))  # noqa: E731
        self.session = Session(keep, state, runner, self.calls.put, **more)
        self.seq = 0

    def say(self, *buffers: bytes, **message: Any) -> None:
        self.session.receive(message, list(buffers))

    def greet(self, state: Any = None) -> Page:
        self.say(type="hello", state=state)
        return self

    def state(self, **change: Any) -> int:
        self.seq += 1
        self.say(type="state", seq=self.seq, state=self.session.state | change)
        return self.seq

    def turn(self, card: str, **values: Any) -> int:
        cards = [
            {**c, "values": c["values"] | values} if c["id"] == card else c
            for c in self.session.state["cards"]
        ]
        return self.state(cards=cards)

    def settle(self, timeout: float = 60) -> None:
        """Take events until no card waits."""
        end = time.monotonic() + timeout
        while self.session.busy:
            assert time.monotonic() < end, "a card never ended"
            self.step(0.05)

    def step(self, timeout: float = 0.05) -> None:
        with contextlib.suppress(queue.Empty):
            self.calls.get(timeout=timeout)()

    def until(self, kind: str, timeout: float = 60) -> tuple[dict[str, Any], list[bytes]]:
        end = time.monotonic() + timeout
        while not self.all(kind):
            assert time.monotonic() < end, f"no {kind} came"
            self.step()
        return next(item for item in reversed(self.got) if item[0]["type"] == kind)

    def all(self, kind: str) -> list[dict[str, Any]]:
        return [message for message, _ in self.got if message["type"] == kind]

    def last(self, kind: str) -> dict[str, Any]:
        return self.all(kind)[-1]

    def forget(self) -> None:
        self.got.clear()


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner() as made:
        yield made


@pytest.fixture
def page(runner: Runner) -> Iterator[Page]:
    made = Page(runner, ["otsu", "fixed"])
    yield made
    for card in list(made.session.cards):
        runner.cancel(card)


class Recorder:
    """Stand for the runner where a test decides itself what ends, when, and how."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.cancelled: list[str] = []

    def submit(self, request: Request) -> None:
        self.requests.append(request)

    def cancel(self, slot: str) -> None:
        self.cancelled.append(slot)

    def answer(self, request: Request) -> None:
        shared = {name: thing for name, (_, thing) in request.shared.items()}
        request.listen(Event("done", request.function(*request.args, **shared)))


@pytest.fixture
def desk() -> tuple[Page, Recorder]:
    recorder = Recorder()
    page = Page(recorder, ["otsu"]).greet()
    page.forget()
    return page, recorder


def png(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Pillow.fromarray(array).save(buffer, "PNG")
    return buffer.getvalue()


PHOTO = np.random.default_rng(5).integers(0, 256, (40, 60, 3), np.uint8)


# --- hello ---
def test_a_page_is_told_what_there_is_then_the_picture_then_the_answers(page: Page) -> None:
    page.greet()
    page.settle()
    kinds = [message["type"] for message, _ in page.got if message["type"] != "running"]
    assert kinds == ["setup", "picture", "result", "result"]
    setup = page.last("setup")
    assert {"name", "title", "kind"} == set(setup["samples"][0])
    assert [m["name"] for m in setup["methods"]] == list(METHODS)
    assert [lens["name"] for lens in setup["lenses"]] == [
        "object",
        "semantic",
        "instance",
        "panoptic",
        "regions",
    ]
    assert setup["state"] == starting_state("coins", ["otsu", "fixed"])
    json.dumps([message for message, _ in page.got], allow_nan=False)


def test_the_picture_comes_with_its_truth(page: Page) -> None:
    message, (image, packed) = page.greet().until("picture")
    coins = wb.samples.load("coins")
    assert np.array_equal(np.array(Pillow.open(io.BytesIO(image))), coins.image)
    assert np.array_equal(unpack(message["truth"]["pack"], packed, coins.truth.shape), coins.truth.ids)
    assert message["truth"]["target"] == ["coin"]
    assert message["truth"]["agreement"].startswith("drawn twice")
    assert (message["image"]["size"], message["image"]["scale"]) == ([303, 384], 1.0)


def test_mask_and_score_are_those_of_the_library(page: Page) -> None:
    page.greet()
    page.turn("otsu", sigma=2.5)
    page.settle()
    message, (packed,) = [item for item in page.got if item[0].get("card") == "otsu"][-1]
    coins = wb.samples.load("coins")
    ours = wb.run("otsu", coins.image, sigma=2.5)
    assert np.array_equal(unpack(message["pack"], packed, tuple(message["size"])), ours.output.ids)
    assert message["hash"] == ours.sha256
    assert message["recipe"] == ours.recipe.sha256
    score = wb.score(coins.truth, ours.output, target=coins.target)
    assert message["scores"]["iou"] == pytest.approx(score.iou, abs=1e-12)
    assert message["headline"] == ["iou", "dice"]
    assert message["counts"] == {n: getattr(score, n) for n in ("tp", "fp", "fn", "tn")}


def test_a_second_hello_repeats_what_is_known_counting_from_nothing(page: Page) -> None:
    page.greet()
    for sigma in (1.5, 2.0, 2.5):
        page.turn("otsu", sigma=sigma)
    page.settle()
    page.forget()
    page.greet()  # the tab was reloaded without a state of its own
    assert not page.session.busy
    assert [m["seq"] for m in page.all("result")] == [0, 0]
    assert page.last("setup")["state"]["cards"][0]["values"] == {"sigma": 2.5}
    page.seq = 0
    page.turn("otsu", sigma=3.0)
    page.settle()
    assert page.last("result")["seq"] == 1


def test_hello_with_another_picture_sends_no_mask_of_the_old_one(page: Page) -> None:
    page.greet()
    page.settle()
    page.forget()
    page.greet({**page.session.state, "image": "camera", "view": {"mode": "swipe"}})
    page.settle()
    assert page.last("picture")["image"]["name"] == "camera"
    assert {tuple(m["size"]) for m in page.all("result")} == {(512, 512)}
    assert "view" not in page.session.state


# --- states ---
def test_undo_is_an_older_state(page: Page) -> None:
    page.greet()
    page.settle()
    first = page.last("result")
    before = page.session.state
    page.turn("fixed", level=200)
    page.settle()
    changed = page.last("result")
    page.state(**before)
    page.settle()
    assert page.session.state == before
    assert page.last("result")["hash"] == next(m["hash"] for m in page.all("result") if m["card"] == "fixed")
    assert changed["hash"] != page.last("result")["hash"]
    assert first["type"] == "result"


def test_only_what_changed_runs(desk: tuple[Page, Recorder]) -> None:
    page, recorder = desk
    page.state(
        cards=[*page.session.state["cards"], {"id": "otsu-2", "method": "otsu", "values": {"sigma": 3}}]
    )
    page.turn("otsu", sigma=4)
    page.state()
    assert [request.slot for request in recorder.requests] == ["otsu", "otsu-2", "otsu"]


def test_another_lens_answers_again(page: Page) -> None:
    page.greet()
    page.settle()
    page.state(lens="panoptic")
    page.settle()
    assert page.last("result")["lens"] == "panoptic"
    assert page.last("result")["headline"] == ["pq", "sq"]


def test_without_a_truth_there_are_no_scores(page: Page) -> None:
    page.greet()
    page.state(truth="none")
    page.settle()
    assert page.last("picture")["truth"] is None
    assert page.last("result")["scores"] == {}
    assert page.last("result")["remarks"] == ["no truth"]


def test_cards_that_are_gone_are_stopped_and_forgotten(desk: tuple[Page, Recorder]) -> None:
    page, recorder = desk
    page.state(cards=[])
    assert page.session.cards == {}
    assert "otsu" in recorder.cancelled
    recorder.answer(recorder.requests[0])  # too late
    page.step()
    assert page.all("result") == []


def test_a_bad_value_is_the_cards_own_error(page: Page) -> None:
    page.greet()
    page.settle()
    page.forget()
    seq = page.turn("otsu", sigma=-1)
    error = page.last("error")
    assert (error["card"], error["seq"], error["values"]) == ("otsu", seq, {"sigma": -1})
    assert error["message"] == "otsu: sigma must be in [0, 10], got -1"
    page.turn("otsu", sigma=1)
    page.settle()
    assert page.last("result")["card"] == "otsu"
    assert not page.session.cards["otsu"].error


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({"method": "otus"}, "no method 'otus', did you mean 'otsu'?"),
        ({"values": {"sigm": 1}}, "otsu: has no parameter 'sigm', did you mean 'sigma'?"),
        ({"values": {"sigma": [[[]]]}}, "otsu: sigma must be in [0, 10], got [[[]]]"),
        (
            {"method": "grabcut", "values": {"box": [0, 0, 999, 999]}},
            "grabcut: box must lie inside the 303 x 384 image",
        ),
    ],
)
def test_a_card_that_cannot_run_says_why(desk: tuple[Page, Recorder], entry: Any, sentence: str) -> None:
    page, recorder = desk
    page.state(cards=[{"id": "card", "method": "otsu", "values": {}} | entry])
    assert page.last("error")["message"].startswith(sentence)
    assert len(recorder.requests) == 1


# --- what comes late ---
def test_an_older_answer_never_overwrites_a_newer_one(desk: tuple[Page, Recorder]) -> None:
    page, recorder = desk
    page.turn("otsu", sigma=2)
    page.turn("otsu", sigma=3)
    _, older, newest = recorder.requests
    recorder.answer(newest)
    recorder.answer(older)
    older.listen(Event("failed", message="late"))
    newest.listen(Event("running", progress=0.5))
    for _ in range(4):
        page.step()
    assert [m["values"]["sigma"] for m in page.all("result")] == [3]
    assert page.all("error") == page.all("running") == []


def test_while_dragging_older_answers_are_shown_on_the_way(desk: tuple[Page, Recorder]) -> None:
    page, recorder = desk
    page.turn("otsu", sigma=2)
    for request in recorder.requests:
        recorder.answer(request)
        page.step()
    assert [(m["seq"], m["values"]["sigma"]) for m in page.all("result")] == [(0, 1.0), (1, 2.0)]


@pytest.mark.parametrize("change", [{"image": "camera"}, {"truth": "none"}, {"lens": "semantic"}])
def test_an_answer_about_something_else_is_dropped(
    desk: tuple[Page, Recorder], change: dict[str, str]
) -> None:
    page, recorder = desk
    page.state(**change)
    recorder.answer(recorder.requests[0])
    page.step()
    assert page.all("result") == []
    assert page.session.busy


def test_an_answer_on_its_way_during_a_reload_does_not_outrank_the_new_page(
    desk: tuple[Page, Recorder],
) -> None:
    page, recorder = desk
    for sigma in range(2, 9):
        page.turn("otsu", sigma=sigma)
    page.greet()
    recorder.answer(recorder.requests[-1])
    page.step()
    assert page.last("result")["seq"] == 0


# --- stopping, failing ---
def test_a_cancelled_card_runs_again_with_the_same_values_when_asked(desk: tuple[Page, Recorder]) -> None:
    page, recorder = desk
    page.say(type="cancel", card="otsu")
    assert set(recorder.cancelled) == {"otsu", "otsu/stages", "otsu/stage", "otsu/errors", "otsu/file"}
    recorder.requests[0].listen(Event("cancelled"))
    page.step()
    assert page.last("error")["message"] == "Otsu: stopped; move a slider to run it again"
    assert not page.session.busy
    page.state(lens="semantic")  # another question: asked
    page.state()  # nothing new: nothing failed since
    assert len(recorder.requests) == 2
    recorder.requests[1].listen(Event("cancelled"))
    page.step()
    page.state(cards=[*page.session.state["cards"], {"id": "fixed", "method": "fixed", "values": {}}])
    assert [r.slot for r in recorder.requests] == [
        "otsu",
        "otsu",
        "fixed",
    ]  # another card's change is none of its
    page.state()
    assert [r.slot for r in recorder.requests] == ["otsu", "otsu", "fixed", "otsu"]


def test_a_real_run_is_cancelled_and_the_page_lives(runner: Runner) -> None:
    page = Page(runner, ["chan-vese"]).greet()
    page.until("running")
    page.say(type="cancel", card="chan-vese")
    page.settle(10)
    assert page.last("error")["message"].startswith("Chan-Vese: stopped")
    page.state(cards=[{"id": "otsu", "method": "otsu", "values": {}}])
    page.settle()
    assert page.last("result")["card"] == "otsu"


def test_a_failure_keeps_the_last_good_answer(desk: tuple[Page, Recorder]) -> None:
    page, recorder = desk
    recorder.answer(recorder.requests[0])
    page.step()
    page.turn("otsu", sigma=2)
    recorder.requests[1].listen(Event("failed", message="its process crashed"))
    page.step()
    assert page.last("error")["message"] == "Otsu: its process crashed"
    assert page.session.cards["otsu"].result is not None
    page.say(type="details", card="otsu", what="code")
    assert page.last("code")["hash"] is None  # the hash at hand belongs to other values


def test_running_is_told_with_its_progress(desk: tuple[Page, Recorder]) -> None:
    page, recorder = desk
    recorder.requests[0].listen(Event("running", progress=0.25))
    page.step()
    running = page.last("running")
    assert (running["card"], running["seq"], running["progress"], running["note"]) == ("otsu", 0, 0.25, None)


def test_slow_methods_and_networks_have_lanes_of_their_own(desk: tuple[Page, Recorder]) -> None:
    page, recorder = desk
    page.state(cards=[{"id": "slow", "method": "chan-vese", "values": {}}])
    assert [request.lane for request in recorder.requests] == ["classical", "slow"]


def test_a_method_that_only_the_kernel_knows_ends_in_a_sentence(runner: Runner, monkeypatch: Any) -> None:
    """One that a notebook cell declares is not there in the workers."""
    runner.warm_up()
    monkeypatch.setitem(
        METHODS._methods, "mine", dataclasses.replace(METHODS["otsu"], name="mine", title="Mine")
    )
    page = Page(runner, ["mine", "otsu"]).greet()
    page.settle(30)
    assert page.last("error")["message"].startswith("Mine: no method 'mine'; there are ")
    assert page.last("result")["card"] == "otsu"


# --- files ---
def test_an_image_is_opened_and_becomes_the_state(page: Page) -> None:
    page.greet()
    data = png(PHOTO)
    page.say(data, type="file", role="image", name="mine.png")
    key = f"file:{hashlib.sha256(data).hexdigest()}"
    assert page.last("state")["state"]["image"] == key
    assert page.last("state")["state"]["truth"] == "none"
    assert page.last("picture")["image"]["title"] == "mine.png"
    page.settle()
    assert page.last("result")["size"] == [40, 60]


def test_a_large_photograph_is_worked_on_smaller_and_that_is_said(page: Page) -> None:
    page.greet()
    page.say(png(np.zeros((1500, 2000), np.uint16)), type="file", role="image", name="large.png")
    image = page.last("picture")["image"]
    assert (image["size"], image["scale"]) == ([768, 1024], 0.512)
    assert "uint16 pixels scaled" in image["note"]
    truth = np.zeros((1500, 2000), np.uint8)
    truth[300:600] = 255
    page.say(png(truth), type="file", role="truth", name="truth.png")  # of the photograph's own size
    assert page.last("picture")["truth"]["size"] == [768, 1024]
    page.say(png(truth[::2, ::2]), type="file", role="truth", name="half.png")
    assert (
        "half.png: a truth must have its image's size 1500 x 2000, got 750 x 1000"
        in page.last("notice")["message"]
    )
    page.say(
        png(np.ascontiguousarray(np.zeros((768, 1024), np.uint8))),
        type="file",
        role="truth",
        name="worked.png",
    )
    assert page.last("picture")["truth"]["size"] == [768, 1024]


def test_a_sideways_photograph_has_the_right_scale(page: Page) -> None:
    exif = Pillow.Exif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    Pillow.new("RGB", (2048, 1024)).save(buffer, "JPEG", exif=exif)
    page.greet()
    page.say(buffer.getvalue(), type="file", role="image", name="side.jpg")
    assert (page.last("picture")["image"]["size"], page.last("picture")["image"]["scale"]) == (
        [1024, 512],
        0.5,
    )


@pytest.mark.parametrize(
    ("data", "role", "sentence"),
    [
        (b"words", "image", "x.png: is not an image that can be read"),
        (b"", "image", "x.png: the file is empty"),
        (png(PHOTO)[:900], "image", "x.png: the image is truncated or damaged"),
        (b"words", "truth", "x.png: is not a truth that can be read"),
        (png(PHOTO), "truth", "x.png: a truth must have its image's size 303 x 384, got 40 x 60"),
        (png(np.full((303, 384), 9, np.uint8)), "truth", "x.png: category ids 9 are not in the taxonomy"),
    ],
)
def test_a_refused_file_leaves_the_page_as_it_was(
    desk: tuple[Page, Recorder], data: bytes, role: str, sentence: str
) -> None:
    page, _ = desk
    before = page.session.state
    page.say(data, type="file", role=role, name="x.png")
    assert [message["type"] for message, _ in page.got] == ["notice"]
    assert page.last("notice")["level"] == "error"
    assert page.last("notice")["message"].startswith(sentence)
    assert page.session.state == before


def test_a_truth_file_is_scored_against(page: Page) -> None:
    page.greet()
    truth = wb.samples.load("coins").truth
    page.say(export.label_png(truth), type="file", role="truth", name="mine.png")
    page.settle()
    assert page.last("picture")["truth"]["summary"] == truth.summary()
    assert page.last("result")["scores"]["iou"] > 0.5
    page.say(
        export.npz(wb.Segmentation.from_partition(truth.ids.astype(int))),
        type="file",
        role="truth",
        name="p.npz",
    )
    page.settle()
    assert page.last("result")["remarks"]  # a truth without names cannot answer; the mask is still there


def test_only_the_newest_files_are_kept(desk: tuple[Page, Recorder]) -> None:
    page, _ = desk
    states = []
    for number in range(MOST_FILES + 3):
        page.say(png(np.full((4, 4), number, np.uint8)), type="file", role="image", name=f"{number}.png")
        states.append(page.session.state)
    assert len(page.session.extra) == MOST_FILES
    page.forget()
    page.state(**states[0])
    assert (
        "the image of this page is gone with its kernel; open the file again"
        in page.last("notice")["message"]
    )
    assert page.last("state")["state"] == states[-1]
    page.state(**states[-2])
    assert page.session.state == states[-2]


# --- details and downloads ---
def test_the_code_reproduces_the_mask(page: Page) -> None:
    page.greet()
    page.turn("otsu", sigma=2.0)
    page.settle()
    page.say(type="details", card="otsu", what="code")
    code = page.last("code")
    scope: dict[str, Any] = {}
    exec(code["python"], scope)
    assert scope["result"].sha256 == code["hash"] == page.session.cards["otsu"].result[0]["hash"]
    assert code["cell"].endswith("wb.show(image, result)\n")


def test_stages_are_pictures_and_curves(page: Page) -> None:
    page.greet()
    page.settle()
    page.say(type="details", card="otsu", what="stages")
    message, buffers = page.until("stages")
    pictures = [item for item in message["items"] if item["kind"] == "image"]
    assert len(pictures) == len(buffers)
    assert all(data.startswith(b"\x89PNG") for data in buffers)
    chart = next(item for item in message["items"] if item["kind"] == "histogram")
    assert len(chart["x"]) == len(chart["y"]) == 256
    assert len(chart["marks"]) == 1
    json.dumps(message, allow_nan=False)


def test_a_stage_is_opened_by_its_name(page: Page) -> None:
    page.greet()
    page.settle()
    page.say(type="details", card="otsu", what="stages")
    strip, _ = page.until("stages")
    name = next(item["name"] for item in strip["items"] if item["over"])
    page.say(type="details", card="otsu", what="stage", name=name)
    message, (data,) = page.until("stage")
    assert (message["card"], message["name"]) == ("otsu", name)
    assert [item["name"] for item in message["items"]] == [name]
    assert Pillow.open(io.BytesIO(data)).size == (384, 303)
    page.forget()
    page.say(type="details", card="otsu", what="stage", name="never")
    assert page.until("stage") == (
        {"type": "stage", "card": "otsu", "name": "never", "items": []},
        [],
    )


def test_downloads_are_files_that_open(page: Page) -> None:
    page.greet()
    page.settle()
    ours = wb.run("otsu", wb.samples.load("coins").image)
    found = {}
    for what in ("label", "preview", "npz"):
        page.forget()
        page.say(type="download", what=what, card="otsu")
        message, (data,) = page.until("download")
        found[message["name"]] = data
    assert list(found) == ["coins-otsu.png", "coins-otsu-preview.png", "coins-otsu.npz"]
    assert np.array_equal(export.read_truth(found["coins-otsu.png"], (303, 384)).ids, ours.output.ids)
    assert np.array_equal(export.read_truth(found["coins-otsu.npz"], (303, 384)).ids, ours.output.ids)
    assert Pillow.open(io.BytesIO(found["coins-otsu-preview.png"])).size == (384, 303)
    with np.load(io.BytesIO(found["coins-otsu.npz"])) as archive:
        assert wb.Recipe.from_json(str(archive["recipe"])).run().sha256 == ours.sha256


def test_scores_and_state_are_downloaded_without_a_card(page: Page) -> None:
    page.greet()
    page.settle()
    page.say(type="download", what="scores")
    message, (data,) = page.until("download")
    rows = [line.split(",") for line in data.decode().splitlines()]
    assert message["name"] == "scores.csv"
    assert rows[0][:2] == ["image", "method"]
    assert {row[1] for row in rows[1:]} == {"otsu", "fixed"}
    page.forget()
    page.say(type="download", what="state", card=None)
    message, (data,) = page.until("download")
    assert json.loads(data) == page.session.state


def test_a_download_outlives_its_card(desk: tuple[Page, Recorder]) -> None:
    page, recorder = desk
    page.say(type="download", what="label", card="otsu")
    page.state(cards=[], image="camera")
    recorder.answer(recorder.requests[1])
    page.step()
    assert page.last("download")["name"] == "coins-otsu.png"


def test_failed_extras_are_notices(desk: tuple[Page, Recorder]) -> None:
    page, recorder = desk
    page.say(type="download", what="npz", card="otsu")
    page.say(type="details", card="otsu", what="stages")
    for request in recorder.requests[1:]:
        request.listen(Event("failed", message="it ran out of memory"))
        page.step()
    assert [m["message"] for m in page.all("notice")] == ["it ran out of memory"] * 2


def test_what_a_label_png_cannot_hold_is_said(desk: tuple[Page, Recorder]) -> None:
    page, recorder = desk
    page.say(type="download", what="label", card="otsu")
    recorder.requests[1].listen(Event("done", wb.Segmentation.from_partition(np.array([[70_000]]))))
    page.step()
    assert page.last("notice")["message"] == "a label PNG holds ids up to 65535, got 70000; save as NPZ"


# --- what no page of ours would send ---
WRONG = [
    None,
    [],
    "hello",
    {},
    {"type": "sesame"},
    {"type": None},
    {"type": []},
    {"type": "state"},
    {"type": "state", "seq": "1", "state": {}},
    {"type": "state", "seq": -1, "state": {}},
    {"type": "cancel"},
    {"type": "cancel", "card": 5},
    {"type": "cancel", "card": "a/b"},
    {"type": "cancel", "card": "x" * 500},
    {"type": "file", "role": "sound", "name": "x"},
    {"type": "file", "role": "image", "name": 5},
    {"type": "file", "role": "image", "name": "x.png"},
    {"type": "details", "card": "otsu", "what": "all"},
    {"type": "details", "card": "nobody", "what": "code"},
    {"type": "details", "card": "nobody", "what": "stages"},
    {"type": "download", "what": "everything", "card": "otsu"},
    {"type": "download", "what": "label", "card": "nobody"},
    {"type": "download", "what": "label", "card": None},
    {"type": "download", "what": "label", "card": ["otsu"]},
]


@pytest.mark.parametrize("message", WRONG, ids=str)
def test_a_wrong_message_is_one_sentence(desk: tuple[Page, Recorder], message: Any) -> None:
    page, recorder = desk
    before = page.session.state
    page.session.receive(message, [])
    (notice,) = [content for content, _ in page.got]
    assert (notice["type"], notice["level"]) == ("notice", "error")
    assert notice["message"]
    assert "\n" not in notice["message"]
    assert len(notice["message"]) < 300
    assert page.session.state == before
    assert len(recorder.requests) == 1


RUBBISH = [
    5,
    "coins",
    [],
    {"v": 2},
    {"v": "1"},
    {"image": 5},
    {"image": "no-such-sample"},
    {"image": "../../etc/passwd"},
    {"image": "file:00"},
    {"truth": None},
    {"truth": "file:00"},
    {"truth": "mine"},
    {"lens": "fisheye"},
    {"lens": ["object"]},
    {"cards": None},
    {"cards": [5]},
    {"cards": [{"id": "a"}]},
    {"cards": [{"id": "a", "method": "otsu", "values": []}]},
    {"cards": [{"id": "a", "method": ["otsu"], "values": {}}]},
    {"cards": [{"id": "a/stages", "method": "otsu", "values": {}}]},
    {"cards": [{"id": "", "method": "otsu", "values": {}}]},
    {"cards": [{"id": "a", "method": "otsu", "values": {}}] * 2},
    {"cards": [{"id": str(n), "method": "otsu", "values": {}} for n in range(13)]},
]


@pytest.mark.parametrize("rubbish", RUBBISH, ids=lambda r: str(r)[:40])
def test_a_state_with_rubbish_leaves_the_page_where_it_was(desk: tuple[Page, Recorder], rubbish: Any) -> None:
    page, recorder = desk
    before = page.session.state
    page.greet(rubbish)
    assert [m["type"] for m, _ in page.got][:3] == ["notice", "setup", "picture"]
    assert page.last("setup")["state"] == page.session.state == before
    page.forget()
    page.say(type="state", seq=3, state=rubbish)
    assert [m["type"] for m, _ in page.got] == ["notice", "state"]
    assert page.session.state == page.last("state")["state"] == before
    assert len(recorder.requests) == 1


def test_a_refused_state_is_answered_with_what_there_is(desk: tuple[Page, Recorder]) -> None:
    page, recorder = desk
    recorder.answer(recorder.requests[0])
    page.step()
    page.forget()
    page.say(type="state", seq=7, state={"lens": "fisheye"})
    assert [m["type"] for m, _ in page.got] == ["notice", "state", "result"]
    assert page.last("result")["seq"] == 7  # so that the page no longer takes it for old


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.fixed_dictionaries({}, optional=dict.fromkeys(("v", "image", "truth", "lens", "cards"), JSON)) | JSON
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_json_is_a_state_or_one_sentence(theirs: Any) -> None:
    ours = starting_state("coins", ["otsu"])
    try:
        state = read_state(ours, theirs)
    except ValueError as error:
        sentences = [str(error)]
    else:
        sentences = []
        assert set(state) == set(ours)
    assert not any("\n" in sentence for sentence in sentences)


@given(st.dictionaries(st.sampled_from(["type", "card", "state", "seq", "what", "role", "name"]), JSON), JSON)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_json_is_a_message_or_one_sentence(
    desk: tuple[Page, Recorder], content: dict[str, Any], other: Any
) -> None:
    page, _ = desk
    kind = content.get("type")
    for message in (content, other, content | {"type": "details"}, content | {"type": "state"}):
        page.session.receive(message, [])
    assert kind is None or page.session.state["image"] == "coins"


def test_the_page_of_one_visitor_knows_nothing_of_anothers(runner: Runner, tmp_path: Path) -> None:
    with Runner() as another:  # a page has a runner of its own; in one, equal slots would replace each other
        one, two = Page(runner, ["otsu"]).greet(), Page(another, ["otsu"])
        one.say(png(PHOTO), type="file", role="image", name="mine.png")
        two.greet(one.session.state)
        told = two.last("notice")["message"]
        assert told == "the image of this page is gone with its kernel; open the file again"
        one.settle()
        two.settle()


# --- previews of slow methods ---
def test_a_slow_method_answers_small_first_and_then_at_full_size(runner: Runner) -> None:
    page = Page(runner, ["grabcut"]).greet()
    page.settle()
    small, full = page.all("result")
    assert (small["preview"], small["longest"]) == (True, 192)
    assert (full["preview"], full["longest"]) == (False, None)
    assert small["seq"] == full["seq"]
    assert small["size"] == full["size"] == [303, 384]
    for message in (small, full):  # the numbers belong to the mask that they came with
        recipe = wb.run("grabcut", wb.samples.load("coins").image, longest=message["longest"])
        assert (message["recipe"], message["hash"]) == (recipe.recipe.sha256, recipe.sha256)


def test_full_size_waits_until_the_hand_rests(runner: Runner) -> None:
    page = Page(runner, ["grabcut"]).greet()
    page.settle()
    page.forget()
    for iterations in (2, 4, 5):
        page.turn("grabcut", iterations=iterations)
    page.settle()
    told = [(message["values"]["iterations"], message["preview"]) for message in page.all("result")]
    assert told[-2:] == [(5, True), (5, False)]
    assert [values for values, preview in told if not preview] == [5]  # nobody waited for the others


def test_another_lens_needs_no_preview(runner: Runner) -> None:
    page = Page(runner, ["grabcut"]).greet()
    page.settle()
    page.forget()
    page.state(lens="panoptic")
    page.settle()
    assert [message["preview"] for message in page.all("result")] == [False]


def test_cancel_while_the_full_size_waits_keeps_the_preview(runner: Runner) -> None:
    page = Page(runner, ["grabcut"]).greet()
    page.settle()
    page.forget()
    page.turn("grabcut", iterations=2)
    page.turn("grabcut", iterations=1)
    page.until("result")
    page.say(type="cancel", card="grabcut")
    page.settle()
    assert page.last("result")["preview"]
    assert "stopped" in page.last("error")["message"]
