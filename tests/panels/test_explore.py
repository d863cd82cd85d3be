"""The explore panel as a notebook's cell holds it, with real workers and no browser."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import workbench as wb
from workbench.panels.compare import CompareWidget
from workbench.panels.explore import ExploreWidget, explore

pytestmark = pytest.mark.timeout(120)
PHOTO = np.random.default_rng(3).integers(0, 256, (40, 60, 3), np.uint8)


@pytest.fixture
def made() -> Iterator[Callable[..., ExploreWidget]]:
    widgets = []

    def make(*args: Any, **more: Any) -> ExploreWidget:
        widgets.append(explore(*args, **more))
        return widgets[-1]

    yield make
    for widget in widgets:
        widget.close()


def test_it_is_the_compare_page_with_one_card(made: Any) -> None:
    panel = made("coins", "watershed", lens="instance")
    assert isinstance(panel, CompareWidget)
    assert (panel.page, panel._esm) == ("explore", CompareWidget._esm)
    state = panel._session.state
    assert [card["method"] for card in state["cards"]] == ["watershed"]
    assert (state["image"], state["lens"]) == ("coins", "instance")
    assert state["explore"]["param"] == "sigma"
    assert state["explore"]["carry"] is False
    score = wb.score(
        wb.samples.load("coins").truth,
        wb.run("watershed", wb.samples.load("coins").image).output,
        lens="instance",
        target="coin",
    )
    assert panel.scores()["watershed"]["f1"] == score.f1


def test_a_picture_of_ones_own_has_no_scores(made: Any) -> None:
    panel = made(PHOTO, "fixed")
    assert panel.scores() == {"fixed": {}}
    assert panel._session.state["image"].startswith("file:")


def test_a_method_without_a_scale_is_shown_all_the_same(made: Any) -> None:
    bare = [name for name, method in wb.METHODS.items() if not method.params]
    for name in bare[:1]:
        assert made("coins", name)._session.state["explore"]["param"] == ""


def test_unknown_names() -> None:
    with pytest.raises(KeyError, match=r"no method 'otus', did you mean 'otsu'"):
        explore("coins", "otus")
    with pytest.raises(KeyError, match=r"no sample 'coin', did you mean 'coins'"):
        explore("coin")


def test_every_answer_brings_its_call(made: Any) -> None:
    panel = made("coins", "otsu")
    panel.set("otsu", sigma=2.5).scores()
    message = panel._session.cards["otsu"].result[0]
    image = wb.samples.load("coins").image
    assert eval(message["call"], {"wb": wb, "image": image}).sha256 == message["hash"]


def test_the_code_comes_in_four_forms(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    panel = made("coins", "otsu")
    panel.set("otsu", sigma=2.5).scores()
    sent: list[Any] = []
    monkeypatch.setattr(panel._session, "send", lambda message, _: sent.append(message))
    panel._session.receive({"type": "details", "card": "otsu", "what": "code"}, [])
    code = sent[-1]
    recipe = wb.Recipe.from_json(code["recipe"])
    assert recipe.run().sha256 == code["hash"]
    assert shlex.split(code["command"]) == ["workbench", "run", "otsu", "coins", "--sigma", "2.5"]
    assert code["cell"].startswith("import workbench as wb\n")
    assert code["hash"] in code["python"]
