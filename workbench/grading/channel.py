"""Two pipes to a program that is not trusted: every wait has an end, every message a largest size."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable

TICK = 0.1  # s between two looks at what the program uses


class Broken(Exception):
    """Say that a program is to be talked to no more. The message is for the report."""


class Gone(Broken):
    """Say that the program has closed its end."""


class Endless(Broken):
    """Say that the program did not answer in its time."""


Watch = Callable[[float], None]  # is told the seconds waited so far; raises Broken to stop the waiting


class Channel:
    """Send messages into one pipe and receive from another, each behind its length in eight bytes.

    inside : the two ends that the program gets, to read from and to write to.
    """

    def __init__(self) -> None:
        theirs_in, self._out = os.pipe()
        self._in, theirs_out = os.pipe()
        self.inside = (theirs_in, theirs_out)
        self._looked = 0.0  # when the program was last watched
        os.set_blocking(self._out, False)
        os.set_blocking(self._in, False)

    def let_go(self) -> None:
        """Close the program's ends here, once it has them."""
        for end in self.inside:
            os.close(end)
        self.inside = ()  # type: ignore[assignment]

    def close(self) -> None:
        """Close every end that is still open here."""
        for end in (*self.inside, self._out, self._in):
            os.close(end)

    def send(self, data: bytes, watch: Watch) -> None:
        """Send one message.

        Raises
        ------
        Gone : nobody reads any more. What `watch` raises passes through.
        """
        start, left = time.monotonic(), memoryview(len(data).to_bytes(8, "big") + data)
        while left:
            self._wait(self._out, select.POLLOUT, start, watch)
            try:
                left = left[os.write(self._out, left[: 2**16]) :]
            except BlockingIOError:
                continue
            except BrokenPipeError as error:
                raise Gone from error

    def receive(self, most: int, watch: Watch) -> bytes:
        """Receive one message of at most `most` bytes.

        Raises
        ------
        Gone : the pipe was closed. Broken : it is announced as larger. What `watch` raises passes through.
        """
        start = time.monotonic()
        size = int.from_bytes(self._exactly(8, start, watch), "big")
        if size > most:
            raise Broken(f"too much output: {size} bytes, where at most {most} are taken")
        return self._exactly(size, start, watch)

    def _exactly(self, size: int, start: float, watch: Watch) -> bytes:
        data = bytearray()
        while len(data) < size:
            self._wait(self._in, select.POLLIN, start, watch)
            try:
                part = os.read(self._in, min(size - len(data), 2**20))
            except BlockingIOError:
                continue
            if not part:
                raise Gone
            data += part
        return bytes(data)

    def _wait(self, end: int, event: int, start: float, watch: Watch) -> None:
        """Wait until a pipe is ready. A program that trickles its bytes is watched like a silent one."""
        poll = select.poll()
        poll.register(end, event)
        while True:
            ready = poll.poll(TICK * 1000)
            now = time.monotonic()
            if now - max(self._looked, start) >= TICK:
                self._looked = now
                watch(now - start)
            if ready:
                return
