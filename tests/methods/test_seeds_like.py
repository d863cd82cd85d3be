from itertools import pairwise, product

import numpy as np
import pytest
import skimage as ski
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import workbench as wb
from workbench.methods.seeds_like import Cells, binned, energy, grid, removable
from workbench.trace import Trace, listen

COLOURS = arrays(np.int64, st.tuples(st.integers(1, 20), st.integers(1, 20)), elements=st.integers(0, 3))
SMOOTHNESS = st.sampled_from([0.0, 0.1, 0.5, 2.0])


def _plain_energy(colours: np.ndarray, ids: np.ndarray, smoothness: float) -> float:
    """Add up the energy by its words: pairs of pixels of one colour, and neighbours in one superpixel."""
    total = 0.0
    for n in np.unique(ids):
        inside = colours[ids == n]
        total += sum(float(a == b) for a, b in product(inside, inside)) / len(inside)
    for (r, c), n in np.ndenumerate(ids):
        for near in ((r + 1, c), (r, c + 1)):
            if near[0] < ids.shape[0] and near[1] < ids.shape[1]:
                total += smoothness * (ids[near] == n)
    return total


def _in_one_piece(ids: np.ndarray) -> bool:
    return ski.measure.label(ids, connectivity=1, background=-1).max() == len(np.unique(ids))


@given(colours=COLOURS, data=st.data(), smoothness=SMOOTHNESS)
@settings(deadline=None, max_examples=40)
def test_the_energy_is_what_its_words_say(
    colours: np.ndarray, data: st.DataObject, smoothness: float
) -> None:
    ids = grid(colours.shape, data.draw(st.integers(2, 9)))[0]
    assert energy(colours, ids, smoothness) == pytest.approx(_plain_energy(colours, ids, smoothness))


@given(colours=COLOURS, segments=st.integers(2, 9), smoothness=SMOOTHNESS)
@settings(deadline=None, max_examples=80)
def test_the_energy_never_falls_and_every_superpixel_stays_in_one_piece(
    colours: np.ndarray, segments: int, smoothness: float
) -> None:
    ids, sizes = grid(colours.shape, segments)
    count, before = ids.max() + 1, energy(colours, ids, smoothness)
    for rows, columns in sizes:
        cells = Cells(colours, ids, rows, columns, smoothness)
        for _ in range(3):
            for down, across in product((0, 1), (0, 1)):
                moved = cells._move(down, across)
                ids = cells.ids()
                after = energy(colours, ids, smoothness)
                assert after > before if moved else after == before
                assert len(np.unique(ids)) == count
                assert _in_one_piece(ids)
                before = after
    assert (colours >= 0).all()


@given(colours=COLOURS, segments=st.integers(2, 9), smoothness=SMOOTHNESS)
@settings(deadline=None, max_examples=40)
def test_no_move_brings_less_than_it_promised(colours: np.ndarray, segments: int, smoothness: float) -> None:
    ids, sizes = grid(colours.shape, segments)
    cells = Cells(colours, ids, *sizes[0], smoothness)
    height = cells.owner.shape[0]
    for row, column in list(np.ndindex(cells.owner.shape))[:6]:
        if row + 1 == height or cells.owner[row, column] == (to := cells.owner[row + 1, column]):
            continue
        place, own = (np.array([row]), np.array([column])), np.array([cells.owner[row, column]])
        if (cells.owner == own).sum() == 1:
            continue
        around = [(row - 1, column), (row, column + 1), (row + 1, column), (row, column - 1)]
        sides = np.array([[cells.owner[at] if _inside(at, cells.owner.shape) else -1] for at in around])
        promised = cells._gain(*place, own, sides)[2, 0]
        moved = cells.owner.copy()
        moved[row, column] = to
        change = energy(colours, cells._spread(moved), smoothness) - energy(colours, ids, smoothness)
        assert change >= promised - 1e-9


def _inside(place: tuple[int, int], size: tuple[int, ...]) -> bool:
    return 0 <= place[0] < size[0] and 0 <= place[1] < size[1]


def test_what_can_be_lost_leaves_its_neighbours_joined() -> None:
    circle = ((0, 0), (0, 1), (0, 2), (1, 2), (2, 2), (2, 1), (2, 0), (1, 0))
    circle = circle[1:] + circle[:1]  # from the one above, clockwise
    for bits in product((0, 1), repeat=8):
        patch = np.zeros((3, 3), int)
        patch[tuple(np.array(circle).T)] = bits
        pieces = ski.measure.label(patch, connectivity=1)
        touching = {pieces[at] for at in ((0, 1), (1, 2), (2, 1), (1, 0))} - {0}
        whole = all(patch[at] for at in ((0, 1), (1, 2), (2, 1), (1, 0)))
        ring = [np.array([[bit]]) for bit in bits]
        assert removable(np.array([[1]]), ring)[0, 0] == (len(touching) == 1 and not (whole and all(bits)))


def test_blocks_lie_inside_the_blocks_before() -> None:
    ids, sizes = grid((101, 67), 12)
    assert 10 <= ids.max() + 1 <= 14
    for rows, columns in sizes:
        assert (rows.sum(), columns.sum()) == (101, 67)
        assert min(rows.min(), columns.min()) >= 1
    for (coarse, _), (fine, _) in pairwise(sizes):
        assert set(coarse.cumsum()) <= set(fine.cumsum())
    assert len(sizes) == 3


def test_colours_fall_into_the_bins_of_what_the_picture_has(colour: np.ndarray) -> None:
    lab = ski.color.rgb2lab(colour)
    numbers = binned(colour, 4)
    assert numbers.min() == 0
    assert len(np.unique(numbers)) == numbers.max() + 1 <= 64
    shares = (lab - lab.min(axis=(0, 1))) / np.ptp(lab, axis=(0, 1))
    expected = np.minimum((shares * 4).astype(int), 3) @ [16, 4, 1]
    table = np.zeros((64, 64), int)
    np.add.at(table, (expected, numbers), 1)
    assert table.max(axis=1).sum() > 0.98 * numbers.size  # two libraries' CIELAB differ a little
    assert binned(np.full((3, 3, 3), 7, np.uint8), 5).tolist() == [[0] * 3] * 3


def test_borders_move_to_the_edge_of_the_object() -> None:
    image = np.zeros((64, 64, 3), np.uint8)
    image[21:50, 13:44] = 200
    ids = wb.run("seeds-like", image, segments=16, smoothness=0.05, sweeps=20).output.ids
    assert ids.max() == 16
    mixed = [n for n in range(1, 17) if len(np.unique(image[ids == n][:, 0])) > 1]
    assert mixed == []


def test_after_many_sweeps_hardly_anything_moves(colour: np.ndarray) -> None:
    ids = wb.run("seeds-like", colour, segments=40, sweeps=20).output.ids
    assert _in_one_piece(ids)
    rows, columns = (np.ones(length, int) for length in ids.shape)
    assert Cells(binned(colour, 5), ids.astype(int) - 1, rows, columns, 0.2).sweep() < 40


def test_the_energy_and_every_size_are_shown(colour: np.ndarray) -> None:
    with listen(Trace()) as heard:
        output = wb.METHODS["seeds-like"](colour, segments=30)
    assert [item.film for item in heard.stages].count("moving") >= 3
    shown = [item.name for item in heard.stages if not item.film]
    assert shown == ["energy", "superpixels", "centres", "boundaries"]
    rises = next(item.array for item in heard.stages if item.name == "energy")[1]
    assert (np.diff(rises) >= 0).all()
    expected = energy(binned(colour, 5), output.ids.astype(int) - 1, 0.2) / output.ids.size
    assert rises[-1] == pytest.approx(expected)
