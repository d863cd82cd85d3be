import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from workbench.instances import Instances
from workbench.metrics.many import pool
from workbench.metrics.overlap import Overlap
from workbench.metrics.panoptic import Tally, tally_segments
from workbench.metrics.score import score
from workbench.segmentation import Segmentation
from workbench.taxonomy import Category, Taxonomy

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "panoptic.json").read_text())["cases"]
TAX = Taxonomy([Category(n, f"c{n}", "thing" if n <= 3 else "stuff") for n in range(1, 6)])
IDS = hnp.arrays(np.int32, (10, 10), elements=st.integers(0, 4))


def whole_numbers(names: dict[str, int]) -> dict[int, int]:
    return {int(n): c for n, c in names.items()}


@pytest.mark.parametrize("case", REFERENCE, ids=range(len(REFERENCE)))
def test_equals_panopticapi_with_void_and_crowd(case: dict) -> None:
    truth = Segmentation.from_panoptic(case["truth"], whole_numbers(case["truth_names"]), TAX)
    guess = Segmentation.from_panoptic(case["guess"], whole_numbers(case["guess_names"]), TAX)
    found = score(truth, guess, lens="panoptic", crowd=case["crowd"])
    for n, counts in case["reference"]["counts"].items():
        ours = found.per_category[f"c{n}"]
        if not any(counts.values()):
            assert np.isnan(ours.pq)
            continue
        assert (ours.tp, ours.fp, ours.fn) == (counts["tp"], counts["fp"], counts["fn"])
        assert ours.sq * ours.tp == pytest.approx(counts["iou"], abs=1e-12)
    means = case["reference"]["means"]
    assert found.pq == pytest.approx(means["all"]["pq"], abs=1e-12)
    assert found.sq == pytest.approx(means["all"]["sq"], abs=1e-12)
    assert found.rq == pytest.approx(means["all"]["rq"], abs=1e-12)
    for ours, kind in [(found.pq_things, "things"), (found.pq_stuff, "stuff")]:
        expected = np.nan if means[kind] is None else means[kind]["pq"]
        assert ours == pytest.approx(expected, abs=1e-12, nan_ok=True)


def test_the_reference_cases_exercise_crowd_void_and_every_count() -> None:
    assert len(REFERENCE) >= 10
    assert sum(bool(case["crowd"]) for case in REFERENCE) >= 3
    counts = [c for case in REFERENCE for c in case["reference"]["counts"].values()]
    assert all(sum(c[name] for c in counts) > 5 for name in ("tp", "fp", "fn"))


def test_equals_the_docstring_example_of_torchmetrics() -> None:
    """Agree with torchmetrics.functional.detection.panoptic_quality, version 1.9, as its docstring has it.

    There: things {0, 1}, stuff {6, 7}, pairs of (category, instance); here 1 + 10 x category + instance.
    """
    tax = Taxonomy([Category(1 + c, str(c), "thing" if c < 2 else "stuff") for c in (0, 1, 6, 7)])
    guess = [[61, 1, 61, 61], [1, 1, 61, 2], [1, 1, 61, 2], [1, 71, 61, 11], [1, 71, 71, 71]]
    truth = [[61, 2, 61, 2], [2, 2, 61, 2], [2, 2, 61, 11], [2, 71, 11, 11], [2, 71, 71, 71]]
    names = {61: 7, 71: 8, 1: 1, 2: 1, 11: 2}
    sides = [
        Segmentation.from_panoptic(rows, {n: names[n] for n in np.unique(rows).tolist()}, tax)
        for rows in (truth, guess)
    ]
    found = score(*sides, lens="panoptic")
    assert [round(value, 4) for value in (found.pq, found.sq, found.rq)] == [0.5463, 0.6111, 0.6667]
    assert [round(found.per_category[c].pq, 4) for c in "0167"] == [0.5185, 0.0, 0.6667, 1.0]


def test_one_half_is_no_match() -> None:
    names = {1: 1}
    table = Overlap.of([[1, 1, 0, 0]], [[1, 0, 0, 0]])
    assert tally_segments(table, names, names) == {1: Tally(tp=0, fp=1, fn=1)}


def test_extra_segments_mostly_in_void_are_forgiven() -> None:
    names = {1: 1, 2: 1}
    truth = [[1, 1, 1, 1, 0, 0, 3, 3]]
    assert tally_segments(Overlap.of(truth, [[1, 1, 1, 1, 2, 2, 2, 0]]), {1: 1, 3: 2}, names)[1] == Tally(
        1, 0, 0, 1.0
    )
    # Exactly half is not "more than half".
    assert tally_segments(Overlap.of(truth, [[1, 1, 1, 1, 2, 2, 2, 2]]), {1: 1, 3: 2}, names)[1] == Tally(
        1, 1, 0, 1.0
    )


def test_a_crowd_is_never_missed_and_forgives_its_own_category_only() -> None:
    truth = [[1, 1, 1, 1, 2, 2]]
    names = {1: 1, 2: 2}
    assert tally_segments(Overlap.of(truth, [[7, 7, 7, 0, 0, 0]]), names, {7: 1}, crowd={1}) == {
        1: Tally(),
        2: Tally(fn=1),
    }
    assert tally_segments(Overlap.of(truth, [[7, 7, 7, 0, 0, 0]]), names, {7: 2}, crowd={1})[2] == Tally(
        fp=1, fn=1
    )


def test_every_crowd_of_a_category_counts_not_only_the_last() -> None:
    """Differ from panopticapi on purpose: it remembers one crowd a category (its issue 19)."""
    truth = [[1, 1, 1, 2, 2, 3]]
    table = Overlap.of(truth, [[7, 7, 0, 0, 0, 0]])
    assert tally_segments(table, {1: 1, 2: 1, 3: 2}, {7: 1}, crowd={1, 2})[1] == Tally()


def test_a_guess_left_unlabelled_is_not_forgiven() -> None:
    """Differ from torchmetrics, as panopticapi does: 40 % of an object and void elsewhere is a miss."""
    truth = np.ones((1, 10), int)
    guess = np.array([[1] * 4 + [0] * 6])
    assert tally_segments(Overlap.of(truth, guess), {1: 1}, {1: 1}) == {1: Tally(tp=0, fp=1, fn=1)}


def test_segments_of_other_categories_accuse_no_category_of_the_truth() -> None:
    tax = Taxonomy([*TAX, Category(9, "zebra")])
    truth = Segmentation.from_panoptic([[1, 1, 2]], {1: 1, 2: 4}, TAX)
    guess = Segmentation.from_panoptic([[1, 1, 2]], {1: 9, 2: 4}, tax)
    found = score(truth, guess, lens="panoptic")
    assert (found.per_category["c1"].fn, found.per_category["c1"].fp) == (1, 0)
    assert found.pq == 0.5


def test_nothing_at_all_is_undefined() -> None:
    assert np.isnan([Tally().pq, Tally().sq, Tally().rq]).all()
    assert tally_segments(Overlap.of([[0]], [[0]]), {}, {}) == {}


@given(IDS, IDS)
def test_pq_is_sq_times_rq_and_tallies_add_up(truth: np.ndarray, guess: np.ndarray) -> None:
    names = {1: 1, 2: 1, 3: 2, 4: 2}
    sides = [{n: c for n, c in names.items() if n in ids} for ids in (truth, guess)]
    for tally in tally_segments(Overlap.of(truth, guess), *sides).values():
        if tally == Tally():  # all of it lies in void
            assert np.isnan(tally.pq)
            continue
        assert 0 <= tally.pq <= 1
        assert tally.pq == pytest.approx(tally.sq * tally.rq, abs=1e-12)
        assert (tally + tally).pq == pytest.approx(tally.pq, abs=1e-12)


@given(IDS, st.permutations([1, 2, 3, 4]))
def test_renumbering_segments_changes_nothing(ids: np.ndarray, new: list[int]) -> None:
    names, there = {1: 1, 2: 1, 3: 2, 4: 2}, set(np.unique(ids).tolist()) - {0}
    guess = np.roll(ids, 1, axis=0)
    renamed = np.array([0, *new])[guess]
    before = tally_segments(
        Overlap.of(ids, guess), {n: names[n] for n in there}, {n: names[n] for n in there}
    )
    after = tally_segments(
        Overlap.of(ids, renamed), {n: names[n] for n in there}, {new[n - 1]: names[n] for n in there}
    )
    assert before.keys() == after.keys()
    for category, tally in before.items():
        assert tally.pq == pytest.approx(after[category].pq, abs=1e-12, nan_ok=True)


def drawn_pair(seed: int) -> tuple[Segmentation, Segmentation]:
    """Draw a truth without void and a guess, stuff as one segment a category."""
    rng = np.random.default_rng(seed)
    sides = []
    for _ in range(2):
        ids = np.full((14, 19), 400)
        for n in range(1, 7):
            r, c, category = rng.integers(0, 10), rng.integers(0, 14), int(rng.integers(1, 6))
            number = 100 * category + n if category <= 3 else 100 * category
            ids[r : r + rng.integers(2, 9), c : c + rng.integers(2, 9)] = number
        names = {int(n): int(n) // 100 for n in np.unique(ids)}
        sides.append(Segmentation.from_panoptic(ids, names, TAX))
    return sides[0], sides[1]


@pytest.mark.parametrize("seed", range(25))
def test_pq_dagger_equals_torchmetrics(seed: int) -> None:
    import torch
    from torchmetrics.functional.detection import modified_panoptic_quality

    truth, guess = drawn_pair(seed)

    def pairs(one: Segmentation) -> torch.Tensor:
        ids = torch.tensor(one.ids.astype(np.int64))
        return torch.stack([ids // 100, ids % 100], -1)[None]

    theirs = modified_panoptic_quality(pairs(guess), pairs(truth), things={1, 2, 3}, stuffs={4, 5})
    # theirs counts a stuff category that only the guess has as nothing; so does ours
    assert score(truth, guess, lens="panoptic").pq_dagger == pytest.approx(float(theirs), abs=1e-6)


@pytest.mark.parametrize("seed", range(25))
def test_parsing_covering_by_its_definition(seed: int) -> None:
    truth, guess = drawn_pair(seed)
    by_category: dict[int, list[tuple[int, float]]] = {}
    for n, segment in truth.segments.items():
        assert segment.category
        one, best = truth.ids == n, 0.0
        for m, other in guess.segments.items():
            two = guess.ids == m
            if other.category and other.category.id == segment.category.id:
                best = max(best, (one & two).sum() / (one | two).sum())
        by_category.setdefault(segment.category.id, []).append((int(one.sum()), best))
    covering = [sum(a * b for a, b in found) / sum(a for a, _ in found) for found in by_category.values()]
    ours = score(truth, guess, lens="panoptic").parsing_covering
    assert ours == pytest.approx(np.mean(covering), abs=1e-12)


BOUNDARY = json.loads((Path(__file__).parents[1] / "reference" / "boundary_panoptic.json").read_text())


def rectangles(listed: list[list[int]]) -> Segmentation:
    """Paint rectangles (id, category, row, column, height, width) over each other."""
    ids = np.zeros(BOUNDARY["size"], int)
    for n, _, r, c, h, w in listed:
        ids[r : r + h, c : c + w] = n
    return Segmentation.from_panoptic(ids, {n: c for n, c, *_ in listed if (ids == n).any()}, TAX)


@pytest.mark.parametrize("case", BOUNDARY["cases"], ids=range(len(BOUNDARY["cases"])))
def test_boundary_pq_equals_boundary_iou_api(case: dict) -> None:
    found = score(rectangles(case["truth"]), rectangles(case["guess"]), lens="panoptic")
    assert found.boundary_pq == pytest.approx(case["reference"]["pq"], abs=1e-12)
    for n, counts in case["reference"]["counts"].items():
        tally = found.facts.boundary_tallies.get(int(n), Tally())
        assert (tally.tp, tally.fp, tally.fn) == (counts["tp"], counts["fp"], counts["fn"])
        assert tally.iou == pytest.approx(counts["iou"], abs=1e-12)
    assert found.boundary_pq <= found.pq + 1e-12


def test_boundary_pq_of_pictures_pooled_sums_their_counts() -> None:
    cards = [
        score(rectangles(case["truth"]), rectangles(case["guess"]), lens="panoptic")
        for case in BOUNDARY["cases"][:4]
    ]
    pooled = pool(cards, "dataset")
    for category in TAX:
        whole = sum((c.facts.boundary_tallies.get(category.id, Tally()) for c in cards), Tally())
        assert pooled.per_category[category.name].boundary_pq == pytest.approx(whole.pq, nan_ok=True)


def test_boundary_pq_of_masks_that_overlap_is_that_of_their_paste() -> None:
    masks = np.zeros((2, 30, 30), bool)
    masks[0, 4:20, 4:20] = masks[1, 12:26, 12:26] = True
    guess = Instances.from_masks(masks, [1, 2], TAX, [0.9, 0.5])
    truth = np.where(masks[0], 1, np.where(masks[1], 2, 0))
    truth[truth == 0] = 4
    named = Segmentation.from_panoptic(truth, {1: 1, 2: 2, 4: 4}, TAX)
    pasted = guess.to_segmentation()[0]
    cards = [score(named, one, lens="panoptic") for one in (guess, pasted)]
    assert cards[0].boundary_pq == cards[1].boundary_pq
    assert cards[0].per_category["c2"].boundary_pq == 1.0
