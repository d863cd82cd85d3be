"""A room is started, asked and ended, with everything in it."""

from __future__ import annotations

import os

import psutil
import pytest

from workbench.grading import surroundings, wire
from workbench.grading.limits import Limits
from workbench.grading.room import Open, Shut
from workbench.grading.watching import have_ended

LIMITS = Limits(memory=500 * 2**20)


def idle(waited: float) -> None:
    """Watch without minding."""


@pytest.mark.parametrize("kind", [Shut, Open])
def test_it_answers_until_it_is_ended(kind: type[Shut], shut_in: str) -> None:
    room = kind(["letter = 'b'"], LIMITS)
    try:
        for number, ask in enumerate(("begin", "value")):
            room.ask({"number": number, "ask": ask, "name": "letter"}, idle)
            reply = wire.unpacked(room.channel.receive(2**20, idle))
            assert (reply["number"], reply["kind"]) == (number, "value")
        assert reply["value"] == "b"
        assert room.used().processes == kind.usual + 1
        inside = psutil.Process(room.process.pid).children(recursive=True)
    finally:
        room.end()
    assert have_ended(inside, 0.1)
    assert room.process.returncode is not None


def test_an_open_room_leaves_no_folder_behind() -> None:
    room = Open(["letter = 'b'"], LIMITS)
    home = room._home.name
    room.end()
    assert not os.path.exists(home)


def test_too_much_code_is_refused_before_anything_is_started() -> None:
    before = psutil.Process().num_fds()
    with pytest.raises(ValueError, match="a value may have at most"):
        Shut(["x" * (wire.MOST_TREE + 1)], LIMITS)
    assert psutil.Process().num_fds() == before


def test_a_program_that_does_not_start_is_this_machines_fault(
    shut_in: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(surroundings, "python", lambda code, program: ["/bin/sh", "-c", "exit 7"])
    room = Shut(["letter = 'b'"], LIMITS)
    with pytest.raises(surroundings.NoSandbox, match=r"the sandbox did not start \(its program gave"):
        room.ask({"number": 1, "ask": "begin", "name": "letter"}, idle)
