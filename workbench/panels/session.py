"""The kernel's side of a compare page: it is told the whole state, and runs what that changes.

The page holds the state (image, truth, lens, cards and their values), so undo, reload, a shared link and a
restarted kernel are all the same thing: "set the state". Nothing here knows of widgets: `send` takes a message
and its buffers, so a session is tested without a browser.
"""

from __future__ import annotations

import copy
import hashlib
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from workbench import samples
from workbench.export import read_truth
from workbench.image import SLOW_WORKING_SIZE, WORKING_SIZE, ImageError, ImageNote, read_image
from workbench.metrics.lens import LENSES
from workbench.panels import answer, files
from workbench.panels.catalogue import Picture, picture_message, setup
from workbench.recipe import ImageRef, Recipe
from workbench.registry import METHODS
from workbench.runner import Event, Request, Runner

Message = dict[str, Any]
Send = Callable[[Message, list[bytes]], None]
State = dict[str, Any]
VERSION = 1
MOST_CARDS = 12


@dataclass
class Card:
    """Hold what the kernel knows of one card: what it was last asked, and its last good answer."""

    recipe: Recipe | None = None
    asked: tuple[Any, ...] = ()
    seq: int = 0
    result: tuple[Message, list[bytes]] | None = None
    pending: bool = False
    error: Message | None = None


@dataclass
class Session:
    """Answer one page.

    Parameters
    ----------
    send : takes a message and its buffers to the page.
    state : the state that a page without one of its own begins with.
    post : hands an event from a worker's thread to the thread that the session lives in.
    extra : pictures that are not samples, by key, such as an array given to `compare`.
    """

    send: Send
    state: State
    runner: Runner
    post: Callable[[Callable[[], None]], None] = lambda call: call()
    extra: dict[str, Picture] = field(default_factory=dict)
    truths: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    picture: Picture | None = None
    cards: dict[str, Card] = field(default_factory=dict)
    seq: int = 0

    # --- from the page ---------------------------------------------------------------------------------------
    def receive(self, message: Message, buffers: list[bytes]) -> None:
        """Take one message from the page; a wrong one is answered with a sentence, never with a traceback."""
        handlers = {
            "hello": lambda: self.hello(message.get("state")),
            "state": lambda: self.apply(message["state"], int(message.get("seq", 0))),
            "cancel": lambda: self.runner.cancel(str(message["card"])),
            "file": lambda: self.take_file(message, buffers),
            "details": lambda: self.details(str(message["card"]), str(message["what"])),
            "download": lambda: self.download(str(message["what"]), message.get("card")),
        }
        try:
            handlers[message["type"]]()
        except (ValueError, KeyError, TypeError, IndexError) as error:
            self.notice(_sentence(error))

    def hello(self, state: State | None) -> None:
        """Greet a page: say what there is, show the picture, and every answer that is already there."""
        wanted = _merge(self.state, state)
        try:
            picture = self._picture(wanted)
        except (ValueError, KeyError) as error:
            self.notice(_sentence(error))
            wanted = copy.deepcopy(self.state)
            picture = self._picture(wanted)
        self.send(setup(wanted), [])
        self.picture = picture
        self.send(*picture_message(picture))
        for card in self.cards.values():
            if card.result is not None:
                self.send(*card.result)
        self.apply(wanted, self.seq)

    def apply(self, state: State, seq: int) -> None:
        """Make this the state: load what is new, run what has changed, forget what is gone."""
        wanted = _checked(_merge(self.state, state))
        self.seq = max(self.seq, seq)
        if self.picture is None or (wanted["image"], wanted["truth"]) != (self.state["image"], self.state["truth"]):
            self.picture = self._picture(wanted)
            self.send(*picture_message(self.picture))
        self.state = wanted
        for gone in set(self.cards) - {card["id"] for card in wanted["cards"]}:
            self.runner.cancel(gone)
            del self.cards[gone]
        for entry in wanted["cards"]:
            self._run(entry, seq)

    def take_file(self, message: Message, buffers: list[bytes]) -> None:
        """Take an image or a truth that a person opened; a refused one leaves the page as it was."""
        data, name = bytes(buffers[0]), str(message.get("name") or "your file")
        key = f"file:{hashlib.sha256(data).hexdigest()}"
        if message["role"] == "image":
            self.extra[key] = self._opened(key, data, name)
            change = {"image": key, "truth": "none"}
        else:
            picture = self._picture(self.state | {"truth": "bundled"})
            read_truth(data, picture.image.shape[:2], _taxonomy(picture), name)
            self.truths[key] = (name, data)
            change = {"truth": key}
        self.apply(self.state | change, self.seq)
        self.send({"type": "state", "state": self.state}, [])

    def details(self, card: str, what: str) -> None:
        """Send a card's code, or run it once more for its stages."""
        known = self.cards[card]
        if known.recipe is None:
            return
        if what == "code":
            digest = known.result[0]["hash"] if known.result and not known.pending else None
            python = known.recipe.to_python(digest)
            self.send({"type": "code", "card": card, "python": python, "cell": known.recipe.to_cell(), "hash": digest}, [])
            return
        self._submit(f"{card}/stages", answer.staged, (known.recipe,), lambda e: self._staged(card, e), truth=False)

    def download(self, what: str, card: str | None) -> None:
        """Make a file and send it."""
        if what in ("scores", "state") or card is None:
            content = files.scores(self) if what == "scores" else files.state(self)
            self.send(*content)
            return
        recipe = self.cards[card].recipe
        if recipe is not None:
            self._submit(f"{card}/file", answer.exported, (recipe,), lambda e: self._exported(what, card, e), truth=False)

    def notice(self, message: str, level: str = "error") -> None:
        """Tell the page one sentence."""
        self.send({"type": "notice", "level": level, "message": message}, [])

    # --- running ---------------------------------------------------------------------------------------------
    @property
    def busy(self) -> bool:
        """Say whether any card waits for its answer."""
        return any(card.pending for card in self.cards.values())

    def _run(self, entry: Message, seq: int) -> None:
        card = self.cards.setdefault(entry["id"], Card())
        assert self.picture is not None  # ours: apply loads it first
        asked = (self.picture.key, self.picture.truth_key, self.state["lens"], entry["method"], repr(sorted(entry["values"].items())))
        if asked == card.asked and card.error is None:
            return
        card.asked, card.seq, card.pending, card.error = asked, seq, True, None
        try:
            recipe = self._recipe(entry)
        except (ValueError, KeyError, ModuleNotFoundError) as error:
            self._fail(entry["id"], card, seq, entry["values"], _sentence(error))
            return
        card.recipe = recipe
        args = (recipe, self.state["lens"], self.picture.target)
        self._submit(entry["id"], answer.answer, args, lambda e: self._answered(entry["id"], seq, recipe, e))

    def _recipe(self, entry: Message) -> Recipe:
        assert self.picture is not None  # ours: apply loads it first
        method, image = METHODS[entry["method"]], self.picture.image
        if not method.available:
            raise ValueError(f"{method.title} needs {method.requires[0]}, which is not installed: {method.install}")
        values = method.check(entry["values"], image.shape[:2])
        longest = SLOW_WORKING_SIZE if method.slow and max(image.shape[:2]) > SLOW_WORKING_SIZE else None
        return Recipe(ImageRef.of(image), method.name, values, longest)

    def _submit(
        self, slot: str, function: Any, args: tuple[Any, ...], heard: Callable[[Event], None], truth: bool = True
    ) -> None:
        assert self.picture is not None  # ours: apply loads it first
        shared: dict[str, tuple[str, Any]] = {"image": (ImageRef.of(self.picture.image).sha256, self.picture.image)}
        if truth and self.picture.truth is not None:
            shared["truth"] = (f"{self.picture.truth_key}/{self.picture.truth.sha256}", self.picture.truth)
        lane = "network" if METHODS[args[0].method].requires else "classical"
        listen = lambda event: self.post(lambda: heard(event))  # noqa: E731  a name would say no more
        self.runner.submit(Request(slot, function, args, listen, shared, lane))  # type: ignore[arg-type]

    def _answered(self, name: str, seq: int, recipe: Recipe, event: Event) -> None:
        card = self.cards.get(name)
        if card is None or (event.kind in ("running", "cancelled") and seq != card.seq):
            return
        if event.kind == "running":
            self.send({"type": "running", "card": name, "seq": seq, "progress": event.progress, "note": _loading(recipe)}, [])
        elif event.kind == "done":
            message, data = event.value
            card.result = ({"type": "result", "card": name, "seq": seq, **message}, [data])
            card.pending = card.pending and seq != card.seq
            self.send(*card.result)
        else:
            why = "stopped; move a slider to run it again" if event.kind == "cancelled" else event.message
            title = METHODS[recipe.method].title
            self._fail(name, card, seq, dict(recipe.values), f"{title}: {why}")

    def _fail(self, name: str, card: Card, seq: int, values: Message, message: str) -> None:
        if seq == card.seq:
            card.pending = False
        card.error = {"type": "error", "card": name, "seq": seq, "message": message, "values": values}
        self.send(card.error, [])

    def _staged(self, card: str, event: Event) -> None:
        if event.kind == "done":
            items = [item for item, _ in event.value]
            self.send({"type": "stages", "card": card, "items": items}, [data for _, data in event.value if data])
        elif event.kind == "failed":
            self.notice(event.message)

    def _exported(self, what: str, card: str, event: Event) -> None:
        recipe = self.cards[card].recipe
        if event.kind == "done" and self.picture is not None and recipe is not None:
            try:
                self.send(*files.segmentation(what, event.value, self.picture, recipe, card))
            except ValueError as error:
                self.notice(_sentence(error))
        elif event.kind == "failed":
            self.notice(event.message)

    # --- pictures --------------------------------------------------------------------------------------------
    def _picture(self, state: State) -> Picture:
        picture = self._image(str(state["image"]))
        choice = state["truth"]
        if choice == "none":
            return _with_truth(picture, None, "none")
        if choice == "bundled":
            return picture
        if choice not in self.truths:
            raise ValueError("the truth file of this page is gone with its kernel; open it again")
        name, data = self.truths[choice]
        return _with_truth(picture, read_truth(data, picture.image.shape[:2], _taxonomy(picture), name), choice)

    def _image(self, key: str) -> Picture:
        if key in self.extra:
            return self.extra[key]
        if key.startswith("file:"):
            raise ValueError("the image of this page is gone with its kernel; open the file again")
        sample = samples.load(key, longest=WORKING_SIZE)
        full = samples.full_size(key)
        return Picture(
            key,
            sample.title,
            sample.image,
            sample.truth,
            f"bundled:{key}",
            sample.target,
            f"{sample.credit} ({sample.licence})",
            sample.note,
            sample.image.shape[0] / full[0],
        )

    def _opened(self, key: str, data: bytes, name: str) -> Picture:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always", ImageNote)
            image = read_image(data, name=name, longest=WORKING_SIZE)
        full = files.size_of(data)
        scale = image.shape[0] / full[0] if max(full) > WORKING_SIZE else 1.0
        notes = [str(note.message) for note in said if issubclass(note.category, ImageNote)]
        return Picture(key, name, image, note="; ".join(notes), scale=scale)


def starting_state(image: str, methods: list[str], lens: str = "object", truth: str = "bundled") -> State:
    """Give the state of a fresh page with one card for each method at its defaults."""
    cards: list[Message] = []
    for name in methods:
        count = sum(card["method"] == name for card in cards)
        cards.append({"id": name if not count else f"{name}-{count + 1}", "method": METHODS[name].name, "values": {}})
    return {"v": VERSION, "image": image, "truth": truth, "lens": lens, "cards": cards}


def _merge(ours: State, theirs: State | None) -> State:
    """Take the page's state; what it leaves out stays as it is."""
    if theirs is None:
        return copy.deepcopy(ours)
    if not isinstance(theirs, dict) or theirs.get("v", VERSION) != VERSION:
        raise ValueError("this link or file holds a state of another version; make it again")
    return {key: copy.deepcopy(theirs.get(key, ours[key])) for key in ours}


def _checked(state: State) -> State:
    """Refuse a state that no page of ours would send; it may come from a link."""
    if state["lens"] not in LENSES:
        raise ValueError(f"no lens {state['lens']!r}; there are {', '.join(LENSES)}")
    cards = state["cards"]
    fits = isinstance(cards, list) and len(cards) <= MOST_CARDS
    if not fits or not all(isinstance(card, dict) and {"id", "method", "values"} <= set(card) for card in cards):
        raise ValueError(f"a page holds up to {MOST_CARDS} cards, each with id, method and values")
    if len({card["id"] for card in cards}) != len(cards):
        raise ValueError("two cards have the same id; give each its own")
    return state


def _with_truth(picture: Picture, truth: Any, key: str) -> Picture:
    from dataclasses import replace

    target = tuple(n for n in picture.target if truth is not None and n in truth.taxonomy)
    return replace(picture, truth=truth, truth_key=key, target=target)


def _taxonomy(picture: Picture) -> Any:
    return picture.truth.taxonomy if picture.truth is not None else None


def _loading(recipe: Recipe) -> str | None:
    method = METHODS[recipe.method]
    return f"{method.title}: loads PyTorch and the weights at its first run" if method.requires else None


def _sentence(error: BaseException) -> str:
    return str(error.args[0]) if error.args else type(error).__name__
