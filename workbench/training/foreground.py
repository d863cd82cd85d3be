"""Learning object or not as U-Net does: grey pictures, masks, cross-entropy that weighs gaps, Dice."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from workbench.models.tiles import standardised
from workbench.sample import Sample
from workbench.scenes import SCENES, splits
from workbench.segmentation import Segmentation
from workbench.training.borders import parted, weight_map
from workbench.training.elastic import elastic

COUNTED = 16  # pictures by which the two kinds are weighed
CROPS = 4  # of each generated picture: making a picture costs more than cutting it
Floats = NDArray[Any]  # float32
Ids = NDArray[np.int32]


@dataclass
class Foreground:
    """Learn to tell things from what is around them, in grey pictures.

    Parameters
    ----------
    scenes : which scenes, such as ``"cells"``.
    seed : of the training; another one makes other pictures.
    batch : pictures in a batch, a multiple of 4.
    side : px a side of a picture. held : scenes to validate on, twice as large.

    Raises
    ------
    ValueError : scenes there are not, or a batch that is not a multiple of 4.
    """

    scenes: str = "cells"
    seed: int = 0
    batch_size: int = 8
    side: int = 128
    held: int = 24
    measure: str = "dice"

    def __post_init__(self) -> None:
        if self.scenes not in SCENES:
            raise ValueError(f"training: no scenes {self.scenes!r}; there are {', '.join(SCENES)}")
        if self.batch_size < CROPS or self.batch_size % CROPS:
            raise ValueError(f"training: batch must be a multiple of {CROPS}, got {self.batch_size}")

    @cached_property
    def judged(self) -> list[tuple[Floats, Floats]]:
        """Give the pictures that are validated on, with their masks."""
        return held_out(self.scenes, self.held, side=2 * self.side)

    @cached_property
    def balance(self) -> tuple[float, float]:
        """Give the weights of what is around things and of things: together each kind weighs the same."""
        truths = [self._scene(np.random.default_rng(0), place) for place in range(COUNTED)]
        share = float(np.mean([things_of(one.truth, one.target) > 0 for one in truths]))
        return 0.5 / (1 - share), 0.5 / share

    def loss(self, net: nn.Module, batch: tuple[Tensor, ...], device: str) -> dict[str, Tensor]:
        """Give the cross-entropy, pixel by pixel weighed so that narrow gaps count."""
        pictures, masks, weights = (part.to(device, non_blocking=True) for part in batch)
        logits = net(pictures).float()
        return {"cross-entropy": functional.binary_cross_entropy_with_logits(logits, masks, weights)}

    def validate(self, net: nn.Module, device: str) -> float:
        """Give the Dice of all held-out pixels together, at a probability of one half."""
        both = total = 0.0
        with torch.inference_mode():
            for grey, mask in self.judged:
                picture = torch.from_numpy(grey)[None, None].to(device, memory_format=torch.channels_last)
                guess = (net(picture)[0, 0] > 0).cpu().numpy()
                both += float((guess * mask).sum())
                total += float(guess.sum() + mask.sum())
        return 2 * both / total if total else float("nan")

    def batch(self, step: int) -> tuple[Tensor, Tensor, Tensor]:
        """Give batch number `step`, each part (B, 1, side, side).

        They are the standardised pictures, their masks of 0.0 and 1.0, and what each pixel weighs.
        """
        rng = np.random.default_rng([self.seed, step])
        count = self.batch_size // CROPS
        made = [crop for place in range(step * count, (step + 1) * count) for crop in self._crops(rng, place)]
        stacked = (torch.from_numpy(np.stack(part)[:, None]) for part in zip(*made, strict=True))
        pictures, masks, weights = (part.to(memory_format=torch.channels_last) for part in stacked)
        return pictures, masks, weights

    def _scene(self, rng: np.random.Generator, place: int) -> Sample:
        # Cells of 9 to 40 px, so that the network meets every size that a photograph may bring.
        knobs = {"radius": float(0.035 * 4.4 ** rng.random())} if self.scenes == "cells" else {}
        seed = splits.seed("train", place, training=self.seed)
        return SCENES[self.scenes](seed, (2 * self.side, 2 * self.side), **knobs)

    def _crops(self, rng: np.random.Generator, place: int) -> list[tuple[Floats, Floats, Floats]]:
        sample = self._scene(rng, place)
        things = things_of(sample.truth, sample.target)
        crops = []
        for _ in range(CROPS):
            row, col = rng.integers(0, self.side + 1, 2)
            here = np.s_[row : row + self.side, col : col + self.side]
            image, ids = sample.image[here], things[here]
            if rng.random() < 0.5:
                image, ids = elastic(rng, image, ids)
            grey, ids = varied(rng, image, parted(ids))
            crops.append((grey, (ids > 0).astype(np.float32), weight_map(ids, self.balance)))
        return crops


def things_of(truth: Segmentation | None, target: tuple[str, ...]) -> Ids:
    """Give (H, W) ids of the things of the target categories; 0 elsewhere."""
    assert truth is not None  # ours: every scene has one
    return np.where(truth.mask(*target), truth.ids, 0).astype(np.int32)


def target_mask(truth: Segmentation | None, target: tuple[str, ...]) -> Floats:
    """Give the (H, W) mask of the target categories as 0.0 and 1.0."""
    assert truth is not None  # ours: every scene has one
    return truth.mask(*target).astype(np.float32)


def varied(rng: np.random.Generator, image: NDArray[np.uint8], ids: Ids) -> tuple[Floats, Ids]:
    """Turn, mirror, re-light and dirty an (h, w, 3) picture; its ids are turned and mirrored with it.

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
    pair = (np.rot90(part, turns) for part in (standardised(grey), ids))
    turned = [np.ascontiguousarray(part[:, ::-1] if mirrored else part) for part in pair]
    return turned[0], turned[1]


def held_out(scenes: str, count: int, side: int = 256) -> list[tuple[Floats, Floats]]:
    """Make `count` pictures that are never trained on: (side, side) standardised grey, and mask."""
    pairs = []
    for seed in splits.seeds("validation", 0, count):
        sample = SCENES[scenes](seed, (side, side))
        grey = cv2.cvtColor(sample.image, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
        pairs.append((standardised(grey), target_mask(sample.truth, sample.target)))
    return pairs
