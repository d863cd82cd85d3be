"""What clusterings compare: a row for each pixel, of its colour, its place and the texture around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import cv2
import numpy as np
import skimage as ski
from numpy.typing import NDArray

from workbench.image import Image
from workbench.methods.features import channel_of
from workbench.registry import Label, Range
from workbench.trace import progress, stage

Floats = NDArray[np.float32]
Spaces = Literal["lab", "rgb", "grey", "hsv"]
Textures = Literal["none", "gabor", "lbp"]
Space = Annotated[Spaces, Label("Colour space", "What counts as alike.")]
Position = Annotated[
    float, Range(0, 2, 0.05), Label("Weight of position", "Above 0, near pixels cluster together.")
]
Texture = Annotated[
    Textures,
    Label("Texture", "Also compares the pattern around each pixel: Gabor filters or local binary patterns."),
]
Seed = Annotated[int, Range(0, 99), Label("Random seed", "Another start may end in other clusters.")]
WINDOW = 21  # px that texture is gathered over, when it goes with colour
PATTERNS = 10  # uniform local binary patterns of 8 neighbours: 0 to 8 bright ones in a row, and all others
SATURATION = 0.05  # of Gabor responses to grey levels
FRAMES = 16  # filters whose responses are shown


def pixel_features(image: Image, space: str, position: float, sigma: float, texture: str = "none") -> Floats:
    """Give (H * W, features) float32: colour, then place, then texture; each reaches from 0 to about 100.

    Parameters
    ----------
    space : ``"lab"``, ``"rgb"``, ``"grey"``, or ``"hsv"`` as a cone: value, and saturation times value across
        and up the circle of hues, so that hue has no seam and counts for nothing where there is none.
    position : weight of row and column, which reach from 0 to 100 along the longer side.
    sigma : of the Gaussian blur before colour is taken, px; texture is taken from the sharp picture.
    texture : ``"none"``, ``"gabor"`` (12 energies) or ``"lbp"`` (10 shares).
    """
    pixels = np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.uint8) if sigma > 0 else image
    columns = [_colour(pixels, space)]
    if position > 0:
        columns.append(place_of(image.shape[:2], position))
    if texture == "gabor":
        energies = gabor_energies(channel_of(image, "grey"), gabor_bank(3, 4), WINDOW)
        columns.append(energies * np.float32(100 / np.sqrt(energies.shape[2])))
    elif texture == "lbp":
        columns.append(pattern_shares(pattern_codes(channel_of(image, "grey"), 1), WINDOW) * 100)
    height, width = image.shape[:2]
    whole = columns[0] if len(columns) == 1 else np.concatenate(columns, axis=2)
    return whole.reshape(height * width, -1)


def feature_names(space: str, position: float, texture: str = "none") -> tuple[str, ...]:
    """Name the columns of `pixel_features`, for the axes of charts.

    >>> feature_names("lab", 0.5)
    ('lightness (L)', 'green to red (a)', 'blue to yellow (b)', 'row', 'column')
    """
    colours = {
        "lab": ("lightness (L)", "green to red (a)", "blue to yellow (b)"),
        "rgb": ("red", "green", "blue"),
        "grey": ("grey",),
        "hsv": ("value", "colour towards red", "colour towards yellow-green"),
    }[space]
    place = ("row", "column") if position > 0 else ()
    count = {"none": 0, "gabor": 12, "lbp": PATTERNS}[texture]
    word = "filter" if texture == "gabor" else "pattern"
    return (*colours, *place, *(f"{word} {number}" for number in range(count)))


def _colour(pixels: Image, space: str) -> Floats:
    unit = pixels.astype(np.float32) / 255
    if space == "lab":
        return np.asarray(cv2.cvtColor(unit, cv2.COLOR_RGB2Lab), np.float32)
    if space == "grey":
        return np.asarray(cv2.cvtColor(unit, cv2.COLOR_RGB2GRAY), np.float32)[..., None] * 100
    if space == "hsv":
        hue, saturation, value = cv2.split(cv2.cvtColor(unit, cv2.COLOR_RGB2HSV))
        across, up = cv2.polarToCart(saturation * value, hue, angleInDegrees=True)
        return np.asarray(cv2.merge([value, across, up]), np.float32) * 100
    return np.asarray(unit * 100, np.float32)


def place_of(size: tuple[int, int], weight: float) -> Floats:
    """Give (H, W, 2) row and column, from 0 to 100 times the weight along the longer side."""
    return np.indices(size, np.float32).transpose(1, 2, 0) * (100 * weight / max(size))


@dataclass(frozen=True)
class Gabor:
    """Hold a filter for stripes: (S, S) weights, px a wave, and the direction across the stripes."""

    weights: Floats
    period: float
    degrees: float  # 0 is across a row, 90 down a column


def gabor_bank(scales: int, orientations: int) -> list[Gabor]:
    """Make even-symmetric Gabor filters an octave apart and an octave wide, the finest of 4 px a wave.

    Each answers 1 to a wave of its own period, direction and phase with amplitude 1, and 0 to even grey.
    After Jain and Farrokhnia: Unsupervised texture segmentation using Gabor filters, 1991.

    >>> [(len(gabor.weights), gabor.period) for gabor in gabor_bank(3, 1)]
    [(15, 4.0), (29, 8.0), (55, 16.0)]
    """
    bank = []
    for scale in range(scales):
        period = 4.0 * 2**scale
        sigma = 0.56 * period  # an octave wide at half of its peak
        side = 2 * int(np.ceil(3 * sigma)) + 1
        for turn in range(orientations):
            angle = np.pi * turn / orientations
            kernel = cv2.getGaborKernel((side, side), sigma, angle, period, 1.0, 0.0, cv2.CV_64F)
            envelope = np.abs(cv2.getGaborKernel((side, side), sigma, angle, 1e9, 1.0, 0.0, cv2.CV_64F))
            kernel -= envelope * (kernel.sum() / envelope.sum())  # even grey must not answer
            weights = (2 * kernel / envelope.sum()).astype(np.float32)
            bank.append(Gabor(weights, period, 180 * turn / orientations))
    return bank


def gabor_energies(
    grey: NDArray[np.uint8], bank: list[Gabor], window: int, saturation: float = SATURATION
) -> Floats:
    """Give (H, W, filters) float32, 0 to 1: how strongly each filter of a bank answers around a pixel.

    The response of an (H, W) uint8 channel, times the saturation, goes through tanh: the higher, the less
    contrast counts. Its size is averaged over a Gaussian window about `window` px wide.
    """
    picture = grey.astype(np.float32)
    energies = np.empty((*grey.shape, len(bank)), np.float32)
    shown = set(np.linspace(0, len(bank) - 1, min(len(bank), FRAMES)).astype(int).tolist())
    for number, gabor in enumerate(bank):
        progress(number, len(bank))
        response = cv2.filter2D(picture, cv2.CV_32F, gabor.weights, borderType=cv2.BORDER_REFLECT_101)
        name = f"stripes of {gabor.period:g} px at {gabor.degrees:g} degrees"
        if number in shown:
            stage(name, response, "where they are, and their phase", film="filter responses")
        size = np.abs(np.tanh(saturation * response))
        energies[..., number] = cv2.GaussianBlur(size, (0, 0), window / 4)
    return energies


def pattern_codes(grey: NDArray[np.uint8], radius: int) -> NDArray[np.uint8]:
    """Give the (H, W) uniform local binary pattern, 0 to 9, of 8 neighbours at `radius` px.

    scikit-image's. 0 to 8 is how many neighbours in a row are at least as bright as the pixel; 9 is any
    pattern that changes sides more than twice. Turning the picture does not change them.
    Ojala, T., Pietikäinen, M. and Mäenpää, T.: Multiresolution gray-scale and rotation invariant texture
    classification with local binary patterns, 2002.
    """
    codes = ski.feature.local_binary_pattern(grey, P=8, R=radius, method="uniform")
    return codes.astype(np.uint8)


def pattern_shares(codes: NDArray[np.uint8], window: int) -> Floats:
    """Give (H, W, 10) float32: the root of each pattern's share in a square window around each pixel.

    Roots, because the Euclidean distance of two of them is then Hellinger's distance of the histograms.

    >>> pattern_shares(np.array([[3, 3, 3]], np.uint8), 3)[0, 1].tolist()
    [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    """
    planes = [(codes == code).astype(np.float32) for code in range(PATTERNS)]
    shares = [cv2.blur(plane, (window, window), borderType=cv2.BORDER_REFLECT) for plane in planes]
    # The blur's running sums may end a hair below nothing.
    return np.asarray(np.sqrt(np.maximum(np.stack(shares, axis=2), 0)), np.float32)
