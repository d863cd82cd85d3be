"""Surface distances, beside MONAI and Google's surface-distance, and where they differ from us."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from workbench.metrics.many import pool
from workbench.metrics.score import score
from workbench.metrics.surface import SurfaceDistances, surface_distances, surfaces
from workbench.segmentation import Segmentation
from workbench.taxonomy import Category, Taxonomy

SHAPES = hnp.array_shapes(min_dims=2, max_dims=2, max_side=14)
MASKS = SHAPES.flatmap(lambda shape: st.tuples(*[hnp.arrays(bool, shape)] * 2))
NUMBERS = ("hausdorff", "hd95", "assd", "nsd")


def square(row: int, column: int, side: int, size: tuple[int, int] = (40, 60)) -> np.ndarray:
    mask = np.zeros(size, bool)
    mask[row : row + side, column : column + side] = True
    return mask


def random_pairs() -> list[tuple[np.ndarray, np.ndarray]]:
    """Draw 200 pairs: rectangles at any place, noise, single pixels, one row, one column."""
    made = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        size = [(20, 20), (13, 31), (28, 9), (1, 40), (37, 1)][seed % 5]
        masks = [np.zeros(size, bool) for _ in range(2)]
        for mask in masks:
            for _ in range(rng.integers(1, 4)):
                row, column = rng.integers(0, size[0]), rng.integers(0, size[1])
                mask[row : row + rng.integers(1, 12), column : column + rng.integers(1, 12)] = True
            mask ^= rng.random(size) < (0.0, 0.02, 0.3)[seed % 3]
        made.append((masks[0], masks[1]))
    return made


ADVERSARIAL = {
    "single pixels": (square(3, 4, 1), square(33, 54, 1)),
    "touching": (square(5, 5, 10), square(5, 15, 10)),
    "nested": (square(5, 5, 30), square(15, 15, 5)),
    "at the border": (square(0, 0, 12), square(28, 48, 12)),
    "everything": (np.ones((40, 60), bool), square(10, 10, 3)),
    "the same": (square(5, 5, 10), square(5, 5, 10)),
    "far speck": (square(2, 2, 15), square(2, 3, 15) | square(39, 59, 1)),
}
PAIRS = [*random_pairs(), *ADVERSARIAL.values()]


def monai(truth: np.ndarray, guess: np.ndarray) -> dict[str, float]:
    """Ask MONAI, which answers in single precision."""
    import torch
    from monai import metrics

    one, two = (torch.from_numpy(side[None, None].copy()) for side in (guess, truth))
    whole = {"include_background": True}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of empty masks, which we ask about on purpose
        found = {
            "hausdorff": metrics.compute_hausdorff_distance(one, two, **whole),
            "hd95": metrics.compute_hausdorff_distance(one, two, percentile=95, **whole),
            "assd": metrics.compute_average_surface_distance(one, two, symmetric=True, **whole),
            "nsd": metrics.compute_surface_dice(one, two, [2], **whole),
        }
    return {name: float(value) for name, value in found.items()}


def ours(found: SurfaceDistances) -> dict[str, float]:
    return {
        "hausdorff": found.hausdorff,
        "hd95": found.percentile(95),
        "assd": found.assd,
        "nsd": found.nsd(2),
    }


def monai_doubled(truth: np.ndarray, guess: np.ndarray) -> dict[str, float]:
    """Ask MONAI for its distances, and sum them as it does, but in double precision."""
    import torch
    from monai.metrics.utils import get_edge_surface_distance

    sides = (torch.from_numpy(side.copy()) for side in (guess, truth))
    distances = [d.double() for d in get_edge_surface_distance(*sides, symmetric=True)[1]]
    # Between pixels a squared distance is whole: so much of it survived single precision.
    exact = [torch.sqrt(torch.round(d * d)) for d in distances]
    both = torch.cat(exact)
    return {
        "hausdorff": max(float(d.max()) for d in exact),
        "hd95": max(float(torch.quantile(d, 0.95)) for d in exact),
        "assd": float(both.mean()),
        "nsd": float((both <= 2).double().mean()),
    }


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # what MONAI's import says of its own dependencies
def test_equals_monai() -> None:
    both = [(truth, guess) for truth, guess in PAIRS if truth.any() and guess.any()]
    assert len(both) > 190
    for truth, guess in both:
        found = ours(surface_distances(truth, guess))
        assert found == pytest.approx(monai_doubled(truth, guess), rel=0, abs=1e-9)
    # What it gives out is in single precision, its percentile in a little less. It takes a quarter second.
    for truth, guess in both[::20]:
        assert ours(surface_distances(truth, guess)) == pytest.approx(monai(truth, guess), rel=2e-6)


@pytest.mark.filterwarnings("ignore")
def test_hd95_of_a_missed_object_is_infinite_where_monai_says_nan() -> None:
    """Differ from MONAI (its issue 9095): nan falls out of its means, so to miss an object would help."""
    truth, nothing = square(5, 5, 10), np.zeros((40, 60), bool)
    theirs = monai(truth, nothing)
    assert np.isinf(theirs["hausdorff"])
    assert np.isnan(theirs["hd95"])
    found = surface_distances(truth, nothing)
    assert found.hausdorff == found.percentile(95) == found.pooled_percentile(95) == np.inf
    assert found.assd == found.mean_of_means == np.inf
    assert found.nsd(2) == theirs["nsd"] == 0


@pytest.mark.filterwarnings("ignore")
def test_nothing_beside_nothing_is_undefined_as_monai_has_it() -> None:
    nothing = np.zeros((40, 60), bool)
    found = surface_distances(nothing, nothing)
    assert np.isnan([*ours(found).values(), found.pooled_percentile(), found.mean_of_means]).all()
    assert np.isnan(list(monai(nothing, nothing).values())).all()


def disk_and_shifted() -> tuple[np.ndarray, np.ndarray]:
    """Draw a disk, and the same 4 pixels aside with a speck."""
    rows, columns = np.mgrid[:256, :256]
    disk = (rows - 128) ** 2 + (columns - 128) ** 2 <= 40**2
    guess = np.roll(disk, 4, axis=1)
    guess[20:23, 20:23] = True
    return disk, guess


@pytest.mark.filterwarnings("ignore")
def test_the_variants_differ_on_one_pair() -> None:
    """Differ from Google's surface-distance by design: it weighs by contour length, we count pixels."""
    import surface_distance

    truth, guess = disk_and_shifted()
    found = surface_distances(truth, guess)
    theirs = surface_distance.compute_surface_distances(truth, guess, (1, 1))
    assert found.hausdorff == pytest.approx(surface_distance.compute_robust_hausdorff(theirs, 100), abs=1.5)
    assert found.percentile(95) == surface_distance.compute_robust_hausdorff(theirs, 95) == 4.0
    area_weighted = surface_distance.compute_surface_dice_at_tolerance(theirs, 2)
    assert abs(found.nsd(2) - area_weighted) > 0.01
    one_way, other_way = surface_distance.compute_average_surface_distance(theirs)
    assert abs(found.mean_of_means - (one_way + other_way) / 2) > 0.01
    assert found.assd != found.mean_of_means
    assert found.assd == pytest.approx(monai(truth, guess)["assd"], rel=1e-6)


def test_the_pooled_percentile_of_medpy_is_lower() -> None:
    truth, guess = square(2, 2, 30), square(2, 2, 30) | square(36, 50, 2)
    found = surface_distances(truth, guess)
    assert found.pooled_percentile(98.5) < found.percentile(98.5)
    assert found.pooled_percentile(100) == found.percentile(100) == found.hausdorff


@pytest.mark.parametrize("step", [0, 1, 5, 17])
def test_a_square_moved_k_pixels_is_k_pixels_off(step: int) -> None:
    found = surface_distances(square(5, 5, 10), square(5, 5 + step, 10))
    assert found.hausdorff == step
    assert found.nsd(step) == 1.0


@given(MASKS)
def test_symmetric_bounded_and_ordered(masks: tuple[np.ndarray, np.ndarray]) -> None:
    forth, back = surface_distances(*masks), surface_distances(*masks[::-1])
    assert ours(forth) == pytest.approx(ours(back), nan_ok=True)
    if masks[0].any() and masks[1].any():
        assert 0 <= forth.assd <= forth.hausdorff
        assert forth.percentile(95) <= forth.hausdorff
        assert 0 <= forth.nsd(1) <= forth.nsd(2) <= 1


@given(MASKS)
def test_what_is_painted_in_void_changes_nothing(masks: tuple[np.ndarray, np.ndarray]) -> None:
    truth, guess = masks
    void = np.zeros(truth.shape, bool)
    void[::2] = True
    one, two = surface_distances(truth, guess, void), surface_distances(truth, guess ^ void, void)
    np.testing.assert_array_equal(one.both, two.both)


@given(MASKS)
def test_maps_of_categories_are_measured_as_masks_are(masks: tuple[np.ndarray, np.ndarray]) -> None:
    truth, guess = (np.where(mask, 2, 1).astype(np.int32) for mask in masks)
    truth[0] = 0
    for category, found in surfaces(truth, guess, [1, 2]).items():
        alone = surface_distances(truth == category, guess == category, truth == 0)
        np.testing.assert_array_equal(found.both, alone.both)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("spacing", [0.5, (2.0, 0.7)])
def test_spacing_measures_as_monai_does(spacing: float | tuple[float, float]) -> None:
    import torch
    from monai.metrics import compute_hausdorff_distance

    truth, guess = ADVERSARIAL["far speck"]
    sides = [torch.from_numpy(side[None, None].copy()) for side in (guess, truth)]
    theirs = compute_hausdorff_distance(*sides, include_background=True, spacing=spacing)
    assert surface_distances(truth, guess, spacing=spacing).hausdorff == pytest.approx(
        float(theirs), rel=1e-6
    )


def test_refuses_what_is_not_a_pair_of_masks() -> None:
    mask = np.ones((3, 4), bool)
    with pytest.raises(ValueError, match="truth must be a boolean"):
        surface_distances(mask.astype(int), mask)
    with pytest.raises(ValueError, match=r"one size, got \(3, 4\) and \(4, 3\)"):
        surface_distances(mask, mask.T)
    with pytest.raises(ValueError, match="spacing must be above 0, got 0"):
        surface_distances(mask, mask, spacing=0)


def segmented(mask: np.ndarray) -> Segmentation:
    return Segmentation.from_mask(mask)


def test_the_score_measures_the_target_under_the_object_lens_and_all_under_the_semantic() -> None:
    truth, guess = square(5, 5, 10), square(5, 8, 10)
    found = score(segmented(truth), segmented(guess))
    alone = surface_distances(truth, guess)
    assert [getattr(found, name) for name in NUMBERS] == list(ours(alone).values())
    semantic = score(segmented(truth), segmented(guess), lens="semantic")
    ground = surface_distances(~truth, ~guess)
    assert semantic.assd == pytest.approx((alone.assd + ground.assd) / 2)
    assert semantic.per_category["foreground"].hd95 == found.hd95
    assert np.isnan(score(segmented(truth), segmented(guess), lens="panoptic").assd)


def test_a_missing_outline_is_infinitely_far_or_as_far_as_the_convention_says() -> None:
    truth, nothing = square(5, 5, 10), square(0, 0, 0)
    assert score(segmented(truth), segmented(nothing)).hd95 == np.inf
    medical = score(segmented(truth), segmented(nothing), convention="medical")
    assert medical.hd95 == medical.hausdorff == medical.assd == np.hypot(40, 60)
    empty = score(segmented(nothing), segmented(nothing), convention="medical")
    assert (empty.hausdorff, empty.assd, empty.nsd) == (0, 0, 1)
    assert np.isnan(score(segmented(nothing), segmented(nothing)).assd)


def test_over_several_images_distances_are_averaged() -> None:
    pairs = [(square(5, 5, 10), square(5, 6, 10)), (square(5, 5, 10), square(5, 8, 10))]
    scores = [score(segmented(truth), segmented(guess)) for truth, guess in pairs]
    assert pool(scores, "dataset").hausdorff == pool(scores, "image").hausdorff == 2.0


def test_a_category_that_one_side_lacks_makes_the_mean_infinite() -> None:
    tax = Taxonomy([Category(n, f"c{n}", "stuff") for n in (1, 2, 3)])
    truth = Segmentation.from_semantic([[1, 1, 2, 2]], tax)
    guess = Segmentation.from_semantic([[1, 1, 1, 1]], tax)
    found = score(truth, guess, lens="semantic")
    assert found.hd95 == np.inf
    assert found.nsd == pytest.approx((found.per_category["c1"].nsd + 0) / 2)
