"""The catalogue as a person meets it: every method fills in, leads on to explore, and stops when told to."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import pytest
from browser.conftest import Watch
from playwright.sync_api import Page, expect

import workbench as wb
from workbench.evaluation.table import read
from workbench.panels.gallery import lens_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]
PATH = "/voila/render/methods.ipynb"
LONG = 240_000  # ms; every method runs, and the machine may be busy with others
SETTLED = """() => {
  const cards = [...document.querySelectorAll("[data-card]")];
  return cards.length > 0 && cards.every((card) => ["idle", "error"].includes(card.dataset.state));
}"""


def open_page(watch: Watch, width: int = 1440, height: int = 900, **more: Any) -> Page:
    visitor = watch.browser.new_context(viewport={"width": width, "height": height}, **more)
    visitor.set_default_timeout(LONG)
    page = visitor.new_page()
    watch.listen(page)
    page.goto(watch.home + PATH)
    page.wait_for_selector('[data-card][data-state="idle"]')
    return page


@pytest.fixture(scope="module")
def page(watch: Watch) -> Page:
    """Give one page that the tests of this file share, in order."""
    page = open_page(watch)
    page.wait_for_function(SETTLED, timeout=LONG)
    return page


def card(page: Page, name: str) -> Any:
    return page.locator(f'[data-card="{name}"]')


def state_of(link: str) -> dict[str, Any]:
    text = link.partition("#state=")[2]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def shades(page: Page, name: str) -> int:
    """Count the colours on a thumbnail."""
    return page.evaluate(
        """(name) => {
          const canvas = document.querySelector(`canvas[data-view="${name}"]`);
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          return new Set(new Uint32Array(data.buffer)).size;
        }""",
        name,
    )


def test_every_method_is_there_by_family_and_has_answered(page: Page) -> None:
    cards = page.locator("[data-card]")
    by_family = dict.fromkeys(method.family for method in wb.METHODS.values())
    wanted = [n for family in by_family for n, method in wb.METHODS.items() if method.family == family]
    assert [one.get_attribute("data-card") for one in cards.all()] == wanted
    assert page.locator(".wb-family").count() == len(by_family)
    failed = [one.get_attribute("data-card") for one in page.locator('[data-card][data-state="error"]').all()]
    assert failed == [name for name, method in wb.METHODS.items() if not method.available]
    expect(page.locator(".wb-count")).to_have_text(f"all {len(wb.METHODS)}")


@pytest.mark.parametrize("name", ["otsu", "slic"])
def test_a_card_shows_the_mask_the_score_and_what_the_method_is_good_at(page: Page, name: str) -> None:
    coins, method = wb.samples.load("coins"), wb.METHODS[name]
    score = wb.score(coins.truth, wb.run(name, coins.image).output, lens=lens_of(method), target=coins.target)
    slot = card(page, name).locator("[data-score]")
    assert slot.get_attribute("data-score") == score.headline[0]
    assert float(slot.get_attribute("data-value")) == getattr(score, score.headline[0])
    words = card(page, name).inner_text()
    assert method.title in words
    assert method.source in words
    assert "best on " in words
    assert re.search(r"\d (ms|s)\b", words)
    assert shades(page, name) > 500


def test_the_sentences_name_the_best_methods_for_the_picture(page: Page) -> None:
    coins = [row for row in read() if row.sample == "coins" and row.lens == "object"]
    best = max(coins, key=lambda row: row.chosen_score)
    assert wb.METHODS[best.method].title in page.locator(".wb-which p").first.inner_text()


def test_the_keyboard_goes_from_card_to_card(page: Page) -> None:
    links = page.locator(".wb-glance a")
    links.first.focus()
    page.keyboard.press("ArrowRight")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("End")
    expect(links.last).to_be_focused()
    page.keyboard.press("Home")
    expect(links.first).to_be_focused()


def test_the_heat_map_is_a_table_with_a_finding(page: Page) -> None:
    heat = page.locator(".wb-heat").first
    rows = [row for row in read() if row.lens == "object"]
    assert heat.locator("tbody tr").count() == len({row.method for row in rows})
    assert heat.locator("caption").inner_text().endswith(".")
    first = heat.locator("tbody td").first
    assert first.inner_text() == f"{rows[0].chosen_score:.2f}"
    assert "chosen on the other pictures" in first.get_attribute("title")


def test_a_card_leads_to_the_method_in_explore(page: Page, watch: Watch) -> None:
    link = card(page, "kmeans").locator("a").get_attribute("href")
    state = state_of(link)
    assert (state["image"], state["lens"]) == ("coins", "regions")
    assert state["cards"][0]["method"] == "kmeans"
    visitor = page.context.new_page()
    watch.listen(visitor)
    visitor.goto(watch.home + PATH.replace("methods.ipynb", link))
    visitor.wait_for_selector('[data-card="kmeans"][data-state="idle"]')
    assert visitor.evaluate("workbench.state()")["lens"] == "regions"
    visitor.close()


def test_another_picture_is_answered_anew_and_stays_after_a_reload(page: Page) -> None:
    page.locator('[data-picker="image"]').select_option("cell")
    cell = wb.samples.load("cell")
    iou = wb.score(cell.truth, wb.run("otsu", cell.image).output, target=cell.target).iou
    expect(card(page, "otsu").locator("[data-score]")).to_have_attribute("data-value", str(iou), timeout=LONG)
    assert state_of(card(page, "otsu").locator("a").get_attribute("href"))["image"] == "cell"
    page.reload()
    page.wait_for_selector('[data-card="otsu"][data-state="idle"]')
    expect(page.locator('[data-picker="image"]')).to_have_value("cell")


def test_what_is_stopped_says_so_and_can_go_on(page: Page) -> None:
    page.locator('[data-picker="image"]').select_option("coins")
    button = page.locator(".wb-gallery-bar button")
    expect(button).to_have_text("stop")
    button.click()
    page.wait_for_function(SETTLED, timeout=LONG)
    stopped = page.locator('[data-card][data-state="error"]')
    assert stopped.count() > 0
    assert "press go on" in stopped.last.inner_text()
    expect(button).to_have_text("go on")
    button.click()
    page.wait_for_function(SETTLED, timeout=LONG)
    expect(button).to_be_hidden()


def test_on_a_phone_two_cards_stand_side_by_side_and_nothing_hangs_over(watch: Watch) -> None:
    page = open_page(watch, 390, 844, has_touch=True, is_mobile=True)
    boxes = [one.bounding_box() for one in page.locator("[data-card]").all()[:2]]
    assert boxes[0]["y"] == boxes[1]["y"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.context.close()
