"""The worker processes behind the runner: how they start, what they hold, what ends them."""

from __future__ import annotations

import ctypes
import multiprocessing
import signal
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as OutOfTime
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psutil

from workbench.trace import Trace

PRELOAD = ["workbench.preload"]
SHELF_SIZE = 12  # images and truths that a worker keeps


@dataclass(frozen=True)
class Missing:
    """Answer that the worker was not sent these objects, or has let them go."""

    keys: tuple[str, ...]


# --- inside the worker ---------------------------------------------------------------------------------------
_shelf: OrderedDict[str, Any] = OrderedDict()
_gauge: Any = None  # (done, total), shared with the parent


def work(function: Callable[..., Any], args: tuple[Any, ...], keys: Mapping[str, str], new: Mapping[str, Any]) -> Any:
    """Run a request: put new objects on the shelf, take those it names, call the function."""
    _shelf.update(new)
    missing = tuple(key for key in keys.values() if key not in _shelf)
    if missing:
        return Missing(missing)
    for key in keys.values():
        _shelf.move_to_end(key)
    while len(_shelf) > max(SHELF_SIZE, len(keys)):
        _shelf.popitem(last=False)
    _tell(0, 0)
    return function(*args, **{name: _shelf[key] for name, key in keys.items()})


def trace(record: bool = False) -> Trace:
    """Give a trace whose progress the page sees."""
    return Trace(record=record, on_progress=_tell)


def _tell(done: int, total: int) -> None:
    if _gauge is not None:
        _gauge[0], _gauge[1] = done, total


def _begin(gauge: Any, memory_limit: int | None) -> None:
    """Set up a fresh worker: quiet, bounded, and gone when its page is gone."""
    global _gauge
    _gauge = gauge
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is for the notebook, not for its workers
    with suppress(OSError, AttributeError):  # Linux only: die with the fork server, which dies with the page
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    if memory_limit is not None:
        with suppress(ImportError, ValueError, OSError):  # no such limit on Windows
            import resource

            used = psutil.Process().memory_info().vms
            resource.setrlimit(resource.RLIMIT_AS, (used + memory_limit, resource.RLIM_INFINITY))


# --- beside the page -----------------------------------------------------------------------------------------
class Pool:
    """Hold one worker process; pebble starts it again when it is gone."""

    kills = True

    def __init__(self, lane: str, memory_limit: int | None) -> None:
        from pebble import ProcessPool

        self.memory_limit = memory_limit or default_memory_limit()
        context = multiprocessing.get_context(_start_method())
        if context.get_start_method() == "forkserver":
            context.set_forkserver_preload(PRELOAD)
        self._gauge = context.RawArray("d", 2)
        # A network maps far more address space than it uses: there only the resident size is watched.
        hard_limit = self.memory_limit if lane == "classical" else None
        self._pool = ProcessPool(1, initializer=_begin, initargs=(self._gauge, hard_limit), context=context)
        self._children = psutil.Process()

    def schedule(self, function: Any, args: Any, keys: Any, new: Any) -> Future[Any]:
        """Hand one request to the worker."""
        self._gauge[0] = self._gauge[1] = 0
        return self._pool.schedule(work, args=(function, args, keys, dict(new)))

    def kill(self, future: Future[Any]) -> None:
        """End the worker that runs this, whatever library it is in."""
        future.cancel()

    def progress(self) -> float | None:
        """Say how far the run is, 0 to 1, or None where the method does not know."""
        done, total = self._gauge
        return min(1.0, done / total) if total else None

    def too_hungry(self) -> bool:
        """Say whether the worker's resident size passes the limit."""
        with suppress(psutil.Error):
            return any(p.memory_info().rss > self.memory_limit for p in self._children.children(recursive=True))
        return False

    def alive_after(self, error: BaseException) -> bool:
        """Say whether the worker outlived this error."""
        from pebble import ProcessExpired

        return not isinstance(error, (ProcessExpired, OutOfTime))

    def explain(self, error: BaseException) -> str:
        """Turn whatever ended a run into one sentence for its card."""
        from pebble import ProcessExpired

        if isinstance(error, ProcessExpired):
            return f"its process {_how(error.exitcode)}; a fresh one is ready, the page is unharmed"
        return explain(error)

    def close(self) -> None:
        """Stop the worker now."""
        self._pool.stop()


class ThreadPool:
    """Stand in where processes are not to be had: same answers, but a run cannot be killed."""

    kills = False

    def __init__(self, lane: str, memory_limit: int | None) -> None:
        self.memory_limit = memory_limit or default_memory_limit()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=lane)

    def schedule(self, function: Any, args: Any, keys: Any, new: Any) -> Future[Any]:
        """Hand one request to the thread."""
        return self._pool.submit(work, function, args, keys, dict(new))

    def kill(self, future: Future[Any]) -> None:
        """Forget a run that has not begun; one that has goes on to its end."""
        future.cancel()

    def progress(self) -> float | None:
        """Threads share no gauge."""
        return None

    def too_hungry(self) -> bool:
        """A thread has no size of its own."""
        return False

    def alive_after(self, error: BaseException) -> bool:
        """A thread outlives every error."""
        return True

    def explain(self, error: BaseException) -> str:
        """Turn whatever ended a run into one sentence for its card."""
        return explain(error)

    def close(self) -> None:
        """Take no more requests."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def make_pool(lane: str, memory_limit: int | None = None) -> Any:
    """Give a worker process, or a thread where the machine allows no processes."""
    try:
        return Pool(lane, memory_limit)
    except (OSError, ImportError, NotImplementedError, ValueError):
        return ThreadPool(lane, memory_limit)


def explain(error: BaseException) -> str:
    """Turn an error into one sentence.

    >>> explain(ValueError("sigma must be in [0, 10], got -1"))
    'sigma must be in [0, 10], got -1'
    """
    if isinstance(error, MemoryError):
        return "it ran out of memory; try a smaller image"
    text = str(error.args[0] if error.args else error).strip().splitlines()
    first = text[0] if text else type(error).__name__
    known = isinstance(error, (ValueError, KeyError, ModuleNotFoundError))
    return first if known else f"it failed with {type(error).__name__}: {first}"


def default_memory_limit() -> int:
    """Give half of the memory that this machine has free, between 1 and 8 GiB."""
    return int(min(8 * 2**30, max(2**30, psutil.virtual_memory().available // 2)))


def _start_method() -> str:
    return "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"


def _how(code: int | None) -> str:
    if code is None or code >= 0:
        return f"ended by itself with code {code}"
    name = signal.Signals(-code).name
    reason = {
        "SIGSEGV": "crashed in a library (segmentation fault)",
        "SIGKILL": "was killed by the system, perhaps for lack of memory",
    }
    return reason.get(name, f"was stopped by {name}")
