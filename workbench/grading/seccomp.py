"""Calls to the kernel that no answer needs, refused: a filter for bubblewrap's ``--seccomp``, or to keep to.

Most of these are refused to an ordinary user anyway, or are where the kernel's faults have been. The first
few hold memory that no limit on processes or files counts.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct

# Each machine's name for itself in a filter (linux/audit.h), and its numbers of: shmget, msgget, semget,
# memfd_create, memfd_secret, ptrace, process_vm_readv, process_vm_writev, add_key, request_key, keyctl, bpf,
# userfaultfd, perf_event_open, io_uring_setup (asm/unistd.h).
MACHINES = {
    "x86_64": (
        0xC000003E,
        (29, 68, 64, 319, 447, 101, 310, 311, 248, 249, 250, 321, 323, 298, 425),
    ),
    "aarch64": (
        0xC00000B7,
        (194, 186, 190, 279, 447, 117, 270, 271, 217, 218, 219, 280, 282, 241, 425),
    ),
}
# The numbers of clone, unshare, setns and clone3.
SPACES = {"x86_64": (56, 272, 308, 435), "aarch64": (220, 97, 268, 435)}
NEW_USERS = 0x10000000  # of clone's flags (linux/sched.h)
OTHER_NUMBERS = 0x40000000  # where x86 keeps a second set of numbers for the same calls
LOAD, EQUAL, AT_LEAST, HAS, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06  # of classic BPF (linux/filter.h)
ALLOW, REFUSE = 0x7FFF0000, 0x00050001  # let it pass; fail with "operation not permitted"
UNKNOWN = 0x00050026  # fail with "function not implemented", upon which libraries do without
SET_SECCOMP, BY_FILTER = 22, 2  # of prctl (linux/prctl.h, linux/seccomp.h)
NUMBER, MACHINE, FLAGS = 0, 4, 16  # where seccomp_data holds them


def program(machine: str) -> bytes:
    """Give the filter for a kind of machine; nothing for one whose numbers are not known here.

    >>> len(program("x86_64")) % 8, program("abacus")
    (0, b'')
    """
    if machine not in MACHINES:
        return b""
    name, refused = MACHINES[machine]
    last = len(refused) + 5  # the step that refuses; the one before it allows
    steps = [
        (LOAD, 0, 0, MACHINE),
        (EQUAL, 0, last - 2, name),
        (LOAD, 0, 0, NUMBER),
        (AT_LEAST, last - 4, 0, OTHER_NUMBERS),
        *((EQUAL, last - 5 - place, 0, number) for place, number in enumerate(refused)),
        (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, REFUSE),
    ]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def opened() -> int | None:
    """Open the filter for this machine as a file that exists in memory only; None where there is none."""
    filter = program(platform.machine())
    if not filter:
        return None
    file = os.memfd_create("filter")
    os.write(file, filter)
    os.lseek(file, 0, os.SEEK_SET)
    return file


def alone(machine: str) -> bytes:
    """Give the filter that also refuses namespaces, in which a program could mount memory that nobody counts.

    It is for containers, beside the other one: bubblewrap makes such namespaces itself, and forbids more.

    >>> len(alone("x86_64")), alone("abacus")
    (80, b'')
    """
    if machine not in SPACES:
        return b""
    clone, unshare, setns, clone3 = SPACES[machine]
    steps = [
        (LOAD, 0, 0, NUMBER),
        (EQUAL, 6, 0, unshare),
        (EQUAL, 5, 0, setns),
        (EQUAL, 5, 0, clone3),  # what it is asked for lies where a filter cannot look
        (EQUAL, 0, 2, clone),
        (LOAD, 0, 0, FLAGS),
        (HAS, 1, 0, NEW_USERS),
        (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, REFUSE),
        (RETURN, 0, 0, UNKNOWN),
    ]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def keep() -> None:
    """Keep to both filters of this machine from now on, with all that this process starts.

    Raises
    ------
    OSError : the kernel does not take them.
    """
    system = ctypes.CDLL(None, use_errno=True)
    for steps in filter(None, (program(platform.machine()), alone(platform.machine()))):
        kept = ctypes.create_string_buffer(steps, len(steps))
        # struct sock_fprog: how many steps, and where they are
        told = struct.pack("HP", len(steps) // 8, ctypes.addressof(kept))
        if system.prctl(SET_SECCOMP, BY_FILTER, told, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "the kernel does not take the filter")
