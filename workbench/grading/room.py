"""The rooms in which a student's code runs: two shut in, and one that is open, for those who trust."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from workbench.grading import bubblewrap, container, seccomp, surroundings, watching, wire
from workbench.grading.channel import Broken, Channel, Watch
from workbench.grading.limits import Limits
from workbench.grading.surroundings import NoSandbox

HERE = Path(__file__).parent
FILES = tuple(HERE / f"{name}.py" for name in ("inside", "slicing", "wire", "seccomp"))  # the program inside
START = "from grading import inside; del sys.path[0]; inside.main({}, {}, {})"
KEPT = "from grading import seccomp; seccomp.keep(); " + START
ENDING = 10.0  # s that the kernel may take to end what was killed


class Shut:
    """Start the program inside a sandbox; it waits there for questions.

    cells : the code that it is to be asked about. limits : what it may use.

    Raises
    ------
    ValueError : there is more code than may be sent.
    """

    usual = 2  # processes that are there when none of the student's is: bubblewrap's own, and the program

    def __init__(self, cells: Sequence[str], limits: Limits) -> None:
        self._first: list[psutil.Process] = []  # the one whose end is the end of all
        self._unsaid = [wire.packed({"cells": list(cells)})]  # to be said before any question
        self.channel = Channel()
        self.process = self._started(limits)
        self.channel.let_go()

    def ask(self, question: Mapping[str, Any], watch: Watch) -> None:
        """Put a question; `watch` is called while the program is not listening.

        Raises
        ------
        NoSandbox : the program did not start, which is nobody's fault but this machine's.
        """
        data = wire.packed(question)
        if self._unsaid:
            self._greeted(watch)
            self.channel.send(self._unsaid.pop(), watch)
        self.channel.send(data, watch)

    def used(self) -> watching.Used:
        """Look at what all its processes use."""
        return watching.used(self.process.pid)

    def end(self) -> None:
        """End every process in it, and wait until they are gone."""
        # The first process of a namespace takes all others with it; bubblewrap may end a little earlier.
        for process in self._first:
            with suppress(watching.GONE):
                process.kill()
        if not self._first:
            self.process.kill()
        self.process.wait()
        watching.have_ended(self._first, ENDING)
        self.channel.close()

    def _greeted(self, watch: Watch) -> None:
        try:
            self.channel.receive(1000, watch)
        except Broken as error:
            self.end()
            why = str(error) or "its program gave no sign"
            raise NoSandbox(f"the sandbox did not start ({why}): grade again") from error

    def _started(self, limits: Limits) -> subprocess.Popen[bytes]:
        known, tell = os.pipe()
        filter = seccomp.opened()
        keeper, *how = bubblewrap.shut_in(FILES, limits.scratch)
        more = {"--info-fd": tell} | ({} if filter is None else {"--seccomp": filter})
        told = [word for option, file in more.items() for word in (option, str(file))]
        command = [keeper, *told, *how, *self._python(surroundings.PROGRAM, limits.kernel())]
        process = self._opened(command, {}, "/", *more.values())
        for file in more.values():
            os.close(file)
        with os.fdopen(known) as line, suppress(ValueError, watching.GONE):  # it did not come so far
            self._first.append(psutil.Process(json.load(line)["child-pid"]))
        return process

    def _python(self, program: Path, kernel: dict[str, int]) -> list[str]:
        return surroundings.python(START.format(*self.channel.inside, kernel), program)

    def _opened(
        self, command: list[str], known: dict[str, str], folder: str, *more: int
    ) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(*self.channel.inside, *more),
            env=known,
            cwd=folder,
            start_new_session=True,
        )


class Contained(Shut):
    """Start the program inside a container of an engine, which must run on this machine."""

    usual = 1  # the program; the first process, which waits, is the one from which it is counted

    def __init__(self, engine: container.Engine, cells: Sequence[str], limits: Limits) -> None:
        self.engine, self.name = engine, container.new_name()
        super().__init__(cells, limits)

    def used(self) -> watching.Used:
        """Look at what all its processes use."""
        return watching.used(self._first[0].pid) if self._first else watching.Used()

    def end(self) -> None:
        """End every process in it, and wait until they are gone and the container with them."""
        self.channel.close()  # first: what it still has to say would keep docker from ending it
        self.engine.remove(self.name)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        watching.have_ended(self._first, ENDING)

    def _greeted(self, watch: Watch) -> None:
        super()._greeted(watch)
        try:
            self._first.append(psutil.Process(self.engine.first(self.name)))
        except watching.GONE as error:
            self.end()
            name = self.engine.name
            raise NoSandbox(f"{name} runs on another machine, where nobody watches what it runs") from error

    def _started(self, limits: Limits) -> subprocess.Popen[bytes]:
        kernel = limits.kernel()
        kernel["NPROC"] += 1  # the first process is the same user's
        how = self.engine.shut_in(FILES, limits.scratch, self.name)
        code = KEPT.format(*container.PIPES, kernel)
        ask, answer = self.channel.inside
        return subprocess.Popen(
            [*how, *surroundings.python(code, surroundings.PROGRAM)],
            stdin=ask,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
        )


class Open(Shut):
    """Start the same program with nothing around it but the limits of the kernel."""

    usual = 0

    def end(self) -> None:
        """End the processes that are still known to be its own; others may be left."""
        below = watching.descendants(self.process.pid)
        for process in below:
            with suppress(watching.GONE):
                process.kill()
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        watching.have_ended(below, ENDING)
        self.channel.close()
        self._home.cleanup()

    def _started(self, limits: Limits) -> subprocess.Popen[bytes]:
        self._home = tempfile.TemporaryDirectory(prefix="workbench-", ignore_cleanup_errors=True)
        kernel = limits.kernel()
        del kernel["NPROC"]  # it would count everything that this user runs
        home = self._home.name
        return self._opened(self._python(surroundings.HOUSE, kernel), surroundings.environment(home), home)
