"""An exercise, declared once: what is asked, what is right, and the hint that each mistake draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from workbench.registry import METHODS
from workbench.sample import Sample
from workbench.teaching.calling import Outcome, call, is_stub, same, shown
from workbench.teaching.verdict import State, Verdict

Inputs = tuple[Any, ...]
SECONDS = 3.0  # that a function may take for one input
LOOKED_AT = 8  # inputs by which a named mistake is told from another
Call = Callable[[Any, Inputs, float], Outcome]
KINDS = {"error": "it stopped with an error", "endless": "it did not end"}


@dataclass(frozen=True)
class Wrong:
    """Name a mistake that people make: an answer that makes it, and the hint it draws."""

    name: str
    answer: Any
    hint: str


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """Hold what every exercise has.

    id : lesson and number, such as ``"01.2"``. title, prompt : what a student reads.
    solution : an answer that is right. wrong : at least two named mistakes.
    hint : what helps when the mistake is none of those.

    Raises
    ------
    ValueError : fewer than two wrong answers, or two of one name.
    """

    id: str
    title: str
    prompt: str
    solution: Any
    wrong: tuple[Wrong, ...]
    hint: str = ""
    points: int = 1

    def __post_init__(self) -> None:
        if len({wrong.name for wrong in self.wrong}) < max(2, len(self.wrong)):
            raise ValueError(
                f"exercise {self.id}: needs at least two wrong answers, each with a name of its own"
            )

    def judge(self, answer: Any, rng: np.random.Generator, call: Call = call) -> Verdict:
        """Judge an answer on inputs drawn from `rng`.

        call : how a student's function is called; a grader calls it where it can do no harm.
        """
        raise NotImplementedError

    def verdict(self, state: State, said: str = "", **rows: str) -> Verdict:
        """Make a verdict of this exercise."""
        return Verdict(self.id, self.title, state, said, **rows)


@dataclass(frozen=True, kw_only=True)
class FunctionExercise(Exercise):
    """Ask for a function.

    signature : its name and parameters, such as ``"threshold(grey, level)"``.
    cases : makes inputs from a random generator, **smallest first**, so that the first that fails is the
    smallest that shows it. equal : says whether what came is what was expected. seconds : for one call.
    """

    signature: str
    cases: Callable[[np.random.Generator], Sequence[Inputs]]
    equal: Callable[[Any, Any], bool] = same
    seconds: float = SECONDS

    def judge(self, answer: Any, rng: np.random.Generator, call: Call = call) -> Verdict:
        """Call the function on fresh inputs, small ones first, and stop at the first that fails."""
        if answer is None or answer is ... or (callable(answer) and is_stub(answer)):
            return self.verdict("not attempted")
        if not callable(answer):
            return self.verdict(
                "not yet", expected=f"a function {self.signature}", got=shown(answer), hint=self.hint
            )
        cases = list(self.cases(rng))
        given: list[Outcome] = []
        for inputs in cases:
            given.append(call(answer, inputs, self.seconds))
            if given[-1].kind == "stub":
                return self.verdict("not attempted")
            expected = self.solution(*inputs)
            if given[-1].kind != "value" or not self.equal(expected, given[-1].value):
                more = cases[len(given) : LOOKED_AT] if given[-1].kind == "value" else []
                rest = [call(answer, inputs, self.seconds) for inputs in more]
                return self._not_yet(cases, given, rest, expected)
        return self.verdict("right", f"right on {len(cases)} fresh inputs")

    def _not_yet(
        self, cases: list[Inputs], given: list[Outcome], rest: list[Outcome], expected: Any
    ) -> Verdict:
        number, outcome = len(given) - 1, given[-1]
        rows = {"given": self._called(cases[number]), "expected": _typed(expected, outcome.value)}
        if outcome.kind == "error":
            return self.verdict("not yet", **rows, got=f"{KINDS['error']}: {outcome.message}", hint=self.hint)
        if outcome.kind == "endless":
            return self.verdict("not yet", **rows, **self._too_long(number))
        hint = self._hint(cases, [*given, *rest])
        return self.verdict("not yet", **rows, got=_typed(outcome.value, expected), hint=hint)

    def _too_long(self, number: int) -> dict[str, str]:
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

    def _hint(self, cases: list[Inputs], given: list[Outcome]) -> str:
        """Find the named mistake that gives what this answer gives, on every input."""
        for wrong in self.wrong:
            made = [call(wrong.answer, inputs, self.seconds) for inputs in cases[:LOOKED_AT]]
            if all(_alike(a, b, self.equal) for a, b in zip(given, made, strict=False)):
                return wrong.hint
        return self.hint

    def _called(self, inputs: Inputs) -> str:
        _, _, parameters = self.signature.partition("(")
        names = [part.strip() for part in parameters.rstrip(")").split(",")]
        return "\n".join(f"{n} = {shown(value)}" for n, value in zip(names, inputs, strict=True))


@dataclass(frozen=True, kw_only=True)
class SettingExercise(Exercise):
    """Ask for the values of a method's parameters that do well on pictures nobody has seen.

    method : its name. scenes : makes the held-out pictures. values : the parameters to choose.
    margin : how far below the solution's mean object IoU on the same pictures an answer may stay.
    """

    method: str
    scenes: Callable[[np.random.Generator], Sequence[Sample]]
    values: tuple[str, ...]
    margin: float = 0.03

    def judge(self, answer: Any, rng: np.random.Generator, call: Call = call) -> Verdict:
        """Score the setting on fresh pictures."""
        if answer is None or answer is ... or answer == {}:
            return self.verdict("not attempted")
        wanted = "a dictionary such as {" + ", ".join(f"{name!r}: ..." for name in self.values) + "}"
        if not isinstance(answer, Mapping):
            return self.verdict("not yet", expected=wanted, got=shown(answer), hint=self.hint)
        try:
            METHODS[self.method].check(answer)
        except (ValueError, TypeError) as error:
            return self.verdict("not yet", expected=wanted, got=shown(dict(answer)), hint=str(error))
        scenes = list(self.scenes(rng))
        bar, mean = self._mean(self.solution, scenes) - self.margin, self._mean(answer, scenes)
        where = f"mean IoU on {len(scenes)} unseen pictures"
        if mean >= bar:
            return self.verdict("right", f"{where}: {mean:.3f}, where {bar:.3f} was asked")
        rows = {"given": where, "expected": f"at least {bar:.3f}", "got": f"{mean:.3f}"}
        return self.verdict("not yet", **rows, hint=self._hint(answer))

    def _mean(self, values: Mapping[str, Any], scenes: Sequence[Sample]) -> float:
        from workbench.metrics.score import score

        found = []
        for scene in scenes:
            assert scene.truth is not None  # ours: generated scenes have one
            guess = METHODS[self.method](scene.image, **values)
            found.append(score(scene.truth, guess, target=scene.target).iou)
        return float(np.mean(found))

    def _hint(self, answer: Mapping[str, Any]) -> str:
        """Find the named mistake on the same side of the solution, parameter by parameter."""
        for wrong in self.wrong:
            if all(
                _same_side(answer.get(n, self._default(n)), v, self.solution[n])
                for n, v in wrong.answer.items()
            ):
                return wrong.hint
        return self.hint

    def _default(self, name: str) -> Any:
        return METHODS[self.method].params[name].default


@dataclass(frozen=True, kw_only=True)
class ChoiceExercise(Exercise):
    """Ask to choose one of a few answers; every wrong one has the hint it draws.

    options : what each letter stands for; `solution` is a letter.
    """

    options: Mapping[str, str] = field(default_factory=dict)

    def judge(self, answer: Any, rng: np.random.Generator, call: Call = call) -> Verdict:
        """Look the letter up."""
        if answer is None or answer is ... or answer == "":
            return self.verdict("not attempted")
        letters = ", ".join(self.options)
        given = answer.strip().lower() if isinstance(answer, str) else answer
        if given == self.solution:
            return self.verdict("right", f"right: {self.options[given]}")
        hints = {wrong.answer: wrong.hint for wrong in self.wrong}
        if not isinstance(given, str) or given not in hints:
            return self.verdict("not yet", expected=f"one of {letters}", got=shown(answer), hint=self.hint)
        return self.verdict("not yet", got=f"{given}: {self.options[given]}", hint=hints[given])


def _alike(first: Outcome, second: Outcome, equal: Callable[[Any, Any], bool]) -> bool:
    return first.kind == second.kind == "value" and equal(first.value, second.value)


def _same_side(given: Any, wrong: Any, right: Any) -> bool:
    if isinstance(wrong, str) or not isinstance(given, (int, float)):
        return bool(given == wrong)
    return (given - right) * (wrong - right) > 0


def _typed(value: Any, other: Any) -> str:
    """Write a value, with its type where the other one looks the same or is of another kind."""
    kinds = [np.asarray(v).dtype for v in (value, other) if isinstance(v, (np.ndarray, np.generic))]
    differ = len(kinds) == 2 and kinds[0] != kinds[1]
    return shown(value) + (f"  ({np.asarray(value).dtype})" if differ else "")
