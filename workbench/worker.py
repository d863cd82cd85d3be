"""Inside a worker: what it holds, how it tells of progress, how it begins."""

from __future__ import annotations

import multiprocessing
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


@dataclass(frozen=True)
class Failed:
    """Answer that the run failed: a sentence always travels, an error of a library may not."""

    sentence: str


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
    try:
        return function(*args, **{name: shelf[key] for name, key in keys.items()})
    except Exception as error:
        return Failed(explain(error))


def explain(error: BaseException) -> str:
    """Turn whatever a run raised into one sentence for its card.

    >>> explain(ValueError("sigma must be in [0, 10], got -1"))
    'sigma must be in [0, 10], got -1'
    """
    name = type(error).__name__
    if isinstance(error, MemoryError):
        return "it ran out of memory; try a smaller image"
    text = str(error.args[0] if error.args else error).strip().splitlines()
    first = text[0] if text else name
    known = isinstance(error, (ValueError, KeyError, ModuleNotFoundError))
    return first if known and text else f"it failed with {name}: {first}"


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
    _end_with_page()
    if memory_limit is not None:
        with suppress(ImportError, ValueError, OSError):  # no such limit on Windows
            import resource

            import psutil

            used = psutil.Process().memory_info().vms
            resource.setrlimit(resource.RLIMIT_AS, (used + memory_limit, resource.RLIM_INFINITY))
    gauge[ALIVE] = os.getpid()


def _end_with_page() -> None:
    """Have the system end this process when the page's is gone, however deep in a library it then is."""
    page = multiprocessing.parent_process()
    if page is None:
        return
    with suppress(ImportError, OSError, AttributeError):  # Windows has no such pipes
        import fcntl

        # The pipe between the two breaks when the page dies; SIGIO, which nobody handles, ends a process.
        fcntl.fcntl(page.sentinel, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(page.sentinel, fcntl.F_SETFL, fcntl.fcntl(page.sentinel, fcntl.F_GETFL) | os.O_ASYNC)
    if not page.is_alive():
        os._exit(1)
