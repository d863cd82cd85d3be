"""The outputs panel as a notebook's cell holds it, with real workers and no browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from panels.test_session import Page

import workbench as wb
from workbench.panels.outputs import Outputs, OutputsWidget, outputs
from workbench.panels.protocol import starting_state
from workbench.runner import Runner

pytestmark = pytest.mark.timeout(120)
COINS = wb.samples.load("coins")


@pytest.fixture
def made() -> Iterator[Callable[..., OutputsWidget]]:
    widgets = []

    def make(*args: Any) -> OutputsWidget:
        widgets.append(outputs(*args))
        return widgets[-1]

    yield make
    for widget in widgets:
        widget.close()


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner() as made:
        yield made


class OutputsPage(Page):
    """Stand where the browser stands, before the outputs page's session."""

    def __init__(self, runner: Runner, methods: list[str], image: str = "coins") -> None:
        super().__init__(runner, [], image)
        keep = self.session.send
        state = starting_state(image, methods, "panoptic")
        self.session = Outputs(keep, state, runner, self.calls.put)


def test_a_method_is_scored_in_all_views(made: Any) -> None:
    panel = made("coins", "otsu")
    output = wb.run("otsu", COINS.image).output
    scores = panel.scores()["otsu"]
    for lens, names in {"semantic": ["miou"], "instance": ["f1", "ap50"], "panoptic": ["pq", "rq"]}.items():
        score = wb.score(COINS.truth, output, lens=lens, target="coin")  # type: ignore[arg-type]
        assert [scores[name] for name in names] == [getattr(score, name) for name in names]


def test_it_is_found_where_panels_are_and_begins_with_the_truth(made: Any) -> None:
    assert wb.panels.outputs is outputs
    assert made()._session.state["cards"] == []
    assert made(COINS)._session.state["image"] == "coins"


def test_the_truth_itself_is_sent_at_once(runner: Runner) -> None:
    page = OutputsPage(runner, []).greet()
    message, (data,) = page.until("result")
    assert (message["card"], message["seq"], message["yields"]) == ("truth", 0, "panoptic")
    assert message["views"][-1]["at"][1] == len(data)
    assert page.state(cards=[{"id": "otsu", "method": "otsu", "values": {}}]) == 1
    page.settle()
    assert (page.last("result")["card"], page.last("result")["seq"]) == ("otsu", 1)
    page.state(cards=[])
    assert (page.last("result")["card"], page.last("result")["seq"]) == ("truth", 2)


def test_a_picture_without_truth_says_so(runner: Runner, made: Any) -> None:
    page = OutputsPage(runner, []).greet()
    page.state(truth="none")
    assert "no truth to name the views by" in page.last("error")["message"]
    page.state(truth="none", cards=[{"id": "otsu", "method": "otsu", "values": {}}])
    page.settle()
    assert "no truth to name the views by" in page.last("error")["message"]
    with pytest.raises(RuntimeError, match="no truth to name the views by"):
        made(np.zeros((20, 30, 3), np.uint8), "fixed").scores()


def test_unknown_names() -> None:
    with pytest.raises(KeyError, match=r"no method 'otus', did you mean 'otsu'"):
        outputs("coins", "otus")
    with pytest.raises(KeyError, match=r"no sample 'coin', did you mean 'coins'"):
        outputs("coin")
