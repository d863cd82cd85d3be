"""From a picture, through an instance or panoptic network, to an answer that the metrics read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from workbench.instances import Instances
from workbench.models.found import Found
from workbench.models.fusion import Fusion, Heuristic
from workbench.models.tiles import colour_of
from workbench.models.trunk import STRIDES
from workbench.segmentation import Segmentation
from workbench.taxonomy import Taxonomy
from workbench.trace import graph, stage

Image = NDArray[np.uint8]
HEURISTIC = Heuristic()


class Finder(Protocol):
    """Find things: `OneShot`, `MaskRCNN`, `PanopticFPN`."""

    def find(self, image: Tensor) -> list[Found]:
        """Give what is found in each of (B, 3, H, W) pictures."""


class Splitter(Protocol):
    """Find things and name all pixels with one look: `PanopticFPN`."""

    def split(self, image: Tensor) -> tuple[list[Found], Tensor]:
        """Give what is found in each picture, and (B, categories, H, W) scores."""


def padded(image: Image, device: str, step: int = STRIDES[-1]) -> Tensor:
    """Turn an (H, W, 3) picture into (1, 3, H', W'), both sides grown to multiples of `step`.

    What is added is flat grey, below and right: a mirror would show things that are not there.

    >>> padded(np.zeros((1, 33, 3), np.uint8), "cpu").shape
    torch.Size([1, 3, 32, 64])
    """
    height, width = image.shape[:2]
    picture = torch.from_numpy(colour_of(image))[None]
    grown = nn.functional.pad(picture, (0, -width % step, 0, -height % step))
    return grown.to(device, memory_format=torch.channels_last)


def finding(
    net: nn.Module, image: Image, tax: Taxonomy, device: str = "cpu", *, least: float = 0.05
) -> Instances:
    """Ask a network for the things of an (H, W, 3) uint8 picture of any size; they may overlap.

    Parameters
    ----------
    tax : whose things, in order, are the network's labels 1, 2, ... least : score to be in the answer.

    Raises
    ------
    ValueError : a taxonomy with another number of things than the network knows.
    """
    _check_things(net, tax)
    found = cast(Finder, net).find(padded(image, device))[0].cut(_size(image)).surer(least)
    return instances_of(found, tax)


def instances_of(found: Found, tax: Taxonomy, size: tuple[int, int] | None = None) -> Instances:
    """Turn what a network found into `Instances`, drawn at the picture's size or any other.

    A thing that has no pixel at that size is left out.
    """
    masks = found.masks(size).numpy()
    kept = np.flatnonzero(masks.any(axis=(1, 2)))
    _show_found(found, masks, kept)
    return Instances.from_masks(
        masks[kept],
        [categories_of(found, tax)[k] for k in kept],
        tax,
        found.scores.cpu().numpy()[kept].tolist(),
    )


def categories_of(found: Found, tax: Taxonomy) -> list[int]:
    """Give the category id of each thing found: labels count the taxonomy's things from 1."""
    return [tax.things[label - 1].id for label in found.labels.tolist()]


def panoptic(
    net: nn.Module, image: Image, tax: Taxonomy, device: str = "cpu", *, fusion: Fusion = HEURISTIC
) -> Segmentation:
    """Ask a panoptic network about an (H, W, 3) uint8 picture of any size.

    Raises
    ------
    ValueError : a taxonomy with another number of things, or of categories, than the network knows.
    """
    _check_things(net, tax)
    found, scores = cast(Splitter, net).split(padded(image, device))
    height, width = _size(image)
    return merged(found[0].cut((height, width)), scores[0, :, :height, :width], tax, fusion)


def merged(found: Found, scores: Tensor, tax: Taxonomy, fusion: Fusion = HEURISTIC) -> Segmentation:
    """Merge things with the (categories, H, W) scores of one picture, of the same network or of another.

    Raises
    ------
    ValueError : scores for another number of categories than the taxonomy has.
    """
    if len(scores) != len(tax):
        raise ValueError(f"the network scores {len(scores)} categories, the taxonomy has {len(tax)}: {tax!r}")
    ids = np.array([category.id for category in tax])
    semantic = ids[scores.argmax(dim=0).cpu().numpy()]
    stage("semantic branch", lambda: semantic, "the likeliest category of each pixel", kind="labels")
    masks = found.masks((int(scores.shape[-2]), int(scores.shape[-1]))).numpy()
    _show_found(found, masks, np.arange(len(masks)))
    categories, sure = np.array(categories_of(found, tax), int), found.scores.cpu().numpy()
    parts = fusion(masks, categories, sure, semantic, _stuff(tax))
    return Segmentation.from_panoptic(parts.ids, parts.categories, tax, parts.scores)


def _stuff(tax: Taxonomy) -> set[int]:
    return {category.id for category in tax.stuff}


def _size(image: Image) -> tuple[int, int]:
    height, width = image.shape[:2]
    return height, width


def _check_things(net: nn.Module, tax: Taxonomy) -> None:
    known = getattr(net, "things", None)
    if known != len(tax.things):
        names = ", ".join(category.name for category in tax.things)
        raise ValueError(
            f"{type(net).__name__} knows {known} kinds of things, the taxonomy has {len(tax.things)}: {names}"
        )


def _show_found(found: Found, masks: NDArray[np.bool_], kept: NDArray[np.intp]) -> None:
    """Show the boxes, and the masks before anything decides who is in front."""
    show_boxes("boxes", found.boxes, found.scores, f"{len(found)} boxes that were kept, and their scores")
    stage(
        "masks",
        lambda: masks[kept].sum(axis=0).astype(np.float32),
        "how many masks lie over each pixel: they may overlap",
    )


def show_boxes(name: str, boxes: Tensor, scores: Tensor | Sequence[float], caption: str) -> None:
    """Show (N, 4) boxes over the picture: their corners as a graph, its edges as sure as the box."""

    def corners() -> NDArray[np.float64]:
        """Give row and column of each corner, around each box."""
        left, top, right, bottom = boxes.detach().double().cpu().numpy().reshape(-1, 4).T
        around = [(top, left), (top, right), (bottom, right), (bottom, left)]
        return np.stack([np.stack(corner, axis=1) for corner in around], axis=1).reshape(-1, 2) - 0.5

    def sides() -> NDArray[np.float64]:
        """Join corner to corner, back to the first."""
        sure = np.asarray(torch.as_tensor(scores).detach().cpu(), float)
        turn = np.arange(4)
        ends = [[[4 * k + a, 4 * k + (a + 1) % 4, s] for a in turn] for k, s in enumerate(sure)]
        return np.asarray(ends, float).reshape(-1, 3)

    graph(name, corners, sides, caption)
