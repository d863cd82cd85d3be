from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import workbench as wb
from workbench.methods.partitions import neighbours, sizes_and_colours
from workbench.methods.quadtree import distance, leaves_of, merge, painted, spreads_of
from workbench.trace import Trace, listen

PICTURES = arrays(
    np.uint8,
    st.tuples(st.integers(1, 13), st.integers(1, 13), st.just(3)),
    elements=st.sampled_from([0, 3, 20, 30, 200, 255]),
)
CRITERIA = st.sampled_from(["range", "deviation"])


def _varies(block: np.ndarray, criterion: str) -> float:
    pixels = block.reshape(-1, 3).astype(float)
    return float(np.ptp(pixels, axis=0).max() if criterion == "range" else np.sqrt(pixels.var(0).mean()))


def _textbook(image: np.ndarray, criterion: str, spread: float, block: int) -> set[tuple[int, int, int]]:
    """Split the plainest way: a recursion on squares; give the (top, left, side) of the leaves."""
    leaves, side = set(), 1
    while side < max(image.shape[:2]):
        side *= 2

    def visit(top: int, left: int, side: int) -> None:
        inside = image[top : top + side, left : left + side]
        if inside.size == 0:
            return
        if side < 2 * block or _varies(inside, criterion) <= spread:
            leaves.add((top, left, side))
            return
        half = side // 2
        for down, across in ((0, 0), (0, half), (half, 0), (half, half)):
            visit(top + down, left + across, half)

    visit(0, 0, side)
    return leaves


def _split(image: np.ndarray, criterion: str, spread: float, block: int) -> np.ndarray:
    return painted(leaves_of(spreads_of(image, criterion), spread, block))


@given(image=PICTURES, criterion=CRITERIA, spread=st.integers(0, 80), block=st.integers(1, 5))
@settings(deadline=None, max_examples=80)
def test_blocks_are_those_of_the_textbooks_recursion(
    image: np.ndarray, criterion: str, spread: int, block: int
) -> None:
    leaves = _textbook(image, criterion, spread + 0.25, block)  # no deviation lies on the edge of a rounding
    ids = _split(image, criterion, spread + 0.25, block)
    assert ids.max() == len(leaves)
    for top, left, side in leaves:
        place = ids[top : top + side, left : left + side]
        assert (place == place[0, 0]).all()
        assert (ids == place[0, 0]).sum() == place.size


@given(image=PICTURES, alike=st.integers(0, 80), smallest=st.integers(1, 20))
@settings(deadline=None, max_examples=80)
def test_no_two_neighbours_are_left_to_merge(image: np.ndarray, alike: int, smallest: int) -> None:
    blocks = _split(image, "range", 10, 1)
    ids = merge(image, blocks, alike, smallest)
    sizes, colours = sizes_and_colours(image, ids)
    pairs = neighbours(ids)
    assert (distance(colours, pairs) > alike).all()
    assert ids.max() == 1 or sizes[1:].min() >= smallest
    # Merging joins whole blocks, and only neighbours: each region is in one piece.
    assert all(len(np.unique(ids[blocks == n])) == 1 for n in range(1, blocks.max() + 1))
    assert len(pairs) >= ids.max() - 1


def test_each_round_joins_what_is_likest() -> None:
    row = np.repeat(np.array([[0, 10, 100, 108, 200]], np.uint8)[..., None], 3, axis=2)
    ids = np.array([[1, 2, 3, 4, 5]], np.int32)
    assert merge(row, ids, 9, 1).tolist() == [[1, 2, 3, 3, 4]]
    assert merge(row, ids, 10, 1).tolist() == [[1, 1, 2, 2, 3]]
    assert merge(row, ids, 98, 1).tolist() == [[1, 1, 2, 2, 2]]  # 104 - 5 is 99, and 200 - 104 only 96
    assert merge(row, ids, 0, 2).tolist() == [[1, 1, 2, 2, 2]]


def test_spread_is_that_of_the_pixels_inside(colour: np.ndarray) -> None:
    for criterion in ("range", "deviation"):
        levels = spreads_of(colour, criterion)
        assert levels[0].shape == (1, 1)
        assert levels[0][0, 0] == pytest.approx(_varies(colour, criterion), rel=1e-5)
        assert levels[-4][1, 2] == pytest.approx(_varies(colour[8:16, 16:24], criterion), rel=1e-5)


def test_a_square_comes_out_whole() -> None:
    image = np.zeros((60, 80, 3), np.uint8)
    image[10:30, 20:50] = 200
    ids = wb.run("split-merge", image, block=1).output.ids
    assert ids.max() == 2
    assert ((ids == ids[15, 30]) == (image[..., 0] > 0)).all()


def test_coins_are_regions_of_their_own() -> None:
    sample = wb.samples.load("coins")
    output = wb.run("split-merge", sample.image).output
    assert wb.score(sample.truth, output, target=sample.target).iou > 0.85
    assert len(output.segments) < 150


def test_splitting_and_merging_are_filmed(coins: np.ndarray) -> None:
    with listen(Trace()) as heard:
        output = wb.METHODS["split-merge"](coins)
    films = {item.film for item in heard.stages}
    assert films == {"splitting", "merging", ""}
    assert [item.name for item in heard.stages if not item.film] == ["quadtree", "blocks", "merged"]
    rounds = [int(item.array.max()) for item in heard.stages if item.film == "merging"]
    assert all(later < earlier for earlier, later in pairwise(rounds))
    assert max(len([item for item in heard.stages if item.film == film]) for film in films) <= 12
    assert (heard.stages[-1].array == output.ids).all()


def test_the_tree_has_the_quarters_of_every_block_that_is_split() -> None:
    image = np.zeros((8, 8, 3), np.uint8)
    image[0, 0] = 255
    with listen(Trace()) as heard:
        wb.METHODS["split-merge"](image, block=1)
    parents, sides, groups = next(item.array for item in heard.stages if item.kind == "tree")
    assert parents.tolist() == [-1, *[0] * 4, *[1] * 4, *[5] * 4]
    assert sides.tolist() == [8, *[4] * 4, *[2] * 4, *[1] * 4]
    assert groups.tolist() == [1, 1, 2, 2, 2, 1, 2, 2, 2, 2, 2, 2, 2]
