"""Call a student's function so that whatever it does ends as a sentence."""

from __future__ import annotations

import copy
import ctypes
import dis
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

GRACE = 0.5  # s that a stopped function gets to unwind


@dataclass(frozen=True)
class Outcome:
    """Hold what became of one call: a value, a stub that was never filled in, an error, or no end in time."""

    kind: Literal["value", "stub", "error", "endless"]
    value: Any = None
    message: str = ""


def is_stub(function: Callable[..., Any]) -> bool:
    """Say whether a function has no body yet: only a docstring, ``...`` or ``pass``.

    >>> is_stub(lambda: None), is_stub(lambda: 1)
    (True, False)
    """
    code = getattr(function, "__code__", None)
    if code is None:
        return False
    quiet = {"RESUME", "NOP", "RETURN_VALUE", "RETURN_CONST", "LOAD_CONST", "COPY_FREE_VARS"}
    steps = [
        step
        for step in dis.get_instructions(code)
        if step.opname not in quiet - {"LOAD_CONST", "RETURN_CONST"}
    ]
    return all(step.opname in ("LOAD_CONST", "RETURN_CONST") and step.argval is None for step in steps)


def call(function: Callable[..., Any], inputs: tuple[Any, ...], seconds: float) -> Outcome:
    """Call ``function(*inputs)`` on copies of the inputs, for at most `seconds`.

    It runs in a thread of its own: the caller goes on after the limit whatever the function does. A loop in
    Python is ended by an exception; one inside a compiled library runs on unheard until it returns.
    """
    box: list[Outcome] = []
    thread = threading.Thread(
        target=lambda: box.append(_outcome(function, copy.deepcopy(inputs))), daemon=True
    )
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        _stop(thread)
        return Outcome("endless")
    return box[0]


def same(expected: Any, got: Any, tolerance: float = 1e-9) -> bool:
    """Compare values: arrays by type, shape and content, floats within a tolerance, nan equal to nan.

    >>> same(float("nan"), float("nan")), same(2, 2.0), same(True, 1), same(0.5, "a half")
    (True, True, False, False)
    """
    try:
        wanted, given = np.asarray(expected), np.asarray(got)
        if wanted.shape != given.shape or (wanted.dtype == bool) != (given.dtype == bool):
            return False
        if wanted.dtype.kind in "fc" or given.dtype.kind in "fc":
            return bool(np.allclose(wanted, given, rtol=tolerance, atol=tolerance, equal_nan=True))
        return bool(np.array_equal(wanted, given))
    except (TypeError, ValueError):
        return False


def shown(value: Any) -> str:
    """Write a value as a student would type it; a large array by its shape and type."""
    if isinstance(value, np.ndarray):
        if value.size > 64:
            return f"an array of shape {value.shape} and type {value.dtype}"
        rows = ",\n ".join(str(row) for row in value.tolist()) if value.ndim > 1 else ""
        return f"[{rows}]" if rows else str(value.tolist())
    if isinstance(value, np.generic):
        return shown(value.item())
    if isinstance(value, float):
        return f"{value:.6g}"
    text = repr(value)
    return text if len(text) <= 200 else text[:197] + "..."


def _outcome(function: Callable[..., Any], inputs: tuple[Any, ...]) -> Outcome:
    try:
        return Outcome("value", function(*inputs))
    except NotImplementedError:
        return Outcome("stub")
    except BaseException as error:  # a student's code may raise anything; it is told, never raised here
        place = _line_of(error)
        said = " ".join(str(error).split())[:200]
        return Outcome("error", message=f"{type(error).__name__}{': ' + said if said else ''}{place}")


def _line_of(error: BaseException) -> str:
    """Name the line, counted in the student's cell, that the error came out of."""
    step = error.__traceback__.tb_next if error.__traceback__ else None  # the first step is ours
    return f" (line {step.tb_lineno})" if step else ""


def _stop(thread: threading.Thread) -> None:
    set_exception = ctypes.pythonapi.PyThreadState_SetAsyncExc
    set_exception(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(SystemExit))
    thread.join(GRACE)
