"""Trained networks, listed as methods from their cards; torch is imported when one first runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.image import Image
from workbench.methods import ladder, things
from workbench.methods.cards import Card, called, taught
from workbench.methods.dense_crf import believed
from workbench.methods.looking import (
    Size,
    brought,
    enlarged,
    judged,
    likeliest,
    loaded,
    seen,
    shares,
    show_seen,
)
from workbench.models import places
from workbench.registry import METHODS, Label, Range, method
from workbench.segmentation import Segmentation
from workbench.trace import stage

FAMILY = "networks"
NEEDS = ("torch", "safetensors")
REACH, BLEND = 96, 32  # px that a tile sees beyond its own, and over which two tiles pass into each other
Threshold = Annotated[
    float,
    Range(0.05, 0.95, 0.05),
    Label("Probability threshold", "Pixels that are cell with at least this probability are cell."),
]
Zoom = Annotated[
    float,
    Range(0.25, 2.0, 0.05, log=True),
    Label("Zoom before looking", "The network knows objects 20 to 80 px across; bring yours to that size."),
]
Passes = Annotated[
    int,
    Range(0, 20),
    Label(
        "CRF iterations", "How often the random field after the network passes beliefs on; 0 leaves it out."
    ),
]


def foreground(card: Card) -> Callable[..., Segmentation]:
    """Make the method of a network that tells objects from what is around them, in standardised grey."""

    def ask(image: Image, *, threshold: Threshold = 0.5, scale: Zoom = 1.0) -> Segmentation:
        """Say what is object."""
        probability = object_probability(image, card["name"], scale)
        stage("probability", probability, "how sure the network is that a pixel is object, 0 to 1")
        mask = probability >= threshold
        stage("threshold", mask, f"at least {threshold:g}")
        return Segmentation.from_mask(mask)

    ask.__doc__ = f"""Ask a small {called(card)}, trained on generated {taught(card)}, for objects.

    It sees standardised grey, so neither brightness nor contrast matter, and it was trained on inverted
    pictures as well, so objects may be the bright or the dark side. Smaller than in the paper:
    {card.get("smaller", "")}.
    {card["source"]}.
    """
    return ask


def object_probability(image: Image, name: str, scale: float = 1.0) -> NDArray[np.float32]:
    """Give the (H, W) probability (0 to 1) of object that a bundled two-way network sees in the image.

    Raises
    ------
    WeightsError : the network's files are missing or damaged.
    """
    model = loaded(name)
    from workbench.models import tiles

    height, width = image.shape[:2]
    grey = tiles.grey_of(brought(image, (max(1, round(height * scale)), max(1, round(width * scale)))))
    stage("standardised grey", grey, "mean 0, deviation 1: what the network sees")
    logits = judged(model, grey[None], margin=112)[0]
    probability = 1 / (1 + np.exp(-np.clip(logits, -60, 60)))
    return probability if scale == 1 else np.asarray(cv2.resize(probability, (width, height)), np.float32)


def semantic(card: Card) -> Callable[..., Segmentation]:
    """Make the method of a network that names every pixel."""

    def plain(image: Image, *, size: Size = card["look"]) -> Segmentation:
        """Name every pixel."""
        return _named(card, category_scores(image, card["name"], size))

    def refined(image: Image, *, size: Size = card["look"], crf: Passes = 5) -> Segmentation:
        """Name every pixel, borders sharpened by a random field."""
        scores = category_scores(image, card["name"], size)
        return _named(card, believed(image, shares(scores), crf) if crf else scores)

    ask = refined if card.get("crf") else plain
    ask.__doc__ = f"""Ask a small {called(card)}, trained on generated {taught(card)}, what each pixel is.

    Smaller than in the paper: {card["smaller"]}.
    {card["source"]}.
    """
    return ask


def category_scores(image: Image, name: str, size: int) -> NDArray[np.float32]:
    """Give the (K, H, W) scores that a bundled semantic network gives each category: the higher, the surer.

    Raises
    ------
    WeightsError : the network's files are missing or damaged.
    """
    model = loaded(name)
    from workbench.models import tiles

    small = seen(image, size)
    show_seen(small)
    logits = judged(model, tiles.colour_of(small), margin=REACH, blend=BLEND)
    scores = enlarged(logits, image.shape[:2])
    caption = "the share of the likeliest category, 0 to 1"
    stage("sureness", lambda: shares(scores).max(axis=0), caption)
    return scores


def category_shares(image: Image, name: str, size: int) -> NDArray[np.float32]:
    """Give the same as (K, H, W) shares of 1.

    Raises
    ------
    WeightsError : the network's files are missing or damaged.
    """
    return shares(category_scores(image, name, size))


def _named(card: Card, scores: NDArray[Any]) -> Segmentation:
    from workbench.models.zoo import taxonomy_of

    return Segmentation.from_semantic(likeliest(scores) + 1, taxonomy_of(card))


KINDS: dict[str, Callable[[Card], Callable[..., Any]]] = {
    "foreground": foreground,
    "semantic": semantic,
    "instance": things.instance,
    "panoptic": things.panoptic,
    **ladder.MAKERS,  # by the card's task: what else than segmenting the network learnt
}


def with_look(card: Card) -> Card:
    """Complete a card with the size that the network looks at unless told otherwise.

    Semantic networks have met things in up to twice the size that they have in their training pictures.
    """
    return {"look": card["side"] * (2 if card["yields"] == "semantic" else 1), **card}


def declare(card: Card) -> None:
    """List the network of a card as a method."""
    card = with_look(card)
    own = f", own {card['own']} ({taught(card)})" if "own" in card else f" for {taught(card)}"
    about = {"family": FAMILY, "yields": card["yields"], "source": card["source"], "name": card["name"]}
    make = KINDS[card.get("task") or card["yields"]]
    method(called(card) + own, requires=NEEDS, slow=True, **about)(make(card))


# As the history went; others follow by name.
ORDER = (
    "classifier",
    "localiser",
    "detector",
    "fcn32",
    "fcn16",
    "fcn8",
    "segnet",
    "segnet-balanced",
    "unet",
    "deeplab",
    "mask",
)
# Two networks that share nothing, merged by rule: the first way to a panoptic answer.
PAIR = ("maskrcnn-street", "deeplab3plus-street")


def _place(card: Card) -> tuple[int, str]:
    name = card["name"]
    return max((n for n, word in enumerate(ORDER) if name.startswith(word)), default=len(ORDER)), name


def declare_pair(first: Card, second: Card) -> None:
    """List what two networks, one for things and one for every pixel, answer together."""
    source = "Kirillov, He, Girshick, Rother and Dollár 2019"
    title, name = f"Two networks for {taught(first)}", f"separate-{taught(first)}"
    listed = method(
        title, family=FAMILY, yields="panoptic", source=source, name=name, requires=NEEDS, slow=True
    )
    listed(things.separate(with_look(first), with_look(second)))


def refresh() -> list[str]:
    """List the networks that are not yet: at first all, later those trained since; give their names."""
    known, listed = set(METHODS), []
    for card in sorted(places.cards(), key=_place):
        if card["name"] in known:
            continue
        try:
            declare(card)
        except (KeyError, TypeError):  # a card that lacks something
            if places.folder_of(card["name"]) != places.own():
                raise
            continue  # a broken one of a person's own is passed by
        listed.append(card["name"])
    return listed


refresh()
_known = {card["name"]: card for card in places.cards()}
if set(PAIR) <= set(_known):
    declare_pair(*(_known[name] for name in PAIR))
METHODS.look_again(refresh)
