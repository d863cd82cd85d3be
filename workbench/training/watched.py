"""Inside the process of a live training: it learns, tells what it sees, and is steered between two steps."""

from __future__ import annotations

import base64
import json
import os
import queue
import shutil
import signal
import sys
import threading
import time
import zlib
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from workbench.training.choices import Order
from workbench.worker import explain

if TYPE_CHECKING:
    from workbench.training.job import Job
    from workbench.training.looks import Looks

Message = dict[str, Any]
TELL = 0.1  # s between two messages of the loss
LOOK = 2.0  # s between two looks at the pictures


class Cancelled(Exception):
    """End a training that is not wanted any more."""


@dataclass
class Controls:
    """Hold what steers a training; another thread turns it."""

    turn: threading.Condition = field(default_factory=threading.Condition)
    paused: bool = False
    cancelled: bool = False
    factor: float = 1.0

    def set(self, **changes: Any) -> None:
        """Turn something."""
        with self.turn:
            for name, value in changes.items():
                setattr(self, name, value)
            self.turn.notify_all()

    def wait(self) -> None:
        """Come back once the training may go on.

        Raises
        ------
        Cancelled : it may not.
        """
        with self.turn:
            self.turn.wait_for(lambda: self.cancelled or not self.paused)
            if self.cancelled:
                raise Cancelled


class Desk:
    """Take orders, a line of JSON each, and carry them out one after the other."""

    def __init__(self, orders: IO[bytes], answers: IO[bytes]) -> None:
        self.orders, self.answers = orders, answers
        self.controls = Controls()
        self.folder: Path | None = None
        self._waiting: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._lock = threading.Lock()

    def tell(self, **message: Any) -> None:
        """Say something; where nobody listens any more there is nothing left to do."""
        try:
            with self._lock:
                self.answers.write(json.dumps(message).encode() + b"\n")
                self.answers.flush()
        except OSError:
            self.leave()

    def work(self) -> None:
        """Get ready, then do what comes, until nobody is there to give orders."""
        threading.Thread(target=self._listen, daemon=True).start()
        try:
            from workbench.models.zoo import device_of

            self.tell(type="ready", device=device_of())
            with suppress(AttributeError, OSError):  # not on Windows
                os.nice(5)  # a person waits for what is loaded; from here on the page goes first
        except ImportError as error:
            self.tell(type="failed", of="ready", message=explain(error))
        while True:
            asked = self._waiting.get()
            what = asked.pop("do")
            try:
                getattr(self, what)(**asked)
            except Cancelled:
                self.tell(type="cancelled")
            except Exception as error:
                self.tell(type="failed", of=what, message=_sentence(error))

    def leave(self) -> None:
        """End this process, and take the training's folder along."""
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
        os._exit(0)

    def _listen(self) -> None:
        for line in self.orders:
            asked = json.loads(line)
            if asked["do"] == "steer":
                self.controls.set(**asked["to"])
                continue
            if asked["do"] == "start":
                self.folder = Path(asked["folder"])
                self.controls.set(paused=False, cancelled=False, factor=1.0)
            self._waiting.put(asked)
        self.leave()  # whoever gave orders is gone

    # --- orders ---
    def estimate(self, number: int, order: Message) -> None:
        """Say how long a training would take, by trying two steps and one look."""
        if not self._waiting.empty():
            return  # a newer question, or the training itself
        from workbench.training import looks, loop

        wanted = Order(**order)
        job = job_of(wanted, pictures=8)
        net = job.fresh()
        step = loop.seconds_a_step(net, job.task, job.schedule, _device(job))
        seen = looks.Looks(net.to(_device(job)), wanted, _device(job)).cost()
        # Every validation looks at some pictures that are held back, and at as many of those trained on.
        seconds = step * wanted.steps + seen * (wanted.steps / wanted.every)
        self.tell(type="cost", number=number, seconds=seconds, device=_device(job))

    def start(self, order: Message, folder: str) -> None:
        """Train in a folder, and tell of it."""
        from workbench.training import looks, loop

        wanted = Order(**order)
        job = job_of(wanted)
        net, device = job.fresh(), _device(job)
        watch = Watch(self, job, looks.Looks(net, wanted, device))
        self.tell(type="begun", device=device)
        net.to(device)
        watch.look(0)
        factor = lambda: self.controls.factor  # noqa: E731
        run = loop.train_on(
            net, job.task, job.schedule, Path(folder), device=device, report=watch, factor=factor
        )
        watch.flush()
        best = {"best": run.best, "best_step": run.best_step, "seconds": run.seconds}
        self.tell(type="done", step=run.step, **best)

    def keep(self, order: Message, folder: str, paces: list[list[float]]) -> None:
        """Put the best weights so far into the person's own folder, under a name that is free."""
        from workbench.training.kept import kept

        job = job_of(Order(**order))
        card = kept(job, Path(folder), _device(job), paces)
        self.tell(type="kept", name=card["name"], title=card["title"])


class Watch:
    """Hear every step and every validation of a training, and pass on what a person can take in."""

    def __init__(self, desk: Desk, job: Job, looks: Looks) -> None:
        self.desk, self.job, self.looks = desk, job, looks
        self.points: list[tuple[int, float]] = []
        self.rate = 0.0
        self.told = self.looked = time.monotonic()

    def __call__(self, line: Message) -> None:
        """Take one line of the loop's; comes back when the training may go on."""
        if "parts" in line:
            self.step(line)
        else:
            self.validated(line)
        self.desk.controls.wait()

    def step(self, line: Message) -> None:
        """Note a step's loss, and look at the pictures where that is due."""
        self.points.append((line["step"], line["loss"]))
        self.rate = self.job.schedule.rate_at(line["step"] - 1) * self.desk.controls.factor
        if time.monotonic() - self.told >= TELL:
            self.flush()
        if time.monotonic() - self.looked >= LOOK:
            self.look(line["step"])

    def validated(self, line: Message) -> None:
        """Tell of a validation, with the same score on pictures that were trained on."""
        self.flush()
        scores = {"held": line[self.looks.order.measure.name], "trained": self.looks.trained()}
        told = {name: line[name] for name in ("step", "rate", "seconds")}
        self.desk.tell(type="score", **told, **scores, trouble=line.get("trouble", ""))
        self.look(line["step"])

    def flush(self) -> None:
        """Tell the losses since the last time."""
        if self.points:
            self.desk.tell(type="loss", points=self.points, rate=self.rate)
        self.points, self.told = [], time.monotonic()

    def look(self, step: int) -> None:
        """Tell what the network makes of the fixed pictures now."""
        maps, scores = self.looks.fixed()
        packed = [base64.b64encode(zlib.compress(one.ids.tobytes(), 1)).decode() for one in maps]
        named = [[[n, s.category.id] for n, s in one.segments.items() if s.category] for one in maps]
        size = list(maps[0].shape)
        self.desk.tell(type="look", step=step, size=size, maps=packed, named=named, scores=scores)
        self.looked = time.monotonic()


def job_of(order: Order, **data: Any) -> Job:
    """Turn an order into a job.

    Raises
    ------
    ValueError : a network, scenes or a number that cannot be.
    """
    from workbench.training.job import Job

    return Job(order.network, order.scenes, order.plan, order.data | data)


def _device(job: Job) -> str:
    from workbench.models.zoo import device_of

    return device_of(job.device)


def _sentence(error: Exception) -> str:
    from workbench.methods.looking import out_of_memory

    if out_of_memory(error):
        return "training: it ran out of memory; take smaller pictures, or a smaller network"
    if isinstance(error, FloatingPointError | OSError):
        return str(error)
    return explain(error)


def main() -> None:
    """Begin: quiet, and with a line out that no library prints on."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is for the notebook
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    Desk(sys.stdin.buffer, answers).work()
