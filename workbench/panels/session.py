"""The kernel's side of a compare page: it is told the whole state, and runs what that changes.

The page holds the state (image, truth, lens, cards and their values), so undo, reload, a shared link and a
restarted kernel are all the same thing: "set the state". Nothing here knows of widgets: `send` takes a
message and its buffers, so a session is tested without a browser.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from workbench.panels import answer, errors, files, pictures, protocol, stages
from workbench.panels.cards import Card, Cards, Post, Send, sentence
from workbench.panels.catalogue import picture_message, setup
from workbench.panels.pictures import Picture
from workbench.panels.protocol import State, read_state
from workbench.panels.several import Several
from workbench.panels.sweeps import Sweeps
from workbench.recipe import Recipe
from workbench.runner import Event, Runner

MOST_FILES = 8  # opened images and truths that a kernel keeps of each; undo may go back that far


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
    post: Post = lambda call: call()
    extra: dict[str, Picture] = field(default_factory=dict)
    truths: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    picture: Picture | None = None
    seq: int = 0

    def __post_init__(self) -> None:
        self._cards = Cards(self.send, self.runner, self.post)
        self._sweeps = Sweeps(self.send, self.runner, self.post)
        self._several = Several(self.send, self.runner, self.post)

    # --- from the page ---
    def receive(self, content: Any, buffers: list[bytes]) -> None:
        """Take one message from the page; a wrong one is answered with a sentence, never with a traceback."""
        try:
            match protocol.read(content):
                case protocol.Hello(state=state):
                    self.hello(state)
                case protocol.Change(state=state, seq=seq):
                    self._change(state, seq)
                case protocol.Cancel(card=card):
                    self._cards.cancel(card)
                case protocol.Sweep() | protocol.Several() | protocol.Halt() as asked:
                    self._measure(asked)
                case protocol.Opened(role=role, name=name):
                    self.take_file(role, name, buffers)
                case protocol.Details(card=card, what=what, name=name):
                    self.details(card, what, name)
                case protocol.Download(card=card, what=what):
                    self.download(what, card)
        except (ValueError, KeyError) as error:
            self.notice(sentence(error))

    def hello(self, state: Any) -> None:
        """Greet a page: say what there is, show the picture, and every answer that is already there."""
        try:
            wanted = read_state(self.state, state)
            picture = self._picture(wanted)
        except (ValueError, KeyError) as error:
            self.notice(sentence(error))
            wanted, picture = read_state(self.state, None), self._picture(self.state)
        self.send(setup(wanted), [])
        self.send(*picture_message(picture))
        # A new page counts from 0: an answer with an older page's number would outrank all of its own.
        self.seq = 0
        self._cards.count_anew()
        self._adopt(wanted, picture, 0)
        self._cards.repeat(0)

    def apply(self, state: Any, seq: int) -> None:
        """Make this the state: load what is new, run what has changed, forget what is gone.

        The same state once more runs again what failed or was stopped; a change elsewhere does not.

        Raises
        ------
        ValueError, KeyError : a state that cannot be; the old one stays.
        """
        self.seq = max(self.seq, seq)
        wanted = read_state(self.state, state)
        picture, known = self._picture(wanted), self.picture
        if known is None or (picture.key, picture.truth_key) != (known.key, known.truth_key):
            self.send(*picture_message(picture))
        self._adopt(wanted, picture, seq)

    def take_file(self, role: str, name: str, buffers: list[bytes]) -> None:
        """Take an image or a truth that a person opened; a refused one leaves the page as it was."""
        if not buffers:
            raise ValueError(f"{name}: no bytes came with it; open it again")
        data = bytes(buffers[0])
        key = f"file:{hashlib.sha256(data).hexdigest()}"
        if role == "image":
            _keep(self.extra, key, pictures.opened(key, data, name), self.state["image"])
            change = {"image": key, "truth": "none"}
        else:
            self._image(self.state["image"]).read_truth(data, name)
            _keep(self.truths, key, (name, data), self.state["truth"])
            change = {"truth": key}
        self.apply(self.state | change, self.seq)
        self.send({"type": "state", "state": self.state}, [])

    def details(self, name: str, what: str, stage: str = "") -> None:
        """Send a card's code or errors, or run it again for its ``"stages"`` or one ``"stage"``, large."""
        recipe, result, picture = self._cards[name].recipe, self._cards[name].result, self.picture
        if recipe is None or picture is None:
            return
        if what == "errors":
            asked = (recipe, self.state["lens"], picture.target)
            self._cards.submit(f"{name}/errors", picture, errors.told, asked, partial(self._told, name))
            return
        if what != "code":
            heard = partial(self._staged, name, what, stage)
            function, args = (stages.strip, ()) if what == "stages" else (stages.opened, (stage,))
            self._cards.submit(f"{name}/{what}", picture, function, (recipe, *args), heard, truth=False)
            return
        digest = result[0]["hash"] if result and result[0]["recipe"] == recipe.sha256 else None
        code = {"python": recipe.to_python(digest), "cell": recipe.to_cell(), "hash": digest}
        more = {"command": recipe.to_command(), "recipe": recipe.to_json()}
        self.send({"type": "code", "card": name, **code, **more}, [])

    def download(self, what: str, name: str | None) -> None:
        """Make a file and send it."""
        if what in ("scores", "state"):
            self.send(*(files.scores(self) if what == "scores" else files.state(self)))
            return
        if name is None:
            raise ValueError(f"a {what} file is one card's; say which")
        recipe, picture = self._cards[name].recipe, self.picture
        if recipe is None or picture is None:
            raise ValueError(f"{name} has no answer to save yet; wait for it")
        heard = partial(self._exported, what, name, recipe, picture)
        self._cards.submit(f"{name}/file", picture, answer.exported, (recipe,), heard, truth=False)

    def warm_up_sweeps(self) -> None:
        """Start the worker of sweeps, where a page will ask for them."""
        if self.picture is not None:
            self._sweeps.warm_up(self.picture)

    def notice(self, message: str, level: str = "error") -> None:
        """Tell the page one sentence."""
        self.send({"type": "notice", "level": level, "message": message}, [])

    # --- running ---
    def _measure(self, asked: protocol.Sweep | protocol.Several | protocol.Halt) -> None:
        """Begin what the page wants to have measured, or stop it."""
        if isinstance(asked, protocol.Halt):
            (self._several if asked.what == "several" else self._sweeps).stop()
        elif self.picture is None:
            return
        elif isinstance(asked, protocol.Sweep):
            self._sweeps.begin(asked, self.state, self.picture)
        else:
            self._several.begin(asked.number, self.state, self.picture)

    @property
    def cards(self) -> dict[str, Card]:
        """Give the cards by their ids."""
        return self._cards.by_id

    @property
    def busy(self) -> bool:
        """Say whether any card waits for its answer."""
        return self._cards.busy

    def _change(self, state: Any, seq: int) -> None:
        try:
            self.apply(state, seq)
        except (ValueError, KeyError) as error:  # the page goes back to what the kernel has
            self.notice(sentence(error))
            self.send({"type": "state", "state": self.state}, [])
            self._cards.repeat(seq)

    def _adopt(self, wanted: State, picture: Picture, seq: int) -> None:
        again = wanted == self.state
        self.state, self.picture = wanted, picture
        self._sweeps.keep(wanted, picture)
        self._several.keep(wanted)
        self._cards.keep({entry["id"] for entry in wanted["cards"]})
        for entry in wanted["cards"]:
            self._cards.run(entry, picture, wanted["lens"], seq, again)

    def _staged(self, name: str, what: str, stage: str, event: Event) -> None:
        if event.kind == "done" and name in self.cards:
            items = [item for item, _ in event.value]
            pictures = [data for _, data in event.value if data]
            self.send({"type": what, "card": name, "name": stage, "items": items}, pictures)
        elif event.kind == "failed":
            self.notice(event.message)

    def _told(self, name: str, event: Event) -> None:
        if event.kind == "done" and name in self.cards:
            message, buffers = event.value
            self.send({"type": "errors", "card": name, **message}, buffers)
        elif event.kind == "failed":
            self.notice(event.message)

    def _exported(self, what: str, name: str, recipe: Recipe, picture: Picture, event: Event) -> None:
        if event.kind == "failed":
            self.notice(event.message)
        elif event.kind == "done":
            try:
                self.send(*files.segmentation(what, event.value, picture, recipe, name))
            except ValueError as error:
                self.notice(sentence(error))

    # --- what the page names ---
    def _picture(self, state: State) -> Picture:
        known, choice = self.picture, state["truth"]
        picture = self._image(state["image"])
        truth_key = picture.truth_key if choice == "bundled" else choice
        if known is not None and (known.key, known.truth_key) == (picture.key, truth_key):
            return known  # with its truth, which need not be read again
        if choice == "bundled":
            return picture
        if choice == "none":
            return picture.with_truth(None, "none")
        if choice not in self.truths:
            raise ValueError("the truth file of this page is gone with its kernel; open it again")
        name, data = self.truths[choice]
        return picture.with_truth(picture.read_truth(data, name), choice)

    def _image(self, key: str) -> Picture:
        if key in self.extra:
            return self.extra[key]
        if key.startswith("file:"):
            raise ValueError("the image of this page is gone with its kernel; open the file again")
        return pictures.bundled(key)


def _keep(shelf: dict[str, Any], key: str, thing: Any, used: str) -> None:
    """Put an opened file on its shelf, where the oldest that nobody looks at makes room."""
    shelf.pop(key, None)
    shelf[key] = thing
    for old in [name for name in shelf if name not in (key, used)][: max(0, len(shelf) - MOST_FILES)]:
        del shelf[old]
