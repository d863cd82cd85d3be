"""A training in a process of its own: it streams, holds, changes its rate, ends, also with its owner."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from workbench.models import zoo
from workbench.registry import METHODS
from workbench.training.choices import FIXED, FOREGROUND, OFFERS, PRESETS, Order, fixed, trained_on
from workbench.training.live import Live
from workbench.training.loop import Plan
from workbench.training.networks import NETWORKS, network_of

pytestmark = pytest.mark.timeout(300)
LONG = Order("fcn8", steps=96, pictures=8)
OWNER = """
import os, signal, sys
from workbench.training.choices import Order
from workbench.training.live import Live
live = Live(lambda message: None)
live.start(Order("fcn8", pictures=8))
print(live._process.pid, live.folder, "torch" in sys.modules, flush=True)
sys.stdin.readline()
os.kill(os.getpid(), signal.SIGKILL)
"""


class Ear:
    """Hold a process and what it has said."""

    def __init__(self) -> None:
        self.said: queue.Queue[dict[str, Any]] = queue.Queue()
        self.live = Live(self.said.put)

    def until(self, *kinds: str, of: str = "start") -> list[dict[str, Any]]:
        """Wait for one of these; give all that was said until then."""
        heard = [self.said.get(timeout=150)]
        while heard[-1]["type"] not in kinds or heard[-1].get("of", of) != of:
            heard.append(self.said.get(timeout=150))
        return heard

    def drain(self) -> list[dict[str, Any]]:
        return [self.said.get() for _ in range(self.said.qsize())]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("own")


@pytest.fixture(scope="module")
def ear(own: Path) -> Iterator[Ear]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_WEIGHTS", str(own))
        patch.setenv("OMP_NUM_THREADS", "1")
        made = Ear()
        made.live.warm_up()
        yield made
        made.live.close()


def of_kind(heard: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [message for message in heard if message["type"] == kind]


def test_the_choices_are_those_that_there_are() -> None:
    segmenting = {name: network for name, network in NETWORKS.items() if not network.task}
    assert {name: (one.title, one.yields) for name, one in segmenting.items()} == {
        name: (offer.title, offer.yields) for name, offer in OFFERS.items()
    }
    for name in OFFERS:
        for scenes in ("street", "cells"):
            is_two_way = network_of(name, scenes).yields == "foreground"
            assert is_two_way == ((name, scenes) in FOREGROUND)


def test_pictures_that_are_shown_are_not_trained_on() -> None:
    for order in [preset.order for preset in PRESETS.values()]:
        learnt = {one.image.tobytes() for one in trained_on(order)}
        assert learnt.isdisjoint(one.image.tobytes() for one in fixed(order))
        assert len(fixed(order)) == FIXED
    assert fixed(Order("unet", "cells", 64))[0].image.shape == (128, 128, 3)


@pytest.mark.parametrize(
    ("network", "scenes", "steps"),
    [("fcn8", "street", 6), ("unet", "cells", 4), ("oneshot", "street", 2), ("panopticfpn", "street", 2)],
)
def test_it_streams_what_it_learns(ear: Ear, network: str, scenes: str, steps: int) -> None:
    order = Order(network, scenes, steps=steps, rate=1e-3, pictures=8)
    ear.live.start(order)
    heard = ear.until("done", "failed")
    points = [point for message in of_kind(heard, "loss") for point in message["points"]]
    assert [step for step, _ in points] == list(range(1, steps + 1))
    scores = of_kind(heard, "score")
    assert [score["step"] for score in scores] == list(range(2, steps + 1, 2))
    assert all(0 <= score[name] <= 1 for score in scores for name in ("held", "trained"))
    looks = of_kind(heard, "look")
    assert looks[0]["step"] == 0
    assert looks[-1]["step"] == steps
    assert [one.shape for one in looks[-1]["maps"]] == [order.size] * FIXED
    changed = [(a != b).any() for a, b in zip(looks[0]["maps"], looks[-1]["maps"], strict=True)]
    assert any(changed) or network != "fcn8"  # the others need more steps
    for ids, named in zip(looks[-1]["maps"], looks[-1]["named"], strict=True):
        assert set(np.unique(ids)) - {0} == {number for number, _ in named}
    done = heard[-1]
    assert done["best"] == max(score["held"] for score in scores)
    assert not ear.live.running


def test_it_holds_changes_its_rate_ends_and_is_kept(ear: Ear, own: Path) -> None:
    ear.live.start(LONG)
    ear.until("loss")
    with pytest.raises(ValueError, match="runs already; cancel it first"):
        ear.live.start(LONG)
    with pytest.raises(ValueError, match="still runs; wait for its end, or cancel it"):
        ear.live.keep()
    ear.live.pause()
    time.sleep(1.0)
    ear.drain()
    time.sleep(0.8)
    assert ear.drain() == []
    ear.live.pace(0.1)
    ear.live.resume()
    assert of_kind(ear.until("loss"), "loss")
    score = ear.until("score")[-1]
    plan = Plan(**LONG.plan)
    assert score["rate"] == pytest.approx(0.1 * plan.rate_at(score["step"] - 1))
    assert ear.live.folder is not None
    log = [json.loads(line) for line in (ear.live.folder / "log.jsonl").read_text().splitlines()]
    assert log[0]["rate"] == score["rate"]
    began = time.monotonic()
    ear.live.cancel()
    ear.until("cancelled")
    assert time.monotonic() - began < 2
    assert not ear.live.running
    kept_twice(ear, own)


def kept_twice(ear: Ear, own: Path) -> None:
    """What was cancelled can be kept, each time under a name of its own, and is a method then."""
    for number in (1, 2):
        ear.live.keep()
        kept = ear.until("kept", "failed", of="keep")[-1]
        assert kept["name"] == f"fcn8-street-own-{number}"
    card = zoo.read_card("fcn8-street-own-1", own)
    assert card["rate_by_hand"] == ear.live.paces
    assert (card["side"], card["scenes"], card["yields"]) == (64, "street", "semantic")
    try:
        assert METHODS["fcn8-street-own-2"].title == "FCN-8s, own 2 (street)"
        answer = METHODS["fcn8-street-own-2"](fixed(LONG)[0].image, size=64)
        assert answer.shape == (64, 64)
    finally:
        for number in (1, 2):
            METHODS._methods.pop(f"fcn8-street-own-{number}", None)


def test_a_loss_that_is_no_number_is_one_sentence_and_nothing_dies(ear: Ear) -> None:
    assert ear.live._process is not None
    before = ear.live._process.pid
    ear.live.start(Order("fcn8", steps=100, rate=PRESETS["steep"].order.rate, pictures=8))
    failed = ear.until("failed", "done")[-1]
    assert failed["message"].endswith("lower it")
    assert "\n" not in failed["message"]
    assert ear.live._process.pid == before
    ear.live.keep()
    assert "train at a lower rate" in ear.until("failed", "kept", of="keep")[-1]["message"]
    ear.live.estimate(LONG, 8)
    cost = ear.until("cost")[-1]
    assert (cost["number"], cost["device"]) == (8, "cpu")
    assert 0 < cost["seconds"] < 600


def test_one_that_does_not_listen_is_ended(ear: Ear) -> None:
    ear.live.start(LONG)
    ear.until("begun")
    assert ear.live._process is not None
    process = ear.live._process
    process.send_signal(signal.SIGSTOP)  # as if deep in a library
    began = time.monotonic()
    ear.live.cancel()
    ear.until("cancelled")
    assert time.monotonic() - began < 2
    assert process.poll() is not None


def test_nothing_to_steer_or_to_keep() -> None:
    live = Live(lambda message: None)
    for call in (live.pause, live.resume, lambda: live.pace(2.0)):
        with pytest.raises(ValueError, match="no training runs; press start first"):
            call()
    live.cancel()
    with pytest.raises(ValueError, match="nothing was trained yet"):
        live.keep()
    live.close()
    with pytest.raises(ValueError, match="was closed; open it again"):
        live.warm_up()


def test_a_killed_process_is_told_of(ear: Ear) -> None:
    other = Ear()
    other.live.start(LONG)
    assert other.live._process is not None
    other.live._process.kill()
    failed = other.until("failed", of="process")[-1]
    assert failed["message"] == (
        "train: its process was killed by the system, perhaps for lack of memory; start again"
    )
    assert not other.live.running
    other.live.close()


def test_it_ends_with_its_owner_however_that_ends() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", OWNER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ,
    ) as owner:
        assert owner.stdout is not None
        pid, folder, heavy = owner.stdout.readline().split()
        child = psutil.Process(int(pid))
        assert Path(folder).exists()
        time.sleep(1)  # until it listens
        owner.communicate("\n")
    child.wait(60)
    assert not Path(folder).exists()
    assert heavy == "False"
