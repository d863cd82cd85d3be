"""Networks that find things, as methods: instances that may overlap, panoptic answers merged by rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

from workbench.image import Image
from workbench.instances import Instances
from workbench.methods.cards import Card, called, taught
from workbench.methods.looking import Size, loaded, out_of_memory, seen, show_seen
from workbench.registry import Label, Range
from workbench.segmentation import Segmentation
from workbench.trace import note

if TYPE_CHECKING:
    from torch import Tensor

    from workbench.models.found import Found
    from workbench.models.zoo import Model

SMALLEST = 64  # px: where memory ends, a picture is looked at in half its size, down to this
Sure = Annotated[
    float,
    Range(0.05, 0.95, 0.05),
    Label("Score threshold", "Things that the network is less sure of are left out."),
]
Taken = Annotated[
    float,
    Range(0.05, 1.0, 0.05),
    Label("Overlap allowed", "A thing of which a larger share is taken by surer ones is dropped."),
]


def instance(card: Card) -> Callable[..., Instances]:
    """Make the method of a network that finds things."""

    def ask(image: Image, *, size: Size = card["look"], score: Sure = 0.5) -> Instances:
        """Find things."""
        from workbench.models.answers import instances_of

        model = loaded(card["name"], _warm)
        found = looked(image, size, lambda small: _found(model, small))
        return instances_of(found.surer(score), model.taxonomy, image.shape[:2])

    ask.__doc__ = f"""Ask a small {called(card)}, trained on generated {taught(card)}, for each single thing.

    Masks may overlap; each has a score. Smaller than in the paper: {card["smaller"]}.
    {card["source"]}.
    """
    return ask


def panoptic(card: Card) -> Callable[..., Segmentation]:
    """Make the method of a network that finds things and names every pixel, merged by the paper's rule."""

    def ask(
        image: Image, *, size: Size = card["look"], score: Sure = 0.5, overlap: Taken = 0.5
    ) -> Segmentation:
        """Find things and name every pixel."""
        model = loaded(card["name"], _warm)
        found, scores = looked(image, size, lambda small: _split(model, small))
        return fused(model, image, found, scores, score, overlap)

    ask.__doc__ = f"""Ask a small {called(card)}, trained on generated {taught(card)}, for things and stuff.

    Things are pasted surest first, stuff fills the rest, what is left is void. Smaller than in the paper:
    {card["smaller"]}.
    {card["source"]}.
    """
    return ask


def separate(things: Card, stuff: Card) -> Callable[..., Segmentation]:
    """Make the method that merges the answers of two networks which know nothing of each other."""

    def ask(image: Image, *, size: Size = 256, score: Sure = 0.5, overlap: Taken = 0.5) -> Segmentation:
        """Find things with one network, name every pixel with another, merge."""
        model, other = loaded(things["name"], _warm), loaded(stuff["name"])
        # Each is shown the picture at the size that it knows best.
        found = looked(image, min(size, things["look"]), lambda small: _found(model, small))
        scores = looked(image, size, lambda small: _scores(other, small), shown=False)
        return fused(model, image, found, scores, score, overlap)

    ask.__doc__ = f"""Ask {called(things)} for things and {called(stuff)} for every pixel, and merge by rule.

    The first way to a panoptic answer: two networks that share nothing, and the rule of Panoptic FPN: things
    surest first, stuff in what is left.
    Kirillov, A., He, K., Girshick, R., Rother, C. and Dollár, P.: Panoptic segmentation, 2019.
    """
    return ask


def looked(image: Image, size: int, ask: Callable[[Image], Any], *, shown: bool = True) -> Any:
    """Ask a network about a picture shrunk to `size`; where memory ends, smaller, and the run says so.

    Raises
    ------
    MemoryError : not even the smallest copy fits.
    """
    first = True
    while True:
        small = seen(image, size)
        try:
            answer = ask(small)
        except (MemoryError, RuntimeError) as error:
            if not out_of_memory(error):
                raise
            if size <= SMALLEST:
                raise MemoryError("it ran out of memory even on a small copy; close other programs") from None
            first, size = False, max(SMALLEST, size // 2)
            continue
        if shown:
            show_seen(small)
        if not first:
            note(f"memory ran out: looked at in {size} px")
        return answer


def fused(
    model: Model, image: Image, found: Found, scores: Tensor, score: float, overlap: float
) -> Segmentation:
    """Merge things and (1, categories, h, w) scores at the picture's own size."""
    from workbench.models.answers import merged
    from workbench.models.blocks import enlarged
    from workbench.models.fusion import Heuristic

    full = enlarged(scores, image.shape[:2])[0]
    return merged(found, full, model.taxonomy, Heuristic(least=score, overlap=overlap))


def _found(model: Model, small: Image) -> Found:
    from workbench.models.answers import padded

    return model.net.find(padded(small, model.device))[0].cut(small.shape[:2])  # type: ignore[operator]


def _split(model: Model, small: Image) -> tuple[Found, Tensor]:
    from workbench.models.answers import padded

    found, scores = model.net.split(padded(small, model.device))  # type: ignore[operator]
    height, width = small.shape[:2]
    return found[0].cut((height, width)), scores[..., :height, :width].float()


def _scores(model: Model, small: Image) -> Tensor:
    import torch

    from workbench.models.answers import padded

    with torch.inference_mode():
        scores = model.net(padded(small, model.device))
    return scores[..., : small.shape[0], : small.shape[1]].float()


def _warm(model: Model) -> None:
    import numpy as np

    _found(model, np.zeros((64, 64, 3), np.uint8))
