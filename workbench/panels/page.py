"""What every panel's widget does: it speaks with its page, and brings calls home from other threads."""

from __future__ import annotations

import asyncio
import queue
from collections.abc import Callable
from typing import Any

import anywidget

from workbench.widgets import assets


class PageWidget(anywidget.AnyWidget):
    """Hold the line to a page in a notebook or a dashboard."""

    _css = assets.style()

    def __init__(self) -> None:
        super().__init__()
        self._calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._loop = _running_loop()

    def _tell(self, message: dict[str, Any], buffers: list[bytes]) -> None:
        self.send(message, buffers)

    def _post(self, call: Callable[[], None]) -> None:
        """Bring a call from another thread to the kernel's own."""
        self._calls.put(call)
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._drain)

    def _drain(self) -> None:
        while True:
            try:
                call = self._calls.get_nowait()
            except queue.Empty:
                return
            call()


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
