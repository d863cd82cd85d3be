"""Take the pictures of the dashboards that the README and the home page show: `make pictures`."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from browser.conftest import COMPARE, NOTEBOOKS, QUIET
from browser.panel import PATIENCE, Panel
from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from serving import serving_dashboards

PICTURES = Path(__file__).parents[2] / "data" / "pictures"
LARGEST = 350 * 1024  # bytes of a picture
# name, which begins with its page's: width, height, scheme, query
SHOTS = {
    "class": (1440, 900, "light", ""),
    "compare": (1440, 900, "light", ""),
    "compare-dark": (1440, 900, "dark", ""),
    "compare-phone": (390, 844, "light", ""),
    "compare-projector": (1920, 1080, "light", "?projector"),
    "explore": (1440, 900, "light", ""),
    "methods": (1440, 900, "light", ""),
    "metrics": (1440, 900, "light", ""),
    "outputs": (1440, 900, "light", ""),
    "train": (1440, 900, "light", ""),
}


def take(browser: Browser, home: str, name: str) -> bytes:
    """Open the page at one size and scheme and give its first screen as PNG, quantised."""
    width, height, scheme, query = SHOTS[name]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    context.set_default_timeout(PATIENCE)
    page = COMPARE.replace("compare", name.partition("-")[0])
    panel = Panel(context.new_page()).open(home + page + query)
    panel.page.wait_for_selector(".wb-explore[data-state='running']", state="detached")
    if name == "train":  # a page on which something was learnt
        panel.page.locator('[data-do="start"]').click()
        panel.page.wait_for_selector(".wb-train[data-status='done']", timeout=6 * PATIENCE)
    panel.page.wait_for_timeout(800)  # outlines follow when the masks rest
    data = panel.page.screenshot()
    context.close()
    return quantised(data)


def quantised(data: bytes) -> bytes:
    """Write a PNG with the most colours that keep it below `LARGEST`."""
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    for colours in (256, 192, 128, 96, 64, 48, 32):
        out = io.BytesIO()
        picture.quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        if out.tell() < LARGEST:
            break
    return out.getvalue()


def main() -> None:
    """Write all pictures."""
    import shutil

    found = shutil.which("chromium") or shutil.which("google-chrome")
    PICTURES.mkdir(parents=True, exist_ok=True)
    log = Path(tempfile.mkdtemp()) / "server.log"
    with sync_playwright() as playwright, serving_dashboards(NOTEBOOKS, log, "--preheated", "1") as server:
        browser = playwright.chromium.launch(executable_path=found, args=QUIET)
        for name in SHOTS:
            data = take(browser, server.url, name)
            (PICTURES / f"{name}.png").write_bytes(data)
            print(f"{name}.png {len(data) / 1024:.0f} KiB")
        browser.close()


if __name__ == "__main__":
    main()
