"""What the tests of grading share: a sandbox that must not be missing where that is asked."""

from __future__ import annotations

import os

import pytest

from workbench.grading.bubblewrap import NoSandbox, keeper

collect_ignore = ["attacks"]  # students' code: it is run in a sandbox or not at all


@pytest.fixture(scope="session")
def shut_in() -> str:
    """Say what shuts students' code in. Without, skip; with WORKBENCH_REQUIRE_SANDBOX=1, fail."""
    try:
        return keeper()
    except NoSandbox as error:
        if os.environ.get("WORKBENCH_REQUIRE_SANDBOX") == "1":
            pytest.fail(f"WORKBENCH_REQUIRE_SANDBOX=1 forbids to skip this: {error}")
        pytest.skip(str(error))
