"""The training loop: seeded, logged, saved, resumed after a kill as if nothing had happened."""

from __future__ import annotations

import copy
import json
import math
import time
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from pickle import UnpicklingError
from types import MappingProxyType
from typing import Any, cast

import numpy as np
import torch
from torch import nn

from workbench.models.files import replaced
from workbench.training.task import Task

WORTH_COMPILING = 1000  # steps; it takes about as long as a hundred of them
PRIME = 1_000_003  # keeps the random numbers of two trainings' steps apart


@dataclass(frozen=True)
class Plan:
    """Say how to train. Two runs of one plan on one machine give the same weights.

    Parameters
    ----------
    steps : batches to learn from. every : steps between two validations (and checkpoints).
    rate : highest learning rate; reached after `warmup` steps, then down to 0 along a cosine.
    clip : longest gradient allowed. patience : validations without a better score before it stops.
    minutes : stop after so many of learning, or None; the rate still falls as for all `steps`.

    Raises
    ------
    ValueError : a number that makes no sense, named.
    """

    steps: int = 3000
    seed: int = 0
    every: int = 100
    rate: float = 2e-3
    warmup: int = 100
    decay: float = 1e-4
    clip: float = 5.0
    patience: int = 15
    minutes: float | None = None

    def __post_init__(self) -> None:
        for name in ("steps", "every", "patience"):
            if getattr(self, name) < 1:
                raise ValueError(f"training: {name} must be at least 1, got {getattr(self, name)}")
        for name in ("rate", "clip", "minutes"):
            if getattr(self, name) is not None and not getattr(self, name) > 0:
                raise ValueError(f"training: {name} must be above 0, got {getattr(self, name)}")
        if self.seed < 0:
            raise ValueError(f"training: seed must be a whole number from 0, got {self.seed}")

    def rate_at(self, step: int) -> float:
        """Give the learning rate of a step: a linear warm-up, then half a cosine.

        >>> plan = Plan(steps=200, warmup=100, rate=1.0)
        >>> plan.rate_at(49), plan.rate_at(100), round(plan.rate_at(150), 3)
        (0.5, 1.0, 0.5)
        """
        if step < self.warmup:
            return self.rate * (step + 1) / self.warmup
        share = (step - self.warmup) / max(1, self.steps - self.warmup)
        return self.rate * 0.5 * (1 + math.cos(math.pi * min(1.0, share)))


@dataclass
class Run:
    """Hold where a training is: what a checkpoint keeps, besides the weights and the optimiser."""

    step: int = 0
    best: float = -1.0
    best_step: int = 0
    stale: int = 0
    seconds: float = 0.0
    log: list[dict[str, float]] = field(default_factory=list)


def train_on(
    net: nn.Module,
    task: Task,
    plan: Plan,
    folder: Path,
    *,
    device: str = "cpu",
    resume: bool = False,
    report: Callable[[dict[str, Any]], None] = lambda line: None,
    factor: Callable[[], float] = lambda: 1.0,
    asked: Mapping[str, Any] = MappingProxyType({}),
) -> Run:
    """Train a network in a folder, which gets ``log.jsonl``, ``checkpoint.pt`` and ``best.pt``.

    Parameters
    ----------
    net : weights are changed in place. task : what it learns, and how that is judged.
    resume : go on from the folder's checkpoint. report : told of every step, of every validation (with the
        task's measure in it), and of trouble with the disk; whatever it raises ends the training.
    factor : called before every step; the plan's learning rate is multiplied by it.
    asked : what else makes this training what it is, such as network and scenes, in plain values; a
        checkpoint made of anything else is not resumed.

    Raises
    ------
    FileExistsError : the folder holds a training already, and `resume` was not asked for.
    ValueError : the checkpoint to resume from was made with another plan or network, or is damaged.
    FloatingPointError : the loss is no number any more.
    """
    net.to(device)
    net.to(memory_format=torch.channels_last)
    learner = torch.optim.AdamW(net.parameters(), lr=plan.rate, weight_decay=plan.decay)
    learning = compiled(net, device, plan.steps)
    made_of = {**asdict(plan), **asked}
    run = _begun(folder, net, learner, made_of, resume)
    losses: list[float] = []
    with closing(_ahead(task, run.step, plan.steps)) as ahead:
        while not _done(run, plan):
            began = time.perf_counter()
            rate = plan.rate_at(run.step) * factor()
            parts = _learn(learning, learner, task, next(ahead), plan, run.step, device, rate)
            losses.append(sum(parts.values()))
            run.step += 1
            run.seconds += time.perf_counter() - began
            report({"step": run.step, "loss": losses[-1], "parts": parts})
            if run.step % plan.every == 0 or _done(run, plan):
                line = _validated(net, task, run, float(np.mean(losses)), rate, device)
                losses = []
                line |= _kept(folder, net, learner, made_of, run)
                report(line)
    return run


def compiled(net: nn.Module, device: str, steps: int) -> nn.Module:
    """Give the network as it learns: compiled for a long training on a GPU, itself otherwise.

    The weights are the same tensors. On a processor it is not worth it: U-Net and DeepLab v3+ took 42 s to
    compile on two cores and were no more than 4 % faster.
    """
    if not device.startswith("cuda") or steps < WORTH_COMPILING:
        return net
    torch._dynamo.config.suppress_errors = True  # what cannot be compiled runs as it is
    return cast("nn.Module", torch.compile(net))


def seconds_a_step(net: nn.Module, task: Task, plan: Plan, device: str = "cpu") -> float:
    """Say what a step costs: take two with a copy of the network, and time the second."""
    trial = copy.deepcopy(net).to(device)
    trial.to(memory_format=torch.channels_last)
    learner = torch.optim.AdamW(trial.parameters(), lr=plan.rate)
    batch = task.batch(0)
    for _ in range(2):
        began = time.perf_counter()
        _learn(trial, learner, task, batch, plan, 0, device, plan.rate_at(0))
    return time.perf_counter() - began


def _done(run: Run, plan: Plan) -> bool:
    late = plan.minutes is not None and run.seconds >= 60 * plan.minutes
    return late or run.step >= plan.steps or run.stale >= plan.patience


def _begun(
    folder: Path, net: nn.Module, learner: torch.optim.Optimizer, made_of: Mapping[str, Any], resume: bool
) -> Run:
    """Start in an empty folder, or go back to where the checkpoint was made."""
    folder.mkdir(parents=True, exist_ok=True)
    checkpoint = folder / "checkpoint.pt"
    if not resume and (checkpoint.exists() or (folder / "log.jsonl").exists()):
        raise FileExistsError(
            f"{folder} holds a training already; go on with resume, or choose another folder"
        )
    if not checkpoint.exists():
        return Run()
    try:
        kept = torch.load(checkpoint, map_location="cpu", weights_only=True)
    except (RuntimeError, EOFError, UnpicklingError):
        raise ValueError(f"{checkpoint} is damaged; start anew in another folder") from None
    if changed := [name for name, value in made_of.items() if kept["plan"].get(name, value) != value]:
        raise ValueError(
            f"{checkpoint} was made with another {', '.join(changed)}; resume with the same, or start anew"
        )
    try:
        net.load_state_dict(kept["net"])
    except RuntimeError:
        raise ValueError(
            f"{checkpoint} was made by another network; resume that one, or start anew"
        ) from None
    learner.load_state_dict(kept["learner"])
    return Run(**kept["run"])


def _ahead(task: Task, first: int, last: int) -> Generator[Any, None, None]:
    """Make each batch while the network learns from the one before."""
    with ThreadPoolExecutor(1) as maker:
        following = maker.submit(task.batch, first)
        for step in range(first, last):
            batch = following.result()
            following = maker.submit(task.batch, min(step + 1, last - 1))
            yield batch


def _learn(
    net: nn.Module,
    learner: torch.optim.Optimizer,
    task: Task,
    batch: Any,
    plan: Plan,
    step: int,
    device: str,
    rate: float,
) -> dict[str, float]:
    """Take one step downhill and give the parts of the loss."""
    for group in learner.param_groups:
        group["lr"] = rate
    # Dropout and sampling are functions of the step too, so that a resumed training goes on as it would have.
    torch.manual_seed(plan.seed * PRIME + step)
    net.train()
    # Half precision where the device is made for it; a processor gains nothing.
    with torch.autocast(device.partition(":")[0], torch.bfloat16, enabled=device.startswith("cuda")):
        parts = task.loss(net, batch, device)
        loss = torch.stack(list(parts.values())).sum()
    if not torch.isfinite(loss):
        raise FloatingPointError(
            f"training: the loss is {float(loss.detach())} at step {step + 1}, no number to go down from; "
            f"the learning rate is {rate:g}: lower it"
        )
    learner.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), plan.clip)
    learner.step()
    return {name: float(part.detach()) for name, part in parts.items()}


def _validated(net: nn.Module, task: Task, run: Run, loss: float, rate: float, device: str) -> dict[str, Any]:
    net.eval()
    score = task.validate(net, device)
    better = score > run.best
    run.best, run.best_step = (score, run.step) if better else (run.best, run.best_step)
    run.stale = 0 if better else run.stale + 1
    line = {"step": run.step, "loss": loss, task.measure: score, "rate": rate, "seconds": run.seconds}
    run.log.append(line)
    return dict(line)


def _kept(
    folder: Path, net: nn.Module, learner: torch.optim.Optimizer, made_of: Mapping[str, Any], run: Run
) -> dict[str, str]:
    """Save everything, each file in one move: a kill or a full disk leaves the old one or the new one."""
    kept = {
        "plan": dict(made_of),
        "run": asdict(run),
        "net": net.state_dict(),
        "learner": learner.state_dict(),
    }
    text = "".join(json.dumps(line) + "\n" for line in run.log)
    try:
        if run.best_step == run.step:
            replaced(folder / "best.pt", lambda path: torch.save(net.state_dict(), path))
        replaced(folder / "checkpoint.pt", lambda path: torch.save(kept, path))
        replaced(folder / "log.jsonl", lambda path: path.write_text(text, encoding="utf-8"))
    except (OSError, RuntimeError) as error:  # torch tells of a full disk as a RuntimeError
        why = str(error).splitlines()[0]
        return {"trouble": f"step {run.step} could not be saved ({why}); the checkpoint before it is whole"}
    return {}
