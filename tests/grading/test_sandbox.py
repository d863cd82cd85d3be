"""What a sandbox answers, what it ends, and what it does not let in or out."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import psutil
import pytest
from grading.visiting import LOOK

from workbench.grading import surroundings
from workbench.grading.sandbox import Limits, Sandbox, Trusting
from workbench.grading.watching import descendants

CELLS = [
    "import numpy as np\nCOUNT = [0]",
    "def double(values):\n    values *= 2\n    return values",
    "def fails(x):\n    y = 1\n    return y / 0",
    "def stub(x):\n    '''Say.'''\n    raise NotImplementedError",
    "def loop(x):\n    while True:\n        pass",
    "def late(x):\n    import time\n    time.sleep(100)",
    "def ends(x):\n    import os\n    os._exit(3)",
    "def counts():\n    COUNT[0] += 1\n    return COUNT[0]",
    "def thing():\n    return object()",
    "letter = 'b'\nsetting = {'sigma': 2.0}\nempty = ...\nbroken = 1 / 0",
    "def nothing(:\n    pass",
    "def drawn():\n    return float(np.random.rand())",
]
SMALL = Limits(memory=500 * 2**20, processes=8, prepare=10, wall=10)


@pytest.fixture(scope="module")
def shut(shut_in: str) -> Iterator[Sandbox]:
    with Sandbox(CELLS, SMALL) as sandbox:
        yield sandbox


def test_a_function_is_called_on_copies_of_its_inputs(shut: Sandbox) -> None:
    values = np.arange(4.0)
    for _ in range(2):
        outcome = shut.call("double", (values,), 3)
        assert outcome.kind == "value"
        assert outcome.value.tolist() == [0, 2, 4, 6]
    assert values.tolist() == [0, 1, 2, 3]


def test_data_is_given_as_data(shut: Sandbox) -> None:
    assert shut.value("letter").value == "b"
    assert shut.value("setting").value == {"sigma": 2.0}


def test_an_error_is_told_with_its_line_in_the_cell(shut: Sandbox) -> None:
    outcome = shut.call("fails", (1,), 3)
    assert (outcome.kind, outcome.message) == ("error", "ZeroDivisionError: division by zero (line 3)")
    assert shut.value("broken").message == "ZeroDivisionError: division by zero (line 4)"
    assert shut.call("letter", (), 3).message == "TypeError: 'str' object is not callable"
    assert shut.call("double", (), 3).message.startswith("TypeError: double() missing 1 required")
    assert shut.call("nothing", (), 3).message.startswith("SyntaxError: ")
    assert "a object is no plain data" in shut.call("thing", (), 3).message


def test_an_answer_that_nobody_has_given_is_a_stub(shut: Sandbox) -> None:
    assert shut.call("stub", (1,), 3).kind == "stub"
    assert shut.value("empty").kind == "stub"
    assert shut.value("nowhere").message == "the notebook defines no nowhere"


def test_every_answer_has_a_process_of_its_own(shut: Sandbox) -> None:
    assert [shut.call("counts", (), 3).value for _ in range(2)] == [1, 2]
    shut.value("letter")
    assert shut.call("counts", (), 3).value == 1


def test_chance_is_the_same_when_it_is_graded_again(shut: Sandbox) -> None:
    first = shut.call("drawn", (), 3).value
    shut.value("letter")
    assert shut.call("drawn", (), 3).value == first


@pytest.mark.parametrize("name", ["loop", "late"])
def test_what_does_not_end_is_ended_and_not_asked_again(name: str, shut: Sandbox) -> None:
    assert shut.call(name, (1,), 0.5).kind == "endless"
    start = time.monotonic()
    assert shut.call(name, (1,), 0.5).kind == "endless"
    assert time.monotonic() - start < 0.2
    assert shut.value("letter").value == "b"


def test_a_program_that_ends_itself_is_reported(shut: Sandbox) -> None:
    assert shut.call("ends", (1,), 3).message == "it ended the program, with exit code 3"
    assert "ends: killed: it ended the program, with exit code 3" in shut.violations
    assert shut.value("letter").value == "b"


def test_more_code_than_may_be_sent_is_reported(shut_in: str) -> None:
    with Sandbox(["a = 1", f"b = '{'x' * 2**23}'"], SMALL) as sandbox:
        assert sandbox.value("a").kind == "error"
        assert "its code cannot be read: a value may have at most" in sandbox.violations[0]


def test_nothing_is_left_when_it_is_closed(shut_in: str) -> None:
    before = {process.pid for process in descendants(psutil.Process().pid)}
    with Sandbox(CELLS, SMALL) as sandbox:
        sandbox.value("letter")
        started = {process.pid for process in descendants(psutil.Process().pid)} - before
        assert len(started) == 4  # bubblewrap twice, the program and the process of the answer
    assert not started & {process.pid for process in descendants(psutil.Process().pid)}


def test_inside_there_is_no_power_no_network_and_little_to_read(shut_in: str) -> None:
    with Sandbox([LOOK], replace(SMALL, wall=60)) as sandbox:  # it tries to write into every folder
        outcome = sandbox.call("found", (), 30)
    assert outcome.kind == "value", outcome.message
    known = outcome.value
    assert known["user"] != 0
    assert set(known["powers"]) == {"0" * 16}
    assert known["privileges"] == "1"
    assert known["processes"][:2] == [1, 2]
    assert known["networks"] == ["lo"]
    assert known["host"] == "sandbox"
    # Where the workbench itself lies below /tmp, the way to it is there.
    way = {path.parts[2] for path in surroundings.libraries() if path.is_relative_to("/tmp")}
    assert set(known["home"]) <= way
    assert set(known["known"]) <= {*surroundings.environment("/tmp"), "PWD", "LC_CTYPE"}
    assert set(known["etc"]) <= {"ld.so.cache", "alternatives"}
    assert known["hidden"] == [[], []]
    assert not {"tests", "notebooks", ".git", "README.md"} & set(known["beside"])
    assert known["written"] == ["/tmp"]
    assert known["workbench"] == "otsu"
    assert known["open"] == ["/dev/null"] * 3 + ["pipe"] * 2


def test_it_starts_fast_enough(shut_in: str) -> None:
    spent = []
    for _ in range(3):
        with Sandbox(["letter = 'b'"], SMALL) as sandbox:
            sandbox.value("letter")
            assert sandbox._room is not None
            spent.append(sandbox._room.used().seconds)
    assert min(spent) < 0.5  # of a processor: what the clock says is other programs' as well


def test_whoever_is_trusted_is_warned_of_and_answers_alike() -> None:
    trusting = Trusting(CELLS, SMALL)
    with pytest.warns(UserWarning, match="WITHOUT a sandbox"):
        trusting.__enter__()
    with contextlib.closing(trusting) as sandbox:
        assert sandbox.call("double", (np.ones(2),), 3).value.tolist() == [2, 2]
        assert sandbox.call("loop", (1,), 0.5).kind == "endless"
        assert sandbox.value("letter").value == "b"
        assert sandbox.call("ends", (1,), 3).kind == "error"
        assert sandbox.value("setting").value == {"sigma": 2.0}


def test_the_program_inside_is_not_started_by_hand() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "workbench.grading.inside"], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1
    assert "is started by workbench.grading.sandbox" in ran.stderr
