"""What every test gets: a browser that must not be missing where that is asked."""

from __future__ import annotations

import os

# Tests run side by side; with a thread a core each, networks would wait for each other's threads.
# The servers that tests start inherit it, so that both sides of a comparison compute alike.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# What tests check is no progress of the person who runs them; their servers and kernels keep none either.
os.environ["WORKBENCH_PROGRESS"] = ""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

# Kept in one process each: two servers would starve, and MONAI takes ten seconds to be imported.
TOGETHER = ("tests/browser/",), ("tests/conformance/test_monai.py", "tests/metrics/test_surface.py")


class Sides(LoadScopeScheduling):
    """Deal the tests out one by one, but keep some together."""

    def _split_scope(self, nodeid: str) -> str:
        return next((starts[0] for starts in TOGETHER if nodeid.startswith(starts)), nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Sides:
    """Say how tests are dealt out when they run side by side."""
    return Sides(config, log)


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
