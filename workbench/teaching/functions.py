"""Exercises that ask for a function: called on fresh inputs, small ones first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from workbench.teaching.base import KINDS, Call, Exercise, Inputs, Wrong
from workbench.teaching.calling import Outcome, call, is_stub, same, shown
from workbench.teaching.pictures import side_by_side
from workbench.teaching.verdict import Verdict

LOOKED_AT = 8  # inputs by which a named mistake is told from another
Cases = Callable[[np.random.Generator], Sequence[Inputs]]


@dataclass(frozen=True, kw_only=True)
class FunctionExercise(Exercise):
    """Ask for a function.

    signature : its name and parameters, such as ``"threshold(grey, level)"``.
    cases : makes inputs from a random generator, **smallest first**, so that the first that fails is the
    smallest that shows it. equal : says whether what came is what was expected.
    holds : judges by a property instead, where many answers are right: is given the inputs and what came, and
    says in a sentence what that breaks, or nothing. The solution is then one of many.
    """

    signature: str
    cases: Cases
    equal: Callable[[Any, Any], bool] = same
    holds: Callable[[Inputs, Any], str] | None = None

    def __post_init__(self) -> None:
        if not self.answer_name:
            object.__setattr__(self, "answer_name", self.signature.partition("(")[0].strip())
        super().__post_init__()

    def judge(self, answer: Any, rng: np.random.Generator, call: Call = call) -> Verdict:
        """Call the function on fresh inputs; tell of the smallest that fails, count how many are right.

        After one that never ends no other is tried.
        """
        if answer is None or answer is ... or (callable(answer) and is_stub(answer)):
            return self.verdict("not attempted")
        if not callable(answer):
            return self.not_yet(None, expected=f"a function {self.signature}", got=shown(answer))
        cases = list(self.cases(rng))
        given: list[Outcome] = []
        faults: list[str | None] = []
        for inputs in cases:
            given.append(call(answer, inputs, self.seconds))
            if given[-1].kind == "stub":
                return self.verdict("not attempted")
            faults.append(self._fault(inputs, given[-1]))
            if given[-1].kind == "endless":
                break
        failed = [number for number, fault in enumerate(faults) if fault is not None]
        if not failed:
            return self.verdict("right", f"right on {len(cases)} fresh inputs")
        verdict = self._told(cases, given, failed[0], faults[failed[0]] or "")
        share = (len(faults) - len(failed)) / len(cases)
        return replace(verdict, share=share, picture=self._picture(cases, given, failed))

    def _fault(self, inputs: Inputs, outcome: Outcome) -> str | None:
        """Say in a sentence, which may be empty, what is wrong with an outcome; None where it is right."""
        if outcome.kind != "value":
            return ""
        try:
            if self.holds is not None:
                return self.holds(inputs, outcome.value) or None
        except Exception:  # a value of a kind that the property never thought of
            return ""
        return None if _equal(self.solution(*inputs), outcome.value, self.equal) else ""

    def _told(self, cases: list[Inputs], given: list[Outcome], number: int, fault: str) -> Verdict:
        outcome, inputs = given[number], cases[number]
        expected = self.solution(*inputs)
        rows: dict[str, Any] = {"given": self._called(inputs), "expected": _typed(expected, outcome.value)}
        if self.holds is not None:
            rows["expected"] = fault or f"such as {rows['expected']}"
        if outcome.kind == "error":
            return self.not_yet(None, **rows, got=f"{KINDS['error']}: {outcome.message}")
        if outcome.kind == "endless":
            return self.not_yet(None, **(rows | self._too_long(number)))
        mistake = self._mistake(cases[: max(LOOKED_AT, number + 1)], given)
        return self.not_yet(mistake, **rows, got=_typed(outcome.value, expected))

    def _picture(self, cases: list[Inputs], given: list[Outcome], failed: list[int]) -> str:
        """Draw the smallest failing input that is large enough to be looked at."""
        if self.holds is not None:  # many answers are right: the solution is none to be held against
            return ""
        made = (side_by_side(self.solution(*cases[n]), given[n].value) for n in failed)
        return next(filter(None, made), "")

    def _too_long(self, number: int) -> dict[str, Any]:
        got = f"nothing within {self.seconds:g} s, so it was stopped"
        if number == 0:  # the smallest input takes no time at all: only a loop can fail to end on it
            return {
                "got": got,
                "hint": "Even the smallest input never ends: look at what should end your loop.",
            }
        return {
            "got": got,
            "hint": "Smaller inputs worked: this one met a loop that never ends, or a slow way of counting.",
        }

    def _mistake(self, cases: Sequence[Inputs], given: Sequence[Outcome]) -> Wrong | None:
        """Find the named mistake that gives what this answer gives, on every input."""
        for wrong in self.wrong:
            made = (call(wrong.answer, inputs, self.seconds) for inputs in cases)
            if all(_alike(a, b, self.equal) for a, b in zip(given, made, strict=False)):
                return wrong
        return None

    def _called(self, inputs: Inputs) -> str:
        _, _, parameters = self.signature.partition("(")
        names = [part.strip() for part in parameters.rstrip(")").split(",")]
        return "\n".join(f"{n} = {shown(value)}" for n, value in zip(names, inputs, strict=True))


def _alike(first: Outcome, second: Outcome, equal: Callable[[Any, Any], bool]) -> bool:
    return first.kind == second.kind == "value" and _equal(first.value, second.value, equal)


def _equal(wanted: Any, given: Any, equal: Callable[[Any, Any], bool]) -> bool:
    try:
        return bool(equal(wanted, given))
    except Exception:  # a value of a kind that the comparison never thought of
        return False


def _typed(value: Any, other: Any) -> str:
    """Write a value, with its type where the other one looks the same or is of another kind."""
    kinds = [np.asarray(v).dtype for v in (value, other) if isinstance(v, (np.ndarray, np.generic))]
    differ = len(kinds) == 2 and kinds[0] != kinds[1]
    return shown(value) + (f"  ({np.asarray(value).dtype})" if differ else "")
