"""Exercises that ask for a painted mask: data, judged by a metric on a picture that everybody sees."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.metrics.metric import METRICS
from workbench.sample import Sample
from workbench.segmentation import Segmentation
from workbench.teaching import written
from workbench.teaching.base import Call, Exercise, Wrong
from workbench.teaching.calling import call, shown
from workbench.teaching.pictures import HIT, coloured, difference, hatched, row, shot
from workbench.teaching.verdict import Verdict

Mask = NDArray[np.bool_]
ALIKE = 0.6  # IoU with a named wrong mask from which an answer is taken for it


@dataclass(frozen=True, kw_only=True)
class MaskExercise(Exercise):
    """Ask to paint an object.

    An answer is a boolean (H, W) mask, whole numbers of which 0 is not the object, a segmentation, such as a
    panel's painted truth, or the text of a mask (`workbench.teaching.written`), which is how one stays in a
    notebook.

    picture : makes the sample to paint on, with its truth; the same for everybody.
    truth : what should be painted, as a function of the sample; by default its target's pixels.
    metric : one of the object lens that is better the higher it is. bar : what it has to reach.
    solution and the named wrong answers : functions of the true mask, or masks. wrong ones are told by
    likeness: an answer that is more like one of them than like the truth has made that mistake.
    """

    answer_name: str = "painted"
    picture: Callable[[], Sample]
    truth: Callable[[Sample], Mask] | None = None
    metric: str = "iou"
    bar: float = 0.8

    def judge(self, answer: Any, rng: np.random.Generator, call: Call = call) -> Verdict:
        """Score the mask on the picture."""
        if answer is None or answer is ... or (isinstance(answer, str) and not answer.strip()):
            return self.verdict("not attempted")
        sample = self.picture()
        truth, judged = self.true_mask(sample)
        wanted = f"a mask of {truth.shape[0]} x {truth.shape[1]} pixels"
        try:
            mask = as_mask(answer, truth.shape)
        except ValueError as error:
            return self.not_yet(None, expected=wanted, got=_brief(answer), hint=str(error))
        if not mask.any():
            return self.verdict("not attempted")
        value = measured(truth, mask, judged, self.metric)
        what = f"{METRICS[self.metric].title} with what a careful hand has painted"
        if value >= self.bar:
            said = f"{what}: {value:.3f}, where {self.bar:.3f} was asked"
            keep = "" if isinstance(answer, str) else f'{self.answer_name} = "{written.text(mask)}"'
            return self.verdict("right", said, keep=keep, picture=_all_of_it(truth, mask))
        share = 0.0 if math.isnan(value) else max(0.0, value / self.bar)
        rows = {"given": what, "expected": f"at least {self.bar:.3f}", "got": f"{value:.3f}"}
        picture = _what_is_wrong(sample, truth, mask, judged)
        return self.not_yet(self._mistake(truth, mask, judged), share=share, picture=picture, **rows)

    def handed_in(self, answer: Any) -> str:
        """Write a mask, or what a function makes of the true one, as the text that a notebook keeps."""
        if isinstance(answer, str):
            return answer
        return written.text(_made(answer, self.true_mask(self.picture())[0]))

    def true_mask(self, sample: Sample) -> tuple[Mask, Mask]:
        """Give what should be painted, and which pixels are judged.

        Raises
        ------
        ValueError : the sample has no truth.
        """
        if sample.truth is None:
            raise ValueError(f"exercise {self.id}: the picture {sample.name!r} has no truth; choose another")
        mask = self.truth(sample) if self.truth is not None else sample.truth.mask(*sample.target)
        return mask, sample.truth.ids > 0

    def _mistake(self, truth: Mask, mask: Mask, judged: Mask) -> Wrong | None:
        """Find the named wrong mask that an answer is more like than like the truth."""
        made = [_made(wrong.answer, truth) for wrong in self.wrong]
        likeness = [_overlap(one, mask, judged) for one in made]
        best = int(np.argmax(likeness))
        near = likeness[best] >= max(ALIKE, _overlap(truth, mask, judged))
        return self.wrong[best] if near else None


def as_mask(answer: Any, size: tuple[int, ...]) -> Mask:
    """Read an answer as a boolean (H, W) mask.

    Raises
    ------
    ValueError : it is no mask, or one of another size; the sentence says what to do.
    """
    painted = written.mask(answer) if isinstance(answer, str) else answer
    if isinstance(painted, Segmentation):
        names = [c.name for c in painted.taxonomy if c.kind == "thing"]
        painted = painted.mask(*names) if names else painted.ids > 0
    try:
        array = np.asarray(painted)
    except ValueError:
        raise ValueError("The rows of a mask must all be as long as each other.") from None
    if array.dtype.kind not in "biu" or array.shape != tuple(size):
        is_size = f"{array.dtype} of shape {array.shape}"
        raise ValueError(
            f"A mask has the picture's rows and columns, {size[0]} x {size[1]}, and holds True or False, or "
            f"whole numbers with 0 for what is not the object; this is {is_size}."
        )
    return array != 0


def _made(answer: Any, truth: Mask) -> Mask:
    """Make a solution or a named wrong mask out of the true one, where it is a function of that."""
    return as_mask(answer(truth) if callable(answer) else answer, truth.shape)


def _brief(answer: Any) -> str:
    return f"a text of {len(answer)} characters" if isinstance(answer, str) else shown(answer)


def measured(truth: Mask, guess: Mask, judged: Mask, metric: str) -> float:
    """Give a metric of the object lens, by its name, on the pixels that are judged."""
    from workbench.metrics.score import score

    ids = np.where(judged, np.where(truth, 2, 1), 0)
    answer = Segmentation.from_mask(guess)
    exact = Segmentation.from_semantic(ids, answer.taxonomy)
    return float(getattr(score(exact, answer, target="foreground"), metric))


def _overlap(one: Mask, other: Mask, judged: Mask) -> float:
    either = np.count_nonzero((one | other) & judged)
    return np.count_nonzero(one & other & judged) / either if either else 0.0


def _all_of_it(truth: Mask, mask: Mask) -> str:
    """Show truth, answer and difference: whoever has it right may see all."""
    told = [f"{one.sum()} pixels" for one in (truth, mask)]
    pictures = [shot("expected", coloured(truth), told[0]), shot("painted", coloured(mask), told[1])]
    return row([*pictures, shot("difference", *difference(truth, mask))])


def _what_is_wrong(sample: Sample, truth: Mask, mask: Mask, judged: Mask) -> str:
    """Show what is too much, and where most is missing, without the true outline: that is the solution."""
    missed, extra = truth & ~mask & judged, mask & ~truth & judged
    painted = np.where(mask[..., None], 0.45 * np.array(HIT) + 0.55 * sample.image, sample.image)
    told = f"{mask.sum()} pixels; {extra.sum()} too much (dots, yellow), {missed.sum()} missing"
    if missed.any():
        told += f", most of them about row {_middle(missed)[0]}, column {_middle(missed)[1]}"
    return row([shot("painted", hatched(painted, np.zeros_like(extra), extra), told)])


def _middle(missed: Mask) -> tuple[int, int]:
    """Give row and column of the pixel that lies deepest in what is missing."""
    import cv2

    depth = cv2.distanceTransform(np.pad(missed, 1).astype(np.uint8), cv2.DIST_L2, 5)[1:-1, 1:-1]
    line, column = np.unravel_index(int(np.argmax(depth)), depth.shape)
    return int(line), int(column)
