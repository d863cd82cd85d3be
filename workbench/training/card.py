"""The card of a trained network: how it was made, and what its numbers are."""

from __future__ import annotations

import json
import os
import platform
from pathlib import Path
from typing import Any

import torch
from torch import nn

from workbench.models import places, zoo
from workbench.models.facts import facts_of
from workbench.models.files import replaced
from workbench.taxonomy import Taxonomy
from workbench.training.loop import Run
from workbench.training.networks import Network


def describe(
    net: nn.Module, network: Network, taxonomy: Taxonomy, run: Run, told: dict[str, Any]
) -> dict[str, Any]:
    """Write the card of a network that was trained on scenes.

    Parameters
    ----------
    network : how it was trained. taxonomy : what its classes are called. run : how that went.
    told : what else the card holds, such as name, settings, scenes, side, command and measure.
    """
    scenes, side = told["scenes"], told["side"]
    return {
        "name": told["name"],
        "title": f"{network.title}, trained on generated {scenes}",
        "yields": network.yields,
        **({"task": network.task} if network.task else {}),
        "architecture": network.architecture,
        "settings": told["settings"],
        "taxonomy": [[c.id, c.name, c.kind, c.colour] for c in taxonomy],
        "side": side,
        **facts_of(net, side, told["settings"].get("channels", 3)),
        "source": network.source,
        "smaller": network.smaller,
        "crf": network.crf,
        "licence": "BSD-3-Clause",
        "data": told["data"],
        "command": told["command"],
        "seed": told["seed"],
        "steps": run.step,
        "batch": told["batch"],
        "best_step": run.best_step,
        "minutes": round(run.seconds / 60, 1),
        "machine": machine(told["device"]),
        "validation": {told["measure"]: round(run.best, 4), "scenes": told["held"], "size": [side, side]},
    }


def machine(device: str) -> str:
    """Say what a training ran on, such as ``"2-core x86_64 CPU"``."""
    if device.startswith("cuda"):
        return torch.cuda.get_device_name(device)
    return f"{os.cpu_count()}-core {platform.machine()} {device.upper()}"


def add(name: str, more: dict[str, Any], folder: Path | None = None) -> Path:
    """Write more into a network's card, such as its scores; give the card's path."""
    folder = folder or places.folder_of(name)
    path = folder / f"{name}.json"
    text = json.dumps(zoo.read_card(name, folder) | more, indent=2, ensure_ascii=False) + "\n"
    replaced(path, lambda fresh: fresh.write_text(text, encoding="utf-8"))
    return path
