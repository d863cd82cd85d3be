"""The ladder to segmentation, as methods: what is there, where one thing is, where all things are."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from numpy.typing import NDArray

from workbench.image import Image
from workbench.instances import Instances
from workbench.methods.cards import Card, called, taught
from workbench.methods.looking import Size, enlarged, loaded
from workbench.methods.things import Sure, looked
from workbench.registry import Label, Range
from workbench.segmentation import Segmentation
from workbench.trace import chart, stage

if TYPE_CHECKING:
    from workbench.models.found import Found
    from workbench.models.zoo import Model
    from workbench.taxonomy import Taxonomy

Floats = NDArray[Any]  # float32
Likely = Annotated[
    float,
    Range(0.05, 0.95, 0.05),
    Label("Probability threshold", "Kinds that are less likely to be in the picture are left out."),
]
Share = Annotated[
    float,
    Range(0.05, 0.95, 0.05),
    Label("Share of the maximum", "A pixel bears a kind's name where the kind's map is at least this high."),
]


def classifier(card: Card) -> Callable[..., Segmentation]:
    """Make the method of a network that knows what is in a picture; its maps say what made it say so."""

    def ask(
        image: Image, *, size: Size = card["look"], probability: Likely = 0.5, share: Share = 0.4
    ) -> Segmentation:
        """Name the pixels that spoke most for the kinds that are there; the others stay unlabelled."""
        model = loaded(card["name"])
        chances, maps = looked(image, size, lambda small: _maps(model, small))
        tax = model.taxonomy
        _show_chances(chances, tax, probability)
        relative = np.zeros((len(chances), *image.shape[:2]), np.float32)
        for kind in np.flatnonzero(chances >= probability):
            full = enlarged(maps[kind][None], image.shape[:2])[0]
            name = tax.things[kind].name
            stage(f"map of {name}", full, f"how much each place speaks for {name}; below 0, against it")
            # Each by its own maximum, as in the paper: maps of different kinds have different scales.
            relative[kind] = np.maximum(full, 0) / max(float(full.max()), 1e-6)
        return _claimed(relative, share, tax)

    ask.__doc__ = f"""Ask a small {called(card)}, trained on generated {taught(card)}, what is there.

    It only ever learnt which kinds of things a picture holds. The pixels that it names are those whose place
    in a kind's class activation map reaches a share of the map's maximum: a hint at where, no outline. Pixels
    that no map claims stay unlabelled. Smaller than in the paper: {card["smaller"]}.
    {card["source"]}.
    """
    return ask


def localiser(card: Card) -> Callable[..., Instances]:
    """Make the method of a network that puts one box around the largest thing."""

    def ask(image: Image, *, size: Size = card["look"], score: Sure = 0.3) -> Instances:
        """Find the largest thing."""
        return _boxes(card, image, size, score)

    ask.__doc__ = f"""Ask a small {called(card)}, trained on generated {taught(card)}, for the largest thing.

    Its answer is one box, shown as a mask; what of the box is the thing, it does not say. Smaller or other
    than in the paper: {card["smaller"]}.
    {card["source"]}.
    """
    return ask


def detector(card: Card) -> Callable[..., Instances]:
    """Make the method of a network that puts a box around each thing."""

    def ask(image: Image, *, size: Size = card["look"], score: Sure = 0.3) -> Instances:
        """Find the boxes of all things."""
        return _boxes(card, image, size, score)

    ask.__doc__ = f"""Ask a small {called(card)}, trained on generated {taught(card)}, for all things.

    Its answers are boxes, shown as masks that may overlap; what of a box is the thing, it does not say.
    Smaller or other than in the paper: {card["smaller"]}.
    {card["source"]}.
    """
    return ask


MAKERS: dict[str, Callable[[Card], Callable[..., Any]]] = {
    "classifier": classifier,
    "localiser": localiser,
    "detector": detector,
}


def _maps(model: Model, small: Image) -> tuple[Floats, Floats]:
    """Give the probability of each kind, and its class activation map."""
    import torch

    from workbench.models.answers import padded
    from workbench.models.classifier import STEP

    with torch.inference_mode():
        scores, maps = model.net.look(padded(small, model.device, STEP))  # type: ignore[operator]
    return scores[0].float().sigmoid().cpu().numpy(), maps[0].float().cpu().numpy()


def _show_chances(chances: Floats, tax: Taxonomy, probability: float) -> None:
    told = ", ".join(
        f"{k} {c.name} {p:.2f}" for k, (c, p) in enumerate(zip(tax.things, chances, strict=True), 1)
    )
    chart(
        "probabilities",
        list(range(1, len(chances) + 1)),
        chances,
        f"how likely each kind is in the picture: {told}; asked for is {probability:g}",
        axes=("kind", "probability"),
    )


def _claimed(relative: Floats, share: float, tax: Taxonomy) -> Segmentation:
    """Give each pixel to the kind whose map is highest there, if any reaches the share."""
    ids = np.array([category.id for category in tax.things], np.int32)
    best = ids[relative.argmax(axis=0)]
    return Segmentation.from_semantic(np.where(relative.max(axis=0) >= share, best, 0), tax)


def _boxes(card: Card, image: Image, size: int, score: float) -> Instances:
    from workbench.models.answers import instances_of

    model = loaded(card["name"])
    found: Found = looked(image, size, lambda small: _found(model, small))
    return instances_of(found.surer(score), model.taxonomy, image.shape[:2])


def _found(model: Model, small: Image) -> Found:
    from workbench.models.answers import padded
    from workbench.models.classifier import STEP

    return model.net.find(padded(small, model.device, STEP))[0].cut(small.shape[:2])  # type: ignore[operator]
