"""What every test gets: a browser that must not be missing where that is asked."""

from __future__ import annotations

import os

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Side by side, keep the browser tests in one process: they share a server, and two would starve."""
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """With WORKBENCH_REQUIRE_BROWSER=1 a browser test that is skipped has failed."""
    report = yield
    needs_browser = "chromium" in getattr(item, "fixturenames", ())
    if report.skipped and needs_browser and os.environ.get("WORKBENCH_REQUIRE_BROWSER") == "1":
        report.outcome = "failed"
        report.longrepr = (
            f"a browser test was skipped, and WORKBENCH_REQUIRE_BROWSER=1 forbids it: {report.longrepr}"
        )
    return report
