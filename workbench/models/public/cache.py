"""Where the files of public models lie, which are there, and whether they are what they should be."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path

from workbench.models.files import replaced
from workbench.models.public.catalogue import CATALOGUE, PICKLED, Public, find

VARIABLE = "WORKBENCH_MODELS"
BROUGHT = "brought.json"  # paths outside of the cache that a person has made methods of
RECORD = "downloaded.json"  # the SHA-256 of each file when it came
WEIGHTS = ("model.safetensors", PICKLED)


class CheckpointError(ValueError):
    """Say in one sentence why a public checkpoint cannot be used, and what to do."""


def folder() -> Path:
    """Give the folder of public models: ``$WORKBENCH_MODELS``, else one where this system keeps caches."""
    if named := os.environ.get(VARIABLE):
        return Path(named)
    home = Path.home()
    if sys.platform == "win32":
        caches = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        caches = home / "Library" / "Caches"
    else:
        caches = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    return caches / "workbench" / "models"


def place(entry: Public, where: Path | None = None) -> Path:
    """Give the path that a model has in the cache: a file of torchvision, a folder of transformers."""
    return (where or folder()) / (entry.files[0] if entry.library == "torchvision" else entry.name)


def lacking(entry: Public, path: Path) -> list[str]:
    """List the files of a model's folder that are not there; either kind of weights will do."""
    there = [name for name in WEIGHTS if (path / name).is_file()]
    return [name for name in entry.files if not (path / name).is_file() and not (name in WEIGHTS and there)]


def there(entry: Public, path: Path) -> bool:
    """Say whether a model's files are all at a path, without reading them."""
    return path.is_file() if entry.library == "torchvision" else path.is_dir() and not lacking(entry, path)


def brought() -> dict[str, Path]:
    """Give the paths outside of the cache that were made methods; a broken list counts as none."""
    try:
        listed = json.loads((folder() / BROUGHT).read_text(encoding="utf-8"))
        return {str(name): Path(path) for name, path in listed.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def remember(name: str, path: Path) -> None:
    """Keep the path of a model outside of the cache, so that worker processes find it as well."""
    folder().mkdir(parents=True, exist_ok=True)
    listed = {**brought(), name: path.resolve()}
    text = json.dumps({name: str(path) for name, path in listed.items()}, indent=1) + "\n"
    replaced(folder() / BROUGHT, lambda fresh: fresh.write_text(text, encoding="utf-8"))


def at(entry: Public) -> Path:
    """Give the path that a model is read from: where a person said, else its place in the cache."""
    return brought().get(entry.name) or place(entry)


def local() -> dict[str, Path]:
    """Give the path of every public model that is on this machine: brought by a person, else cached."""
    paths = {entry.name: at(entry) for entry in CATALOGUE}
    return {name: path for name, path in paths.items() if there(find(name), path)}


def checked(entry: Public, path: Path) -> Path:
    """Give the path of a model's weights once all files are there and are what they should be.

    Raises
    ------
    CheckpointError : a file is missing, or has changed since it came, or is not what its publisher states.
    """
    if entry.library == "torchvision":
        if not path.is_file():
            raise CheckpointError(f"{entry.name}: there is no file {path}; {to_get(entry)}")
        if path.name == entry.files[0]:  # a file of another name may be a person's own training
            _check_hash(entry, path, entry.sha256)
        return path
    if not path.is_dir():
        raise CheckpointError(f"{entry.name}: there is no folder {path}; {to_get(entry)}")
    if missing := lacking(entry, path):
        raise CheckpointError(
            f"{entry.name}: {path} lacks {', '.join(missing)}; bring all of {', '.join(entry.files)}"
        )
    weights = next(path / name for name in WEIGHTS if (path / name).is_file())
    _check_hash(entry, weights, entry.sha256 or _recorded(path).get(weights.name))
    return weights


def to_get(entry: Public) -> str:
    """Say how to get a model."""
    return (
        f"get it with `workbench models get {entry.name} --accept-licence`, "
        f"or name your own copy with `workbench models add {entry.name} PATH`"
    )


def sha256_of(path: Path) -> str:
    """Compute a file's SHA-256, piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _recorded(path: Path) -> dict[str, str]:
    try:
        return dict(json.loads((path / RECORD).read_text(encoding="utf-8"))["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _check_hash(entry: Public, path: Path, stated: str | None) -> None:
    """Compare a file with how its SHA-256 should begin, where that is known."""
    if stated is None:
        return
    found = sha256_of(path)
    if not found.startswith(stated):
        raise CheckpointError(
            f"{entry.name}: {path.name} is not the published file, its SHA-256 begins with "
            f"{found[: min(12, len(stated))]} and should with {stated[:12]}; it is cut short, changed or "
            "another; get it again"
        )
