"""The cards on several pictures: numbers are `wb.score`'s, interval and verdict the bootstrap's."""

from __future__ import annotations

import math
from typing import Any

import pytest

import workbench as wb
from workbench.evaluation.bootstrap import interval, paired
from workbench.panels.lines import others
from workbench.panels.pictures import bundled
from workbench.panels.protocol import starting_state
from workbench.panels.session import Session
from workbench.panels.several import SLOT
from workbench.runner import Event, Request

pytestmark = pytest.mark.timeout(120)


class Here:
    """Answer in this process, one request after the other, when told."""

    def __init__(self) -> None:
        self.waiting: list[Request] = []
        self.cancelled: list[str] = []

    def submit(self, request: Request) -> None:
        if request.slot == SLOT:
            self.waiting.append(request)

    def cancel(self, slot: str) -> None:
        self.cancelled.append(slot)

    def answer(self) -> Request:
        request = self.waiting.pop(0)
        request.tell(Event("done", request.function(*request.args)))
        return request


class Page:
    def __init__(self, image: str = "mosaic", methods: tuple[str, ...] = ("otsu", "kmeans")) -> None:
        self.got: list[dict[str, Any]] = []
        self.runner = Here()
        state = starting_state(image, list(methods))
        self.session = Session(lambda message, _: self.got.append(message), state, self.runner)  # type: ignore[arg-type]
        self.session.apply(state, 0)

    def ask(self, number: int = 1) -> None:
        self.session.receive({"type": "several", "number": number}, [])

    def told(self, kind: str) -> list[dict[str, Any]]:
        return [one for one in self.got if one["type"] == "several" and one["kind"] == kind]

    def run(self) -> dict[str, Any]:
        while self.runner.waiting:
            self.runner.answer()
        return self.told("end")[-1]


def iou(method: str, sample: str, **values: Any) -> float:
    one = wb.samples.load(sample)
    return wb.score(one.truth, wb.run(method, one.image, **values).output, target=one.target).iou


def test_every_card_is_scored_on_every_picture_of_the_kind() -> None:
    page = Page("cells")
    names = ["cells", *others(bundled("cells"))]
    page.ask()
    end = page.run()
    assert page.told("begin")[0]["pictures"] == len(names)
    scores = {(one["card"], one["sample"]): one["value"] for one in page.told("score")}
    assert scores == {(card, name): iou(card, name) for card in ("otsu", "kmeans") for name in names}
    for card in ("otsu", "kmeans"):
        row = [scores[card, name] for name in names]
        spread = end["spread"][card]
        assert spread["mean"] == pytest.approx(sum(row) / len(row))
        assert (spread["low"], spread["high"]) == interval(row)
        assert spread["n"] == len(names)


def test_the_verdict_is_the_paired_bootstraps() -> None:
    page = Page("cells")
    page.ask()
    end = page.run()
    scores = {(one["card"], one["sample"]): one["value"] for one in page.told("score")}
    names = ["cells", *others(bundled("cells"))]
    rows = {card: [scores[card, name] for name in names] for card in ("otsu", "kmeans")}
    first, other = sorted(rows, key=lambda card: -sum(rows[card]))
    titles = {card: wb.METHODS[card].title for card in rows}
    assert end["verdicts"] == [paired(rows[first], rows[other]).says(titles[first], titles[other])]


def test_values_travel_and_prompts_stay() -> None:
    page = Page("cells", ("watershed",))
    state = page.session.state
    card = state["cards"][0]
    card = {**card, "values": {**card["values"], "sigma": 3.0, "seeds": [[20, 20, "object"]]}}
    page.session.apply(state | {"cards": [card]}, 1)
    page.ask()
    end = page.run()
    assert end["spread"]["watershed"]["n"] > 0
    scores = {one["sample"]: one["value"] for one in page.told("score")}
    assert scores["street"] == iou("watershed", "street", sigma=3.0)


def test_two_settings_of_one_method_are_told_apart() -> None:
    page = Page("cells", ("otsu",))
    state = page.session.state
    second = {"id": "otsu-2", "method": "otsu", "values": {**state["cards"][0]["values"], "sigma": 8.0}}
    page.session.apply(state | {"cards": [*state["cards"], second]}, 1)
    page.ask()
    assert "(otsu" in page.run()["verdicts"][0]


def test_a_changed_page_lets_go_and_a_stopped_one_tells_what_is_known() -> None:
    page = Page("cells")
    page.ask()
    page.runner.answer()
    page.session.receive({"type": "halt", "what": "several"}, [])
    assert page.runner.cancelled[-1] == SLOT
    end = page.told("end")[-1]
    assert end["how"] == "stopped"
    assert end["spread"]["otsu"]["n"] == 1
    assert end["spread"]["kmeans"]["mean"] is None
    assert end["verdicts"] == []
    page.ask(2)
    page.session.apply(page.session.state | {"lens": "regions"}, 3)
    assert page.session._several.survey is None
    page.runner.waiting[-1].tell(Event("done", ([{}], 0.1)))
    assert len(page.told("score")) == 1


def test_a_refusal_on_one_picture_is_undefined_there_and_the_rest_goes_on() -> None:
    page = Page("cells", ("otsu",))
    page.ask()
    page.runner.waiting.pop(0).tell(Event("failed", message="otsu: no"))
    end = page.run()
    assert page.told("score")[0]["value"] is None
    assert end["spread"]["otsu"]["n"] == len(others(bundled("cells")))
    assert not math.isnan(end["spread"]["otsu"]["mean"])


def test_a_page_without_cards_is_told_so() -> None:
    page = Page("cells", ())
    page.ask()
    assert page.got[-1]["message"].startswith("there is no method to measure")
