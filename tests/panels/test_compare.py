"""The compare panel as a notebook's cell holds it, with real workers and no browser."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow

import workbench as wb
from workbench.image import ImageError
from workbench.panels.compare import CompareWidget, compare
from workbench.panels.protocol import starting_state

pytestmark = pytest.mark.timeout(120)
PHOTO = np.random.default_rng(3).integers(0, 256, (40, 60, 3), np.uint8)


@pytest.fixture
def made() -> Iterator[Callable[..., CompareWidget]]:
    widgets = []

    def make(*args: Any, **more: Any) -> CompareWidget:
        widgets.append(compare(*args, **more))
        return widgets[-1]

    yield make
    for widget in widgets:
        widget.close()


def test_scores_are_those_of_the_library_and_follow_a_turn(made: Any) -> None:
    panel = made("coins", ["otsu", "fixed", "otsu"])
    coins = wb.samples.load("coins")
    first = panel.scores()
    assert list(first) == ["otsu", "fixed", "otsu-2"]
    expected = wb.score(coins.truth, wb.run("otsu", coins.image).output, target=coins.target)
    assert first["otsu"]["iou"] == first["otsu-2"]["iou"] == pytest.approx(expected.iou, abs=1e-12)
    assert panel.set("otsu", sigma=4.0) is panel
    second = panel.scores()
    turned = wb.score(coins.truth, wb.run("otsu", coins.image, sigma=4.0).output, target=coins.target)
    assert second["otsu"]["iou"] == pytest.approx(turned.iou, abs=1e-12)
    assert second["fixed"] == first["fixed"]
    with pytest.raises(KeyError, match=r"no card 'kmeans'; there are otsu, fixed, otsu-2"):
        panel.set("kmeans", k=3)
    with pytest.raises(ValueError, match=r"otsu: sigma must be in \[0, 10\], got 99"):
        panel.set("otsu", sigma=99)
    with pytest.raises(ValueError, match=r"otsu: has no parameter 'sigm', did you mean 'sigma'"):
        panel.set("otsu", sigm=1)
    assert panel.scores() == second


def test_the_last_of_many_turns_is_what_is_scored(made: Any) -> None:
    panel = made("coins", ["otsu"])
    for step in range(100):
        panel.set("otsu", sigma=step / 10)
    coins = wb.samples.load("coins")
    expected = wb.score(coins.truth, wb.run("otsu", coins.image, sigma=9.9).output, target=coins.target)
    assert panel.scores()["otsu"]["iou"] == pytest.approx(expected.iou, abs=1e-12)


@pytest.mark.parametrize("kind", ["array", "path", "bytes", "grey"])
def test_a_picture_of_ones_own(made: Any, kind: str, tmp_path: Path) -> None:
    file = tmp_path / "photo.png"
    Pillow.fromarray(PHOTO).save(file)
    given = {"array": PHOTO, "path": str(file), "bytes": file.read_bytes(), "grey": PHOTO[..., 0]}[kind]
    panel = made(given, ["otsu"])
    assert panel.scores() == {"otsu": {}}  # nobody said what is true
    assert panel._session.state["image"].startswith("file:")
    assert panel._session.picture.scale == 1.0
    if kind == "path":
        assert str(file) in panel._session.cards["otsu"].recipe.to_python()


def test_a_large_array_is_worked_on_smaller_and_the_scale_is_known(made: Any) -> None:
    panel = made(np.zeros((2048, 1024), np.uint8), ["fixed"])
    assert (panel._session.picture.size, panel._session.picture.scale) == ((1024, 512), 0.5)


def test_samples_that_are_bundled_go_by_their_name_and_others_by_their_content(made: Any) -> None:
    coins = wb.samples.load("coins")
    assert made(coins, ["otsu"])._session.state["image"] == "coins"
    dark = dataclasses.replace(coins, image=coins.image // 2)
    assert made(dark, ["otsu"])._session.state["image"].startswith("file:")
    street = made(wb.scenes.street(seed=11, size=(96, 128)), ["otsu"])  # not the bundled one of this name
    assert street._session.state["image"].startswith("file:")
    assert street.scores()["otsu"]["iou"] >= 0
    large = made(wb.scenes.cells(seed=1, size=(1100, 200)), ["otsu"])
    assert large._session.picture.size == large._session.picture.truth.shape == (1024, 186)
    assert large.scores()["otsu"]["iou"] > 0


def test_unknown_names_and_pictures() -> None:
    with pytest.raises(KeyError, match=r"no sample 'coin', did you mean 'coins'"):
        compare("coin")
    with pytest.raises(KeyError, match=r"no method 'otus', did you mean 'otsu'"):
        compare("coins", ["otus"])
    with pytest.raises(ValueError, match=r"no lens 'fisheye'; there are object"):
        compare("coins", ["otsu"], lens="fisheye")
    with pytest.raises(ImageError, match=r"absent\.png: there is no such file"):
        compare("absent.png")
    with pytest.raises(ImageError, match="must be a path, bytes, an array or a PIL image, got int"):
        compare(5)


def test_a_card_that_fails_is_raised_in_the_notebook(made: Any) -> None:
    panel = made(PHOTO, ["otsu"])
    state = panel._session.state
    panel._session.apply(state | {"cards": [{"id": "otsu", "method": "otsu", "values": {"sigma": -1}}]}, 1)
    with pytest.raises(RuntimeError, match="otsu: sigma must be in"):
        panel.scores()


def test_waiting_has_an_end(made: Any) -> None:
    panel = made("coins", ["chan-vese"])
    with pytest.raises(TimeoutError, match=r"not all cards were done within 0\.05 s"):
        panel.scores(timeout=0.05)


def test_in_a_running_loop_answers_arrive_by_themselves() -> None:
    async def cell() -> dict[str, Any]:
        panel = compare(PHOTO, ["otsu"])
        try:
            for _ in range(600):
                await asyncio.sleep(0.05)
                if not panel._session.busy:
                    break
            return panel._session.cards["otsu"].result[0]
        finally:
            panel.close()

    # In a thread of its own: browser tests leave a running loop in this one.
    with ThreadPoolExecutor(1) as elsewhere:
        assert elsewhere.submit(asyncio.run, cell()).result(timeout=120)["method"] == "otsu"


def test_messages_of_the_page_reach_the_session(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    panel = made("coins", ["otsu"])
    sent: list[Any] = []
    monkeypatch.setattr(panel, "send", lambda content, buffers=None: sent.append(content))
    panel._handle_custom_msg({"type": "hello", "state": None}, [memoryview(b"x")])
    assert [message["type"] for message in sent][:2] == ["setup", "picture"]
    assert sent[0]["state"] == starting_state("coins", ["otsu"])
