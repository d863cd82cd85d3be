"""What every benchmark does: time a call, write a row, print the table."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable

Row = dict[str, str]


def milliseconds(call: Callable[[], object], times: int = 10) -> float:
    """Give the median ms of a call, after one that warms it up."""
    call()
    return statistics.median(timed(call, times))


def least(call: Callable[[], object], times: int = 10) -> float:
    """Give the least ms of a call: what it takes when nobody else wants the core."""
    return min(timed(call, times))


def timed(call: Callable[[], object], times: int) -> list[float]:
    """Give the ms of each of some calls."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        taken.append(1000 * (time.perf_counter() - start))
    return taken


def row(what: str, aim: str, taken: float) -> Row:
    """Write down a time in ms."""
    return {"what": what, "aim": aim, "measured": f"{taken:.2f} ms"}


def beside(what: str, aim: str, theirs: float, ours: float) -> Row:
    """Write down how much longer another takes for the same."""
    return {"what": f"  beside {what}", "aim": aim, "measured": f"{theirs:.2f} ms: {theirs / ours:.1f}x"}


def show(rows: Iterable[Row]) -> None:
    """Print the table."""
    print()
    for found in rows:
        print(f"{found['what']:<60} {found['aim']:>9}  {found['measured']}")
