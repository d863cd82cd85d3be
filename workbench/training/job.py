"""One training, from what was asked for to the weights and their card; command and panel both run it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from torch import nn

from workbench.models import zoo
from workbench.training import card, loop
from workbench.training.networks import Network, network_of, taxonomy_of
from workbench.training.task import Task

HOW_MADE = ("jobs", "folder")  # of pictures: whoever makes them, and keeps them where, they are the same
ONLY_MADE = ("pictures", *HOW_MADE)  # what a task without a shelf does not have


@dataclass(frozen=True)
class Job:
    """Say which network learns which scenes, and how.

    Parameters
    ----------
    name : in `NETWORKS`. scenes : generated pictures. plan : of the `Plan`. data : of the task.
    start : weights to begin with, or None. device : ``"auto"``, ``"cpu"``, ``"cuda"`` or ``"mps"``.

    Raises
    ------
    ValueError : a network, scenes, a number or a device that cannot be; a balance where nothing is balanced.
    """

    name: str
    scenes: str
    plan: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    start: Path | None = None
    device: str = "auto"

    def __post_init__(self) -> None:
        _ = self.network, self.task, self.schedule, zoo.device_of(self.device)

    @cached_property
    def network(self) -> Network:
        """Give how the network learns."""
        return network_of(self.name, self.scenes)

    @cached_property
    def task(self) -> Task:
        """Give what it learns."""
        taxonomy_of(self.scenes)
        learns = self.network.learns
        known = learns.__dataclass_fields__  # type: ignore[attr-defined]
        data = {name: value for name, value in self.data.items() if name in known or name not in ONLY_MADE}
        if "balance" in data and "balance" not in known:
            raise ValueError(f"train: {self.name} has no classes of pixels to balance; leave balance out")
        return learns(scenes=self.scenes, seed=self.schedule.seed, **{**self.network.options, **data})

    @cached_property
    def schedule(self) -> loop.Plan:
        """Give how fast and how long it learns."""
        return loop.Plan(**{**self.network.plan, **self.plan})

    @cached_property
    def settings(self) -> dict[str, Any]:
        """Give the settings of the architecture."""
        return self.network.settings_for(taxonomy_of(self.scenes))

    def fresh(self) -> nn.Module:
        """Build the network with its first weights: random ones, or those to begin with as far as they fit.

        Raises
        ------
        ValueError : weights that do not fit at all, or cannot be read.
        """
        torch.manual_seed(self.schedule.seed)
        net = zoo.built(self.network.architecture, self.settings)
        if self.start is not None:
            begin_with(net, self.start)
        return net

    @property
    def asked(self) -> dict[str, Any]:
        """Give what makes the training what it is, besides its plan, in plain values."""
        task: Any = self.task
        told = {one.name: getattr(task, one.name) for one in fields(task) if one.name not in HOW_MADE}
        plain = {name: value for name, value in told.items() if isinstance(value, (str, int, float))}
        return {"network": self.name, **plain}

    @property
    def command(self) -> str:
        """Write the command that does the same."""
        words = [f"workbench train {self.name} --scenes {self.scenes}"]
        told = {**self.plan, **self.data}
        options = {"steps": "steps", "seed": "seed", "batch_size": "batch", "side": "side", "rate": "rate"}
        options |= {"pictures": "pictures", "every": "every", "minutes": "budget-minutes"}
        words += [
            f"--{option} {told[name]:g}" for name, option in options.items() if told.get(name) is not None
        ]
        words += [f"--balance {told['balance']}"] if "balance" in told else []
        words += [f"--start {self.start.name}"] if self.start else []
        return " ".join(words)


def begin_with(net: nn.Module, weights: Path) -> list[str]:
    """Fill a network with another one's weights, as far as names and shapes fit; list what did not.

    Raises
    ------
    ValueError : no safetensors file, or nothing in it fits.
    """
    tensors = zoo.read_weights(weights)
    own = net.state_dict()
    fitting = {name: t for name, t in tensors.items() if name in own and own[name].shape == t.shape}
    if not fitting:
        raise ValueError(f"{weights}: none of its weights fits this network; begin with another's, or anew")
    net.load_state_dict(fitting, strict=False)
    return [name for name in own if name not in fitting]


def carry_out(
    job: Job,
    folder: Path,
    *,
    resume: bool = False,
    say: Callable[[str], None] = lambda sentence: None,
    report: Callable[[dict[str, Any]], None] = lambda line: None,
) -> Path:
    """Train, then write the best weights and their card; give the weights' path.

    Parameters
    ----------
    say : told in words what the run will cost. report : told of every step and every validation.

    Raises
    ------
    FileExistsError, ValueError, FloatingPointError : as `train_on`. OSError : the weights cannot be written.
    """
    device, plan, task = zoo.device_of(job.device), job.schedule, job.task
    net = job.fresh()
    if not (folder / "checkpoint.pt").exists():
        seconds = loop.seconds_a_step(net, task, plan, device) * plan.steps
        say(f"{plan.steps} steps on {device}: about {max(1, round(seconds / 60))} min of learning")
    run = loop.train_on(net, task, plan, folder, device=device, resume=resume, report=report, asked=job.asked)
    net.load_state_dict(torch.load(folder / "best.pt", map_location="cpu", weights_only=True))
    return zoo.save(net.cpu(), card_of(job, net, run, device), folder)


def card_of(job: Job, net: nn.Module, run: loop.Run, device: str) -> dict[str, Any]:
    """Write the card of a job's network after its run."""
    task: Any = job.task
    made = f"workbench.scenes.{job.scenes}, {task.side} x {task.side} px, made while training"
    told = {
        "name": f"{job.name}-{job.scenes}",
        "scenes": job.scenes,
        "settings": job.settings,
        "side": task.side,
        "data": made,
        "command": job.command,
        "seed": job.schedule.seed,
        "batch": task.batch_size,
        "device": device,
        "measure": task.measure,
        "held": task.held,
    }
    return card.describe(net, job.network, taxonomy_of(job.scenes), run, told)
