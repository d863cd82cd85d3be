"""Random walks: from each pixel somebody starts, and what is met first names it."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from workbench.image import Image
from workbench.methods.cuts import mean_weight
from workbench.methods.maxflow import Floats, Pairs, grid_pairs
from workbench.methods.seeds import OBJECT, UNKNOWN, known
from workbench.registry import Label, Points, Range, method
from workbench.segmentation import Segmentation
from workbench.trace import progress, recording, stage

LEAST = 1e-10  # weight of an edge: no pixel is out of reach


@method(
    "Random walker",
    family="graphs",
    yields="foreground",
    source="Grady 2006",
    name="random-walker",
    slow=True,
)
def random_walker(
    image: Image,
    *,
    seeds: Annotated[
        Points, Label("Seeds", "Click or scribble on objects and on background; walkers start elsewhere.")
    ] = (),
    beta: Annotated[
        float,
        Range(1, 2000, 1, log=True),
        Label("Fear of edges (beta)", "Higher keeps walkers from crossing."),
    ] = 130.0,
) -> Segmentation:
    """Let a walker start at each pixel, and ask whether it meets object or background first.

    Walkers step to one of four neighbours, seldom across a change of colour. The chance of meeting an object
    seed first solves a linear system: weights and result are those of scikit-image's ``random_walker`` in its
    mode "bf", solved by SciPy's SuperLU in an order that suits a grid, which is faster. Seeds are discs of
    5 px radius along clicks and scribbles; without object seeds, the pixels that Otsu's level is surest of
    are taken; without background seeds, the picture's rim.
    Grady, L.: Random walks for image segmentation, 2006.
    """
    marks = known(image, seeds)
    stage(
        "seeds", marks.astype(np.int32) + 1, "unknown, background and object before the walk", kind="labels"
    )
    pairs, _ = grid_pairs(marks.shape)
    weights = walker_weights(image, pairs, beta)
    if recording():
        stage("pairwise", mean_weight(marks.shape, pairs, weights), "dark where walkers seldom step")
    progress(0, 1)
    chance = first_met(marks, pairs, weights)
    stage("probability", chance, "how likely a walker meets an object seed first")
    inside = chance > 0.5
    stage("cut", inside.astype(np.int32) + 1, "the likelier side of each pixel", kind="labels")
    return Segmentation.from_mask(inside)


def walker_weights(image: Image, pairs: Pairs, beta: float) -> Floats:
    """Give the (M,) weights of scikit-image: exp(-beta d^2 / (10 std sqrt(3))), colours in [0, 1].

    >>> walker_weights(np.zeros((1, 2, 3), np.uint8), np.array([[0, 1]]), 130.0).round(6).tolist()
    [1.0]
    """
    colours = image.reshape(-1, 3) / 255
    apart = np.square(colours[pairs[:, 0]] - colours[pairs[:, 1]]).sum(axis=1)
    scale = beta / (10 * (colours.std() or 1.0) * np.sqrt(3))
    return np.exp(-scale * apart) + LEAST


def first_met(marks: NDArray[np.uint8], pairs: Pairs, weights: Floats) -> Floats:
    """Give the (H, W) chance of meeting an object seed (2) before a background seed (1) in `marks`.

    One kind of seed alone is met for sure; without any, nobody meets an object.

    >>> marks = np.array([[2, 0, 0, 0, 1]], np.uint8)
    >>> first_met(marks, grid_pairs((1, 5))[0], np.ones(4)).round(2).tolist()
    [[1.0, 0.75, 0.5, 0.25, 0.0]]
    """
    from scipy.sparse import csr_array, diags_array
    from scipy.sparse.linalg import splu

    flat = marks.ravel()
    chance = (flat == OBJECT).astype(float)
    unknown, seeded = np.flatnonzero(flat == UNKNOWN), np.flatnonzero(flat != UNKNOWN)
    if len(unknown) == 0 or len(np.unique(chance[seeded])) < 2:
        chance[unknown] = chance[seeded].max(initial=0)
        return chance.reshape(marks.shape)
    both, back = np.concatenate([pairs, pairs[:, ::-1]]).T.astype(np.int32)
    near = csr_array((np.tile(weights, 2), (both, back)), shape=(flat.size, flat.size))
    # Harmonic: each unknown pixel has the weighted mean of its neighbours, and seeds stay as they are.
    rows = (diags_array(near.sum(axis=1)) - near).tocsr()[unknown]
    solver = splu(
        rows[:, unknown].tocsc(),
        permc_spec="MMD_AT_PLUS_A",
        diag_pivot_thresh=0,
        options={"SymmetricMode": True},
    )
    chance[unknown] = solver.solve(-(rows[:, seeded] @ chance[seeded]))
    return chance.reshape(marks.shape)
