"""The kernel's side of the train page: it passes orders on, and keeps what a page that comes back shows."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from workbench import samples
from workbench.panels import orders
from workbench.panels.cards import sentence
from workbench.panels.orders import PACES, order_of
from workbench.panels.protocol import starting_state
from workbench.segmentation import Segmentation
from workbench.training.choices import Order, fixed, truth_shown
from workbench.training.live import Live, Message, missing
from workbench.widgets.viewer import describe, encode_png

Send = Callable[[Message, list[bytes]], None]
MOST_LOOKS = 60  # moments that a page can go back to
LEAST_FACTOR, MOST_FACTOR = 1e-6, 1e6


@dataclass(eq=False)
class Trainer:
    """Answer one train page.

    Parameters
    ----------
    send : takes a message and its buffers to the page. live : the process that trains.
    order : what the page's controls show.
    """

    send: Send
    live: Live
    order: Order
    status: str = "idle"  # or starting, running, paused, done, cancelled, failed
    words: str = ""  # what there is to say of the status
    factor: float = 1.0
    asked: int = 0
    losses: list[list[float]] = field(default_factory=list)
    scores: list[Message] = field(default_factory=list)
    looks: list[tuple[Message, list[bytes]]] = field(default_factory=list)
    trained: Order | None = None  # what the losses and scores are of
    truths: list[Segmentation] = field(default_factory=list)

    # --- from the page ---
    def receive(self, content: Any) -> None:
        """Take one message from the page; a wrong one is answered with a sentence, never with a traceback."""
        try:
            match orders.read(content):
                case orders.Hello(state=state):
                    self.hello(state)
                case orders.Ask(settings=settings):
                    self.ask(order_of(settings))
                case orders.Begin(settings=settings):
                    self.begin(order_of(settings))
                case orders.Steer(what=what):
                    self.steer(what)
                case orders.Pace(by=by):
                    self.pace(by)
                case orders.Keep():
                    self.live.keep()
        except (ValueError, KeyError) as error:
            self.tell(type="refused", message=sentence(error))

    def hello(self, state: Any) -> None:
        """Greet a page: say what there is, and show all of a training that is there already."""
        lost = isinstance(state, dict) and state.get("running") and self.trained is None
        if self.trained is None and isinstance(state, dict):
            self.order = _remembered(state, self.order)
        self.tell(**orders.registries(), settings=asdict(self.order), missing=missing())
        self.show_pictures()
        if self.trained is not None:
            self.repeat()
        else:
            self.estimate()
        if lost:
            words = "The training ended with its kernel when the page was loaded again; start begins it anew."
            self.tell(type="notice", level="error", message=words)

    def ask(self, order: Order) -> None:
        """Take other settings, show their pictures, say what they cost; one that runs keeps its own."""
        if self.live.running:
            return
        others = (order.scenes, order.size, order.yields)
        before = (self.order.scenes, self.order.size, self.order.yields)
        self.order = order
        if others != before:
            self.forget()
            self.show_pictures()
        self.estimate()

    def begin(self, order: Order) -> None:
        """Start a training.

        Raises
        ------
        ValueError : one runs, or there is nothing to train with.
        """
        if why := missing():
            raise ValueError(why)
        self.asked += 1  # the answer to an older question comes to nothing
        self.live.start(order)
        self.order = order
        self.forget()
        self.trained = order
        self.show_pictures()
        self.become("starting")

    def steer(self, what: str) -> None:
        """Hold the training, let it go on, or end it.

        Raises
        ------
        ValueError : none runs.
        """
        if what == "cancel":
            self.live.cancel()
            return
        (self.live.pause if what == "pause" else self.live.resume)()
        self.become("paused" if what == "pause" else "running")

    def pace(self, by: float) -> None:
        """Multiply the learning rate from now on.

        Raises
        ------
        ValueError : no such step, or no training that runs.
        """
        if by not in PACES:
            raise ValueError(f"train: the rate is multiplied by {', '.join(map(str, PACES))}, not by {by:g}")
        factor = min(MOST_FACTOR, max(LEAST_FACTOR, self.factor * by))
        self.live.pace(factor)
        self.factor = factor
        self.become(self.status)

    def estimate(self) -> None:
        """Ask what the order costs, where there is something to train with."""
        self.asked += 1
        if not missing():
            self.live.estimate(self.order, self.asked)

    # --- from the process ---
    def heard(self, message: Message) -> None:
        """Take what the training's process says."""
        kind = message.pop("type")
        handlers: dict[str, Callable[..., None]] = {
            "cost": self._cost,
            "begun": lambda device: self.become("running"),
            "loss": self._loss,
            "score": self._score,
            "look": self._look,
            "done": self._done,
            "cancelled": lambda: self.become("cancelled", "Cancelled; the best weights so far can be kept."),
            "failed": self._failed,
            "kept": self._kept,
        }
        if kind in handlers:
            handlers[kind](**message)

    def _cost(self, number: int, seconds: float, device: str) -> None:
        if number == self.asked and not self.live.running:
            where = "the processor" if device == "cpu" else device.upper()
            self.tell(type="cost", words=f"{self.order.steps} steps on {where}: about {duration(seconds)}")

    def _loss(self, points: list[list[float]], rate: float) -> None:
        self.losses += points
        self.tell(type="loss", points=points, rate=rate)

    def _score(self, **score: Any) -> None:
        score |= {name: finite(score[name]) for name in ("held", "trained")}
        trouble = score.pop("trouble")
        self.scores.append(score)
        self.tell(type="score", **score)
        if trouble:
            self.tell(type="notice", message=trouble)

    def _look(
        self, step: int, size: list[int], maps: list[Any], named: list[Any], scores: list[float]
    ) -> None:
        made = [
            Segmentation.from_panoptic(ids, dict(pairs), truth.taxonomy)
            for ids, pairs, truth in zip(maps, named, self.truths, strict=True)
        ]
        described = [describe(one) for one in made]
        guesses = [m | {"iou": finite(score)} for (m, _), score in zip(described, scores, strict=True)]
        look = {"type": "look", "step": step, "guesses": guesses}, [data for _, data in described]
        self.looks.append(look)
        if len(self.looks) > MOST_LOOKS:
            del self.looks[least_missed([look["step"] for look, _ in self.looks])]
        self.send(*look)

    def _done(self, step: int, best: float, best_step: int, seconds: float) -> None:
        where = f"best {self.order.measure.title} {best:.3f} at step {best_step}"
        self.become("done", f"Done: {step} steps in {duration(seconds)}; {where}.")

    def _failed(self, of: str, message: str) -> None:
        if of in ("start", "process") and self.status in ("starting", "running", "paused"):
            self.become("failed", message)
        else:
            self.tell(type="refused", message=message)

    def _kept(self, name: str, title: str) -> None:
        order = self.live.order
        assert order is not None  # ours: only what was trained is kept
        picture = order.scenes if order.scenes in samples.names() else "street"
        lens = order.measure.lens
        state = starting_state(picture, [name], lens)
        if order.yields == "semantic":
            state["cards"][0]["values"] = {"size": order.side}  # things look as large as it knows them
        call = f'panels.compare("{picture}", ["{name}"], lens="{lens}")'
        self.tell(type="kept", name=name, state=state, call=call)

    # --- to the page ---
    def tell(self, **message: Any) -> None:
        """Send a message without buffers."""
        self.send(message, [])

    def become(self, status: str, words: str = "") -> None:
        """Take another status and tell the page."""
        self.status, self.words = status, words
        keeps = bool(self.scores) and not self.live.running
        self.tell(type="status", status=status, words=words, factor=self.factor, keeps=keeps)

    def forget(self) -> None:
        """Begin anew with nothing learnt."""
        self.losses, self.scores, self.looks = [], [], []
        self.trained, self.factor = None, 1.0

    def show_pictures(self) -> None:
        """Send the fixed pictures and their truth; the page begins anew with them."""
        made = fixed(self.order)
        self.truths = [truth_shown(self.order, one) for one in made]
        pictures, buffers = [], []
        for one, truth in zip(made, self.truths, strict=True):
            told, data = describe(truth)
            pictures.append({"size": list(one.shape), "mime": "image/png", "truth": told})
            buffers += [encode_png(one.image), data]
        measure = self.order.measure
        names = {"measure": measure.title, "each": measure.each_title, "lens": measure.lens}
        self.send({"type": "pictures", **names, "pictures": pictures}, buffers)

    def repeat(self) -> None:
        """Send all of the training that is there, to a page that has come back."""
        self.tell(type="loss", points=self.losses, rate=None)
        for score in self.scores:
            self.tell(type="score", **score)
        for look in self.looks:
            self.send(*look)
        self.become(self.status, self.words)


def duration(seconds: float) -> str:
    """Say how long something takes, as people would.

    >>> duration(7.3), duration(100), duration(7300)
    ('7 s', '1 min 40 s', '2 h 1 min')
    """
    whole = max(1, round(seconds))
    if whole < 90:
        return f"{whole} s"
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    parts = [(hours, "h"), (minutes, "min")] if hours else [(minutes, "min"), (rest, "s")]
    return " ".join(f"{count} {unit}" for count, unit in parts if count)


def least_missed(steps: list[int]) -> int:
    """Give the place between the first and the last step whose neighbours are closest to each other.

    >>> least_missed([0, 10, 20, 22, 30])
    3
    """
    return min(range(1, len(steps) - 1), key=lambda place: steps[place + 1] - steps[place - 1])


def finite(value: float) -> float | None:
    """Give a number as the page takes it: None where it is undefined."""
    return value if math.isfinite(value) else None


def _remembered(state: dict[str, Any], ours: Order) -> Order:
    """Read the settings of before a reload; what makes no sense is ours."""
    try:
        return order_of(orders.settings(state.get("settings")))
    except ValueError:
        return ours
