from itertools import pairwise

import cv2
import numpy as np
import pytest
import skimage as ski

import workbench as wb
from workbench.methods.superpixels import _roots
from workbench.trace import Trace, listen

ALL = ["slic", "slic-zero", "quickshift", "compact-watershed", "seeds-like"]


def test_slic_is_the_librarys(colour: np.ndarray) -> None:
    expected = ski.segmentation.slic(colour, n_segments=60, compactness=8.0, sigma=1.0, start_label=1)
    assert (wb.run("slic", colour, segments=60, compactness=8.0).output.ids == expected).all()


def test_slic_zero_is_the_librarys(colour: np.ndarray) -> None:
    expected = ski.segmentation.slic(colour, n_segments=60, sigma=2.0, slic_zero=True, start_label=1)
    assert (wb.run("slic-zero", colour, segments=60, sigma=2.0).output.ids == expected).all()


@pytest.mark.parametrize(("ratio", "kernel", "distance"), [(0.5, 3.0, 10.0), (1.0, 2.0, 20.0)])
def test_quickshift_is_the_librarys(colour: np.ndarray, ratio: float, kernel: float, distance: float) -> None:
    expected = ski.segmentation.quickshift(
        colour, ratio=ratio, kernel_size=kernel, max_dist=distance, sigma=0.5
    )
    values = {"colour": ratio, "kernel": kernel, "distance": distance, "sigma": 0.5}
    assert (wb.run("quickshift", colour, **values).output.ids == expected + 1).all()


def test_links_end_in_the_superpixels(colour: np.ndarray) -> None:
    with listen(Trace()) as heard:
        output = wb.METHODS["quickshift"](colour)
    last = [item for item in heard.stages if item.film == "longer links"][-1]
    assert last.caption == f"{len(output.segments)} superpixels"
    links = next(item.array for item in heard.stages if item.kind == "field").astype(int)
    there = np.indices(output.shape) + links.transpose(2, 0, 1)
    assert (output.ids[tuple(there)] == output.ids).all()


def test_roots_are_where_the_links_end() -> None:
    parents = np.array([[1, 2, 2, 2]])
    assert _roots(parents, np.array([[True] * 4])).tolist() == [[2, 2, 2, 2]]
    assert _roots(parents, np.array([[True, False, True, True]])).tolist() == [[1, 1, 2, 2]]


@pytest.mark.parametrize("compactness", [0.5, 20.0])
def test_compact_watershed_is_the_librarys(colour: np.ndarray, compactness: float) -> None:
    blurred = cv2.GaussianBlur(cv2.cvtColor(colour, cv2.COLOR_RGB2GRAY), (0, 0), 1.0)
    across, down = (
        cv2.Sobel(blurred, cv2.CV_32F, *way, borderType=cv2.BORDER_REPLICATE) for way in ((1, 0), (0, 1))
    )
    expected = ski.segmentation.watershed(np.hypot(across, down), markers=60, compactness=compactness)
    output = wb.run("compact-watershed", colour, segments=60, compactness=compactness).output
    assert (output.ids == expected).all()


@pytest.mark.parametrize("name", ["slic", "compact-watershed"])
def test_compactness_makes_squares(colour: np.ndarray, name: str) -> None:
    def borders(compactness: float) -> int:
        ids = wb.run(name, colour, segments=60, compactness=compactness).output.ids
        return int((ids[1:] != ids[:-1]).sum() + (ids[:, 1:] != ids[:, :-1]).sum())

    assert borders(100.0) < borders(1.0)


@pytest.mark.parametrize("name", ["slic", "slic-zero", "compact-watershed", "seeds-like"])
def test_about_as_many_as_asked_and_each_in_one_piece(colour: np.ndarray, name: str) -> None:
    ids = wb.run(name, colour, segments=100).output.ids
    assert 60 <= ids.max() <= 140
    assert ski.measure.label(ids, connectivity=1).max() == ids.max()


@pytest.mark.parametrize("name", ALL)
def test_superpixels_respect_the_coins(name: str) -> None:
    # Named by the truth, as good superpixels allow: nearly every pixel can be right.
    sample = wb.samples.load("coins")
    assert wb.score(sample.truth, wb.run(name, sample.image).output, target=sample.target).iou > 0.93


@pytest.mark.parametrize("name", ALL)
def test_centres_boundaries_and_a_film_are_shown(colour: np.ndarray, name: str) -> None:
    with listen(Trace()) as heard:
        output = wb.METHODS[name](colour)
    assert [item.name for item in heard.stages][-3:] == ["superpixels", "centres", "boundaries"]
    assert heard.stages[-2].array.shape == colour.shape
    assert (heard.stages[-3].array == output.ids).all()
    assert 3 <= sum(bool(item.film) for item in heard.stages) <= 12


def test_rounds_are_filmed_before_strays_are_joined(colour: np.ndarray) -> None:
    with listen(Trace()) as heard:
        wb.METHODS["slic"](colour, segments=60)
    for rounds, item in zip((1, 2, 3, 5, 10), heard.stages, strict=False):
        values = {"n_segments": 60, "sigma": 1.0, "max_num_iter": rounds, "enforce_connectivity": False}
        assert (item.array == ski.segmentation.slic(colour, **values, start_label=1)).all()


def test_longer_links_leave_fewer_superpixels(colour: np.ndarray) -> None:
    with listen(Trace()) as heard:
        wb.METHODS["quickshift"](colour)
    counts = [int(item.caption.split()[0]) for item in heard.stages if item.film == "longer links"]
    assert all(later <= earlier for earlier, later in pairwise(counts))
