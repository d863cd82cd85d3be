"""The cards of a page: what each was asked last, what runs for it, and its last good answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from workbench.events import PATIENCE, Event, Lane, Request
from workbench.image import SLOW_WORKING_SIZE
from workbench.panels import answer
from workbench.panels.pictures import Picture
from workbench.recipe import ImageRef, Recipe
from workbench.registry import METHODS
from workbench.runner import Runner

Message = dict[str, Any]
Send = Callable[[Message, list[bytes]], None]
Post = Callable[[Callable[[], None]], None]
PREVIEW_SIZE = 192  # px, longest side on which a slow method answers first
PREVIEW_PATIENCE = 1.0  # s that a preview may take while newer questions wait: it is what a drag shows
REST = 0.3  # s without a new question after which a slow method runs at full size


@dataclass(eq=False)
class Ask:
    """Hold one question of a card: `about` is the picture, truth, lens and method, `values` the controls."""

    seq: int
    about: tuple[str, ...]
    values: Message


@dataclass
class Card:
    """Hold what the kernel knows of one card: its newest question, and its last good answer."""

    ask: Ask | None = None
    recipe: Recipe | None = None
    result: tuple[Message, list[bytes]] | None = None
    pending: bool = False
    error: Message | None = None
    asked_at: float = float("-inf")  # time.monotonic() of the newest question
    rest: threading.Timer | None = None  # waits for the hand to rest before the full size runs


@dataclass
class Cards:
    """Hold the cards by their ids, run what they ask, and send what comes back.

    Parameters
    ----------
    send : takes a message and its buffers to the page.
    post : hands an event from a worker's thread to the thread that the cards live in.
    work : what a worker calls for a card's answer. resume : what a person does to run a stopped card again.
    """

    send: Send
    runner: Runner
    post: Post
    work: Callable[..., tuple[Message, bytes]] = answer.answer
    resume: str = "move a slider"
    by_id: dict[str, Card] = field(default_factory=dict)
    loaded: set[str] = field(default_factory=set)  # networks that have answered once

    def __getitem__(self, name: str) -> Card:
        if name not in self.by_id:
            raise ValueError(f"no card {name!r}; there are {', '.join(self.by_id) or 'none'}")
        return self.by_id[name]

    @property
    def busy(self) -> bool:
        """Say whether any card waits for its answer."""
        return any(card.pending for card in self.by_id.values())

    def cancel(self, name: str) -> None:
        """Stop all that a card runs or waits for."""
        for slot in (name, f"{name}/stages", f"{name}/stage", f"{name}/errors", f"{name}/file"):
            self.runner.cancel(slot)
        card = self.by_id.get(name)
        if card is not None and card.rest is not None and card.pending and card.recipe is not None:
            title = METHODS[card.recipe.method].title
            self._fail(name, card, f"{title}: stopped; what is shown is a preview of {PREVIEW_SIZE} px")

    def keep(self, names: set[str]) -> None:
        """Forget all other cards, and stop what they run."""
        for gone in set(self.by_id) - names:
            self.cancel(gone)
            del self.by_id[gone]

    def count_anew(self) -> None:
        """Set every question's number to 0, where a page that was just greeted begins."""
        for card in self.by_id.values():
            if card.ask is not None:
                card.ask.seq = 0

    def repeat(self, seq: int) -> None:
        """Send what is known of every card once more, as the answer to message `seq`."""
        for card in self.by_id.values():
            if card.result is not None:
                message, buffers = card.result
                card.result = ({**message, "seq": seq}, buffers)
                self.send(*card.result)
            if card.error is not None:
                card.error = {**card.error, "seq": seq}
                self.send(card.error, [])

    def run(self, entry: Message, picture: Picture, lens: str, seq: int, again: bool = False) -> None:
        """Ask a card's question (``id``, ``method``, ``values``) unless it was asked already.

        again : ask once more what failed or was stopped.
        """
        card = self.by_id.setdefault(entry["id"], Card())
        about = (picture.key, entry["method"], picture.truth_key, lens)
        ask, old = Ask(seq, about, entry["values"]), card.ask
        # As text, since 1 and True are equal, and only one of them is a number.
        same = old is not None and (old.about, repr(old.values)) == (about, repr(ask.values))
        if same and not (card.error and again):
            return
        if old is not None and old.about != about:
            card.result = None  # of another picture, method, truth or lens
            card.recipe = card.recipe if old.about[:2] == about[:2] else None
        card.ask, card.pending, card.error, card.rest = ask, True, None, None
        hurried, card.asked_at = time.monotonic() - card.asked_at < REST, time.monotonic()
        known = card.recipe
        try:
            card.recipe = recipe = recipe_of(entry, picture)
        except (ValueError, KeyError) as error:
            self.runner.cancel(entry["id"])
            self._fail(entry["id"], card, sentence(error))
            return
        question = _Question(entry["id"], ask, recipe, picture, lens)
        if known == recipe or not _previewed(recipe, picture):
            self._ask(question)
        else:
            small = replace(question, recipe=replace(recipe, longest=PREVIEW_SIZE), full=question)
            self._ask(replace(small, wait=REST if hurried else 0.0), PREVIEW_PATIENCE)

    def _ask(self, question: _Question, patience: float = PATIENCE) -> None:
        args = (question.recipe, question.lens, question.picture.target)
        heard = partial(self._answered, question)
        self.submit(question.card, question.picture, self.work, args, heard, patience=patience)

    def submit(
        self,
        slot: str,
        picture: Picture,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        heard: Callable[[Event], None],
        truth: bool = True,
        patience: float = PATIENCE,
    ) -> None:
        """Have a worker call ``function(*args, image=..., truth=...)``; the first argument is a recipe."""
        shared = shared_of(picture, truth)
        request = Request(slot, function, args, lambda event: self.post(lambda: heard(event)), shared)
        request.lane, request.patience = lane_of(args[0]), patience
        self.runner.submit(request)

    def _answered(self, question: _Question, event: Event) -> None:
        name, ask, recipe = question.card, question.ask, question.recipe
        card = self.by_id.get(name)
        if card is None or card.ask is None or card.ask.about != ask.about:
            return  # the page has moved on to another picture, truth, lens or method
        newest = ask is card.ask
        if event.kind == "done" and (newest or card.pending):
            message, data = event.value
            self.loaded.add(recipe.method)
            seq = min(ask.seq, card.ask.seq)  # a page that was greeted meanwhile counts anew
            card.result = ({"type": "result", "card": name, "seq": seq, **message}, [data])
            card.result[0]["preview"] = question.full is not None
            card.pending = not newest or question.full is not None
            self.send(*card.result)
            if newest and question.full is not None:
                self._settle(card, question)
        elif not newest or not card.pending:
            return
        elif event.kind == "running":
            note = self._loading(recipe)
            self.send(
                {"type": "running", "card": name, "seq": ask.seq, "progress": event.progress, "note": note},
                [],
            )
        elif event.kind in ("failed", "cancelled"):
            stopped = f"stopped; {self.resume} to run it again"
            why = stopped if event.kind == "cancelled" else event.message
            self._fail(name, card, f"{METHODS[recipe.method].title}: {why}")

    def _settle(self, card: Card, preview: _Question) -> None:
        """Run at full size once the hand rests: a run that the next move would kill costs a process."""
        full = preview.full
        assert full is not None  # ours: only a preview is settled
        if not preview.wait:
            self._ask(full)
            return

        def rested() -> None:
            """Ask for the full size, if nothing has moved since."""
            if self.by_id.get(full.card) is card and card.ask is full.ask and card.pending:
                card.rest = None
                self._ask(full)

        card.rest = threading.Timer(preview.wait, lambda: self.post(rested))
        card.rest.daemon = True
        card.rest.start()

    def _fail(self, name: str, card: Card, message: str) -> None:
        assert card.ask is not None  # ours: what fails was asked
        told = {"seq": card.ask.seq, "message": message, "values": card.ask.values}
        card.pending, card.rest, card.error = False, None, {"type": "error", "card": name, **told}
        self.send(card.error, [])

    def _loading(self, recipe: Recipe) -> str | None:
        method = METHODS[recipe.method]
        first = method.requires and method.name not in self.loaded
        return f"{method.title}: loads PyTorch and the weights at its first run" if first else None


@dataclass(frozen=True, eq=False)
class _Question:
    """Hold what one run is asked; a preview names the run at full size that follows, and after what wait."""

    card: str
    ask: Ask
    recipe: Recipe
    picture: Picture
    lens: str
    full: _Question | None = None
    wait: float = 0.0


def lane_of(recipe: Recipe) -> Lane:
    """Say which worker runs a recipe: that of networks, of slow methods, or the quick one."""
    steps = METHODS[recipe.method].steps(recipe.values)
    if any(step.requires for step in steps):
        return "network"
    return "slow" if any(step.slow for step in steps) else "classical"


def _previewed(recipe: Recipe, picture: Picture) -> bool:
    """Say whether a small picture is answered first; a network's scale is part of what it has learnt."""
    return lane_of(recipe) == "slow" and max(picture.size) > PREVIEW_SIZE


def sentence(error: BaseException) -> str:
    """Give an error's own sentence, which `str` puts in quotes for a KeyError."""
    return str(error.args[0]) if error.args else type(error).__name__


def shared_of(picture: Picture, truth: bool = True) -> dict[str, tuple[str, Any]]:
    """Give what travels to a worker once: the image and, where asked and there, its truth."""
    shared: dict[str, tuple[str, Any]] = {"image": (ImageRef.of(picture.image).sha256, picture.image)}
    if truth and picture.truth is not None:
        shared["truth"] = (f"{picture.truth_key}/{picture.truth.sha256}", picture.truth)
    return shared


def recipe_of(entry: Mapping[str, Any], picture: Picture) -> Recipe:
    """Write down the run of a card (``method``, ``values``) on a picture; slow ones on a smaller copy.

    Raises
    ------
    KeyError : an unknown method. ValueError : one that is not installed, or a value that breaks its rule.
    """
    method = METHODS[entry["method"]]
    if not method.available:
        raise ValueError(
            f"{method.title} needs {method.requires[0]}, which is not installed: {method.install}"
        )
    values = method.check(entry["values"], picture.size)
    slow = any(step.slow for step in method.steps(values))
    longest = SLOW_WORKING_SIZE if slow and max(picture.size) > SLOW_WORKING_SIZE else None
    return Recipe(ImageRef.of(picture.image), method.name, values, longest)
