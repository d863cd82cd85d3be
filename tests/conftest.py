"""What every test gets: a browser that must not be missing where that is asked."""

from __future__ import annotations

import os

import pytest


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
