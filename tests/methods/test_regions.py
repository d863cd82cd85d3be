from collections import deque

import numpy as np
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


def test_seeds_and_front_are_shown(coins: np.ndarray) -> None:
    with listen(Trace()) as heard:
        wb.METHODS["region-growing"](coins)
    assert [item.name for item in heard.stages] == [
        "smoothed",
        "evened out",
        "seeds",
        "growth front",
        "grown",
    ]
