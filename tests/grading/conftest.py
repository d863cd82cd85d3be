"""What the tests of grading share: a sandbox that must not be missing where that is asked."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from workbench.grading import bubblewrap, keepers
from workbench.grading.container import ENGINES, Engine
from workbench.grading.surroundings import NoSandbox

collect_ignore = ["attacks"]  # students' code: it is run in a sandbox or not at all


def _works(engine: Engine) -> bool:
    try:
        return bool(engine.tried())
    except NoSandbox:
        return False


HERE = [engine for engine in ENGINES if _works(engine)]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what asks for an engine of containers where none works: it is no part of the set-up."""
    without = [item for item in items if not HERE and _asks_for_an_engine(item)]
    config.hook.pytest_deselected(items=without)
    items[:] = [item for item in items if item not in without]


def _asks_for_an_engine(item: pytest.Item) -> bool:
    """Say whether the fixture `engine` gives it one; a test may name both engines itself instead."""
    skip = item.get_closest_marker("skip")
    empty = skip is not None and "empty parameter set" in skip.kwargs.get("reason", "")
    return empty and "engine" in getattr(item, "fixturenames", ())


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
