"""What the workers of the runner's tests are asked to do; a module of its own, so that they can import it."""

from __future__ import annotations

import ctypes
import os
import signal
import time
from typing import Any

import numpy as np

from workbench.worker import trace

_arrived: dict[str, int] = {}


class Traveller:
    """Count how often it leaves one process and arrives in another."""

    def __init__(self, array: Any) -> None:
        self.array, self.departures = array, 0

    def __reduce__(self) -> Any:
        self.departures += 1
        return _arrive, (self.array,)


def _arrive(array: Any) -> Traveller:
    _arrived["count"] = _arrived.get("count", 0) + 1
    return Traveller(array)


def arrivals(image: Traveller) -> int:
    return _arrived["count"]


def size_of(image: Traveller) -> int:
    return image.array.size


def double(value: int) -> int:
    return 2 * value


def pid() -> int:
    return os.getpid()


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def slowly(value: Any, seconds: float) -> Any:
    time.sleep(seconds)
    return value


def count_to(total: int, pause: float) -> int:
    tell = trace().on_progress
    for done in range(total):
        tell(done, total)
        time.sleep(pause)
    return total


def loop() -> None:
    while True:
        pass


def loop_in_c() -> None:
    """Stay inside one library call that holds the interpreter's lock."""
    ctypes.PyDLL(None).sleep(60)


def crash() -> None:
    ctypes.string_at(0)


def kill_itself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def stop_itself() -> None:
    os.abort()


def leave() -> None:
    os._exit(3)


def leave_politely() -> None:
    raise SystemExit(5)


def swallow_50_gb() -> None:
    np.ones(50 * 2**30, np.uint8)


def grow() -> None:
    held = []
    while True:
        held.append(np.ones(8 * 2**20, np.uint8))
        time.sleep(0.02)


def fail() -> None:
    raise ValueError("sigma must be in [0, 10], got -1")


def fail_oddly() -> None:
    1 / 0  # noqa: B018


def fail_mutely() -> None:
    raise ValueError


class Odd(Exception):
    """An error that cannot be made again from its arguments."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(f"{one} and {two}")


def fail_unpicklably() -> None:
    raise Odd("this", "that")


def give_a_lambda() -> Any:
    return lambda: None


class Unreadable:
    """Leave one process, and never arrive in another."""

    def __reduce__(self) -> Any:
        return _never, (os.getpid(),)


def _never(home: int) -> Unreadable:
    raise KeyError(f"made in process {home}")
