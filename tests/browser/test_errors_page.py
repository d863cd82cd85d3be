"""Errors in a real browser: told when opened, outlined where they are, zoomed to, kept up with sliders."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from browser.conftest import COMPARE, Open
from browser.looks import faults
from browser.panel import Panel, sample
from browser.test_explore_page import EXPLORE
from browser.test_stages_page import PIXEL
from playwright.sync_api import Locator, expect

import workbench as wb
from workbench.metrics.errors import KINDS, counts, explain
from workbench.metrics.segments import segment_facts

pytestmark = pytest.mark.browser
COINS = sample("coins")
SIZE = COINS.image.shape[:2]
RED, YELLOW = [160, 0, 0], [240, 228, 66]


def expected(lens: str = "object", **values: Any) -> tuple[Any, ...]:
    output = wb.run("otsu", COINS.image, **values).output
    return explain(segment_facts(COINS.truth, output, lens=lens, target=COINS.target))  # type: ignore[arg-type]


def unfold(panel: Panel, card: str = "otsu") -> Locator:
    panel.card(card).locator('[data-open="errors"] summary').click()
    section = panel.card(card).locator('[data-section="errors"]')
    expect(section.locator("[data-kind]")).to_have_count(len(KINDS))
    return section


def shown(section: Locator) -> dict[str, int]:
    chips = section.locator("[data-kind]")
    return {
        str(one.get_attribute("data-kind")): int(one.get_attribute("data-count") or 0) for one in chips.all()
    }


def colour(panel: Panel, view: str, row: float, col: float) -> list[int]:
    panel.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return panel.page.evaluate(PIXEL, [view, *panel.spot(view, row - 0.5, col - 0.5, SIZE)])[:3]


@pytest.fixture
def page(panel: Panel) -> Iterator[Panel]:
    yield panel
    for fold in panel.page.locator('[data-open="errors"][open] summary').all():
        fold.click()
    panel.control("otsu", "sigma").press("Home")
    for _ in range(10):
        panel.control("otsu", "sigma").press("ArrowRight")
    if panel.state()["lens"] != "object":
        panel.pick("lens", "object")
    panel.page.get_by_role("button", name="reset view").click()
    panel.rest()


def test_nothing_is_asked_until_it_is_opened(page: Panel) -> None:
    expect(page.card("otsu").locator("[data-kind]")).to_have_count(0)
    section = unfold(page)
    assert shown(section) == counts(expected())
    expect(page.card("watershed").locator("[data-kind]")).to_have_count(0)


def test_the_list_is_worst_first_and_says_what_each_is(page: Panel) -> None:
    section = unfold(page)
    entries = section.locator("[data-error]")
    found = expected()
    expect(entries).to_have_count(len(found))
    told = [entries.nth(at).get_attribute("aria-label") for at in range(len(found))]
    assert told == [
        f"{one.kind}: coin, {one.area} pixel{'s' if one.area != 1 else ''}, IoU {one.iou:.3f}"
        for one in found
    ]


def test_a_kind_is_outlined_on_its_canvas(page: Panel) -> None:
    section = unfold(page)
    spurious = next(one for one in expected() if one.kind == "spurious")
    top, left, _, right = spurious.box
    before = colour(page, "otsu", top, (left + right) / 2)
    section.locator('[data-kind="spurious"]').click()
    expect(section.locator('[data-kind="spurious"]')).to_have_attribute("aria-pressed", "true")
    expect(section.locator(".wb-fate")).to_contain_text("a guess that meets no true segment")
    marked = colour(page, "otsu", top, (left + right) / 2)
    assert marked != before
    assert max(abs(a - b) for a, b in zip(marked, YELLOW, strict=True)) < 60
    expect(section.locator("[data-error]")).to_have_count(counts(expected())["spurious"])
    section.locator('[data-kind="spurious"]').click()
    assert colour(page, "otsu", top, (left + right) / 2) == before
    expect(section.locator("[data-error]")).to_have_count(len(expected()))


@pytest.mark.parametrize("key", ["click", "Enter"])
def test_a_segment_is_brought_into_all_canvases(page: Panel, key: str) -> None:
    section = unfold(page)
    found = expected()
    at = next(n for n, one in enumerate(found) if one.kind == "spurious")
    entry = section.locator(f'[data-error="{at}"]')
    entry.click() if key == "click" else entry.press(key)
    expect(entry).to_have_attribute("aria-pressed", "true")
    top, left, bottom, right = found[at].box
    for view in ("truth", "otsu", "watershed"):
        canvas = page.page.locator(f'canvas[data-view="{view}"]')
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        assert box is not None
        page.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.page.wait_for_timeout(100)
        readout = page.page.locator(".wb-readout").inner_text()
        row, column = (float(part) for part in _numbers(readout)[:2])
        assert abs(row - (top + bottom) / 2) <= 1.5
        assert abs(column - (left + right) / 2) <= 1.5
    entry.press("Escape")
    expect(section.locator('[aria-pressed="true"]')).to_have_count(0)
    section.locator('[data-kind="spurious"]').click()
    entry.press("Escape")
    expect(section.locator('[data-kind="spurious"]')).to_be_focused()


def _numbers(text: str) -> list[str]:
    return "".join(letter if letter.isdigit() else " " for letter in text).split()


def test_a_merge_is_white_where_the_truth_is_and_red_on_the_truths_canvas(page: Panel) -> None:
    section = unfold(page)
    section.locator('[data-kind="merge"]').click()
    merge = next(one for one in expected() if one.kind == "merge")
    boxes = segment_facts(COINS.truth, COINS.truth, target=COINS.target).found.truth_ids
    assert boxes is not None
    rows, columns = (boxes == merge.truth[0]).nonzero()
    row = int(rows.min())
    column = float(columns[rows == row].mean() + 0.5)
    assert min(colour(page, "otsu", row, column)) > 180
    red = colour(page, "truth", row, column)
    assert max(abs(a - b) for a, b in zip(red, RED, strict=True)) < 70


def test_it_follows_the_sliders_and_the_lens(page: Panel) -> None:
    section = unfold(page)
    page.control("otsu", "sigma").press("End")
    page.rest()
    expect(section.locator('[data-kind="matched"]')).to_have_attribute(
        "data-count", str(counts(expected(sigma=10.0))["matched"])
    )
    assert shown(section) == counts(expected(sigma=10.0))
    page.pick("lens", "regions")
    page.rest()
    found = counts(expected("regions", sigma=10.0))
    expect(section.locator('[data-kind="split"]')).to_have_attribute("data-count", str(found["split"]))
    assert shown(section) == found


def test_score_against_size_has_a_dot_for_every_truth(page: Panel) -> None:
    section = unfold(page)
    dots = section.locator(".wb-sizes circle")
    expect(dots).to_have_count(24)
    chart = section.locator(".wb-sizes svg")
    good = sum(one.kind == "matched" for one in expected())
    assert f"{good} of 24 true segments reach IoU 0.5" in (chart.get_attribute("aria-label") or "")
    at = dots.last.get_attribute("data-item")
    dots.last.dispatch_event("click")
    expect(section.locator(f'[data-error="{at}"]')).to_have_attribute("aria-pressed", "true")


def test_without_a_truth_it_says_so(page: Panel) -> None:
    page.pick("truth", "none")
    page.rest()
    page.card("otsu").locator('[data-open="errors"] summary').click()
    section = page.card("otsu").locator('[data-section="errors"]')
    expect(section).to_contain_text("no truth, so nothing is known to be wrong")
    page.pick("truth", "bundled")
    page.rest()
    expect(section.locator("[data-kind]")).to_have_count(len(KINDS))


@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_is_cut_and_all_can_be_read(open_panel: Open, width: int) -> None:
    panel = open_panel(COMPARE, width=width, height=900)
    unfold(panel).locator('[data-kind="merge"]').click()
    assert faults(panel.page) == {}


def test_the_explore_page_has_them_too(open_panel: Open) -> None:
    panel = open_panel(EXPLORE)
    assert shown(unfold(panel)) == counts(expected())
