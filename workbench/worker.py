"""Inside a worker: what it holds, how it tells of progress, how it begins."""

from __future__ import annotations

import ctypes
import os
import signal
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from workbench.trace import Trace

SHELF_SIZE = 12  # images and truths that a worker keeps
# The places of a gauge, the few numbers that a worker shares with the page's process.
DONE, TOTAL, ALIVE, TAKER, STOP = range(5)  # progress; pid of the worker; pid of who took the request; "stop"
GAUGE_SIZE = 5


@dataclass(frozen=True)
class Missing:
    """Answer that the worker was not sent these objects, or has let them go."""

    keys: tuple[str, ...]


class Stopped(Exception):
    """End a run that was cancelled, where only a thread runs it."""


@dataclass
class _Desk(threading.local):
    """Hold what one worker works with: in its process, or in its thread where there are no processes."""

    shelf: OrderedDict[str, Any] = field(default_factory=OrderedDict)
    gauge: Any = None


_desk = _Desk()


def work(
    function: Callable[..., Any], args: tuple[Any, ...], keys: Mapping[str, str], new: Mapping[str, Any]
) -> Any:
    """Run a request: put new objects on the shelf, take those it names, call the function."""
    shelf = _desk.shelf
    if _desk.gauge is not None:
        _desk.gauge[TAKER] = os.getpid()
    shelf.update(new)
    missing = tuple(key for key in keys.values() if key not in shelf)
    if missing:
        return Missing(missing)
    for key in keys.values():
        shelf.move_to_end(key)
    while len(shelf) > max(SHELF_SIZE, len(keys)):
        shelf.popitem(last=False)
    return function(*args, **{name: shelf[key] for name, key in keys.items()})


def trace(record: bool = False) -> Trace:
    """Give a trace whose progress the page sees."""
    return Trace(record=record, on_progress=_tell)


def _tell(done: int, total: int) -> None:
    gauge = _desk.gauge
    if gauge is None:
        return
    if gauge[STOP]:
        raise Stopped
    gauge[DONE], gauge[TOTAL] = done, total


def begin_thread(gauge: Any) -> None:
    """Set up a thread that stands in for a worker."""
    _desk.gauge = gauge


def begin(gauge: Any, memory_limit: int | None) -> None:
    """Set up a fresh worker process: quiet, bounded, and gone when its page is gone."""
    _desk.gauge = gauge
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is for the notebook, not for its workers
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # end at once, also deep inside a library
    with suppress(OSError, AttributeError):  # Linux only: die with the fork server, which dies with the page
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    if memory_limit is not None:
        with suppress(ImportError, ValueError, OSError):  # no such limit on Windows
            import resource

            import psutil

            used = psutil.Process().memory_info().vms
            resource.setrlimit(resource.RLIMIT_AS, (used + memory_limit, resource.RLIM_INFINITY))
    gauge[ALIVE] = os.getpid()
