"""Which pixels and segments a metric counts: what the page colours, lists and draws beside a formula."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.metrics import METRICS, Score
from workbench.metrics.bands import band_width, inner_band
from workbench.metrics.comparison import OTHER
from workbench.metrics.outlines import outline, void_of
from workbench.segmentation import Ids, look_up

NONE, HIT, MISSED, EXTRA = 0, 1, 2, 3  # as in the page's verdict.js
FAILED = 0.25  # IoU from which an unmatched pair is worth showing: it nearly was one
MOST_PAIRS = 400
Codes = NDArray[np.uint8]


def codes(score: Score, name: str, category: int = 0) -> Codes:
    """Give the (H, W) verdict of each pixel that a metric counts: 1 hit, 2 missed, 3 extra, 0 not counted.

    Pixels under the object and semantic lens, whole segments under the instance and panoptic lens, the part
    of each true region that its best guess covers under the regions lens, bands or outlines where a metric
    is about edges.

    category : the one to look at, 0 for all.

    Raises
    ------
    KeyError : no metric of that name.
    """
    found, metric = score.facts.found, METRICS[name]
    if score.scored_as == "regions":
        return _covered(score)
    if metric.cost == "boundary" and score.scored_as in ("object", "semantic"):
        return _edges(found.truth_map, found.guess_map, _wanted(score, category), "band" in metric.formula)
    if score.scored_as in ("object", "semantic"):
        return _pixels(found.truth_map, found.guess_map, _wanted(score, category))
    return _whole_segments(score, category)


def pairs(score: Score) -> list[dict[str, Any]]:
    """List which guess took which truth at what IoU, what nearly did, what was missed and what is extra.

    Failures first, then by IoU; at most 400. Each has a pixel of its segment, where a page can point.
    """
    if score.scored_as not in ("instance", "panoptic"):
        return []
    found = score.facts.found
    truth, guess = _places(found.truth_ids), _places(found.guess_ids)
    names = {c.id: c.name for c in found.taxonomy}
    rows = []
    for t, g, iou in _matched(score):
        rows.append(_pair("matched", names[found.truth_names[t]], truth.get(t), guess.get(g), iou))
    for t in _unmatched(score, 0):
        near = _best(score, t, of_truth=True)
        rows.append(_pair("missed", names[found.truth_names[t]], truth.get(t), guess.get(near[0]), near[1]))
    for g in _unmatched(score, 1):
        near, name = _best(score, g, of_truth=False), names.get(found.guess_names[g], "other")
        rows.append(_pair("extra", name, truth.get(near[0]), guess.get(g), near[1]))
    return sorted(rows, key=lambda row: (row["state"] == "matched", row["iou"]))[:MOST_PAIRS]


def called(ids: Ids, categories: Ids) -> list[list[int]]:
    """Give ``[id, category]`` for each segment, read off two maps of one size.

    >>> called(np.array([[4, 4, 7]]), np.array([[1, 1, 2]]))
    [[4, 1], [7, 2]]
    """
    starts, _ = _runs(ids)
    numbers, first = np.unique(ids.ravel()[starts], return_index=True)
    of = categories.ravel()[starts[first]]
    return [[int(n), int(c)] for n, c in zip(numbers, of, strict=True) if n > 0]


def _wanted(score: Score, category: int) -> list[int]:
    """Give the categories to look at: one, or all but the background."""
    judged = {c.id: c.name for c in score.facts.judged}
    if score.scored_as == "object":
        return [score.facts.judged[-1].id]
    return [category] if category in judged else [n for n, word in judged.items() if word != "background"]


def _pixels(truth: Ids, guess: Ids, wanted: list[int]) -> Codes:
    is_, says = (look_up(np.maximum(ids, 0), {n: n for n in wanted}) for ids in (truth, guess))
    return _verdict(np.where(is_ == says, is_ > 0, False), is_ > 0, says > 0, truth == 0)


def _edges(truth: Ids, guess: Ids, wanted: list[int], bands: bool) -> Codes:
    """Give hit where both edges are in the same category."""
    if bands:
        width = band_width(truth.shape)
        is_ = inner_band(truth, width, void_of(truth)) & np.isin(truth, wanted)
        says = inner_band(guess, width, void_of(truth)) & np.isin(guess, wanted)
    else:
        is_, says = (
            np.logical_or.reduce([outline((ids == n) & (truth > 0)) for n in wanted])
            for ids in (truth, guess)
        )
    return _verdict(is_ & says & (truth == guess), is_, says, truth == 0)


def _verdict(hit: NDArray, truth: NDArray, guess: NDArray, void: NDArray) -> Codes:
    made = np.where(hit, HIT, np.where(truth, MISSED, np.where(guess & ~void, EXTRA, NONE)))
    return made.astype(np.uint8)


def _covered(score: Score) -> Codes:
    """Give hit where a true region's best guess covers it, missed elsewhere in it."""
    found, table = score.facts.found, score.facts.segments
    assert found.truth_ids is not None and found.guess_ids is not None  # noqa: PT018  # ours: one image
    ious = np.nan_to_num(table.iou(), nan=-1.0)
    order = np.lexsort((-ious, table.rows))
    first = order[np.unique(table.rows[order], return_index=True)[1]]
    best = zip(table.truth_ids[table.rows[first]].tolist(), table.guess_ids[table.columns[first]].tolist(),
               strict=True)  # fmt: skip
    wanted = look_up(found.truth_ids, {t: g for t, g in best if t and g})
    return np.where(found.truth_ids == 0, NONE, np.where(wanted == found.guess_ids, HIT, MISSED)).astype(
        np.uint8
    )


def _whole_segments(score: Score, category: int) -> Codes:
    """Give hit over both segments of a matched pair, extra over a guess alone, missed over a truth alone."""
    found = score.facts.found
    assert found.truth_ids is not None and found.guess_ids is not None  # noqa: PT018  # ours: one image
    sides = (found.truth_names, found.guess_names)
    wanted = [{n for n, c in names.items() if category in (0, c)} for names in sides]
    matched = [pair for pair in _matched(score) if pair[0] in wanted[0]]
    truth = {t: HIT for t, _, _ in matched} | {t: MISSED for t in _unmatched(score, 0) if t in wanted[0]}
    guess = {g: HIT for _, g, _ in matched} | {g: EXTRA for g in _unmatched(score, 1) if g in wanted[1]}
    is_, says = look_up(found.truth_ids, truth), look_up(_as_judged(score), guess)
    # What is wrong lies on top, where a matched segment would hide it; matched background is nothing to see.
    hit = ((is_ == HIT) | (says == HIT)) & ~_background(score)
    made = np.where(says == EXTRA, EXTRA, np.where(is_ == MISSED, MISSED, np.where(hit, HIT, NONE)))
    return np.where((found.truth_ids == 0) & (says != HIT), NONE, made).astype(np.uint8)


def _background(score: Score) -> NDArray[np.bool_]:
    """Give the pixels that truth and guess both call background."""
    found = score.facts.found
    ground = [c.id for c in found.taxonomy if c.name == "background"]
    return np.isin(found.truth_map, ground) & np.isin(found.guess_map, ground)


def _as_judged(score: Score) -> Ids:
    """Give the guess's ids as the table of segments has them: all regions of one stuff are one segment."""
    found = score.facts.found
    assert found.guess_ids is not None  # ours: one image
    known = set(score.facts.segments.guess_ids.tolist())
    first = {found.guess_as[n]: n for n in sorted(known - {0}, reverse=True) if n in found.guess_as}
    joined = {n: n if n in known else first.get(c, 0) for n, c in found.guess_as.items()}
    return found.guess_ids if all(n == m for n, m in joined.items()) else look_up(found.guess_ids, joined)


def _matched(score: Score) -> list[tuple[int, int, float]]:
    """Give (truth, guess, IoU) of every matched pair; above 0.5 no segment can be in two."""
    found, table, least = score.facts.found, score.facts.segments, 0.5
    ious = table.iou()
    enough = ious >= least if score.scored_as == "instance" else ious > least
    made, taken = [], set()
    for n in sorted(np.flatnonzero(enough).tolist(), key=lambda n: -ious[n]):
        t, g = int(table.truth_ids[table.rows[n]]), int(table.guess_ids[table.columns[n]])
        same = found.truth_names.get(t, 0) == found.guess_names.get(g, -1)
        if same and ("t", t) not in taken and ("g", g) not in taken:
            taken |= {("t", t), ("g", g)}
            made.append((t, g, float(ious[n])))
    return made


def _unmatched(score: Score, side: int) -> list[int]:
    """List the truths (0) or guesses (1) without a partner; a guess mostly in void is not accused."""
    found, table = score.facts.found, score.facts.segments
    paired = {pair[side] for pair in _matched(score)}
    if side == 0:
        return [t for t in found.truth_names if t not in paired]
    in_void = table.guess_ids[table.void > 0.5 * table.guess_sizes].tolist()
    forgiven = paired.union(in_void)
    return [g for g, c in found.guess_names.items() if g not in forgiven and c != OTHER]


def _best(score: Score, number: int, of_truth: bool) -> tuple[int, float]:
    """Give the segment of one category that comes nearest, and its IoU; (0, 0) where none does."""
    found, table = score.facts.found, score.facts.segments
    ids, mine = (table.truth_ids, table.rows) if of_truth else (table.guess_ids, table.columns)
    others, theirs = (table.guess_ids, table.columns) if of_truth else (table.truth_ids, table.rows)
    names = (found.truth_names, found.guess_names) if of_truth else (found.guess_names, found.truth_names)
    ious, best = table.iou(), (0, 0.0)
    for n in np.flatnonzero(ids[mine] == number).tolist():
        other = int(others[theirs[n]])
        if ious[n] > best[1] and names[1].get(other) == names[0][number]:
            best = other, float(ious[n])
    return best if best[1] >= FAILED else (0, best[1])


def _places(ids: Ids | None) -> dict[int, list[int]]:
    """Give [row, column] of the middle of each segment's longest run along a row."""
    assert ids is not None  # ours: one image
    starts, lengths = _runs(ids)
    numbers = ids.ravel()[starts]
    order = np.lexsort((-lengths, numbers))
    first = order[np.unique(numbers[order], return_index=True)[1]]
    rows, columns = np.divmod(starts[first] + lengths[first] // 2, ids.shape[1])
    where = zip(numbers[first].tolist(), rows.tolist(), columns.tolist(), strict=True)
    return {n: [r, c] for n, r, c in where if n > 0}


def _runs(ids: Ids) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give where each run of one id begins in the flat map, and how long it is; rows are not joined."""
    changes = ids[:, 1:] != ids[:, :-1]
    ends = np.flatnonzero(np.pad(changes, ((0, 0), (0, 1)), constant_values=True))
    starts = np.concatenate(([0], ends[:-1] + 1))
    return starts, ends + 1 - starts


def _pair(state: str, name: str, truth: Any, guess: Any, iou: float) -> dict[str, Any]:
    return {"state": state, "category": name, "truth": truth, "guess": guess, "iou": iou}
