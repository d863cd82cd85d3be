import cv2
import numpy as np
import pytest
import scipy

import workbench as wb
from workbench.methods import ncuts
from workbench.methods.ncuts import affinity, best_split, enlarged, ncut, smallest_vectors
from workbench.trace import Trace, listen


def _picture(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(0).random((height, width, 3)).astype(np.float32) * 40


def test_the_affinity_is_the_formulas() -> None:
    colours = _picture(7, 9)
    weights = affinity(colours, 12.0).toarray()
    where, flat = np.indices((7, 9)).reshape(2, -1).T, colours.reshape(-1, 3).astype(float)
    far = np.square(where[:, None] - where).sum(axis=2)
    expected = np.exp(-np.square(flat[:, None] - flat).sum(axis=2) / 144 - far / 16) + 1e-8
    expected[(far > 25) | (far == 0)] = 0
    assert np.allclose(weights, expected, atol=1e-7)


@pytest.mark.parametrize("size", [(6, 8), (12, 14)])  # the dense way and ARPACK's
def test_the_eigenvectors_solve_the_papers_system(size: tuple[int, int]) -> None:
    weights = affinity(_picture(*size), 20.0)
    dense, degree = weights.toarray(), np.diag(weights.sum(axis=1))
    values, vectors = scipy.linalg.eigh(degree - dense, degree)
    ours, found = smallest_vectors(weights, 3)
    assert np.allclose(ours, values[:3], atol=1e-4)
    for n in (1, 2):
        likeness = abs(found[:, n] @ degree @ vectors[:, n])  # 1 for the same vector, whatever its sign
        assert likeness == pytest.approx(1, abs=1e-3)


def test_the_price_of_a_split_is_the_definitions() -> None:
    weights = affinity(_picture(5, 5), 20.0)
    dense, upper = weights.toarray(), np.arange(25) < 10
    cut = dense[np.ix_(upper, ~upper)].sum()
    assert ncut(weights, upper) == pytest.approx(cut / dense[upper].sum() + cut / dense[~upper].sum())
    assert ncut(weights, np.ones(25, bool)) == np.inf


def test_two_halves_are_cut_apart_and_nothing_is_cheaper() -> None:
    colours = np.zeros((8, 10, 3), np.float32)
    colours[:, 4:, 0] = 60
    weights = affinity(colours, 10.0)
    part = best_split(weights, np.arange(80))
    upper = part.upper.reshape(8, 10)
    assert (upper[:, :4] == upper[0, 0]).all()
    assert (upper[:, 4:] != upper[0, 0]).all()
    rng = np.random.default_rng(0)
    assert all(ncut(weights, rng.random(80) < 0.5) > part.price for _ in range(50))


def test_squares_on_a_ground_are_the_segments() -> None:
    image = np.full((60, 80, 3), 30, np.uint8)
    image[10:30, 10:30], image[30:50, 50:70] = (220, 60, 60), (60, 220, 60)
    output = wb.run("normalized-cuts", image, segments=3).output
    for part in (image[..., 0] == 220, image[..., 1] == 220, (image == 30).all(axis=2)):
        assert len(np.unique(output.ids[part])) == 1
    assert len(output.segments) == 3


def test_a_full_size_pixel_joins_the_most_alike_of_nine() -> None:
    image = np.zeros((40, 40, 3), np.uint8)
    image[:, 17:] = 200  # the edge lies within a pixel of the copy
    small = cv2.resize(image, (8, 8), interpolation=cv2.INTER_AREA)
    ids = np.where(small[..., 0] > 100, 2, 1).astype(np.int32)
    assert (enlarged(ids, small, image) == np.where(image[..., 0] > 100, 2, 1)).all()


def test_where_arpack_gives_up_what_it_found_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ncuts, "MOST_ROUNDS", 1)
    monkeypatch.setattr(ncuts, "DENSE", 2)
    assert wb.METHODS["normalized-cuts"](np.zeros((30, 40, 3), np.uint8)).shape == (30, 40)


def test_more_segments_than_pixels() -> None:
    assert len(wb.run("normalized-cuts", np.zeros((1, 3, 3), np.uint8), segments=12).output.segments) == 3


def test_every_cut_is_a_frame_and_a_branch(colour: np.ndarray) -> None:
    with listen(Trace()) as heard:
        output = wb.METHODS["normalized-cuts"](colour, segments=5)
    frames = [item for item in heard.stages if item.film == "cuts"]
    assert [item.array.max() for item in frames] == [2, 3, 4, 5]
    assert (frames[-1].array == output.ids).all()
    parents, heights = next(item.array for item in heard.stages if item.kind == "tree")
    assert (heights > 0).sum() == 4
    assert all(
        heights[int(parent)] > height for parent, height in zip(parents, heights, strict=True) if parent >= 0
    )
    assert len([item for item in heard.stages if item.film == "eigenvectors"]) == 4
