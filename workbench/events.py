"""What the runner is asked, and what it tells."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Literal

DEADLINE = 120.0  # s after which a run counts as endless
Lane = Literal["classical", "slow", "network", "sweep"]
PATIENCE = 0.1  # s that a superseded run may still take

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Event:
    """Tell of one request.

    kind : ``running`` (every 0.05 s once it lasted 0.1 s; `progress` 0 to 1 or None), ``done`` (with
    `value`), ``failed`` (with one sentence in `message`) or ``cancelled``. After one of the last three no
    other follows.
    """

    kind: Literal["running", "done", "failed", "cancelled"]
    value: Any = None
    message: str = ""
    progress: float | None = None


@dataclass(eq=False)
class Request:
    """Ask for ``function(*args, **shared)`` in a worker.

    shared : {parameter name: (key, object)}; the object travels to the worker once for each key.
    patience : s that it may still take when a newer request of its slot waits; then it is killed.
    """

    slot: str
    function: Callable[..., Any]
    args: tuple[Any, ...]
    listen: Callable[[Event], None]
    shared: Mapping[str, tuple[str, Any]] = field(default_factory=dict)
    lane: Lane = "classical"
    deadline: float = DEADLINE
    patience: float = PATIENCE
    started: float = 0.0
    future: Future[Any] | None = None
    ended_by: str = ""  # why it was killed, where somebody did
    lost_at: float = 0.0  # when its worker was first seen to be gone
    over: bool = False
    again: bool = False  # sent once more, since its worker broke

    def tell(self, event: Event) -> None:
        """Call the listener; what it raises is logged, for the runner goes on."""
        if self.over:
            return
        self.over = event.kind != "running"
        try:
            self.listen(event)
        except Exception:
            log.exception("a listener of %s failed", self.slot)
