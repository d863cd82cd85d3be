"""Who shuts students' code in is the first who can, and without anybody it is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workbench.grading import keepers
from workbench.grading.keepers import Keeper
from workbench.grading.limits import Limits
from workbench.grading.room import Open
from workbench.grading.surroundings import NoSandbox

pytestmark = pytest.mark.usefixtures("anew")


def says(name: str) -> Callable[[], str]:
    return lambda: name


def fails(reason: str) -> Callable[[], str]:
    def tried() -> str:
        raise NoSandbox(reason)

    return tried


def among(monkeypatch: pytest.MonkeyPatch, *tries: Callable[[], str]) -> None:
    monkeypatch.setattr(keepers, "KEEPERS", tuple(Keeper(tried, Open) for tried in tries))


def test_bubblewrap_is_asked_first_then_podman_then_docker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    reasons = []
    for one in keepers.KEEPERS:
        with pytest.raises(NoSandbox) as refused:
            one.tried()
        reasons.append(str(refused.value))
    assert reasons == [f"{name} is not installed" for name in ("bubblewrap", "podman", "docker")]


def test_the_first_that_works_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    among(monkeypatch, fails("bubblewrap is not installed"), says("podman 5.0"), says("docker 28.0"))
    assert keepers.keeper() == "podman 5.0"
    room = keepers.room(["letter = 'b'"], Limits())
    assert type(room) is Open
    room.end()


def test_without_any_it_refuses_and_names_what_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(NoSandbox) as refused:
        keepers.keeper()
    assert str(refused.value) == (
        "students' code needs a sandbox, and bubblewrap is not installed: "
        "`apt install bubblewrap` brings it; `workbench grade --trust-students` grades without a sandbox"
    )


def test_an_engine_that_does_not_work_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    reasons = (
        "bubblewrap is not installed",
        "podman is not installed",
        "docker does not work here (no: daemon)",
    )
    among(monkeypatch, *map(fails, reasons))
    with pytest.raises(NoSandbox, match=r"and bubblewrap is not installed, docker does .* daemon\): `apt"):
        keepers.room([], Limits())
