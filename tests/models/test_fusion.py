import numpy as np
import pytest

from workbench.models.fusion import Heuristic

STUFF = {1, 2}


def by_hand(masks, categories, scores, semantic, least, overlap, area):
    """Merge pixel by pixel, as the paper's appendix words it, without a single array operation."""
    height, width = semantic.shape
    owner = {}
    for k in sorted(range(len(masks)), key=lambda k: (-scores[k], k)):
        pixels = [(r, c) for r in range(height) for c in range(width) if masks[k][r][c]]
        taken = [pixel for pixel in pixels if pixel in owner]
        free = [pixel for pixel in pixels if pixel not in owner]
        if scores[k] < least or not free or len(taken) / len(pixels) > overlap:
            continue
        for pixel in free:
            owner[pixel] = ("thing", k)
    for category in sorted(STUFF):
        free = [
            (r, c)
            for r in range(height)
            for c in range(width)
            if (r, c) not in owner and semantic[r][c] == category
        ]
        if free and len(free) >= area * height * width:
            owner |= dict.fromkeys(free, ("stuff", category))
    return owner


@pytest.mark.parametrize("seed", range(40))
def test_the_rule_is_the_papers(seed):
    rng = np.random.default_rng(seed)
    height, width, count = 7, 9, int(rng.integers(0, 6))
    masks = np.zeros((count, height, width), bool)
    for mask in masks:
        r, c = rng.integers(0, height - 1), rng.integers(0, width - 1)
        mask[r : r + rng.integers(1, 6), c : c + rng.integers(1, 6)] = True
    categories, scores = rng.integers(3, 6, count), rng.choice([0.2, 0.5, 0.7, 0.7, 0.95], count)
    semantic = rng.integers(1, 6, (height, width))
    found = Heuristic(area=0.2)(masks, categories, scores, semantic, STUFF)
    wanted = by_hand(masks, categories, scores, semantic, 0.5, 0.5, 0.2)
    for r in range(height):
        for c in range(width):
            kind, which = wanted.get((r, c), ("void", 0))
            number = {"void": 0, "stuff": which, "thing": 3 + which}[kind]
            assert found.ids[r, c] == number
            assert kind == "void" or found.categories[number] == (
                which if kind == "stuff" else categories[which]
            )
    kept = {which for kind, which in wanted.values() if kind == "thing"}
    assert set(found.dropped) == set(range(count)) - kept
    assert {n - 3: s for n, s in found.scores.items()} == {k: scores[k] for k in kept}
    assert set(found.categories) == set(np.unique(found.ids).tolist()) - {0}


def test_exactly_half_taken_stays_and_more_goes():
    masks = np.zeros((2, 1, 8), bool)
    masks[0, 0, :4], masks[1, 0, 2:6] = True, True
    merge = Heuristic()
    semantic = np.full((1, 8), 1)
    assert merge(masks, np.array([6, 6]), np.array([0.9, 0.8]), semantic, STUFF).ids.tolist() == [
        [3, 3, 3, 3, 4, 4, 1, 1]
    ]
    masks[1, 0, 5] = False  # two of three are taken now
    assert merge(masks, np.array([6, 6]), np.array([0.9, 0.8]), semantic, STUFF).dropped == (1,)


def test_arguments_are_left_alone():
    masks, semantic = np.ones((1, 2, 2), bool), np.ones((2, 2), int)
    Heuristic()(masks, np.array([6]), np.array([0.9]), semantic, STUFF)
    assert masks.all()
    assert (semantic == 1).all()


def test_masks_of_another_size_are_refused():
    with pytest.raises(ValueError, match=r"fusion: masks must be boolean \(N, H, W\) over a map of \(2, 2\)"):
        Heuristic()(np.ones((1, 3, 2), bool), np.array([6]), np.array([0.9]), np.ones((2, 2), int), STUFF)


def test_a_mask_without_a_score_is_refused():
    with pytest.raises(ValueError, match="fusion: each of 1 masks needs a category and a score, got 1 and 0"):
        Heuristic()(np.ones((1, 2, 2), bool), np.array([6]), np.array([]), np.ones((2, 2), int), STUFF)
