"""A short film of a street: the camera turns, things pass by, and each keeps its number in the truth."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.instances import Instances
from workbench.sample import Sample
from workbench.scenes.canvas import Floats, checked, floats
from workbench.scenes.light import exposed
from workbench.scenes.street import TAXONOMY, street
from workbench.segmentation import Ids, Segmentation, present

NOISE = 0.015  # of the sensor, drawn anew in each frame
LONGEST = 120  # frames
SMALLEST, LARGEST = 0.008, 0.12  # of the picture that a passing thing covers
SEARCHED = 200  # streets in which a thing is looked for


@dataclass(frozen=True, eq=False)
class Mover:
    """Hold a thing that passes: its cut-out, where it starts, and how many px to the right it goes."""

    rgb: Floats  # (h, w, 3), 0 to 1
    opacity: Floats
    inside: NDArray[np.bool_]
    row: int
    column: float
    pace: float
    category: int


def clip(
    seed: int = 0,
    size: tuple[int, int] = (128, 192),
    *,
    frames: int = 16,
    pan: float = 2.0,
    movers: int = 3,
    pace: float = 4.0,
) -> list[Sample]:
    """Film a generated street, with exact truth in each frame; a thing has one number in all of them.

    The camera turns to the right over a street that stands still. Cars and people, cut from other streets,
    pass in front of it, from far to near; the nearer may hide the farther.

    Parameters
    ----------
    seed : whole number from 0. size : (height, width) of a frame, 32 to 4096 px a side.
    frames : how many (2 to 120). pan : px that the picture moves in a frame (0 to 20).
    movers : things that pass (0 to 8). pace : px that these move in a frame, about (0 to 40).

    Raises
    ------
    ValueError : a bad seed, size or number.

    >>> first, second = clip(seed=1, size=(64, 96), frames=2, movers=1)
    >>> first.shape, first.truth.taxonomy.names[5]
    ((64, 96), 'car')
    """
    height, width = checked("clip", seed, size)
    _check(frames, {"pan": (pan, 20), "movers": (movers, 8), "pace": (pace, 40)})
    wide = width + int(np.ceil(pan * (frames - 1)))
    world = street(seed, (height, wide))
    assert world.truth is not None  # ours: scenes have one
    rng = np.random.default_rng([seed, 30])
    passing = sorted(
        (_mover(rng, seed, n, (height, width), (frames, pace)) for n in range(movers)),
        key=lambda mover: mover.row + len(mover.inside),
    )
    return [_frame(rng, world, passing, n, round(pan * n), width) for n in range(frames)]


def _check(frames: int, numbers: dict[str, tuple[float, float]]) -> None:
    if isinstance(frames, bool) or not isinstance(frames, int) or not 2 <= frames <= LONGEST:
        raise ValueError(f"clip: frames must be a whole number in [2, {LONGEST}], got {frames!r}; take one")
    for name, (value, most) in numbers.items():
        if isinstance(value, bool) or not isinstance(value, Real) or not 0 <= value <= most:
            raise ValueError(f"clip: {name} must be in [0, {most:g}], got {value!r}; choose one in it")


def _mover(
    rng: np.random.Generator, seed: int, number: int, size: tuple[int, int], film: tuple[int, float]
) -> Mover:
    """Cut a whole thing out of another street and let it cross the picture's middle half-way."""
    other, chosen = _found(seed, number, size)
    assert other.truth is not None  # ours: scenes have one
    mask = other.truth.ids == chosen
    rows, columns = np.nonzero(mask)
    cut = np.s_[rows.min() - 2 : rows.max() + 3, columns.min() - 2 : columns.max() + 3]
    frames, pace = film
    step = (1 if number % 2 == 0 else -1) * pace * rng.uniform(0.6, 1.2)
    middle = size[1] * rng.uniform(0.35, 0.65) - mask[cut].shape[1] / 2
    category = other.truth.segments[chosen].category
    assert category is not None  # ours: a thing has a name
    return Mover(
        floats(other.image[cut]) / 255,
        cv2.GaussianBlur(floats(mask[cut]), (0, 0), 0.6),
        mask[cut],
        int(rows.min()) - 2,
        middle - step * (frames - 1) / 2,
        step,
        category.id,
    )


def _found(seed: int, number: int, size: tuple[int, int]) -> tuple[Sample, int]:
    """Find a street with a car or a person that nothing hides; gives it and the segment's number."""
    for turn in range(SEARCHED):
        other = street(10**6 + 1000 * seed + SEARCHED * number + turn, size)
        assert other.truth is not None  # ours: scenes have one
        assert other.instances is not None  # ours, as above
        for k, mask in enumerate(_whole(other.instances)):
            segment = len(TAXONOMY) + 1 + k
            if mask is not None and (other.truth.ids == segment).sum() == mask.sum():
                return other, segment
    raise ValueError(f"clip: no thing to pass in pictures of {size}; take a larger size")


def _whole(instances: Instances) -> list[NDArray[np.bool_] | None]:
    """Give the masks of cars and people of a fit size that lie well within the picture, else None."""
    found: list[NDArray[np.bool_] | None] = []
    for item, mask in zip(instances, instances.masks(), strict=True):
        rim = mask[:3].any() or mask[-3:].any() or mask[:, :3].any() or mask[:, -3:].any()
        fit = item.category.name in ("car", "person") and SMALLEST <= mask.mean() <= LARGEST
        found.append(mask if fit and not rim else None)
    return found


def _frame(
    rng: np.random.Generator, world: Sample, passing: list[Mover], number: int, left: int, width: int
) -> Sample:
    assert world.truth is not None  # ours: scenes have one
    seen = np.s_[:, left : left + width]
    rgb, ids = floats(world.image[seen]) / 255, world.truth.ids[seen].copy()
    names = {n: s.category.id for n, s in world.truth.segments.items() if s.category}
    for k, mover in enumerate(passing, start=max(names) + 1):
        _paste(rgb, ids, mover, round(mover.column + mover.pace * number), k)
        names[k] = mover.category
    return Sample(
        "clip",
        f"{world.title}, frame {number + 1}",
        exposed(rng, rgb, NOISE),
        Segmentation.from_panoptic(ids, {n: names[n] for n in present(ids)}, TAXONOMY),
        ("car", "person", "sign"),
        "Generated by workbench.scenes.clip",
        "BSD-3-Clause",
        "scene",
    )


def _paste(rgb: Floats, ids: Ids, mover: Mover, column: int, number: int) -> None:
    """Lay a cut-out over a frame, and its number over the truth, as far as it lies within."""
    wide = mover.inside.shape[1]
    first, last = max(0, -column), min(wide, ids.shape[1] - column)
    if first >= last:
        return
    rows = slice(mover.row, mover.row + len(mover.inside))
    here, cut = np.s_[rows, column + first : column + last], np.s_[:, first:last]
    share = mover.opacity[cut][..., None]
    rgb[here] = share * mover.rgb[cut] + (1 - share) * rgb[here]
    ids[here][mover.inside[cut]] = number
