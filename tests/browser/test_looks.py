# ruff: noqa: E501  the scripts that run in the page are long lines of another language
"""How the compare page looks: sizes, contrast, names and order, at the widths people have, light and dark."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser.conftest import COMPARE, Open
from browser.panel import Panel

pytestmark = pytest.mark.browser
SIZES = {"laptop": (1440, 900, ""), "phone": (390, 844, ""), "projector": (1920, 1080, "?projector")}
LEAST = 4.5  # contrast of text, WCAG 2 level AA

OVERFLOW = """() => [...document.querySelectorAll(".wb *")].filter((one) => {
    const { left, right, width } = one.getBoundingClientRect();
    const away = one.closest(".wb-hidden, .wb-cross, [hidden], option");
    let scrolls = false; // a bar that scrolls sideways, as on a phone, is meant
    for (let at = one; at && !scrolls; at = at.parentElement) scrolls = ["auto", "scroll"].includes(getComputedStyle(at).overflowX);
    return width > 0 && !away && !scrolls && (left < -1 || right > innerWidth + 1);
}).map((one) => `${one.tagName}.${one.className}`)"""

CLIPPED = """() => [...document.querySelectorAll(".wb button, .wb summary, .wb h3, .wb label, .wb [data-score]")].filter((one) => {
    const shown = one.offsetParent && getComputedStyle(one).overflow !== "visible";
    return shown && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 2);
}).map((one) => `${one.tagName}.${one.className}: ${one.textContent}`)"""

# The share of the first screen that pictures take: their frames, cut at the fold.
PICTURED = """() => [...document.querySelectorAll("canvas[data-view]")].reduce((sum, canvas) => {
    const box = canvas.getBoundingClientRect();
    const high = Math.min(box.bottom, innerHeight) - Math.max(box.top, 0);
    return sum + Math.max(0, high) * box.width;
}, 0) / (innerWidth * innerHeight)"""

# Contrast of every piece of text against the nearest opaque ground behind it.
CONTRAST = """() => {
    const brush = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    const rgba = (colour) => {
        brush.clearRect(0, 0, 1, 1);
        brush.fillStyle = colour;
        brush.fillRect(0, 0, 1, 1);
        return [...brush.getImageData(0, 0, 1, 1).data];
    };
    const light = ([r, g, b]) => [r, g, b].reduce((sum, part, at) => {
        const value = part / 255;
        return sum + [0.2126, 0.7152, 0.0722][at] * (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    }, 0);
    const ground = (one) => {
        for (let at = one; at; at = at.parentElement) {
            const colour = rgba(getComputedStyle(at).backgroundColor);
            if (colour[3] === 255) return colour;
        }
        return rgba(getComputedStyle(document.documentElement).colorScheme.includes("dark") ? "black" : "white");
    };
    const low = [];
    for (const one of document.querySelectorAll(".wb *")) {
        const text = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
        const box = one.getBoundingClientRect();
        if (!text || !box.width || one.closest(":disabled, .idle, [hidden], option, .wb-frame, .wb-hidden") || one.matches(":disabled *")) continue;
        if (getComputedStyle(one).visibility === "hidden") continue;
        const [front, back] = [light(rgba(getComputedStyle(one).color)), light(ground(one))];
        const ratio = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
        if (ratio < LEAST) low.push(`${ratio.toFixed(2)} ${one.tagName}.${one.className}: ${one.textContent.slice(0, 40)}`);
    }
    return low;
}""".replace("LEAST", str(LEAST))

NAMELESS = """() => [...document.querySelectorAll(".wb input, .wb select, .wb button, .wb canvas[data-view], .wb summary")].filter((one) => {
    if (one.closest("[hidden]") || one.type === "file") return false;
    const labelled = one.labels?.length ? [...one.labels].map((label) => label.textContent).join("") : "";
    return !(one.getAttribute("aria-label") || labelled.trim() || (one.matches("button, summary") && one.textContent.trim()));
}).map((one) => one.outerHTML.slice(0, 120))"""


def shoot(panel: Panel, folder: Path, name: str) -> None:
    panel.page.wait_for_timeout(300)
    panel.page.screenshot(path=folder / f"{name}.png", full_page=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_cut_and_all_can_be_read(open_panel: Open, tmp_path: Path, size: str, scheme: str) -> None:
    width, height, query = SIZES[size]
    panel = open_panel(COMPARE + query, width=width, height=height, color_scheme=scheme)
    shoot(panel, tmp_path, f"{size}-{scheme}")
    page = panel.page
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(OVERFLOW) == []
    assert page.evaluate(CLIPPED) == []
    assert page.evaluate(CONTRAST) == []
    assert page.evaluate(NAMELESS) == []


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
