"""Score a guess against a truth: ask the lens, count, and fill the card."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from workbench.instances import Instances
from workbench.metrics import instance, panoptic, partition, semantic
from workbench.metrics.card import NAN, PIXELS, CategoryScore, Score
from workbench.metrics.instance import Detections
from workbench.metrics.lens import OTHER, REST, TARGET, Comparison, Lens, LensName, prepare
from workbench.metrics.overlap import Overlap
from workbench.metrics.panoptic import Tally
from workbench.segmentation import Segmentation


def score(
    truth: Segmentation | Lens,
    guess: Segmentation | Instances,
    *,
    lens: LensName = "object",
    target: Sequence[str] | str | None = None,
    split: bool = False,
    crowd: Collection[int] = (),
) -> Score:
    """Score a guess against a truth under a lens.

    Parameters
    ----------
    truth : a segmentation with 0 as void, or a `Lens` from `prepare`, which has the lens and target in it.
    target : names of the categories that a two-way method is asked to find; by default all things.
    split : under the instance lens, cut connected pieces at their waists.
    crowd : truth ids that hold many things drawn as one (panoptic lens).

    Raises
    ------
    ValueError : sizes that differ, an unknown lens or target, a truth without names where they are asked.

    >>> import numpy as np
    >>> truth = Segmentation.from_mask(np.array([[True, True, False, False]]))
    >>> guess = Segmentation.from_mask(np.array([[True, False, False, False]]))
    >>> score(truth, guess).iou, score(truth, guess, lens="semantic").pixel_accuracy
    (0.5, 0.75)
    """
    asked = truth if isinstance(truth, Lens) else prepare(truth, lens, target)
    return grade(asked.compare(guess, split=split), crowd)


def grade(found: Comparison, crowd: Collection[int] = ()) -> Score:
    """Turn a comparison into numbers."""
    head: dict[str, Any] = {
        "lens": found.lens,
        "scored_as": found.scored_as,
        "named_by_truth": found.named_by_truth,
        "remarks": found.remarks,
    }
    if found.scored_as == "regions":
        return Score(**head, **_regions(found))
    by_category = _pixels(found)
    numbers: dict[str, Any] = {}
    if found.scored_as == "object":
        numbers = _object(found)
    elif found.scored_as == "semantic":
        numbers = _semantic(found)
    elif found.scored_as == "instance":
        numbers = _things(found, by_category)
    else:
        numbers = _segments(found, by_category, crowd)
    per_category = {name: CategoryScore(**values) for name, values in by_category.items()}
    return Score(**head, **numbers, per_category=per_category, confusion=_confusion(found))


def _table(found: Comparison) -> Overlap:
    assert found.categories is not None  # ours: only the regions lens has none, and it does not come here
    return found.categories


def _pixels(found: Comparison) -> dict[str, dict[str, float]]:
    """Score the pixels of each category; under the instance lens, of things only."""
    judged = found.taxonomy.things if found.scored_as == "instance" else list(found.taxonomy)
    counts = semantic.count_pixels(_table(found), [c.id for c in judged])
    columns = {name: getattr(counts, name).tolist() for name in PIXELS}
    return {c.name: {name: columns[name][k] for name in PIXELS} for k, c in enumerate(judged)}


def _object(found: Comparison) -> dict[str, Any]:
    counts = semantic.count_pixels(_table(found), [TARGET, REST])
    tp, truth, guess = (int(n[0]) for n in (counts.hit, counts.truth, counts.guess))
    scores = {name: float(getattr(counts, name)[0]) for name in PIXELS}
    fp = guess - tp
    return {**scores, "tp": tp, "fp": fp, "fn": truth - tp, "tn": int(counts.truth[1]) - fp}


def _semantic(found: Comparison) -> dict[str, float]:
    counts = semantic.count_pixels(_table(found), [c.id for c in found.taxonomy])
    return {
        "pixel_accuracy": counts.pixel_accuracy,
        "mean_accuracy": semantic.mean(counts.recall),
        "miou": semantic.mean(counts.iou),
        "mdice": semantic.mean(counts.dice),
        "fwiou": counts.fwiou,
    }


def _things(found: Comparison, by_category: dict[str, dict[str, float]]) -> dict[str, float]:
    """Score the things, and add each category's numbers to its row."""
    assert found.segments is not None  # ours: the instance lens always counts segments
    detected = instance.detect(found.segments, found.truth_names, found.guess_names, found.scores)
    for category, counts in detected.items():
        by_category[found.taxonomy[category].name] |= _row(counts, ("f1", "ap", "ap50", "tp", "fp", "fn"))
    every = list(detected.values())
    return {
        "f1": instance.f1(*(sum(getattr(d, name) for d in every) for name in ("tp", "fp", "fn"))),
        "ap": _mean(d.ap for d in every),
        "ap50": _mean(d.ap50 for d in every),
        "matched_iou": _mean(iou for d in every for iou in d.ious),
    }


def _segments(
    found: Comparison, by_category: dict[str, dict[str, float]], crowd: Collection[int]
) -> dict[str, float]:
    """Score the segments, and add each category's numbers to its row."""
    assert found.segments is not None  # ours: the panoptic lens always counts segments
    known = {n: c for n, c in found.guess_names.items() if c != OTHER}
    tallies = panoptic.tally_segments(found.segments, found.truth_names, known, crowd)
    for category, tally in tallies.items():
        by_category[found.taxonomy[category].name] |= _row(tally, ("pq", "sq", "rq", "tp", "fp", "fn"))
    kinds = {c: found.taxonomy[c].kind for c in tallies}
    return {
        "pq": _mean(t.pq for t in tallies.values()),
        "sq": _mean(t.sq for t in tallies.values()),
        "rq": _mean(t.rq for t in tallies.values()),
        "pq_things": _mean(t.pq for c, t in tallies.items() if kinds[c] == "thing"),
        "pq_stuff": _mean(t.pq for c, t in tallies.items() if kinds[c] == "stuff"),
    }


def _regions(found: Comparison) -> dict[str, Any]:
    assert found.segments is not None  # ours: the regions lens always counts segments
    split, merge = partition.variation_of_information(found.segments)
    return {
        "ari": partition.adjusted_rand(found.segments),
        "vi_split": split,
        "vi_merge": merge,
        "covering": partition.covering(found.segments),
    }


def _confusion(found: Comparison) -> tuple[dict[str, Any], ...]:
    """Give the judged pixels of each truth name under each guess name, or "unlabelled", or "other"."""
    table = _table(found)
    names = {c.id: c.name for c in found.taxonomy} | {OTHER: "other"}
    truth = [names.get(int(n), "void") for n in table.truth_ids]
    guess = [names.get(int(n), "unlabelled") for n in table.guess_ids]
    cells = zip(table.rows.tolist(), table.columns.tolist(), table.pixels.tolist(), strict=True)
    return tuple({"truth": truth[r], "guess": guess[c], "pixels": n} for r, c, n in cells if r > 0)


def _row(source: Tally | Detections, names: Sequence[str]) -> dict[str, float]:
    return {name: getattr(source, name) for name in names}


def _mean(values: Iterable[float]) -> float:
    defined = [value for value in values if not math.isnan(value)]
    return math.fsum(defined) / len(defined) if defined else NAN
