"""How fast the compare page answers on the real server, beside the same page without the workbench.

make bench ARGS="-k latency"
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
import rival
from browser.conftest import COMPARE, NOTEBOOKS, QUIET
from browser.panel import DRAG, Panel
from playwright.sync_api import Browser, Page, sync_playwright
from serving import Server, serving, serving_dashboards

from workbench.server import free_port

MOVES = 200
VALUES = [round(0.1 * (n * 37 % 100), 1) for n in range(MOVES)]
Row = dict[str, str]


def rows(folder: Path) -> list[Row]:
    """Give the table: what, aim, measured. `folder` takes notebooks and logs."""
    with chromium() as browser:
        ours, found = page_rows(browser, folder)
        theirs = rival_times(browser, folder)
        slower = " and ".join(f"{theirs[mode][0] / ours[mode][0]:.1f}x" for mode in ours)
        told = "; ".join(f"{mode} {median:.0f} / {late:.0f} ms" for mode, (median, late) in theirs.items())
        beside = row("  beside ipywidgets.Image, JPEG, stock Voila", ">= 3x", f"{told}: {slower}")
        cold = row(
            "page opened to first mask, not preheated", "<= 2.5 s", f"{first_mask(browser, folder, 0):.2f} s"
        )
        warm = row(
            "page opened to first mask, preheated", "<= 1.2 s", f"{first_mask(browser, folder, 2):.2f} s"
        )
    return [*found[:2], beside, *found[2:], import_row(), warm, cold]


def page_rows(browser: Browser, folder: Path) -> tuple[dict[str, tuple[float, float]], list[Row]]:
    """Drag Otsu's slider on the compare page; watch what a look at it costs."""
    with serving_dashboards(NOTEBOOKS, folder / "ours.log", "--preheated", "1") as server:
        page = new_page(browser)
        received: list[int] = []
        page.on(
            "websocket", lambda socket: socket.on("framereceived", lambda data: received.append(len(data)))
        )
        panel = Panel(page).open(server.url + COMPARE)
        panel.pick("image", "camera")
        panel.rest()
        page.wait_for_timeout(8000)  # until the server has started the next visitor's kernel
        times: dict[str, tuple[float, float]] = {}
        size = 0.0
        for each, mode in ((True, "after each paint"), (False, "at 60 Hz")):
            received.clear()
            asked = {"card": "otsu", "param": "sigma", "values": VALUES, "each": each}
            paints = page.evaluate(DRAG, asked)
            times[mode] = quantiles([paint["paint"] - paint["input"] for paint in paints])
            if each:
                size = sum(received) / len(paints) / 1024
        moves = [
            row(f"slider to pixels, {mode}, Otsu 512x512", "<= 16.7 / 25 ms", f"{median:.1f} / {late:.1f} ms")
            for mode, (median, late) in times.items()
        ]
        rest = [
            row("bytes an update", "<= 15 KiB", f"{size:.1f} KiB"),
            row("kernel messages while looking", "0", str(messages_while_looking(panel))),
            row("the page's kernel", "<= 150 MiB", f"{kernel_size(server, panel):.0f} MiB"),
        ]
        page.context.close()
    return times, [*moves, *rest]


def rival_times(browser: Browser, folder: Path) -> dict[str, tuple[float, float]]:
    """Drag the slider of the page without the workbench, on a Voila as it comes."""
    rival.write(folder / "rival.ipynb")
    port = free_port(usual=0)
    command = ["-m", "voila", "rival.ipynb", f"--port={port}", "--no-browser", "--Voila.ip=127.0.0.1"]
    times = {}
    with serving(command, folder / "rival.log", port, "running at") as server:
        page = new_page(browser)
        page.goto(server.url)
        page.wait_for_function("document.querySelectorAll('img[src^=\"blob:\"]').length === 3")
        page.wait_for_timeout(2000)
        for each, mode in ((True, "after each paint"), (False, "at 60 Hz")):
            times[mode] = quantiles(page.evaluate(rival.DRAG, {"moves": MOVES - 20, "each": each}))
        page.context.close()
    return times


def first_mask(browser: Browser, folder: Path, preheated: int) -> float:
    """Give the median time from opening the page to its first mask, in s, with an empty browser cache."""
    taken = []
    with serving_dashboards(NOTEBOOKS, folder / "first.log", "--preheated", str(preheated)) as server:
        for _ in range(3):
            page = new_page(browser)
            page.wait_for_timeout(12000 if preheated else 1000)  # until the kernels are there
            panel = Panel(page).open(server.url + COMPARE)
            taken.append(
                panel.page.evaluate("Math.min(...workbench.paints.map((paint) => paint.paint))") / 1000
            )
            page.context.close()
    return statistics.median(taken)


def messages_while_looking(panel: Panel) -> int:
    """Change everything about the view and count what was sent meanwhile."""
    before, page = panel.sent, panel.page
    for mode in ("outline", "mask", "error", "swipe", "blink", "difference", "overlay"):
        page.locator(f'[data-mode="{mode}"]').click()
    page.get_by_label("palette").select_option("high-contrast")
    page.locator('[data-view-control="opacity"]').press("ArrowRight")
    page.locator('canvas[data-view="otsu"]').hover()
    page.mouse.wheel(0, -500)
    page.wait_for_timeout(500)
    return panel.sent - before


def kernel_size(server: Server, panel: Panel) -> float:
    """Give the resident size of the page's kernel in MiB."""
    told = panel.page.evaluate(
        "JSON.parse(document.querySelector('#jupyter-config-data').textContent).kernelId"
    )
    every = psutil.Process(server.process.pid).children(recursive=True)
    return max(one.memory_info().rss for one in every if told in " ".join(one.cmdline())) / 2**20


def import_row() -> Row:
    """Time `import workbench` with its panels in a fresh interpreter."""
    code = "import time; t = time.perf_counter(); import workbench; workbench.panels; "
    code += "print(time.perf_counter() - t)"
    taken = [float(subprocess.check_output([sys.executable, "-c", code])) for _ in range(5)]
    return row(
        "import workbench and its panels, without torch", "<= 1.0 s", f"{statistics.median(taken):.2f} s"
    )


def quantiles(taken: list[float]) -> tuple[float, float]:
    """Give median and 95th percentile."""
    return statistics.median(taken), statistics.quantiles(taken, n=20)[-1]


def row(what: str, aim: str, measured: str) -> Row:
    return {"what": what, "aim": aim, "measured": measured}


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start one headless Chromium, the system's where there is one."""
    import shutil

    found = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=QUIET)
        yield browser
        browser.close()


def new_page(browser: Browser) -> Page:
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.set_default_timeout(60_000)
    return page


@pytest.mark.timeout(600)
def test_latency(tmp_path: Path) -> None:
    print()
    for line in rows(tmp_path):
        print(f"{line['what']:<52} {line['aim']:<16} {line['measured']}")
