"""A training beside the page: in a process of its own, steered and heard from here, where torch never is."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from workbench.pools import how
from workbench.training.choices import Order

Message = dict[str, Any]
HERE = Path(__file__).parents[2]
BEGIN = "from workbench.training.watched import main; main()"
GRACE = 1.5  # s in which a training may end by itself once it is cancelled; then its process is ended
LAST = ("done", "failed", "cancelled")


def missing() -> str:
    """Say in a sentence what is not installed, or nothing."""
    absent = [name for name in ("torch", "safetensors") if find_spec(name) is None]
    return f"train: needs {absent[0]}; pip install 'segmentation-workbench[deep]'" if absent else ""


@dataclass(eq=False)
class Live:
    """Hold the process of one page's trainings; it begins with the first question and ends with `close`.

    It ends by itself too when this process does, however that ends.

    Parameters
    ----------
    listen : told, from a thread, what the process says, a message each: ``ready`` (device), ``cost`` (number,
        seconds), ``begun``, ``loss`` (points, rate), ``score`` (step, held, trained, rate), ``look`` (step,
        maps of ids, the [id, category id] named in each, scores), ``done`` (step, best), ``cancelled``,
        ``failed`` (of, message), ``kept`` (name, title).
    """

    listen: Callable[[Message], None]
    running: bool = False
    paces: list[list[float]] = field(default_factory=list)
    order: Order | None = None
    folder: Path | None = None
    step: int = 0

    def __post_init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.RLock()
        self._closed = False
        self._runs = 0

    # --- what may be asked ---
    def warm_up(self) -> None:
        """Start the process now: loading torch takes seconds, in which a person can read."""
        with self._lock:
            self._alive()

    def estimate(self, order: Order, number: int) -> None:
        """Ask what a training would cost; of several questions only the last need be answered."""
        self._say(do="estimate", number=number, order=asdict(order))

    def start(self, order: Order) -> None:
        """Begin a training.

        Raises
        ------
        ValueError : another one runs.
        """
        with self._lock:
            if self.running:
                raise ValueError("a training runs already; cancel it first")
            self._forget()
            self.folder = Path(tempfile.mkdtemp(prefix="workbench-train-"))
            self.running, self.order, self.paces, self.step = True, order, [], 0
            self._runs += 1
            self._say(do="start", order=asdict(order), folder=str(self.folder))

    def pause(self) -> None:
        """Hold the training before its next step."""
        self._steer(paused=True)

    def resume(self) -> None:
        """Let it go on."""
        self._steer(paused=False)

    def pace(self, factor: float) -> None:
        """Multiply the plan's learning rate by a factor from the next step on."""
        self._steer(factor=factor)
        self.paces.append([self.step, factor])

    def cancel(self) -> None:
        """End the training; where it does not end by itself in a moment, its process is ended."""
        if not self.running:
            return
        self._steer(cancelled=True)
        ending = threading.Timer(GRACE, self._end, [self._runs])
        ending.daemon = True
        ending.start()

    def keep(self) -> None:
        """Put the best weights into the person's own folder.

        Raises
        ------
        ValueError : nothing was trained, or it still runs.
        """
        if self.order is None or self.folder is None:
            raise ValueError("nothing was trained yet; press start first")
        if self.running:
            raise ValueError("the training still runs; wait for its end, or cancel it")
        self._say(do="keep", order=asdict(self.order), folder=str(self.folder), paces=self.paces)

    def close(self) -> None:
        """End the process and forget what it was doing; a second call does nothing."""
        with self._lock:
            self._closed = True
            process, self._process = self._process, None
        if process is not None:
            _end(process)
        self._forget()

    # --- the process ---
    def _steer(self, **to: Any) -> None:
        if not self.running:
            raise ValueError("no training runs; press start first")
        self._say(do="steer", to=to)

    def _say(self, **asked: Any) -> None:
        with self._lock:
            stdin = self._alive().stdin
            assert stdin is not None  # ours: it is started with a pipe
            with suppress(OSError):  # it has just ended; its reader tells
                stdin.write(json.dumps(asked).encode() + b"\n")
                stdin.flush()

    def _alive(self) -> subprocess.Popen[bytes]:
        """Give the process, started where there is none."""
        if self._closed:
            raise ValueError("this page was closed; open it again")
        if self._process is None:
            paths = [str(HERE), os.environ.get("PYTHONPATH", "")]
            environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", BEGIN],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
            )
            threading.Thread(target=self._hear, args=[self._process], daemon=True).start()
        return self._process

    def _hear(self, process: subprocess.Popen[bytes]) -> None:
        """Pass on what the process says, until it ends."""
        assert process.stdout is not None  # ours: it is started with a pipe
        for line in process.stdout:
            self._heard(_read(line))
        code = process.wait()
        with self._lock:
            if process is not self._process:
                return  # ended on purpose
            self._process = None
        self._heard(
            {"type": "failed", "of": "process", "message": f"train: its process {how(code)}; start again"}
        )

    def _heard(self, message: Message) -> None:
        last = message["type"] in LAST and message.get("of", "start") in ("start", "process")
        if message["type"] == "loss":
            self.step = message["points"][-1][0]
        self.running = self.running and not last
        if not self._closed:
            self.listen(message)

    def _end(self, run: int) -> None:
        """End the process of a training that does not end by itself; a fresh one is started when needed."""
        with self._lock:
            if run != self._runs or not self.running or self._process is None:
                return
            process, self._process = self._process, None
        process.kill()
        process.wait()
        self._heard({"type": "cancelled"})

    def _forget(self) -> None:
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
        self.folder = None


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(OSError):
        process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError, ValueError):
                pipe.close()


def _read(line: bytes) -> Message:
    message: Message = json.loads(line)
    if message["type"] == "look":
        raw = [zlib.decompress(base64.b64decode(packed)) for packed in message["maps"]]
        message["maps"] = [np.frombuffer(ids, np.int32).reshape(message["size"]) for ids in raw]
    return message
