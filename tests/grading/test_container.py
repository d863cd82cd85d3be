"""A container shuts a program in as bubblewrap does, where podman or docker works."""

from __future__ import annotations

import io
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from grading.visiting import LOOK, installed_below_tmp

from workbench.grading import container, room, surroundings, wire
from workbench.grading.container import DOCKER, ENGINES, PODMAN, Engine
from workbench.grading.limits import Limits
from workbench.grading.room import Contained
from workbench.grading.sandbox import Sandbox
from workbench.grading.surroundings import NoSandbox
from workbench.grading.watching import descendants, have_ended

CELLS = [
    "import numpy as np",
    "letter = 'b'",
    "def double(values):\n    print('loud')\n    return values * 2",
    "def loop():\n    while True:\n        pass",
    "def late():\n    import time\n    time.sleep(100)",
    "def ends():\n    import os\n    os._exit(3)",
    "def fills():\n    return np.ones(2**28).sum()",
    "import os, time\ndef leaves():\n    if os.fork() == 0:\n        os.setsid()\n        time.sleep(100)",
]
SMALL = Limits(memory=500 * 2**20, processes=4, prepare=10, wall=20)
ORPHAN = """
import sys, time
from workbench.grading import container, room
from workbench.grading.limits import Limits
engine = next(engine for engine in container.ENGINES if engine.name == sys.argv[1])
kept = room.Contained(engine, ["import time; time.sleep(100)", "letter = 'b'"], Limits(prepare=60))
kept.ask({"number": 1, "ask": "begin", "name": "letter"}, lambda waited: None)
print(kept.name, kept._first[0].pid, flush=True)
time.sleep(100)
"""


def idle(waited: float) -> None:
    """Watch without minding."""


@pytest.fixture
def shut(contained: Engine) -> Iterator[Sandbox]:
    with Sandbox(CELLS, SMALL) as sandbox:
        yield sandbox


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_the_command_takes_away_what_an_engine_gives(engine: Engine) -> None:
    command = " ".join(engine.shut_in([Path("/a/inside.py")], 123, "n"))
    for words in (
        "--network none",
        "--cap-drop ALL",
        "--security-opt no-new-privileges",
        "--ipc none",
        "--read-only",
        "--log-driver none",
        "--pull never",
        "--tmpfs /tmp:mode=1777,size=123",
        "--mount type=bind,src=/usr,dst=/usr,readonly",
        "--mount type=bind,src=/a/inside.py,dst=/sandbox/grading/inside.py,readonly",
        f"--tmpfs {surroundings.HOUSE}/teaching:ro,mode=0555,size=4096",
        "run --name n --rm",
        f"{container.image()[0]} /bin/sh",
        "/usr/bin/env -i HOME=/tmp",
    ):
        assert words in command
    assert command.count("--mount ") == command.count(",readonly")


def test_podman_is_told_what_docker_does_not_know() -> None:
    podman, docker = (" ".join(engine.shut_in((), 1, "n")) for engine in (PODMAN, DOCKER))
    assert podman.count("notmpcopyup") == 1 + len(surroundings.emptied())
    assert "--read-only-tmpfs=false" in podman
    assert "notmpcopyup" not in docker


def test_the_image_holds_links_and_nothing_else() -> None:
    name, data = container.image()
    assert name == container.image()[0]
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        assert {Path("/", link.name): link.linkname for link in archive} == surroundings.links()


def test_an_engine_that_does_not_work_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NoSandbox, match="abacus is not installed"):
        Engine("abacus", ()).tried()
    broken = tmp_path / "abacus"
    broken.write_text("#!/bin/sh\necho 'no daemon' >&2; exit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(NoSandbox, match=r"abacus does not work here \(no daemon\)"):
        Engine("abacus", ()).tried()
    assert Engine("abacus", ()).first("nothing") == 0
    broken.write_text("#!/bin/sh\nsleep 10\n")
    monkeypatch.setattr(container, "PATIENCE", 0.1)
    with pytest.raises(NoSandbox, match="timed out after"):
        Engine("abacus", ()).tried()


def test_it_says_which_engine_it_is(engine: Engine) -> None:
    assert engine.tried().startswith(f"{engine.name} ")


def test_a_room_answers_until_it_is_ended(engine: Engine) -> None:
    kept = Contained(engine, CELLS, SMALL)
    assert kept.used().processes == 0
    try:
        for number, ask in enumerate(("begin", "value")):
            kept.ask({"number": number, "ask": ask, "name": "letter"}, idle)
            reply = wire.unpacked(kept.channel.receive(2**20, idle))
            assert (reply["number"], reply["kind"]) == (number, "value")
        assert reply["value"] == "b"
        assert kept.used().processes == kept.usual + 1
        inside = [*kept._first, *descendants(kept._first[0].pid)]
    finally:
        kept.end()
    assert have_ended(inside, 0.1)
    assert kept.process.returncode is not None
    assert engine.first(kept.name) == 0


def test_what_is_asked_is_answered_and_what_goes_on_is_ended(shut: Sandbox) -> None:
    assert shut.call("double", (4,), 3).value == 8
    assert shut.call("loop", (), 0.5).kind == "endless"
    assert shut.call("late", (), 0.5).kind == "endless"
    assert shut.call("ends", (), 3).message == "it ended the program, with exit code 3"
    assert shut.call("fills", (), 5).message.startswith("MemoryError")
    assert shut.call("leaves", (), 3).kind == "value"
    assert shut.value("letter").value == "b"
    assert "leaves: it left processes behind; they were ended" in shut.violations


def test_inside_there_is_no_power_no_network_and_little_to_read(contained: Engine) -> None:
    with Sandbox([LOOK], replace(SMALL, wall=60)) as sandbox:  # it tries to write into every folder
        outcome = sandbox.call("found", (), 30)
    assert outcome.kind == "value", outcome.message
    known = outcome.value
    assert known["user"] in surroundings.USERS
    assert set(known["powers"]) == {"0" * 16}
    assert known["privileges"] == "1"
    assert known["filters"] == 3  # the engine's and two of ours
    assert known["processes"][0] == 1
    assert len(known["processes"]) == 3
    assert known["networks"] == ["lo"]
    assert known["host"] == "sandbox"
    way = {path.parts[2] for path in surroundings.libraries() if path.is_relative_to("/tmp")}
    assert set(known["home"]) <= way
    assert set(known["known"]) <= {*surroundings.environment("/tmp"), "PWD", "LC_CTYPE"}
    assert set(known["etc"]) <= {"alternatives", "hostname", "hosts", "ld.so.cache", "mtab", "resolv.conf"}
    assert known["hidden"] == [[], []]
    assert not {"tests", "notebooks", ".git", "README.md"} & set(known["beside"])
    assert known["open"] == ["/dev/null"] * 3 + ["pipe"] * 2
    assert set(known["written"]) <= {"/tmp", "/dev/mqueue"}
    assert known["workbench"] == "otsu"


def test_what_is_installed_below_tmp_is_found_and_cannot_be_changed(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with installed_below_tmp(monkeypatch):
        code = "import hello, os; os.write(4, f'{hello.word} {os.access(hello.__file__, os.W_OK)}'.encode())"
        ran = subprocess.run(
            [*engine.shut_in((), 2**20, "workbench-test"), *surroundings.python(code, surroundings.PROGRAM)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
        )
    assert ran.stdout == "hello False"


def test_eight_at_once_do_not_disturb_each_other(contained: Engine) -> None:
    def asked(number: int) -> int:
        with Sandbox([f"number = {number}"], SMALL) as sandbox:
            return int(sandbox.value("number").value)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(asked, range(8))) == list(range(8))


def test_where_the_grader_is_killed_its_container_ends(engine: Engine) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", ORPHAN, engine.name], stdout=subprocess.PIPE, text=True
    ) as grader:
        assert grader.stdout is not None
        name, pid = grader.stdout.readline().split()
        first = psutil.Process(int(pid))
        grader.send_signal(signal.SIGKILL)
    assert have_ended([first], 10)
    until = time.monotonic() + 10
    while is_known(engine, name) and time.monotonic() < until:
        time.sleep(0.1)
    assert not is_known(engine, name)


def is_known(engine: Engine, name: str) -> bool:
    ran = subprocess.run([engine.name, "container", "inspect", name], capture_output=True, check=False)
    return ran.returncode == 0


def test_an_engine_of_another_machine_is_no_sandbox(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Engine, "first", lambda self, name: 2**22 + 1)  # no process has this number
    kept = Contained(engine, CELLS, SMALL)
    with pytest.raises(NoSandbox, match="runs on another machine"):
        kept.ask({"number": 1, "ask": "begin", "name": "letter"}, idle)
    assert not is_known(engine, kept.name)


def test_a_program_that_does_not_start_is_this_machines_fault(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "KEPT", "exit(7) #{}{}{}")
    kept = Contained(engine, CELLS, SMALL)
    with pytest.raises(NoSandbox, match=r"the sandbox did not start \(its program gave"):
        kept.ask({"number": 1, "ask": "begin", "name": "letter"}, idle)
    assert not is_known(engine, kept.name)
