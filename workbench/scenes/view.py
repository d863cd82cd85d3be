"""The street as a box world, and the camera that looks down it."""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True)
class View:
    """Hold the camera: `row` and `col` of the vanishing point, focal length in px, height in metres.

    World axes are metres: X to the right of the camera, Y up from the ground, z away from it.
    """

    row: float
    col: float
    focal: float
    height: float

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
