"""Public models that are loaded: by name and path, a few at a time, ready to be asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

from torch import nn

from workbench.models.public.catalogue import Public, find
from workbench.taxonomy import Taxonomy

KEPT = 2  # models that stay loaded; the one that was asked for longest ago makes room


@dataclass(frozen=True, eq=False)
class Loaded:
    """Hold a public model that is ready to judge.

    Parameters
    ----------
    prepare : its publisher's preprocessing. ids : the category id of each class that has a name.
    tokens : the words that tell it the task, as numbers, where it wants them.
    """

    entry: Public
    net: nn.Module
    prepare: Any
    device: str
    taxonomy: Taxonomy = field(default_factory=lambda: Taxonomy([]))
    ids: dict[int, int] = field(default_factory=dict)
    tokens: Any = None

    @property
    def stuff(self) -> frozenset[int]:
        """Give the ids of the categories that are stuff."""
        return frozenset(category.id for category in self.taxonomy.stuff)


def load(name: str, path: Path, device: str = "auto") -> Loaded:
    """Load a public model from a path, in evaluation mode; a second call gives the one that is loaded.

    Raises
    ------
    CheckpointError : the files are missing, damaged, unsafe, or of another architecture.
    KeyError : there is no such public model. ModuleNotFoundError : transformers is not installed.
    ValueError : a device that is not there.
    """
    from workbench.models.zoo import device_of

    path = Path(path).expanduser().resolve()
    return _load(find(name), path, device_of(device), _stamp(path))


def _stamp(path: Path) -> tuple[int, ...]:
    """Give what changes when a file, or one in a folder, is replaced."""
    files = sorted(path.iterdir()) if path.is_dir() else [path] if path.exists() else []
    return tuple(file.stat().st_mtime_ns for file in files)


@lru_cache(maxsize=KEPT)
def _load(entry: Public, path: Path, device: str, stamp: tuple[int, ...]) -> Loaded:
    return import_module(f"workbench.models.public.{entry.library}_models").load(entry, path, device)
