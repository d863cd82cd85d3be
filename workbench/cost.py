"""What a run costs: wall time, and memory at its peak."""

from __future__ import annotations

import time
from pathlib import Path


class Cost:
    """Measure the wall time of a block and, where asked, how much the process grew at its peak.

    Asking the system for the peak costs up to a millisecond, which a dragged slider would feel.
    """

    def __init__(self, *, peak: bool) -> None:
        self._wanted = peak

    def __enter__(self) -> Cost:
        self.seconds, self.peak_bytes = 0.0, 0
        self._floor = _resident_peak(reset=True) if self._wanted else 0
        self._start = time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.perf_counter() - self._start
        self.peak_bytes = max(0, _resident_peak() - self._floor) if self._floor else 0


def _resident_peak(reset: bool = False) -> int:
    """Read the process's largest resident size since the last reset, in bytes; 0 where nobody knows."""
    try:
        if reset:
            Path("/proc/self/clear_refs").write_text("5")
        line = next(s for s in Path("/proc/self/status").read_text().splitlines() if s.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    except (OSError, StopIteration):
        return 0
