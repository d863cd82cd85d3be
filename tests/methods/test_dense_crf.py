import numpy as np
import pytest

import workbench as wb
from workbench.methods.dense_crf import free_energy, kernels_of, softmax
from workbench.methods.evidence import Labelled, costs_of
from workbench.registry import start_from
from workbench.trace import Trace, listen


def _gaussian(features: np.ndarray) -> np.ndarray:
    """Give the (N, N) kernel, each pair divided by the root of both rows' sums."""
    kernel = np.exp(-np.square(features[:, None] - features).sum(axis=2) / 2)
    root = np.sqrt(kernel.sum(axis=1))
    return kernel / root / root[:, None]


def _exact(image: np.ndarray, costs: np.ndarray) -> np.ndarray:
    """Run the paper's mean field over all pairs of different pixels; (N, K) marginals."""
    places = np.indices(image.shape[:2]).reshape(2, -1).T
    alike = _gaussian(np.column_stack([places / 60, image.reshape(-1, 3) / 13]))
    kernel = 10 * alike + 3 * _gaussian(places / 3)
    np.fill_diagonal(kernel, 0)
    unary = costs.reshape(len(costs), -1).T.astype(float)
    beliefs = softmax(-unary)
    for _ in range(10):
        beliefs = softmax(kernel @ beliefs - unary)
    return beliefs


@pytest.mark.parametrize(
    ("name", "k"), [("coins", 2), ("coins", 4), ("astronaut", 2), ("astronaut", 4), ("coffee", 4)]
)
def test_it_agrees_with_the_exact_mean_field(name: str, k: int) -> None:
    image = wb.samples.load(name, longest=44).image
    start = start_from("kmeans", k=k, sigma=0.0)
    given = Labelled(wb.run("kmeans", image, k=k, sigma=0.0).output)
    exact = _exact(image, costs_of(image, given, "labels"))
    with listen(Trace()) as heard:
        output = wb.METHODS["dense-crf"](image, start=start)
    expected = given.answer(exact.argmax(axis=1).reshape(image.shape[:2]))
    assert (output.ids == expected.ids).mean() >= 0.98
    belief = next(item.array for item in heard.stages if item.name == "belief")
    assert np.abs(belief.ravel() - exact.max(axis=1)).mean() < 0.01


def test_the_blur_is_the_exact_kernel_of_place() -> None:
    image = np.zeros((20, 24, 3), np.uint8)
    _, near = kernels_of(image, 60.0, 13.0)
    values = np.random.default_rng(0).random((480, 2))
    exact = _gaussian(np.indices((20, 24)).reshape(2, -1).T / 3) @ values
    assert np.abs(near.heard(values) / exact - 1).max() < 0.02  # the blur ends at some px


def test_the_free_energy_is_the_definitions() -> None:
    rng = np.random.default_rng(0)
    kernel, beliefs, unary = rng.random((6, 6)), softmax(rng.random((6, 3))), rng.random((6, 3))
    kernel = kernel + kernel.T
    expected = (beliefs * unary).sum() + (beliefs * np.log(beliefs)).sum()
    for i in range(6):
        for j in range(i + 1):  # each pair once, and a pixel with itself half
            pays = sum(beliefs[i, a] * beliefs[j, b] for a in range(3) for b in range(3) if a != b)
            expected += kernel[i, j] * pays / (1 + (i == j))
    assert free_energy(beliefs, unary, kernel @ beliefs) == pytest.approx(expected)


def test_without_neighbours_the_start_stays(colour: np.ndarray) -> None:
    before = wb.run("kmeans", colour, k=3).output
    output = wb.run(
        "dense-crf", colour, start=start_from("kmeans", k=3), appearance=0.0, smoothness=0.0
    ).output
    assert (output.ids == before.ids).all()


def test_a_film_of_labels_and_the_energy(colour: np.ndarray) -> None:
    with listen(Trace()) as heard:
        wb.METHODS["dense-crf"](colour)
    assert len([item for item in heard.stages if item.film == "iterations"]) == 10
    assert [item.name for item in heard.stages if item.name.startswith("pairwise")] == [
        "pairwise: alike",
        "pairwise: near",
    ]
    _, energies = heard.stages[-1].array
    assert energies[-1] < energies[0]
