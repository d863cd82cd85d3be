"""What is wrong with each segment: found, drawn badly, called otherwise, split, merged, missed or made up.

In the spirit of TIDE (Bolya et al., "TIDE: A General Toolbox for Identifying Object Detection Errors", 2020),
adapted to the segments of one image: masks in place of boxes, and no gain in AP by kind, since one image has
too few segments for a curve. Segmenters *split* and *merge* more than detectors do; TIDE's *duplicate* is one
way to split. Its *both*, badly drawn and called otherwise, is here a missed truth and a spurious guess.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

from workbench.metrics.boxes import Box, around, boxes, mask_boxes
from workbench.metrics.comparison import OTHER
from workbench.metrics.facts import Facts
from workbench.metrics.overlap import Overlap

Kind = Literal["matched", "localisation", "confusion", "split", "merge", "missed", "spurious"]
KINDS: tuple[Kind, ...] = get_args(Kind)
MATCH, MEET, MOST = 0.5, 0.1, 0.5


@dataclass(frozen=True)
class SegmentError:
    """Say what became of a few segments that belong together; each segment is in one of these only.

    Parameters
    ----------
    truth, guess : ids whose fate this is; a piece of a truth that another guess matched stands alone.
    category : category id of the truth, or of the guess where there is no truth; 0 where names do not count.
    iou : the best IoU that one of them reaches, void taken out.
    area : pixels of the truth, or of the guess where there is none.
    box : what to look at: top, left, bottom and right, the last two not in it.
    """

    kind: Kind
    truth: tuple[int, ...]
    guess: tuple[int, ...]
    category: int
    iou: float
    area: int
    box: Box

    @property
    def cost(self) -> float:
        """Give the pixels at stake: those that the best IoU leaves; all where the name is wrong."""
        return self.area * (1.0 if self.kind == "confusion" else 1 - self.iou)


@dataclass(frozen=True)
class _Pair:
    truth: int
    guess: int
    pixels: int
    iou: float
    same: bool  # whether the two carry one category


def explain(facts: Facts) -> tuple[SegmentError, ...]:
    """Say of every judged segment what became of it, the worst first and what matched last.

    In this order, each segment once: *matched* as the lens counts it; *confusion*, IoU 0.5 or more with a
    truth of another category; *merge*, a guess that has most of several truths; *split*, a truth whose most
    lies in several guesses; *localisation*, a best IoU of 0.1 to 0.5 in its category; *missed*; *spurious*.
    A guess that lies mostly in void, or in a crowd of its category, is forgiven unless it matched.

    Raises
    ------
    ValueError : a lens without segments, or many images pooled.

    >>> from workbench import Segmentation, score
    >>> truth = Segmentation.from_partition([[1, 1, 2, 2]])
    >>> guess = Segmentation.from_partition([[1, 1, 3, 4]])
    >>> [(one.kind, one.truth, one.guess) for one in explain(score(truth, guess, lens="regions").facts)]
    [('split', (2,), (3, 4)), ('matched', (1,), (1,))]
    """
    sorting = _Sorting(facts)
    for step in (
        sorting.match,
        sorting.confuse,
        sorting.merge,
        sorting.split,
        sorting.localise,
        sorting.rest,
    ):
        step()
    return tuple(sorted(sorting.found, key=lambda one: (one.kind == "matched", -one.cost, one.box)))


def counts(errors: Iterable[SegmentError]) -> dict[Kind, int]:
    """Count the errors of each kind, all kinds in their order.

    >>> counts([])["missed"]
    0
    """
    kinds = [one.kind for one in errors]
    return {kind: kinds.count(kind) for kind in KINDS}


def by_size(facts: Facts) -> dict[int, tuple[int, float]]:
    """Give each judged truth's pixels and its best IoU with a guess of its category, by id.

    Raises
    ------
    ValueError : a lens without segments, or many images pooled.
    """
    sorting = _Sorting(facts)
    best = sorting.best_of_truth
    return {n: (sorting.sizes[n], best.get(n, 0.0)) for n in sorted(sorting.truth)}


class _Sorting:
    """Sort the segments of one comparison, each once, into what became of them."""

    def __init__(self, facts: Facts) -> None:
        found, table = facts.found, _table(facts)
        self.truth, self.guess = _judged(facts, table)
        truth_ids, guess_ids = table.truth_ids.tolist(), table.guess_ids.tolist()
        self.sizes = dict(zip(truth_ids, table.truth_sizes.tolist(), strict=True))
        self.areas = dict(zip(guess_ids, table.guess_sizes.tolist(), strict=True))
        self.judged = dict(zip(guess_ids, table.judged.tolist(), strict=True))
        self.pairs = list(_pairs(table, self.truth, self.guess))
        self.best_of_truth = _best((pair.truth, pair.iou) for pair in self.pairs if pair.same)
        self.best_of_guess = _best((pair.guess, pair.iou) for pair in self.pairs if pair.same)
        self.free_truth, self.free_guess = set(self.truth), set(self.guess)
        self.forgiven = _forgiven(facts, table)
        self.scores, self.strict = found.scores, found.scored_as != "instance"
        self.found: list[SegmentError] = []
        self._maps = found

    @cached_property
    def truth_boxes(self) -> dict[int, Box]:
        """Give the box around each true segment."""
        assert self._maps.truth_ids is not None  # ours: checked with the table
        return boxes(self._maps.truth_ids)

    @cached_property
    def guess_boxes(self) -> dict[int, Box]:
        """Give the box around each guessed segment, as it came where masks overlap."""
        assert self._maps.guess_ids is not None  # ours: checked with the table
        overlapping = self._maps.masks if not self.strict else None
        return mask_boxes(overlapping) if overlapping else boxes(self._maps.guess_ids)

    def match(self) -> None:
        """Match as the lens does: the surest guess first, each with the best truth that is free."""
        near: dict[int, list[_Pair]] = {}
        for pair in self.pairs:
            if pair.same and pair.iou >= MATCH and (pair.iou > MATCH or not self.strict):
                near.setdefault(pair.guess, []).append(pair)
        for guess in sorted(near, key=lambda n: (-self.scores.get(n, -1.0), n)):
            free = [pair for pair in near[guess] if pair.truth in self.free_truth]
            if free:
                self._take(max(free, key=lambda pair: (pair.iou, pair.truth)), "matched")
        self.free_guess -= self.forgiven

    def confuse(self) -> None:
        """Pair what would match but for its name."""
        self._pair_up("confusion", lambda pair: not pair.same and pair.iou >= MATCH)

    def merge(self) -> None:
        """Find guesses that have most of several truths; a truth that matched keeps its match."""
        inside: dict[int, list[int]] = {}
        for pair in self.pairs:
            if pair.same and pair.pixels > MOST * self.sizes[pair.truth]:
                inside.setdefault(pair.guess, []).append(pair.truth)
        for guess, truths in inside.items():
            left = [n for n in truths if n in self.free_truth]
            if len(truths) > 1 and left:
                self._add("merge", left, [guess] if guess in self.free_guess else [])

    def split(self) -> None:
        """Find truths whose most lies in several guesses that have little else."""
        inside: dict[int, list[_Pair]] = {}
        for pair in self.pairs:
            if pair.same and pair.pixels > MOST * self.judged[pair.guess]:
                inside.setdefault(pair.truth, []).append(pair)
        for truth, pairs in inside.items():
            left = [pair.guess for pair in pairs if pair.guess in self.free_guess]
            covered = sum(pair.pixels for pair in pairs)
            if len(pairs) > 1 and left and covered > MOST * self.sizes[truth]:
                self._add("split", [truth] if truth in self.free_truth else [], left)

    def localise(self) -> None:
        """Pair what meets without matching; what only meets a segment with a fate of its own stands alone."""
        self._pair_up("localisation", lambda pair: pair.same and pair.iou >= MEET)
        for n in sorted(self.free_truth):
            if self.best_of_truth.get(n, 0.0) >= MEET:
                self._add("localisation", [n], [])
        for n in sorted(self.free_guess):
            if self.best_of_guess.get(n, 0.0) >= MEET:
                self._add("localisation", [], [n])

    def rest(self) -> None:
        """Name what is left; a guess of a category that the truth does not have accuses nobody."""
        for n in sorted(self.free_truth):
            self._add("missed", [n], [])
        for n in sorted(self.free_guess):
            if self.guess[n] != OTHER:
                self._add("spurious", [], [n])

    def _pair_up(self, kind: Kind, wanted: Callable[[_Pair], bool]) -> None:
        for pair in sorted(filter(wanted, self.pairs), key=lambda one: -one.iou):
            if pair.truth in self.free_truth and pair.guess in self.free_guess:
                self._take(pair, kind)

    def _take(self, pair: _Pair, kind: Kind) -> None:
        self._add(kind, [pair.truth], [pair.guess], pair.iou)

    def _add(self, kind: Kind, truth: list[int], guess: list[int], iou: float | None = None) -> None:
        reached = [self.best_of_truth.get(n, 0.0) for n in truth]
        reached += [self.best_of_guess.get(n, 0.0) for n in guess if not truth]
        where = [self.truth_boxes[n] for n in truth] + [self.guess_boxes[n] for n in guess]
        self.free_truth -= set(truth)
        self.free_guess -= set(guess)
        self.found.append(
            SegmentError(
                kind=kind,
                truth=tuple(truth),
                guess=tuple(guess),
                category=self.truth[truth[0]] if truth else self.guess[guess[0]],
                iou=max(reached) if iou is None else iou,
                area=sum(self.sizes[n] for n in truth) or sum(self.areas[n] for n in guess),
                box=around(where),
            )
        )


def _table(facts: Facts) -> Overlap:
    if facts.found.segments is None:
        raise ValueError(f"the {facts.lens} lens has no segments to tell errors of; use segment_facts(...)")
    if facts.found.truth_ids is None or facts.found.guess_ids is None:
        raise ValueError("errors are told of one image, got many pooled; ask each of facts.images")
    return facts.found.segments


def _judged(facts: Facts, table: Overlap) -> tuple[dict[int, int], dict[int, int]]:
    """Give the category of each judged segment of truth and guess; 0 where names do not count."""
    found, unnamed = facts.found, facts.lens == "regions"
    truth = dict.fromkeys(table.truth_ids[1:].tolist(), 0) if unnamed else found.truth_names
    guess = dict.fromkeys(table.guess_ids[1:].tolist(), 0) if unnamed else found.guess_names
    there = set(table.truth_ids.tolist()) - facts.crowd
    return {n: c for n, c in truth.items() if n in there}, dict(guess)


def _pairs(table: Overlap, truth: dict[int, int], guess: dict[int, int]) -> Iterator[_Pair]:
    rows, columns = table.truth_ids[table.rows].tolist(), table.guess_ids[table.columns].tolist()
    for one, two, pixels, iou in zip(rows, columns, table.pixels.tolist(), table.iou().tolist(), strict=True):
        if one in truth and two in guess:
            yield _Pair(one, two, pixels, iou, truth[one] == guess[two])


def _forgiven(facts: Facts, table: Overlap) -> set[int]:
    """Give the guesses of which more than half lies in void, or in a crowd of their category."""
    truth, guess = facts.found.truth_names, facts.found.guess_names
    spared = table.void.copy()
    for row, column, pixels in zip(table.rows, table.columns, table.pixels, strict=True):
        one, two = int(table.truth_ids[row]), int(table.guess_ids[column])
        if one in facts.crowd and truth.get(one) == guess.get(two):
            spared[column] += pixels
    return set(table.guess_ids[spared > 0.5 * table.guess_sizes].tolist())


def _best(reached: Iterable[tuple[int, float]]) -> dict[int, float]:
    best: dict[int, float] = {}
    for number, iou in reached:
        best[number] = max(iou, best.get(number, 0.0))
    return best
