"""What a method costs over the library it stands on: recipe, checks, answer and all, at 512 x 512.

Where one library call stands for the method, that call is the peer. Where the workbench's own code is the
method, the peer is its bare function, and the row says what recipe, checks and bookkeeping add.

python tests/benchmarks/bench_methods.py
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np
import pytest
from bare import BARE, VALUES
from timing import Row, show

import workbench as wb
from workbench.image import Image, read_image
from workbench.recipe import ImageRef, Recipe
from workbench.trace import Trace

AIM = 5.0  # ms over the bare library


def photograph() -> Image:
    """Give a colour photograph of 512 x 512."""
    return read_image(np.array(wb.samples.load("astronaut").image))


def rows() -> list[Row]:
    """Give the table: what, aim, measured; first the slider's own method, then every method's overhead."""
    image = photograph()
    found = []
    for name, entry in wb.METHODS.items():
        if "torch" in entry.requires:
            continue
        recipe = Recipe(ImageRef.of(image), name, VALUES.get(name, {}))
        # As panels run it: nobody records stages.
        ours = lambda recipe=recipe: recipe.run_on(image, trace=Trace(record=False))  # noqa: E731
        own = lambda recipe=recipe, entry=entry: entry.function(image, **recipe.values)  # noqa: E731
        bare = BARE.get(name)
        mine, theirs, over = paired(ours, own if bare is None else lambda bare=bare: bare(image))
        measured = f"{over:+.2f} ms ({mine:.2f} over {theirs:.2f} ms: {mine / theirs:.2f}x)"
        peer = "its own function" if bare is None else "the bare library"
        found.append({"what": f"{name} over {peer}, 512x512", "aim": f"<= {AIM:g} ms", "measured": measured})
        if name == "otsu":
            slider = {"what": "Otsu, sigma 1, 512x512", "aim": "<= 1.5 ms", "measured": f"{mine:.2f} ms"}
    return [slider, *found]


def paired(ours: Callable[[], object], theirs: Callable[[], object]) -> tuple[float, float, float]:
    """Give the median ms of both and of their difference, run in turns so that a busy machine slows both."""
    ours()
    start = time.perf_counter()
    theirs()
    times = int(np.clip(2.0 / (time.perf_counter() - start), 5, 101))
    pairs = [(_milliseconds(ours), _milliseconds(theirs)) for _ in range(times)]
    mine, bare = (statistics.median(column) for column in zip(*pairs, strict=True))
    return mine, bare, statistics.median(ours - theirs for ours, theirs in pairs)


def _milliseconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - start)


@pytest.mark.timeout(1200)  # every method, many times
def test_methods() -> None:
    assert set(BARE) <= set(wb.METHODS)
    show(rows())


if __name__ == "__main__":
    test_methods()
