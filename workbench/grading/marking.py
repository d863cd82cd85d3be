"""Grade a whole class: whatever is not graded yet, several submissions at a time, each kept at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass

from workbench.grading.collecting.assigning import Assigned
from workbench.grading.gradebook import Gradebook, Work
from workbench.grading.judging import Mark, judged
from workbench.grading.sandbox import NoSandbox, keeper
from workbench.teaching import EXERCISES
from workbench.teaching.course import Assignment

TRIES = 3  # a sandbox that does not start on a crowded machine may start the next time
Told = Callable[[int, int, Work, Sequence[Mark]], None]  # done, of how many, what, and its marks


@dataclass(frozen=True)
class Done:
    """Hold what a run did: submissions graded now, those that were graded before, those that cannot be."""

    graded: int
    kept: int
    unreadable: int


def mark(
    cells: Sequence[str], ids: Sequence[str], secret: bytes, trusting: bool = False, tries: int = TRIES
) -> list[Mark]:
    """Judge one submission, here or on another machine, and begin anew where the sandbox did not start.

    Raises
    ------
    NoSandbox : there is none, time and again; that is no student's fault, so no mark is given.
    """
    try:
        return judged(cells, [EXERCISES[id] for id in ids], secret, trusting=trusting)
    except NoSandbox:
        if tries <= 1:
            raise
    return mark(cells, ids, secret, trusting, tries - 1)


def grade(
    assigned: Assigned,
    assignments: Sequence[Assignment],
    book: Gradebook,
    *,
    executor: Executor,
    trusting: bool = False,
    regrade: bool = False,
    told: Told = lambda done, of, work, marks: None,
) -> Done:
    """Grade what is not graded yet into the book.

    executor : runs them; `here` gives one of this machine. trusting : without a sandbox. regrade : those that
    have marks too, in a new round. told : is called after each.

    Raises
    ------
    NoSandbox : this machine has none, and nobody is trusted. Marks given so far are kept.
    """
    asked = {assignment.name: assignment.exercises for assignment in assignments}
    todo = []
    for work in assigned.work:
        if work.problem or (not regrade and book.is_graded(work, asked[work.lesson])):
            book.add(work)  # of what is graded already, when it came may have become known
        else:
            todo.append(work)
    unreadable = sum(bool(work.problem) for work in assigned.work)
    waiting: dict[Future[list[Mark]], Work] = {
        executor.submit(mark, work.cells, asked[work.lesson], book.secret, trusting): work for work in todo
    }
    try:
        for done, future in enumerate(as_completed(waiting), 1):
            work, marks = waiting[future], future.result()
            book.add(work, marks, trusting)
            told(done, len(todo), work, marks)
    finally:
        for future in waiting:
            future.cancel()
    return Done(len(todo), len(assigned.work) - len(todo) - unreadable, unreadable)


@contextmanager
def here(jobs: int, trusting: bool = False) -> Iterator[Executor]:
    """Give an executor of this machine.

    Raises
    ------
    NoSandbox : this machine has none, and nobody is trusted.
    """
    if not trusting:
        keeper()
    with ThreadPoolExecutor(jobs) as executor:
        yield executor


@contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """Give an executor of a Dask cluster, whose workers run on machines that the instructor trusts.

    Raises
    ------
    ModuleNotFoundError : Dask is not installed. ValueError : nobody answers at the address.
    """
    try:
        from distributed import Client
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            "a cluster needs Dask: `pip install distributed` here and on its machines"
        ) from None
    try:
        client = Client(address, timeout=5)
    except (OSError, ValueError) as error:
        raise ValueError(f"no Dask scheduler answers at {address} ({error}); start one there") from None
    with client, client.get_executor() as executor:
        yield executor
