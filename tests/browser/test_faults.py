"""What goes wrong stays on its card: crashes, endless loops, greed, killed workers, killed kernels."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from browser.conftest import Open, Watch
from browser.panel import PATIENCE, Panel, sample
from playwright.sync_api import Browser, expect
from serving import Server, serving_dashboards, write_notebook

import workbench as wb

pytestmark = pytest.mark.browser
COINS = sample("coins")

# Methods that no library should hold, in a module that the notebook and its workers both import.
BAD = '''
import ctypes
import time
from typing import Annotated

import numpy as np

import workbench as wb

Wish = Annotated[int, wb.Range(0, 9, 1), wb.Label("Wish", "0 behaves.")]


def behave(image):
    return wb.Segmentation.from_mask(image[..., 0] > 100)


@wb.method("Crash", family="bad", yields="foreground", source="nobody")
def crash(image, *, wish: Wish = 0):
    """Read where no memory is."""
    return ctypes.string_at(0) if wish else behave(image)


@wb.method("Endless", family="bad", yields="foreground", source="nobody")
def endless(image, *, wish: Wish = 0):
    """Never come back."""
    while wish:
        time.sleep(0.01)
    return behave(image)


@wb.method("Greedy", family="bad", yields="foreground", source="nobody")
def greedy(image, *, wish: Wish = 0):
    """Ask for 50 GB."""
    if wish:
        np.ones(50 * 2**30, np.uint8)
    return behave(image)
'''
# The workers come from a fork server of the panel's own; it must know the module as well.
START = """
from workbench import panels, pools
import bad_methods
pools.PRELOAD.append("bad_methods")
panels.compare("coins", ["otsu", "crash", "endless", "greedy"])
"""
CARDS = ["otsu", "crash", "endless", "greedy"]


@pytest.fixture(scope="module")
def bad_site(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("bad")
    (folder / "bad_methods.py").write_text(BAD)
    write_notebook(folder / "compare.ipynb", START)
    places = os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")]))
    log = tmp_path_factory.mktemp("log") / "server.log"
    with serving_dashboards(folder, log, "--preheated", "0", PYTHONPATH=places) as running:
        yield running


@pytest.fixture(scope="module")
def bad(chromium: Browser, bad_site: Server) -> Iterator[Panel]:
    """Give the page with the methods that misbehave."""
    watching = Watch(chromium, bad_site.url)
    opened = watching.open()
    yield opened
    opened.page.context.close()
    assert watching.elsewhere == []
    assert watching.faults == []


def verify_otsu(panel: Panel) -> None:
    """Show that the page lives: Otsu answers a new value, and rightly."""
    slider = panel.control("otsu", "sigma")
    slider.press("ArrowRight")
    panel.verify("otsu", COINS.image, COINS.truth, COINS.target)


def wish(panel: Panel, card: str, number: int) -> None:
    panel.control(card, "wish").press("Home")
    panel.rest()
    for _ in range(number):
        panel.control(card, "wish").press("ArrowRight")


def sentence(panel: Panel, card: str) -> str:
    expect(panel.card(card)).to_have_attribute("data-state", "error")
    said = panel.card(card).get_by_role("alert").locator("span").inner_text()
    assert "Traceback" not in said
    assert "\n" not in said
    return said


@pytest.mark.parametrize(("card", "words"), [("crash", "segmentation fault"), ("greedy", "memory")])
def test_a_method_that_breaks_is_told_on_its_card(bad: Panel, card: str, words: str) -> None:
    good = bad.painted(card)
    wish(bad, card, 1)
    assert words in sentence(bad, card)
    expect(bad.card(card).get_by_role("alert")).to_contain_text("Wish 0")  # whose mask is still shown
    assert bad.painted(card) == good
    verify_otsu(bad)
    wish(bad, card, 0)
    expect(bad.card(card)).to_have_attribute("data-state", "idle")


def test_an_endless_method_is_cancelled(bad: Panel) -> None:
    wish(bad, "endless", 1)
    expect(bad.card("endless")).to_have_attribute("data-state", "running")
    bad.card("endless").get_by_role("button", name="cancel").click()
    assert "stopped" in sentence(bad, "endless")
    verify_otsu(bad)
    wish(bad, "endless", 0)
    expect(bad.card("endless")).to_have_attribute("data-state", "idle")


def test_a_newer_value_ends_an_endless_run(bad: Panel) -> None:
    wish(bad, "endless", 1)
    expect(bad.card("endless")).to_have_attribute("data-state", "running")
    bad.control("endless", "wish").press("Home")
    expect(bad.card("endless")).to_have_attribute("data-state", "idle")
    verify_otsu(bad)


def test_a_worker_killed_in_the_middle(bad: Panel, bad_site: Server) -> None:
    before = busy_workers(bad_site)
    wish(bad, "endless", 1)
    expect(bad.card("endless")).to_have_attribute("data-state", "running")
    for worker in before:
        if worker.is_running():
            worker.send_signal(signal.SIGKILL)
    assert "killed" in sentence(bad, "endless")
    verify_otsu(bad)
    wish(bad, "endless", 0)
    expect(bad.card("endless")).to_have_attribute("data-state", "idle")


def busy_workers(server: Server) -> list[psutil.Process]:
    """Give the worker processes: the children of the kernels' fork servers."""
    every = psutil.Process(server.process.pid).children(recursive=True)
    keepers = [one for one in every if "multiprocessing.forkserver" in command_of(one)]
    pids = {one.pid for one in keepers}
    return [one for one in keepers if one.ppid() in pids]


def test_a_killed_kernel_is_told_and_a_reload_recovers(
    open_panel: Open, watch: Watch, dashboard: Server
) -> None:
    kernels = set(running_kernels(dashboard))
    panel = open_panel()
    panel.control("otsu", "sigma").press("End")
    panel.pick("lens", "panoptic")
    panel.rest()
    state = panel.state()
    (mine,) = [kernel for kernel in kernels | set(running_kernels(dashboard)) if serves(panel, kernel)]
    panel.page.evaluate('document.querySelector(\'[data-card="otsu"] [data-param="sigma"]\').focus()')
    for _ in range(5):
        panel.page.keyboard.press("ArrowLeft")
    mine.send_signal(signal.SIGKILL)
    for _ in range(5):
        panel.page.keyboard.press("ArrowLeft")
    banner = panel.page.locator(".wb-banner")
    expect(banner).to_contain_text("kernel")
    state = panel.state()
    panel.page.wait_for_timeout(400)  # the state is stored when the hand rests
    banner.get_by_role("button", name="reload").click()
    panel.page.wait_for_function("window.workbench?.state().lens === 'panoptic'", timeout=PATIENCE)
    panel.rest()
    assert panel.state() == state
    panel.verify("otsu", COINS.image, COINS.truth, COINS.target)
    watch.faults.clear()  # what Voila says of a kernel that went is no fault of the page


def running_kernels(server: Server) -> list[psutil.Process]:
    every = psutil.Process(server.process.pid).children(recursive=True)
    return [one for one in every if "ipykernel_launcher" in command_of(one)]


def command_of(process: psutil.Process) -> str:
    """Give the command of a process; nothing where it has ended meanwhile."""
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:  # a zombie is one of these
        return ""


def serves(panel: Panel, kernel: psutil.Process) -> bool:
    """Tell whether this process is the page's kernel: its connection file carries the kernel's id."""
    ours = panel.page.evaluate(
        "JSON.parse(document.querySelector('#jupyter-config-data').textContent).kernelId"
    )
    return ours in command_of(kernel)


@pytest.mark.parametrize(
    "state",
    [
        {"cards": [{"id": "otsu", "method": "otsu", "values": {"sigma": -1}}]},
        {"cards": [{"id": "otsu", "method": "otsu", "values": {"sigma": "<b>high</b>"}}]},
        {"cards": [{"id": "otsu", "method": "no-such-method", "values": {}}]},
        {"cards": "many"},
        {"lens": "no-such-lens"},
        {"image": "../../etc/passwd"},
        {"v": 99},
    ],
    ids=["value", "type", "method", "cards", "lens", "image", "version"],
)
def test_a_link_with_a_bad_value_is_told(open_panel: Open, state: dict) -> None:
    """Whatever a link says, the page opens and says what is wrong in a sentence."""
    import base64

    whole = {"v": 1, "image": "coins", "truth": "bundled", "lens": "object", "cards": [], **state}
    text = base64.urlsafe_b64encode(json.dumps(whole).encode()).decode().rstrip("=")
    panel = open_panel(f"/voila/render/compare.ipynb#state={text}")
    told = panel.page.locator('.wb-error:visible span, .wb-notice[data-level="error"] > span').first
    expect(told).to_be_visible()
    assert "Traceback" not in told.inner_text()
    assert re.search(r"sigma|method|cards|lens|image|sample|version", told.inner_text())


def test_uploads_vanish_with_their_kernel(chromium: Browser, tmp_path: Path, dashboard: Server) -> None:
    """A page that is closed takes its kernel along, and with it what was opened there."""
    watching = Watch(chromium, dashboard.url)
    before = {one.pid for one in running_kernels(dashboard)}
    panel = watching.open()
    mine = [one for one in running_kernels(dashboard) if serves(panel, one)]
    assert len(mine) == 1
    panel.page.goto("about:blank")
    panel.page.context.close()
    until = time.monotonic() + 30
    while command_of(mine[0]):
        assert time.monotonic() < until, f"the kernel of a closed page lives on ({len(before)} before)"
        time.sleep(0.2)


def test_a_method_must_be_known_by_its_name() -> None:
    assert "crash" not in wb.METHODS, "the bad methods stay in their own kernels"
