"""The train panel without a browser and without a training: what it passes on, keeps, and refuses."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import workbench as wb
from workbench.models import places
from workbench.panels import orders, trainer
from workbench.panels.protocol import read_state, starting_state
from workbench.panels.train import TrainWidget, train
from workbench.panels.trainer import MOST_LOOKS, Trainer
from workbench.registry import METHODS
from workbench.training.choices import FIXED, PRESETS, Order, fixed, truth_shown

ORDER = Order()
SETTINGS = asdict(ORDER)
TRUTHS = [truth_shown(ORDER, one) for one in fixed(ORDER)]


class Still:
    """Stand in for the process: note what is asked of it."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.running = False
        self.order: Order | None = None

    def estimate(self, order: Order, number: int) -> None:
        self.asked.append(("estimate", order, number))

    def start(self, order: Order) -> None:
        if self.running:
            raise ValueError("a training runs already; cancel it first")
        self.running, self.order = True, order
        self.asked.append(("start", order))

    def pace(self, factor: float) -> None:
        self.asked.append(("pace", factor))

    def __getattr__(self, name: str) -> Any:
        return lambda: self.asked.append((name,))


class Page:
    """Stand where the browser stands."""

    def __init__(self, order: Order = ORDER) -> None:
        self.told: list[tuple[dict[str, Any], list[bytes]]] = []
        self.live = Still()
        self.trainer = Trainer(lambda message, data: self.told.append((message, data)), self.live, order)  # type: ignore[arg-type]

    def says(self, **message: Any) -> None:
        self.trainer.receive(message)

    def hears(self, **message: Any) -> None:
        if message["type"] in ("done", "failed", "cancelled"):
            self.live.running = False
        self.trainer.heard(message)

    def last(self, kind: str) -> dict[str, Any]:
        return next(message for message, _ in reversed(self.told) if message["type"] == kind)

    def count(self, kind: str) -> int:
        return sum(message["type"] == kind for message, _ in self.told)

    def begun(self, order: Order = ORDER) -> Page:
        self.says(type="hello")
        self.says(type="begin", settings=asdict(order))
        self.hears(type="begun", device="cpu")
        return self

    def look(self, step: int) -> None:
        named = [[[n, s.category.id] for n, s in one.segments.items() if s.category] for one in TRUTHS]
        maps = [one.ids for one in TRUTHS]
        scores = [0.5, float("nan"), 1.0, 0.0]
        self.hears(type="look", step=step, size=[64, 64], maps=maps, named=named, scores=scores)


@pytest.fixture(autouse=True)
def _there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(places.VARIABLE, str(tmp_path / "own"))
    monkeypatch.setattr(trainer, "missing", lambda: "")


def test_a_page_is_told_what_there_is_and_what_it_costs() -> None:
    page = Page()
    page.says(type="hello")
    setup = page.last("setup")
    assert setup["settings"] == SETTINGS
    assert {one["name"] for one in setup["presets"]} == set(PRESETS)
    assert {"fcn8", "deeplab3plus"} <= {one["name"] for one in setup["networks"]}
    pictures, buffers = next(one for one in page.told if one[0]["type"] == "pictures")
    assert (len(pictures["pictures"]), len(buffers), pictures["measure"]) == (FIXED, 2 * FIXED, "mean IoU")
    assert page.live.asked == [("estimate", ORDER, 1)]
    page.hears(type="cost", number=1, seconds=100.0, device="cpu")
    assert page.last("cost")["words"] == "400 steps on the processor: about 1 min 40 s"


def test_an_answer_to_an_older_question_is_not_shown() -> None:
    page = Page()
    page.says(type="hello")
    page.says(type="ask", settings=SETTINGS | {"steps": 50})
    page.hears(type="cost", number=1, seconds=100.0, device="cpu")
    assert page.count("cost") == 0
    assert page.count("pictures") == 1  # the same ones
    page.says(type="ask", settings=SETTINGS | {"scenes": "cells", "network": "unet"})
    assert page.last("pictures")["measure"] == "Dice"
    assert page.last("pictures")["pictures"][0]["size"] == [128, 128]


def test_a_training_is_passed_on() -> None:
    page = Page().begun()
    assert page.last("status")["status"] == "running"
    page.hears(type="loss", points=[[1, 2.0], [2, 1.5]], rate=1e-3)
    assert page.last("loss")["points"] == [[1, 2.0], [2, 1.5]]
    score = {
        "step": 2,
        "rate": 1e-3,
        "seconds": 1.0,
        "held": 0.25,
        "trained": float("nan"),
        "trouble": "full",
    }
    page.hears(type="score", **score)
    assert (page.last("score")["held"], page.last("score")["trained"]) == (0.25, None)
    assert page.last("notice")["message"] == "full"
    page.look(2)
    assert [one["iou"] for one in page.last("look")["guesses"]] == [0.5, None, 1.0, 0.0]
    assert not page.last("status")["keeps"]
    page.hears(type="done", step=2, best=0.25, best_step=2, seconds=75.0)
    assert page.last("status")["words"] == "Done: 2 steps in 75 s; best mean IoU 0.250 at step 2."
    assert page.last("status")["keeps"]


def test_it_is_held_steered_and_cancelled() -> None:
    page = Page().begun()
    page.says(type="steer", what="pause")
    assert page.last("status")["status"] == "paused"
    page.says(type="pace", by=0.5)
    page.says(type="pace", by=0.1)
    page.says(type="steer", what="resume")
    assert (page.last("status")["status"], page.last("status")["factor"]) == ("running", 0.05)
    page.says(type="ask", settings=SETTINGS | {"steps": 77})  # a training that runs keeps its own
    page.says(type="steer", what="cancel")
    assert page.live.asked[2:] == [("pause",), ("pace", 0.5), ("pace", 0.05), ("resume",), ("cancel",)]
    page.hears(type="cancelled")
    assert page.last("status")["status"] == "cancelled"
    page.says(type="begin", settings=SETTINGS)
    assert page.last("status")["factor"] == 1.0


def test_a_failure_is_one_sentence_and_another_can_begin() -> None:
    page = Page().begun(PRESETS["steep"].order)
    page.hears(type="failed", of="start", message="training: the loss is nan at step 3; lower it")
    assert page.last("status") == {
        "type": "status", "status": "failed", "factor": 1.0, "keeps": False,
        "words": "training: the loss is nan at step 3; lower it",
    }  # fmt: skip
    page.says(type="begin", settings=SETTINGS)
    assert page.last("status")["status"] == "starting"
    page.hears(type="failed", of="estimate", message="no room")
    assert page.last("refused")["message"] == "no room"
    assert page.last("status")["status"] == "starting"


def test_moments_to_go_back_to_stay_few() -> None:
    page = Page().begun()
    for step in range(200):
        page.look(step)
    steps = [message["step"] for message, _ in page.trainer.looks]
    assert len(steps) <= MOST_LOOKS
    assert (steps[0], steps[-1]) == (0, 199)
    assert max(np.diff(steps)) <= 8


def test_a_page_that_comes_back_sees_all_of_it() -> None:
    page = Page().begun(replace(ORDER, steps=50))
    page.hears(type="loss", points=[[1, 2.0]], rate=1e-3)
    page.hears(type="score", step=1, rate=1e-3, seconds=1.0, held=0.2, trained=0.3, trouble="")
    page.look(1)
    page.told.clear()
    page.says(type="hello", state={"settings": SETTINGS, "running": True})
    kinds = [message["type"] for message, _ in page.told]
    assert kinds == ["setup", "pictures", "loss", "score", "look", "status"]
    assert page.last("setup")["settings"]["steps"] == 50
    assert page.last("status")["status"] == "running"


def test_a_training_that_went_with_its_kernel_is_told_of() -> None:
    page = Page()
    page.says(type="hello", state={"settings": SETTINGS | {"steps": 90}, "running": True})
    assert "ended with its kernel" in page.last("notice")["message"]
    assert page.last("setup")["settings"]["steps"] == 90
    other = Page()
    other.says(type="hello", state={"settings": {"steps": "many"}, "running": False})
    assert other.last("setup")["settings"] == SETTINGS
    assert other.count("notice") == 0


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"steps": 5}, "train: steps must be from 10 to 20000, got 5"),
        ({"steps": 10.5}, "train: steps must be a whole number"),
        ({"steps": None}, "train: steps must be a whole number"),
        ({"rate": 0}, "train: the learning rate must be from 1e-06 to 1e+06, got 0"),
        ({"rate": float("nan")}, "train: the learning rate must be from 1e-06 to 1e+06, got nan"),
        ({"rate": "fast"}, "train: the learning rate must be a number"),
        ({"seed": -1}, "train: the seed must be from 0 to 1e+06, got -1"),
        ({"pictures": 0}, "train: the pictures must be from 1 to 8000, got 0"),
        ({"side": 65}, "train: the picture size must be 64, 96, 128 px, got 65"),
        ({"network": "net"}, "train: no network 'net'; there are fcn32"),
        ({"scenes": "moon"}, "train: no scenes 'moon'; there are cells"),
        ({"network": 3}, "the page sent what the kernel does not understand (network:"),
    ],
)
def test_bad_input_is_one_sentence(change: dict[str, Any], sentence: str) -> None:
    page = Page()
    page.says(type="hello")
    for kind in ("ask", "begin"):
        page.says(type=kind, settings=SETTINGS | change)
        assert page.last("refused")["message"].startswith(sentence)
    assert [call[0] for call in page.live.asked] == ["estimate"]


@pytest.mark.parametrize("message", [{"type": "dance"}, {}, "start", {"type": "pace", "by": 3.0}])
def test_a_message_that_is_none_is_told(message: Any) -> None:
    page = Page()
    page.trainer.receive(message)
    assert page.count("refused") == 1


def test_without_torch_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trainer, "missing", lambda: "train: needs torch; pip install it")
    page = Page()
    page.says(type="hello")
    assert page.last("setup")["missing"].startswith("train: needs torch")
    page.says(type="begin", settings=SETTINGS)
    assert page.last("refused")["message"].startswith("train: needs torch")
    assert page.live.asked == []


@pytest.fixture
def own_network() -> Iterator[str]:
    """Put a network of a person's own beside those that ship, after the methods were listed."""
    name = "fcn8-street-own-7"
    folder = places.own()
    folder.mkdir()
    card = json.loads((places.BUNDLED / "unet-cells.json").read_text()) | {"name": name, "own": 7}
    card["taxonomy"] = [[1, "background", "stuff", None], [2, "cell", "thing", None]]
    (folder / f"{name}.json").write_text(json.dumps(card | {"scenes": "street"}))
    (folder / "broken-own-1.json").write_text(json.dumps({**card, "name": "broken-own-1", "yields": "noise"}))
    shutil.copy(places.BUNDLED / "unet-cells.safetensors", folder / f"{name}.safetensors")
    yield name
    METHODS._methods.pop(name, None)


def test_a_network_trained_since_is_a_method_when_it_is_asked_for(own_network: str) -> None:
    assert own_network not in list(METHODS)
    ours = starting_state("coins", ["otsu"])
    read_state(ours, ours | {"cards": [{"id": "own", "method": own_network, "values": {}}]})
    assert own_network in list(METHODS)
    assert METHODS[own_network].title == "U-Net, own 7 (street)"
    with pytest.raises(KeyError, match="no method 'broken-own-1'"):
        METHODS["broken-own-1"]


def test_what_is_kept_opens_in_compare(own_network: str) -> None:
    page = Page().begun()
    page.hears(type="done", step=2, best=0.25, best_step=2, seconds=75.0)
    page.says(type="keep")
    page.hears(type="kept", name=own_network, title="")
    kept = page.last("kept")
    assert kept["state"]["cards"] == [{"id": own_network, "method": own_network, "values": {"size": 64}}]
    assert (kept["state"]["image"], kept["state"]["lens"]) == ("street", "semantic")
    assert kept["call"] == f'panels.compare("street", ["{own_network}"], lens="semantic")'


def test_it_is_found_where_panels_are() -> None:
    assert wb.panels.train is train
    panel = train("unet", "cells", steps=20)
    assert isinstance(panel, TrainWidget)
    assert panel._trainer.order == Order("unet", "cells", steps=20)
    panel.close()
    with pytest.raises(ValueError, match="train: no network 'unett'"):
        train("unett")
    with pytest.raises(ValueError, match="train: steps must be from 10"):
        train(steps=0)


def test_every_preset_can_be_asked_for() -> None:
    for preset in PRESETS.values():
        assert orders.order_of(orders.settings(asdict(preset.order))) == preset.order
