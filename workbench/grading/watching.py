"""What a program and everything that it started use, seen from outside."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

import psutil

GONE = psutil.Error  # what looking at a process raises when it has ended


@dataclass(frozen=True)
class Used:
    """Hold what a family of processes uses.

    processes : how many they are. memory : bytes in memory, all together. seconds : of processors, so far.
    busy : whether one of them would run if it were let.
    """

    processes: int = 0
    memory: int = 0
    seconds: float = 0.0
    busy: bool = False


def used(pid: int) -> Used:
    """Look at what the descendants of a process use; the process itself does not count."""
    processes, memory, seconds, busy = 0, 0, 0.0, False
    for process in descendants(pid):
        try:
            with process.oneshot():
                times = process.cpu_times()
                memory += process.memory_info().rss
                busy = busy or process.status() in (psutil.STATUS_RUNNING, psutil.STATUS_DISK_SLEEP)
        except GONE:
            continue
        processes += 1
        seconds += times.user + times.system + times.children_user + times.children_system
    return Used(processes, memory, seconds, busy)


def descendants(pid: int) -> list[psutil.Process]:
    """List what a process has started, and what those have; nothing where it has ended."""
    try:
        return psutil.Process(pid).children(recursive=True)
    except GONE:
        return []


def have_ended(processes: Iterable[psutil.Process], seconds: float) -> bool:
    """Wait until processes have ended, and say whether they did; a remnant that nobody has collected has."""
    left, until = list(processes), time.monotonic() + seconds
    while left := [process for process in left if _lives(process)]:
        if time.monotonic() > until:
            return False
        time.sleep(0.002)
    return True


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except GONE:
        return False
