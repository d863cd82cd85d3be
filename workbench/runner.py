"""Run work in processes of its own: the latest request wins, any run can be cancelled, a crash takes no page.

A `Runner` has four lanes, each one worker process: ``classical`` starts at once, ``slow``, ``network`` and
``sweep`` at first use, so that a slider never waits for any of them. A *slot* is one card on a page. In a
slot a newer request replaces a waiting one, and kills a run that has outlasted its patience; a network's is
left to finish, since its loaded model is dear. Listeners are called from threads of the runner's own, never
while it holds its lock.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import BrokenExecutor, CancelledError, Future
from contextlib import suppress
from typing import Any, get_args

from workbench.events import PATIENCE, Event, Lane, Request
from workbench.pools import Pool, ThreadPool, ending, make_pool
from workbench.worker import Failed, Missing

__all__ = ["Event", "Lane", "Request", "Runner"]

TICK = 0.05  # s between looks at progress and memory
QUIET = 40  # ticks without a run after which nobody looks any more
GRACE = 1.0  # s in which a worker's death may become known by itself


class Runner:
    """Hold the lanes of one page or one process; close it, or use it as a context manager."""

    def __init__(self, memory_limit: int | None = None) -> None:
        self._lanes = {lane: _Lane(lane, memory_limit) for lane in get_args(Lane)}

    def submit(self, request: Request) -> None:
        """Take a request; a waiting one of the same slot is dropped without a word."""
        for name, lane in self._lanes.items():
            if name != request.lane:
                lane.cancel(request.slot)
        self._lanes[request.lane].submit(request)

    def cancel(self, slot: str) -> None:
        """Stop what the slot runs and forget what it waits for; their listeners hear ``cancelled``."""
        for lane in self._lanes.values():
            lane.cancel(slot)

    @property
    def cancels_at_once(self) -> bool:
        """Say whether runs are in processes that can be killed; in a thread, cancelling waits."""
        return self._lanes["classical"].pool.kills

    def warm_up(self) -> None:
        """Start the classical worker now, so that the first answer need not wait for it."""
        self._lanes["classical"].submit(Request("", _nothing, (), _ignore))

    def close(self) -> None:
        """Stop all workers; what still runs or waits hears ``cancelled``."""
        for lane in self._lanes.values():
            lane.close()

    def __enter__(self) -> Runner:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Lane:
    """One worker, one run at a time, and a queue with one place for each slot."""

    def __init__(self, name: str, memory_limit: int | None) -> None:
        self.name, self.memory_limit = name, memory_limit
        self._pool: Pool | None = None
        self._lock = threading.RLock()
        self._waiting: dict[str, Request] = {}
        self._running: Request | None = None
        self._sent: set[str] = set()
        self._watcher: threading.Thread | None = None
        self._closed = False
        self._proven = False  # whether a process has answered

    @property
    def pool(self) -> Pool:
        """Give the worker's pool, started when it is first asked for."""
        with self._lock:
            if self._pool is None:
                self._pool = make_pool(self.name, self.memory_limit)
            return self._pool

    def submit(self, request: Request) -> None:
        """Run a request, in place of the one before it in its slot."""
        with self._lock:
            closed = self._closed
            if not closed:
                self._waiting.pop(request.slot, None)  # the new one goes to the end of the queue
                self._waiting[request.slot] = request
        if closed:
            request.tell(Event("cancelled"))
        self._advance()

    def cancel(self, slot: str) -> None:
        """Stop what a slot runs or waits for."""
        with self._lock:
            waiting, running = self._waiting.pop(slot, None), self._running
        if waiting is not None:
            waiting.tell(Event("cancelled"))
        if running is not None and running.slot == slot:
            self._kill(running, "cancelled")

    def close(self) -> None:
        """End the worker."""
        with self._lock:
            self._closed = True
            left = [*self._waiting.values(), *([self._running] if self._running else [])]
            self._waiting.clear()
            if self._pool is not None:
                self._pool.close()
        for request in left:
            request.tell(Event("cancelled"))

    def _advance(self) -> None:
        """Start the oldest waiting request if the worker is free."""
        with self._lock:
            if self._running is not None or not self._waiting or self._closed:
                return
            request = self._waiting.pop(next(iter(self._waiting)))
            self._running, request.started = request, time.monotonic()
            self._watch()
        self._send(request)

    def _send(self, request: Request) -> None:
        """Hand the running request to the worker, with what that worker has not been sent yet."""
        keys = {name: key for name, (key, _) in request.shared.items()}
        future = self._schedule(request, keys)
        if future is None:
            request.tell(Event("cancelled"))
            return
        request.future = future
        future.add_done_callback(lambda future: self._finished(request, future))
        if request.ended_by:  # cancelled while it was on its way
            self.pool.kill(future)

    def _schedule(self, request: Request, keys: Mapping[str, str]) -> Future[Any] | None:
        """Take the worker there is, else a fresh one, else a thread; None where the lane is closed."""
        # pebble's pool breaks when an idle worker is killed, and cannot start where processes are forbidden.
        for make in (None, make_pool, ThreadPool):
            with suppress(RuntimeError):
                if make is not None:
                    self._replace(make)
                new = {key: thing for key, thing in request.shared.values() if key not in self._sent}
                future = self.pool.schedule(request.function, request.args, keys, new)
                self._sent |= set(new)
                return future
        return None

    def _replace(self, make: Callable[[str, int | None], Pool]) -> None:
        with self._lock:
            if self._closed:
                raise RuntimeError("the lane is closed")
            if self._pool is not None:
                self._pool.close()
            self._sent.clear()
            self._pool = make(self.name, self.memory_limit)

    def _finished(self, request: Request, future: Future[Any]) -> None:
        if future is not request.future:
            return  # its worker was lost, and it was sent again
        event = self._outcome(request, future)
        if event is None:
            self._send(request)
            return
        with self._lock:
            self._running = None
        self._advance()
        request.tell(event)

    def _outcome(self, request: Request, future: Future[Any]) -> Event | None:
        """Say what became of a run; None when it only has to be sent again with its images."""
        try:
            value = future.result()
        except BrokenExecutor as error:
            if request.again or self._closed:
                return self._failure(request, error)
            request.again = True  # a fresh worker may do better; where none ever answered, a thread will
            self._replace(make_pool if self._proven else ThreadPool)
            return None
        except BaseException as error:  # whatever came out of a worker is told, never raised here
            return self._failure(request, error)
        self._proven = True
        if request.ended_by == "cancelled":
            return Event("cancelled")
        if isinstance(value, Failed):
            return Event("failed", message=value.sentence)
        if isinstance(value, Missing):  # a fresh worker does not have the images yet
            self._sent -= set(value.keys)
            return None
        return Event("done", value)

    def _failure(self, request: Request, error: BaseException) -> Event:
        if isinstance(error, CancelledError) or not self.pool.outlives(error):
            self._sent.clear()  # the worker went with it, and all that it had been sent
        if request.ended_by in ("cancelled", "superseded"):
            return Event("cancelled")
        return Event("failed", message=request.ended_by or ending(error))

    def _kill(self, request: Request, reason: str) -> None:
        request.ended_by = request.ended_by or reason
        if request.future is not None:
            self.pool.kill(request.future)

    def _watch(self) -> None:
        if self._watcher is None:
            self._watcher = threading.Thread(target=self._look, name=f"watch-{self.name}", daemon=True)
            self._watcher.start()

    def _look(self) -> None:
        """Tell of progress, and end runs that are superseded, endless, or too hungry."""
        idle = 0
        while True:
            time.sleep(TICK)
            with self._lock:
                request = self._running
                idle = 0 if request is not None else idle + 1
                if idle > QUIET or self._closed:
                    self._watcher = None
                    return
            if request is not None and request.future is not None and not request.ended_by:
                self._judge(request, time.monotonic() - request.started)

    def _judge(self, request: Request, age: float) -> None:
        if age < PATIENCE:
            return
        if reason := self._reason(request, age):
            self._kill(request, reason)
        elif self.pool.lost():
            self._recover(request)
        else:
            request.tell(Event("running", progress=self.pool.progress()))

    def _reason(self, request: Request, age: float) -> str:
        """Say why a run has to end now, or nothing."""
        if self.name != "network" and age > request.patience and request.slot in self._waiting:
            return "superseded"
        if age > request.deadline:
            return f"it did not end within {request.deadline:g} s and was stopped; try a smaller image"
        if self.pool.too_hungry():
            limit = self.pool.memory_limit / 2**30
            return f"it needed more than {limit:.1f} GB of memory and was stopped; try a smaller image"
        return ""

    def _recover(self, request: Request) -> None:
        """Send a request again whose worker was taken down for the run before it."""
        now = time.monotonic()
        request.lost_at = request.lost_at or now
        if now - request.lost_at > GRACE:
            request.lost_at = 0.0
            self._sent.clear()
            self._send(request)


def _nothing() -> None:
    """Do nothing: what warming up asks for."""


def _ignore(_: Event) -> None:
    """Hear nothing."""
