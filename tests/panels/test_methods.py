"""The catalogue: every method answers the picture once, small, scored under the lens that fits it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import workbench as wb
from workbench.evaluation.table import read
from workbench.image import fitted_size
from workbench.panels import gallery, methods, tour
from workbench.panels.gallery import SMALL, Gallery, findings, glance, lens_of
from workbench.panels.methods import MethodsWidget
from workbench.panels.pictures import bundled
from workbench.panels.protocol import starting_state
from workbench.recipe import ImageRef, Recipe
from workbench.registry import METHODS
from workbench.runner import Event, Runner
from workbench.widgets.pack import unpack

pytestmark = pytest.mark.timeout(240)
FEW = ("otsu", "kmeans", "canny-fill")


class Lanes(Runner):
    """Note what is asked and what is cancelled, and answer at once in this process."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[Any] = []
        self.cancelled: list[str] = []
        self.mute = False

    @property
    def asked(self) -> list[str]:
        return [request.slot for request in self.requests]

    def submit(self, request: Any) -> None:
        self.requests.append(request)
        if not self.mute:
            shared = {name: thing for name, (_, thing) in request.shared.items()}
            request.tell(Event("done", request.function(*request.args, **shared)))

    def cancel(self, slot: str) -> None:
        self.cancelled.append(slot)


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], tuple[Gallery, list[Any], Lanes]]]:
    few = {name: METHODS[name] for name in FEW}
    monkeypatch.setattr(gallery, "METHODS", few)
    runners = []

    def open_on(sample: str) -> tuple[Gallery, list[Any], Lanes]:
        sent: list[Any] = []
        runners.append(Lanes())
        session = Gallery(lambda *message: sent.append(message), starting_state(sample, []), runners[-1])
        return session, sent, runners[-1]

    yield open_on
    for runner in runners:
        runner.close()


def results(sent: list[Any]) -> dict[str, tuple[dict[str, Any], bytes]]:
    return {message["card"]: (message, data[0]) for message, data in sent if message["type"] == "result"}


def test_a_greeted_page_is_told_the_methods_the_picture_and_what_the_tour_found(page: Any) -> None:
    session, sent, runner = page("coins")
    session.receive({"type": "hello", "state": None}, [])
    assert [message["type"] for message, _ in sent][:3] == ["setup", "picture", "findings"]
    assert runner.asked == list(FEW)
    assert list(results(sent)) == list(FEW)


def test_scores_are_those_of_the_full_size_and_masks_are_small(page: Any) -> None:
    session, sent, _ = page("coins")
    session.receive({"type": "hello", "state": None}, [])
    coins = wb.samples.load("coins")
    for name, (message, data) in results(sent).items():
        output = wb.run(name, coins.image).output
        lens = lens_of(METHODS[name])
        card = wb.score(coins.truth, output, lens=lens, target=coins.target)
        assert message["scores"][card.headline[0]] == getattr(card, card.headline[0])
        assert message["summary"] == output.summary()
        size = fitted_size(coins.shape, SMALL)
        assert max(size) == SMALL
        assert tuple(message["size"]) == size
        assert np.array_equal(unpack(message["pack"], data, size), output.resized(size).ids)


def test_another_picture_is_asked_of_all_and_what_was_stopped_is_asked_again(page: Any) -> None:
    session, sent, runner = page("coins")
    session.receive({"type": "hello", "state": None}, [])
    runner.mute = True
    session.receive({"type": "state", "seq": 1, "state": session.state | {"image": "cell"}}, [])
    assert runner.asked[len(FEW) :] == list(FEW)
    otsu = next(request for request in runner.requests[len(FEW) :] if request.slot == "otsu")
    otsu.tell(Event("cancelled"))
    assert sent[-1][0]["message"] == "Otsu: stopped; press go on to run it again"
    session.receive({"type": "state", "seq": 2, "state": session.state}, [])
    assert runner.asked[2 * len(FEW) :] == ["otsu"]
    session.receive({"type": "cancel", "card": "kmeans"}, [])
    assert "kmeans" in runner.cancelled


def test_the_lens_fits_what_a_method_yields() -> None:
    kinds = {"foreground": "object", "partition": "regions"}
    for method in METHODS.values():
        lens = lens_of(method)
        assert method.yields == "same" or lens == kinds.get(method.yields, method.yields)
    measured = {row.method: row.lens for row in read()}
    assert all(lens_of(METHODS[name]) == lens for name, lens in measured.items() if name in METHODS)


def test_a_glance_is_a_whole_answer_with_a_small_mask() -> None:
    picture = bundled("chelsea")
    recipe = Recipe(ImageRef.of(picture.image), "slic")
    message, _ = glance(recipe, "regions", picture.target, picture.image, picture.truth)
    assert message["hash"] == wb.run("slic", picture.image).output.sha256
    assert max(message["size"]) == SMALL < max(picture.size)


def test_what_the_tour_found_is_told_of_every_method() -> None:
    told = findings("coins", "Greek coins")
    assert set(told["good_at"]) == set(METHODS)
    assert told["good_at"]["otsu"].startswith("best on ")
    assert len(told["which"]) >= 2
    assert all(sentence.startswith("Greek coins: ") for sentence in told["which"])
    assert findings("file:abc", "mine")["which"] == []


def test_the_widget_runs_every_method_in_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gallery, "METHODS", {name: METHODS[name] for name in FEW})
    widget = methods("cell")
    try:
        assert isinstance(widget, MethodsWidget)
        assert set(widget.scores()) == set(FEW)
    finally:
        widget.close()


def test_an_unknown_sample_is_refused() -> None:
    with pytest.raises(KeyError, match="no sample 'coin', did you mean 'coins'"):
        methods("coin")


def test_the_heat_map_shows_the_table() -> None:
    chart = tour("object")
    rows = [row for row in read() if row.lens == "object"]
    drawn = chart.figure.data[0]
    assert len(drawn.y) == len({row.method for row in rows})
    first = rows[0]
    assert drawn.z[0][0] == pytest.approx(first.chosen_score)
    assert f"chosen on the other pictures<br>at the defaults {first.score:.2f}" in drawn.customdata[0][0]
    assert chart.finding.endswith(".")
    with pytest.raises(ValueError, match="no method was measured under the lens 'nothing'; there"):
        tour("nothing")
