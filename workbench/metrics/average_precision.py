"""Average precision: the guesses that match, surest first, as one curve of precision over recall.

The house's rules and COCO's share the matching and the curve of this file and differ in four things, each
with a test: a guess without a score is refused by COCO, here all of them are one point of the curve; void
counts as ground for COCO, here it leaves the union and forgives a guess that lies mostly in it; COCO keeps
the 100 surest guesses an image and category, here all count; COCO forgives matches with a crowd.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from workbench.metrics.contest import RECALLS, SIZES, THRESHOLDS, Contest, Flags, Numbers, places
from workbench.metrics.overlap import Counts

LIMITS = (1, 10, 100)  # guesses an image and category that count, as COCO reports
ENDLESS = (1, 10, 10**9)  # the house's: every guess counts


@dataclass(frozen=True, eq=False)
class Matches:
    """Say of G guesses whether each is right or wrong, at ten IoU thresholds and four sizes.

    A guess may be neither: matched with a truth that does not count, of another size, or forgiven.

    Parameters
    ----------
    right, wrong : (G, 10, 4) bool.
    counted : (T, 4) bool, the truths that are to be found.
    """

    right: Flags
    wrong: Flags
    counted: Flags


@dataclass(frozen=True, eq=False)
class Curves:
    """Hold precision over recall of K categories; what has no truth to find is nan (COCO writes -1).

    Parameters
    ----------
    categories : their ids.
    precision : (10, 101, K, 4) at the ten IoU thresholds, 101 recalls, categories, sizes.
    recall : (10, K, 4, 3) at the last guess, for at most 1, 10 and 100 guesses an image and category; by the
        house's rules the last has no limit.

    References
    ----------
    Lin et al., "Microsoft COCO: Common Objects in Context", 2014; pycocotools, cocoeval.py.
    """

    categories: tuple[int, ...]
    precision: Numbers
    recall: Numbers

    @property
    def ap(self) -> float:
        """Average the precision over IoU .50 to .95, recalls and categories."""
        return _mean(self.precision[..., 0])

    @property
    def ap50(self) -> float:
        """Average the precision at IoU 0.5."""
        return _mean(self.precision[0, ..., 0])

    @property
    def ap75(self) -> float:
        """Average the precision at IoU 0.75."""
        return _mean(self.precision[5, ..., 0])

    def ap_of(self, size: str) -> float:
        """Average the precision over things of one size.

        Raises
        ------
        ValueError : a size that is not one of all, small, medium, large.
        """
        return _mean(self.precision[..., _size(size)])

    def ar(self, limit: int = 100, size: str = "all") -> float:
        """Average the recall over IoU .50 to .95 and categories, of the surest guesses of each image.

        Raises
        ------
        ValueError : a limit that is not 1, 10 or 100, or an unknown size.
        """
        if limit not in LIMITS:
            raise ValueError(f"recall is counted at 1, 10 or 100 guesses an image, got {limit}")
        return _mean(self.recall[:, :, _size(size), LIMITS.index(limit)])

    @property
    def summary(self) -> dict[str, float]:
        """Give COCO's twelve numbers, in its order."""
        areas = list(SIZES)[1:]
        return {
            "ap": self.ap,
            "ap50": self.ap50,
            "ap75": self.ap75,
            **{f"ap_{size}": self.ap_of(size) for size in areas},
            **{f"ar_{limit}": self.ar(limit) for limit in LIMITS},
            **{f"ar_{size}": self.ar(size=size) for size in areas},
        }

    def curve(self, threshold: float = 0.5, size: str = "all") -> Numbers:
        """Give the (101,) precision at recalls 0, 0.01 ... 1, averaged over categories.

        Raises
        ------
        ValueError : a threshold that is not one of .50, .55 ... .95, or an unknown size.
        """
        near = np.flatnonzero(np.isclose(THRESHOLDS, threshold))
        if not near.size:
            raise ValueError(f"curves are kept at IoU .50, .55 ... .95, got {threshold}")
        found = self.precision[near[0], :, :, _size(size)]
        defined = found[:, ~np.isnan(found[0])]
        return defined.mean(axis=1) if defined.size else np.full(len(RECALLS), np.nan)

    @cached_property
    def per_category(self) -> Mapping[int, Curves]:
        """Give each category's curves alone, by its id."""
        return {c: self._alone(c, k) for k, c in enumerate(self.categories)}

    def _alone(self, category: int, k: int) -> Curves:
        return Curves((category,), self.precision[:, :, k : k + 1], self.recall[:, k : k + 1])


def match(contest: Contest, limit: int = LIMITS[-1]) -> Matches:
    """Match each guess, the surest first, with the best truth that is still free.

    A truth out of the size in question may be taken, but only where none in it is good enough; a guess that
    takes one, or a crowd, is neither right nor wrong. Crowds stay free.

    Parameters
    ----------
    limit : how many guesses an image and category count.
    """
    low, high = np.array(list(SIZES.values())).T
    of_size = (contest.truth_areas[:, None] >= low) & (contest.truth_areas[:, None] <= high)
    counted = of_size & ~contest.crowd[:, None]
    right = np.zeros((len(contest.guess_as), len(THRESHOLDS), len(low)), bool)
    aside = np.zeros_like(right)
    free = np.ones((len(counted), *right.shape[1:]), bool)
    for guesses, rows, ious in _rounds(contest, limit):
        can = (ious[:, :, None, None] >= THRESHOLDS[:, None]) & free[rows]
        best = can & counted[rows][:, :, None, :]
        pick = np.where(best.any(axis=1), best.argmax(axis=1), can.argmax(axis=1))
        which, at, size = np.nonzero(can.any(axis=1))
        # One guess a cell, and a truth is in one cell: nobody takes what another takes in the same round.
        taken = rows[which, pick[which, at, size]]
        free[taken, at, size] = contest.crowd[taken]
        right[guesses[which], at, size] = counted[taken, size]
        aside[guesses[which], at, size] = ~counted[taken, size]
    other = (contest.guess_areas[:, None] < low) | (contest.guess_areas[:, None] > high)
    spared = aside | (other | contest.forgiven[:, None])[:, None, :]
    return Matches(right, ~right & ~spared, counted)


def curves(contest: Contest, categories: Sequence[int], limits: Sequence[int] = LIMITS) -> Curves:
    """Count precision over recall of each category, over all images together.

    Parameters
    ----------
    limits : three numbers of guesses an image and category; the last is that of precision.
    """
    matches = match(contest, limits[-1])
    precision = np.full((len(THRESHOLDS), len(RECALLS), len(categories), len(SIZES)), np.nan)
    recall = np.full((len(THRESHOLDS), len(categories), len(SIZES), len(limits)), np.nan)
    kept = np.flatnonzero(contest.ranks < limits[-1])
    # Image by image before the sort by score: equal scores stay in the order of the images.
    kept = kept[np.lexsort((contest.ranks[kept], contest.images[kept]))]
    kept = kept[np.argsort(-contest.trust[kept], kind="stable")]
    for k, category in enumerate(categories):
        there = matches.counted[contest.truth_as == category].sum(axis=0)
        guesses = kept[contest.guess_as[kept] == category]
        right, wrong = matches.right[guesses], matches.wrong[guesses]
        ranked = ~np.isnan(contest.scores[guesses])
        sizes = np.flatnonzero(there)
        precision[:, :, k] = _read(right, wrong, ranked, there)
        for m, limit in enumerate(limits):
            found = right[contest.ranks[guesses] < limit].sum(axis=0)
            recall[:, k, sizes, m] = found[:, sizes] / there[sizes]
    return Curves(tuple(categories), precision, recall)


def _rounds(contest: Contest, limit: int) -> Iterator[tuple[Counts, Counts, Numbers]]:
    """Yield guesses that cannot be in each other's way, one an image and category, the surest first.

    Each with its candidates from best to worst: truths (n, P) and their IoUs, padded by IoU 0. Guesses
    without a candidate are in nobody's way, and left out.
    """
    # On equal IoU the later truth is taken, as COCO's loop does.
    order = np.lexsort((-contest.rows, -contest.ious, contest.columns))
    order = order[contest.ranks[contest.columns[order]] < limit]
    guesses, first = np.unique(contest.columns[order], return_index=True)
    begins = np.zeros(len(order), bool)
    begins[first] = True
    slots, which = places(begins), np.cumsum(begins) - 1
    rows = np.zeros((len(guesses), slots.max(initial=0) + 1), np.int64)
    ious = np.zeros(rows.shape)
    rows[which, slots], ious[which, slots] = contest.rows[order], contest.ious[order]
    turn = _turns(contest, guesses)
    by_turn = np.argsort(turn, kind="stable")
    for part in np.split(by_turn, np.cumsum(np.bincount(turn))[:-1]) if len(guesses) else []:
        widest = max(1, int((ious[part] > 0).sum(axis=1).max()))
        yield guesses[part], rows[part, :widest], ious[part, :widest]


def _turns(contest: Contest, guesses: Counts) -> Counts:
    """Give each guess's place among those of its image and category that have a candidate."""
    order = np.lexsort((contest.ranks[guesses], contest.guess_as[guesses], contest.images[guesses]))
    cells = np.stack([contest.images, contest.guess_as])[:, guesses[order]]
    first = np.append(True, (cells[:, 1:] != cells[:, :-1]).any(axis=0))[: len(order)]
    turns = np.empty(len(order), np.int64)
    turns[order] = places(first)
    return turns


def _read(right: Flags, wrong: Flags, ranked: Flags, there: Counts) -> Numbers:
    """Read (10, 101, 4) precisions off the flags of one category, the surest guess first.

    Parameters
    ----------
    right, wrong : (N, 10, 4). ranked : (N,). there : (4,), truths to find of each size.
    """
    # Guesses without a score cannot be told apart: together they are one point, the last.
    ends = ranked.copy()
    ends[-1:] = True
    found = np.cumsum(right, axis=0)[ends]
    tried = found + np.cumsum(wrong, axis=0)[ends]
    best = np.maximum.accumulate((found / np.maximum(tried, 1))[::-1], axis=0)[::-1]
    best = np.append(best, np.zeros((1, *best.shape[1:])), axis=0)
    # How many must be found for each recall, by the quotients that the curve itself is made of.
    top = int(there.max(initial=0))
    needed = np.array([np.searchsorted(np.arange(top + 1) / max(n, 1), RECALLS) for n in there])
    # One search for all 40 curves: each is lifted above the one before.
    lift = (top + 2) * np.arange(best[0].size).reshape(best.shape[1:])
    curve, goal = np.moveaxis(found + lift, 0, -1), needed + lift[..., None]
    at = np.searchsorted(curve.ravel(), goal.ravel()).reshape(goal.shape)
    at -= len(found) * np.arange(best[0].size).reshape(best.shape[1:])[..., None]
    read = np.take_along_axis(np.moveaxis(best, 0, -1), at, axis=-1)
    read[:, there == 0] = np.nan
    return np.moveaxis(read, -1, 1)


def _size(name: str) -> int:
    if name not in SIZES:
        raise ValueError(f"size must be one of {', '.join(SIZES)}, got {name!r}")
    return list(SIZES).index(name)


def _mean(values: Numbers) -> float:
    defined = values[~np.isnan(values)]
    return float(defined.mean()) if defined.size else float("nan")
