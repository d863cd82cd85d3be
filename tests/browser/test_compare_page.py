"""The compare page in a real browser on the real server: what is on screen is what the package says."""

from __future__ import annotations

import json

import numpy as np
import pytest
from browser.conftest import Open
from browser.panel import DRAG, Panel, sample
from playwright.sync_api import expect

import workbench as wb
from workbench.metrics.lens import LENSES

pytestmark = pytest.mark.browser
COINS = sample("coins")
START = ["otsu", "watershed", "kmeans"]


@pytest.fixture
def coins(panel: Panel) -> Panel:
    """Bring the shared page back to where it starts."""
    first = {"image": "coins", "truth": "bundled", "lens": "object"}
    for what, value in first.items():
        if panel.state()[what] != value:
            panel.pick(what, value)
    for extra in [card["id"] for card in panel.state()["cards"] if card["id"] not in START]:
        panel.remove(extra)
    panel.rest()
    return panel


def verify(panel: Panel, card: str):
    return panel.verify(card, COINS.image, COINS.truth, COINS.target)


def test_first_masks_are_those_of_the_package(coins: Panel) -> None:
    assert [card["id"] for card in coins.state()["cards"]] == START
    for card in START:
        verify(coins, card)
    truth = coins.page.locator('canvas[data-view="truth"]')
    assert truth.get_attribute("role") == "img"


def test_slider_by_keyboard(coins: Panel) -> None:
    before, slider = coins.painted("otsu"), coins.control("otsu", "sigma")
    value = coins.values("otsu").get("sigma", 1.0)
    for _ in range(5):
        slider.press("Shift+ArrowRight")
    coins.rest()
    assert coins.values("otsu")["sigma"] == pytest.approx(value + 5)
    assert verify(coins, "otsu").sha256 != before
    slider.press("Home")
    coins.rest()
    assert coins.values("otsu")["sigma"] == 0
    verify(coins, "otsu")


def test_slider_by_mouse(coins: Panel) -> None:
    slider = coins.control("otsu", "sigma")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    coins.page.mouse.move(box["x"] + 8, middle)
    coins.page.mouse.down()
    for step in range(1, 20):
        coins.page.mouse.move(box["x"] + 8 + step * (box["width"] - 16) / 20, middle)
    coins.page.mouse.up()
    coins.rest()
    assert 8 < coins.values("otsu")["sigma"] <= 10
    verify(coins, "otsu")


def test_after_200_fast_moves_the_last_one_is_on_screen(coins: Panel) -> None:
    values = [round(0.1 * (n * 37 % 100), 1) for n in range(199)] + [4.2]
    coins.page.evaluate(
        """values => {
            const slider = document.querySelector('[data-card="otsu"] [data-param="sigma"]');
            for (const value of values) {
                slider.value = value;
                slider.dispatchEvent(new Event("input", { bubbles: true }));
            }
        }""",
        values,
    )
    verify(coins, "otsu")
    assert coins.values("otsu")["sigma"] == 4.2
    paints = coins.page.evaluate(
        DRAG, {"card": "otsu", "param": "sigma", "values": [*values, 2.6], "each": False}
    )
    result = verify(coins, "otsu")
    assert result.recipe.values["sigma"] == 2.6
    assert paints[-1]["recipe"] == result.recipe.sha256
    assert len(paints) > 5, "a drag that shows nothing on its way"
    coins.page.wait_for_timeout(300)
    assert coins.card("otsu").get_attribute("data-recipe") == result.recipe.sha256


def test_every_lens_scores_as_the_package_does(coins: Panel) -> None:
    for lens in LENSES:
        coins.pick("lens", lens)
        coins.rest()
        for card in START:
            verify(coins, card)


def test_another_image(coins: Panel) -> None:
    for name in ("camera", "mosaic"):
        coins.pick("image", name)
        coins.rest()
        other = sample(name)
        for card in START:
            coins.verify(card, other.image, other.truth, other.target)


def test_methods_come_and_go(coins: Panel) -> None:
    coins.pick("method", "fixed")
    coins.pick("method", "otsu")
    expect(coins.card("otsu-2")).to_have_attribute("data-state", "idle")
    verify(coins, "fixed")
    coins.control("otsu-2", "sigma").press("End")
    first, second = verify(coins, "otsu"), verify(coins, "otsu-2")
    assert first.sha256 != second.sha256
    coins.remove("fixed")
    expect(coins.card("fixed")).to_have_count(0)
    assert [card["id"] for card in coins.state()["cards"]] == [*START, "otsu-2"]


def test_undo_and_redo(coins: Panel) -> None:
    slider = coins.control("otsu", "sigma")
    slider.press("Home")
    first = verify(coins, "otsu").sha256
    coins.page.wait_for_timeout(900)  # what comes later is a step of its own
    slider.press("End")
    second = verify(coins, "otsu").sha256
    assert first != second
    coins.page.get_by_role("button", name="undo").click()
    assert verify(coins, "otsu").sha256 == first
    coins.page.get_by_role("button", name="redo").click()
    assert verify(coins, "otsu").sha256 == second


def test_no_truth_says_so(coins: Panel) -> None:
    coins.pick("truth", "none")
    expect(coins.card("otsu").locator(".wb-scores")).to_contain_text("no truth")
    expect(coins.page.locator("[data-score]")).to_have_count(0)
    coins.verify("otsu", COINS.image)


def test_looking_asks_the_kernel_nothing(coins: Panel) -> None:
    page, canvas = coins.page, coins.page.locator('canvas[data-view="otsu"]')
    box = canvas.bounding_box()
    assert box is not None
    coins.page.wait_for_timeout(300)
    before = coins.sent
    for mode in ("outline", "mask", "error", "swipe", "blink", "difference", "overlay"):
        page.locator(f'[data-mode="{mode}"]').click()
    for _ in range(5):
        page.locator('[data-view-control="opacity"]').press("ArrowRight")
    for palette in ("high-contrast", "print", "default"):
        page.get_by_label("palette").select_option(palette)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    for _ in range(4):
        page.mouse.wheel(0, -240)
    page.mouse.down()
    page.mouse.move(x + 40, y + 25, steps=6)
    page.mouse.up()
    page.mouse.move(x - 30, y, steps=10)
    page.mouse.click(x, y)
    canvas.focus()
    for key in ("[", "]", "e", "s", "b", "o", "+", "-", "1", "0", "?", "Escape"):
        page.keyboard.press(key)
    page.get_by_role("button", name="reset view").click()
    page.wait_for_timeout(500)
    assert coins.sent == before


def test_code_reproduces_the_mask(coins: Panel, run_python) -> None:
    coins.control("otsu", "sigma").press("Home")
    coins.control("otsu", "sigma").press("Shift+ArrowRight")
    result = verify(coins, "otsu")
    coins.card("otsu").locator('[data-open="code"] summary').click()
    code = coins.card("otsu").locator("pre code")
    expect(code).to_contain_text(result.sha256)
    done = run_python(code.inner_text() + "print(result.sha256)")
    assert done.stdout.strip() == result.sha256, done.stderr
    coins.card("otsu").locator('[data-open="code"] summary').click()


def test_stages_open_and_grow(coins: Panel) -> None:
    coins.card("otsu").locator('[data-open="stages"] summary').click()
    stages = coins.card("otsu").locator(".wb-stage")
    expect(stages.first).to_be_visible()
    assert stages.count() >= 2
    coins.card("otsu").locator('[data-stage="histogram"]').click()
    dialog = coins.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    coins.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    coins.card("otsu").locator('[data-open="stages"] summary').click()


def test_seeds_are_clicked(coins: Panel) -> None:
    coins.pick("method", "region-growing")
    automatic = verify(coins, "region-growing").sha256
    coins.control("region-growing", "seeds").click()
    coins.page.locator('canvas[data-view="region-growing"]').scroll_into_view_if_needed()
    coins.page.mouse.click(*coins.spot("region-growing", 120, 200, COINS.image.shape[:2]))
    expect(coins.card("region-growing")).to_contain_text("1 seed")
    ((row, col, kind),) = coins.values("region-growing")["seeds"]
    assert (abs(row - 120) <= 1, abs(col - 200) <= 1, kind) == (True, True, "object")
    assert verify(coins, "region-growing").sha256 != automatic


def test_a_box_is_dragged(coins: Panel) -> None:
    coins.pick("method", "grabcut")
    automatic = verify(coins, "grabcut").sha256
    coins.control("grabcut", "box").click()
    coins.page.locator('canvas[data-view="grabcut"]').scroll_into_view_if_needed()
    coins.page.mouse.move(*coins.spot("grabcut", 30, 40, COINS.image.shape[:2]))
    coins.page.mouse.down()
    coins.page.mouse.move(*coins.spot("grabcut", 200, 300, COINS.image.shape[:2]), steps=5)
    coins.page.mouse.up()
    coins.page.wait_for_function("workbench.state().cards.find((card) => card.id === 'grabcut').values.box")
    assert np.abs(np.subtract(coins.values("grabcut")["box"], [30, 40, 200, 300])).max() <= 2
    assert verify(coins, "grabcut").sha256 != automatic


def test_a_slow_method_shows_progress_and_is_cancelled(coins: Panel) -> None:
    coins.pick("image", "camera")
    coins.pick("method", "chan-vese")
    coins.rest()
    slider = coins.control("chan-vese", "iterations")
    slider.press("End")
    card = coins.card("chan-vese")
    expect(card).to_have_attribute("data-state", "running")
    cancel = card.get_by_role("button", name="cancel")
    expect(cancel).to_be_visible()
    cancel.dispatch_event(
        "click"
    )  # at once: on a quick machine the run ends while a click waits for stillness
    expect(card).to_have_attribute("data-state", "error")
    expect(card.get_by_role("alert")).to_contain_text("stopped")
    assert coins.values("chan-vese")["iterations"] > 100
    slider.press("Home")
    coins.rest()
    expect(card).to_have_attribute("data-state", "idle")
    expect(card.get_by_role("alert")).to_be_hidden()


def test_a_link_restores_the_page(open_panel: Open) -> None:
    first = open_panel(permissions=["clipboard-read", "clipboard-write"])
    first.control("otsu", "sigma").press("End")
    first.pick("lens", "panoptic")
    first.pick("method", "fixed")
    first.rest()
    first.page.get_by_role("button", name="share").click()
    assert "link" in first.notice("info")
    link = first.page.evaluate("navigator.clipboard.readText()")
    path = link[link.index("/voila") :]
    second = open_panel(path)
    assert second.state() == first.state()
    for card in ("otsu", "fixed"):
        assert verify(second, card).sha256 == first.painted(card)
    second.control("otsu", "sigma").press("Home")
    second.rest()
    second.page.wait_for_timeout(400)  # the state is stored when the hand rests
    second.page.reload()
    second.page.wait_for_selector('[data-card="fixed"]')
    assert second.values("otsu")["sigma"] == 0
    assert second.state()["lens"] == "panoptic"
    verify(second, "otsu")


def test_the_state_is_plain_json(coins: Panel) -> None:
    state = json.loads(coins.page.evaluate("JSON.stringify(workbench.state())"))
    assert {"v", "image", "truth", "lens", "cards", "view"} <= set(state)
    assert all(set(card) == {"id", "method", "values"} for card in state["cards"])
    assert all(wb.METHODS[card["method"]].check(card["values"]) is not None for card in state["cards"])
