"""A student's code, shut in: asked for values from outside, ended from outside.

A sandbox is one start of Python in namespaces of its own, and every answer gets a process forked from it.
What comes back is plain data or nothing. Whoever goes on too long, takes too much or ends the program is
stopped with everything that it started; the next answer begins in a new sandbox.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Self

from workbench.grading import keepers, wire
from workbench.grading.channel import Broken, Endless, Gone
from workbench.grading.keepers import keeper
from workbench.grading.limits import Limits
from workbench.grading.patience import Patience
from workbench.grading.room import Open, Shut
from workbench.grading.surroundings import NoSandbox
from workbench.teaching.calling import Outcome

__all__ = ["Limits", "NoSandbox", "Sandbox", "Trusting", "keeper"]

GOODBYE = 2.0  # s that a process may take to end when it is told to
TRUSTED = (
    "students' code runs WITHOUT a sandbox: it can read the solutions, change the gradebook and do whatever "
    "else you can do on this machine"
)


class Sandbox:
    """Run a submission's code where it can do no harm.

    cells : the code of the notebook's cells, in order. limits : what it may use.
    `violations` tells what it did that no answer needs, a sentence each, with the name of the answer.

    Raises
    ------
    NoSandbox : on entering, where this machine has none.
    """

    def __init__(self, cells: Sequence[str], limits: Limits | None = None) -> None:
        self.cells = list(cells)
        self.limits = limits or Limits()
        self.violations: list[str] = []
        self._room: Shut | None = None
        self._number = 0  # of the last question
        self._name = ""  # of the answer whose process is there
        self._ended: dict[str, Outcome] = {}  # answers that are asked no more, and what became of them
        self._until = 0.0

    def __enter__(self) -> Self:
        keeper()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End whatever runs."""
        self.leave()
        self._end()

    def call(self, name: str, inputs: tuple[Any, ...], seconds: float) -> Outcome:
        """Call the function `name` of the submission on copies of the inputs, for at most `seconds`."""
        return self._asked(name, {"ask": "call", "inputs": inputs}, seconds)

    def value(self, name: str) -> Outcome:
        """Give what the submission calls `name`: values, a letter, a mask."""
        return self._asked(name, {"ask": "value"}, self.limits.prepare)

    def leave(self) -> None:
        """End the process of the last answer; where it leaves others behind, end everything."""
        if self._room is not None and self._name:
            try:
                self._exchanged({"ask": "end"}, GOODBYE)
            except Gone as gone:  # as it should be: the program says that the process is no more
                if not str(gone):
                    self._note("killed: nothing of the program was left at its end")
                    self._end()
                elif self._room.used().processes > self._room.usual:
                    self._note("it left processes behind; they were ended")
                    self._end()
            except Broken:
                self._end()
            else:
                self._end()
        self._name = ""

    def _asked(self, name: str, question: Mapping[str, Any], seconds: float) -> Outcome:
        if name not in self._ended and name != self._name:
            self.leave()
            self._name = name
            self._until = time.monotonic() + self.limits.prepare + self.limits.wall
            ready = self._guarded({"ask": "begin", "name": name}, self.limits.prepare)
            if ready.kind != "value":
                self._ended[name] = ready
        return self._ended[name] if name in self._ended else self._guarded(question, seconds)

    def _guarded(self, question: Mapping[str, Any], seconds: float) -> Outcome:
        """Exchange a question for its answer; where that breaks, end everything and say what became of it."""
        try:
            return self._exchanged(question, seconds)
        except Endless as broken:
            if str(broken):
                self._note(str(broken))
            outcome = Outcome("endless")
        except Gone as broken:
            said = str(broken) or "it ended the program"
            self._note(f"killed: {said}")
            outcome = Outcome("error", message=said)
        except Broken as broken:
            self._note(str(broken))
            outcome = Outcome("error", message=str(broken))
        self._ended[self._name] = outcome
        self._end()
        return outcome

    def _exchanged(self, question: Mapping[str, Any], seconds: float) -> Outcome:
        room, self._number = self._entered(), self._number + 1
        patience = Patience(self.limits, seconds, self._until, room.usual)

        def watch(waited: float) -> None:
            patience.look(room.used(), waited)

        try:
            room.ask({"number": self._number, **question}, watch)
        except NoSandbox:
            self._room = None
            raise
        try:
            return self._understood(wire.unpacked(room.channel.receive(self.limits.reply, watch)))
        except ValueError as error:
            raise Broken("it wrote into the pipe that brings the answers") from error

    def _entered(self) -> Shut:
        try:
            self._room = self._room or self._opened()
        except ValueError as error:
            raise Broken(f"its code cannot be read: {error}") from error
        return self._room

    def _opened(self) -> Shut:
        return keepers.room(self.cells, self.limits)

    def _understood(self, reply: Any) -> Outcome:
        """Take a reply for what it is: anybody's bytes."""
        reply = reply if isinstance(reply, dict) else {}
        kind, said = reply.get("kind"), reply.get("message", "")
        said = " ".join(said[:500].split()) if isinstance(said, str) else ""
        if kind == "gone":
            raise Gone(said)
        if kind not in ("value", "stub", "error") or reply.get("number") != self._number:
            raise Broken("it wrote into the pipe that brings the answers")
        if kind == "error" and said.startswith("MemoryError"):
            self._note(f"memory limit: it asked for more than {self.limits.memory / 2**20:.0f} MB")
        if kind == "error" and said.startswith("BlockingIOError: [Errno 11]"):
            self._note(f"more than {self.limits.processes} processes")
        return Outcome(kind, reply.get("value") if kind == "value" else None, said)

    def _note(self, violation: str) -> None:
        sentence = f"{self._name}: {violation}"
        if sentence not in self.violations:
            self.violations.append(sentence)

    def _end(self) -> None:
        if self._room is not None:
            self._room.end()
        self._room = None


class Trusting(Sandbox):
    """Do the same without isolation, and warn of it: only limits are left."""

    def __enter__(self) -> Self:
        warnings.warn(TRUSTED, stacklevel=2)
        return self

    def _opened(self) -> Shut:
        return Open(self.cells, self.limits)
