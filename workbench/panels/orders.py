"""What a train page may say to its kernel, checked before anything is trained."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from workbench.scenes import SCENES
from workbench.training.choices import OFFERS, PICTURES, PRESETS, SIDES, Order

PACES = (0.1, 0.5, 2.0)  # what one press multiplies the learning rate by
LIMITS = {"steps": (10, 20_000), "rate": (1e-6, 1e6), "seed": (0, 1_000_000), "pictures": (1, 8000)}
WORDS = {"steps": "steps", "rate": "the learning rate", "seed": "the seed", "pictures": "the pictures"}


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")


class Settings(_Part):
    """Say which training is wanted, as the page's controls show it."""

    network: Annotated[str, Field(max_length=80)]
    scenes: Annotated[str, Field(max_length=80)]
    side: int
    steps: int
    rate: float
    seed: int
    pictures: int = PICTURES


class Hello(_Part):
    """Greet: the page is there, perhaps with the settings of before a reload."""

    type: Literal["hello"]
    state: Any = None


class Ask(_Part):
    """Ask what a training would cost, and for the pictures that it would be shown on."""

    type: Literal["ask"]
    settings: Settings


class Begin(_Part):
    """Begin a training."""

    type: Literal["begin"]
    settings: Settings


class Steer(_Part):
    """Hold a training, let it go on, or end it."""

    type: Literal["steer"]
    what: Literal["pause", "resume", "cancel"]


class Pace(_Part):
    """Multiply the learning rate from now on."""

    type: Literal["pace"]
    by: float


class Keep(_Part):
    """Keep the best weights as a method of the compare page."""

    type: Literal["keep"]


Message = Hello | Ask | Begin | Steer | Pace | Keep
_message: TypeAdapter[Message] = TypeAdapter(Annotated[Message, Field(discriminator="type")])


def read(content: Any) -> Message:
    """Read one message of the page.

    Raises
    ------
    ValueError : it is none, or a number is missing; the sentence says which.
    """
    try:
        return _message.validate_python(content)
    except ValidationError as error:
        raise ValueError(_why(error)) from None


def settings(content: Any) -> Settings:
    """Read the settings of one training.

    Raises
    ------
    ValueError : one is missing, or of the wrong kind; the sentence says which.
    """
    try:
        return Settings.model_validate(content)
    except ValidationError as error:
        raise ValueError(_why(error)) from None


def _why(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_input=False)[0]
    name = str(found["loc"][-1]) if found["loc"] else ""
    if name in WORDS:
        return f"train: {WORDS[name]} must be {'a number' if name == 'rate' else 'a whole number'}"
    return f"the page sent what the kernel does not understand ({name}: {found['msg']}); reload it"


def order_of(settings: Settings) -> Order:
    """Turn settings into an order.

    Raises
    ------
    ValueError : a network, scenes or a size that there is not, or a number out of its range.

    >>> order_of(Settings(network="unet", scenes="street", side=64, steps=5, rate=0.1, seed=0))
    Traceback (most recent call last):
    ValueError: train: steps must be from 10 to 20000, got 5
    """
    for kind, name, there in (("network", settings.network, OFFERS), ("scenes", settings.scenes, SCENES)):
        if name not in there:
            raise ValueError(f"train: no {kind} {name!r}; there are {', '.join(there)}")
    if settings.side not in SIDES:
        raise ValueError(
            f"train: the picture size must be {', '.join(map(str, SIDES))} px, got {settings.side}"
        )
    for name, (low, high) in LIMITS.items():
        value = getattr(settings, name)
        if not low <= value <= high:  # nan is in no range
            raise ValueError(f"train: {WORDS[name]} must be from {low:g} to {high:g}, got {value:g}")
    return Order(**settings.model_dump())


def registries() -> dict[str, Any]:
    """Say what there is to choose from."""
    networks = [{"name": name, "title": o.title, "rate": o.rate} for name, o in OFFERS.items()]
    presets = [
        {"name": p.name, "title": p.title, "says": p.says, "settings": asdict(p.order)}
        for p in PRESETS.values()
    ]
    limits = {name: list(limit) for name, limit in LIMITS.items()}
    there = {"scenes": list(SCENES), "sides": list(SIDES), "presets": presets, "paces": list(PACES)}
    return {"type": "setup", "networks": networks, "limits": limits, **there}
