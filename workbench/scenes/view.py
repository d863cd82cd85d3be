"""The street as a box world, and the camera that looks down it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from workbench.scenes.canvas import Floats

Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Day:
    """Hold the light of one hour: colours (RGB, 0 to 1), and the `sun`: -1 left, 1 right, 0 none."""

    zenith: Colour
    horizon: Colour
    haze: Colour
    sunlight: Colour
    ambient: float  # how bright the shade is
    sun: int
    cloud: float  # share of the sky
    lit: float  # share of windows with a lamp behind them
    fog: float = 90.0  # m in which the haze swallows two thirds
    lamp: float = 1.0  # how bright a lamp behind a window is

    def under(self, weather: str) -> Day:
        """Give the same street's light in another weather; in fog it is the distance that hides things."""
        if weather == "fog":
            grey = (0.78, 0.80, 0.82)
            return replace(
                self,
                zenith=grey,
                horizon=grey,
                haze=grey,
                sunlight=grey,
                ambient=0.95,
                sun=0,
                lit=0.15,
                fog=16.0,
            )
        if weather == "rain":
            grey, dim = (0.66, 0.69, 0.72), (0.80, 0.84, 0.88)
            return Day((0.50, 0.53, 0.57), grey, grey, dim, 0.9, 0, 0.95, 0.30, 45.0, 1.2)
        if weather == "night":
            dusk = (0.34, 0.32, 0.40)
            return Day((0.14, 0.16, 0.30), dusk, dusk, (0.84, 0.86, 0.95), 0.9, 0, 0.3, 0.5, lamp=3.2)
        return self


@dataclass(frozen=True)
class View:
    """Hold the camera: `row` and `col` of the vanishing point, focal length in px, height in metres.

    World axes are metres: X to the right of the camera, Y up from the ground, z away from it.
    """

    row: float
    col: float
    focal: float
    height: float

    @classmethod
    def drawn(cls, rng: np.random.Generator, shape: tuple[int, int]) -> View:
        """Draw how somebody on a street holds a camera whose pictures are (H, W)."""
        return cls(
            shape[0] * rng.uniform(0.42, 0.54), shape[1] * rng.uniform(0.40, 0.60),
            min(shape) * rng.uniform(0.82, 1.0), rng.uniform(1.55, 1.95),
        )  # fmt: skip

    def place(self, x: float, y: float, z: float) -> tuple[float, float]:
        """Give the (row, column) at which a point of the world is seen.

        >>> View(100, 128, 200, 1.6).place(x=1, y=1.6, z=4)
        (100.0, 178.0)
        """
        return self.row + (self.height - y) * self.focal / z, self.col + x * self.focal / z

    def scale(self, z: float) -> float:
        """Give the pixels that a metre takes up at a distance of z metres."""
        return self.focal / z

    def rays(self, shape: tuple[int, int]) -> tuple[Floats, Floats]:
        """Give the slopes of the rays: down for each row (H, 1), to the right for each column (1, W)."""
        rows = np.arange(shape[0], dtype=np.float32)[:, None] + 0.5
        cols = np.arange(shape[1], dtype=np.float32)[None, :] + 0.5
        return (rows - self.row) / self.focal, (cols - self.col) / self.focal


@dataclass(frozen=True)
class Row:
    """Hold the houses of one side of the street, near to far."""

    ends: Floats  # (N,) z at which each house ends, m
    heights: Floats  # (N,) m
    walls: Floats  # (N, 3) colours
    storeys: Floats  # (N,) height of a storey, m
    bays: Floats  # (N,) width of a window's bay, m
    awnings: Floats  # (N, 3) colours of the shop fronts


@dataclass(frozen=True)
class Street:
    """Hold the ground plan: the road's edges and the fronts' planes (X, m), where it ends, the houses."""

    road: tuple[float, float]
    fronts: tuple[float, float]
    end: float
    left: Row
    right: Row
    zebra: float | None  # z at which a crossing begins
    tiles: float  # side of a paving stone, m
    wear: float  # how worn the asphalt is, 0 to 1
    real: bool = False  # whether walls and road are photographs of brick and gravel
