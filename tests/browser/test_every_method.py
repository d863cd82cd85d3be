"""Every method of the registry, picked by hand: a slider moved, a prompt given, held against the package."""

from __future__ import annotations

import pytest
from browser.conftest import Watch
from browser.panel import Panel, sample
from browser.test_explore_page import EXPLORE
from playwright.sync_api import expect

import workbench as wb
from workbench.registry import Param

pytestmark = [pytest.mark.browser, pytest.mark.slow]
COINS = sample("coins")
COIN = (52, 50), (90, 95)  # two places on one coin's outline box, rows and columns
NAMES = [name for name, entry in wb.METHODS.items() if entry.available]


@pytest.fixture(scope="module")
def explored(watch: Watch) -> Panel:
    """Give one explore page that all methods share."""
    return watch.open(EXPLORE)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("name", NAMES)
def test_it_is_picked_moved_and_prompted_in_compare(panel: Panel, name: str) -> None:
    for card in panel.state()["cards"]:
        panel.remove(card["id"])
    panel.pick("method", name)
    panel.rest()
    expect(panel.card(name)).to_have_attribute("data-state", "idle")
    work_it(panel, name)
    assert panel.card(name).locator(".wb-error").is_hidden()
    panel.verify(name, COINS.image, COINS.truth, COINS.target)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("name", NAMES)
def test_it_is_picked_moved_and_prompted_in_explore(explored: Panel, name: str) -> None:
    explored.pick("method", name)
    explored.rest()
    expect(explored.card(name)).to_have_attribute("data-state", "idle")
    work_it(explored, name)
    assert explored.card(name).locator(".wb-error").is_hidden()
    explored.verify(name, COINS.image, COINS.truth, COINS.target)
    expect(explored.page.locator("[data-sweep=curve] .wb-points circle").first).to_be_attached()


def work_it(panel: Panel, name: str) -> None:
    """Move the first slider a step, or choose the next choice, and give every prompt there is."""
    params = wb.METHODS[name].params.values()
    first = next((p for p in params if p.range is not None), None)
    if first is not None:
        slider = panel.control(name, first.name)
        before = panel.values(name).get(first.name, first.default)
        slider.press("ArrowLeft" if before == first.range.high else "ArrowRight")
        assert panel.values(name)[first.name] != before
    for param in params:
        if param.kind in ("points", "box", "curve"):
            prompt(panel, name, param)
            assert panel.values(name)[param.name]
    panel.rest()


def prompt(panel: Panel, name: str, param: Param) -> None:
    """Take the tool of a prompt and use it on the card's canvas: click, or drag around a coin."""
    mouse, size = panel.page.mouse, COINS.image.shape[:2]
    tool = panel.control(name, param.name)
    tool.scroll_into_view_if_needed()
    tool.click()
    panel.page.locator(f'canvas[data-view="{name}"]').scroll_into_view_if_needed()
    (top, left), (bottom, right) = COIN
    corners = [(top, left), (top, right), (bottom, right), (bottom, left), (top, left)]
    corners = {"points": [((top + bottom) / 2, (left + right) / 2)], "box": [corners[0], corners[2]]}.get(
        param.kind, corners
    )
    mouse.move(*panel.spot(name, *corners[0], size))
    mouse.down()
    for row, col in corners[1:]:
        mouse.move(*panel.spot(name, row, col, size), steps=4)
    mouse.up()
    if tool.get_attribute("aria-pressed") == "true":
        tool.scroll_into_view_if_needed()
        tool.click()
