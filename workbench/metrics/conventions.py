"""What the field does not agree on, as named sets of choices: papers differ, and their numbers with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

NAN = float("nan")


@dataclass(frozen=True)
class Convention:
    """Hold one set of choices.

    Parameters
    ----------
    says : the choices in a sentence. source : where they were read.
    absent : IoU and Dice of a category that neither truth nor guess has: nan, 0 or 1.
    skips : whether undefined categories are left out of means; if not, one makes the mean undefined.
    background : whether a category called "background" counts in means.
    aggregate : how many images become one number: "dataset" sums tables first, "image" averages scores.
    ap : whose rules average precision follows.
    missing : the distance where one side has no outline, and 0 or nan where neither has.
    """

    name: str
    title: str
    says: str
    source: str
    absent: float = NAN
    skips: bool = True
    background: bool = True
    aggregate: Literal["dataset", "image"] = "dataset"
    ap: Literal["workbench", "coco", "cityscapes"] = "workbench"
    missing: Literal["infinite", "diagonal"] = "infinite"


_EVERY = (
    Convention(
        "workbench",
        "this workbench",
        "Void is not judged; a category that is nowhere is undefined and left out of means.",
        "design of this workbench",
    ),
    Convention(
        "voc",
        "PASCAL VOC",
        "Background is a category like others; one category that is nowhere makes the mean undefined.",
        "VOCevalseg.m of the VOC development kit: 255 in the truth is dropped, 0 / 0 is not caught",
        skips=False,
    ),
    Convention(
        "cityscapes",
        "Cityscapes",
        "Categories that are nowhere are left out; average precision reads the raw curve.",
        "cityscapesScripts, evalPixelLevelSemanticLabeling.py and evalInstanceLevelSemanticLabeling.py",
        ap="cityscapes",
    ),
    Convention(
        "ade20k",
        "ADE20K scene parsing",
        "A category that is nowhere scores 0 and counts in the mean.",
        "evaluation code of the MIT scene parsing benchmark: eps in every denominator",
        absent=0.0,
    ),
    Convention(
        "coco",
        "COCO",
        "Average precision at 101 recalls, ten IoU thresholds, at most 100 guesses an image and category.",
        "pycocotools 2.0.11, panopticapi",
        ap="coco",
    ),
    Convention(
        "medical",
        "medical challenges",
        "Each image is scored alone, then averaged; background is left out; both empty is 1; "
        "a distance to nothing is the image's diagonal.",
        "MetricsReloaded (Maier-Hein et al. 2024) and the rules of challenges such as BraTS and ToothFairy",
        absent=1.0,
        background=False,
        aggregate="image",
        missing="diagonal",
    ),
)
CONVENTIONS: Mapping[str, Convention] = {one.name: one for one in _EVERY}


def convention_of(name: str | Convention) -> Convention:
    """Give a convention by its name.

    Raises
    ------
    ValueError : no such convention; the sentence names what is near.

    >>> convention_of("medical").aggregate
    'image'
    """
    if isinstance(name, Convention):
        return name
    if name not in CONVENTIONS:
        near = get_close_matches(str(name), CONVENTIONS, cutoff=0.5) or CONVENTIONS
        raise ValueError(f"no convention {name!r}; did you mean {' or '.join(near)}?")
    return CONVENTIONS[name]
