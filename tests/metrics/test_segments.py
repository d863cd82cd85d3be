import numpy as np
import pytest

import workbench as wb
from workbench.metrics.errors import counts, explain
from workbench.metrics.segments import segment_facts

TAX = wb.Taxonomy(
    [
        wb.Category(1, "floor", "stuff"),
        wb.Category(2, "cup", "thing"),
        wb.Category(3, "cat", "thing"),
        wb.Category(4, "rug", "stuff"),
    ]
)
ROW = np.array([[2, 2, 1, 3, 3, 1, 4, 1, 4]], np.int32)
TRUTH = wb.Segmentation.from_panoptic(ROW, {1: 1, 2: 2, 3: 3, 4: 4}, TAX)


def matched(lens: str, target: str | list[str], guess: wb.Segmentation) -> tuple[str, dict[str, int]]:
    facts = segment_facts(TRUTH, guess, lens=lens, target=target)  # type: ignore[arg-type]
    return facts.lens, {kind: n for kind, n in counts(explain(facts)).items() if n}


def test_the_object_lens_counts_the_targets_objects_alone() -> None:
    guess = wb.Segmentation.from_mask(np.isin(ROW, [2, 3]))
    assert matched("object", "cup", guess) == ("instance", {"matched": 1, "spurious": 1})
    assert matched("object", "cup", TRUTH.semantic()) == ("instance", {"matched": 1})
    assert matched("object", ["cup", "cat"], guess) == ("instance", {"matched": 2})


def test_a_target_that_is_stuff_counts_by_its_pieces() -> None:
    assert matched("object", "rug", wb.Segmentation.from_mask(ROW == 4)) == ("instance", {"matched": 2})


def test_the_semantic_lens_counts_things_or_all_stuff_where_there_are_none() -> None:
    assert matched("semantic", "cup", TRUTH.semantic()) == ("instance", {"matched": 2})
    bare = TRUTH.of_kind("stuff")
    ground = wb.Segmentation.from_semantic(bare.category_ids(), wb.Taxonomy([TAX["floor"], TAX["rug"]]))
    facts = segment_facts(ground, ground, lens="semantic")
    assert (facts.lens, counts(explain(facts))["matched"]) == ("panoptic", 2)


def test_other_lenses_are_as_they_are_asked() -> None:
    for lens in ("instance", "panoptic", "regions"):
        asked = wb.score(TRUTH, TRUTH, lens=lens).facts
        assert explain(segment_facts(TRUTH, TRUTH, lens=lens)) == explain(asked)


def test_a_foreground_that_a_lens_judges_by_pixels_is_judged_by_its_objects() -> None:
    guess = wb.Segmentation.from_mask(np.isin(ROW, [2, 3]))
    assert matched("panoptic", ["cup", "cat"], guess) == ("instance", {"matched": 2})


def test_unknown_targets_are_refused() -> None:
    with pytest.raises(ValueError, match="no target category 'cub'"):
        segment_facts(TRUTH, TRUTH, target="cub")
