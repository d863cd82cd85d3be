"""A class is graded: each submission once, again where asked, and on from where a run ended."""

from __future__ import annotations

from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from workbench.grading import bubblewrap, keepers, marking
from workbench.grading.collecting.assigning import Assigned
from workbench.grading.gradebook import Gradebook, Work
from workbench.grading.surroundings import NoSandbox
from workbench.teaching.course import Assignment

LESSON = Assignment("00_first_look", Path("00_first_look.ipynb"), ("00.1", "00.3"))
RIGHT = ("def pixel_share(mask):\n    return mask.mean()", "prediction = 'c'")
COUNT = ("def pixel_share(mask):\n    return mask.sum()", "prediction = 'b'")


def work(student: str, cells: tuple[str, ...] = RIGHT, problem: str = "") -> Work:
    return Work(
        student, LESSON.name, f"{student}.ipynb", f"sha of {student}", student, problem=problem, cells=cells
    )


@pytest.fixture
def book(tmp_path: Path) -> Gradebook:
    return Gradebook(tmp_path)


@pytest.fixture
def executor() -> Executor:
    return ThreadPoolExecutor(2)


def points(book: Gradebook) -> dict[str, list[float]]:
    return {one.work.student: [mark.points for mark in one.marks] for one in book.graded()}


def test_a_class_is_graded_and_not_twice(shut_in: str, book: Gradebook, executor: Executor) -> None:
    every = Assigned((work("Ada"), work("Bob", COUNT), work("Eve", (), "cut short")), ())
    told: list[tuple[int, int, str]] = []

    def tell(done: int, of: int, one: Work, marks: object) -> None:
        told.append((done, of, one.student))

    done = marking.grade(every, [LESSON], book, executor=executor, told=tell)
    assert done == marking.Done(graded=2, kept=0, unreadable=1)
    assert points(book) == {"Ada": [1, 1], "Bob": [0.12, 0], "Eve": []}
    assert [mark.mistake for mark in book.graded()[1].marks] == ["a count", "Dice"]
    assert [(n, of) for n, of, _ in told] == [(1, 2), (2, 2)]
    again = marking.grade(every, [LESSON], book, executor=executor)
    assert again == marking.Done(graded=0, kept=2, unreadable=1)
    assert {one.round for one in book.graded() if one.marks} == {1}


def test_a_run_that_was_ended_goes_on_where_it_was(shut_in: str, book: Gradebook, executor: Executor) -> None:
    def stop(done: int, of: int, one: Work, marks: object) -> None:
        raise KeyboardInterrupt

    every = Assigned((work("Ada"), work("Bob", COUNT)), ())
    with pytest.raises(KeyboardInterrupt):
        marking.grade(every, [LESSON], book, executor=executor, told=stop)
    before = points(book)
    assert len(before) == 1
    done = marking.grade(every, [LESSON], book, executor=executor)
    assert (done.graded, done.kept) == (1, 1)
    assert points(book) == {"Ada": [1, 1], "Bob": [0.12, 0]}


def test_grading_again_keeps_the_old_marks(shut_in: str, book: Gradebook, executor: Executor) -> None:
    every = Assigned((work("Ada"),), ())
    marking.grade(every, [LESSON], book, executor=executor)
    marking.grade(every, [LESSON], book, executor=executor, regrade=True)
    first, second = book.rounds("Ada", LESSON.name)
    plain = [[replace(mark, seconds=0) for mark in marks] for marks in (first, second)]
    assert plain[0] == plain[1]


def test_what_becomes_known_of_a_graded_submission_is_kept(
    shut_in: str, book: Gradebook, executor: Executor
) -> None:
    marking.grade(Assigned((work("Ada"),), ()), [LESSON], book, executor=executor)
    late = replace(work("Ada"), days_late=2.0)
    marking.grade(Assigned((late,), ()), [LESSON], book, executor=executor)
    assert book.graded()[0].work.days_late == 2.0


def test_without_a_sandbox_nobody_gets_a_mark(
    book: Gradebook, executor: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bubblewrap.shutil, "which", lambda name: None)
    keepers.chosen.cache_clear()
    try:
        with pytest.raises(NoSandbox, match="`apt install bubblewrap` brings it"):
            marking.grade(Assigned((work("Ada"),), ()), [LESSON], book, executor=executor)
        with pytest.raises(NoSandbox), marking.here(1):
            pass
    finally:
        keepers.chosen.cache_clear()
    assert book.graded() == []


def test_those_who_are_trusted_are_marked_as_such(book: Gradebook, executor: Executor) -> None:
    with pytest.warns(UserWarning, match="WITHOUT a sandbox"), marking.here(1, trusting=True) as one:
        marking.grade(Assigned((work("Ada"),), ()), [LESSON], book, executor=one, trusting=True)
    assert book.graded()[0].trusting
    assert points(book) == {"Ada": [1, 1]}


def test_a_cluster_gives_the_same_marks(
    shut_in: str, book: Gradebook, executor: Executor, tmp_path: Path
) -> None:
    distributed = pytest.importorskip("distributed")
    every = Assigned((work("Ada"), work("Bob", COUNT)), ())
    marking.grade(every, [LESSON], book, executor=executor)
    other = Gradebook(tmp_path / "other")
    other.secret = book.secret
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        marking.cluster(cluster.scheduler_address) as remote,
    ):
        marking.grade(every, [LESSON], other, executor=remote)
    plain = [
        [replace(mark, seconds=0) for one in kept.graded() for mark in one.marks] for kept in (book, other)
    ]
    assert plain[0] == plain[1]


def test_a_cluster_that_is_not_there_is_told() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(ValueError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):  # noqa: SIM117
        with marking.cluster("tcp://127.0.0.1:9"):
            pass
