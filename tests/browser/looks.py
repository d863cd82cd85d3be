# ruff: noqa: E501  the scripts that run in the page are long lines of another language
"""What any page is looked at for: nothing cut, all readable, all named, and how much of it is pictures."""

from __future__ import annotations

from playwright.sync_api import Page

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


def faults(page: Page) -> dict[str, list[str]]:
    """Look for what is cut, cannot be read or has no name, in light and in dark: nothing where all is well."""
    found = {}
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        for _ in range(PATIENCE):
            page.wait_for_timeout(150)  # charts are drawn anew in the scheme's colours, which takes its time
            found[scheme] = [wrong for script in SCRIPTS for wrong in page.evaluate(script)]
            if not found[scheme]:
                break
    return {scheme: wrong for scheme, wrong in found.items() if wrong}


WIDER = "() => document.documentElement.scrollWidth > innerWidth ? ['the page is wider than the screen'] : []"
SCRIPTS = (WIDER, OVERFLOW, CLIPPED, CONTRAST, NAMELESS)
PATIENCE = 60  # looks, on a machine that does other work as well
