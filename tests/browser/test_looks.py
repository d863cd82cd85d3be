# ruff: noqa: E501  the script that runs in the page has long lines of another language
"""How the compare page looks: sizes, contrast, names and order, at the widths people have, light and dark."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser.conftest import COMPARE, Open
from browser.looks import PICTURED, faults
from browser.panel import Panel

pytestmark = pytest.mark.browser
SIZES = {"laptop": (1440, 900, ""), "phone": (390, 844, ""), "projector": (1920, 1080, "?projector")}


def shoot(panel: Panel, folder: Path, name: str) -> None:
    panel.page.wait_for_timeout(300)
    panel.page.screenshot(path=folder / f"{name}.png", full_page=True)


@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_cut_and_all_can_be_read(open_panel: Open, tmp_path: Path, size: str) -> None:
    width, height, query = SIZES[size]
    panel = open_panel(COMPARE + query, width=width, height=height)
    shoot(panel, tmp_path, size)
    assert faults(panel.page) == {}


def test_a_page_that_opens_in_the_dark_is_dark(open_panel: Open) -> None:
    assert faults(open_panel(color_scheme="dark").page) == {}


def test_pictures_take_most_of_the_first_screen(open_panel: Open) -> None:
    panel = open_panel()
    assert panel.page.locator("[data-card]").count() == 4
    share = panel.page.evaluate(PICTURED)
    print(f"canvases take {100 * share:.0f} % of the first screen at 1440 x 900")
    assert share >= 0.6


def test_the_projector_enlarges_type(open_panel: Open) -> None:
    """By a quarter, and nothing else of the page's design."""
    size = "parseFloat(getComputedStyle(document.querySelector('.wb')).fontSize)"
    plain = open_panel().page.evaluate(size)
    assert open_panel(COMPARE + "?projector", width=1920).page.evaluate(size) == pytest.approx(1.25 * plain)


def test_focus_goes_in_the_order_of_reading(panel: Panel) -> None:
    """Tab walks through the bars, then from card to card, and shows where it is."""
    page = panel.page
    page.locator('[data-picker="image"]').focus()
    seen = []
    for _ in range(60):
        seen.append(
            page.evaluate(
                """() => {
                    const one = document.activeElement;
                    const outlined = getComputedStyle(one).outlineStyle !== "none" || getComputedStyle(one).boxShadow !== "none";
                    const place = one.closest(".wb-bar") ? "bar" : one.closest("[data-card]")?.dataset.card ?? "truth";
                    return { place: one.closest(".wb") ? place : "outside", outlined };
                }"""
            )
        )
        page.keyboard.press("Tab")
    places = [one["place"] for one in seen]
    order = list(dict.fromkeys(places))
    assert order[:3] == ["bar", "truth", "otsu"], order
    walked = [place for at, place in enumerate(places) if at == 0 or places[at - 1] != place]
    assert len(walked) == len(set(walked)), "focus comes back to a part that it had left"
    assert all(one["outlined"] for one in seen if one["place"] != "outside")


def test_a_screen_reader_hears_the_result(panel: Panel) -> None:
    panel.control("otsu", "sigma").press("Shift+ArrowRight")
    panel.rest()
    live = panel.page.locator('.wb [role="status"][aria-live="polite"]')
    panel.page.wait_for_function(
        "() => document.querySelector('.wb [role=\"status\"][aria-live]').textContent.includes('Otsu')"
    )
    said = live.inner_text() if live.inner_text() else live.text_content() or ""
    assert said.startswith("Otsu, IoU 0.")
    assert "segment" in said
    label = panel.page.locator('canvas[data-view="otsu"]').get_attribute("aria-label") or ""
    assert label == said
