"""What the filter lets through and what it refuses, asked of the kernel itself."""

from __future__ import annotations

import platform
import struct
import subprocess
import sys

import pytest

from workbench.grading import seccomp
from workbench.grading.sandbox import Limits, Sandbox
from workbench.grading.seccomp import (
    ALLOW,
    EQUAL,
    FLAGS,
    HAS,
    LOAD,
    MACHINES,
    NEW_USERS,
    REFUSE,
    RETURN,
    SPACES,
    UNKNOWN,
    alone,
    program,
)

TRIES = """
import ctypes, errno
def tried(numbers):
    system = ctypes.CDLL(None, use_errno=True)
    found = []
    for number in numbers:
        ctypes.set_errno(0)
        system.syscall(number, -1, 0, 0, 0, 0, 0)
        found.append(ctypes.get_errno() == errno.EPERM)
    return found
"""

KEEPS = """
import ctypes, errno, os, platform, threading
from workbench.grading import seccomp
system = ctypes.CDLL(None, use_errno=True)
system.prctl(38, 1, 0, 0, 0)  # no new privileges, without which only root may keep to a filter
seccomp.keep()
clone, unshare, setns, _ = seccomp.SPACES[platform.machine()]
for words in ((clone, seccomp.NEW_USERS | 17, 0, 0, 0, 0), (unshare, seccomp.NEW_USERS), (setns, 0, 0)):
    ctypes.set_errno(0)
    if system.syscall(*words) == 0:
        os._exit(0)
    print(errno.errorcode[ctypes.get_errno()], flush=True)
thread = threading.Thread(target=print, args=("thread",))
thread.start()
thread.join()
if os.fork() == 0:
    print("child")
else:
    os.wait()
"""


@pytest.mark.parametrize("machine", MACHINES)
def test_every_jump_of_the_filter_lands_where_it_should(machine: str) -> None:
    steps = list(struct.iter_unpack("=HBBI", program(machine)))
    assert steps[-2:] == [(RETURN, 0, 0, ALLOW), (RETURN, 0, 0, REFUSE)]
    numbers = {value: place + 1 + yes for place, (code, yes, _, value) in enumerate(steps) if code == EQUAL}
    name, refused = MACHINES[machine]
    assert len(set(refused)) == 15
    assert all(numbers[number] == len(steps) - 1 for number in refused)
    assert numbers[name] == 2
    assert 1 + 1 + steps[1][2] == 3 + 1 + steps[3][1] == len(steps) - 1


@pytest.mark.parametrize("machine", SPACES)
def test_every_jump_of_the_filter_of_namespaces_lands_where_it_should(machine: str) -> None:
    steps = list(struct.iter_unpack("=HBBI", alone(machine)))
    ends = {place: value for place, (code, _, _, value) in enumerate(steps) if code == RETURN}
    goes = {
        value: place + 1 + yes for place, (code, yes, _, value) in enumerate(steps) if code in (EQUAL, HAS)
    }
    clone, unshare, setns, clone3 = SPACES[machine]
    assert [ends[goes[number]] for number in (unshare, setns, NEW_USERS)] == [REFUSE] * 3
    assert ends[goes[clone3]] == UNKNOWN
    assert steps[goes[clone]] == (LOAD, 0, 0, FLAGS)
    assert [ends[place + 1 + no] for place, (code, _, no, _) in enumerate(steps) if no or code == HAS] == [
        ALLOW
    ] * 2


@pytest.mark.skipif(platform.machine() not in MACHINES, reason="no filter is known for this machine")
def test_a_program_keeps_to_the_filters_and_starts_others_all_the_same() -> None:
    ran = subprocess.run([sys.executable, "-c", KEEPS], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["EPERM", "EPERM", "EPERM", "thread", "child"]


@pytest.mark.skipif(platform.machine() not in MACHINES, reason="no filter is known for this machine")
def test_a_kernel_that_takes_no_filter_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seccomp, "BY_FILTER", 99)
    with pytest.raises(OSError, match="the kernel does not take the filter"):
        seccomp.keep()


@pytest.mark.skipif(platform.machine() not in MACHINES, reason="no filter is known for this machine")
def test_the_kernel_refuses_what_the_filter_names(shut_in: str) -> None:
    refused = MACHINES[platform.machine()][1]
    with Sandbox([TRIES], Limits(processes=8)) as sandbox:
        assert sandbox.call("tried", (list(refused),), 5).value == [True] * len(refused)
        getpid = {"x86_64": 39, "aarch64": 172}[platform.machine()]
        assert sandbox.call("tried", ([getpid],), 5).value == [False]
