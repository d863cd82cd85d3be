"""The workers as the page sees them: how they start, how they are ended, and what ended them."""

from __future__ import annotations

import multiprocessing
import signal
import threading
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from workbench.worker import ALIVE, DONE, GAUGE_SIZE, STOP, TAKER, TOTAL, begin, begin_thread, explain, work

PRELOAD = ["workbench.preload"]
CONTAINER_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


class Pool(Protocol):
    """One worker, whatever it is made of."""

    kills: bool
    memory_limit: int

    def schedule(self, function: Any, args: Any, keys: Any, new: Any) -> Future[Any]:
        """Hand one request to the worker; RuntimeError where there can be none."""

    def kill(self, future: Future[Any]) -> None:
        """End a run."""

    def progress(self) -> float | None:
        """Say how far the run is, 0 to 1, or None where the method does not know."""

    def too_hungry(self) -> bool:
        """Say whether the worker's resident size passes the limit."""

    def lost(self) -> bool:
        """Say whether the worker that took the request is gone."""

    def outlives(self, error: BaseException) -> bool:
        """Say whether the worker is still there after this error."""

    def close(self) -> None:
        """Stop the worker now."""


class ProcessPool:
    """Hold one worker process; pebble starts it again when it is gone."""

    kills = True

    def __init__(self, lane: str, memory_limit: int | None) -> None:
        from pebble import ProcessPool as Pebble

        self.memory_limit = memory_limit or default_memory_limit()
        context: Any = multiprocessing.get_context(start_method())
        if context.get_start_method() == "forkserver":
            context.set_forkserver_preload(PRELOAD)
        self._gauge = context.RawArray("d", GAUGE_SIZE)
        # A network maps far more address space than it uses: there only the resident size is watched.
        hard_limit = self.memory_limit if lane != "network" else None
        self._closed = False
        self._pool = Pebble(1, initializer=begin, initargs=(self._gauge, hard_limit), context=context)

    def schedule(self, function: Any, args: Any, keys: Any, new: Any) -> Future[Any]:
        """Hand one request to the worker; RuntimeError where there can be none."""
        self._gauge[DONE] = self._gauge[TOTAL] = self._gauge[TAKER] = 0
        return self._pool.schedule(work, args=(function, args, keys, dict(new)))

    def kill(self, future: Future[Any]) -> None:
        """End the worker that runs this, whatever library it is in."""
        future.cancel()

    def progress(self) -> float | None:
        """Say how far the run is, 0 to 1, or None where the method does not know."""
        done, total = self._gauge[DONE], self._gauge[TOTAL]
        return min(1.0, done / total) if total else None

    def too_hungry(self) -> bool:
        """Say whether the worker's resident size passes the limit."""
        import psutil

        with suppress(psutil.Error):
            pid = int(self._gauge[TAKER])  # 0 until it is taken: the run before may still be dying
            return pid > 0 and psutil.Process(pid).memory_info().rss > self.memory_limit
        return False

    def lost(self) -> bool:
        """Say whether the worker that took the request is gone."""
        return not self._pool.active or self._gauge[TAKER] not in (0, self._gauge[ALIVE])

    def outlives(self, error: BaseException) -> bool:
        """Say whether the worker is still there after this error."""
        from pebble import ProcessExpired

        return not isinstance(error, (ProcessExpired, BrokenExecutor))

    def close(self) -> None:
        """Stop the worker now; a second call does nothing."""
        if self._closed:
            return  # pebble would close its pipes twice, and by then the numbers may be another's
        self._closed = True
        self._pool.stop()
        with suppress(RuntimeError):  # at exit no thread can be started; pebble ends its workers itself then
            threading.Thread(target=self._pool.join, daemon=True).start()


class ThreadPool:
    """Stand in where processes are not to be had: same answers, but a run only stops at its `progress`."""

    kills = False

    def __init__(self, lane: str, memory_limit: int | None) -> None:
        self.memory_limit = memory_limit or default_memory_limit()
        self._gauge = [0.0] * GAUGE_SIZE
        self._pool = ThreadPoolExecutor(1, lane, initializer=begin_thread, initargs=(self._gauge,))

    def schedule(self, function: Any, args: Any, keys: Any, new: Any) -> Future[Any]:
        """Hand one request to the thread."""
        self._gauge[:] = [0.0] * GAUGE_SIZE
        return self._pool.submit(work, function, args, keys, dict(new))

    def kill(self, future: Future[Any]) -> None:
        """Ask a run to stop where it tells of its progress; one that never does goes on to its end."""
        self._gauge[STOP] = 1
        future.cancel()

    def progress(self) -> float | None:
        """Say how far the run is, 0 to 1, or None where the method does not know."""
        return min(1.0, self._gauge[DONE] / self._gauge[TOTAL]) if self._gauge[TOTAL] else None

    def too_hungry(self) -> bool:
        """Say no: a thread has no size of its own."""
        return False

    def lost(self) -> bool:
        """Say no: a thread is never gone."""
        return False

    def outlives(self, error: BaseException) -> bool:
        """Say yes: a thread outlives every error."""
        return True

    def close(self) -> None:
        """Take no more requests, and ask the run to stop."""
        self._gauge[STOP] = 1
        self._pool.shutdown(wait=False, cancel_futures=True)


def make_pool(lane: str, memory_limit: int | None = None) -> Pool:
    """Give a worker process, or a thread where the machine allows no processes."""
    try:
        return ProcessPool(lane, memory_limit)
    except (OSError, ImportError, NotImplementedError, ValueError):
        return ThreadPool(lane, memory_limit)


def ending(error: BaseException) -> str:
    """Say in one sentence what took a run and its process."""
    if isinstance(error, BrokenExecutor):
        return "its process broke on what it was sent or gave back; a fresh one is ready"
    if type(error).__name__ == "ProcessExpired":  # by name: pebble is imported by a pool alone
        ended = how(getattr(error, "exitcode", None))
        return f"its process {ended}; a fresh one is ready, the page is unharmed"
    return explain(error)


def how(code: int | None) -> str:
    """Say how a process with this exit code ended."""
    if code is None or code >= 0:
        return f"ended by itself with code {code}"
    reason = {
        signal.SIGSEGV: "crashed in a library (segmentation fault)",
        signal.SIGKILL: "was killed by the system, perhaps for lack of memory",
    }
    return reason.get(signal.Signals(-code), f"was stopped by {signal.Signals(-code).name}")


def default_memory_limit() -> int:
    """Give half of the memory that this machine or container has free, between 1 and 8 GiB."""
    import psutil

    free = psutil.virtual_memory().available
    for path in CONTAINER_LIMITS:
        with suppress(OSError, ValueError):  # no such file, or "max"
            free = min(free, int(Path(path).read_text()))
    return int(min(8 * 2**30, max(2**30, free // 2)))


def start_method() -> str:
    """Say how workers start: from a prepared fork server where there is one."""
    return "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
