"""Calls to the kernel that no answer needs, refused: a filter for bubblewrap's ``--seccomp``.

Most of these are refused to an ordinary user anyway, or are where the kernel's faults have been. The first
few hold memory that no limit on processes or files counts.
"""

from __future__ import annotations

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
OTHER_NUMBERS = 0x40000000  # where x86 keeps a second set of numbers for the same calls
LOAD, EQUAL, AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06  # of classic BPF (linux/filter.h)
ALLOW, REFUSE = 0x7FFF0000, 0x00050001  # let it pass; fail with "operation not permitted"
NUMBER, MACHINE = 0, 4  # where seccomp_data holds them


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
