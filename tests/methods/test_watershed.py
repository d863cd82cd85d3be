from itertools import pairwise

import cv2
import numpy as np
import pytest
import skimage as ski

import workbench as wb
from workbench.methods.edges import drop_small, gradient_of
from workbench.methods.features import even_out
from workbench.trace import Trace, listen


def _two_discs(gap: int) -> np.ndarray:
    image = np.zeros((70, 110, 3), np.uint8)
    for column in (35, 35 + gap):
        cv2.circle(image, (column, 35), 20, (220, 220, 220), -1)
    return image


def _objects(output: wb.Segmentation) -> int:
    return len(output.segments) - 1  # the other one is the background


@pytest.mark.parametrize("landscape", ["distance", "gradient", "intensity"])
@pytest.mark.parametrize("compactness", [0.0, 1.0])
def test_basins_are_the_librarys(
    coins: np.ndarray, grey: np.ndarray, landscape: str, compactness: float
) -> None:
    smoothed = cv2.GaussianBlur(grey, (0, 0), 1.5)
    lit = even_out(smoothed, 60)
    front = drop_small(lit > ski.filters.threshold_otsu(lit), 100)
    distance = cv2.distanceTransform(front.astype(np.uint8), cv2.DIST_L2, 5)
    pieces = ski.measure.label(front, connectivity=2)
    peaks = ski.feature.peak_local_max(
        cv2.GaussianBlur(distance, (0, 0), 1.0), min_distance=12, labels=pieces, exclude_border=False
    )
    markers = np.zeros(grey.shape, int)
    markers[tuple(peaks.T)] = np.arange(1, len(peaks) + 1)
    fields = {
        "distance": -distance,
        "gradient": np.hypot(*gradient_of(smoothed)),
        "intensity": 255.0 - smoothed,
    }
    field = fields[landscape]
    expected = ski.segmentation.watershed(field, markers, mask=front, compactness=compactness)
    output = wb.run("watershed", coins, landscape=landscape, compactness=compactness).output
    # The same regions; their numbers follow the order in which the two libraries scan the pieces.
    pairs = np.unique(np.stack([output.ids.ravel(), expected.ravel()]), axis=1)
    assert pairs.shape[1] == len(output.segments) == len(np.unique(expected)) == 25


def test_touching_discs_are_two_objects() -> None:
    touching = wb.run("watershed", _two_discs(34), even=0).output
    assert _objects(touching) == 2
    assert _objects(wb.run("otsu", _two_discs(34)).output) == 1
    halves = [(touching.ids == n).sum() for n in (2, 3)]
    assert halves[0] == pytest.approx(halves[1], rel=0.03)


def test_no_object_goes_without_a_marker() -> None:
    # Small discs nearer than the smallest distance of markers are still objects of their own.
    image = np.zeros((60, 60, 3), np.uint8)
    for row, column in ((15, 15), (15, 35), (35, 15), (35, 35)):
        cv2.circle(image, (column, row), 6, (255, 255, 255), -1)
    output = wb.run("watershed", image, even=0, sigma=0, separation=60).output
    assert _objects(output) == 4
    assert ((output.ids > 1) == (image[..., 0] > 0)).all()


def test_coins_are_counted() -> None:
    sample = wb.samples.load("coins")
    output = wb.run("watershed", sample.image).output
    assert _objects(output) == 24
    object_iou = wb.score(sample.truth, output, target=sample.target).iou
    assert (
        object_iou
        > wb.score(sample.truth, wb.run("otsu", sample.image).output, target=sample.target).iou + 0.1
    )
    assert wb.score(sample.truth, output, lens="instance").f1 > 0.95


def test_dark_objects() -> None:
    output = wb.run("watershed", 255 - _two_discs(60), even=0, objects="dark").output
    assert _objects(output) == 2


def test_clicks_replace_the_markers() -> None:
    discs = _two_discs(34)
    one = wb.run("watershed", discs, even=0, seeds=[(35, 35, "object")]).output
    assert _objects(one) == 1
    assert (one.mask("foreground") == wb.run("watershed", discs, even=0).output.mask("foreground")).all()
    # A scribble across both is one object, two clicks in one disc are two.
    across = wb.run("watershed", discs, even=0, seeds=[(35, 30, 35, 75, "object")]).output
    assert _objects(across) == 1
    halves = [(35, 25, "object"), (35, 45, "object")]
    assert _objects(wb.run("watershed", discs, even=0, seeds=halves).output) == 2


@pytest.mark.parametrize("landscape", ["distance", "gradient"])
def test_a_background_click_floods_the_whole_picture(landscape: str) -> None:
    discs = _two_discs(60)
    first = [(35, 35, "object"), (3, 3, "background")]
    front = wb.run("watershed", discs, even=0, landscape=landscape, seeds=first).output.mask("foreground")
    assert front[35, 35]
    assert not front[35, 95]  # the disc without a marker of its own drowns
    assert front.sum() == pytest.approx(np.pi * 20**2, rel=0.1)


def test_background_clicks_leave_the_automatic_markers() -> None:
    discs = _two_discs(60)
    output = wb.run("watershed", discs, even=0, seeds=[(3, 3, "background")]).output
    assert _objects(output) == 2
    expected = wb.run("watershed", discs, even=0).output.mask("foreground")
    assert (output.mask("foreground") == expected).mean() > 0.98
    drowned = wb.run("watershed", discs, even=0, seeds=[(15, 35, 55, 35, "background")]).output
    assert _objects(drowned) == 1


def test_a_clicked_flood_is_the_librarys(grey: np.ndarray, coins: np.ndarray) -> None:
    clicks = [(60, 50, "object"), (55, 110, "object"), (5, 5, 5, 300, "background")]
    smoothed = cv2.GaussianBlur(grey, (0, 0), 1.5)
    markers = np.zeros(grey.shape, int)
    markers[60, 50], markers[55, 110], markers[5, 5:301] = 1, 2, 3
    expected = ski.segmentation.watershed(np.hypot(*gradient_of(smoothed)), markers)
    ids = wb.run("watershed", coins, landscape="gradient", seeds=clicks).output.ids
    assert (ids == np.array([0, 2, 3, 1])[expected]).all()


def test_a_click_off_the_foreground_marks_itself() -> None:
    output = wb.run("watershed", _two_discs(60), even=0, seeds=[(2, 2, "object"), (35, 35, "object")]).output
    assert (output.ids == output.ids[2, 2]).sum() == 1
    assert _objects(output) == 2


def test_nothing_to_flood() -> None:
    assert wb.run("watershed", np.full((20, 20, 3), 50, np.uint8)).output.ids.tolist() == [[1] * 20] * 20


def test_the_flood_rises_and_ends_in_the_basins(coins: np.ndarray) -> None:
    with listen(Trace()) as heard:
        output = wb.METHODS["watershed"](coins)
    flooded = [item.array for item in heard.stages if item.film == "flooding"]
    assert len(flooded) == 9
    wet = [array > 0 for array in flooded]
    assert all((earlier <= later).all() for earlier, later in pairwise(wet))
    assert (flooded[-1] == output.ids - 1).all()
    markers = next(item.array for item in heard.stages if item.name == "markers")
    assert markers.max() == len(output.segments) - 1
