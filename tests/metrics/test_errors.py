from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from workbench import Instances, Segmentation, score
from workbench.metrics.comparison import OTHER
from workbench.metrics.errors import KINDS, SegmentError, by_size, counts, explain
from workbench.metrics.facts import Facts
from workbench.metrics.lens import prepare
from workbench.taxonomy import Category, Taxonomy

TAX = Taxonomy([Category(1, "ground", "stuff"), Category(2, "cat", "thing"), Category(3, "dog", "thing")])
IDS = hnp.arrays(np.int32, (8, 8), elements=st.integers(0, 6))
CATEGORIES = st.lists(st.integers(1, 3), min_size=7, max_size=7)


def drawn(row: list[int], names: dict[int, int] | None = None, tax: Taxonomy = TAX) -> Segmentation:
    """Make a picture of one row; a thing is a cat unless it is named otherwise."""
    ids = np.array([row], np.int32)
    names = {int(n): 2 for n in np.unique(ids) if n} | (names or {})
    return Segmentation.from_panoptic(ids, names, tax)


def told(truth: Segmentation, guess: Segmentation | Instances, lens: str = "instance") -> list[SegmentError]:
    return list(explain(Facts(prepare(truth, lens).compare(guess))))  # type: ignore[arg-type]


def short(errors: list[SegmentError]) -> list[tuple]:
    return [(one.kind, one.truth, one.guess) for one in errors]


def row(*runs: tuple[int, int]) -> list[int]:
    """Give ids by runs: how many pixels, of which id."""
    return [n for length, n in runs for _ in range(length)]


def test_a_perfect_guess_is_all_matched() -> None:
    truth = drawn(row((4, 5), (3, 7)))
    assert short(told(truth, truth)) == [("matched", (5,), (5,)), ("matched", (7,), (7,))]


def test_badly_drawn_is_localisation() -> None:
    found = told(drawn(row((10, 5))), drawn(row((4, 9), (6, 0))))
    assert short(found) == [("localisation", (5,), (9,))]
    assert (found[0].iou, found[0].area, found[0].cost) == (0.4, 10, 6.0)
    assert (found[0].category, found[0].box) == (2, (0, 0, 1, 10))


def test_called_otherwise_is_confusion_and_costs_all_of_it() -> None:
    found = told(drawn(row((10, 5))), drawn(row((9, 9), (1, 0)), {9: 3}))
    assert short(found) == [("confusion", (5,), (9,))]
    assert (found[0].iou, found[0].cost, found[0].category) == (0.9, 10.0, 2)


def test_in_several_guesses_is_split() -> None:
    found = told(drawn(row((9, 5))), drawn(row((3, 1), (3, 2), (3, 3))))
    assert short(found) == [("split", (5,), (1, 2, 3))]
    assert found[0].iou == pytest.approx(1 / 3)


def test_a_second_guess_inside_a_matched_truth_is_split_as_well() -> None:
    found = told(drawn(row((10, 5))), drawn(row((7, 1), (3, 2))))
    assert short(found) == [("split", (), (2,)), ("matched", (5,), (1,))]
    assert found[0].area == 3


def test_one_guess_on_several_truths_is_merge() -> None:
    found = told(drawn(row((4, 5), (2, 1), (4, 6)), {1: 1}), drawn(row((10, 1))))
    assert short(found) == [("merge", (5, 6), (1,))]
    assert (found[0].area, found[0].iou, found[0].box) == (8, 0.4, (0, 0, 1, 10))
    found = told(drawn(row((9, 5), (3, 6))), drawn(row((12, 1))))
    assert short(found) == [("merge", (6,), ()), ("matched", (5,), (1,))]


def test_met_by_nothing_is_missed_and_meeting_nothing_is_spurious() -> None:
    truth = drawn(row((10, 5), (10, 1), (3, 6)), {1: 1})
    guess = drawn(row((10, 1), (8, 2), (5, 1)), {1: 1})
    found = told(truth, guess)
    assert short(found) == [("missed", (5,), ()), ("spurious", (), (2,)), ("missed", (6,), ())]
    assert counts(found) == dict.fromkeys(KINDS, 0) | {"missed": 2, "spurious": 1}


def test_a_tenth_is_what_it_takes_to_meet() -> None:
    truth = drawn(row((19, 5), (1, 1)), {1: 1})
    assert short(told(truth, drawn(row((2, 9), (18, 0))))) == [("localisation", (5,), (9,))]
    assert short(told(truth, drawn(row((1, 9), (19, 0))))) == [("missed", (5,), ()), ("spurious", (), (9,))]


def test_badly_drawn_and_called_otherwise_is_missed_and_spurious() -> None:
    found = told(drawn(row((10, 5))), drawn(row((4, 9), (6, 0)), {9: 3}))
    assert short(found) == [("missed", (5,), ()), ("spurious", (), (9,))]


def test_void_forgives_what_lies_in_it_mostly() -> None:
    truth = drawn(row((4, 5), (4, 0), (4, 1)), {1: 1})
    guess = drawn(row((4, 9), (4, 8), (1, 8), (3, 0)))
    assert short(told(truth, guess)) == [("matched", (5,), (9,))]


def test_a_crowd_is_never_missed_and_forgives_its_own_kind() -> None:
    truth, guess = drawn(row((6, 5), (4, 6))), drawn(row((2, 1), (4, 2), (4, 3)))
    found = prepare(truth, "panoptic").compare(guess)
    assert short(list(explain(Facts(found, crowd=frozenset({5}))))) == [("matched", (6,), (3,))]
    assert len(explain(Facts(found))) == 3


def test_a_name_that_the_truth_lacks_accuses_nobody_but_can_confuse() -> None:
    tax = Taxonomy([*TAX, Category(9, "wolf", "thing")])
    truth = drawn(row((6, 5), (6, 1)), {1: 1})
    guess = drawn(row((6, 8), (6, 4)), {8: 9, 4: 9}, tax)
    found = told(truth, guess, "panoptic")
    assert [(one.kind, one.truth) for one in found] == [("confusion", (5,)), ("confusion", (1,))]
    alone = told(drawn(row((12, 1)), {1: 1}), drawn(row((2, 8), (10, 1)), {8: 9, 1: 1}, tax), "panoptic")
    assert short(alone) == [("matched", (1,), (1,))]
    assert OTHER not in [one.category for one in found + alone]


def test_regions_have_no_names_to_confuse() -> None:
    truth, guess = drawn(row((6, 5), (4, 6)), {6: 3}), Segmentation.from_partition([row((6, 2), (4, 1))])
    assert short(told(truth, guess, "regions")) == [("matched", (5,), (2,)), ("matched", (6,), (1,))]


def test_overlapping_masks_the_surest_matches_and_its_double_is_split() -> None:
    truth = drawn(row((8, 5), (2, 1)), {1: 1})
    masks = np.zeros((2, 1, 10), bool)
    masks[0, 0, :7] = masks[1, 0, :8] = True
    guess = Instances.from_masks(masks, [2, 2], TAX, [0.9, 0.3])
    found = told(truth, guess)
    assert short(found) == [("split", (), (2,)), ("matched", (5,), (1,))]
    assert found[0].box == (0, 0, 1, 8)


def test_the_worst_comes_first_and_what_matched_last() -> None:
    truth = drawn(row((10, 5), (20, 6), (4, 7), (6, 1)), {1: 1})
    found = told(truth, drawn(row((4, 2), (26, 0), (4, 3), (6, 0))))
    assert [(one.kind, one.truth) for one in found] == [
        ("missed", (6,)),
        ("localisation", (5,)),
        ("matched", (7,)),
    ]
    assert [one.cost for one in found] == [20.0, 6.0, 0.0]


def test_score_against_size_lists_every_truth() -> None:
    truth = drawn(row((10, 5), (4, 6), (6, 1)), {1: 1})
    facts = score(truth, drawn(row((5, 2), (9, 0), (6, 1)), {1: 1}), lens="instance").facts
    assert by_size(facts) == {5: (10, 0.5), 6: (4, 0.0)}


@given(IDS, IDS, CATEGORIES, CATEGORIES, st.sampled_from(["instance", "panoptic", "regions"]))
def test_every_segment_has_one_fate_and_counts_add_up(truth_ids, guess_ids, truth_as, guess_as, lens) -> None:
    def made(ids: np.ndarray, categories: list[int]) -> Segmentation:
        return Segmentation.from_panoptic(ids, {int(n): categories[n] for n in np.unique(ids) if n}, TAX)

    facts = score(made(truth_ids, truth_as), made(guess_ids, guess_as), lens=lens).facts
    found = explain(facts)
    truths, guesses = [n for one in found for n in one.truth], [n for one in found for n in one.guess]
    assert len(truths) == len(set(truths))
    assert len(guesses) == len(set(guesses))
    assert sum(counts(found).values()) == len(found)
    assert set(by_size(facts)) == set(truths)
    assert all(0 <= one.iou <= 1 and one.area > 0 and one.kind in KINDS for one in found)
    if lens == "regions":
        return
    counted = (facts.detections if lens == "instance" else facts.tallies).values()
    tp, fp, fn = (sum(getattr(one, name) for one in counted) for name in ("tp", "fp", "fn"))
    assert (counts(found)["matched"], len(truths), len(guesses)) == (tp, tp + fn, tp + fp)


def test_a_lens_without_segments_and_pooled_images_are_refused() -> None:
    truth = drawn(row((6, 5), (4, 1)), {1: 1})
    with pytest.raises(ValueError, match=r"the object lens has no segments.*segment_facts"):
        explain(score(truth, truth, lens="object").facts)
    pooled = replace(score(truth, truth, lens="instance").facts.found, truth_ids=None, guess_ids=None)
    with pytest.raises(ValueError, match=r"errors are told of one image"):
        by_size(Facts(pooled))
