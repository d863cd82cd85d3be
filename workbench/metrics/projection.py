"""The rules of `workbench.metrics.lens` in words: what becomes of a truth, and of each kind of guess."""

from __future__ import annotations

from workbench.instances import Instances
from workbench.metrics.comparison import LensName
from workbench.metrics.lens import Lens
from workbench.segmentation import Segmentation

TRUTH: dict[LensName, str] = {
    "object": "target or not",
    "semantic": "categories",
    "instance": "things, one by one",
    "panoptic": "all segments",
    "regions": "segments, names dropped",
}
GUESS: dict[LensName, dict[str, str]] = {
    "object": {
        "foreground": "as it is",
        "partition": "each region is object if more than half of it is",
        "semantic": "its target categories",
        "instance": "union of its masks",
        "panoptic": "its target segments",
    },
    "semantic": {
        "foreground": "the foreground is called as the target",
        "partition": "each region takes its commonest true category",
        "semantic": "by name",
        "instance": "things painted, the rest unlabelled",
        "panoptic": "by name",
    },
    "instance": {
        "foreground": "connected pieces",
        "partition": "regions, each named by the truth",
        "semantic": "connected pieces of each thing category",
        "instance": "as it is, overlaps kept",
        "panoptic": "its things",
    },
    "panoptic": {
        "foreground": "connected pieces, and the background",
        "partition": "regions, each named by the truth; stuff joined",
        "semantic": "connected pieces of things, stuff whole",
        "instance": "pasted by score, the rest unlabelled",
        "panoptic": "as it is",
    },
    "regions": {
        "foreground": "connected pieces",
        "partition": "as it is",
        "semantic": "connected pieces of each category",
        "instance": "pasted by score",
        "panoptic": "its segments",
    },
}


def projection(lens: Lens, guess: Segmentation | Instances) -> str:
    """Say in a few words what this lens makes of a guess before the two are compared.

    >>> import numpy as np
    >>> from workbench.metrics.lens import prepare
    >>> truth = Segmentation.from_mask(np.array([[True, False]]))
    >>> projection(prepare(truth, "instance"), truth)
    'connected pieces'
    """
    nameless = guess.yields == "foreground" and len(lens.target) != 1
    if nameless and lens.name in ("semantic", "panoptic"):
        return "as the object lens has it: a foreground cannot tell several targets apart"
    if nameless and lens.name == "instance":
        return "connected pieces, which may match any target"
    return GUESS[lens.name][guess.yields]
