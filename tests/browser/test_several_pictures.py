"""On several pictures: the page's numbers are `wb.score`'s, and are marked as old when a slider moves."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser.conftest import COMPARE, Open
from browser.looks import faults
from browser.panel import Panel, sample
from playwright.sync_api import expect

import workbench as wb
from workbench.panels.lines import others
from workbench.panels.pictures import bundled

pytestmark = pytest.mark.browser
NAMES = ["cells", *others(bundled("cells"))]


def measured(panel: Panel) -> None:
    panel.page.wait_for_function("document.querySelector('.wb-several').dataset.state === 'idle'")


@pytest.fixture
def several(open_panel: Open) -> Panel:
    panel = open_panel()
    panel.pick("image", "cells")
    panel.remove("unet-cells")
    panel.rest()
    panel.page.locator(".wb-several > summary").click()
    panel.page.locator(".wb-several").get_by_role("button", name="measure").click()
    measured(panel)
    return panel


def test_every_dot_is_a_score_and_the_mean_is_theirs(several: Panel, tmp_path: Path) -> None:
    page = several.page
    for card in ("otsu", "kmeans"):
        row = page.locator(f'.wb-several tr[data-of="{card}"]')
        dots = row.locator("circle")
        shown = {
            dots.nth(n).get_attribute("data-sample"): float(
                dots.nth(n).get_attribute("data-score-value") or "nan"
            )
            for n in range(dots.count())
        }
        expected = {}
        for name in NAMES:
            one = sample(name)
            found = wb.score(one.truth, wb.run(card, one.image).output, target=one.target)
            expected[name] = found.iou
        assert shown == expected
        mean = float(row.locator('[data-several="mean"]').get_attribute("data-value") or "nan")
        assert mean == pytest.approx(sum(expected.values()) / len(expected))
    expect(page.locator(".wb-verdicts li")).to_have_count(2)
    expect(page.locator(".wb-verdicts li").first).to_contain_text(
        f"of resamples; paired, {len(NAMES)} images"
    )
    page.locator(".wb-several").scroll_into_view_if_needed()
    page.screenshot(path=tmp_path / "several.png")
    assert faults(page) == {}


def test_a_slider_makes_the_numbers_old_and_a_dot_leads_to_its_picture(several: Panel) -> None:
    page = several.page
    several.control("otsu", "sigma").press("Shift+ArrowRight")
    expect(page.locator(".wb-several")).to_have_attribute("data-state", "stale")
    several.rest()
    page.locator(".wb-several").get_by_role("button", name="measure again").click()
    measured(several)
    page.locator('.wb-several tr[data-of="otsu"] circle[data-sample="street"]').click(force=True)
    several.rest()
    assert several.state()["image"] == "street"
    expect(page.locator(".wb-several")).to_have_attribute("data-state", "idle")  # the settings are the same


def test_on_a_phone_nothing_is_cut(open_panel: Open) -> None:
    panel = open_panel(COMPARE, width=390, height=844, color_scheme="dark")
    panel.page.locator(".wb-several > summary").click()
    assert faults(panel.page) == {}
