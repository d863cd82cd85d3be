"""Stages and progress: kept for who listens, free for everybody else."""

from __future__ import annotations

import threading
import time

import numpy as np

from workbench.trace import (
    Trace,
    chart,
    field,
    graph,
    listen,
    loading,
    progress,
    ran_on,
    recording,
    scatter,
    stage,
    tree,
)


def test_nothing_happens_where_nobody_listens() -> None:
    stage("never made", lambda: 1 / 0)
    chart("never made", lambda: 1 / 0, lambda: 1 / 0)
    progress(1, 2)
    ran_on("cuda:0")
    assert not recording()


def test_a_listener_that_records_nothing_costs_nothing() -> None:
    with listen(Trace(record=False)) as trace:
        assert not recording()
        stage("never made", lambda: 1 / 0)
        chart("never made", [0], lambda: 1 / 0)
    assert trace.stages == []


def test_stages_are_kept_in_order_and_are_copies() -> None:
    array = np.zeros((2, 2))
    with listen(Trace()) as trace:
        assert recording()
        stage("first", array, "as it was")
        array[:] = 1
        stage("second", lambda: array + 1, kind="labels")
    first, second = trace.stages
    assert (first.name, first.caption, first.kind) == ("first", "as it was", "image")
    assert first.array.tolist() == [[0, 0], [0, 0]]
    assert (second.kind, second.array[0, 0]) == ("labels", 2)


def test_a_chart_holds_x_y_a_second_y_and_marks() -> None:
    with listen(Trace()) as trace:
        chart(
            "histogram",
            [0, 1],
            lambda: [5, 6],
            "two levels",
            second=[7, 8],
            marks=[np.int64(1)],
            axes=("x", "y"),
        )
        chart("plain", [0], [1])
    first, plain = trace.stages
    assert first.array.tolist() == [[0, 1], [5, 6], [7, 8]]
    assert (first.kind, first.marks, first.axes) == ("chart", (1.0,), ("x", "y"))
    assert plain.array.shape == (2, 1)


def test_progress_and_device_are_heard() -> None:
    heard: list[tuple[int, int]] = []
    with listen(Trace(on_progress=lambda done, total: heard.append((done, total)))) as trace:
        progress(1, 2)
        ran_on("cuda:0")
    assert (heard, trace.device) == ([(1, 2)], "cuda:0")


def test_listening_ends_with_its_block_also_after_an_error() -> None:
    outer, inner = Trace(), Trace()
    with listen(outer):
        try:
            with listen(inner):
                stage("inner", [[1]])
                raise ValueError("the method failed")
        except ValueError:
            stage("outer", [[1]])
    stage("nobody", lambda: 1 / 0)
    assert [[s.name for s in trace.stages] for trace in (outer, inner)] == [["outer"], ["inner"]]


def test_another_thread_is_not_heard() -> None:
    with listen(Trace()) as trace:
        thread = threading.Thread(target=stage, args=("elsewhere", [[1]]))
        thread.start()
        thread.join()
    assert trace.stages == []


def test_loading_is_kept_apart_from_the_run() -> None:
    with listen(Trace()) as trace:
        with loading():
            time.sleep(0.02)
        with loading():
            time.sleep(0.02)
    assert 0.04 <= trace.loading < 1
    with loading():  # nobody listens: nothing to keep
        pass
    assert Trace().loading == 0


def test_the_frames_of_a_film_carry_its_word() -> None:
    with listen(Trace()) as trace:
        stage("after 1", [[1]], film="the curve")
        chart("histogram 1", [0], [1], film="levels")
        scatter("dots 1", [[0], [1]], film="dots")
        stage("alone", [[1]])
    assert [item.film for item in trace.stages] == ["the curve", "levels", "dots", ""]


def test_fields_graphs_and_trees_are_kept_in_their_shapes() -> None:
    with listen(Trace()) as trace:
        field("force", lambda: np.ones((2, 3, 2)), "towards edges")
        graph("neighbours", [[0, 0], [5, 5]], [[0, 1, 0.25]])
        graph("no edges", [[0, 0]], [])
        tree("merges", [2, 2, -1], [0, 0, 7], "two become one")
        tree("with groups", [-1], [1], groups=[4])
    force, neighbours, lonely, merges, grouped = trace.stages
    assert (force.kind, force.array.shape) == ("field", (2, 3, 2))
    assert (neighbours.kind, neighbours.marks) == ("graph", ((0, 1, 0.25),))
    assert lonely.marks == ()
    assert (merges.kind, merges.array.tolist()) == ("tree", [[2, 2, -1], [0, 0, 7]])
    assert grouped.array.shape == (3, 1)


def test_what_happens_while_loading_is_no_stage_of_the_run():
    with listen(Trace()) as trace:
        with loading():
            stage("warm-up", [[1]])
        stage("real", [[2]])
    assert [one.name for one in trace.stages] == ["real"]
    assert trace.loading > 0
