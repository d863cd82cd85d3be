"""torchmetrics on the same pixels: what is equal, and the four findings in which it differs.

It divides whole numbers in single precision, so numbers of its own are equal to 1e-6; its counts are equal.
"""

import numpy as np
import pytest
import torch
from conformance.cases import NUMBERS, TAX, Case, maps, masks, renumbered
from torchmetrics.functional import classification as tc
from torchmetrics.functional import clustering, detection
from torchmetrics.functional import segmentation as ts

from workbench.metrics import Score, score
from workbench.metrics.many import pool
from workbench.segmentation import Segmentation

pytestmark = pytest.mark.filterwarnings("ignore")  # its imports' own deprecations
SINGLE = 1e-6
VOID = 255
CLASSES = {"num_classes": len(NUMBERS) + 1}


def tensors(case: Case, void: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Give guess and truth, in its order; `void` is how the truth spells void."""
    truth = np.where(case.truth == 0, void, case.truth)
    return torch.from_numpy(case.guess.copy()), torch.from_numpy(truth)


def each(found: Score, name: str) -> np.ndarray:
    return np.array([getattr(found.per_category[f"c{n}"], name) for n in NUMBERS])


@pytest.mark.parametrize("void", [0, VOID])
def test_each_category(void: int) -> None:
    """What is left undefined here is 0 there, and `ignore_index` is void, be it 0 or 255."""
    for case in maps():
        found = score(*case.semantic(), lens="semantic")
        guess, truth = tensors(case, void)
        hit, extra, _, missed, _ = (
            tc.multiclass_stat_scores(guess, truth, average=None, ignore_index=void, **CLASSES).numpy()[1:].T
        )
        counted = found.facts.pixels
        assert counted.hit.tolist() == hit.tolist(), case.name
        assert (counted.guess - counted.hit).tolist() == extra.tolist(), case.name
        assert (counted.truth - counted.hit).tolist() == missed.tolist(), case.name
        asked = {
            "iou": tc.multiclass_jaccard_index,
            "dice": tc.multiclass_f1_score,
            "precision": tc.multiclass_precision,
            "recall": tc.multiclass_recall,
        }
        for name, ask in asked.items():
            theirs = ask(guess, truth, average=None, ignore_index=void, **CLASSES).numpy()[1:]
            assert np.nan_to_num(each(found, name)) == pytest.approx(theirs, abs=SINGLE), (case.name, name)


def test_over_categories() -> None:
    for case in maps(unlabelled=False):
        found = score(*case.semantic(), lens="semantic")
        how = {"ignore_index": 0, **CLASSES}
        if not (case.truth > 0).any():
            continue
        asked = {
            "pixel_accuracy": tc.multiclass_accuracy(*tensors(case), average="micro", **how),
            "mean_accuracy": tc.multiclass_recall(*tensors(case), average=None, **how)
            .numpy()[1:][found.facts.pixels.truth > 0]
            .mean(),
            "miou": tc.multiclass_jaccard_index(*tensors(case), average="macro", **how),
            "mdice": tc.multiclass_f1_score(*tensors(case), average="macro", **how),
            "fwiou": tc.multiclass_jaccard_index(*tensors(case), average="weighted", **how),
        }
        for name, theirs in asked.items():
            assert getattr(found, name) == pytest.approx(float(theirs), abs=SINGLE), (case.name, name)


def test_mean_accuracy_counts_the_categories_of_the_truth_alone() -> None:
    """Differ: its macro recall takes a category of the guess alone as 0; there was nothing to find."""
    case = Case("extra", np.array([[1, 1, 2, 2]]), np.array([[1, 1, 2, 3]]))
    macro = tc.multiclass_recall(*tensors(case), average="macro", ignore_index=0, **CLASSES)
    assert float(macro) == pytest.approx((1 + 1 / 2 + 0) / 3)
    assert score(*case.semantic(), lens="semantic").mean_accuracy == pytest.approx((1 + 1 / 2) / 2)


def test_one_mask() -> None:
    for case in masks():
        found = score(*case.masks())
        hit, extra, rest, missed, _ = tc.binary_stat_scores(*tensors(case)).tolist()
        assert (found.tp, found.fp, found.tn, found.fn) == (hit, extra, rest, missed)
        iou, dice = tc.binary_jaccard_index(*tensors(case)), tc.binary_f1_score(*tensors(case))
        assert np.nan_to_num([found.iou, found.dice]) == pytest.approx([float(iou), float(dice)], abs=SINGLE)


def test_nothing_on_either_side_is_undefined_where_it_says_0() -> None:
    empty = Case("empty", np.zeros((3, 4), int), np.zeros((3, 4), int))
    assert (tc.binary_jaccard_index(*tensors(empty)), tc.binary_f1_score(*tensors(empty))) == (0, 0)
    assert np.isnan(score(*empty.masks()).iou)
    assert score(*empty.masks(), convention="medical").iou == 1


def test_its_mean_iou_averages_images_where_a_dataset_is_summed() -> None:
    """Differ: what it calls mean IoU is the mean over images and categories; papers sum the tables first."""
    large = Case("large", np.ones((40, 40), int), np.ones((40, 40), int))
    small = Case("small", large.truth.copy(), large.guess.copy())
    small.truth[0, :4] = 2
    small.guess[0, 2:6] = 2
    scores = [score(*case.semantic(), lens="semantic") for case in (large, small)]
    how = {"input_format": "index", "include_background": False, **CLASSES}
    each_image = [ts.mean_iou(*(side[None] for side in tensors(case)), **how) for case in (large, small)]
    theirs = float(torch.cat(each_image).mean())
    assert pool(scores, "image").miou == pytest.approx(theirs, abs=SINGLE)
    summed = pool(scores, "dataset").miou
    joined = [torch.cat(sides) for sides in zip(*map(tensors, (large, small)), strict=True)]
    assert summed == pytest.approx(
        float(tc.multiclass_jaccard_index(*joined, average="macro", ignore_index=0, **CLASSES)), abs=SINGLE
    )
    assert abs(summed - theirs) > 0.05


def test_its_mean_iou_knows_no_void() -> None:
    """Differ: 255 in a truth is an error there, and void here."""
    case = Case("void", np.array([[1, 1, 0]]), np.array([[1, 1, 2]]))
    with pytest.raises(RuntimeError):
        ts.mean_iou(*(side[None] for side in tensors(case, VOID)), input_format="index", **CLASSES)
    assert score(*case.semantic(), lens="semantic").miou == 1


def test_rand_index() -> None:
    for case in [*maps(void=False, unlabelled=False), *map(renumbered, maps(void=False, unlabelled=False))]:
        guess, truth = (side.flatten() for side in tensors(case))
        theirs = float(clustering.adjusted_rand_score(guess, truth))
        assert score(*case.partition(), lens="regions").ari == pytest.approx(theirs, abs=1e-5), case.name


@pytest.mark.parametrize("size", [(16, 16), (24, 24)])
def test_hausdorff_distance_of_squares(size: tuple[int, int]) -> None:
    for seed in range(20):
        truth, guess = boxed(seed, size)
        theirs = float(hausdorff(truth, guess))
        assert score(*Case("", truth, guess).masks()).hausdorff == pytest.approx(theirs, abs=1e-5)


def test_hausdorff_distance_is_wrong_on_images_that_are_not_square() -> None:
    """Differ (its issue 3300): rows are counted in steps of the height, where the width is meant."""
    truth = np.zeros((32, 64), int)
    truth[8:20, 10:30] = 1
    guess = np.roll(truth, 4, axis=1)
    assert score(*Case("", truth, guess).masks()).hausdorff == 4.0
    assert float(hausdorff(truth, guess)) > 10
    with pytest.raises(IndexError):
        hausdorff(truth.T.copy(), guess.T.copy())


def boxed(seed: int, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    sides = np.zeros((2, *size), int)
    for side in sides:
        r, c = rng.integers(1, size[0] // 2, 2)
        side[r : r + rng.integers(2, 7), c : c + rng.integers(2, 7)] = 1
    return sides[0], sides[1]


def hausdorff(truth: np.ndarray, guess: np.ndarray) -> torch.Tensor:
    sides = [
        torch.nn.functional.one_hot(torch.from_numpy(side), 2).movedim(-1, 0)[None] for side in (guess, truth)
    ]
    return ts.hausdorff_distance(*sides, num_classes=2, include_background=False)


def panoptic(case: Case) -> tuple[Segmentation, Segmentation]:
    """Read ids 1 to 5 as two instances each of a thing, and one of stuff: the left and the right half."""
    sides = []
    for ids in (case.truth, case.guess):
        right = (np.arange(ids.shape[1]) >= ids.shape[1] // 2) & (ids <= 3) & (ids > 0)
        segments = np.where(right, ids + 10, ids)
        there = [int(n) for n in np.unique(segments) if n]
        sides.append(Segmentation.from_panoptic(segments, {n: n % 10 for n in there}, TAX))
    return sides[0], sides[1]


def pairs(truth: Segmentation, guess: Segmentation) -> list[torch.Tensor]:
    """Give guess and truth as (1, H, W, 2) of category and instance."""
    return [torch.from_numpy(np.stack([s.category_ids(), s.ids], -1)[None].copy()) for s in (guess, truth)]


KINDS = {
    "things": {c.id for c in TAX if c.kind == "thing"},
    "stuffs": {c.id for c in TAX if c.kind == "stuff"},
    "allow_unknown_preds_category": True,
}


def test_panoptic_quality_with_void_in_the_truth() -> None:
    for case in maps(unlabelled=False):
        sides = panoptic(case)
        if not sides[0].segments:
            continue
        found = score(*sides, lens="panoptic")
        pq, sq, rq = detection.panoptic_quality(*pairs(*sides), return_sq_and_rq=True, **KINDS).tolist()
        # It averages SQ over the categories that it averages PQ over, as we do.
        assert (found.pq, found.sq, found.rq) == pytest.approx((pq, sq, rq), abs=SINGLE, nan_ok=True), (
            case.name
        )
        every = detection.panoptic_quality(*pairs(*sides), return_per_class=True, **KINDS)[0].tolist()
        ours = [found.per_category[f"c{n}"].pq if n in found.facts.tallies else 0.0 for n in NUMBERS]
        assert np.nan_to_num(ours) == pytest.approx(every, abs=SINGLE), case.name
        modified = float(detection.modified_panoptic_quality(*pairs(*sides), **KINDS))
        assert found.pq_dagger == pytest.approx(modified, abs=SINGLE, nan_ok=True), case.name


def test_a_guess_left_unlabelled_is_forgiven_there_and_missed_here() -> None:
    """Differ, as panopticapi does: 40 % of an object and nothing else is PQ 1 there."""
    truth = Segmentation.from_panoptic(np.ones((10, 10), int), {1: 1}, TAX)
    ids = np.zeros((10, 10), int)
    ids[:4] = 1
    guess = Segmentation.from_panoptic(ids, {1: 1}, TAX)
    assert float(detection.panoptic_quality(*pairs(truth, guess), **KINDS)) == 1.0
    assert score(truth, guess, lens="panoptic").pq == 0.0


NAMES = {"ap": "map", "ap50": "map_50", "ap75": "map_75", "ap_small": "map_small"}


def average_precision(truth: Segmentation, guess: Segmentation) -> dict[str, float]:
    """Ask torchmetrics, which calls -1 what is undefined."""
    from torchmetrics.detection import MeanAveragePrecision

    asked = MeanAveragePrecision(iou_type="segm")
    asked.update([things(guess, scores=True)], [things(truth)])
    found = asked.compute()
    return {ours: float(found[name]) for ours, name in NAMES.items()}


def sure(side: Segmentation, seed: int = 0) -> Segmentation:
    """Give every segment a score."""
    rng = np.random.default_rng(seed)
    named = {n: s.category.id for n, s in side.segments.items() if s.category}
    return Segmentation.from_panoptic(side.ids, named, TAX, {n: float(rng.random()) for n in named})


def test_average_precision() -> None:
    tried = 0
    for seed, case in enumerate(maps(void=False, unlabelled=False)):
        truth, guess = panoptic(case)[0], sure(panoptic(case)[1], seed)
        found = score(truth, guess, lens="instance", convention="coco")
        if at_a_threshold(found) or not things(guess)["labels"].numel():
            continue
        tried += 1
        for name, theirs in average_precision(truth, guess).items():
            ours = np.nan_to_num(getattr(found, name), nan=-1)
            assert ours == pytest.approx(theirs, abs=SINGLE), (case.name, name)
    assert tried > 150


def at_a_threshold(found: Score) -> bool:
    ious = found.facts.segments.iou()[:, None]
    return bool((abs(ious - np.linspace(0.5, 0.95, 10)) < 1e-6).any())


def test_an_iou_that_just_reaches_a_threshold_is_a_match() -> None:
    """Differ: its thresholds are in single precision, so that 8 of 10 pixels do not reach 0.8 there."""
    truth = Segmentation.from_panoptic(np.ones((1, 10), int), {1: 1}, TAX)
    guess = sure(Segmentation.from_panoptic([[1] * 8 + [4] * 2], {1: 1, 4: 4}, TAX))
    # Right at .50 to .80: 7 of 10 thresholds, of which it misses one.
    assert score(truth, guess, lens="instance", convention="coco").ap == pytest.approx(0.7)
    assert average_precision(truth, guess)["ap"] == pytest.approx(0.6)


def test_finding_nothing_is_0_where_it_says_undefined() -> None:
    """Differ: without a single guess it answers -1, as if there had been nothing to find; COCO says 0."""
    truth = Segmentation.from_panoptic(np.ones((4, 4), int), {1: 1}, TAX)
    guess = Segmentation.from_panoptic(np.full((4, 4), 4), {4: 4}, TAX)
    assert average_precision(truth, guess)["ap"] == -1
    assert score(truth, guess, lens="instance", convention="coco").ap == 0


def things(side: Segmentation, scores: bool = False) -> dict[str, torch.Tensor]:
    listed = [
        (n, s.category.id) for n, s in side.segments.items() if s.category and s.category.kind == "thing"
    ]
    found = {
        "masks": torch.from_numpy(
            np.array([side.ids == n for n, _ in listed], bool).reshape(-1, *side.shape)
        ),
        "labels": torch.tensor([c for _, c in listed], dtype=torch.int64),
    }
    sureness = [side.segments[n].score or 0.0 for n, _ in listed]
    return found | ({"scores": torch.tensor(sureness)} if scores else {})
