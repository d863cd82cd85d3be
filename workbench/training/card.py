"""The card of a trained network: how it was made, and how good it is, thresholds beside it."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from workbench.models import zoo
from workbench.models.files import replaced
from workbench.models.tiles import grey_of
from workbench.sample import Sample
from workbench.scenes import SCENES
from workbench.training.data import TEST, Pictures
from workbench.training.loop import Plan, Run

Mask = NDArray[np.bool_]
Grey = NDArray[np.uint8]


def describe(
    net: nn.Module, pictures: Pictures, plan: Plan, run: Run, settings: dict[str, int]
) -> dict[str, Any]:
    """Write the card of a U-Net that was trained on scenes, its scores on unseen ones in it."""
    scenes = pictures.scenes
    gpu = torch.cuda.is_available()
    return {
        "name": f"unet-{scenes}",
        "title": f"U-Net, trained on generated {scenes}",
        "architecture": "unet",
        "settings": settings,
        "parameters": sum(p.numel() for p in net.parameters()),
        "source": "Ronneberger, Fischer and Brox 2015",
        "licence": "BSD-3-Clause",
        "data": f"workbench.scenes.{scenes}, made while training; grey, standardised, inverted half the time",
        "command": f"workbench train unet --scenes {scenes} --steps {plan.steps} --seed {plan.seed}",
        "seed": plan.seed,
        "steps": run.step,
        "batch": pictures.batch,
        "side": pictures.side,
        "best_step": run.best_step,
        "minutes": round(run.seconds / 60, 1),
        "machine": f"{os.cpu_count()}-core {platform.machine()}" + (" with GPU" if gpu else " CPU"),
        "validation": {"dice": round(run.best, 4), "scenes": 24, "size": [256, 256]},
        "test": compared(net, scenes),
    }


def compared(net: nn.Module, scenes: str, count: int = 40, side: int = 256) -> dict[str, Any]:
    """Score the network and the best that thresholds can do on the same `count` unseen scenes.

    Each number is an object Dice, averaged over the scenes. Where a row says oracle, the truth chose.
    """
    rows: dict[str, list[float]] = {}
    for seed in range(TEST, TEST + count):
        sample = SCENES[scenes](seed, (side, side))
        for name, mask in _answers(net, sample):
            rows.setdefault(name, []).append(dice(_truth(sample), mask))
    return {
        "scenes": f"{count} of {side} x {side}, seeds from {TEST}",
        "dice": {name: round(float(np.mean(values)), 4) for name, values in rows.items()},
        "lowest": {name: round(float(np.min(values)), 4) for name, values in rows.items()},
    }


def _truth(sample: Sample) -> Mask:
    assert sample.truth is not None  # ours: scenes have a truth
    return sample.truth.mask(*sample.target)


def _answers(net: nn.Module, sample: Sample) -> Iterator[tuple[str, Mask]]:
    grey, truth = np.asarray(cv2.cvtColor(sample.image, cv2.COLOR_RGB2GRAY), np.uint8), _truth(sample)
    yield "unet", judged(net, sample.image)
    level, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_OTSU)
    yield "otsu, oracle side", _better(truth, grey > level)
    local = cv2.GaussianBlur(grey, (0, 0), 0.1 * grey.shape[0])
    yield "local mean, oracle side", _better(truth, grey > local)
    yield "one level, oracle", best_level(grey, truth)
    yield "two levels, oracle", best_band(grey, truth)


def judged(net: nn.Module, image: NDArray[np.uint8]) -> Mask:
    """Give the (H, W) mask of a network at a probability of one half; sides must suit the network."""
    net.eval()
    device = next(net.parameters()).device
    with torch.inference_mode():
        return (net(torch.from_numpy(grey_of(image))[None, None].to(device))[0, 0] > 0).cpu().numpy()


def dice(truth: Mask, guess: Mask) -> float:
    """Give twice the shared pixels over all pixels of both; nan where both are empty."""
    total = int(truth.sum() + guess.sum())
    return 2 * int((truth & guess).sum()) / total if total else float("nan")


def _better(truth: Mask, bright: Mask) -> Mask:
    return max(bright, ~bright, key=lambda mask: dice(truth, mask))


def best_level(grey: Grey, truth: Mask) -> Mask:
    """Give the mask of the level and side that score best, found by trying all: no threshold does better.

    >>> best_level(np.uint8([[1, 5, 9]]), np.array([[True, False, False]])).tolist()
    [[True, False, False]]
    """
    inside, outside = (np.bincount(grey[part], minlength=256).cumsum() for part in (truth, ~truth))
    # Dice of "at most this level is object", and of the other side.
    dark = 2 * inside / np.maximum(inside + outside + inside[-1], 1)
    bright = 2 * (inside[-1] - inside) / np.maximum(inside[-1] * 2 - inside + outside[-1] - outside, 1)
    return grey <= dark.argmax() if dark.max() >= bright.max() else grey > bright.argmax()


def best_band(grey: Grey, truth: Mask) -> Mask:
    """Give the mask of the two levels that score best, objects inside or outside of the band between them.

    >>> best_band(np.uint8([[1, 5, 9]]), np.array([[True, False, True]])).tolist()
    [[True, False, True]]
    """
    inside, outside = (
        np.concatenate([[0], np.bincount(grey[part], minlength=256).cumsum()]) for part in (truth, ~truth)
    )
    hit, extra = (part[None, :] - part[:, None] for part in (inside, outside))  # [low, high): (257, 257)
    within = np.where(hit >= 0, 2 * hit / np.maximum(hit + extra + inside[-1], 1), -1)
    beyond = 2 * (inside[-1] - hit) / np.maximum(2 * inside[-1] - hit + outside[-1] - extra, 1)
    beyond = np.where(hit >= 0, beyond, -1)
    within, beyond = np.triu(within), np.triu(beyond)
    table = within if within.max() >= beyond.max() else beyond
    low, high = np.unravel_index(table.argmax(), table.shape)
    band = (grey >= low) & (grey < high)
    return band if table is within else ~band


def add_photographs(
    name: str, run: Callable[..., Any], samples: list[Sample], folder: Path = zoo.WEIGHTS
) -> Path:
    """Score a bundled network on photographs and write the numbers, good or bad, into its card.

    Parameters
    ----------
    run : runs a method by name on an image and gives a result, such as ``workbench.run``.
    samples : photographs with a truth.
    """
    from workbench.metrics.score import score

    card, rows = zoo.read_card(name, folder), {}
    for sample in samples:
        if sample.truth is None:
            continue
        found = score(sample.truth, run(name, sample.image).output, target=sample.target)
        rows[sample.name] = {
            "iou": round(found.iou, 4),
            "dice": round(found.dice, 4),
            "target": list(sample.target),
        }
    path = folder / f"{name}.json"
    text = json.dumps(card | {"photographs": rows}, indent=2, ensure_ascii=False) + "\n"
    replaced(path, lambda fresh: fresh.write_text(text, encoding="utf-8"))
    return path
