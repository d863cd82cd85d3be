"""scikit-learn on the same pixels."""

import warnings

import numpy as np
import pytest
from conformance.cases import NUMBERS, Case, maps, masks, renumbered
from sklearn import metrics as sk
from sklearn.metrics.cluster import contingency_matrix, pair_confusion_matrix

from workbench.metrics import Score, score

NAN = float("nan")
AVERAGED = {"miou": sk.jaccard_score, "mdice": sk.f1_score}


def judged(case: Case) -> tuple[np.ndarray, np.ndarray]:
    """Give the pixels that are judged; void is not, which scikit-learn has no word for."""
    there = case.truth > 0
    return case.truth[there], case.guess[there]


def each(found: Score, name: str) -> list[float]:
    return [getattr(found.per_category[f"c{n}"], name) for n in NUMBERS]


def reference(ask: object, case: Case, **how: object) -> object:
    truth, guess = judged(case)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of what it leaves undefined, which we ask about on purpose
        return ask(truth, guess, **how)  # type: ignore[operator]


def test_each_category() -> None:
    asked = {
        "iou": sk.jaccard_score,
        "dice": sk.f1_score,
        "precision": sk.precision_score,
        "recall": sk.recall_score,
    }
    for case in maps():
        found = score(*case.semantic(), lens="semantic")
        for name, ask in asked.items():
            if not (case.truth > 0).any():
                assert np.isnan(each(found, name)).all()
                continue
            # Jaccard alone cannot be told what 0 / 0 is but by a number: it is asked below.
            how = {"zero_division": NAN} if name != "iou" else {"zero_division": 0}
            theirs = np.asarray(reference(ask, case, labels=NUMBERS, average=None, **how), float)
            ours = np.array(each(found, name))
            where = ~np.isnan(ours)
            assert ours[where] == pytest.approx(theirs[where], abs=1e-9), (case.name, name)
            # Where ours is undefined theirs is too, or 0 for Jaccard.
            assert (np.isnan(theirs[~where]) | (theirs[~where] == 0)).all(), (case.name, name)


def test_one_mask() -> None:
    for case in masks():
        found = score(*case.masks())
        truth, guess = case.truth.ravel(), case.guess.ravel()
        if truth.any() or guess.any():
            assert found.iou == pytest.approx(sk.jaccard_score(truth, guess), abs=1e-9)
            assert found.dice == pytest.approx(sk.f1_score(truth, guess), abs=1e-9)
        counts = sk.confusion_matrix(truth, guess, labels=[0, 1]).ravel().tolist()
        assert [found.tn, found.fp, found.fn, found.tp] == counts


def test_over_categories() -> None:
    for case in maps(unlabelled=False):
        if not (case.truth > 0).any():
            continue
        found = score(*case.semantic(), lens="semantic")
        assert found.pixel_accuracy == pytest.approx(reference(sk.accuracy_score, case), abs=1e-9)
        assert found.mean_accuracy == pytest.approx(reference(sk.balanced_accuracy_score, case), abs=1e-9)
        weighted = reference(sk.jaccard_score, case, average="weighted")
        assert found.fwiou == pytest.approx(weighted, abs=1e-9)
        for name, ask in AVERAGED.items():
            assert getattr(found, name) == pytest.approx(reference(ask, case, average="macro"), abs=1e-9)
        both = reference(sk.accuracy_score, case), reference(sk.jaccard_score, case, average="macro")
        assert found.ade_score == pytest.approx(sum(both) / 2, abs=1e-9)  # type: ignore[arg-type]


def test_an_absent_category_lowers_its_mean_and_not_ours() -> None:
    """Differ from a mean over listed labels: one that is nowhere counts as 0 there."""
    case = Case("two of three", np.array([[1, 1, 2, 2]]), np.array([[1, 1, 2, 1]]))
    found = score(*case.semantic(), lens="semantic")
    listed = reference(sk.jaccard_score, case, labels=[1, 2, 3], average="macro")
    assert found.miou == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert listed == pytest.approx((2 / 3 + 1 / 2) / 3)


def test_nothing_on_either_side_is_undefined_and_not_0() -> None:
    """Differ from its default, which calls a category 0 that nobody has, and warns."""
    empty = Case("empty", np.zeros((3, 4), int), np.zeros((3, 4), int))
    found = score(*empty.masks())
    with pytest.warns(UserWarning, match="Jaccard is ill-defined"):
        assert sk.jaccard_score(empty.truth.ravel(), empty.guess.ravel()) == 0
    assert np.isnan([found.iou, found.dice]).all()


def test_regions() -> None:
    for case in [*maps(unlabelled=False), *map(renumbered, maps(unlabelled=False))]:
        truth, guess = judged(case)
        found = score(*case.partition(), lens="regions")
        if not len(truth):
            assert np.isnan([found.ari, found.vi_split, found.vi_merge, found.rand_error]).all()
            continue
        assert found.ari == pytest.approx(sk.adjusted_rand_score(truth, guess), abs=1e-9)
        shared = sk.mutual_info_score(truth, guess) / np.log(2)
        assert found.vi_split == pytest.approx(bits(guess) - shared, abs=1e-9)
        assert found.vi_merge == pytest.approx(bits(truth) - shared, abs=1e-9)
        (_, false), (missed, right) = pair_confusion_matrix(truth, guess)
        expected = 1 - 2 * right / (2 * right + false + missed) if right + false + missed else 0.0
        assert found.rand_error == pytest.approx(expected, abs=1e-9)
        # The purity of clusters is superpixels' achievable accuracy.
        purity = contingency_matrix(truth, guess).max(axis=0).sum() / len(truth)
        assert found.asa == pytest.approx(purity, abs=1e-9)


def bits(ids: np.ndarray) -> float:
    """Give the entropy of how large the regions are."""
    shares = np.unique(ids, return_counts=True)[1] / ids.size
    return float(-(shares * np.log2(shares)).sum())
