"""What the filter lets through and what it refuses, asked of the kernel itself."""

from __future__ import annotations

import platform
import struct

import pytest

from workbench.grading.sandbox import Limits, Sandbox
from workbench.grading.seccomp import ALLOW, EQUAL, MACHINES, REFUSE, RETURN, program

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


@pytest.mark.skipif(platform.machine() not in MACHINES, reason="no filter is known for this machine")
def test_the_kernel_refuses_what_the_filter_names(shut_in: str) -> None:
    refused = MACHINES[platform.machine()][1]
    with Sandbox([TRIES], Limits(processes=8)) as sandbox:
        assert sandbox.call("tried", (list(refused),), 5).value == [True] * len(refused)
        getpid = {"x86_64": 39, "aarch64": 172}[platform.machine()]
        assert sandbox.call("tried", ([getpid],), 5).value == [False]
