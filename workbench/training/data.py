"""Training pictures out of the scenes: a batch is a function of (seed, step), so it can be made again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from workbench.models.tiles import standardised
from workbench.scenes import SCENES
from workbench.segmentation import Segmentation

# Scenes are told apart by their seeds: no picture is ever in two of these.
TRAINING, VALIDATION, TEST = 10_000_000, 1_000_000, 2_000_000
CROPS = 4  # of each generated picture: making a picture costs more than cutting it
Floats = NDArray[Any]  # float32


@dataclass(frozen=True)
class Pictures:
    """Make batches of grey pictures with the mask of their things.

    Parameters
    ----------
    scenes : which scenes, such as ``"cells"``.
    seed : of the training; another one makes other pictures.
    batch : pictures in a batch, a multiple of 4.
    side : px a side of a picture.

    Raises
    ------
    ValueError : scenes there are not, or a batch that is not a multiple of 4.
    """

    scenes: str = "cells"
    seed: int = 0
    batch: int = 16
    side: int = 128

    def __post_init__(self) -> None:
        if self.scenes not in SCENES:
            raise ValueError(f"training: no scenes {self.scenes!r}; there are {', '.join(SCENES)}")
        if self.batch < CROPS or self.batch % CROPS:
            raise ValueError(f"training: batch must be a multiple of {CROPS}, got {self.batch}")

    def __call__(self, step: int) -> tuple[Tensor, Tensor]:
        """Give batch number `step`: pictures (B, 1, side, side), standardised, and masks of 0.0 and 1.0."""
        rng = np.random.default_rng([self.seed, step])
        count = self.batch // CROPS
        first = TRAINING + (self.seed * 100_003 + step) * count
        pairs = [pair for k in range(count) for pair in self._crops(rng, first + k)]
        return _tensors(pairs)

    def _crops(self, rng: np.random.Generator, seed: int) -> list[tuple[Floats, Floats]]:
        # Cells of 9 to 40 px, so that the network meets every size that a photograph may bring.
        knobs = {"radius": float(0.035 * 4.4 ** rng.random())} if self.scenes == "cells" else {}
        sample = SCENES[self.scenes](seed, (2 * self.side, 2 * self.side), **knobs)
        mask = target_mask(sample.truth, sample.target)
        pairs = []
        for _ in range(CROPS):
            row, col = rng.integers(0, self.side + 1, 2)
            here = np.s_[row : row + self.side, col : col + self.side]
            pairs.append(varied(rng, sample.image[here], mask[here]))
        return pairs


def target_mask(truth: Segmentation | None, target: tuple[str, ...]) -> Floats:
    """Give the (H, W) mask of the target categories as 0.0 and 1.0."""
    assert truth is not None  # ours: every scene has one
    return truth.mask(*target).astype(np.float32)


def varied(rng: np.random.Generator, image: NDArray[np.uint8], mask: Floats) -> tuple[Floats, Floats]:
    """Turn, mirror, re-light and dirty an (h, w, 3) picture; its mask is turned and mirrored with it.

    The grey is mixed from the channels anew each time and inverted half the time, so that the network can
    rely neither on a colour nor on objects being the bright side.
    """
    turns, mirrored = int(rng.integers(4)), bool(rng.integers(2))
    mix = rng.dirichlet((2.0, 2.5, 1.5)).astype(np.float32)
    grey = (image @ mix) * np.float32(1 / 255)
    grey = np.clip(grey, 0, 1) ** np.float32(2.0 ** rng.uniform(-1, 1))
    if rng.random() < 0.5:
        grey = 1 - grey
    if rng.random() < 0.3:
        grey = cv2.GaussianBlur(grey, (0, 0), rng.uniform(0.3, 1.6))
    if rng.random() < 0.5:
        slope = np.linspace(-0.5, 0.5, grey.shape[0], dtype=np.float32)
        ramp = rng.uniform(-1, 1) * slope[:, None] + rng.uniform(-1, 1) * slope[None, :]
        grey = grey * (1 + 0.9 * ramp) + rng.uniform(-0.3, 0.3) * ramp
    if rng.random() < 0.5:
        grey = grey + rng.uniform(0, 0.06) * rng.standard_normal(grey.shape, dtype=np.float32)
    pair = (np.rot90(part, turns) for part in (standardised(grey), mask))
    grey, mask = (part[:, ::-1] if mirrored else part for part in pair)
    return np.ascontiguousarray(grey), np.ascontiguousarray(mask)


def held_out(
    scenes: str, count: int, first: int = VALIDATION, side: int = 256
) -> list[tuple[Floats, Floats]]:
    """Make `count` pictures that are never trained on: (side, side) standardised grey, and mask."""
    pairs = []
    for seed in range(first, first + count):
        sample = SCENES[scenes](seed, (side, side))
        grey = cv2.cvtColor(sample.image, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
        pairs.append((standardised(grey), target_mask(sample.truth, sample.target)))
    return pairs


def _tensors(pairs: list[tuple[Floats, Floats]]) -> tuple[Tensor, Tensor]:
    pictures, masks = (torch.from_numpy(np.stack(part)[:, None]) for part in zip(*pairs, strict=True))
    return pictures.to(memory_format=torch.channels_last), masks
