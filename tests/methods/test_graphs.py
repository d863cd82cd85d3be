import cv2
import numpy as np
import pytest
import skimage as ski
from scipy.stats import multivariate_normal

import workbench as wb
from workbench.methods.graphs import _likelihood
from workbench.trace import Trace, listen


def _bare_cut(
    image: np.ndarray, box: tuple[int, int, int, int], iterations: int
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Cut in one call."""
    top, left, bottom, right = box
    mask, models = np.zeros(image.shape[:2], np.uint8), [np.zeros((1, 65)), np.zeros((1, 65))]
    mask[top : bottom + 1, left : right + 1] = cv2.GC_PR_FGD
    cv2.setRNGSeed(0)
    cv2.grabCut(
        np.ascontiguousarray(image[..., ::-1]), mask, None, *models, iterations, cv2.GC_INIT_WITH_MASK
    )
    return mask, models


@pytest.mark.parametrize("iterations", [1, 3, 6])
def test_one_cut_at_a_time_is_one_call(colour: np.ndarray, iterations: int) -> None:
    box = (10, 20, 95, 140)
    expected, _ = _bare_cut(colour, box, iterations)
    output = wb.run("grabcut", colour, box=box, iterations=iterations).output
    assert (output.mask("foreground") == (expected % 2 == 1)).all()


def test_without_a_box_the_margin_is_background(colour: np.ndarray) -> None:
    height, width = colour.shape[:2]
    down, across = height // 20, width // 20
    box = (down, across, height - 1 - down, width - 1 - across)
    assert wb.run("grabcut", colour).sha256 == wb.run("grabcut", colour, box=box).sha256


def test_clicks_are_obeyed(colour: np.ndarray) -> None:
    clicks = [(20, 30, "object"), (60, 80, "background")]
    front = wb.run("grabcut", colour, seeds=clicks).output.mask("foreground")
    assert front[15:26, 30].all()
    assert not front[55:66, 80].any()


def test_scribbles_are_obeyed(colour: np.ndarray) -> None:
    seeds = [(20, 30, 20, 60, "object"), (60, 80, 80, 80, "background")]
    front = wb.run("grabcut", colour, seeds=seeds).output.mask("foreground")
    assert front[15:26, 30:61].all()
    assert not front[60:81, 75:86].any()


def test_a_box_around_everything_leaves_nothing_to_learn_from(colour: np.ndarray) -> None:
    height, width = colour.shape[:2]
    everything = wb.run("grabcut", colour, box=(0, 0, height - 1, width - 1)).output
    assert everything.mask("foreground").all()
    clicked = wb.run(
        "grabcut", colour, box=(0, 0, height - 1, width - 1), seeds=[(5, 5, "background")]
    ).output
    assert not clicked.mask("foreground").all()


def test_the_unary_is_the_mixtures_likelihood(colour: np.ndarray) -> None:
    _, models = _bare_cut(colour, (10, 20, 95, 140), 2)
    colours = np.ascontiguousarray(colour[..., ::-1])
    for model in models:
        density = np.zeros(colour.shape[:2])
        for n in range(5):
            mean, covariance = model[0, 5 + 3 * n :][:3], model[0, 20 + 9 * n :][:9].reshape(3, 3)
            if model[0, n] > 0:
                # OpenCV leaves out the constant (2 pi)^(3/2), which is the same for both models.
                density += (
                    model[0, n] * multivariate_normal(mean, covariance).pdf(colours) * (2 * np.pi) ** 1.5
                )
        assert np.allclose(_likelihood(colours, model), np.log(density + 1e-300), atol=1e-6)


def test_every_cut_is_shown(colour: np.ndarray) -> None:
    with listen(Trace()) as heard:
        output = wb.METHODS["grabcut"](colour, iterations=2)
    assert [item.name for item in heard.stages] == ["given", "unary 1", "cut 1", "unary 2", "cut 2"]
    assert ((heard.stages[-1].array == 2) == output.mask("foreground")).all()


@pytest.mark.parametrize(("scale", "sigma", "smallest"), [(300.0, 0.8, 50), (20.0, 0.0, 5)])
def test_felzenszwalb_is_the_librarys(colour: np.ndarray, scale: float, sigma: float, smallest: int) -> None:
    expected = ski.segmentation.felzenszwalb(colour, scale=scale, sigma=sigma, min_size=smallest)
    output = wb.run("felzenszwalb", colour, scale=scale, sigma=sigma, smallest=smallest).output
    assert (output.ids == expected + 1).all()


def test_felzenszwalb_on_one_row_is_as_on_two() -> None:
    row = np.zeros((1, 40, 3), np.uint8)
    row[:, 20:] = 200
    ids = wb.run("felzenszwalb", row, sigma=0.0, smallest=1).output.ids
    assert ids.tolist() == [[1] * 20 + [2] * 20]
    assert (
        wb.run("felzenszwalb", row.transpose(1, 0, 2), sigma=0.0, smallest=1).output.ids.T.tolist()
        == ids.tolist()
    )


def test_felzenszwalb_shows_the_edges_between_pixels() -> None:
    image = np.zeros((6, 8, 3), np.uint8)
    image[:, 4:] = (30, 40, 0)
    with listen(Trace()) as heard:
        wb.METHODS["felzenszwalb"](image, sigma=0.0)
    edges = heard.stages[0].array
    assert (edges[:, 3] == 50).all()
    assert edges.sum() == 300
