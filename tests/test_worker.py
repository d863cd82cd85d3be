"""What a worker does with a request, looked at in this process."""

from __future__ import annotations

from collections.abc import Iterator

import jobs
import numpy as np
import pytest

from workbench import pools, worker
from workbench.trace import listen, progress


@pytest.fixture(autouse=True)
def fresh_desk() -> Iterator[None]:
    worker._desk.shelf.clear()
    worker.begin_thread([0.0] * worker.GAUGE_SIZE)
    yield
    worker._desk.shelf.clear()
    worker.begin_thread(None)


def test_work_calls_the_function_with_what_is_on_the_shelf() -> None:
    image = np.ones((2, 3))
    assert worker.work(jobs.double, (2,), {}, {}) == 4
    assert worker.work(jobs.size_of, (), {"image": "sha"}, {"sha": jobs.Traveller(image)}) == 6
    assert worker.work(jobs.size_of, (), {"image": "sha"}, {}) == 6


def test_what_was_never_sent_is_asked_for() -> None:
    assert worker.work(jobs.size_of, (), {"image": "sha"}, {}) == worker.Missing(("sha",))


def test_the_shelf_keeps_what_was_used_last() -> None:
    used = jobs.Traveller(np.ones(7))
    worker.work(jobs.size_of, (), {"image": "used"}, {"used": used})
    for number in range(2 * worker.SHELF_SIZE):
        worker.work(jobs.size_of, (), {"image": "used"}, {f"other {number}": used})
    assert len(worker._desk.shelf) == worker.SHELF_SIZE
    assert worker.work(jobs.size_of, (), {"image": "used"}, {}) == 7
    assert worker.work(jobs.size_of, (), {"image": "other 0"}, {}) == worker.Missing(("other 0",))


def test_progress_reaches_the_gauge_and_a_stop_reaches_the_method() -> None:
    gauge = worker._desk.gauge
    with listen(worker.trace()):
        progress(3, 4)
        assert (gauge[worker.DONE], gauge[worker.TOTAL]) == (3, 4)
        gauge[worker.STOP] = 1
        with pytest.raises(worker.Stopped):
            progress(4, 4)


def test_what_a_method_raises_is_a_sentence_that_travels() -> None:
    assert worker.work(jobs.fail_unpicklably, (), {}, {}) == worker.Failed(
        "it failed with Odd: this and that"
    )


def test_without_a_gauge_progress_is_heard_by_nobody() -> None:
    worker.begin_thread(None)
    with listen(worker.trace()):
        progress(3, 4)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ValueError("level must be in [0, 255], got 300"), "level must be in [0, 255], got 300"),
        (KeyError("no method 'x'"), "no method 'x'"),
        (MemoryError(), "it ran out of memory; try a smaller image"),
        (
            ZeroDivisionError("division by zero\nsecond line"),
            "it failed with ZeroDivisionError: division by zero",
        ),
        (RuntimeError(), "it failed with RuntimeError: RuntimeError"),
    ],
)
def test_every_error_is_one_sentence(error: BaseException, sentence: str) -> None:
    assert worker.explain(error) == sentence


@pytest.mark.parametrize("code", [None, 0, 1, -4, -6, -9, -11, -15])
def test_every_exit_code_is_words(code: int | None) -> None:
    assert pools.how(code)
    assert "\n" not in pools.how(code)
