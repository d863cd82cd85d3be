"""What a page may say to its kernel, checked: it comes over a wire or from a link, with anything in it."""

from __future__ import annotations

import copy
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, Strict, TypeAdapter, ValidationError

from workbench.metrics.lens import LENSES
from workbench.registry import METHODS

State = dict[str, Any]
VERSION = 1
MOST_CARDS = 12
MOST_SEGMENTS = 10_000  # of a painted map
MOST_ROWS = 16_384
# The runner's slots of a card are named "otsu", "otsu/stages", "otsu/file" and so on: an id has no slash.
Word = Annotated[str, Field(max_length=80)]
CardId = Annotated[str, Field(pattern=r"^[^/]{1,80}$")]


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")


class _Named(_Part):
    id: int
    name: str
    kind: Literal["thing", "stuff"]
    colour: str | None = None


class Edit(_Part):
    """Tell one edit of a painted map: the tool, the segment that it made or changed, and how many pixels."""

    tool: Word
    side: Literal["truth", "guess"]
    segment: int
    pixels: int


class Hello(_Part):
    """Greet: the page is there, perhaps with a state of its own."""

    type: Literal["hello"]
    state: Any = None


class Change(_Part):
    """Ask for the answers to a state."""

    type: Literal["state"]
    seq: Annotated[int, Field(ge=0)] = 0
    state: Any


class Cancel(_Part):
    """Stop a card."""

    type: Literal["cancel"]
    card: CardId


class Sweep(_Part):
    """Ask for the score of a card along a parameter, or over two, and whether it carries over."""

    type: Literal["sweep"]
    number: Annotated[int, Field(ge=0)]
    card: CardId
    param: str
    second: str = ""
    carry: bool = False


class Several(_Part):
    """Ask for the scores of all cards on every picture of the kind."""

    type: Literal["several"]
    number: Annotated[int, Field(ge=0)]


class Halt(_Part):
    """Stop the sweep, or the measuring of several pictures."""

    type: Literal["halt"]
    what: Literal["sweep", "several"] = "sweep"


class Opened(_Part):
    """Bring a file; its bytes travel beside the message."""

    type: Literal["file"]
    role: Literal["image", "truth", "guess"]
    name: str = "your file"


class Details(_Part):
    """Ask for a card's code, its errors, the strip of its stages, or one stage or film by its name."""

    type: Literal["details"]
    card: CardId
    what: Literal["code", "errors", "stages", "stage"]
    name: str = ""


class Download(_Part):
    """Ask for a file."""

    type: Literal["download"]
    what: Literal["label", "preview", "npz", "scores", "state"]
    card: CardId | None = None


class _Runs(_Part):
    kind: Literal["runs"]
    runs: Annotated[int, Field(ge=1)]
    width: Literal[1, 2, 4]


class Sheet(_Part):
    """Describe one painted map of ids; its runs travel beside the message."""

    side: Literal["truth", "guess"]
    size: Annotated[list[Annotated[int, Field(ge=1, le=MOST_ROWS)]], Field(min_length=2, max_length=2)]
    pack: _Runs
    categories: Annotated[list[_Named], Field(max_length=MOST_SEGMENTS)]
    segments: list[Annotated[tuple[int, int, float | None], Strict(False)]]
    yields: Literal["foreground", "partition", "semantic", "instance", "panoptic"]


class Painted(_Part):
    """Ask for the numbers of what was painted; a sheet that is left out is as it was."""

    type: Literal["painted"]
    seq: Annotated[int, Field(ge=0)] = 0
    state: Any
    sheets: Annotated[list[Sheet], Field(max_length=2)] = []
    rest: bool = True


class Start(_Part):
    """Begin the guess anew, from a method or from the truth."""

    type: Literal["start"]
    source: Word


class Made(_Part):
    """Make an error on purpose."""

    type: Literal["preset"]
    name: Word


class Save(_Part):
    """Ask for the painted truth or guess as a file, with the edits that made it."""

    type: Literal["save"]
    side: Literal["truth", "guess"]
    what: Literal["label", "coco", "npz"]
    log: Annotated[list[Edit], Field(max_length=100_000)] = []


Request = (
    Hello
    | Change
    | Cancel
    | Sweep
    | Several
    | Halt
    | Opened
    | Details
    | Download
    | Painted
    | Start
    | Made
    | Save
)
_request: TypeAdapter[Request] = TypeAdapter(Annotated[Request, Field(discriminator="type")])


class _Card(_Part):
    id: CardId
    method: str
    values: dict[str, Any]


class _Explore(_Part):
    """What an explore page looks at: the parameters swept, the measure, whether others are shown."""

    param: Word = ""
    second: Word = ""
    measure: Word = ""
    carry: bool = False


class _Metrics(_Part):
    """What a metrics page looks at: a convention, a metric, and a category of it (0 is all)."""

    convention: Word = "workbench"
    measure: Word = ""
    category: int = 0
    start: Word = "truth"


class _State(_Part):
    v: int
    image: str
    truth: str
    lens: str
    cards: list[_Card]
    explore: _Explore | None = None
    metrics: _Metrics | None = None


def read(content: Any) -> Request:
    """Read one message of the page.

    Raises
    ------
    ValueError : it is none; the sentence says what does not fit.
    """
    try:
        return _request.validate_python(content)
    except ValidationError as error:
        raise ValueError(
            f"the page sent what the kernel does not understand ({_first(error)}); reload it"
        ) from None


def read_state(ours: State, theirs: Any) -> State:
    """Take the page's state; what it leaves out stays as it is in ours.

    Raises
    ------
    ValueError : a state that no page of ours would send; it may come from a link.
    """
    if theirs is None:
        return copy.deepcopy(ours)
    if not isinstance(theirs, dict) or theirs.get("v", VERSION) != VERSION:
        raise ValueError("this link or file holds a state of another version; make it again")
    try:
        state = _State.model_validate(ours | theirs).model_dump()
    except ValidationError as error:
        raise ValueError(
            f"this link or file holds no state of a page ({_first(error)}); make it again"
        ) from None
    for part in ("explore", "metrics"):  # a compare page's state has no such part
        if state[part] is None:
            del state[part]
    if state["lens"] not in LENSES:
        raise ValueError(f"no lens {state['lens']!r}; there are {', '.join(LENSES)}")
    for card in state["cards"]:
        METHODS.get(card["method"])  # a network that was trained since is found, and then listed
    names = [card["id"] for card in state["cards"]]
    if len(names) > MOST_CARDS:
        raise ValueError(f"a page holds up to {MOST_CARDS} cards, got {len(names)}; remove some")
    if len(set(names)) < len(names):
        raise ValueError("two cards have the same id; give each its own")
    return copy.deepcopy(state)


def starting_state(image: str, methods: list[str], lens: str = "object", truth: str = "bundled") -> State:
    """Give the state of a fresh page with one card for each method at its defaults.

    >>> [card["id"] for card in starting_state("coins", ["otsu", "otsu"])["cards"]]
    ['otsu', 'otsu-2']
    """
    cards: list[State] = []
    for name in methods:
        count = sum(card["method"] == name for card in cards)
        cards.append(
            {"id": name if not count else f"{name}-{count + 1}", "method": METHODS[name].name, "values": {}}
        )
    return {"v": VERSION, "image": image, "truth": truth, "lens": lens, "cards": cards}


def _first(error: ValidationError) -> str:
    """Say in a few words what is wrong first."""
    found = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(map(str, found["loc"]))
    return f"{place}: {found['msg']}" if place else str(found["msg"])
