"""Keep what a live training has learnt: its best weights and their card, in the person's own folder."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

import torch

from workbench.models import places, zoo
from workbench.training.job import Job, card_of
from workbench.training.loop import Run


def kept(job: Job, folder: Path, device: str, paces: list[list[float]]) -> dict[str, Any]:
    """Save the best weights of a training's folder under a free name; give their card.

    Parameters
    ----------
    paces : [step, factor] of every change of the learning rate by hand.

    Raises
    ------
    ValueError : nothing was validated yet, or the weights have grown beyond measure. OSError : they cannot
        be written.
    """
    if not (folder / "best.pt").exists():
        raise ValueError("there are no weights to keep yet; wait for the first validation")
    net = job.fresh()
    net.load_state_dict(torch.load(folder / "best.pt", map_location="cpu", weights_only=True))
    if not all(torch.isfinite(part.half()).all() for part in net.state_dict().values()):
        raise ValueError("the weights have grown beyond what their file can hold; train at a lower rate")
    run = Run(**torch.load(folder / "checkpoint.pt", map_location="cpu", weights_only=True)["run"])
    card = card_of(job, net, run, device)
    name, number = free_name(card["name"])
    more = {"name": name, "own": number, "scenes": job.scenes}
    more |= {"rate_by_hand": paces} if paces else {}
    full = card | more
    zoo.save(net, full, places.own())
    return full


def free_name(stem: str) -> tuple[str, int]:
    """Take a name that no weights of the person's have, such as ``unet-street-own-1``, and its number.

    Raises
    ------
    OSError : the folder cannot be written.
    """
    folder = places.own()
    folder.mkdir(parents=True, exist_ok=True)
    for number in count(1):
        name = f"{stem}-own-{number}"
        try:
            (folder / f"{name}.safetensors").open("xb").close()  # taken, should another page ask now
        except FileExistsError:
            continue
        return name, number
    raise AssertionError  # ours: one can always count on
