"""What the tests of grading share: a sandbox that must not be missing where that is asked."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest

from workbench.grading import bubblewrap, keepers
from workbench.grading.container import ENGINES, Engine
from workbench.grading.surroundings import NoSandbox

collect_ignore = ["attacks"]  # students' code: it is run in a sandbox or not at all
HERE = [engine for engine in ENGINES if shutil.which(engine.name)]


@pytest.fixture(scope="session")
def shut_in() -> str:
    """Say which bubblewrap shuts students' code in. Without, skip; with WORKBENCH_REQUIRE_SANDBOX=1, fail."""
    try:
        return bubblewrap.tried()
    except NoSandbox as error:
        if os.environ.get("WORKBENCH_REQUIRE_SANDBOX") == "1":
            pytest.fail(f"WORKBENCH_REQUIRE_SANDBOX=1 forbids to skip this: {error}")
        pytest.skip(str(error))


@pytest.fixture(scope="session", params=HERE, ids=lambda engine: engine.name)
def engine(request: pytest.FixtureRequest) -> Engine:
    """Give each engine of containers that works on this machine."""
    try:
        request.param.tried()
    except NoSandbox as error:
        pytest.skip(str(error))
    assert isinstance(request.param, Engine)
    return request.param


@pytest.fixture
def contained(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Let containers of an engine shut students' code in, whatever else this machine has."""
    (kept,) = (one for one in keepers.KEEPERS if one.tried == engine.tried)
    monkeypatch.setattr(keepers, "chosen", lambda: (engine.name, kept))
    return engine


@pytest.fixture
def anew() -> Iterator[None]:
    """Let the keeper of students' code be looked for again, now and after the test."""
    keepers.chosen.cache_clear()
    yield
    keepers.chosen.cache_clear()
