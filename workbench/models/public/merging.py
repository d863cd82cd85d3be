"""From the masks of queries to segments that do not overlap, as mask transformers are read out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import interpolate

SURE, REMAINS = 0.5, 0.8  # a pixel's probability of its mask; the share of a mask that others must leave


@dataclass(frozen=True)
class Merged:
    """Hold (H, W) segment ids, 0 where no query is sure, and each segment's category id and score."""

    ids: NDArray[np.int32]
    categories: dict[int, int]
    scores: dict[int, float]


@dataclass(frozen=True)
class Queries:
    """Hold what was asked of a picture: (Q, K + 1) class logits, the last for "no object", (Q, h, w) masks.

    seen : (height, width) of the pixels that the masks are of; content : the part that is picture, not
    padding.
    """

    classes: Tensor
    masks: Tensor
    seen: tuple[int, int]
    content: tuple[int, int]


def merged(
    queries: Queries,
    size: tuple[int, int],
    categories: Mapping[int, int],
    stuff: frozenset[int],
    threshold: float,
) -> Merged:
    """Give each pixel to the query that wants it most, and each query its segment where enough is left of it.

    The rule of MaskFormer (Cheng et al., 2021): queries surer than the threshold of a class compete with
    score x mask probability; one that keeps at most 80 % of its own mask is dropped. Stuff of one category is
    one segment.

    Parameters
    ----------
    size : (height, width) of the picture. categories : the category id of each class that has a name.
    stuff : the category ids of which there is one segment at most.
    """
    scores, labels = queries.classes.softmax(-1).max(-1)
    nothing = queries.classes.shape[-1] - 1
    named = [int(label) in categories for label in labels]
    kept = (labels != nothing) & (scores > threshold) & torch.tensor(named, device=labels.device)
    ids = np.zeros(size, np.int32)
    if not kept.any():
        return Merged(ids, {}, {})
    masks = _at_size(queries, kept, size)
    winner = (scores[kept, None, None] * masks).argmax(0)
    called = [categories[int(label)] for label in labels[kept]]
    sure = masks >= SURE
    segments: dict[int, int] = {}
    marks: dict[int, float] = {}
    for k, category in enumerate(called):
        mine = (winner == k) & sure[k]
        if not mine.any() or (winner == k).sum() / sure[k].sum() < REMAINS:
            continue
        before = (n for n, c in segments.items() if c == category and category in stuff)
        number = next(before, len(segments) + 1)
        ids[mine.cpu().numpy()] = number
        segments[number] = category
        marks[number] = max(marks.get(number, 0.0), float(scores[kept][k]))
    return Merged(ids, segments, marks)


def _at_size(queries: Queries, kept: Tensor, size: tuple[int, int]) -> Tensor:
    """Bring the (N, h, w) mask logits of the queries kept to probabilities at the picture's size."""
    masks = interpolate(queries.masks[kept][None], size=queries.seen, mode="bilinear", align_corners=False)
    masks = masks[..., : queries.content[0], : queries.content[1]]
    return interpolate(masks, size=size, mode="bilinear", align_corners=False)[0].sigmoid()
