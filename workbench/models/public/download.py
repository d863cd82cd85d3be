"""Bringing a public model here: only when asked, licence accepted, revision pinned, hash checked."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from workbench.models.files import replaced
from workbench.models.public import cache
from workbench.models.public.cache import RECORD, CheckpointError, lacking, place, sha256_of, there
from workbench.models.public.catalogue import Public

MEGA = 1_000_000


def get(
    entry: Public,
    where: Path | None = None,
    *,
    accepted: bool = False,
    say: Callable[[str], Any] = print,
) -> Path:
    """Download a model into the cache, or into a folder, and give its path; what is there is kept.

    Parameters
    ----------
    accepted : whether the person has read and accepted its licence.

    Raises
    ------
    CheckpointError : the licence is not accepted, no revision is pinned, the disk is too full, there is no
        network, the publisher wants an agreement, or what came is not what was meant.
    """
    where = where or cache.folder()
    path = place(entry, where)
    if there(entry, path):
        cache.checked(entry, path)
        say(f"{entry.name} is there already: {path}")
        return path
    say(f"{entry.name}: {entry.title}, {entry.megabytes:g} MB, licence {entry.licence}, from {entry.at}")
    _may(entry, accepted)
    where.mkdir(parents=True, exist_ok=True)
    if (free := shutil.disk_usage(where).free) < entry.megabytes * MEGA * 1.1:
        raise CheckpointError(
            f"{entry.name}: needs {entry.megabytes:g} MB and {where} has {free / MEGA:.0f} MB left; "
            "make room, or name another folder with --folder"
        )
    fetch = _from_torchvision if entry.library == "torchvision" else _from_hub
    fetch(entry, path)
    cache.checked(entry, path)
    return path


def _may(entry: Public, accepted: bool) -> None:
    if entry.revision is None:
        raise CheckpointError(
            f"{entry.name}: no revision of {entry.at} has been checked, so it is not downloaded; bring its "
            f"folder yourself and run `workbench models add {entry.name} FOLDER`"
        )
    if not accepted:
        more = f"; {entry.warning}" if entry.warning else ""
        raise CheckpointError(
            f"{entry.name}: its licence is {entry.licence}{more}; to accept it and download "
            f"{entry.megabytes:g} MB, run `workbench models get {entry.name} --accept-licence`"
        )
    for module in entry.requires:
        if find_spec(module) is None:
            raise CheckpointError(
                f"{entry.name}: needs {module}, which is not installed; "
                "pip install 'segmentation-workbench[deep,public]'"
            )


def elsewhere(entry: Public, path: Path) -> str:
    """Say in one sentence how to bring a model onto a machine without network."""
    return (
        f"{entry.name}: cannot be reached from here; where there is a network, run "
        f"`workbench models get {entry.name} --accept-licence --folder models` and bring "
        f"{place(entry, Path('models'))} to {path}"
    )


def _from_torchvision(entry: Public, path: Path) -> None:
    import torch
    from torchvision.models import get_weight

    def write(fresh: Path) -> None:
        """Download into a file beside, whose hash is checked before it takes its place."""
        try:
            torch.hub.download_url_to_file(get_weight(entry.at).url, str(fresh), hash_prefix=entry.sha256)
        except OSError:
            raise CheckpointError(elsewhere(entry, path)) from None
        except RuntimeError:
            raise _another(entry, entry.files[0]) from None

    replaced(path, write)


def _from_hub(entry: Public, path: Path) -> None:
    """Download a folder beside, check each file against what its host states, then put it in its place."""
    import huggingface_hub as hub
    from huggingface_hub.errors import GatedRepoError, HfHubHTTPError

    fresh = path.with_name(path.name + ".new")
    hashes = {}
    try:
        for name in entry.files:
            came = Path(
                hub.hf_hub_download(entry.at, name, revision=entry.revision, local_dir=fresh, token=False)
            )
            hashes[name] = sha256_of(came)
            stated = _stated(hub, entry, name)
            if stated is not None and hashes[name] != stated:
                raise _another(entry, name)
        text = json.dumps({"at": entry.at, "revision": entry.revision, "sha256": hashes}, indent=1) + "\n"
        (fresh / RECORD).write_text(text, encoding="utf-8")
        shutil.rmtree(fresh / ".cache", ignore_errors=True)  # the downloader's own notes
        if missing := lacking(entry, fresh):
            raise CheckpointError(f"{entry.name}: {', '.join(missing)} did not come; try again")
        shutil.rmtree(path, ignore_errors=True)
        fresh.rename(path)
    except GatedRepoError:
        raise CheckpointError(
            f"{entry.name}: {entry.at} wants each person to agree with its publisher, which is never done "
            "for you; agree there, download its files, and give the folder"
        ) from None
    except (OSError, HfHubHTTPError):
        raise CheckpointError(elsewhere(entry, path)) from None


def _stated(hub: Any, entry: Public, name: str) -> str | None:
    """Give the SHA-256 that the host states for a large file of the revision; small ones have none."""
    url = hub.hf_hub_url(entry.at, name, revision=entry.revision)
    etag = hub.get_hf_file_metadata(url, token=False).etag
    return etag if etag is not None and len(etag) == 64 else None


def _another(entry: Public, name: str) -> CheckpointError:
    return CheckpointError(
        f"{entry.name}: what came as {name} is not the published file, its SHA-256 is another; try again, "
        "and on another network if it stays so"
    )
