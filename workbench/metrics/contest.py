"""What average precision is counted from: truths, guesses, and the few pairs of them that might match."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from workbench.metrics.overlap import Counts, Overlap

Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]

THRESHOLDS: Numbers = np.linspace(0.5, 0.95, 10)
RECALLS: Numbers = np.linspace(0, 1, 101)
LEAST = float(THRESHOLDS[0])
# COCO's sizes in pixels, both ends included; the last end stands for "no end".
SIZES: Mapping[str, tuple[float, float]] = {
    "all": (0.0, 1e10),
    "small": (0.0, 32.0**2),
    "medium": (32.0**2, 96.0**2),
    "large": (96.0**2, 1e10),
}


@dataclass(frozen=True, eq=False)
class Contest:
    """Hold T truths and G guesses of many images, side by side, and the P pairs that reach IoU 0.5.

    Parameters
    ----------
    truth_as, guess_as : (T,) and (G,) int64, the category of each.
    truth_areas, guess_areas : (T,) and (G,) float64 pixels.
    crowd : (T,) bool, truths that hold many things drawn as one.
    scores : (G,) float64, higher is surer; nan where the guess does not say.
    images : (G,) int64, the image each guess is in.
    rows, columns : (P,) int64, pairs of one image and category; ious : (P,) float64, from 0.5.
    forgiven : (G,) bool, guesses that are not wrong where they match nothing.
    """

    truth_as: Counts
    guess_as: Counts
    truth_areas: Numbers
    guess_areas: Numbers
    crowd: Flags
    scores: Numbers
    images: Counts
    rows: Counts
    columns: Counts
    ious: Numbers
    forgiven: Flags

    @cached_property
    def trust(self) -> Numbers:
        """Give the (G,) scores, with guesses that have none after all others."""
        return np.where(np.isnan(self.scores), -np.inf, self.scores)

    @cached_property
    def order(self) -> Counts:
        """Give the guesses image by image, category by category, the surest first; ties stay as they came."""
        return np.lexsort((-self.trust, self.guess_as, self.images))

    @cached_property
    def ranks(self) -> Counts:
        """Give each guess's place, from 0, among those of its image and category."""
        cells = np.stack([self.images, self.guess_as])[:, self.order]
        first = np.append(True, (cells[:, 1:] != cells[:, :-1]).any(axis=0))[: len(self.order)]
        ranks = np.empty(len(self.order), np.int64)
        ranks[self.order] = places(first)
        return ranks

    @classmethod
    def joined(cls, contests: Iterable[Contest]) -> Contest:
        """Put the contests of several images side by side, in order.

        >>> one = Contest.of(Overlap.of([[1, 1]], [[1, 1]]), {1: 1}, {1: 1}, {})
        >>> two = Contest.joined([one, one])
        >>> two.images.tolist(), two.rows.tolist()
        ([0, 1], [0, 1])
        """
        parts: dict[str, list[NDArray]] = {name: [] for name in cls.__dataclass_fields__}
        truths = guesses = images = 0
        for one in contests:
            shifts = {"rows": truths, "columns": guesses, "images": images}
            for name, found in parts.items():
                found.append(getattr(one, name) + shifts[name] if name in shifts else getattr(one, name))
            truths, guesses = truths + len(one.truth_as), guesses + len(one.guess_as)
            images += int(one.images.max(initial=0)) + 1
        if not images:
            return nothing()
        return cls(**{name: np.concatenate(found) for name, found in parts.items()})

    @classmethod
    def of(
        cls,
        table: Overlap,
        truth_names: Mapping[int, int],
        guess_names: Mapping[int, int],
        scores: Mapping[int, float],
        crowd: Collection[int] = (),
        *,
        ious: Numbers | None = None,
        void: bool = False,
    ) -> Contest:
        """Read one image's joint table of segments.

        Parameters
        ----------
        truth_names, guess_names : segment id -> category id, of those that take part.
        ious : (N,) for the pairs of the table, where a pair is to have the lesser of this and its IoU.
        void : take void out of unions, and forgive guesses that lie mostly in it, as this workbench does;
            COCO does not know void.
        """
        truth_as, guess_as = _named(table.truth_ids, truth_names), _named(table.guess_ids, guess_names)
        many = np.isin(table.truth_ids, list(crowd))
        overlap = table.iou() if void else _plain(table)
        edged = overlap if ious is None else np.fmin(overlap, ious)
        # The share of the guess, not of the union: a guess is one of the many, never all of them.
        inside = table.pixels / np.maximum(table.guess_sizes[table.columns], 1)
        overlap = np.where(many[table.rows], inside, edged)
        same = (truth_as[table.rows] == guess_as[table.columns]) & (truth_as[table.rows] > 0)
        near = np.flatnonzero(same & (overlap >= LEAST))
        ours, theirs = truth_as > 0, guess_as > 0
        return cls(
            truth_as=truth_as[ours],
            guess_as=guess_as[theirs],
            truth_areas=table.truth_sizes[ours].astype(float),
            guess_areas=table.guess_sizes[theirs].astype(float),
            crowd=many[ours],
            scores=np.array([scores.get(n, np.nan) for n in table.guess_ids[theirs].tolist()], float),
            images=np.zeros(int(theirs.sum()), np.int64),
            rows=(np.cumsum(ours) - 1)[table.rows[near]],
            columns=(np.cumsum(theirs) - 1)[table.columns[near]],
            ious=overlap[near],
            forgiven=(table.void > 0.5 * table.guess_sizes)[theirs] & void,
        )


def nothing() -> Contest:
    """Give the contest of no image."""
    whole, part, flags = np.zeros(0, np.int64), np.zeros(0), np.zeros(0, bool)
    return Contest(whole, whole, part, part, flags, part, whole, whole, whole, part, flags)


def places(first: Flags) -> Counts:
    """Count from 0 anew wherever a run begins.

    >>> places(np.array([True, False, False, True, False])).tolist()
    [0, 1, 2, 0, 1]
    """
    at = np.arange(len(first))
    return at - np.maximum.accumulate(np.where(first, at, 0))


def _named(ids: Counts, names: Mapping[int, int]) -> Counts:
    """Give the category of each id, 0 where it takes no part."""
    return np.array([names.get(n, 0) for n in ids.tolist()], np.int64)


def _plain(table: Overlap) -> Numbers:
    """Give the (N,) intersection over union of each pair, void being ground like any other."""
    union = table.truth_sizes[table.rows] + table.guess_sizes[table.columns] - table.pixels
    return table.pixels / np.maximum(union, 1)
