"""What a method shows of its way: `stage` and `progress`, free when nobody listens."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Lazy = ArrayLike | Callable[[], ArrayLike]
Kind = Literal["image", "labels", "field", "chart", "scatter", "graph", "tree"]


@dataclasses.dataclass(frozen=True)
class Stage:
    """Hold one step of a method.

    kind : what `array` and `marks` are.
        ``"image"``: (H, W) or (H, W, 3) values. ``"labels"``: (H, W) ids.
        ``"field"``: (H, W, 2), how far each pixel points down and across.
        ``"chart"``: (2, N) or (3, N), x, y and a second y; marks are x positions to draw a line at.
        ``"scatter"``: (2, N) or (3, N), x, y and the group of each dot; marks are the (x, y) of centres.
        ``"graph"``: (N, 2), row and column of each node; marks are the edges (node, node, weight).
        ``"tree"``: (2, N) or (3, N), the parent of each node (-1 above the root), its height, its group.
    film : stages with the same word are the frames of one film, in their order; "" stands alone.
    """

    name: str
    array: NDArray[Any]
    caption: str = ""
    kind: Kind = "image"
    marks: tuple[Any, ...] = ()
    axes: tuple[str, str] = ("", "")
    film: str = ""


@dataclasses.dataclass
class Trace:
    """Collect the stages of a run, its notes and the device it used, and hear of its progress."""

    stages: list[Stage] = dataclasses.field(default_factory=list)
    record: bool = True
    on_progress: Callable[[int, int], None] | None = None
    device: str = "cpu"
    loading: float = 0.0  # s that `loading` blocks took
    notes: list[str] = dataclasses.field(default_factory=list)  # what a reader of the answer has to know


_listening: ContextVar[Trace | None] = ContextVar("listening", default=None)


@contextmanager
def listen(trace: Trace) -> Iterator[Trace]:
    """Hear `stage` and `progress` calls made inside the block.

    >>> with listen(Trace()) as trace:
    ...     stage("blurred", [[1, 2]], "sigma 1")
    >>> trace.stages[0].name
    'blurred'
    """
    token = _listening.set(trace)
    try:
        yield trace
    finally:
        _listening.reset(token)


def recording() -> bool:
    """Say whether anybody records stages, for those that are dear to make."""
    trace = _listening.get()
    return trace is not None and trace.record


def stage(
    name: str,
    array: Lazy,
    caption: str = "",
    *,
    kind: Literal["image", "labels"] = "image",
    film: str = "",
) -> None:
    """Show a picture of this step; give a function where making the picture costs something.

    >>> stage("never made", lambda: 1 / 0)
    """
    _keep(lambda: Stage(name, _made(array), caption, kind, film=film))


def field(name: str, vectors: Lazy, caption: str = "", *, film: str = "") -> None:
    """Show an (H, W, 2) field of this step: how far each pixel points down and across, as arrows."""
    _keep(lambda: Stage(name, _made(vectors).astype(np.float32), caption, "field", film=film))


def chart(
    name: str,
    x: Lazy,
    y: Lazy,
    caption: str = "",
    *,
    second: Lazy | None = None,
    marks: Sequence[float] = (),
    axes: tuple[str, str] = ("", ""),
    film: str = "",
) -> None:
    """Show a curve of this step, such as a histogram with the threshold marked."""

    def make() -> Stage:
        """Make the stage, where somebody wants it."""
        rows = [_made(x), _made(y)] + ([] if second is None else [_made(second)])
        return Stage(name, np.asarray(rows, float), caption, "chart", tuple(map(float, marks)), axes, film)

    _keep(make)


def scatter(
    name: str,
    dots: Lazy,
    caption: str = "",
    *,
    centres: Lazy = (),
    axes: tuple[str, str] = ("", ""),
    film: str = "",
) -> None:
    """Show (2, N) or (3, N) dots of this step, x, y and their group, and (K, 2) centres among them.

    >>> with listen(Trace()) as trace:
    ...     scatter("colours", [[1, 2], [3, 4]], centres=[[1.5, 3.5]])
    >>> trace.stages[0].marks
    ((1.5, 3.5),)
    """

    def make() -> Stage:
        """Make the stage, where somebody wants it."""
        marks = tuple((float(x), float(y)) for x, y in _made(centres))
        return Stage(name, _made(dots).astype(float), caption, "scatter", marks, axes, film)

    _keep(make)


def graph(name: str, nodes: Lazy, edges: Lazy, caption: str = "", *, film: str = "") -> None:
    """Show a graph of this step over the picture: (N, 2) rows and columns, (M, 3) edges a, b and weight.

    >>> with listen(Trace()) as trace:
    ...     graph("neighbours", [[0, 0], [0, 9]], [[0, 1, 0.5]])
    >>> trace.stages[0].marks
    ((0, 1, 0.5),)
    """

    def make() -> Stage:
        """Make the stage, where somebody wants it."""
        marks = tuple((int(a), int(b), float(weight)) for a, b, weight in _made(edges).reshape(-1, 3))
        return Stage(name, _made(nodes).astype(float).reshape(-1, 2), caption, "graph", marks, film=film)

    _keep(make)


def tree(
    name: str, parents: Lazy, heights: Lazy, caption: str = "", *, groups: Lazy = (), film: str = ""
) -> None:
    """Show a tree of this step: (N,) the parent of each node (-1 above the root), heights, and groups."""

    def make() -> Stage:
        """Make the stage, where somebody wants it."""
        rows = [_made(parents), _made(heights)]
        colours = _made(groups)
        rows += [colours] if colours.size else []
        return Stage(name, np.asarray(rows, float), caption, "tree", film=film)

    _keep(make)


def progress(done: int, total: int) -> None:
    """Say how far the method is; also where a run that nobody waits for any more may stop."""
    trace = _listening.get()
    if trace is not None and trace.on_progress is not None:
        trace.on_progress(done, total)


def note(sentence: str) -> None:
    """Say what a reader of the answer has to know, such as that memory was short.

    >>> with listen(Trace()) as trace:
    ...     note("looked at in tiles")
    >>> trace.notes
    ['looked at in tiles']
    """
    trace = _listening.get()
    if trace is not None and sentence not in trace.notes:
        trace.notes.append(sentence)


@contextmanager
def loading() -> Iterator[None]:
    """Keep the block out of the run, its time and its stages: what is loaded once is no part of it."""
    start, trace = time.perf_counter(), _listening.get()
    token = _listening.set(None)
    try:
        yield
    finally:
        _listening.reset(token)
        if trace is not None:
            trace.loading += time.perf_counter() - start


def ran_on(device: str) -> None:
    """Say which device does the work, such as ``"cuda:0"``; without a word it is the CPU."""
    trace = _listening.get()
    if trace is not None:
        trace.device = device


def _keep(make: Callable[[], Stage]) -> None:
    trace = _listening.get()
    if trace is not None and trace.record:
        trace.stages.append(make())


def _made(array: Lazy) -> NDArray[Any]:
    return np.array(array() if callable(array) else array)
