"""How long a student's code is waited for, and how much it may use meanwhile."""

from __future__ import annotations

import time

from workbench.grading.channel import Broken, Endless
from workbench.grading.limits import Limits
from workbench.grading.watching import Used

LONGER = 4  # times its seconds that a call may take where other programs keep the processors from it
IDLE = 5  # looks, one after the other, at which nothing ran: it sleeps


class Patience:
    """Look at a program while it is waited for, until that is enough.

    seconds : that the answer may take. until : the moment on `time.monotonic` when all answers end.
    usual : processes that are there when none of the student's is.
    """

    def __init__(self, limits: Limits, seconds: float, until: float, usual: int) -> None:
        self.limits, self.seconds, self.until, self.usual = limits, seconds, until, usual
        self._before: float | None = None  # seconds of processors that were used when the waiting began
        self._idle = 0

    def look(self, used: Used, waited: float) -> None:
        """Go on, or not.

        Where other programs use the processors, a call gets its seconds later, and that is not its fault: it
        has as many of a processor as it may take on an idle machine, unless it sleeps.

        Raises
        ------
        Endless : it has had its time. Broken : it uses too much; the message says of what.
        """
        if used.processes > self.limits.processes + self.usual:
            raise Broken(f"more than {self.limits.processes} processes")
        if used.memory > self.limits.memory:
            raise Broken(f"memory limit: it took more than {self.limits.memory / 2**20:.0f} MB")
        self._before = used.seconds if self._before is None else self._before
        self._idle = 0 if used.busy else self._idle + 1
        had = used.seconds - self._before >= self.seconds or self._idle >= IDLE
        if time.monotonic() > self.until or waited >= (self.seconds if had else LONGER * self.seconds):
            started = used.processes - self.usual - 1  # one is there to answer
            raise Endless(f"it had started {started} processes" if started > 0 else "")
