"""The program inside the sandbox: it runs a student's code and says what came of it.

It is started with two pipes and knows nothing else: no expected value, no secret, no other student. It takes
the cells, then one question after the other, and answers each; NumPy is loaded once, and every exercise gets
a process forked from that. Whatever it answers is only data to those outside, because the code that it runs
shares its process and may do as it likes with it.

Questions are dictionaries, as `workbench.grading.wire` packs them, each behind its length in eight bytes:
`begin` names an answer, `call` brings inputs, `value` asks what the name holds, `end` closes the exercise.
"""

from __future__ import annotations
import __future__

import ast
import ctypes
import os
import random
import resource
import signal
import sys
import traceback
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from . import slicing, wire

LONGEST = 300  # characters of a message
SET_DEATH_SIGNAL = 1  # of prctl (linux/prctl.h)


def main(ask: int, answer: int, limits: Mapping[str, int]) -> None:
    """Answer questions from one pipe into the other until nobody asks any more."""
    _say(
        answer, {"kind": "ready"}
    )  # before anything of a student's: what fails until here is not their fault
    cells = wire.unpacked(_heard(ask))["cells"]
    while begin := _heard(ask):
        child = os.fork()
        if child == 0:
            try:
                _exercise(cells, begin, ask, answer, limits)
            finally:
                os._exit(0)
        _, status = os.waitpid(child, 0)
        _say(answer, {"kind": "gone", "message": _ending(status)})


def _exercise(cells: Sequence[str], begin: bytes, ask: int, answer: int, limits: Mapping[str, int]) -> None:
    # Who kills the program that watches over it is not to answer after that.
    ctypes.CDLL(None).prctl(SET_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    for name, most in limits.items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (most, most))
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002  what a student draws comes out the same when it is graded again
    question = wire.unpacked(begin)
    name, space = question["name"], {"__name__": "__main__"}
    _reply(answer, question["number"], _prepared(cells, name, space))
    while data := _heard(ask):
        question = wire.unpacked(data)
        if question["ask"] == "end":
            return
        said = _called(space[name], question["inputs"]) if question["ask"] == "call" else _held(space[name])
        _reply(answer, question["number"], said)


def _prepared(cells: Sequence[str], name: str, space: dict[str, Any]) -> dict[str, Any]:
    """Run what the answer needs. A statement that fails counts only if the answer is missing after it."""
    statements, broken = slicing.read(cells)
    if not any(name in statement.binds for statement in statements):
        where = [number for number in broken if name in cells[number]]
        if where:
            return _failed(broken[where[-1]], where[-1])
        return {"kind": "stub", "message": f"the notebook defines no {name}"}
    if slicing.is_stub(statements, name):
        return {"kind": "stub"}
    failure: dict[str, Any] = {}
    for statement in slicing.chosen(statements, name):
        try:
            module = ast.Module([statement.node], [])
            exec(compile(module, f"cell {statement.cell}", "exec", _futures(statements), True), space)
        except BaseException as error:  # a student's code may raise anything
            failure = failure or _failed(error, statement.cell)
    if name not in space:
        return failure or {"kind": "stub"}
    return {"kind": "value"}


def _futures(statements: Sequence[slicing.Statement]) -> int:
    names = [
        alias.name
        for statement in statements
        if isinstance(statement.node, ast.ImportFrom) and statement.node.module == "__future__"
        for alias in statement.node.names
    ]
    return sum(getattr(__future__, name).compiler_flag for name in set(names))


def _called(function: Any, inputs: Sequence[Any]) -> dict[str, Any]:
    if function is None or function is ...:
        return {"kind": "stub"}
    try:
        return _held(function(*inputs))
    except NotImplementedError:
        return {"kind": "stub"}
    except BaseException as error:  # a student's code may raise anything
        return _failed(error)


def _held(value: Any) -> dict[str, Any]:
    return {"kind": "stub"} if value is ... else {"kind": "value", "value": value}


def _failed(error: BaseException, cell: int | None = None) -> dict[str, Any]:
    said = " ".join(str(error).split())[:LONGEST].encode("utf-8", "replace").decode()
    steps = [step for step in traceback.extract_tb(error.__traceback__) if step.filename.startswith("cell ")]
    line = steps[-1].lineno if steps else getattr(error, "lineno", None) if cell is not None else None
    place = f" (line {line})" if line else ""
    return {"kind": "error", "message": f"{type(error).__name__}{': ' + said if said else ''}{place}"}


def _ending(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return (
        f"it ended the program, with exit code {code}" if code >= 0 else f"signal {-code} ended the program"
    )


def _reply(pipe: int, number: int, said: dict[str, Any]) -> None:
    try:
        _say(pipe, {"number": number, **said})
    except BaseException as error:  # no plain data, or an object that raises when it is looked at
        _say(pipe, {"number": number, **_failed(error)})


def _say(pipe: int, what: Mapping[str, Any]) -> None:
    data = wire.packed(what)
    data = len(data).to_bytes(8, "big") + data
    while data:
        data = data[os.write(pipe, data) :]


def _heard(pipe: int) -> bytes:
    return _exactly(pipe, int.from_bytes(_exactly(pipe, 8), "big"))


def _exactly(pipe: int, size: int) -> bytes:
    parts = []
    while size and (part := os.read(pipe, min(size, 2**20))):
        parts.append(part)
        size -= len(part)
    return b"" if size else b"".join(parts)


if __name__ == "__main__":
    sys.exit("this program is started by workbench.grading.sandbox")
