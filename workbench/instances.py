"""Many possibly overlapping masks, as detectors and promptable models return them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from workbench.segmentation import Segmentation, nearest
from workbench.taxonomy import Category, Taxonomy

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Instance:
    """Hold one object: its category, its score (0 to 1, or None), and its mask as run lengths.

    `runs` are COCO's uncompressed ones: down the columns, unset first, set second, and so on. A `crowd` is
    many objects drawn as one; `annotated_area` is the size that an annotation states, in pixels, which for
    outlines drawn as polygons is not quite the count of pixels inside.
    """

    category: Category
    score: float | None
    runs: tuple[int, ...]
    crowd: bool = False
    annotated_area: float | None = None

    @property
    def area(self) -> int:
        """Count its pixels."""
        return sum(self.runs[1::2])


@dataclass(frozen=True, eq=False)
class Instances:
    """Hold N objects of one picture, overlapping or not.

    Parameters
    ----------
    shape : (height, width) in pixels.
    objects : the instances, in any order.
    taxonomy : the categories they may carry.

    >>> tax = Taxonomy([Category(1, "cell")])
    >>> two = Instances.from_masks(np.ones((2, 1, 3), bool), [1, 1], tax, [0.5, 0.9])
    >>> len(two), two.masks().shape, two.to_segmentation()[1]
    (2, (2, 1, 3), [0])
    """

    shape: tuple[int, int]
    objects: tuple[Instance, ...]
    taxonomy: Taxonomy
    yields: str = "instance"

    @classmethod
    def from_masks(
        cls,
        masks: NDArray[np.bool_],
        categories: Sequence[int],
        tax: Taxonomy,
        scores: Sequence[float | None] | None = None,
        crowd: Collection[int] = (),
    ) -> Instances:
        """Read (N, H, W) boolean masks with a category id each, and scores where there are any.

        Parameters
        ----------
        crowd : places of the masks that hold many objects drawn as one.

        Raises
        ------
        ValueError : masks of another shape or type, lists of another length, an unknown category.
        """
        masks = np.asarray(masks)
        if masks.ndim != 3 or masks.dtype != bool:
            raise ValueError(f"masks must be boolean (N, H, W), got {masks.dtype} {masks.shape}")
        marks: Sequence[float | None] = [None] * len(masks) if scores is None else scores
        if not len(masks) == len(categories) == len(marks):
            raise ValueError(
                f"each of {len(masks)} masks needs a category and a score, "
                f"got {len(categories)} and {len(marks)}"
            )
        unknown = sorted({c for c in categories if c not in tax})
        if unknown:
            raise ValueError(f"category ids {unknown} are not in the taxonomy ({tax!r})")
        objects = tuple(
            Instance(tax[c], None if s is None else float(s), encode(m), k in crowd)
            for k, (m, c, s) in enumerate(zip(masks, categories, marks, strict=True))
        )
        return cls((masks.shape[1], masks.shape[2]), objects, tax)

    def __len__(self) -> int:
        return len(self.objects)

    def __iter__(self) -> Iterator[Instance]:
        return iter(self.objects)

    def masks(self) -> Mask:
        """Give all masks as (N, H, W) booleans."""
        if not self.objects:
            return np.zeros((0, *self.shape), bool)
        return np.stack([decode(item.runs, self.shape) for item in self.objects])

    def union(self) -> Mask:
        """Give the (H, W) pixels that any instance covers."""
        return np.asarray(self.masks().any(axis=0), bool)

    def resized(self, size: tuple[int, int]) -> Instances:
        """Give them at another (height, width), nearest pixel."""
        where = nearest(self.shape, size)
        runs = [encode(decode(item.runs, self.shape)[where]) for item in self]
        objects = tuple(replace(o, runs=r, annotated_area=None) for o, r in zip(self, runs, strict=True))
        return Instances(size, objects, self.taxonomy)

    def to_segmentation(self, overlap: float = 1.0) -> tuple[Segmentation, list[int]]:
        """Paste the masks, best score first, each on the pixels still free; the rest stays unlabelled.

        Parameters
        ----------
        overlap : drop an instance when more than this share of it is already taken (0 to 1).

        Returns
        -------
        The segmentation (instance k has id k + 1), and the indices of the instances it dropped.
        """
        ids, dropped = np.zeros(self.shape, np.int32), []
        kept: dict[int, int] = {}
        scores: dict[int, float] = {}
        for k in self._best_first():
            mask = decode(self.objects[k].runs, self.shape)
            free = mask & (ids == 0)
            if not free.any() or 1 - free.sum() / mask.sum() > overlap:
                dropped.append(k)
                continue
            ids[free], kept[k + 1] = k + 1, self.objects[k].category.id
            if (score := self.objects[k].score) is not None:
                scores[k + 1] = score
        return Segmentation.from_panoptic(ids, kept, self.taxonomy, scores), sorted(dropped)

    def _best_first(self) -> list[int]:
        return sorted(range(len(self)), key=lambda k: (-(self.objects[k].score or 0.0), k))


def encode(mask: Mask) -> tuple[int, ...]:
    """Turn an (H, W) mask into run lengths, down the columns, unset pixels first.

    >>> encode(np.array([[False, True, True], [False, True, False]]))
    (2, 3, 1)
    """
    flat = np.asarray(mask, bool).ravel(order="F")
    edges = np.flatnonzero(np.diff(flat)) + 1
    bounds = np.concatenate([[0], edges, [flat.size]])
    runs = [int(n) for n in np.diff(bounds)]
    return tuple([0, *runs] if flat[0] else runs)


def decode(runs: Sequence[int], shape: tuple[int, int]) -> Mask:
    """Turn run lengths back into an (H, W) mask.

    Raises
    ------
    ValueError : the runs do not add up to H x W.
    """
    if sum(runs) != shape[0] * shape[1]:
        raise ValueError(f"runs add up to {sum(runs)} pixels, a mask of {shape} has {shape[0] * shape[1]}")
    flags = np.arange(len(runs)) % 2 == 1
    return np.repeat(flags, runs).reshape(shape, order="F")
