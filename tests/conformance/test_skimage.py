"""scikit-image on the same pixels."""

import numpy as np
import pytest
from conformance.cases import Case, maps, masks, renumbered
from skimage import metrics as sk

from workbench.metrics import score

# A label that no case has: without it, scikit-image leaves the truth's label 0 out.
NOBODY = (99,)


def test_variation_of_information() -> None:
    for case in [*maps(void=False, unlabelled=False), *map(renumbered, maps(void=False, unlabelled=False))]:
        found = score(*case.partition(), lens="regions")
        split, merge = sk.variation_of_information(case.truth, case.guess)
        assert (found.vi_split, found.vi_merge) == pytest.approx((split, merge), abs=1e-9), case.name


def test_void_is_what_it_can_ignore() -> None:
    for case in maps(unlabelled=False):
        found = score(*case.partition(), lens="regions")
        if not (case.truth > 0).any():
            continue
        # It drops the table's row but divides by all pixels: only without void are the two one number.
        split, merge = sk.variation_of_information(case.truth[case.truth > 0], case.guess[case.truth > 0])
        assert (found.vi_split, found.vi_merge) == pytest.approx((split, merge), abs=1e-9), case.name


def test_adapted_rand_error() -> None:
    for case in maps(unlabelled=False):
        found = score(*case.partition(), lens="regions")
        if not (case.truth > 0).any():
            assert np.isnan(found.rand_error)
            continue
        with np.errstate(all="ignore"):
            error, *_ = sk.adapted_rand_error(case.truth, case.guess)
        # One region of one pixel holds no pair: 0 / 0 there, and no error here.
        expected = 0.0 if np.isnan(error) else error
        assert found.rand_error == pytest.approx(expected, abs=1e-9), case.name


def test_adapted_rand_gives_precision_and_recall_the_wrong_way_round() -> None:
    """Differ (its issue 6485): a guess that only splits has precision 1, since all its pairs are true."""
    from workbench.metrics.overlap import Overlap
    from workbench.metrics.partition import adapted_rand

    truth, split = np.array([[1, 1, 1, 1]]), np.array([[5, 5, 6, 6]])
    _, precision, recall = sk.adapted_rand_error(truth, split, ignore_labels=NOBODY)
    ours = adapted_rand(Overlap.of(truth, split))
    assert ours[1:] == pytest.approx((recall, precision))
    assert (precision < 0.5, recall, ours[1]) == (True, 1.0, 1.0)


def test_hausdorff_distance() -> None:
    """All pixels or the outline alone: the greatest distance is the same, where neither is inside out."""
    for case in masks():
        found = score(*case.masks()).hausdorff
        truth, guess = case.truth > 0, case.guess > 0
        theirs = sk.hausdorff_distance(truth, guess)
        if not truth.any() and not guess.any():
            assert (theirs, np.isnan(found)) == (0, True)
        elif outlines_decide(truth, guess):
            assert found == pytest.approx(theirs, abs=1e-9), case.name
        else:
            assert found >= theirs, case.name


def outlines_decide(truth: np.ndarray, guess: np.ndarray) -> bool:
    """Say whether no outline pixel of one lies inside the other, where distances to areas are 0."""
    from workbench.metrics.outlines import outline

    edges = outline(truth), outline(guess)
    return not ((edges[0] & guess & ~edges[1]).any() or (edges[1] & truth & ~edges[0]).any())


def test_a_hole_is_seen_by_outlines_and_not_by_areas() -> None:
    """Differ: the greatest distance between areas is blind to what lies inside the other area."""
    truth = np.ones((15, 15), int)
    guess = truth.copy()
    guess[7, 7] = 0
    found = score(*Case("hole", truth, guess).masks())
    assert sk.hausdorff_distance(truth > 0, guess > 0) == 1.0
    assert found.hausdorff == 6.0
