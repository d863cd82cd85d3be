"""What a program finds around it, before anything is shut."""

from __future__ import annotations

import pytest

from workbench.grading import surroundings


def test_a_program_knows_nothing_of_its_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_SECRET", "s")
    assert "WORKBENCH_SECRET" not in surroundings.environment("/tmp")


def test_the_system_is_there_once_as_a_folder_or_as_a_link() -> None:
    links, readable = surroundings.links(), surroundings.readable()
    assert not set(links) & set(readable)
    assert len(set(readable)) == len(readable)
    assert all(path.exists() for path in readable)


def test_what_can_be_read_holds_the_workbench_and_no_home() -> None:
    readable = surroundings.readable()
    assert any(surroundings.HOUSE.is_relative_to(path) for path in readable)
    assert not any(path == surroundings.HOUSE.parent or path == path.home() for path in readable)
    assert {path.name for path in surroundings.emptied()} >= {"teaching", "grading"}


def test_a_user_is_drawn_who_owns_nothing() -> None:
    assert {int(surroundings.somebody()) for _ in range(99)} < set(surroundings.USERS)
