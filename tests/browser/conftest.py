"""One Chromium and one server for the browser tests; every page is watched."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from browser.panel import PATIENCE, Panel
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, expect, sync_playwright
from serving import Server, serving_dashboards

QUIET = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NOTEBOOKS = Path(__file__).parents[2] / "notebooks" / "dashboards"
COMPARE = "/voila/render/compare.ipynb"
Open = Callable[..., Panel]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give a browser test that fails one more try; the summary lists every one that needed it.

    A page, its server and its kernels share two cores with other tests, and now and then one of them is
    starved for minutes. What is broken fails twice.
    """
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start one headless Chromium for the session; skip, saying so, where there is none."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=found, args=QUIET)
        except Error as error:
            pytest.skip(f"no Chromium to test with: {error.message.splitlines()[0]}")
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def dashboard(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve the repository's dashboards as `workbench dashboard` does, once for all tests."""
    expect.set_options(timeout=PATIENCE)
    with serving_dashboards(
        NOTEBOOKS, tmp_path_factory.mktemp("log") / "server.log", "--preheated", "2"
    ) as running:
        yield running


class Watch:
    """Open pages; remember what they asked for and what went wrong in them."""

    def __init__(self, browser: Browser, home: str) -> None:
        self.browser, self.home = browser, home
        self.faults: list[str] = []
        self.elsewhere: list[str] = []

    def open(
        self, path: str = COMPARE, *, width: int = 1440, height: int = 900, home: str = "", **context: object
    ) -> Panel:
        """Open a page as a visitor of its own and wait for the first masks."""
        visitor = self.browser.new_context(viewport={"width": width, "height": height}, **context)  # type: ignore[arg-type]
        visitor.set_default_timeout(PATIENCE)
        page = visitor.new_page()
        self.listen(page)
        return Panel(page).open((home or self.home) + path)

    def listen(self, page: Page) -> None:
        """Note every address that a page asks for and every error that it reports."""
        page.on("request", lambda request: self.asked(request.url))
        page.on("websocket", lambda socket: self.asked(socket.url))
        page.on("pageerror", lambda error: self.faults.append(error.stack or str(error)))
        page.on("console", self.said)

    def asked(self, url: str) -> None:
        """Keep an address that is not the server's own."""
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and parts.hostname != "127.0.0.1":
            self.elsewhere.append(url)

    def said(self, line: ConsoleMessage) -> None:
        """Keep an error from the console."""
        if line.type == "error":
            self.faults.append(f"{line.text} ({line.location.get('url', '')})")


@pytest.fixture(scope="module")
def watch(chromium: Browser, dashboard: Server) -> Iterator[Watch]:
    """Open pages of the dashboard, close them all afterwards, and fail on errors and on other hosts."""
    watching = Watch(chromium, dashboard.url)
    yield watching
    for context in list(chromium.contexts):
        context.close()
    assert watching.elsewhere == []
    assert watching.faults == []


@pytest.fixture
def open_panel(watch: Watch) -> Iterator[Open]:
    """Open the compare page, as often as a test needs it; its pages are closed when the test is done."""
    before = list(watch.browser.contexts)
    yield watch.open
    for context in [one for one in watch.browser.contexts if one not in before]:
        context.close()
    assert watch.elsewhere == []
    assert watch.faults == []


@pytest.fixture(scope="module")
def panel(watch: Watch) -> Panel:
    """Give one page that the tests of a file share; each sets what it needs."""
    return watch.open()


@pytest.fixture
def run_python(tmp_path: Path) -> Callable[[str], subprocess.CompletedProcess[str]]:
    """Run a script as a person would, in a process and a folder of its own."""

    def run(script: str) -> subprocess.CompletedProcess[str]:
        (tmp_path / "script.py").write_text(script, encoding="utf-8")
        command = [sys.executable, "script.py"]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)

    return run
