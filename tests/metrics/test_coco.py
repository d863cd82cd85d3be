import contextlib
import io
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from faster_coco_eval import COCO as FasterCOCO
from faster_coco_eval import COCOeval_faster
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from workbench.instances import Instance, Instances
from workbench.metrics.average_precision import Curves
from workbench.metrics.bands import band_width, inner_band
from workbench.metrics.coco import PackedPair, coco_ap, coco_ap_of
from workbench.taxonomy import Category, Taxonomy

TAX = Taxonomy([Category(3, "cell"), Category(7, "debris"), Category(9, "worm")])
IDS = [category.id for category in TAX]
Pair = tuple[Instances, Instances]


def annotations(pairs: Sequence[Pair], first: int = 1) -> tuple[dict, list[dict]]:
    """Write pairs as COCO's two files: the truth with annotation ids from `first`, and the guess."""
    images: list[dict] = []
    truths: list[dict] = []
    guesses: list[dict] = []
    for n, (truth, guess) in enumerate(pairs, start=1):
        height, width = truth.shape
        images.append({"id": n, "height": height, "width": width})
        for item in truth:
            area = item.area if item.annotated_area is None else item.annotated_area
            one = {"id": first + len(truths), "area": area, "iscrowd": int(item.crowd), "bbox": [0, 0, 1, 1]}
            truths.append(one | outline(item, n, truth.shape))
        guesses += [{"score": item.score} | outline(item, n, truth.shape) for item in guess]
    categories = [{"id": category.id, "name": category.name} for category in TAX]
    return {"info": {}, "images": images, "annotations": truths, "categories": categories}, guesses


def outline(item: Instance, image: int, size: tuple[int, int]) -> dict:
    from pycocotools import mask as coco_mask

    runs = {"size": list(size), "counts": list(item.runs)}
    return {
        "image_id": image,
        "category_id": item.category.id,
        "segmentation": coco_mask.frPyObjects(runs, *size),
    }


def reference(pairs: Sequence[Pair], first: int = 1) -> dict[str, np.ndarray]:
    """Ask pycocotools; what it calls -1 is nan."""
    truth, guess = annotations(pairs, first)
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = truth
        coco.createIndex()
        asked = COCOeval(coco, coco.loadRes(guess) if guess else empty(coco), "segm")
        asked.evaluate()
        asked.accumulate()
        asked.summarize()
    found = {"precision": asked.eval["precision"][..., -1], "recall": asked.eval["recall"]}
    return {name: np.where(a == -1, np.nan, a) for name, a in (found | {"stats": asked.stats}).items()}


def empty(coco: COCO) -> COCO:
    """Give what loadRes would for a guess without a thing in it; loadRes itself fails."""
    none = COCO()
    none.dataset = coco.dataset | {"annotations": []}
    none.createIndex()
    return none


def agrees(found: Curves, expected: dict[str, np.ndarray]) -> bool:
    """Say whether all 12 numbers and all points of all curves are equal to 1e-9."""
    return (
        np.allclose(found.precision, expected["precision"], rtol=0, atol=1e-9, equal_nan=True)
        and np.allclose(found.recall, expected["recall"], rtol=0, atol=1e-9, equal_nan=True)
        and np.allclose(list(found.summary.values()), expected["stats"], rtol=0, atol=1e-9, equal_nan=True)
    )


def boxes(rng: np.random.Generator, count: int, size: tuple[int, int], sides: tuple[int, int]) -> np.ndarray:
    masks = np.zeros((count, *size), bool)
    for mask in masks:
        r, c = rng.integers(0, size[0] - 1), rng.integers(0, size[1] - 1)
        mask[r : r + rng.integers(*sides), c : c + rng.integers(*sides)] = True
    return masks


def drift(rng: np.random.Generator, masks: np.ndarray, extra: int, sides: tuple[int, int]) -> np.ndarray:
    """Turn true masks into guesses: some shifted, some twice, and a few of nothing."""
    twice = masks[rng.integers(0, len(masks), len(masks) // 2)] if len(masks) else masks
    moved = [np.roll(m, tuple(rng.integers(-2, 3, 2)), (0, 1)) for m in (*masks, *twice)]
    guesses = np.array(moved, bool).reshape(-1, *masks.shape[1:])
    return np.concatenate([guesses, boxes(rng, extra, masks.shape[1:], sides)])


def random_pairs(seed: int) -> list[Pair]:
    """Draw a few images; the seed decides on crowds, ties, stated areas, sizes of things, empty sides."""
    rng = np.random.default_rng(seed)
    size, sides = ((40, 56), (2, 20)) if seed % 3 else ((150, 170), (16, 150))
    pairs = []
    for _ in range(rng.integers(1, 5)):
        masks = boxes(rng, int(rng.integers(0, 8)), size, sides)
        names = rng.choice(IDS[: 1 + seed % 3], len(masks))
        crowd = np.flatnonzero(rng.random(len(masks)) < (0.3 if seed % 2 else 0))
        truth = Instances.from_masks(masks, names.tolist(), TAX, crowd=crowd.tolist())
        if seed % 5 == 0:
            stated = [replace(item, annotated_area=item.area * 1.3 + 0.5) for item in truth]
            truth = replace(truth, objects=tuple(stated))
        guesses = drift(rng, masks, int(rng.integers(0, 6)), sides) if rng.random() < 0.9 else masks[:0]
        called = rng.choice(IDS, len(guesses))
        true = names[: len(called)]
        called[: len(true)] = np.where(rng.random(len(true)) < 0.8, true, called[: len(true)])
        scores = rng.normal(0, 1, len(guesses)).round(1 if seed % 4 else 3)  # many ties; below 0 as well
        pairs.append((truth, Instances.from_masks(guesses, called.tolist(), TAX, scores.tolist())))
    return pairs


@pytest.mark.parametrize("block", range(10))
def test_equals_pycocotools(block: int) -> None:
    for seed in range(30 * block, 30 * block + 30):
        pairs = random_pairs(seed)
        assert agrees(coco_ap(pairs), reference(pairs)), f"seed {seed}"


def test_the_random_cases_reach_every_rule() -> None:
    pairs = [pair for seed in range(300) for pair in random_pairs(seed)]
    assert sum(item.crowd for truth, _ in pairs for item in truth) > 100
    assert sum(not len(truth) and len(guess) > 0 for truth, guess in pairs) > 20
    assert sum(not len(guess) and len(truth) > 0 for truth, guess in pairs) > 20
    areas = [item.area for truth, _ in pairs for item in truth]
    assert min(np.histogram(areas, [0, 32**2, 96**2, 1e9])[0]) > 20
    assert any((item.score or 0) < 0 for _, guess in pairs for item in guess)


def test_more_than_a_hundred_guesses_an_image() -> None:
    rng = np.random.default_rng(5)
    masks = boxes(rng, 60, (60, 60), (3, 15))
    truth = Instances.from_masks(masks, [3] * 60, TAX)
    guesses = drift(rng, masks, 80, (3, 15))
    scores = rng.random(len(guesses)).round(2).tolist()
    pairs = [(truth, Instances.from_masks(guesses, [3] * len(guesses), TAX, scores))] * 2
    assert len(guesses) > 150
    assert agrees(coco_ap(pairs), reference(pairs))


def squares(*places: int, side: int = 20) -> np.ndarray:
    """Draw squares along a strip, by the column where each begins."""
    masks = np.zeros((len(places), side, 200), bool)
    for mask, at in zip(masks, places, strict=True):
        mask[:, at : at + side] = True
    return masks


def cells(
    masks: np.ndarray, scores: Sequence[float | None] | None = None, crowd: Sequence[int] = ()
) -> Instances:
    return Instances.from_masks(masks, [3] * len(masks), TAX, scores, crowd)


def test_equal_scores_stay_in_the_order_they_came() -> None:
    right_first = (cells(squares(0)), cells(squares(0, 100), [0.5, 0.5]))
    wrong_first = (cells(squares(0)), cells(squares(100, 0), [0.5, 0.5]))
    assert (coco_ap([right_first]).ap, coco_ap([wrong_first]).ap) == (1.0, 0.5)
    for pair in (right_first, wrong_first):
        assert agrees(coco_ap([pair]), reference([pair]))


def test_a_crowd_takes_any_number_of_guesses_and_is_never_missed() -> None:
    crowd = np.asarray(squares(0, 20, 40).any(axis=0, keepdims=True), bool)
    truth = cells(np.concatenate([crowd, squares(100)]), crowd=[0])
    pair = (truth, cells(squares(0, 22, 40, 100), [0.9, 0.8, 0.7, 0.6]))
    assert coco_ap([pair]).ap == 1.0
    assert agrees(coco_ap([pair]), reference([pair]))
    alone = (cells(crowd, crowd=[0]), cells(squares(0), [0.9]))
    assert np.isnan(coco_ap([alone]).ap)


def test_a_truth_of_another_size_is_taken_last() -> None:
    """Two truths hold the guess: the small one counts as small, though the large one fits better."""
    masks = np.zeros((2, 40, 40), bool)
    masks[0, :31, :33], masks[1, :34, :33] = True, True  # 1023 and 1122 pixels: small and medium
    pair = (cells(masks), cells(masks[1:], [0.9]))
    found = coco_ap([pair])
    assert (found.ap_of("small"), found.ap_of("medium")) == (pytest.approx(0.9), 1.0)
    assert agrees(found, reference([pair]))


def test_stated_areas_decide_the_size() -> None:
    truth = cells(squares(0))
    stated = replace(truth, objects=(replace(truth.objects[0], annotated_area=5000.0),))
    found = coco_ap([(stated, cells(squares(0), [0.9]))])
    assert np.isnan(found.ap_of("small"))
    assert found.ap_of("medium") == 1.0


def test_a_truth_is_not_lost_for_its_id() -> None:
    """Differ from pycocotools: an annotation with id 0 counts as unmatched there, and a perfect AP is 0."""
    pair = (cells(squares(0)), cells(squares(0), [0.9]))
    assert reference([pair], first=0)["stats"][0] == 0.0
    assert reference([pair], first=1)["stats"][0] == pytest.approx(1.0, abs=1e-12)
    assert coco_ap([pair]).ap == 1.0


def test_nothing_to_find_is_undefined_where_coco_says_minus_one() -> None:
    assert np.isnan(list(coco_ap([]).summary.values())).all()
    wrong = (cells(squares()), cells(squares(0), [0.9]))
    assert np.isnan(coco_ap([wrong]).ap)
    missed = (cells(squares(0)), cells(squares(), []))
    assert coco_ap([missed]).ap == 0.0
    assert np.isnan(coco_ap([missed]).per_category[7].ap)
    assert agrees(coco_ap([missed]), reference([missed]))


def test_a_mask_without_a_pixel_is_a_wrong_guess() -> None:
    pair = (cells(squares(0)), cells(np.zeros((1, 20, 200), bool), [0.9]))
    assert coco_ap([pair]).ap == 0.0
    assert agrees(coco_ap([pair]), reference([pair]))


def test_guesses_match_by_the_name_of_their_category() -> None:
    other = Taxonomy([Category(1, "cell"), Category(2, "zebra")])
    guess = Instances.from_masks(squares(100, 0), [2, 1], other, [0.9, 0.8])
    assert coco_ap([(cells(squares(0)), guess)]).ap == 1.0


@pytest.mark.parametrize("ratio", [0.02, 0.005])
def test_boundary_ap_equals_faster_coco_eval(ratio: float) -> None:
    for seed in range(40):
        pairs = random_pairs(seed)
        if not any(len(guess) for _, guess in pairs):
            continue
        width = band_width(pairs[0][0].shape, ratio)
        found = coco_ap(pairs, band=partial(ring, width=width))
        assert np.allclose(found.precision, faster(pairs, ratio), rtol=0, atol=1e-9, equal_nan=True), (
            f"seed {seed}"
        )


def ring(mask: np.ndarray, width: int) -> np.ndarray:
    return mask & inner_band(mask.astype(np.int32), width)


def faster(pairs: Sequence[Pair], ratio: float) -> np.ndarray:
    truth, guess = annotations(pairs)
    with contextlib.redirect_stdout(io.StringIO()):
        coco = FasterCOCO(truth)
        asked = COCOeval_faster(coco, coco.loadRes(guess), "boundary", boundary_dilation_ratio=ratio)
        asked.evaluate()
        asked.accumulate()
    found = np.asarray(asked.eval["precision"])[..., -1]
    return np.where(found == -1, np.nan, found)


def test_packed_pairs_can_be_compared_again() -> None:
    pairs = random_pairs(7)
    packed = [PackedPair.of(*pair) for pair in pairs]
    expected = pytest.approx(coco_ap(pairs).summary, nan_ok=True, abs=1e-15)
    assert coco_ap_of(packed).summary == expected
    assert coco_ap_of(packed).summary == expected


def test_guesses_without_scores_are_refused() -> None:
    mixed = cells(squares(0, 40, 80), [0.9, None, None])
    with pytest.raises(ValueError, match=r"ranks guesses by score, and 2 of 3 have none; give Instances"):
        coco_ap([(cells(squares(0)), mixed)])
    with pytest.raises(ValueError, match=r"that of guess 1 is nan; give it a finite number"):
        coco_ap([(cells(squares(0)), cells(squares(0, 40), [0.9, np.nan]))])


def test_sizes_and_taxonomies_must_agree() -> None:
    with pytest.raises(ValueError, match=r"one size, got \(20, 200\) and \(30, 200\)"):
        coco_ap([(cells(squares(0)), cells(squares(0, side=30), [0.9]))])
    other = Instances.from_masks(squares(0), [1], Taxonomy([Category(1, "coin")]))
    with pytest.raises(ValueError, match="all truths must have one taxonomy"):
        coco_ap([(cells(squares(0)), cells(squares(), [])), (other, cells(squares(), []))])


@settings(max_examples=30)
@given(st.integers(300, 10_000))
def test_only_the_order_of_scores_counts(seed: int) -> None:
    pairs = random_pairs(seed)
    surer = [(truth, replace(guess, objects=tuple(map(raised, guess)))) for truth, guess in pairs]
    assert coco_ap(pairs).summary == pytest.approx(coco_ap(surer).summary, nan_ok=True)


def raised(item: Instance) -> Instance:
    assert item.score is not None
    return replace(item, score=2 * item.score + 5)
