import cv2
import numpy as np
import pytest
from sklearn.linear_model import orthogonal_mp

import workbench as wb
from workbench.methods import sparse
from workbench.trace import Trace, listen


def _random(count: int = 300, length: int = 20, atoms: int = 40) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    dictionary = rng.normal(size=(length, atoms))
    return rng.normal(size=(length, count)), dictionary / np.linalg.norm(dictionary, axis=0)


def _stripes(size: int = 96) -> tuple[np.ndarray, np.ndarray]:
    """Draw horizontal stripes left and vertical ones right, equally bright; gives image and left half."""
    rows, columns = np.mgrid[:size, :size]
    left = columns < size // 2
    grey = np.where(np.where(left, rows, columns) % 6 < 3, 90, 160)
    grey = grey + np.random.default_rng(0).normal(0, 5, grey.shape)
    return np.repeat(np.clip(grey, 0, 255).astype(np.uint8)[..., None], 3, axis=2), left


@pytest.mark.parametrize("sparsity", [1, 2, 5])
def test_matching_pursuit_is_scikit_learns(sparsity: int) -> None:
    patches, atoms = _random()
    expected = orthogonal_mp(atoms, patches, n_nonzero_coefs=sparsity)
    chosen, weights, errors = sparse.pursue(patches, atoms, sparsity)
    codes = np.zeros_like(expected)
    codes[chosen, np.arange(patches.shape[1])] = weights
    assert np.allclose(codes, expected, atol=1e-8)
    assert np.allclose(errors, np.square(patches - atoms @ expected).sum(axis=0), atol=1e-8)


def test_patches_coded_in_chunks_come_out_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    patches, atoms = _random(50)
    whole = sparse.pursue(patches, atoms, 3)
    monkeypatch.setattr(sparse, "CHUNK", 7)
    parts = sparse.pursue(patches, atoms, 3)
    assert all(np.allclose(one, other) for one, other in zip(parts, whole, strict=True))


def test_equal_atoms_and_patches_of_zeros_are_coded() -> None:
    atoms = np.repeat(np.array([[0.6], [0.8]]), 3, axis=1)
    chosen, weights, errors = sparse.pursue(np.array([[0.0, 1.2], [0.0, 1.6]]), atoms, 2)
    assert np.isfinite(weights).all()
    assert np.allclose(errors, 0, atol=1e-9)
    assert chosen.shape == (2, 2)


def test_more_atoms_than_there_are_cannot_be_asked_for() -> None:
    chosen, _, _ = sparse.pursue(np.ones((3, 4)), np.eye(3), 6)
    assert chosen.shape == (3, 4)


def test_learning_finds_the_atoms_that_made_the_patches() -> None:
    rng = np.random.default_rng(5)
    made = np.linalg.qr(rng.normal(size=(12, 12)))[0][:, :8]
    codes = np.zeros((8, 2000))
    for number in range(2000):
        codes[rng.choice(8, 2, replace=False), number] = rng.normal(size=2)
    found, errors = sparse.learn(made @ codes, 8, 2, rounds=30)
    assert np.allclose(np.linalg.norm(found, axis=0), 1)
    assert errors[-1] < 0.1 * errors[0]
    assert np.sort(np.abs(made.T @ found).max(axis=1))[1:].min() > 0.99  # all but perhaps one


def test_a_round_of_learning_is_least_squares() -> None:
    patches, _ = _random()
    start, _ = sparse.learn(patches, 10, 2, rounds=0)
    chosen, weights, _ = sparse.pursue(patches, start, 2)
    codes = np.zeros((10, patches.shape[1]))
    codes[chosen, np.arange(patches.shape[1])] = weights
    expected = np.linalg.lstsq(codes.T, patches.T, rcond=None)[0].T
    found, _ = sparse.learn(patches, 10, 2, rounds=1)
    assert np.allclose(found, expected / np.linalg.norm(expected, axis=0))


@pytest.mark.parametrize("size", [3, 4, 8])
def test_a_patch_lies_around_its_pixel(colour: np.ndarray, size: int) -> None:
    patches = sparse.patches_of(colour, size)
    row, column, before = 40, 50, size // 2
    expected = colour[row - before :, column - before :][:size, :size].transpose(2, 0, 1).ravel() / 255
    assert np.allclose(patches[:-1, row * colour.shape[1] + column], expected)


def test_patterns_of_one_brightness_are_told_apart() -> None:
    image, left = _stripes()
    seeds = [(20, 10, 80, 40, "object"), (20, 58, 80, 88, "background")]
    mask = wb.run("patch-dictionary", image, seeds=seeds).output.mask("foreground")
    assert (mask == left).mean() > 0.97
    by_level = wb.run("otsu", image).output.mask("foreground")
    assert 0.4 < (by_level == left).mean() < 0.6


def test_one_kind_of_seed_leaves_the_rest_to_the_other() -> None:
    image, _ = _stripes()
    with listen(Trace()) as heard:
        wb.METHODS["patch-dictionary"](image, seeds=[(30, 20, "background")])
    given = heard.stages[0].array
    assert given[30, 20] == 2
    assert (given == 1).sum() > 0.9 * given.size


def test_a_click_is_a_disc_of_examples() -> None:
    image, _ = _stripes()
    with listen(Trace()) as heard:
        wb.METHODS["patch-dictionary"](image, seeds=[(30, 20, "object"), (30, 70, "background")])
    rows, columns = np.nonzero(heard.stages[0].array == 1)
    assert np.hypot(rows - 30, columns - 20).max() == pytest.approx(sparse.BRUSH, abs=0.5)


def test_without_seeds_it_starts_from_otsus_threshold(coins: np.ndarray) -> None:
    sample = wb.samples.load("coins")
    with listen(Trace()) as heard:
        output = wb.METHODS["patch-dictionary"](coins)
    assert wb.score(sample.truth, output, target=sample.target).iou > 0.75
    bright = cv2.cvtColor(coins, cv2.COLOR_RGB2GRAY) > 127
    assert (heard.stages[0].array[bright] == 1).mean() > 0.95


def test_where_all_is_one_class_there_is_nothing_to_learn() -> None:
    constant = wb.run("patch-dictionary", np.full((20, 20, 3), 90, np.uint8)).output
    assert len(constant.segments) == 1


def test_atoms_and_errors_are_shown(colour: np.ndarray) -> None:
    with listen(Trace()) as heard:
        output = wb.METHODS["patch-dictionary"](colour, atoms=16)
    shown = {item.name: item.array for item in heard.stages}
    assert shown["atoms of the object"].shape == colour.shape
    assert shown["codes"].max() <= 32
    assert (output.mask("foreground") == (shown["evidence"] > 0)).all()
    # Before the smoothing, the class is that of the smaller error; after it, still nearly everywhere.
    fits = shown["error of the object's"] < shown["error of the background's"]
    assert (fits == output.mask("foreground")).mean() > 0.8
    falls = shown["learning the object"][1]
    assert falls[-1] < falls[0]


def test_the_mosaic_shows_every_atom_once() -> None:
    patch, atoms = 4, np.zeros((49, 6))
    for number in range(6):
        atoms[number, number] = 1.0  # in the red of a pixel of its own
    board = sparse.mosaic(atoms, patch, (100, 150))
    assert board.shape == (100, 150, 3)
    assert cv2.connectedComponents((board[..., 0] > 128).astype(np.uint8))[0] - 1 == 6


def test_large_pictures_are_coded_on_a_smaller_copy(coins: np.ndarray) -> None:
    large = cv2.resize(coins, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)
    small = wb.run("patch-dictionary", coins).output.mask("foreground")
    again = wb.run("patch-dictionary", large).output.mask("foreground")[1::3, 1::3]
    assert (small == again).mean() > 0.9


def test_progress_is_told(colour: np.ndarray) -> None:
    heard: list[tuple[int, int]] = []
    with listen(Trace(record=False, on_progress=lambda *at: heard.append(at))):
        wb.METHODS["patch-dictionary"](colour)
    assert heard == [(0, 4), (1, 4), (2, 4), (3, 4)]
