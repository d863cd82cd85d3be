"""The outputs page in a real browser: views, numbers, losses and lenses are what the package says."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from browser.conftest import Open, Watch
from browser.looks import PICTURED, faults
from browser.panel import PATIENCE, Panel, sample
from browser.test_stages_page import PIXEL
from playwright.sync_api import expect

import workbench as wb
from workbench.metrics.lens import prepare
from workbench.metrics.projection import projection
from workbench.panels.views import VIEWS, losses, view_of

pytestmark = pytest.mark.browser
OUTPUTS = "/voila/render/outputs.ipynb"
LOST = [255, 79, 195]

# The names that a view lists, with the colour beside each.
NAMED = """(view) => {
    const listed = [...document.querySelectorAll(`[data-card="${view}"] .wb-named li`)];
    const entry = (one) => [one.textContent.split(" × ")[0], one.querySelector("i").style.background];
    return Object.fromEntries(listed.map(entry));
}"""


@pytest.fixture(scope="module")
def page(watch: Watch) -> Panel:
    return watch.open(OUTPUTS)


def show(page: Panel, image: str, method: str) -> tuple[wb.Sample, Any]:
    """Bring the page to a picture and a method; give the sample and what the method answers."""
    one = sample(image)
    for what, value in {"image": image, "method": method}.items():
        if page.page.locator(f'[data-picker="{what}"]').input_value() != value:
            page.pick(what, value)
    page.page.wait_for_function(
        "method => (workbench.state().cards[0]?.method ?? 'truth') === method", arg=method, timeout=PATIENCE
    )
    page.page.wait_for_timeout(100)
    page.rest()
    return one, one.truth if method == "truth" else wb.run(method, one.image).output


@pytest.mark.parametrize(
    ("image", "method"),
    [("street", "truth"), ("coins", "watershed"), ("cells", "watershed"), ("coins", "slic")],
)
def test_views_and_numbers_are_the_packages(page: Panel, image: str, method: str) -> None:
    one, output = show(page, image, method)
    for name in VIEWS:
        found = prepare(one.truth, name, one.target).compare(output)
        assert page.painted(name) == view_of(found, name).sha256
        score = wb.score(one.truth, output, lens=name, target=one.target)
        slots = page.card(name).locator("[data-score]")
        for key in [slots.nth(n).get_attribute("data-score") for n in range(slots.count())]:
            expected = getattr(score, key or "")
            assert page.number(name, key or "") == expected or math.isnan(expected)


@pytest.mark.parametrize(("image", "method"), [("street", "truth"), ("coins", "kmeans"), ("cells", "otsu")])
def test_the_table_says_what_each_lens_makes_of_it(page: Panel, image: str, method: str) -> None:
    one, output = show(page, image, method)
    for lens in ("object", "semantic", "instance", "panoptic", "regions"):
        row = page.page.locator(f'[data-lens="{lens}"]')
        asked = prepare(one.truth, lens, one.target)
        expect(row.locator("[data-projection]")).to_contain_text(projection(asked, output))
        score = wb.score(one.truth, output, lens=lens, target=one.target)
        for key in score.headline:
            value = row.locator(f'[data-score="{key}"]').get_attribute("data-value")
            assert float(value or "nan") == pytest.approx(getattr(score, key), abs=0, nan_ok=True)
        expect(row.locator("td").last).to_contain_text("ms")
        if score.named_by_truth:
            expect(row).to_contain_text("upper bound")


def test_what_each_view_cannot_say_is_said_and_marked(page: Panel) -> None:
    one, output = show(page, "street", "truth")
    lost = losses(view_of(prepare(one.truth, "panoptic", one.target).compare(output), "panoptic"), output)
    size = one.image.shape[:2]
    cars = np.isin(one.truth.ids, [n for n, s in one.truth.segments.items() if s.category.name == "car"])
    ids = one.truth.ids
    row, col = np.argwhere((ids[:-1] != ids[1:]) & cars[:-1] & cars[1:])[10]
    spots = {"semantic": (row + 0.5, col), "panoptic": (row + 0.5, col)}
    switch = page.page.locator('[data-switch="losses"]')
    for name in VIEWS:
        expect(page.page.locator(f'[data-loss="{name}"]')).to_be_hidden()
    before = {name: _pixel(page, name, *spot, size) for name, spot in spots.items()}
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "true")
    for name in VIEWS:
        told = page.page.locator(f'[data-loss="{name}"]')
        expect(told).to_have_text(lost[name]["sentence"])
        expect(told).to_have_attribute("data-count", str(lost[name]["count"]))
    for name, spot in spots.items():
        marked = _pixel(page, name, *spot, size)
        assert marked != before[name]
        assert max(abs(a - b) for a, b in zip(marked, LOST, strict=True)) < 40
    road = np.argwhere(one.truth.category_ids() == one.truth.taxonomy["road"].id)
    row, col = next(spot for spot in road[len(road) // 2 :] if spot.sum() % 8 == 0)
    pink = _pixel(page, "instance", row + 0.5, col + 0.5, size)
    assert pink[0] > pink[1] + 60
    switch.click()
    expect(page.page.locator('[data-loss="semantic"]')).to_be_hidden()


def _pixel(page: Panel, view: str, row: float, col: float, size: tuple[int, int]) -> list[int]:
    page.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return page.page.evaluate(PIXEL, [view, *page.spot(view, row, col, size)])[:3]


def test_things_and_stuff_are_named_in_one_colour(page: Panel) -> None:
    show(page, "street", "truth")
    names = {name: page.page.evaluate(NAMED, name) for name in VIEWS}
    assert set(names["semantic"]) == set(names["panoptic"]) > set(names["instance"])
    assert set(names["instance"]) == {"car", "person", "sign"}
    for name, colour in names["semantic"].items():
        assert names["panoptic"][name] == colour
        assert names["instance"].get(name, colour) == colour
    expect(page.card("instance").locator(".wb-named")).to_contain_text("no stuff")
    expect(page.card("panoptic").locator(".wb-named")).to_contain_text("car × 2")
    expect(page.card("semantic").locator(".wb-named")).not_to_contain_text("×")


def test_undo_reload_and_the_key_that_has_nothing_to_show(page: Panel) -> None:
    show(page, "coins", "otsu")
    page.page.get_by_role("button", name="undo").click()
    page.rest()
    assert page.page.locator('[data-picker="method"]').input_value() != "otsu"
    page.page.get_by_role("button", name="redo").click()
    page.rest()
    page.page.locator('canvas[data-view="semantic"]').press("c")
    expect(page.page.locator('[data-mode="overlay"]')).to_have_attribute("aria-pressed", "true")
    page.page.wait_for_timeout(400)
    page.page.reload()
    page.page.wait_for_selector("[data-card]")
    page.rest()
    assert page.page.locator('[data-picker="method"]').input_value() == "otsu"
    assert page.page.locator('[data-picker="image"]').input_value() == "coins"


@pytest.mark.parametrize("size", [(1440, 900, ""), (390, 844, ""), (1920, 1080, "?projector")])
def test_nothing_is_cut_and_all_can_be_read(open_panel: Open, size: tuple[int, int, str]) -> None:
    width, height, query = size
    panel = open_panel(OUTPUTS + query, width=width, height=height)
    panel.page.locator('[data-switch="losses"]').click()
    assert faults(panel.page) == {}
    if width == 1440:
        assert panel.page.evaluate(PICTURED) >= 0.6
