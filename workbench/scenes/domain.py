"""What a picture was taken in: weather, light, lens and sensor, painted or real textures."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Real
from typing import Literal, get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.scenes.canvas import Floats, floats
from workbench.scenes.light import blurred, exposed
from workbench.scenes.sprite import SHIFT

Weather = Literal["clear", "fog", "rain", "night"]
Textures = Literal["painted", "photographed"]
RANGES = {"light": (0.25, 2.0), "noise": (0.0, 0.2), "blur": (0.0, 20.0)}
MIST = floats((0.78, 0.80, 0.82))
THICK = 0.62  # share of the light that comes from the fog, where a scene has no depth that it could follow
WET, MOONLIT, LAMP = floats((0.70, 0.75, 0.82)), floats((0.17, 0.21, 0.33)), floats((0.95, 0.70, 0.40))
STREAM = 9  # of the weather alone, so that no other number of a picture depends on it


@dataclass(frozen=True)
class Domain:
    """Say what a picture is taken in; the truth stays the same in all weathers.

    Parameters
    ----------
    weather : ``"clear"``, ``"fog"``, ``"rain"`` or ``"night"``.
    light : brightness, 1 as the scene has it (0.25 to 2).
    noise : of the sensor beside the scene's own, deviation at mid-grey as a share of white (0 to 0.2).
    blur : Gaussian blur in thousandths of the shorter side, beside the scene's own (0 to 20).
    textures : ``"painted"``, or ``"photographed"``: brick, grass and gravel from scikit-image's package.

    Raises
    ------
    ValueError : a weather or textures there are not, or a number out of its range.

    >>> Domain(weather="fog").plain, Domain().plain
    (False, True)
    """

    weather: Weather = "clear"
    light: float = 1.0
    noise: float = 0.0
    blur: float = 0.0
    textures: Textures = "painted"

    def __post_init__(self) -> None:
        for name, known in (("weather", get_args(Weather)), ("textures", get_args(Textures))):
            if (value := getattr(self, name)) not in known:
                raise ValueError(f"domain: {name} must be one of {', '.join(known)}, got {value!r}; take one")
        for name, (low, high) in RANGES.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, Real) or not low <= float(value) <= high:
                raise ValueError(
                    f"domain: {name} must be a number in [{low:g}, {high:g}], got {value!r}; choose one in it"
                )

    @property
    def plain(self) -> bool:
        """Say whether it leaves a picture as its scene has it."""
        return self == PLAIN

    @property
    def real(self) -> bool:
        """Say whether surfaces are photographs of real ones."""
        return self.textures == "photographed"


PLAIN = Domain()


def accepted(name: str, domain: Domain | None, *, weathers: bool = True) -> Domain:
    """Give the domain that a scene was called with, or say in one sentence why it cannot be had.

    Raises
    ------
    ValueError : something that is no domain, or weather and textures in a scene that has none.
    """
    if domain is None:
        return PLAIN
    if not isinstance(domain, Domain):
        raise ValueError(f"{name}: domain must be a Domain, got {domain!r}; write Domain(weather='fog')")
    if not weathers and (domain.weather != "clear" or domain.real):
        raise ValueError(
            f"{name}: domain must have clear weather and painted textures, got {domain.weather!r} and "
            f"{domain.textures!r}; change light, noise and blur alone"
        )
    return domain


def taken(
    rng: np.random.Generator, rgb: Floats, noise: float, domain: Domain, seed: int, *, deep: bool = False
) -> NDArray[np.uint8]:
    """Expose an (H, W, 3) picture as it is taken in a domain; a `deep` scene was painted with its own fog.

    `rng` and `noise` are the sensor's, as in `exposed`, which this is where the domain is plain.
    """
    if domain.plain:
        return exposed(rng, rgb, noise)
    weather, unit = np.random.default_rng([seed, STREAM]), min(rgb.shape[:2])
    if domain.weather == "fog" and not deep:
        # As thick everywhere: from above, and across a table, all is about as far.
        rgb = rgb * np.float32(1 - THICK) + np.float32(THICK) * MIST
    elif domain.weather == "rain":
        rgb = _rained(weather, rgb if deep else rgb * np.float32(0.75) + np.float32(0.12) * MIST)
    elif domain.weather == "night":
        rgb = rgb * _lamps(weather, (rgb.shape[0], rgb.shape[1]))
    rgb = blurred(rgb * np.float32(domain.light), domain.blur * unit / 1000)
    return exposed(rng, rgb, math.hypot(noise, domain.noise))


def _rained(rng: np.random.Generator, rgb: Floats) -> Floats:
    """Dim a picture as under clouds, and let rain fall through it."""
    height, width = rgb.shape[:2]
    unit, lean = min(height, width), rng.uniform(-0.25, 0.25)
    streaks = np.zeros((height, width), np.uint8)
    count = round(150 * height * width / unit**2)
    starts = rng.uniform((-0.1 * width, -0.1 * height), (1.1 * width, height), (count, 2))
    lengths = unit * rng.uniform(0.025, 0.09, (count, 1))
    ends = starts + lengths * (lean, 1.0)
    lines = (np.stack([starts, ends], axis=1) * 2**SHIFT).astype(np.int32)
    cv2.polylines(streaks, list(lines), False, 255, max(1, round(unit / 300)), cv2.LINE_AA, SHIFT)
    share = streaks.astype(np.float32) * np.float32(0.34 / 255)
    grey = rgb.mean(axis=2, dtype=np.float32)
    # Half of the colour is lost in grey light.
    planes = [
        (0.6 * plane + 0.4 * grey) * tint * (1 - share) + np.float32(0.85) * share
        for plane, tint in zip(cv2.split(rgb), WET, strict=True)
    ]
    return cv2.merge(planes)


def _lamps(rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    """Give the (H, W, 3) light of a night: the moon's everywhere, and the pools of a few warm lamps."""
    small = (shape[0] // 8 + 2, shape[1] // 8 + 2)  # so slow that an eighth of the resolution is enough
    unit = min(small)
    rows = np.arange(small[0], dtype=np.float32)[:, None]
    cols = np.arange(small[1], dtype=np.float32)[None, :]
    pool = np.zeros(small, np.float32)
    for _ in range(rng.integers(2, 5)):
        row, col, reach = (
            rng.uniform(0.1, 0.9) * small[0],
            rng.random() * small[1],
            rng.uniform(0.2, 0.4) * unit,
        )
        pool += rng.uniform(0.5, 1.0) * np.exp(-((rows - row) ** 2 + (cols - col) ** 2) / (2 * reach**2))
    pool = np.asarray(cv2.resize(np.minimum(pool, 1), shape[::-1], interpolation=cv2.INTER_CUBIC))
    return cv2.merge([dark + (lamp - dark) * pool for dark, lamp in zip(MOONLIT, LAMP, strict=True)])
