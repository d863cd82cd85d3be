"""Sparse codes: a patch is a few atoms of a dictionary, and belongs to the class whose dictionary fits it."""

from __future__ import annotations

from typing import Annotated, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.image import Image, fit
from workbench.methods.clouds import one_thread
from workbench.methods.features import channel_of, histogram
from workbench.methods.thresholding import otsu_level
from workbench.prompts import strokes
from workbench.registry import Label, Points, Range, method
from workbench.segmentation import Segmentation
from workbench.trace import chart, progress, recording, stage

Vectors = NDArray[np.float64]  # (D, N): a patch or an atom a column
Codes = tuple[NDArray[np.intp], Vectors, NDArray[np.float64]]  # atoms chosen, weights, squared errors
Maps = list[NDArray[np.float64]]
Labels = NDArray[np.uint8]  # (H, W): 1 object, 2 background, 0 unsaid

LONGEST = 256  # px; larger pictures are coded on a smaller copy
BRUSH = 8  # px around a click or scribble that is learnt from
ROUNDS = 6  # of coding and learning
MOST_PATCHES = 3000  # that a dictionary is learnt from
LIGHT = 0.5  # weight of the constant that every patch carries along, in units of white
CHUNK = 4096  # patches coded at once: what they need fits into the cache
RIDGE = 1e-12  # keeps equal atoms solvable

SOURCE = "Skretting and Husøy 2006; Mairal et al. 2008"


@method("Patch dictionaries", family="sparsity", yields="foreground", source=SOURCE, slow=True)
def patch_dictionary(
    image: Image,
    *,
    seeds: Annotated[
        Points, Label("Examples", "Scribble on object and background; without, Otsu's threshold says which.")
    ] = (),
    patch: Annotated[
        int, Range(3, 12, 1, "px"), Label("Patch size", "Larger patches see coarser texture.")
    ] = 8,
    atoms: Annotated[
        int, Range(4, 128, 4), Label("Atoms", "How many building blocks each class may have.")
    ] = 32,
    sparsity: Annotated[
        int,
        Range(1, 6),
        Label("Sparsity", "How many atoms build a patch; more leave smaller errors in both."),
    ] = 3,
    sigma: Annotated[
        float,
        Range(0, 10, 0.5, "px"),
        Label("Smooth the decision (sigma)", "Neighbours decide together."),
    ] = 2.0,
) -> Segmentation:
    """Learn a dictionary of patches for each class, and ask which builds a patch best from few atoms.

    A dictionary for each class and the smaller error at the same sparsity, as in Skretting, K. and Husøy, J.:
    Texture classification using sparse frame-based representations, 2006; errors smoothed before deciding, as
    in Mairal, J. et al.: Discriminative learned dictionaries for local image analysis, 2008 (whose
    dictionaries also learn to differ; these do not). Codes are found by orthogonal matching pursuit, atoms by
    the method of optimal directions (Engan et al. 1999). Colour patches around every pixel carry a constant
    along, so that an atom stands for a brightness as well as for a pattern. Pictures larger than 256 px are
    coded on a smaller copy. Seeds of one kind only: the rest of the picture is taken for the other.
    """
    work = fit(image, LONGEST)
    given = _enlarged(_given(image, seeds), work.shape[:2])
    stage(
        "given",
        lambda: _enlarged(given, image.shape[:2]),
        "what the two dictionaries learn from",
        kind="labels",
    )
    if not ((given == 1).any() and (given == 2).any()):
        return Segmentation.from_mask(np.full(image.shape[:2], bool((given == 1).any())))
    patches = patches_of(work, patch)
    with one_thread():
        ours, theirs = (_learn_class(patches, given, what, atoms, sparsity) for what in (1, 2))
        errors, first = _coded(patches, (ours, theirs), sparsity, given.shape)
    evidence: NDArray[Any] = errors[1] - errors[0]
    if sigma > 0:
        evidence = cv2.GaussianBlur(evidence, (0, 0), sigma * work.shape[1] / image.shape[1])
    evidence = np.asarray(cv2.resize(evidence, image.shape[1::-1], interpolation=cv2.INTER_LINEAR))
    if recording():
        _show(image.shape[:2], patch, (ours, theirs), errors, first)
    stage("evidence", evidence, "bright where the object's dictionary has the smaller error")
    return Segmentation.from_mask(evidence > 0)


def pursue(patches: Vectors, atoms: Vectors, sparsity: int) -> Codes:
    """Code (D, N) patches by few of (D, K) atoms of length 1, by orthogonal matching pursuit.

    Each step takes the atom that is most like what is left, and fits all atoms taken so far anew. Gives the
    (sparsity, N) atoms chosen, their weights, and the (N,) squared error that is left. Pati, Y., Rezaiifar,
    R. and Krishnaprasad, P.: Orthogonal matching pursuit, 1993.

    >>> chosen, weights, errors = pursue(np.array([[3.0], [4.0]]), np.eye(2), 1)
    >>> chosen.tolist(), weights.round(6).tolist(), errors.round(6).tolist()
    ([[1]], [[4.0]], [9.0])
    """
    parts = [
        _pursue(patches[:, at : at + CHUNK], atoms, min(sparsity, atoms.shape[1]))
        for at in range(0, patches.shape[1], CHUNK)
    ]
    chosen, weights, errors = (np.concatenate(pieces, axis=-1) for pieces in zip(*parts, strict=True))
    return chosen, weights, errors


def learn(patches: Vectors, count: int, sparsity: int, rounds: int = ROUNDS) -> tuple[Vectors, list[float]]:
    """Learn (D, count) atoms for (D, N) patches: the method of optimal directions.

    Atoms begin as patches; in turn, the patches are coded, and the atoms become those that fit the codes best
    in the sense of least squares. Gives atoms of length 1 and the mean squared error before each round.
    Engan, K., Aase, S. and Husøy, J.: Method of optimal directions for frame design, 1999.
    """
    atoms = _unit(patches[:, np.random.default_rng(0).permutation(patches.shape[1])[:count]])
    errors = []
    for _ in range(rounds):
        chosen, weights, left = pursue(patches, atoms, sparsity)
        errors.append(float(left.mean()))
        codes = np.zeros((atoms.shape[1], patches.shape[1]))
        codes[chosen, np.arange(patches.shape[1])] = weights
        solved = np.linalg.solve(codes @ codes.T + RIDGE * np.eye(len(codes)), codes @ patches.T)
        atoms = np.asarray(solved.T, np.float64)
        unused = ~codes.any(axis=1)
        atoms[:, unused] = patches[:, np.argsort(-left, kind="stable")[: unused.sum()]]  # the worst coded
        atoms = _unit(atoms)
    return atoms, errors


def patches_of(image: Image, size: int) -> Vectors:
    """Give the (3 * size * size + 1, H * W) colour patches around every pixel, a constant in the last row.

    >>> patches_of(np.zeros((4, 5, 3), np.uint8), 3).shape
    (28, 20)
    """
    before = size // 2
    margin = (before, size - 1 - before)
    padded = np.pad(image, (margin, margin, (0, 0)), mode="symmetric").astype(np.float64) / 255
    windows = np.lib.stride_tricks.sliding_window_view(padded, (size, size), axis=(0, 1))
    patches = windows.reshape(image.shape[0] * image.shape[1], -1).T
    return np.vstack([patches, np.full((1, patches.shape[1]), LIGHT * size)])


def mosaic(atoms: Vectors, patch: int, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Lay atoms out as tiles, each from its own dark to its own bright, in an (H, W, 3) uint8 picture."""
    tiles = atoms[:-1].T.reshape(-1, 3, patch, patch).transpose(0, 2, 3, 1)
    tiles = tiles * np.where(tiles.mean(axis=(1, 2, 3)) < 0, -1, 1)[:, None, None, None]
    low, high = tiles.min(axis=(1, 2, 3), keepdims=True), tiles.max(axis=(1, 2, 3), keepdims=True)
    tiles = (255 * (tiles - low) / np.maximum(high - low, 1e-9)).astype(np.uint8)
    across = int(np.clip(round(np.sqrt(len(tiles) * size[1] / size[0])), 1, len(tiles)))
    down = -(-len(tiles) // across)
    board = np.zeros((down * (patch + 1), across * (patch + 1), 3), np.uint8)
    for number, tile in enumerate(tiles):
        top, left = (patch + 1) * (number // across), (patch + 1) * (number % across)
        board[top : top + patch, left : left + patch] = tile
    return np.asarray(cv2.resize(board, size[::-1], interpolation=cv2.INTER_NEAREST), np.uint8)


def _pursue(patches: Vectors, atoms: Vectors, sparsity: int) -> Codes:
    alike, likeness = atoms.T @ atoms, atoms.T @ patches
    left, everyone = likeness, np.arange(patches.shape[1])
    chosen = np.zeros((patches.shape[1], 0), np.intp)
    for taken in range(1, sparsity + 1):
        open_ = np.abs(left)
        open_[chosen.T, everyone] = -1
        chosen = np.column_stack([chosen, open_.argmax(axis=0)])
        system = alike[chosen[:, :, None], chosen[:, None, :]] + RIDGE * np.eye(taken)
        wanted = likeness[chosen.T, everyone].T
        weights = np.asarray(np.linalg.solve(system, wanted[..., None])[..., 0], np.float64)
        if taken < sparsity:
            left = likeness - np.einsum("nsk,ns->kn", alike[chosen], weights)
    errors = np.square(patches).sum(axis=0) - (weights * wanted).sum(axis=1)
    return chosen.T, weights.T, np.maximum(errors, 0)


def _given(image: Image, seeds: Points) -> Labels:
    """Say which pixels are examples: around the seeds, or by Otsu's threshold where there are none."""
    if not seeds:
        grey = channel_of(image, "grey")
        return np.where(grey > otsu_level(histogram(grey)), 1, 2).astype(np.uint8)
    kinds = {"object": 1, "background": 2}
    missing = [number for what, number in kinds.items() if not strokes(seeds, what)]
    given = np.full(image.shape[:2], missing[0] if missing else 0, np.uint8)
    for what in ("background", "object"):  # where two brushes overlap, the object is meant
        for row, column in (place for stroke in strokes(seeds, what) for place in stroke.tolist()):
            cv2.circle(given, (column, row), BRUSH, kinds[what], -1)
    return given


def _learn_class(patches: Vectors, given: Labels, what: int, atoms: int, sparsity: int) -> Vectors:
    progress(what - 1, 4)
    members = np.flatnonzero(given.ravel() == what)
    chosen = np.random.default_rng(what).permutation(members)[:MOST_PATCHES]
    found, errors = learn(patches[:, chosen], atoms, sparsity)
    name = ("object", "background")[what - 1]
    axes = ("round", "mean squared error")
    chart(
        f"learning the {name}",
        np.arange(len(errors)),
        errors,
        f"{found.shape[1]} atoms fit it better",
        axes=axes,
    )
    return found


def _coded(
    patches: Vectors, dictionaries: tuple[Vectors, Vectors], sparsity: int, size: tuple[int, ...]
) -> tuple[list[NDArray[np.float64]], list[NDArray[np.int32]]]:
    """Give the (H, W) error, a value, and the atom taken first, for each of the two dictionaries."""
    errors, first = [], []
    for number, atoms in enumerate(dictionaries):
        progress(2 + number, 4)
        chosen, _, left = pursue(patches, atoms, sparsity)
        errors.append((left / (len(patches) - 1)).reshape(size))
        first.append(chosen[0].reshape(size).astype(np.int32))
    return errors, first


def _show(
    size: tuple[int, int],
    patch: int,
    dictionaries: tuple[Vectors, Vectors],
    errors: list[NDArray[np.float64]],
    first: list[NDArray[np.int32]],
) -> None:
    for name, atoms, error in zip(("object", "background"), dictionaries, errors, strict=True):
        stage(
            f"atoms of the {name}", mosaic(atoms, patch, size), f"{atoms.shape[1]} building blocks, enlarged"
        )
        root = _enlarged(np.sqrt(error), size)
        stage(
            f"error of the {name}'s",
            root,
            f"what the {name}'s atoms leave over, {root.mean():.3f} on average",
        )
    ours = errors[0] < errors[1]
    codes = np.where(ours, first[0], dictionaries[0].shape[1] + first[1]) + 1
    stage("codes", _enlarged(codes.astype(np.int32), size), "the first atom of each patch", kind="labels")


def _enlarged(values: NDArray[Any], size: tuple[int, ...]) -> NDArray[Any]:
    """Give (H, W) values at another size, the nearest pixel each."""
    return np.asarray(cv2.resize(values, (size[1], size[0]), interpolation=cv2.INTER_NEAREST))


def _unit(columns: Vectors) -> Vectors:
    return columns / np.maximum(np.linalg.norm(columns, axis=0), 1e-12)
