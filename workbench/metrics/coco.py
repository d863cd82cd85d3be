"""COCO's average precision of masks that may overlap, for many images, on run lengths throughout."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.instances import Instance, Instances, Mask, decode
from workbench.metrics.average_precision import Curves, curves
from workbench.metrics.contest import LEAST, Contest, Numbers
from workbench.taxonomy import Taxonomy

Band = Callable[[Mask], NDArray[np.bool_]]
Packed = dict[str, Any]  # a mask as pycocotools takes it: {"size": [H, W], "counts": bytes}
Pairs = Iterable[tuple[Instances, Instances]]


@dataclass(frozen=True, eq=False)
class PackedPair:
    """Hold one image's T truths and G guesses with their masks packed, ready to be compared again and again.

    Parameters
    ----------
    taxonomy : that of the truth; guesses of other categories are left out, since no truth can ask for them.
    truth, guess : packed masks; truth_bands, guess_bands : of their bands, for boundary AP, else empty.
    contest : everything but the pairs.
    """

    taxonomy: Taxonomy
    truth: list[Packed]
    guess: list[Packed]
    truth_bands: list[Packed]
    guess_bands: list[Packed]
    contest: Contest

    @classmethod
    def of(cls, truth: Instances, guess: Instances, band: Band | None = None) -> PackedPair:
        """Pack the masks of one image.

        Parameters
        ----------
        band : gives the (H, W) band of an (H, W) mask, for boundary AP.

        Raises
        ------
        ValueError : sizes that differ, guesses without a score or with one that is not a number.
        """
        if truth.shape != guess.shape:
            raise ValueError(f"truth and guess must have one size, got {truth.shape} and {guess.shape}")
        tax = truth.taxonomy
        known = [item for item in guess if item.category.name in tax]
        _check_scores(guess)
        return cls(
            taxonomy=tax,
            truth=_packed(truth.objects, truth.shape),
            guess=_packed(known, truth.shape),
            truth_bands=_bands(truth.objects, truth.shape, band),
            guess_bands=_bands(known, truth.shape, band),
            contest=_contest(truth.objects, known, tax),
        )

    def meet(self) -> Contest:
        """Find the pairs of one category that reach IoU 0.5; under a crowd, whose share of the guess does."""
        kept = self.contest
        overlap = _ious(self.guess, self.truth, kept.crowd)
        if self.truth_bands:
            edges = _ious(self.guess_bands, self.truth_bands, kept.crowd)
            overlap = np.where(kept.crowd, overlap, np.minimum(overlap, edges))
        # One call for all categories: pairs whose boxes do not meet cost next to nothing.
        same = kept.guess_as[:, None] == kept.truth_as
        columns, rows = np.nonzero((overlap >= LEAST) & same)
        found = {"rows": rows, "columns": columns, "ious": overlap[columns, rows]}
        return Contest(**{**vars(kept), **found})


def coco_ap(pairs: Pairs, band: Band | None = None) -> Curves:
    """Count COCO's average precision and recall of many images: mask AP, or boundary AP with a band.

    A truth's size is the annotated area where there is one, else its pixels. Guesses match truths of the
    category with the same name. Equal to pycocotools and, with a band, to faster-coco-eval, except that an
    undefined number is nan where they have -1, and that a truth is never lost for the id it has.

    Parameters
    ----------
    pairs : truth and guess of each image; all truths of one taxonomy.
    band : gives the (H, W) band of an (H, W) mask; a pair then has the lesser of IoU and boundary IoU.

    Raises
    ------
    ValueError : sizes that differ, guesses without a score, truths of several taxonomies.

    References
    ----------
    Lin et al., "Microsoft COCO: Common Objects in Context", 2014.
    Cheng et al., "Boundary IoU: Improving Object-Centric Image Segmentation Evaluation", 2021.

    >>> from workbench.taxonomy import Category
    >>> tax, masks = Taxonomy([Category(1, "cell")]), np.ones((1, 40, 40), bool)
    >>> truth = Instances.from_masks(masks, [1], tax)
    >>> found = coco_ap([(truth, Instances.from_masks(masks, [1], tax, [0.9]))])
    >>> found.ap, found.ap_of("small"), found.ap_of("medium")
    (1.0, nan, 1.0)
    """
    return coco_ap_of([PackedPair.of(truth, guess, band) for truth, guess in pairs])


def coco_ap_of(packed: Sequence[PackedPair]) -> Curves:
    """Count COCO's average precision and recall of images that are packed already."""
    taxonomies = set({id(pair.taxonomy): pair.taxonomy for pair in packed}.values())  # a hash is dear
    if len(taxonomies) > 1:
        raise ValueError(f"all truths must have one taxonomy, got {' and '.join(map(repr, taxonomies))}")
    categories = [c.id for tax in taxonomies for c in tax]
    return curves(Contest.joined(pair.meet() for pair in packed), categories)


def _contest(truths: Sequence[Instance], guesses: Sequence[Instance], tax: Taxonomy) -> Contest:
    """Give the contest of one image before its pairs are known."""
    none = np.zeros(0, np.int64)
    areas = [item.area if item.annotated_area is None else item.annotated_area for item in truths]
    return Contest(
        truth_as=np.array([item.category.id for item in truths], np.int64),
        guess_as=np.array([tax[item.category.name].id for item in guesses], np.int64),
        truth_areas=np.array(areas, float),
        guess_areas=np.array([item.area for item in guesses], float),
        crowd=np.array([item.crowd for item in truths], bool),
        scores=np.array([item.score for item in guesses], float),
        images=np.zeros(len(guesses), np.int64),
        rows=none,
        columns=none,
        ious=np.zeros(0),
        forgiven=np.zeros(len(guesses), bool),
    )


def _check_scores(guess: Instances) -> None:
    """Refuse what cannot be ranked."""
    missing = sum(item.score is None for item in guess)
    if missing:
        raise ValueError(
            f"average precision ranks guesses by score, and {missing} of {len(guess)} have none; "
            "give Instances scores="
        )
    odd = [k for k, item in enumerate(guess) if not np.isfinite(item.score or 0.0)]
    if odd:
        raise ValueError(
            f"average precision ranks guesses by score, and that of guess {odd[0]} is "
            f"{guess.objects[odd[0]].score}; give it a finite number"
        )


def _packed(objects: Sequence[Instance], size: tuple[int, int]) -> list[Packed]:
    from pycocotools import mask as coco_mask

    runs = [{"size": size, "counts": item.runs} for item in objects]
    return coco_mask.frPyObjects(runs, *size) if runs else []


def _bands(objects: Sequence[Instance], size: tuple[int, int], band: Band | None) -> list[Packed]:
    """Pack the bands: one mask at a time is dense."""
    from pycocotools import mask as coco_mask

    if band is None:
        return []
    # pycocotools reads down the columns.
    bands = (np.asfortranarray(band(decode(item.runs, size)), np.uint8) for item in objects)
    return [coco_mask.encode(one) for one in bands]


def _ious(guess: list[Packed], truth: list[Packed], crowd: NDArray[np.bool_]) -> Numbers:
    """Give the (G, T) IoUs; under a crowd, the share of the guess inside it."""
    from pycocotools import mask as coco_mask

    if not guess or not truth:
        return np.zeros((len(guess), len(truth)))
    return np.asarray(coco_mask.iou(guess, truth, crowd.astype(np.uint8).tolist()))
