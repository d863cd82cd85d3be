"""The bundled networks: a weights file and its card each, checked before they are used, loaded once."""

from __future__ import annotations

import hashlib
import importlib
import json
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as read_tensors
from safetensors.torch import save as write_tensors
from torch import Tensor, nn

from workbench.models import places
from workbench.models.files import replaced
from workbench.taxonomy import Category, Taxonomy

WEIGHTS = places.BUNDLED
# Where each architecture is; its file is read when it is first built.
ARCHITECTURES = {
    "classifier": "Classifier",
    "deeplab1": "DeepLab1",
    "deeplab2": "DeepLab2",
    "deeplab3": "DeepLab3",
    "deeplab3plus": "DeepLab3Plus",
    "detector": "Detector",
    "fcn": "FCN",
    "localiser": "Localiser",
    "mask_rcnn": "MaskRCNN",
    "one_shot": "OneShot",
    "panoptic_fpn": "PanopticFPN",
    "segnet": "SegNet",
    "unet": "UNet",
}
KEPT = 4  # networks that stay loaded; the one that was asked for longest ago makes room


class WeightsError(ValueError):
    """Say in one sentence why a weights file cannot be used, and what to do."""


@dataclass(frozen=True, eq=False)
class Model:
    """Hold a network that is ready to judge, and the card that says where it comes from."""

    net: nn.Module
    card: dict[str, Any]
    device: str
    warm: list[bool] = field(default_factory=list)  # not empty once it has run

    @property
    def taxonomy(self) -> Taxonomy:
        """Give the names of what it answers.

        Raises
        ------
        WeightsError : the card names no categories.
        """
        return taxonomy_of(self.card)


def taxonomy_of(card: dict[str, Any]) -> Taxonomy:
    """Read the categories of a card, listed as [id, name, kind, colour].

    Raises
    ------
    WeightsError : there are none, or they are no categories.
    """
    try:
        return Taxonomy(Category(*entry) for entry in card["taxonomy"])
    except (KeyError, TypeError, ValueError):
        raise WeightsError(
            f"{card.get('name')}: its card says not what its classes are called; give it a taxonomy, "
            "a list of [id, name, kind, colour]"
        ) from None


def device_of(wanted: str = "auto") -> str:
    """Give the device that networks run on; ``"auto"`` is CUDA, else Apple's MPS, else the processor.

    Raises
    ------
    ValueError : a device that is not there, or no device at all.
    """
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if wanted == "auto":
        return next(name for name, found in there.items() if found)
    if not there.get(wanted.partition(":")[0], False):
        known = ", ".join(name for name, found in there.items() if found)
        raise ValueError(f"device must be one that is there (auto, {known}), got {wanted!r}")
    return wanted


def built(architecture: str, settings: dict[str, Any]) -> nn.Module:
    """Build an untrained network.

    Raises
    ------
    KeyError : an architecture there is not. TypeError, ValueError : settings that it does not have.
    """
    module = importlib.import_module(f"workbench.models.{architecture}")
    return getattr(module, ARCHITECTURES[architecture])(**settings)


def load(name: str, device: str = "auto", folder: Path | None = None) -> Model:
    """Load a network, in evaluation mode; a second call gives the one that is loaded already.

    Without a folder it is one that ships, or one of a person's own.

    Raises
    ------
    WeightsError : the card or the weights are missing, damaged, or of another architecture.
    ValueError : a device that is not there.
    """
    return _load(name, device_of(device), Path(folder or places.folder_of(name)))


@lru_cache(maxsize=KEPT)
def _load(name: str, device: str, folder: Path) -> Model:
    card = read_card(name, folder)
    path = folder / f"{name}.safetensors"
    if not path.exists():
        raise WeightsError(
            f"{name}: {path} is missing; reinstall the package, or train it with `workbench train`"
        )
    content = path.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != card["sha256"]:
        raise WeightsError(
            f"{name}: {path.name} is damaged, its SHA-256 is {found[:12]}... and the card says "
            f"{card['sha256'][:12]}...; restore the file"
        )
    net = _filled(name, card, content).to(device)
    net.to(memory_format=torch.channels_last)  # a third faster on a processor
    return Model(net.eval(), card, device)


def read_card(name: str, folder: Path = WEIGHTS) -> dict[str, Any]:
    """Read a network's card.

    Raises
    ------
    WeightsError : there is none, or it lacks what loading needs; the networks that there are are listed.
    """
    path = Path(folder) / f"{name}.json"
    if not path.exists():
        known = ", ".join(sorted(p.stem for p in Path(folder).glob("*.json"))) or "none"
        raise WeightsError(f"no trained network {name!r} in {folder}; there are {known}")
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
        missing = [key for key in ("architecture", "settings", "sha256") if key not in card]
    except (ValueError, TypeError):
        raise WeightsError(f"{name}: its card {path} is not JSON; restore the file") from None
    if missing:
        raise WeightsError(f"{name}: its card {path} lacks {', '.join(missing)}; restore the file")
    return card


def _filled(name: str, card: dict[str, Any], content: bytes) -> nn.Module:
    """Build the card's architecture and fill it with the weights."""
    if card["architecture"] not in ARCHITECTURES:
        raise WeightsError(
            f"{name}: its card names the architecture {card['architecture']!r}; "
            f"there are {', '.join(ARCHITECTURES)}"
        )
    try:
        net = built(card["architecture"], card["settings"])
        net.load_state_dict(_widened(content, name))
    except (RuntimeError, TypeError):
        raise WeightsError(
            f"{name}: its weights do not fit the architecture {card['architecture']!r} with "
            f"{card['settings']}; "
            "card and weights are of different networks"
        ) from None
    return net


def read_weights(path: Path) -> dict[str, Tensor]:
    """Read a safetensors file as float32 tensors by their names.

    Raises
    ------
    WeightsError : there is no such file, or it is no safetensors file, such as one that holds pickled code.
    """
    if not path.exists():
        raise WeightsError(f"{path}: there are no such weights; give the path of a .safetensors file")
    return _widened(path.read_bytes(), path.name)


def _widened(content: bytes, name: str) -> dict[str, Tensor]:
    try:
        tensors = read_tensors(content)
    except SafetensorError:
        raise WeightsError(f"{name}: its weights are not a safetensors file; restore the file") from None
    return {key: t.float() if t.is_floating_point() else t for key, t in tensors.items()}


def save(net: nn.Module, card: dict[str, Any], folder: Path) -> Path:
    """Write a network as fp16 safetensors and its card, which holds their SHA-256; give the path."""
    folder.mkdir(parents=True, exist_ok=True)
    halves = {key: t.half() if t.is_floating_point() else t for key, t in net.state_dict().items()}
    content = write_tensors({key: t.cpu().contiguous() for key, t in halves.items()})
    path = folder / f"{card['name']}.safetensors"
    replaced(path, lambda fresh: fresh.write_bytes(content))
    full = card | {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    text = json.dumps(full, indent=2, ensure_ascii=False) + "\n"
    replaced(path.with_suffix(".json"), lambda fresh: fresh.write_text(text, encoding="utf-8"))
    return path
