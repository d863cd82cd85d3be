"""Average precision on the card: the house's rules, COCO's and Cityscapes', and where they part."""

from functools import partial

import numpy as np
import pytest

from workbench.instances import Instances
from workbench.metrics import METRICS, Score, pool, score
from workbench.metrics.average_precision import Curves
from workbench.metrics.bands import band_width, inner_band
from workbench.metrics.coco import coco_ap
from workbench.metrics.contest import RECALLS, THRESHOLDS
from workbench.metrics.ranking import rank
from workbench.segmentation import Segmentation
from workbench.taxonomy import Category, Taxonomy

TAX = Taxonomy([Category(1, "cell"), Category(2, "debris"), Category(3, "ground", "stuff")])
SIZE = (60, 70)


def drawn(seed: int) -> Segmentation:
    """Draw boxes over each other on the ground; all is labelled."""
    rng = np.random.default_rng(seed)
    ids = np.full(SIZE, 99)
    for n in range(1, rng.integers(2, 9)):
        r, c = rng.integers(0, 45, 2)
        ids[r : r + rng.integers(3, 40), c : c + rng.integers(3, 40)] = n
    names = {n: 3 if n == 99 else 1 + n % 2 for n in np.unique(ids).tolist()}
    return Segmentation.from_panoptic(ids, names, TAX)


def things(truth: Segmentation) -> Instances:
    """Give the things of a map as masks."""
    named = {n: s.category.id for n, s in truth.segments.items() if s.category and s.category.kind == "thing"}
    masks = np.array([truth.ids == n for n in named], bool).reshape(-1, *SIZE)
    return Instances.from_masks(masks, list(named.values()), TAX)


def guessed(truth: Segmentation, seed: int) -> Instances:
    """Move every thing a little, name some of them wrong, and add a few."""
    rng = np.random.default_rng(seed)
    masks = [np.roll(item, tuple(rng.integers(-2, 3, 2)), (0, 1)) for item in things(truth).masks()]
    masks += [np.roll(masks[k], 3, 0) for k in range(0, len(masks), 2)]
    names = [item.category.id for item in things(truth)] + [1] * len(masks)
    scores = rng.random(len(masks)).round(1).tolist()
    return Instances.from_masks(np.array(masks, bool).reshape(-1, *SIZE), names[: len(masks)], TAX, scores)


def plainly(truth: np.ndarray, guess: Instances, category: int, threshold: float) -> float:
    """Count the house's average precision the long way: dense masks, one threshold, one category."""
    masks, order = guess.masks(), sorted(range(len(guess)), key=lambda k: -(guess.objects[k].score or 0))
    left = {n for n in np.unique(truth).tolist() if n != 99 and 1 + n % 2 == category}
    there, right = len(left), []
    for k in order:
        if guess.objects[k].category.id != category:
            continue
        ious = {n: (masks[k] & (truth == n)).sum() / (masks[k] | (truth == n)).sum() for n in left}
        best = max(ious, key=lambda n: (ious[n], n), default=0)
        right.append(bool(ious) and ious[best] >= threshold)
        left -= {best} if right[-1] else set()
    if not there:
        return np.nan
    recall = np.cumsum(right) / there
    precision = np.cumsum(right) / np.arange(1, len(right) + 1)
    return float(np.mean([max(precision[recall >= r], default=0.0) for r in RECALLS]))


@pytest.mark.parametrize("seed", range(25))
def test_the_house_and_coco_agree_with_the_long_way(seed: int) -> None:
    """Where nothing is void, all guesses have a score, and there are less than a hundred."""
    truth = drawn(seed)
    guess = guessed(truth, seed)
    for convention in ("workbench", "coco"):
        found = score(truth, guess, lens="instance", convention=convention)
        for category in TAX.things:
            expected = [plainly(truth.ids, guess, category.id, threshold) for threshold in THRESHOLDS]
            ours = found.per_category[category.name]
            assert ours.ap == pytest.approx(np.mean(expected), abs=1e-12, nan_ok=True)
            assert ours.ap50 == pytest.approx(expected[0], abs=1e-12, nan_ok=True)
            assert ours.ap75 == pytest.approx(expected[5], abs=1e-12, nan_ok=True)


def test_many_images_pooled_equal_many_images_in_run_lengths() -> None:
    pairs = [(drawn(seed), guessed(drawn(seed), seed)) for seed in range(8)]
    scores = [score(*pair, lens="instance", convention="coco") for pair in pairs]
    pooled = pool(scores, "dataset")
    assert isinstance(pooled, Score)
    found = rank(pooled.facts)
    expected = coco_ap([(things(truth), guess) for truth, guess in pairs]).summary
    assert isinstance(found, Curves)
    assert found.summary == pytest.approx(expected, abs=1e-12, nan_ok=True)


@pytest.mark.parametrize("seed", range(10))
def test_boundary_ap_equals_that_of_run_lengths(seed: int) -> None:
    truth, width = drawn(seed), band_width(SIZE)

    def ring(mask: np.ndarray, width: int) -> np.ndarray:
        return mask & inner_band(mask.astype(np.int32), width)

    for guess in (guessed(truth, seed), drawn(seed + 1)):
        masks = guess if isinstance(guess, Instances) else scored(things(guess))
        expected = coco_ap([(things(truth), masks)], band=partial(ring, width=width)).ap
        one = guess if isinstance(guess, Instances) else with_scores(guess)
        found = score(truth, one, lens="instance", convention="coco")
        assert found.boundary_ap == pytest.approx(expected, abs=1e-12, nan_ok=True)
        assert not found.boundary_ap > found.ap


def scored(guess: Instances) -> Instances:
    names = [item.category.id for item in guess]
    return Instances.from_masks(guess.masks(), names, TAX, [1 / (2 + k) for k in range(len(guess))])


def with_scores(guess: Segmentation) -> Segmentation:
    names = {n: s.category.id for n, s in guess.segments.items() if s.category}
    there = [n for n in names if names[n] != 3]
    return Segmentation.from_panoptic(guess.ids, names, TAX, {n: 1 / (2 + k) for k, n in enumerate(there)})


def row(*runs: tuple[int, int]) -> np.ndarray:
    masks = np.zeros((len(runs), 1, 400), bool)
    for mask, (start, stop) in zip(masks, runs, strict=True):
        mask[0, start:stop] = True
    return masks


def line(*runs: tuple[int, int], rest: int = 3) -> Segmentation:
    """Draw cells along a line; the rest is ground, or void (0)."""
    ids = np.full((1, 400), 99 if rest else 0)
    for n, (start, stop) in enumerate(runs, start=1):
        ids[0, start:stop] = n
    return Segmentation.from_panoptic(
        ids, {n: 3 if n == 99 else 1 for n in np.unique(ids).tolist() if n}, TAX
    )


def ap50(truth: Segmentation, guess: Instances, crowd: tuple[int, ...] = ()) -> dict[str, float]:
    rules = ("workbench", "coco", "cityscapes")
    return {name: score(truth, guess, lens="instance", convention=name, crowd=crowd).ap50 for name in rules}


def cells(scores: list[float] | None, *runs: tuple[int, int]) -> Instances:
    return Instances.from_masks(row(*runs), [1] * len(runs), TAX, scores)


def test_rules_part_on_guesses_without_a_score() -> None:
    """The house and Cityscapes: one point of the curve. COCO: no number, and a reason."""
    truth, guess = line((0, 100)), cells(None, (0, 100), (200, 300))
    assert ap50(truth, guess) == pytest.approx(
        {"workbench": 0.5, "coco": np.nan, "cityscapes": 0.75}, nan_ok=True
    )
    found = score(truth, guess, lens="instance", convention="coco")
    assert "a guess without a score" in found.why["ap"]
    assert np.isnan(found.boundary_ap)


def test_rules_part_on_void() -> None:
    """A guess that is half in void fits the truth for the house; for COCO its IoU is 0.5."""
    truth, guess = line((0, 100), rest=0), cells([0.9], (0, 200))
    house, coco = (score(truth, guess, lens="instance", convention=c) for c in ("workbench", "coco"))
    assert (house.ap, coco.ap) == (1.0, pytest.approx(0.1))
    assert (house.boundary_ap, coco.boundary_ap) == (house.ap, coco.ap)
    outside = cells([0.9, 0.8], (200, 300), (0, 100))
    assert ap50(truth, outside) == {"workbench": 1.0, "coco": 0.5, "cityscapes": 1.0}


def test_rules_part_after_a_hundred_guesses_of_an_image() -> None:
    wrong = [(k, k + 2) for k in range(200, 300)]
    guess = cells([0.9] * 100 + [0.5], *wrong, (0, 100))
    assert ap50(line((0, 100)), guess) == pytest.approx(
        {"workbench": 1 / 101, "coco": 0.0, "cityscapes": 1 / 202}
    )


def test_rules_part_on_crowds() -> None:
    """COCO and Cityscapes leave a guess on a crowd out; for the house a crowd is one thing to find."""
    truth, guess = line((0, 100), (150, 350)), cells([0.9, 0.8], (150, 250), (0, 100))
    assert ap50(truth, guess, crowd=(2,)) == pytest.approx({"workbench": 1.0, "coco": 1.0, "cityscapes": 1.0})
    missed = cells([0.8], (0, 100))
    assert ap50(truth, missed, crowd=(2,))["coco"] == 1.0
    assert ap50(truth, missed, crowd=(2,))["workbench"] == pytest.approx(51 / 101)


def test_rules_part_on_one_half_and_on_the_curve() -> None:
    """Exactly 0.5 matches for COCO and the house, not for Cityscapes; the raw curve has no steps filled."""
    assert ap50(line((0, 100)), cells([0.9], (0, 200))) == {"workbench": 1.0, "coco": 1.0, "cityscapes": 0.0}
    mixed = cells([0.9, 0.8], (200, 300), (0, 100))
    assert ap50(line((0, 100)), mixed) == {"workbench": 0.5, "coco": 0.5, "cityscapes": 0.25}


def test_cityscapes_knows_no_sizes() -> None:
    found = score(line((0, 100)), cells([0.9], (0, 100)), lens="instance", convention="cityscapes")
    assert (found.ap, found.ap75) == (1.0, 1.0)
    assert np.isnan([found.ap_small, found.ap_medium, found.ap_large]).all()
    assert "the convention knows no sizes" in found.why["ap_small"]


def test_every_average_precision_is_in_the_registry() -> None:
    names = {"ap", "ap50", "ap75", "ap_small", "ap_medium", "ap_large", "boundary_ap"}
    assert names <= {name for name, one in METRICS.items() if "instance" in one.lenses}
    assert METRICS["boundary_ap"].cost == "boundary"
    assert METRICS["ap_small"].summary.startswith("Average the average precision over things of at most 32")
