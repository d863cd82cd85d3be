"""The kernel's side of the metrics page: it holds what is painted, and answers every stroke with numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from workbench.events import Event, Request
from workbench.image import ImageError
from workbench.metrics import CONVENTIONS, METRICS
from workbench.metrics.conventions import convention_of
from workbench.metrics.presets import PRESETS, preset_of
from workbench.panels import answer, corrected, protocol, tally
from workbench.panels.cards import lane_of, recipe_of, sentence, shared_of
from workbench.panels.pictures import Picture
from workbench.panels.protocol import MOST_SEGMENTS, Painted, Sheet, State, read_state
from workbench.panels.session import Session
from workbench.registry import METHODS
from workbench.segmentation import Segment, Segmentation
from workbench.taxonomy import BINARY, Category, Taxonomy
from workbench.widgets.pack import expand
from workbench.widgets.viewer import describe

Sheets = dict[str, Segmentation]
EDGES = 10.0  # s that the metrics of outlines may take


@dataclass
class Easel(Session):
    """Answer a page on which a truth and a guess are painted; its state says how they are compared.

    Numbers from the joint table are counted here and now; those that look at outlines come a moment later
    from a worker, where a newer stroke replaces them.
    """

    sheets: Sheets = field(default_factory=dict)
    replaced: tuple[str, Segmentation] | None = (
        None  # a truth that a preset made (its hash), and the one before
    )

    # --- from the page ---
    def receive(self, content: Any, buffers: list[bytes]) -> None:
        """Take one message from the page; a wrong one is answered with a sentence, never with a traceback."""
        try:
            match protocol.read(content):
                case Painted() as asked:
                    self.painted(asked, buffers)
                case protocol.Start(source=source):
                    self.start(source)
                case protocol.Made(name=name):
                    self.make(name)
                case protocol.Save(side=side, what=what, log=log):
                    for message, data in corrected.files(self.sheets[side], self.picture, side, what, log):
                        self.send(message, data)
                case protocol.Opened(role="guess", name=name):
                    self.open_guess(name, buffers)
                case _:
                    super().receive(content, buffers)
        except (ValueError, KeyError, ImageError) as error:
            self.notice(sentence(error))

    def hello(self, state: Any) -> None:
        """Greet a page: say what metrics, conventions and presets there are, then as ever."""
        self.send(registries(), [])
        if self.picture is not None:  # a page that comes back begins with what the picture brings
            self.picture = None
        super().hello(state)

    def painted(self, asked: Painted, buffers: list[bytes]) -> None:
        """Take what was painted, and answer with its numbers.

        Raises
        ------
        ValueError : sheets that cannot be, of another size than the picture or with too many segments.
        """
        self.seq = max(self.seq, asked.seq)
        state = read_state(self.state, asked.state)
        if (state["image"], state["truth"]) != (self.state["image"], self.state["truth"]):
            return  # painted over a picture that the page has left
        convention_of(state["metrics"]["convention"])
        taken: Sheets = {
            one.side: self._read(one, data) for one, data in zip(asked.sheets, buffers, strict=True)
        }
        self.state = state
        self.sheets |= taken
        self.answer(rest=asked.rest)

    def start(self, source: str, label: str = "start anew") -> None:
        """Begin the guess anew: from the truth, or from what a method gives at its defaults.

        label : what the step is called; without one it cannot be undone.

        Raises
        ------
        KeyError, ValueError : no such method, or one that is not installed.
        """
        assert self.picture is not None  # ours: a page is greeted first
        if source == "truth":
            self.put({"guess": self.sheets["truth"]}, label)
            return
        recipe = recipe_of({"method": source, "values": {}}, self.picture)
        heard = partial(self._started, label, self.sheets)
        listen = lambda event: self.post(lambda: heard(event))  # noqa: E731
        request = Request("guess/file", answer.exported, (recipe,), listen, shared_of(self.picture, False))
        request.lane = lane_of(recipe)
        self.send({"type": "starting", "title": METHODS[source].title}, [])
        self.runner.submit(request)

    def make(self, name: str) -> None:
        """Make an error on purpose, from the truth as it is painted, or as it was before another preset.

        Raises
        ------
        ValueError : no such preset, or a truth that has too little for it.
        """
        truth = self.sheets["truth"]
        if self.replaced and self.replaced[0] == _mark(truth):
            truth = self.replaced[1]
        preset = preset_of(name)
        wrong, guess = preset.apply(truth)
        self.replaced = (_mark(wrong), truth) if wrong is not truth else None
        self.put({"truth": wrong, "guess": guess}, preset.title)

    def open_guess(self, name: str, buffers: list[bytes]) -> None:
        """Take a guess from a file of labels.

        Raises
        ------
        ImageError : no such file, or one of another size than the picture. ValueError : nothing came.
        """
        assert self.picture is not None  # ours: a page is greeted first
        if not buffers:
            raise ValueError(f"{name}: no bytes came with it; open it again")
        self.put({"guess": self.picture.read_truth(bytes(buffers[0]), name)}, f"open {name}")

    # --- to the page ---
    def put(self, sheets: Sheets, label: str) -> None:
        """Show other sheets on the page, as one step that can be undone, and their numbers."""
        self.sheets |= sheets
        told = [(side, sheet, *describe(sheet)) for side, sheet in sheets.items()]
        described = [m | {"side": side, "yields": sheet.yields} for side, sheet, m, _ in told]
        self.send({"type": "sheets", "label": label, "sheets": described}, [data for *_, data in told])
        self.answer(rest=True)

    def answer(self, *, rest: bool) -> None:
        """Send the numbers of what is painted; those of outlines follow, while a hand draws one."""
        looks = tally.Looks(self.state["lens"], self.target, **self._looked_at())
        try:
            truth, guess = self.sheets["truth"], self.sheets["guess"]
            message, data = tally.table(truth, guess, looks)
        except ValueError as error:
            message, data = tally.nothing(looks, sentence(error)), b""
        self.send({"type": "result", "card": "guess", "seq": self.seq, **message}, [data])
        shown = METRICS.get(message["measure"])
        if message["measures"] and (rest or (shown is not None and shown.cost != "table")):
            heard = partial(self._edged, self.seq)
            listen = lambda event: self.post(lambda: heard(event))  # noqa: E731
            request = Request("guess/edges", tally.edges, (truth, guess, looks, rest), listen, deadline=EDGES)
            self.runner.submit(request)

    @property
    def target(self) -> tuple[str, ...]:
        """Name the categories to find: the picture's, as far as the truth has them, else its things."""
        taxonomy = self.sheets["truth"].taxonomy
        known = self.picture.target if self.picture is not None else ()
        kept = tuple(name for name in known if name in taxonomy)
        return kept or tuple(category.name for category in taxonomy.things)

    def _looked_at(self) -> dict[str, Any]:
        look = self.state["metrics"]
        return {name: look[name] for name in ("convention", "measure", "category")}

    def _adopt(self, wanted: State, picture: Picture, seq: int) -> None:
        """Take a state; another picture or truth brings a truth to paint on, and a guess."""
        known = self.picture
        self.state, self.picture = wanted, picture
        if known is not None and (known.key, known.truth_key) == (picture.key, picture.truth_key):
            self.answer(rest=True)
            return
        empty = Segmentation(np.zeros(picture.size, np.int32), {}, BINARY, "semantic")
        truth = picture.truth if picture.truth is not None else empty
        self.sheets = {"truth": truth, "guess": truth}
        self.replaced = None
        self.put(self.sheets, "")
        if wanted["metrics"]["start"] != "truth":
            self.start(wanted["metrics"]["start"], "")

    def _started(self, label: str, sheets: Sheets, event: Event) -> None:
        if event.kind == "failed":
            self.notice(event.message)
        elif event.kind == "done" and sheets is self.sheets:  # not begun anew, as by a page that came back
            self.put({"guess": event.value}, label)

    def _edged(self, seq: int, event: Event) -> None:
        if event.kind == "done":
            message, data = event.value
            self.send({"type": "edges", "seq": seq, **message}, [data])
        elif event.kind == "failed":
            self.send({"type": "edges", "seq": seq, "measures": [], "why": event.message}, [])

    def _read(self, sheet: Sheet, data: bytes) -> Segmentation:
        """Read a painted sheet as a segmentation."""
        assert self.picture is not None  # ours: a page is greeted first
        size = (sheet.size[0], sheet.size[1])
        if size != self.picture.size:
            has = "{} x {}".format(*self.picture.size)
            raise ValueError(
                f"a painted {sheet.side} must have its picture's size {has}, got {size[0]} x {size[1]}"
            )
        if len(sheet.segments) > MOST_SEGMENTS:
            count = len(sheet.segments)
            raise ValueError(
                f"a painted {sheet.side} holds up to {MOST_SEGMENTS} segments, got {count}; merge some"
            )
        tax = Taxonomy(Category(c.id, c.name, c.kind, c.colour) for c in sheet.categories)
        table = {n: Segment(tax[c] if c else None, score) for n, c, score in sheet.segments}
        return Segmentation(expand(sheet.pack.model_dump(), bytes(data), size), table, tax, sheet.yields)


def registries() -> dict[str, Any]:
    """Describe every metric, convention and preset for the page."""
    metrics = {
        m.name: {"title": m.title, "best": m.best, "unit": m.unit, "cost": m.cost, "formula": m.formula}
        | {"summary": m.summary, "undefined": m.undefined, "source": m.source}
        for m in METRICS.values()
    }
    conventions = [{"name": c.name, "title": c.title, "says": c.says} for c in CONVENTIONS.values()]
    presets = [{"name": p.name, "title": p.title, "says": p.says} for p in PRESETS.values()]
    return {"type": "metrics", "metrics": metrics, "conventions": conventions, "presets": presets}


def _mark(truth: Segmentation) -> str:
    """Tell truths apart by their ids and names."""
    return f"{truth.sha256}/{truth.taxonomy!r}"
