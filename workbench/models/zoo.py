"""The bundled networks: a weights file and its card each, checked before they are used, loaded once."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as read_tensors
from safetensors.torch import save as write_tensors
from torch import nn

from workbench.models.files import replaced
from workbench.models.unet import UNet

HERE = Path(__file__).parent.parent
WEIGHTS = next((p for p in (HERE / "data", HERE.parent / "data") if p.is_dir()), HERE / "data") / "weights"
ARCHITECTURES: dict[str, type[nn.Module]] = {"unet": UNet}


class WeightsError(ValueError):
    """Say in one sentence why a weights file cannot be used, and what to do."""


@dataclass(frozen=True, eq=False)
class Model:
    """Hold a network that is ready to judge, and the card that says where it comes from."""

    net: nn.Module
    card: dict[str, Any]
    device: str


def best_device() -> str:
    """Give the device that networks run on where nobody says otherwise: ``"cuda"`` if there is one."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def load(name: str, device: str = "auto", folder: Path = WEIGHTS) -> Model:
    """Load a bundled network, in evaluation mode; a second call gives the one that is loaded already.

    Raises
    ------
    WeightsError : the card or the weights are missing, damaged, or of another architecture.
    """
    return _load(name, best_device() if device == "auto" else device, Path(folder))


@lru_cache(maxsize=8)
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
        net = ARCHITECTURES[card["architecture"]](**card["settings"])
        tensors = read_tensors(content)
        net.load_state_dict({key: t.float() if t.is_floating_point() else t for key, t in tensors.items()})
    except SafetensorError:
        raise WeightsError(f"{name}: its weights are not a safetensors file; restore the file") from None
    except (RuntimeError, TypeError):
        raise WeightsError(
            f"{name}: its weights do not fit the architecture {card['architecture']!r} with "
            f"{card['settings']}; "
            "card and weights are of different networks"
        ) from None
    return net


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
