"""The runner with real worker processes: what wins, what is killed, and what a card is told."""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jobs
import numpy as np
import psutil
import pytest

from workbench import pools
from workbench.runner import Event, Request, Runner

pytestmark = pytest.mark.timeout(60)


class Ear:
    """Collect a slot's events, and wait for the last."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._over = threading.Event()

    def __call__(self, event: Event) -> None:
        self.events.append(event)
        if event.kind != "running":
            self._over.set()

    def wait(self, timeout: float = 30) -> Event:
        assert self._over.wait(timeout), self.events
        return self.events[-1]


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner() as made:
        yield made


def ask(runner: Runner, function: Callable[..., Any], *args: Any, slot: str = "card", **more: Any) -> Ear:
    ear = Ear()
    runner.submit(Request(slot, function, args, ear, **more))
    return ear


def test_a_value_comes_back(runner: Runner) -> None:
    assert ask(runner, jobs.double, 21).wait() == Event("done", 42)


def test_work_is_done_in_another_process_that_a_slider_keeps(runner: Runner) -> None:
    first, second = (ask(runner, jobs.pid).wait().value for _ in range(2))
    assert first == second != os.getpid()


def test_lanes_are_separate_processes_and_do_not_wait_for_each_other(runner: Runner) -> None:
    busy = ask(runner, jobs.sleep, 20, slot="net", lane="network")
    slow = ask(runner, jobs.sleep, 20, slot="slow", lane="slow")
    assert ask(runner, jobs.double, 1).wait(10).value == 2
    runner.cancel("net")
    runner.cancel("slow")
    assert busy.wait().kind == slow.wait().kind == "cancelled"


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        (jobs.crash, r"its process crashed in a library \(segmentation fault\); a fresh one is ready"),
        (jobs.kill_itself, r"its process was killed by the system, perhaps for lack of memory"),
        (jobs.leave, r"its process ended by itself with code 3"),
        (jobs.stop_itself, r"its process was stopped by SIGABRT"),
        (jobs.swallow_50_gb, r"^it ran out of memory; try a smaller image$"),
        (jobs.fail, r"^sigma must be in \[0, 10\], got -1$"),
        (jobs.fail_oddly, r"^it failed with ZeroDivisionError: division by zero$"),
        (jobs.fail_mutely, r"^it failed with ValueError: ValueError$"),
        (jobs.leave_politely, r"^it failed with SystemExit: 5$"),
        (jobs.give_a_lambda, r"its process ended by itself with code 1"),
        (jobs.fail_unpicklably, r"^it failed with Odd: this and that$"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_whatever_ends_a_run_is_one_sentence_and_the_next_one_works(
    runner: Runner, function: Callable[..., Any], sentence: str
) -> None:
    event = ask(runner, function).wait()
    assert event.kind == "failed"
    assert re.search(sentence, event.message), event.message
    assert "\n" not in event.message
    assert ask(runner, jobs.double, 4).wait(15).value == 8


def test_arguments_that_cannot_travel_are_told(runner: Runner) -> None:
    assert ask(runner, jobs.double, threading.Lock()).wait().kind == "failed"
    assert ask(runner, jobs.double, 4).wait().value == 8


@pytest.mark.parametrize("function", [jobs.loop, jobs.loop_in_c], ids=["python", "library"])
def test_cancel_ends_an_endless_run_at_once(runner: Runner, function: Callable[..., Any]) -> None:
    assert ask(runner, jobs.double, 1).wait().value == 2  # the worker is up
    endless = ask(runner, function)
    time.sleep(0.3)
    start = time.perf_counter()
    runner.cancel("card")
    assert endless.wait(5).kind == "cancelled"
    told = time.perf_counter() - start
    assert ask(runner, jobs.double, 4).wait(10).value == 8
    again = time.perf_counter() - start
    assert told < 0.2
    assert again < 2.5  # generous: 0.15 s where nobody else works


def test_a_worker_killed_from_outside_is_replaced(runner: Runner) -> None:
    busy = ask(runner, jobs.loop)
    pid = _wait_for(lambda: _worker_pid(runner))
    time.sleep(0.3)
    os.kill(pid, signal.SIGKILL)
    assert "was killed by the system" in busy.wait().message
    assert ask(runner, jobs.double, 4).wait().value == 8


def test_an_idle_worker_killed_from_outside_is_replaced(runner: Runner) -> None:
    pid = ask(runner, jobs.pid).wait().value
    os.kill(pid, signal.SIGKILL)
    _wait_for(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    time.sleep(0.3)
    assert ask(runner, jobs.pid).wait().value != pid
    assert runner.cancels_at_once


def test_a_deadline_ends_an_endless_run(runner: Runner) -> None:
    event = ask(runner, jobs.loop, deadline=0.5).wait(10)
    assert event.message == "it did not end within 0.5 s and was stopped; try a smaller image"


def test_slow_growth_past_the_limit_is_stopped() -> None:
    # The network lane has no hard limit: there the resident size is watched.
    with Runner(memory_limit=300 * 2**20) as small:
        event = ask(small, jobs.grow, lane="network").wait()
        assert event.message == "it needed more than 0.3 GB of memory and was stopped; try a smaller image"
        assert ask(small, jobs.double, 4, lane="network").wait().value == 8


def test_progress_is_told_after_a_while(runner: Runner) -> None:
    ear = ask(runner, jobs.count_to, 12, 0.05)
    assert ear.wait().kind == "done"
    told = [event.progress for event in ear.events if event.kind == "running" and event.progress]
    assert told == sorted(told)
    assert told
    assert told[-1] <= 1


def test_quick_runs_tell_nothing_but_their_end(runner: Runner) -> None:
    began = time.monotonic()
    ear = ask(runner, jobs.double, 1)
    ear.wait()
    took = time.monotonic() - began
    time.sleep(0.2)
    # On a machine that is busy with other things it may have been no quick run.
    assert [event.kind for event in ear.events] == ["done"] or took > 0.1


def test_the_latest_of_many_quick_requests_wins(runner: Runner) -> None:
    values: list[int] = []
    for value in range(200):
        runner.submit(Request("card", jobs.double, (value,), lambda e: values.append(e.value)))
        time.sleep(0.002)
    _wait_for(lambda: values and values[-1] == 398)
    time.sleep(0.3)
    assert values[-1] == 398
    assert values == sorted(values)


def test_the_latest_of_many_slow_requests_wins(runner: Runner) -> None:
    """Each lasts 0.4 s: those that are superseded are killed, again and again."""
    values: list[Any] = []
    for value in range(12):
        runner.submit(Request("card", jobs.slowly, (value, 0.4), lambda e: values.append(e.value)))
        time.sleep(0.06)
    _wait_for(lambda: values and values[-1] == 11)
    assert [v for v in values if v is not None] == sorted(v for v in values if v is not None)


def test_a_superseded_run_is_killed_after_its_patience(runner: Runner) -> None:
    old = ask(runner, jobs.sleep, 30)
    time.sleep(0.3)
    start = time.perf_counter()
    assert ask(runner, jobs.double, 4).wait(10).value == 8
    assert old.wait().kind == "cancelled"
    assert time.perf_counter() - start < 5


def test_a_superseded_network_is_left_to_finish(runner: Runner) -> None:
    old = ask(runner, jobs.slowly, "dear", 0.6, lane="network")
    time.sleep(0.2)
    new = ask(runner, jobs.double, 4, lane="network")
    assert new.wait().value == 8
    assert old.wait() == Event("done", "dear")


def test_a_slot_that_changes_its_lane_ends_in_the_old_one(runner: Runner) -> None:
    old = ask(runner, jobs.sleep, 30, lane="network")
    time.sleep(0.2)
    assert ask(runner, jobs.double, 4).wait().value == 8
    assert old.wait().kind == "cancelled"


def test_cancel_tells_the_waiting_and_the_running(runner: Runner) -> None:
    running = ask(runner, jobs.sleep, 30)
    waiting = ask(runner, jobs.double, 1)
    runner.cancel("card")
    assert running.wait().kind == waiting.wait().kind == "cancelled"
    runner.cancel("card")  # nothing is left: nothing happens
    assert ask(runner, jobs.double, 4).wait().value == 8


def test_other_slots_wait_their_turn(runner: Runner) -> None:
    order: list[str] = []
    gate = ask(runner, jobs.sleep, 0.1, slot="first")
    for slot in "abc":
        runner.submit(Request(slot, jobs.double, (1,), lambda _, slot=slot: order.append(slot)))
    gate.wait()
    _wait_for(lambda: len(order) == 3)
    assert order == ["a", "b", "c"]


def test_images_travel_once_for_each_worker(runner: Runner) -> None:
    image = jobs.Traveller(np.zeros((64, 64, 3), np.uint8))
    shared = {"image": ("sha-1", image)}
    for _ in range(5):
        assert ask(runner, jobs.arrivals, shared=shared).wait().value == 1
    assert image.departures == 1
    ask(runner, jobs.crash).wait()
    assert ask(runner, jobs.arrivals, shared=shared).wait().value == 1  # a fresh worker, sent again
    assert image.departures == 2


def test_images_that_the_worker_let_go_are_sent_again(runner: Runner) -> None:
    first = {"image": ("first", jobs.Traveller(np.zeros(3)))}
    assert ask(runner, jobs.size_of, shared=first).wait().value == 3
    for number in range(14):
        ask(runner, jobs.size_of, shared={"image": (f"k{number}", jobs.Traveller(np.zeros(4)))}).wait()
    assert ask(runner, jobs.size_of, shared=first).wait().value == 3
    assert first["image"][1].departures == 2


def test_a_listener_that_fails_stops_nobody(runner: Runner, caplog: pytest.LogCaptureFixture) -> None:
    def deaf(event: Event) -> None:
        raise RuntimeError("no ear")

    runner.submit(Request("card", jobs.double, (1,), deaf))
    assert ask(runner, jobs.double, 4, slot="other").wait().value == 8
    assert "a listener of card failed" in caplog.text


def test_a_listener_may_ask_again(runner: Runner) -> None:
    """Listeners are called without the lock: a thread they wait for may use the runner."""
    second = Ear()

    def eager(event: Event) -> None:
        thread = threading.Thread(target=lambda: runner.submit(Request("card", jobs.double, (4,), second)))
        thread.start()
        thread.join(5)
        assert not thread.is_alive()

    runner.submit(Request("card", jobs.double, (1,), eager))
    assert second.wait().value == 8


def test_closing_tells_everybody_and_leaves_no_worker() -> None:
    runner = Runner()
    pid = ask(runner, jobs.pid).wait().value
    running, waiting = ask(runner, jobs.loop_in_c), ask(runner, jobs.double, 1, slot="other")
    time.sleep(0.2)
    runner.close()
    runner.close()  # once more does nothing
    assert running.wait().kind == waiting.wait().kind == "cancelled"
    assert ask(runner, jobs.double, 1).wait().kind == "cancelled"
    _wait_for(lambda: _gone(pid))


def test_warming_up_starts_the_classical_worker() -> None:
    with Runner() as runner:
        runner.warm_up()
        _wait_for(lambda: _worker_pid(runner))
        assert ask(runner, jobs.double, 4).wait().value == 8


# --- where processes are not to be had ---
@pytest.fixture(params=["no context", "no start"])
def threaded(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runner]:
    def forbidden(*_: Any, **__: Any) -> Any:
        raise OSError("processes are forbidden here")

    if request.param == "no context":
        monkeypatch.setattr(multiprocessing, "get_context", forbidden)
    else:
        monkeypatch.setattr("pebble.pool.process.launch_process", forbidden)
    with Runner() as made:
        yield made


def test_without_processes_a_thread_answers(threaded: Runner) -> None:
    assert ask(threaded, jobs.pid).wait().value == os.getpid()
    assert not threaded.cancels_at_once
    shared = {"image": ("sha", jobs.Traveller(np.zeros(5)))}
    assert ask(threaded, jobs.size_of, shared=shared).wait().value == 5
    assert ask(threaded, jobs.fail).wait().message == "sigma must be in [0, 10], got -1"


def test_in_a_thread_cancelling_waits_for_the_next_progress(threaded: Runner) -> None:
    endless = ask(threaded, jobs.count_to, 10_000, 0.01)
    time.sleep(0.3)
    threaded.cancel("card")
    assert endless.wait(5).kind == "cancelled"
    assert any(event.progress for event in endless.events)
    assert ask(threaded, jobs.double, 4).wait(5).value == 8


def test_in_a_thread_a_cancelled_run_that_ends_anyway_is_still_cancelled(threaded: Runner) -> None:
    stubborn = ask(threaded, jobs.sleep, 0.5)
    time.sleep(0.2)
    threaded.cancel("card")
    assert stubborn.wait().kind == "cancelled"


def test_in_a_thread_a_superseded_run_is_still_shown(threaded: Runner) -> None:
    old = ask(threaded, jobs.slowly, "old", 0.4)
    time.sleep(0.2)
    assert ask(threaded, jobs.double, 4).wait().value == 8
    assert old.wait() == Event("done", "old")


def test_where_no_worker_can_begin_a_thread_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a script from standard input, which no fresh process can load."""
    monkeypatch.setattr(pools, "begin", jobs.leave)
    with Runner() as runner:
        assert ask(runner, jobs.pid).wait().value == os.getpid()
        assert not runner.cancels_at_once


def test_what_a_worker_cannot_even_read_is_told(runner: Runner) -> None:
    assert ask(runner, jobs.double, 1).wait().value == 2
    message = ask(runner, jobs.double, jobs.Unreadable()).wait().message
    assert message == "its process broke on what it was sent or gave back; a fresh one is ready"
    assert ask(runner, jobs.pid).wait().value != os.getpid()


# --- when the page's process dies ---
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends workers with their parent at once")
def test_no_worker_outlives_a_killed_kernel(tmp_path: Path) -> None:
    script = textwrap.dedent("""
        import time
        import jobs
        from workbench.runner import Request, Runner
        if __name__ == "__main__":
            runner = Runner()
            tell = lambda e: print(e.value, flush=True) if e.kind == "done" else None
            runner.submit(Request("a", jobs.pid, (), tell))
            runner.submit(Request("b", jobs.loop_in_c, (), lambda e: print(e.kind, flush=True)))
            time.sleep(60)
    """)
    file = tmp_path / "page.py"
    file.write_text(script)
    env = os.environ | {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    page = subprocess.Popen([sys.executable, str(file)], stdout=subprocess.PIPE, text=True, env=env)
    try:
        assert page.stdout is not None
        worker = int(page.stdout.readline())
        assert page.stdout.readline() == "running\n"
        time.sleep(0.3)
        children = psutil.Process(page.pid).children(recursive=True)
        family = [page.pid, worker, *(child.pid for child in children)]
    finally:
        page.kill()
        page.wait()
    _wait_for(lambda: all(_gone(pid) for pid in family), note=lambda: [p for p in family if not _gone(p)])


def test_the_memory_limit_knows_of_containers(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    limit = tmp_path / "memory.max"
    limit.write_text("3221225472\n")
    monkeypatch.setattr(pools, "CONTAINER_LIMITS", (str(limit), str(tmp_path / "absent")))
    assert pools.default_memory_limit() <= 3 * 2**29
    limit.write_text("max\n")
    assert 2**30 <= pools.default_memory_limit() <= 8 * 2**30


def _worker_pid(runner: Runner) -> int:
    return int(runner._lanes["classical"].pool._gauge[2])  # the only door to it


def _gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def _wait_for(condition: Callable[[], Any], timeout: float = 20, note: Callable[[], Any] = str) -> Any:
    end = time.monotonic() + timeout
    while not (found := condition()):
        assert time.monotonic() < end, f"waited in vain {note()}"
        time.sleep(0.02)
    return found
