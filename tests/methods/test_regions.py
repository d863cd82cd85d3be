from collections import deque
from itertools import pairwise

import numpy as np
import pytest
import scipy
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from skimage.segmentation import flood

import workbench as wb
from workbench.methods.regions import _steps, automatic_seeds, grow
from workbench.trace import Trace, listen

GREYS = arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9)), elements=st.integers(0, 60))
SQUARE = np.zeros((60, 80, 3), np.uint8)
SQUARE[10:30, 20:50] = 200


def _breadth_first(grey: np.ndarray, seeds: list[tuple[int, int]], tolerance: int) -> np.ndarray:
    """Grow in the plainest way, a queue a seed; give the steps that each pixel took, -1 where none led."""
    steps = np.full(grey.shape, -1)
    for seed in seeds:
        seen, queue = {seed: 0}, deque([seed])
        while queue:
            r, c = queue.popleft()
            for near in ((r - 1, c), (r + 1, c), (r, c - 1), (r, c + 1)):
                inside = 0 <= near[0] < grey.shape[0] and 0 <= near[1] < grey.shape[1]
                if inside and near not in seen and abs(int(grey[near]) - int(grey[seed])) <= tolerance:
                    seen[near] = seen[r, c] + 1
                    queue.append(near)
        for place, count in seen.items():
            steps[place] = count if steps[place] < 0 else min(steps[place], count)
    return steps


@given(grey=GREYS, tolerance=st.integers(0, 40), data=st.data())
@settings(deadline=None, max_examples=80)
def test_growth_is_a_breadth_first_search(grey: np.ndarray, tolerance: int, data: st.DataObject) -> None:
    place = st.tuples(st.integers(0, grey.shape[0] - 1), st.integers(0, grey.shape[1] - 1))
    seeds = data.draw(st.lists(place, max_size=4))
    assert (grow(grey, seeds, tolerance) == (_breadth_first(grey, seeds, tolerance) >= 0)).all()


def test_one_seed_is_the_librarys_flood(grey: np.ndarray) -> None:
    expected = flood(grey, (150, 200), tolerance=25, connectivity=1)
    assert (grow(grey, [(150, 200)], 25) == expected).all()


@given(grey=GREYS, tolerance=st.integers(0, 40), data=st.data())
@settings(deadline=None, max_examples=80)
def test_floating_growth_joins_neighbours_that_are_near(
    grey: np.ndarray, tolerance: int, data: st.DataObject
) -> None:
    place = st.tuples(st.integers(0, grey.shape[0] - 1), st.integers(0, grey.shape[1] - 1))
    seeds = data.draw(st.lists(place, max_size=4))
    number = np.arange(grey.size).reshape(grey.shape)
    steps = [(np.diff(grey.astype(int), axis=axis), axis) for axis in (0, 1)]
    near = [np.abs(step) <= tolerance for step, _ in steps]
    one = np.concatenate([number[:-1][near[0]], number[:, :-1][near[1]]])
    other = np.concatenate([number[1:][near[0]], number[:, 1:][near[1]]])
    graph = scipy.sparse.coo_array((np.ones(len(one)), (one, other)), (grey.size, grey.size))
    pieces = scipy.sparse.csgraph.connected_components(graph, directed=False)[1].reshape(grey.shape)
    expected = np.isin(pieces, [pieces[seed] for seed in seeds])
    assert (grow(grey, seeds, tolerance, floating=True) == expected).all()


@pytest.mark.parametrize("tolerance", [10, 30])
def test_a_fill_is_the_librarys_flood_in_every_channel(colour: np.ndarray, tolerance: int) -> None:
    seed = (60, 80)
    apart = np.abs(colour.astype(int) - colour[seed]).max(axis=2).astype(np.uint8)
    expected = flood(apart, seed, tolerance=tolerance, connectivity=1)
    click = [(*seed, "object")]
    values = {"compare": "seed", "tolerance": tolerance, "sigma": 0.0, "seeds": click}
    assert (wb.run("flood-fill", colour, **values).output.mask("foreground") == expected).all()


def test_a_fill_from_neighbour_to_neighbour_follows_a_shade() -> None:
    ramp = np.repeat(np.arange(0, 200, 4, dtype=np.uint8)[None, :, None], 3, axis=2).repeat(5, axis=0)
    click = [(2, 0, "object")]
    follows = wb.run("flood-fill", ramp, sigma=0.0, tolerance=4, seeds=click).output
    assert follows.mask("foreground").all()
    stays = wb.run("flood-fill", ramp, sigma=0.0, tolerance=4, seeds=click, compare="seed").output
    assert stays.mask("foreground").sum(axis=1).tolist() == [2] * 5


def test_without_object_seeds_the_object_is_what_is_not_filled() -> None:
    front = SQUARE[..., 0] > 0
    assert (wb.run("flood-fill", SQUARE, sigma=0.0).output.mask("foreground") == front).all()
    inside = wb.run("flood-fill", SQUARE, sigma=0.0, seeds=[(15, 30, "background")]).output
    assert (inside.mask("foreground") == ~front).all()
    both = [(15, 30, "object"), (0, 0, "object"), (59, 79, "background")]
    assert (wb.run("flood-fill", SQUARE, sigma=0.0, seeds=both).output.mask("foreground") == front).all()


def test_coins_are_left_when_the_background_is_filled() -> None:
    sample = wb.samples.load("coins")
    output = wb.run("flood-fill", sample.image).output
    assert wb.score(sample.truth, output, target=sample.target).iou > 0.9


def test_every_pixel_of_a_scribble_is_a_seed(colour: np.ndarray) -> None:
    scribble = [(40, 50, 40, 60, 46, 60, "object")]
    clicks = [(40, c, "object") for c in range(50, 61)] + [(r, 60, "object") for r in range(41, 47)]
    for name in ("region-growing", "flood-fill"):
        drawn = wb.run(name, colour, seeds=scribble, tolerance=3)
        assert drawn.sha256 == wb.run(name, colour, seeds=clicks, tolerance=3).sha256
        assert drawn.sha256 != wb.run(name, colour, seeds=clicks[:1], tolerance=3).sha256


def test_the_front_counts_steps_from_the_nearest_seed() -> None:
    grown = np.array([[1, 1, 1, 1, 0], [0, 0, 0, 1, 0]], bool)
    assert _steps(grown, [(0, 0)]).tolist() == [[1, 2, 3, 4, 0], [0, 0, 0, 5, 0]]
    assert _steps(grown, [(0, 0), (1, 3)]).tolist() == [[1, 2, 3, 2, 0], [0, 0, 0, 1, 0]]
    assert not _steps(np.zeros((2, 2), bool), []).any()


def test_clicks_grow_and_background_clicks_take_back() -> None:
    whole = wb.run("region-growing", SQUARE, sigma=0, seeds=[(15, 30, "object")]).output
    assert (whole.mask("foreground") == (SQUARE[..., 0] > 0)).all()
    clicks = [(15, 30, "object"), (0, 0, "object"), (59, 79, "background")]
    part = wb.run("region-growing", SQUARE, sigma=0, seeds=clicks).output
    assert (part.mask("foreground") == (SQUARE[..., 0] > 0)).all()


def test_background_clicks_alone_leave_the_automatic_seeds() -> None:
    output = wb.run("region-growing", SQUARE, sigma=0, seeds=[(0, 0, "background")]).output
    assert (output.mask("foreground") == (SQUARE[..., 0] > 0)).all()


def test_automatic_seeds_lie_on_what_outshines_its_surroundings() -> None:
    seeds = automatic_seeds(SQUARE[..., 0].copy(), 30)
    assert seeds
    assert all(SQUARE[row, column, 0] == 200 for row, column in seeds)
    assert automatic_seeds(np.full((50, 50), 255, np.uint8), 0) == []


def test_coins_are_found_without_a_click() -> None:
    sample = wb.samples.load("coins")
    output = wb.run("region-growing", sample.image).output
    assert wb.score(sample.truth, output, target=sample.target).iou > 0.95


@pytest.mark.parametrize("name", ["region-growing", "flood-fill"])
def test_seeds_and_front_are_shown(coins: np.ndarray, name: str) -> None:
    with listen(Trace()) as heard:
        wb.METHODS[name](coins)
    shown = [item.name for item in heard.stages if not item.film]
    begins, ends = (["evened out"], ["grown"]) if name == "region-growing" else ([], [])
    assert shown == ["smoothed", *begins, "seeds", "growth front", *ends]
    film = [item.array for item in heard.stages if item.film == "growing"]
    assert len(film) == 8
    assert all((earlier <= later).all() for earlier, later in pairwise(film))
