"""Texture: clusters of the pattern around a pixel rather than of its colour."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from workbench.image import Image
from workbench.methods.clustering import around_centres
from workbench.methods.features import channel_of
from workbench.methods.pixel_features import (
    SATURATION,
    Floats,
    Position,
    Seed,
    gabor_bank,
    gabor_energies,
    pattern_codes,
    pattern_shares,
    place_of,
)
from workbench.registry import Label, Range, method
from workbench.segmentation import Segmentation
from workbench.trace import recording, stage

FAMILY = "texture"
EVEN = 0.01  # the least deviation of an energy that is scaled up: below it there is no texture
Textures = Annotated[int, Range(2, 8), Label("Textures (k)", "How many kinds of pattern to look for.")]


@method("Gabor textures", family=FAMILY, yields="partition", source="Jain and Farrokhnia 1991", slow=True)
def gabor_texture(
    image: Image,
    *,
    k: Textures = 3,
    scales: Annotated[
        int, Range(1, 5), Label("Scales", "Waves of 4 px, 8 px, 16 px and so on: more see coarser patterns.")
    ] = 4,
    orientations: Annotated[
        int, Range(2, 8), Label("Orientations", "Directions that stripes are looked for in.")
    ] = 4,
    window: Annotated[
        int, Range(8, 160, 4, "px"), Label("Window", "Wide is sure of the pattern, narrow of the border.")
    ] = 60,
    saturation: Annotated[
        float,
        Range(0.01, 1, 0.01, log=True),
        Label("Saturation (alpha)", "Higher asks where stripes are, lower how strong they are as well."),
    ] = SATURATION,
    position: Position = 0.0,
    seed: Seed = 0,
) -> Segmentation:
    """Ask a bank of filters for stripes of each width and direction, and cluster their answers.

    Even Gabor filters an octave apart; their responses pass a saturating tanh, and their size is averaged
    over a window. Each energy is brought to one mean and deviation, then k-means. As in Jain, A. and
    Farrokhnia, F.: Unsupervised texture segmentation using Gabor filters, 1991, whose selection of filters is
    left out, and whose windows grow with the waves.
    """
    bank = gabor_bank(scales, orientations)
    energies = gabor_energies(channel_of(image, "grey"), bank, window, saturation)
    even = 10 * (energies - energies.mean(axis=(0, 1))) / np.maximum(energies.std(axis=(0, 1)), EVEN)
    names = tuple(f"{gabor.period:g} px, {gabor.degrees:g} degrees" for gabor in bank)
    return _clustered(np.asarray(even, np.float32), k, position, seed, names)


@method("Local binary patterns", family=FAMILY, yields="partition", source="Ojala et al. 2002", slow=True)
def lbp_texture(
    image: Image,
    *,
    k: Textures = 3,
    radius: Annotated[
        int, Range(1, 8, 1, "px"), Label("Radius", "How far around a pixel its neighbours are looked at.")
    ] = 1,
    window: Annotated[
        int, Range(9, 161, 2, "px"), Label("Window", "Wide is sure of the pattern, narrow of the border.")
    ] = 49,
    position: Position = 0.0,
    seed: Seed = 0,
) -> Segmentation:
    """Name each pixel by which of its neighbours are brighter, and cluster how often the names occur.

    The ten uniform patterns of eight neighbours are counted in a square window; the histograms are compared
    by Hellinger's distance in k-means. They know of no brightness and no direction. An even window is read as
    one more. Ojala, T., Pietikäinen, M. and Mäenpää, T.: Multiresolution gray-scale and rotation invariant
    texture classification with local binary patterns, 2002.
    """
    codes = pattern_codes(channel_of(image, "grey"), radius)
    stage("patterns", codes, "0 to 8 brighter neighbours in a row, 9 for any other pattern")
    shares = pattern_shares(codes, window + 1 - window % 2)
    if recording():
        for code in range(shares.shape[2]):
            name = f"pattern {code}" if code < 9 else "mixed patterns"
            stage(name, shares[..., code] ** 2, "how much of the window it is", film="shares")
    names = tuple(f"root share of pattern {code}" for code in range(shares.shape[2]))
    return _clustered(100 * shares, k, position, seed, names)


def _clustered(texture: Floats, k: int, position: float, seed: int, names: tuple[str, ...]) -> Segmentation:
    """Cluster (H, W, F) texture, with the pixels' place where it has a weight."""
    stage("texture", lambda: as_colours(texture), "what differs most in it, as red, green and blue")
    height, width = texture.shape[:2]
    if position > 0:
        texture = np.concatenate([texture, place_of((height, width), position)], axis=2)
        names = (*names, "row", "column")
    return around_centres(texture.reshape(height * width, -1), (height, width), k, seed, names)


def as_colours(features: Floats) -> NDArray[np.uint8]:
    """Show (H, W, F) features as a colour picture: the three directions in which pixels differ most.

    Their principal components, the first as green, since eyes see most in it, then red and blue.

    >>> as_colours(np.array([[[0, 5], [9, 5]]], np.float32))[..., 1].tolist()
    [[0, 255]]
    """
    rows = features.reshape(-1, features.shape[2]).astype(np.float64)
    rows -= rows.mean(axis=0)
    directions = np.linalg.eigh(rows.T @ rows)[1][:, ::-1][:, :3]
    # The sign of a direction means nothing: make its largest part positive.
    directions = directions * np.sign(
        directions[np.abs(directions).argmax(axis=0), range(directions.shape[1])]
    )
    shown = rows @ directions
    low, high = shown.min(axis=0), shown.max(axis=0)
    scaled = np.zeros((len(rows), 3))
    scaled[:, : shown.shape[1]] = (shown - low) / np.maximum(high - low, 1e-9)
    return (scaled[:, [1, 0, 2]] * 255).round().astype(np.uint8).reshape(*features.shape[:2], 3)
