"""Fully connected random field: every pixel listens to every other, near and alike ones most."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.image import Image
from workbench.methods.evidence import Evidence, From, Labels, costs_of, labelled, show_costs, show_frame
from workbench.methods.lattice import Lattice
from workbench.methods.refine import answer_of
from workbench.registry import Label, Range, method, start_from
from workbench.segmentation import Segmentation
from workbench.trace import chart, progress, recording, stage

Floats = NDArray[np.float64]
NEAR = 3.0  # px: the deviation of the kernel that looks at places alone
TWO_SIDES = start_from("otsu", sigma=0.0)


@method(
    "Dense CRF",
    family="random fields",
    yields="same",
    source="Krähenbühl and Koltun 2011",
    name="dense-crf",
    slow=True,
)
def dense_crf(
    image: Image,
    *,
    start: From = TWO_SIDES,
    evidence: Evidence = "labels",
    appearance: Annotated[
        float,
        Range(0, 30, 0.5),
        Label("Weight of alike pixels", "How much near pixels of like colour count."),
    ] = 10.0,
    smoothness: Annotated[
        float, Range(0, 30, 0.5), Label("Weight of near pixels", "How much those within a few px count.")
    ] = 3.0,
    reach: Annotated[
        float, Range(3, 200, 1, "px"), Label("Reach", "How far pixels of like colour listen to each other.")
    ] = 60.0,
    likeness: Annotated[
        float, Range(2, 60, 1), Label("Likeness of colours", "Higher calls more different colours alike.")
    ] = 13.0,
    iterations: Annotated[int, Range(1, 20), Label("Iterations", "How often beliefs are passed on.")] = 10,
) -> Segmentation:
    """Let each pixel's belief lean towards those of all others, near and alike ones most, again and again.

    Mean field in a field where every pair of pixels pays for different labels: appearance times a Gaussian of
    place and colour, plus smoothness times a Gaussian of 3 px. As in the authors' program, each kernel is
    divided by the root of both pixels' sums, and a pixel also hears itself. The first kernel is summed on a
    permutohedral lattice, as there, which is nearly a Gaussian; the second by OpenCV's blur. At most 32
    segments.
    Krähenbühl, P. and Koltun, V.: Efficient inference in fully connected CRFs with Gaussian edge potentials,
    2011.
    """
    given = labelled(answer_of(start, image))
    size = given.labels.shape
    costs = costs_of(image, given, evidence)
    alike, near = kernels_of(image, reach, likeness)
    if recording():
        show_costs(given, costs)
        _show_listeners((alike, near), size)
    unary = costs.reshape(len(costs), -1).T.astype(float)
    beliefs, energies = softmax(-unary), []
    for done in range(iterations):
        progress(done, iterations)
        heard = appearance * alike.heard(beliefs) + smoothness * near.heard(beliefs)
        if recording():
            energies.append(free_energy(beliefs, unary, heard))
        beliefs = softmax(heard - unary)
        show_frame(given, partial(_likeliest, beliefs, size), "iteration", done, iterations)
    if recording():
        stage("belief", beliefs.max(axis=1).reshape(size), "how sure each pixel is of its label")
        told = "the mean field's free energy; all pixels move at once, so it may rise"
        chart("energy", np.arange(iterations), energies, told, axes=("iteration", "free energy"))
    return given.answer(_likeliest(beliefs, size))


def _likeliest(beliefs: Floats, size: tuple[int, ...]) -> Labels:
    return beliefs.argmax(axis=1).reshape(size)


def believed(image: Image, shares: NDArray[Any], iterations: int) -> Floats:
    """Sharpen (K, H, W) shares of 1 on the image's colours: mean field at this method's defaults.

    What a network says is the evidence: its negative logarithm is what a label costs.
    """
    unary = -np.log(np.maximum(shares, 1e-6)).reshape(len(shares), -1).T.astype(float)  # (N, K)
    alike, near = kernels_of(image, 60.0 * min(image.shape[:2]) / 512, 13.0)
    beliefs = softmax(-unary)
    for done in range(iterations):
        progress(done, iterations)
        beliefs = softmax(10.0 * alike.heard(beliefs) + 3.0 * near.heard(beliefs) - unary)
        labels = beliefs.argmax(axis=1).reshape(image.shape[:2]) + 1
        stage(f"random field {done + 1}", labels, "beliefs passed on", kind="labels", film="random field")
    return beliefs.T.reshape(shares.shape)


@dataclass(frozen=True, eq=False)
class Kernel:
    """Pass beliefs on from every pixel to every other.

    sums : gives for (N, K) values their sums over all pixels by a Gaussian, whatever its scale.
    root : (N, 1), by which both pixels of a pair are divided: the root of their own sums of ones.
    """

    sums: Callable[[Floats], Floats]
    root: Floats

    @classmethod
    def of(cls, sums: Callable[[Floats], Floats], pixels: int) -> Kernel:
        """Make the kernel of a Gaussian over so many pixels."""
        return cls(sums, np.sqrt(sums(np.ones((pixels, 1)))))

    def heard(self, beliefs: Floats) -> Floats:
        """Give (N, K): how much the pixels that count for each pixel believe in each label."""
        return self.sums(beliefs / self.root) / self.root


def kernels_of(image: Image, reach: float, likeness: float) -> tuple[Kernel, Kernel]:
    """Give the kernel of place and colour, on the lattice, and that of place alone, by OpenCV's blur."""
    height, width = image.shape[:2]
    places = np.indices((height, width)).reshape(2, -1).T / reach
    lattice = Lattice(np.column_stack([places, image.reshape(-1, 3) / likeness]))

    def blurred(values: Floats) -> Floats:
        """Blur (N, K) values over the picture."""
        maps = np.ascontiguousarray(values.T).reshape(-1, height, width)  # (K, H, W)
        sums = [cv2.GaussianBlur(one, (0, 0), NEAR, borderType=cv2.BORDER_CONSTANT) for one in maps]
        return np.stack([one.ravel() for one in sums], axis=1)

    return Kernel.of(lattice.sums, height * width), Kernel.of(blurred, height * width)


def softmax(likely: Floats) -> Floats:
    """Turn each row into shares of 1.

    >>> softmax(np.log([[1.0, 3.0]])).round(2).tolist()
    [[0.25, 0.75]]
    """
    raised = np.exp(likely - likely.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def free_energy(beliefs: Floats, unary: Floats, heard: Floats) -> float:
    """Give what the mean field lowers: the expected energy less the entropy, for (N, K) each.

    A pair pays for each two different labels as much as both are believed in, and each pair is met twice.
    """
    apart = heard.sum(axis=1, keepdims=True) - heard
    sure = np.log(np.maximum(beliefs, 1e-300))
    return float((beliefs * (unary + apart / 2 + sure)).sum())


def _show_listeners(kernels: tuple[Kernel, Kernel], size: tuple[int, ...]) -> None:
    """Show which pixels the one in the middle listens to."""
    middle = np.zeros((size[0] * size[1], 1))
    middle[size[0] // 2 * size[1] + size[1] // 2] = 1
    for kernel, name in zip(kernels, ("alike", "near"), strict=True):
        told = "how much the pixel in the middle of the picture listens to each"
        stage(f"pairwise: {name}", kernel.heard(middle).reshape(size[0], size[1]), told)
