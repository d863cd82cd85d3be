"""Summed tables are the table of the pictures put side by side; averages are averages."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.metrics import LENSES, Overlap, Score, score
from workbench.metrics.many import Average, pool, side_by_side
from workbench.metrics.metric import measured_under
from workbench.segmentation import Segmentation
from workbench.taxonomy import Category, Taxonomy

TAX = Taxonomy([Category(1, "background", "stuff"), Category(2, "cell"), Category(3, "debris")])


def picture(seed: int, first: int = 1, size: tuple[int, int] = (12, 15)) -> tuple[Segmentation, Segmentation]:
    """Draw a truth with void and a guess with scores; segment ids begin at `first`."""
    rng = np.random.default_rng(seed)
    sides = []
    for void in (0.1, 0.05):
        ids = np.full(size, first)
        for n in range(1, 6):
            r, c = rng.integers(0, size[0] - 4), rng.integers(0, size[1] - 4)
            ids[r : r + rng.integers(2, 7), c : c + rng.integers(2, 7)] = first + n
        ids[rng.random(size) < void] = 0
        there = [int(n) for n in np.unique(ids) if n]
        names = {n: 1 if n == first else int(rng.integers(2, 4)) for n in there}
        scores = {n: float(rng.random()) for n in there if names[n] > 1}
        sides.append(Segmentation.from_panoptic(ids, names, TAX, scores if sides else {}))
    return sides[0], sides[1]


def coins_and_ground() -> tuple[Segmentation, Segmentation]:
    tax = Taxonomy([Category(1, "ground", "stuff"), Category(2, "coin")])
    return Segmentation.from_semantic([[1, 2, 2]], tax), Segmentation.from_semantic([[1, 1, 2]], tax)


def beside(pairs: list[tuple[Segmentation, Segmentation]]) -> tuple[Segmentation, Segmentation]:
    """Put pictures side by side, their segments apart."""
    made = []
    for side in zip(*pairs, strict=True):
        ids = np.concatenate([one.ids for one in side], axis=1)
        known = [(n, s) for one in side for n, s in one.segments.items()]
        names = {n: s.category.id for n, s in known if s.category}
        scores = {n: s.score for n, s in known if s.score is not None}
        made.append(Segmentation.from_panoptic(ids, names, TAX, scores))
    return made[0], made[1]


@pytest.mark.parametrize("lens", LENSES)
@pytest.mark.parametrize("seed", range(8))
def test_summed_tables_score_as_the_pictures_side_by_side(lens: str, seed: int) -> None:
    pairs = [picture(10 * seed + k, 1 + 100 * k) for k in range(3)]
    pooled = pool([score(*pair, lens=lens) for pair in pairs], "dataset")
    whole = score(*beside(pairs), lens=lens)
    assert isinstance(pooled, Score)
    assert pooled.aggregate == "dataset"
    names = measured_under(lens, "table")
    assert [getattr(pooled, n) for n in names] == pytest.approx(
        [getattr(whole, n) for n in names], nan_ok=True, abs=1e-12
    )
    for name, one in pooled.per_category.items():
        for metric in ("iou", "pq", "ap", "tp", "iiou"):
            expected = getattr(whole.per_category[name], metric)
            assert getattr(one, metric) == pytest.approx(expected, nan_ok=True, abs=1e-12), (name, metric)


def test_targets_of_several_names_are_one_target() -> None:
    one, two = score(*picture(1), target="cell"), score(*coins_and_ground(), target="coin")
    both = pool([one, two], "dataset")
    assert both.tp == one.tp + two.tp
    assert list(both.per_category) == ["everything else", "target"]
    assert list(pool([two, two], "dataset").per_category) == ["ground", "coin"]


def test_equal_ids_in_two_pictures_are_two_segments() -> None:
    one = score(*picture(3), lens="panoptic")
    twice = pool([one, one], "dataset")
    assert twice.tp == 2 * one.tp
    assert twice.pq == pytest.approx(one.pq, abs=1e-15)


def test_crowds_keep_their_pictures() -> None:
    truth, guess = picture(5)
    thing = next(n for n, s in truth.segments.items() if s.category and s.category.kind == "thing")
    plain, crowded = (score(truth, guess, lens="panoptic", crowd=c) for c in ((), {thing}))
    both = pool([plain, crowded], "dataset")
    assert both.fn == plain.fn + crowded.fn
    assert both.tp == plain.tp + crowded.tp


def test_an_average_leaves_out_what_is_undefined_and_says_how_often() -> None:
    void = Segmentation(np.zeros((12, 15), int), {}, TAX)
    pairs = [picture(1), picture(2), (void, picture(3)[1])]
    found = pool([score(*pair, lens="semantic") for pair in pairs], "image")
    assert isinstance(found, Average)
    assert found.miou == pytest.approx(np.mean([score(*pair, lens="semantic").miou for pair in pairs[:2]]))
    assert found.undefined["miou"] == 1
    plain = found.as_dict()
    assert (plain["aggregate"], plain["images"], plain["miou"]) == ("image", 3, found.miou)


def test_a_convention_says_which_by_itself() -> None:
    found = [score(*picture(n), target="cell", convention="medical") for n in (1, 2)]
    assert isinstance(pool(found), Average)
    assert isinstance(pool(found, "dataset"), Score)
    assert isinstance(pool([score(*picture(1))]), Score)


@pytest.mark.parametrize(
    ("scores", "sentence"),
    [
        ([], "nothing to pool"),
        ([score(*picture(1)), score(*picture(1), lens="semantic")], "one lens, got object and semantic"),
        (
            [score(*picture(1)), score(*picture(1), convention="voc")],
            "one convention, got voc and workbench",
        ),
        (
            [score(*picture(1), lens="semantic"), score(*coins_and_ground(), lens="semantic")],
            "one taxonomy",
        ),
    ],
)
def test_what_cannot_be_pooled_is_said(scores: list[Score], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        pool(scores)


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=4))
def test_side_by_side_keeps_every_pixel(seeds: list[int]) -> None:
    rng = [np.random.default_rng(seed) for seed in seeds]
    tables = [Overlap.of(one.integers(0, 5, (6, 7)), one.integers(0, 4, (6, 7))) for one in rng]
    found = side_by_side(tables)
    assert found.pixels.sum() == 42 * len(seeds)
    assert found.truth_sizes.sum() == found.guess_sizes.sum() == 42 * len(seeds)
    assert len(found.truth_ids) == 1 + sum(len(t.truth_ids) - 1 for t in tables)
    assert sorted(np.nan_to_num(found.iou(), nan=-1)[found.iou() > 0]) == pytest.approx(
        sorted(np.concatenate([t.iou()[t.iou() > 0] for t in tables]))
    )


@given(st.integers(0, 10_000))
def test_adding_a_perfect_picture_never_lowers_a_dataset_score(seed: int) -> None:
    pair = picture(seed)
    for lens, names in (
        ("semantic", ("miou", "mdice", "pixel_accuracy", "fwiou")),
        ("panoptic", ("pq", "sq", "rq")),
    ):
        alone = score(*pair, lens=lens)
        more = pool([alone, score(pair[0], pair[0], lens=lens)], "dataset")
        for name in names:
            assert getattr(more, name) >= getattr(alone, name) - 1e-12, (lens, name)
