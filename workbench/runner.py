"""Run work in processes of its own: the latest request wins, any run can be cancelled, a crash takes no page.

A `Runner` has two lanes, each one worker process: ``classical`` starts at once, ``network`` at first use, so
that a slider never waits for a network. A *slot* is one card on a page. In a slot a newer request replaces a
waiting one, and kills a classical run that has lasted `PATIENCE`; a network's is left to finish, since its
loaded model is dear.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from typing import Any, Literal

from workbench.worker import Missing, Pool, make_pool

PATIENCE = 0.1  # s that a superseded classical run may still take
DEADLINE = 120.0  # s after which a run counts as endless
TICK = 0.05  # s between looks at progress and memory
Lane = Literal["classical", "network"]


@dataclass(frozen=True)
class Event:
    """Tell of one request.

    kind : ``running`` (every `TICK` once it lasted `PATIENCE`; `progress` 0 to 1 or None), ``done`` (with
    `value`), ``failed`` (with one sentence in `message`) or ``cancelled``.
    """

    kind: Literal["running", "done", "failed", "cancelled"]
    value: Any = None
    message: str = ""
    progress: float | None = None


@dataclass(eq=False)
class Request:
    """Ask for ``function(*args, **shared)`` in a worker.

    shared : {parameter name: (key, object)}; the object travels to the worker once for each key.
    """

    slot: str
    function: Callable[..., Any]
    args: tuple[Any, ...]
    listen: Callable[[Event], None]
    shared: Mapping[str, tuple[str, Any]] = field(default_factory=dict)
    lane: Lane = "classical"
    deadline: float = DEADLINE
    started: float = 0.0
    future: Future[Any] | None = None
    ended_by: str = ""  # why it was killed, where somebody did


class Runner:
    """Hold the lanes of one page or one process; close it, or use it as a context manager."""

    def __init__(self, memory_limit: int | None = None) -> None:
        self._lanes = {lane: _Lane(lane, memory_limit) for lane in ("classical", "network")}

    def submit(self, request: Request) -> None:
        """Take a request; a waiting one of the same slot is dropped without a word."""
        for name, lane in self._lanes.items():
            if name != request.lane:
                lane.cancel(request.slot)
        self._lanes[request.lane].submit(request)

    def cancel(self, slot: str) -> None:
        """Stop what the slot runs and forget what it waits for; its listener hears ``cancelled``."""
        for lane in self._lanes.values():
            lane.cancel(slot)

    @property
    def cancels_at_once(self) -> bool:
        """Say whether runs are in processes that can be killed; in a thread, cancelling waits."""
        return self._lanes["classical"].pool.kills

    def warm_up(self) -> None:
        """Start the classical worker now, so that the first answer need not wait for it."""
        self._lanes["classical"].start()

    def close(self) -> None:
        """Stop all workers."""
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

    @property
    def pool(self) -> Pool:
        if self._pool is None:
            self._pool = make_pool(self.name, self.memory_limit)
        return self._pool

    def start(self) -> None:
        self.pool.schedule(_nothing, (), {}, [])

    def submit(self, request: Request) -> None:
        with self._lock:
            self._waiting.pop(request.slot, None)
            self._waiting[request.slot] = request
            self._next()

    def cancel(self, slot: str) -> None:
        with self._lock:
            waiting = self._waiting.pop(slot, None)
            running = self._running
            if running is not None and running.slot == slot:
                self._kill(running, "cancelled")
                waiting = None  # it hears of the one that ran
        if waiting is not None:
            waiting.listen(Event("cancelled"))

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._waiting.clear()
            if self._pool is not None:
                self._pool.close()

    def _next(self) -> None:
        """Start the oldest waiting request if the worker is free."""
        if self._running is not None or not self._waiting or self._closed:
            return
        request = self._waiting.pop(next(iter(self._waiting)))
        self._running, request.started = request, time.monotonic()
        self._send(request)
        self._watch()

    def _send(self, request: Request) -> None:
        new = {key: thing for key, thing in request.shared.values() if key not in self._sent}
        keys = {name: key for name, (key, _) in request.shared.items()}
        self._sent |= set(new)
        work = (request.function, request.args, keys, new)
        request.future = self.pool.schedule(*work)
        request.future.add_done_callback(lambda future: self._finished(request, future))

    def _finished(self, request: Request, future: Future[Any]) -> None:
        event = self._outcome(request, future)
        if event is None:
            return
        with self._lock:
            self._running = None
            self._next()
        request.listen(event)

    def _outcome(self, request: Request, future: Future[Any]) -> Event | None:
        """Say what became of a run; None when it only has to be sent again with its images."""
        try:
            value = future.result()
        except CancelledError:
            self._sent.clear()  # the worker went with it, and all that it had been sent
            if request.ended_by in ("cancelled", "superseded"):
                return Event("cancelled")
            return Event("failed", message=request.ended_by)
        except BaseException as error:  # whatever came out of a worker is told, never raised here
            if not self.pool.alive_after(error):
                self._sent.clear()
            return Event("failed", message=self.pool.explain(error))
        if isinstance(value, Missing):  # a fresh worker does not have the images yet
            self._sent -= set(value.keys)
            self._send(request)
            return None
        return Event("done", value)

    def _kill(self, request: Request, reason: str) -> None:
        if request.future is not None and not request.ended_by:
            request.ended_by = reason
            self.pool.kill(request.future)

    def _watch(self) -> None:
        if self._watcher is None or not self._watcher.is_alive():
            self._watcher = threading.Thread(target=self._look, name=f"watch-{self.name}", daemon=True)
            self._watcher.start()

    def _look(self) -> None:
        """Tell of progress, and end runs that are superseded, endless, or too hungry."""
        idle = 0
        while idle < 40 and not self._closed:  # a quiet watcher ends after two seconds
            time.sleep(TICK)
            with self._lock:
                request = self._running
                event = self._judge(request) if request is not None else None
            idle = 0 if request is not None else idle + 1
            if request is not None and event is not None:
                request.listen(event)

    def _judge(self, request: Request) -> Event | None:
        age = time.monotonic() - request.started
        if age < PATIENCE or request.ended_by:
            return None
        if self.name == "classical" and request.slot in self._waiting:
            self._kill(request, "superseded")
        elif age > request.deadline:
            self._kill(request, f"it did not end within {request.deadline:g} s and was stopped; try a smaller image")
        elif self.pool.too_hungry():
            limit = self.pool.memory_limit / 2**30
            self._kill(request, f"it needed more than {limit:.1f} GB of memory and was stopped; try a smaller image")
        else:
            return Event("running", progress=self.pool.progress())
        return None


def _nothing() -> None:
    """Do nothing: what warming up asks for."""
