"""Reading a file of weights without running what is in it."""

from __future__ import annotations

import pickle
import zipfile
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from workbench.models.public.cache import CheckpointError

State = dict[str, Tensor]
UNSAFE = "never run what came from elsewhere; ask its publisher for safetensors"


def read_state(name: str, path: Path) -> State:
    """Read tensors by their names from a .safetensors, .pth or .bin file; pickled code is never run.

    Raises
    ------
    CheckpointError : the file is cut short, holds code or anything but tensors, or is of no kind it knows.
    """
    if path.suffix == ".safetensors":
        try:
            return load_file(path)
        except (SafetensorError, OSError):
            raise CheckpointError(
                f"{name}: {path.name} is cut short or no safetensors file ({path.stat().st_size} bytes); "
                "get it again"
            ) from None
    if path.suffix not in (".pth", ".pt", ".bin"):
        raise CheckpointError(
            f"{name}: weights are read from .safetensors, .pth or .bin files, got {path.name}; "
            "give one of these"
        )
    try:
        held = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        if _whole(path) and "truncated" not in str(error):
            raise CheckpointError(
                f"{name}: {path.name} holds pickled code, not only tensors; {UNSAFE}"
            ) from None
        raise _cut_short(name, path) from None
    except (RuntimeError, EOFError, OSError, ValueError):
        raise _cut_short(name, path) from None
    if not isinstance(held, dict) or not all(isinstance(value, Tensor) for value in held.values()):
        raise CheckpointError(
            f"{name}: {path.name} holds a {type(held).__name__} that is not tensors by their names; "
            "give the file of a state_dict"
        )
    return dict(held)


def _whole(path: Path) -> bool:
    """Say whether a file is a complete archive, or of the older kind that is one long pickle."""
    if zipfile.is_zipfile(path):
        return True
    with path.open("rb") as file:
        return file.read(1) == b"\x80"


def _cut_short(name: str, path: Path) -> CheckpointError:
    return CheckpointError(
        f"{name}: {path.name} is cut short or no file of weights ({path.stat().st_size} bytes); get it again"
    )
