"""The registry: what each metric says of itself is true, and bad declarations fail when they are made."""

import math

import numpy as np
import pytest

from workbench.metrics import LENSES, METRICS, score
from workbench.metrics.card import HEADLINES
from workbench.metrics.metric import by_category_under, measured_under, metric
from workbench.segmentation import Segmentation
from workbench.taxonomy import Category, Taxonomy

TAX = Taxonomy([Category(1, "background", "stuff"), Category(2, "cell"), Category(3, "debris")])
HOW = {"lenses": ["object"], "formula": "1", "undefined": "never", "source": "nobody"}


def drawn(seed: int, things: bool = True) -> Segmentation:
    rng = np.random.default_rng(seed)
    ids = np.ones((24, 31), int)
    for n in range(2, 7):
        r, c = rng.integers(0, 16), rng.integers(0, 22)
        ids[r : r + rng.integers(3, 9), c : c + rng.integers(3, 9)] = n
    names = {int(n): 1 if n == 1 else 2 + int(n) % 2 for n in np.unique(ids)}
    return Segmentation.from_panoptic(ids, names, TAX, {n: 0.1 * n for n, c in names.items() if c > 1})


@pytest.mark.parametrize("name", METRICS)
def test_it_says_what_it_is(name: str) -> None:
    one = METRICS[name]
    assert one.title
    assert one.summary.endswith(".")
    assert one.formula
    assert one.undefined
    assert one.source
    assert set(one.lenses) | set(one.each_under) <= set(LENSES)
    assert one.span[0] < one.span[1]
    assert one.best in ("up", "down", "")


@pytest.mark.parametrize("lens", LENSES)
def test_numbers_keep_to_their_spans(lens: str) -> None:
    for seed in range(12):
        found = score(drawn(seed), drawn(seed + 100), lens=lens)
        for name, value in found.measured().items():
            low, high = METRICS[name].span
            assert math.isnan(value) or low - 1e-12 <= value <= high + 1e-12, (name, value)


@pytest.mark.parametrize("lens", LENSES)
def test_a_perfect_guess_has_the_best_of_each_span(lens: str) -> None:
    truth = drawn(3)
    for name, value in score(truth, truth, lens=lens).measured().items():
        best = {"up": METRICS[name].span[1], "down": METRICS[name].span[0], "": value}[METRICS[name].best]
        assert math.isnan(value) or value == pytest.approx(best, abs=1e-12), name


@pytest.mark.parametrize("lens", LENSES)
def test_renaming_segments_changes_no_number(lens: str) -> None:
    truth, guess = drawn(1), drawn(2)
    order = np.random.default_rng(0).permutation(40)[: max(guess.segments) + 1] + 1
    names = {int(order[n]): s.category.id for n, s in guess.segments.items() if s.category}
    scores = {int(order[n]): s.score for n, s in guess.segments.items() if s.score is not None}
    renamed = Segmentation.from_panoptic(order[guess.ids], names, TAX, scores)
    one, two = score(truth, guess, lens=lens), score(truth, renamed, lens=lens)
    assert one.measured() == pytest.approx(two.measured(), nan_ok=True, abs=1e-12)


@pytest.mark.parametrize("lens", LENSES)
def test_what_a_guess_says_of_void_changes_no_number(lens: str) -> None:
    truth = drawn(4)
    ids = truth.ids.copy()
    ids[8:14, 5:20] = 0
    names = {int(n): truth.segments[int(n)].category.id for n in np.unique(ids) if n}
    truth = Segmentation.from_panoptic(ids, names, TAX)
    one = drawn(5)
    other = one.ids.copy()
    # As many pixels of each segment as before, so that none is lost.
    other[8:14, 5:20] = np.random.default_rng(0).permuted(other[8:14, 5:20])
    kept = {n: s.category.id for n, s in one.segments.items() if s.category}
    trust = {n: s.score for n, s in one.segments.items() if s.score is not None}
    two = Segmentation.from_panoptic(other, kept, TAX, trust)
    first, second = score(truth, one, lens=lens), score(truth, two, lens=lens)
    assert first.measured("table") == pytest.approx(second.measured("table"), nan_ok=True, abs=1e-12)


def test_pq_is_sq_times_rq_in_each_category() -> None:
    found = score(drawn(1), drawn(7), lens="panoptic")
    for one in found.per_category.values():
        assert one.pq == pytest.approx(one.sq * one.rq, nan_ok=True, abs=1e-12)


def test_better_follows_the_direction() -> None:
    assert METRICS["iou"].better(0.9, 0.1)
    assert not METRICS["rand_error"].better(0.9, 0.1)


def test_lists_by_lens() -> None:
    assert measured_under("object", "table")[:2] == ("iou", "dice")
    assert "pq" in by_category_under("panoptic")
    assert by_category_under("regions") == ()


def test_a_name_is_given_once() -> None:
    def iou(facts: object) -> float:
        """Give 1."""
        return 1.0

    with pytest.raises(TypeError, match="there is a metric 'iou' already, in workbench"):
        metric("again", **HOW)(iou)  # type: ignore[arg-type]


def test_a_metric_explains_itself() -> None:
    with pytest.raises(TypeError, match="needs a docstring"):
        metric("mute", **HOW)(lambda facts: 1.0)  # type: ignore[arg-type]


def test_categories_need_a_lens() -> None:
    def half(facts: object) -> float:
        """Give a half."""
        return 0.5

    with pytest.raises(TypeError, match="each= and each_under= together"):
        metric("half", **HOW, each=lambda facts: {})(half)  # type: ignore[arg-type]


def test_of_every_headline_more_is_better() -> None:
    """The page marks the highest headline in bold."""
    assert {METRICS[name].best for names in HEADLINES.values() for name in names} == {"up"}
