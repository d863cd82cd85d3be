"""A lesson in JupyterLab: an exercise done wrong, its hint read, done right, and the progress seen."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser.looks import faults
from browser.panel import PATIENCE
from playwright.sync_api import Browser, Locator, Page, expect
from serving import Server, serving, write_notebook

from workbench.server import free_port

pytestmark = pytest.mark.browser
PANEL = "import workbench as wb\nfrom workbench.teaching import check\nwb.panels.progress()"
STUB = 'def threshold(grey, level):\n    """Give the mask."""\n    raise NotImplementedError'
WRONG = "def threshold(grey, level):\nreturn grey >= level"  # the editor indents the second line by itself
RIGHT = "def threshold(grey, level):\nreturn grey > level"
HINT = "Look at a pixel that is exactly at the level: it is not brighter than it."

# Cells out of sight stay on the page, and nobody asks for news.
SETTINGS = {
    "@jupyterlab/notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"},
    "@jupyterlab/apputils-extension/notification.jupyterlab-settings": {"fetchNews": "false"},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("lesson")
    for name, setting in SETTINGS.items():
        (where / "settings" / name).parent.mkdir(parents=True, exist_ok=True)
        (where / "settings" / name).write_text(json.dumps(setting))
    write_notebook(where / "lesson.ipynb", PANEL, STUB, 'check("01.1", threshold)', title="A lesson")
    return where


@pytest.fixture(scope="module")
def lab(folder: Path, chromium: Browser) -> Iterator[Server]:
    """Run JupyterLab on a lesson, with a progress of its own."""
    expect.set_options(timeout=PATIENCE)
    port = free_port(usual=0)
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        "ServerApp.root_dir": folder,
        "ServerApp.open_browser": False,
        "ServerApp.allow_root": True,
        "IdentityProvider.token": "",
        "LabApp.expose_app_in_browser": True,
        "LabApp.workspaces_dir": folder / "workspaces",
        "LabApp.user_settings_dir": folder / "settings",
    }
    command = ["-m", "jupyterlab", *(f"--{name}={value}" for name, value in options.items())]
    own = {"WORKBENCH_PROGRESS": str(folder / "progress.sqlite"), "JUPYTER_PREFER_ENV_PATH": "1"}
    with serving(command, folder / "lab.log", port, "is running at", **own) as server:
        yield server


@pytest.fixture(scope="module")
def page(lab: Server, chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1440, "height": 1400})
    context.set_default_timeout(PATIENCE)
    opened = context.new_page()
    opened.goto(f"{lab.url}/lab/tree/lesson.ipynb")
    opened.wait_for_function("() => window.jupyterapp?.shell.currentWidget?.sessionContext?.isReady")
    yield opened
    context.close()


def run_all(page: Page) -> None:
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")


def write(page: Page, code: str) -> None:
    """Write an answer into the lesson's answer cell as a person does: select all, type."""
    editor = page.locator(".jp-CodeCell").nth(1).locator(".cm-content")
    editor.click()
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    page.keyboard.type(code)


def state(panel: Locator, id: str) -> Locator:
    return panel.locator(f'[data-exercise="{id}"]')


def test_wrong_hint_right_progress(page: Page, folder: Path) -> None:
    run_all(page)
    card, panel = page.locator("[data-verdict]"), page.locator(".wb-course")
    expect(card).to_have_attribute("data-verdict", "not attempted")
    expect(panel.locator(".wb-far")).to_contain_text("0 of")

    write(page, WRONG)
    run_all(page)
    expect(card).to_have_attribute("data-verdict", "not yet")
    expect(card).to_contain_text(HINT)
    expect(card.locator("img")).to_have_count(3)  # expected, got, difference
    # All cells ran again, so the panel is a new one, and has read what was kept.
    expect(panel.locator('[data-lesson="01"]')).to_have_attribute("open", "")
    expect(state(panel, "01.1")).to_have_attribute("data-state", "not yet")

    write(page, RIGHT)
    page.locator(".jp-CodeCell").nth(1).locator(".cm-content").press("Shift+Enter")
    page.keyboard.press("Shift+Enter")
    expect(card).to_have_attribute("data-verdict", "right")
    # The panel above heard of it without being run again, and sends on to the next exercise.
    expect(state(panel, "01.1")).to_have_attribute("data-state", "right")
    expect(state(panel, "01.1")).to_contain_text("right, 2 tries, first right on 20")
    expect(state(panel, "01.2").locator(".wb-next")).to_be_visible()
    expect(panel.locator(".wb-far")).to_have_text(re.compile(r"^1 of \d+ exercises done\. Go on with 01\.2 "))


def test_it_is_carried_to_another_machine(page: Page, folder: Path) -> None:
    panel = page.locator(".wb-course")
    with page.expect_download() as waiting:
        panel.locator('[data-do="export"]').click()
    file = waiting.value.path()
    assert '"01.1"' in Path(file).read_text()
    (folder / "progress.sqlite").unlink()
    panel.locator('input[type="file"]').set_input_files(file)
    expect(panel.locator(".wb-notice")).to_contain_text("read: 1 exercise")
    expect(panel.locator(".wb-far")).to_contain_text("1 of")
    panel.locator('input[type="file"]').set_input_files(
        {"name": "letter.json", "mimeType": "application/json", "buffer": b"{}"}
    )
    expect(panel.locator('.wb-notice[data-level="error"]')).to_contain_text("no progress")


def test_it_is_worked_by_keys_and_read_by_everybody(page: Page) -> None:
    panel = page.locator(".wb-course")
    panel.locator('[data-lesson="03"] summary').focus()
    page.keyboard.press("Enter")
    expect(state(panel, "03.1")).to_be_visible()
    mark = panel.locator('[data-lesson="01"] summary [role="img"]').first
    expect(mark).to_have_attribute("aria-label", "01.1 Threshold a picture: right, 2 tries")
    expect(mark).to_have_text("✓")
    assert faults(page) == {}
