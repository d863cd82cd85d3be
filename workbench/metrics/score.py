"""One call from two segmentations to a score card."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from workbench.instances import Instances
from workbench.metrics.card import Score
from workbench.metrics.comparison import Comparison, LensName
from workbench.metrics.conventions import Convention, convention_of
from workbench.metrics.facts import Facts
from workbench.metrics.lens import Lens, prepare
from workbench.segmentation import Segmentation


def score(
    truth: Segmentation | Lens,
    guess: Segmentation | Instances,
    *,
    lens: LensName = "object",
    target: Sequence[str] | str | None = None,
    split: bool = False,
    crowd: Collection[int] = (),
    convention: str | Convention = "workbench",
) -> Score:
    """Score a guess against a truth under a lens.

    Parameters
    ----------
    truth : a segmentation with 0 as void, or a `Lens` from `prepare`, which has the lens and target in it.
    target : names of the categories that a two-way method is asked to find; by default all things.
    split : under the instance lens, cut connected pieces at their waists.
    crowd : truth ids that hold many things drawn as one (panoptic lens).
    convention : whose choices to follow where the field has several: a name in `CONVENTIONS`.

    Raises
    ------
    ValueError : sizes that differ, an unknown lens, target or convention, a truth without names where they
        are asked.

    >>> import numpy as np
    >>> truth = Segmentation.from_mask(np.array([[True, True, False, False]]))
    >>> guess = Segmentation.from_mask(np.array([[True, False, False, False]]))
    >>> score(truth, guess).iou, score(truth, guess, lens="semantic").pixel_accuracy
    (0.5, 0.75)
    """
    asked = truth if isinstance(truth, Lens) else prepare(truth, lens, target)
    return grade(asked.compare(guess, split=split), crowd, convention)


def grade(
    found: Comparison, crowd: Collection[int] = (), convention: str | Convention = "workbench"
) -> Score:
    """Turn a comparison into numbers."""
    return Score(Facts(found, frozenset(crowd), convention_of(convention)))
