import cv2
import numpy as np
import pytest
import skimage as ski

import workbench as wb
from workbench.methods import snakes
from workbench.prompts import enclosed
from workbench.trace import Trace, listen


def _disc(radius: float = 30.0, size: int = 128, seed: int = 0) -> np.ndarray:
    """Draw a bright disc in the middle of a slightly noisy (H, W, 3) picture."""
    rows, columns = np.mgrid[:size, :size] - (size - 1) / 2
    grey = np.where(np.hypot(rows, columns) < radius, 180, 60) + np.random.default_rng(seed).normal(
        0, 2, rows.shape
    )
    return np.repeat(grey.round().astype(np.uint8)[..., None], 3, axis=2)


def _ring(radius: float, count: int = 60, size: int = 128) -> np.ndarray:
    turn = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return (size - 1) / 2 + radius * np.column_stack([np.sin(turn), np.cos(turn)])


def _corners(points: np.ndarray) -> tuple[tuple[int, int], ...]:
    return tuple((int(row), int(column)) for row, column in points.round())


def _radii(mask: np.ndarray) -> np.ndarray:
    """Give the distance of the outline's pixels from the middle of the picture."""
    outline = np.argwhere(ski.segmentation.find_boundaries(mask, mode="inner"))
    return np.hypot(*(outline - (np.array(mask.shape) - 1) / 2).T)


def _iou(one: np.ndarray, other: np.ndarray) -> float:
    return (one & other).sum() / (one | other).sum()


@pytest.mark.parametrize("count", [5, 8, 33])
def test_the_internal_matrix_is_the_textbooks(count: int) -> None:
    alpha, beta = 0.3, 0.7
    first = np.roll(np.eye(count), 1, axis=1) - np.eye(count)  # of a point to the next
    second = first - np.roll(first, 1, axis=0)  # of one step to the next
    expected = alpha * first.T @ first + beta * second.T @ second
    assert np.allclose(snakes.internal(count, alpha, beta), expected)


def test_the_internal_matrix_is_the_slope_of_the_energy() -> None:
    points, flat = np.random.default_rng(1).normal(20, 5, (12, 2)), np.zeros((40, 40))
    slope = snakes.internal(12, 0.3, 0.7) @ points
    for index in np.ndindex(12, 2):
        nudge = np.zeros((12, 2))
        nudge[index] = 1e-5
        ends = [snakes.energy(points + sign * nudge, flat, 0.3, 0.7) for sign in (1, -1)]
        assert (ends[0] - ends[1]) / 2e-5 * 12 == pytest.approx(slope[index], abs=1e-5)


@pytest.mark.parametrize("count", [8, 9, 240])
def test_a_step_is_the_brute_force_solution(count: int) -> None:
    rng = np.random.default_rng(2)
    points, pull = rng.normal(50, 20, (count, 2)), rng.normal(0, 1, (count, 2))
    system = snakes.internal(count, 0.4, 1.5) + np.eye(count)
    expected = np.linalg.solve(system, points + pull)
    assert np.allclose(snakes.stiff_step(points, pull, 0.4, 1.5), expected)


def test_the_pull_is_the_slope_of_the_landscape() -> None:
    landscape = np.fromfunction(lambda r, c: 3 * r - 4 * c, (9, 11))
    assert np.allclose(snakes.downhill(landscape), [-0.6, 0.8])


def test_points_are_spaced_evenly() -> None:
    corners = np.array([[0.0, 0.0], [0.0, 40.0], [3.0, 40.0], [40.0, 40.0], [40.0, 0.0]])
    points = snakes.spaced(corners)
    steps = np.hypot(*(np.roll(points, -1, axis=0) - points).T)
    assert len(points) == 80
    assert steps.max() == pytest.approx(2.0)
    assert steps.min() > 1.4  # where a corner is cut


def test_a_curve_that_is_a_point_keeps_its_points() -> None:
    assert len(snakes.spaced(np.full((3, 2), 7.0))) == snakes.FEWEST


@pytest.mark.parametrize("way", [1, -1])
def test_normals_point_outwards_whichever_way_round(way: int) -> None:
    ring = _ring(20)[::way]
    assert np.allclose(snakes.outward(ring), (ring - 63.5) / 20, atol=1e-9)


def test_the_energy_falls_and_the_disc_is_found() -> None:
    image = _disc()
    with listen(Trace()) as heard:
        output = wb.METHODS["snake"](image, curve=_corners(_ring(37)))
    energies = heard.stages[-1].array[1]
    assert energies[-1] < energies[0] - 0.5
    falls = np.diff(energies[:31])
    falls[::10] = 0  # there, the points are spaced anew
    assert falls.max() < 1e-3
    assert np.abs(_radii(output.mask("foreground")) - 29.5).max() <= 1.5


def test_it_ends_within_a_px_of_the_librarys() -> None:
    image, start = _disc(), _ring(36, 113)
    grey = cv2.GaussianBlur(image[..., 0], (0, 0), 1.0)
    # The library takes the gradient of what it is given; ours blurs the gradient. A blurred disc has the edge
    # of both at the same place.
    blurred = ski.filters.gaussian(grey, 3.0)
    theirs = ski.segmentation.active_contour(
        blurred, start, alpha=0.05, beta=0.2, w_edge=10, gamma=0.1, max_num_iter=2000, convergence=0.01
    )
    mask = wb.run("snake", image, alpha=0.01, beta=0.2, curve=_corners(start)).output.mask("foreground")
    ours = np.argwhere(ski.segmentation.find_boundaries(mask, mode="inner"))
    apart = np.hypot(*(theirs[:, None] - ours[None]).transpose(2, 0, 1)).min(axis=1)
    assert apart.max() <= 1.0


def test_without_edges_tension_alone_pulls_the_curve_together() -> None:
    image = np.full((128, 128, 3), 90, np.uint8)
    tight, loose = (
        wb.run("snake", image, alpha=alpha, curve=_corners(_ring(40))).output.mask("foreground").sum()
        for alpha in (2.0, 0.5)
    )
    assert tight < loose < enclosed(_corners(_ring(40)), (128, 128)).sum()


def test_far_from_edges_only_a_wider_reach_helps() -> None:
    image, start = _disc(radius=26), _corners(_ring(42))
    found = {
        sigma: wb.run("snake", image, sigma=sigma, alpha=0.01, curve=start).output.mask("foreground")
        for sigma in (1.0, 8.0)
    }
    assert np.median(_radii(found[1.0])) > 36
    assert np.median(_radii(found[8.0])) < 30


def test_brightness_pulls_to_the_side_that_is_asked_for() -> None:
    image = _disc(radius=30)
    seeks = {
        line: np.median(
            _radii(wb.run("snake", image, line=line, curve=_corners(_ring(31))).output.mask("foreground"))
        )
        for line in (-1.0, 1.0)
    }
    assert seeks[-1.0] < seeks[1.0]


def test_the_automatic_snake_finds_a_coin(coins: np.ndarray) -> None:
    _assert_one_coin(wb.run("snake", coins).output.mask("foreground"))


def test_the_automatic_balloon_fills_a_coin(coins: np.ndarray) -> None:
    _assert_one_coin(wb.run("balloon", coins).output.mask("foreground"))


def _assert_one_coin(mask: np.ndarray) -> None:
    truth = wb.samples.load("coins").truth
    assert truth is not None
    assert max(_iou(mask, truth.ids == n) for n in truth.segments) > 0.85


def test_a_balloon_needs_no_near_start_and_a_snake_does() -> None:
    image, start = _disc(radius=45), _corners(_ring(8))
    truth = wb.run("otsu", image).output.mask("foreground")
    blown = wb.run("balloon", image, curve=start).output.mask("foreground")
    slid = wb.run("snake", image, curve=start).output.mask("foreground")
    assert _iou(blown, truth) > 0.95
    assert _iou(slid, truth) < 0.1


def test_a_balloon_sucked_in_shrinks_onto_the_disc() -> None:
    image = _disc(radius=20)
    mask = wb.run("balloon", image, inflation=-0.5, curve=_corners(_ring(50))).output.mask("foreground")
    assert _iou(mask, wb.run("otsu", image).output.mask("foreground")) > 0.9


def test_weak_edges_give_way_to_the_air() -> None:
    image = _disc(radius=45)
    rows, columns = np.mgrid[:128, :128] - 63.5
    image[np.hypot(rows, columns) < 20] -= 25  # a ring within, a fifth as strong
    mask = {
        weak: wb.run("balloon", image, weak=weak, curve=_corners(_ring(8))).output.mask("foreground")
        for weak in (0.05, 0.6)
    }
    assert mask[0.05].sum() < np.pi * 25**2
    assert mask[0.6].sum() > np.pi * 40**2


def test_the_film_goes_from_the_start_to_the_end(coins: np.ndarray) -> None:
    for name in ("snake", "balloon"):
        with listen(Trace()) as heard:
            wb.METHODS[name](coins, iterations=500)
        film = [item.name for item in heard.stages if item.film]
        assert film[0] == "start"
        assert film[-1] == "after 500 iterations"
        assert len(film) <= 12
        (pull,) = (item for item in heard.stages if item.kind == "field")
        assert pull.array.shape == (*coins.shape[:2], 2)


def test_progress_is_told() -> None:
    heard: list[tuple[int, int]] = []
    with listen(Trace(record=False, on_progress=lambda *at: heard.append(at))):
        wb.METHODS["snake"](_disc(), iterations=30)
    assert heard == [(0, 30), (10, 30), (20, 30)]
