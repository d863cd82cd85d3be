"""The train page in a real browser: a network learns, is held, cancelled, kept, and fails in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser.conftest import NOTEBOOKS, Watch
from browser.looks import PICTURED, faults
from browser.panel import PATIENCE, Panel
from playwright.sync_api import Browser, Page, expect
from serving import serving_dashboards

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]
TRAIN = "/voila/render/train.ipynb"
PIXELS = """() => {
    const canvas = document.querySelector('canvas[data-view="guess-1"]');
    const { width, height } = canvas;
    return canvas.getContext("2d").getImageData(0, 0, width, height).data.reduce((sum, part, at) => (sum * 31 + part + at) % 1000003, 7);
}"""  # noqa: E501


@pytest.fixture(scope="module")
def watching(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    """Serve the dashboards with a folder of weights of their own; a kernel for the compare page waits."""
    expect.set_options(timeout=PATIENCE)
    weights, log = tmp_path_factory.mktemp("weights"), tmp_path_factory.mktemp("log") / "server.log"
    quiet = {"WORKBENCH_WEIGHTS": str(weights), "OMP_NUM_THREADS": "1"}
    with serving_dashboards(NOTEBOOKS, log, "--preheated", "1", **quiet) as server:
        made = Watch(chromium, server.url)
        made.weights = weights  # type: ignore[attr-defined]
        yield made
        for context in list(chromium.contexts):
            context.close()
    assert made.elsewhere == []
    assert made.faults == []


@pytest.fixture(scope="module")
def opened(watching: Watch) -> Page:
    return watching.open(TRAIN).page


def painted(page: Page, step: str) -> int:
    """Wait until the prediction of a step rests on the first picture, and give the sum of its pixels."""
    expect(page.locator(".wb-tag").nth(2)).to_contain_text(f"step {step}, ")
    # Outlines follow when a mask has rested for a moment; what stays the same for five looks is complete.
    seen: list[int] = []
    while len(seen) < 5 or len(set(seen[-5:])) > 1:
        seen.append(page.evaluate(PIXELS))
        page.wait_for_timeout(120)
    return seen[-1]


def fill(page: Page, **numbers: float) -> None:
    for name, value in numbers.items():
        page.locator(f'[data-number="{name}"]').fill(str(value))


def press(page: Page, what: str) -> None:
    page.locator(f'[data-do="{what}"]').click()


def wait(page: Page, status: str) -> None:
    # A first training waits for PyTorch, which takes its time on a busy machine.
    expect(page.locator(".wb-train")).to_have_attribute("data-status", status, timeout=2 * PATIENCE)


def points(page: Page, chart: str) -> int:
    return int(page.locator(f'[data-growth="{chart}"]').get_attribute("data-points") or 0)


def at_least(page: Page, chart: str, count: int) -> None:
    page.wait_for_function(
        "([chart, count]) => document.querySelector(`[data-growth=${chart}]`).dataset.points >= count",
        arg=[chart, count],
    )


def looks_right(page: Page) -> None:
    """Nothing is cut, all can be read, at the widths people have, light and dark."""
    for width, height in ((390, 844), (1440, 900)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(250)
        assert faults(page) == {}
    assert page.evaluate(PICTURED) >= 0.6


def test_it_says_what_it_costs_before_it_starts(opened: Page) -> None:
    said = opened.locator(".wb-said")
    # PyTorch is loaded first, which takes its time on a busy machine.
    expect(said).to_contain_text("400 steps on the processor: about", timeout=2 * PATIENCE)
    looks_right(opened)
    fill(opened, steps=5)
    expect(said).to_have_text("train: steps must be from 10 to 20000, got 5")
    press(opened, "start")
    expect(opened.locator('.wb-notice[data-level="error"]')).to_contain_text("steps must be from 10")
    opened.locator('.wb-notice [aria-label="close"]').click()
    opened.locator('[data-picker="network"]').select_option("fcn8")
    fill(opened, steps=40, pictures=8)
    expect(said).to_contain_text("40 steps on the processor: about")


def test_it_learns_while_one_watches(opened: Page) -> None:
    before = opened.evaluate(PIXELS)
    press(opened, "start")
    at_least(opened, "loss", 3)
    first = opened.evaluate(PIXELS)
    assert first != before
    expect(opened.locator('[data-picker="network"]')).to_be_disabled()
    press(opened, "pause")
    wait(opened, "paused")
    opened.wait_for_timeout(1000)
    held = points(opened, "loss")
    opened.locator('[data-pace="0.5"]').click()
    opened.wait_for_timeout(700)
    assert points(opened, "loss") == held < 40
    press(opened, "resume")
    wait(opened, "done")
    assert points(opened, "loss") == 40
    assert points(opened, "score") >= 2 * 10
    assert painted(opened, "40") != first
    expect(opened.locator(".wb-said")).to_contain_text("Done: 40 steps")
    assert opened.locator(".wb-tag").nth(2).inner_text().startswith("step 40, IoU 0.")


def test_one_can_go_back_to_what_it_said(opened: Page) -> None:
    newest = painted(opened, "40")
    slider = opened.locator(".wb-scrub input")
    slider.press("Home")
    expect(opened.locator(".wb-scrub output")).to_have_text("step 0")
    assert painted(opened, "0") != newest
    slider.press("End")
    expect(opened.locator(".wb-scrub output")).to_have_text("step 40, the newest")
    opened.wait_for_function(f"({PIXELS})() === {newest}")
    opened.locator('[data-mode="error"]').click()
    assert painted(opened, "40") != newest
    opened.locator('[data-mode="mask"]').click()


def test_what_it_learnt_is_put_into_compare(opened: Page, watching: Watch) -> None:
    with opened.context.expect_page() as coming:
        press(opened, "keep")
    compare = coming.value
    watching.listen(compare)
    panel = Panel(compare)
    compare.wait_for_selector('[data-card="fcn8-street-own-1"]', timeout=PATIENCE)
    panel.rest()
    card = panel.card("fcn8-street-own-1")
    assert card.get_attribute("data-state") == "idle", card.inner_text()
    assert panel.number("fcn8-street-own-1", "miou") > 0.02
    folder: Path = watching.weights  # type: ignore[attr-defined]
    assert {path.name for path in folder.iterdir()} == {
        "fcn8-street-own-1.json", "fcn8-street-own-1.safetensors",
    }  # fmt: skip
    compare.close()


def test_a_rate_too_high_is_one_sentence(opened: Page) -> None:
    opened.locator('[data-preset="steep"]').click()
    fill(opened, pictures=8)
    press(opened, "start")
    wait(opened, "failed")
    told = opened.locator(".wb-stopped")
    expect(told).to_contain_text("no number to go down from")
    assert "Traceback" not in told.inner_text()
    looks_right(opened)


def test_it_is_cancelled_and_another_begins(opened: Page) -> None:
    opened.locator('[data-preset="overfit"]').click()
    fill(opened, steps=5000)
    press(opened, "start")
    wait(opened, "running")
    at_least(opened, "loss", 2)
    expect(opened.locator(".wb-stopped")).to_be_hidden()
    press(opened, "cancel")
    wait(opened, "cancelled")
    expect(opened.locator('[data-do="start"]')).to_be_enabled()


def test_a_reload_says_that_the_training_is_gone(opened: Page) -> None:
    press(opened, "start")
    wait(opened, "running")
    opened.reload()
    expect(opened.locator('.wb-notice[data-level="error"]')).to_contain_text("ended with its kernel")
    expect(opened.locator('[data-number="steps"]')).to_have_value("5000")
