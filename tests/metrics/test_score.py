import json
import math

import numpy as np
import pytest

from workbench.metrics import LENSES, prepare, score
from workbench.metrics.card import HEADLINES
from workbench.metrics.metric import METRICS, by_category_under, measured_under
from workbench.segmentation import Segmentation
from workbench.taxonomy import Category, Taxonomy

TAX = Taxonomy([Category(1, "background", "stuff"), Category(2, "cell"), Category(3, "debris")])
TRUTH = Segmentation.from_panoptic([[1, 1, 1, 1], [1, 2, 2, 4]], {1: 1, 2: 2, 4: 2}, TAX)
GUESS = Segmentation.from_panoptic([[1, 1, 1, 1], [1, 2, 2, 0]], {1: 1, 2: 2}, TAX)
EVERY = [one.name for one in METRICS.values() if one.cost == "table"]


@pytest.mark.parametrize("lens", LENSES)
def test_a_metric_of_another_lens_is_undefined_with_a_reason(lens: str) -> None:
    found = score(TRUTH, GUESS, lens=lens)
    measured = set(measured_under(lens)) - {"ap_medium", "ap_large"}  # all things here are small
    for name in EVERY:
        assert math.isnan(getattr(found, name)) == (name not in measured)
        assert (name in found.why) == (name not in measured)
    assert found.why[next(n for n in EVERY if n not in measured_under(lens))].endswith(
        "lens does not measure it"
    )


@pytest.mark.parametrize("lens", LENSES)
def test_headline_names_two_numbers_that_the_lens_measures(lens: str) -> None:
    found = score(TRUTH, GUESS, lens=lens)
    assert found.headline == HEADLINES[lens]
    assert set(found.headline) <= set(found.measures)


@pytest.mark.parametrize("lens", LENSES)
def test_as_dict_is_json(lens: str) -> None:
    plain = json.loads(json.dumps(score(TRUTH, GUESS, lens=lens).as_dict(), allow_nan=False))
    assert plain["lens"] == lens
    assert plain["headline"] == list(HEADLINES[lens])
    assert plain["pq" if lens != "panoptic" else "iou"] is None


@pytest.mark.parametrize("lens", LENSES)
def test_table_is_tidy(lens: str) -> None:
    found = score(TRUTH, GUESS, lens=lens)
    rows = found.table()
    assert all(set(row) == {"lens", "category", "metric", "value"} for row in rows)
    assert len(rows) == len(measured_under(lens, "table")) + len(found.per_category) * len(
        by_category_under(lens, "table")
    )
    assert {row["category"] for row in rows} == {"all", *found.per_category}


def test_object_card() -> None:
    found = score(TRUTH, GUESS, target="cell")
    assert (found.tp, found.fp, found.fn, found.tn) == (2, 0, 1, 5)
    assert (found.iou, found.dice, found.precision, found.recall) == (2 / 3, 0.8, 1.0, 2 / 3)
    # Two categories are left, so the rest has no name of its own.
    assert list(found.per_category) == ["everything else", "cell"]
    assert found.per_category["cell"].iou == found.iou


def test_object_card_of_a_target_of_two_categories() -> None:
    found = score(TRUTH, GUESS)
    assert list(found.per_category) == ["background", "target"]
    assert found.per_category["target"].dice == found.dice


def test_semantic_card_leaves_absent_categories_undefined() -> None:
    found = score(TRUTH, GUESS, lens="semantic")
    assert found.per_category["background"].iou == 1.0
    assert math.isnan(found.per_category["debris"].iou)
    assert found.miou == pytest.approx((1 + 2 / 3) / 2)
    assert found.mdice == pytest.approx((1 + 0.8) / 2)
    assert found.mean_accuracy == pytest.approx((1 + 2 / 3) / 2)
    assert found.pixel_accuracy == 7 / 8
    assert found.fwiou == pytest.approx((5 + 3 * 2 / 3) / 8)


def test_instance_card_has_pixels_and_segments_of_things() -> None:
    found = score(TRUTH, GUESS, lens="instance")
    assert list(found.per_category) == ["cell", "debris"]
    cell = found.per_category["cell"]
    assert (cell.tp, cell.fp, cell.fn, cell.f1) == (1, 0, 1, pytest.approx(2 / 3))
    assert (cell.iou, cell.dice) == (2 / 3, 0.8)
    assert found.ap50 == pytest.approx(51 / 101)


def test_panoptic_card() -> None:
    found = score(TRUTH, GUESS, lens="panoptic")
    assert (found.pq_stuff, found.pq_things) == (1.0, pytest.approx(2 / 3))
    assert found.pq == pytest.approx((1 + 2 / 3) / 2)
    assert found.sq == 1.0
    assert found.rq == pytest.approx((1 + 2 / 3) / 2)
    assert found.per_category["cell"].pq == pytest.approx(2 / 3)
    assert found.per_category["cell"].iou == 2 / 3


def test_regions_card_says_what_is_unlabelled() -> None:
    found = score(TRUTH, GUESS, lens="regions")
    assert found.per_category == {}
    assert "unlabelled pixels: 1;" in found.remarks[0]
    assert (found.vi_split, found.vi_merge, found.covering) == (0.0, 0.0, 7 / 8)


def test_a_truth_that_is_all_void_judges_nothing() -> None:
    void = Segmentation(np.zeros((2, 4), int), {}, TAX)
    for lens in LENSES:
        found = score(void, GUESS, lens=lens)
        for name, value in found.measures.items():
            assert math.isnan(value) or name in ("tp", "fp", "fn", "tn"), (lens, name)
            assert math.isnan(value) == (name in found.why)


def test_crowd_and_prepared_lens() -> None:
    asked = prepare(TRUTH, "panoptic")
    assert score(asked, GUESS).per_category["cell"].fn == 1
    assert score(asked, GUESS, crowd={4}).per_category["cell"].fn == 0


def test_scoring_writes_into_neither_side() -> None:
    before = TRUTH.sha256, GUESS.sha256
    for lens in LENSES:
        score(TRUTH, GUESS, lens=lens)
    fresh = [Segmentation(s.ids, s.segments, s.taxonomy).sha256 for s in (TRUTH, GUESS)]
    assert before == tuple(fresh)


def test_huge_segment_ids_score_the_same_under_every_lens() -> None:
    def renamed(segmentation: Segmentation, by: int) -> Segmentation:
        ids = np.where(segmentation.ids > 0, segmentation.ids.astype(np.int64) + by, 0)
        names = {n + by: s.category.id for n, s in segmentation.segments.items() if s.category}
        return Segmentation.from_panoptic(ids, names, TAX)

    for lens in LENSES:
        plain = score(TRUTH, GUESS, lens=lens).as_dict()
        for by in (70_000, 2**31 - 10):
            assert score(renamed(TRUTH, by), renamed(GUESS, by), lens=lens).as_dict() == plain
