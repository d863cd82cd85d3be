"""The training loop: seeded, logged, saved, resumed after a kill as if nothing had happened."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from workbench.models.files import replaced
from workbench.training.losses import bce_dice

Batches = Callable[[int], tuple[Tensor, Tensor]]
Held = list[tuple[np.ndarray, np.ndarray]]  # (H, W) standardised grey, (H, W) mask


@dataclass(frozen=True)
class Plan:
    """Say how to train. Two runs of one plan on one machine give the same weights.

    Parameters
    ----------
    steps : batches to learn from. every : steps between two validations (and checkpoints).
    rate : highest learning rate; reached after `warmup` steps, then down to 0 along a cosine.
    clip : longest gradient allowed. patience : validations without a better Dice before it stops.

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

    def __post_init__(self) -> None:
        for name in ("steps", "every", "patience"):
            if getattr(self, name) < 1:
                raise ValueError(f"training: {name} must be at least 1, got {getattr(self, name)}")
        for name in ("rate", "clip"):
            if not getattr(self, name) > 0:
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
    batches: Batches,
    held: Held,
    plan: Plan,
    folder: Path,
    *,
    device: str = "cpu",
    resume: bool = False,
    report: Callable[[dict[str, Any]], None] = lambda line: None,
) -> Run:
    """Train a network in a folder, which gets ``log.jsonl``, ``checkpoint.pt`` and ``best.pt``.

    Parameters
    ----------
    net : weights are changed in place. batches : step -> (pictures, masks). held : pictures to validate on.
    resume : go on from the folder's checkpoint. report : told of every step, and of every validation.

    Raises
    ------
    FileExistsError : the folder holds a training already, and `resume` was not asked for.
    ValueError : the checkpoint to resume from was made with another plan.
    """
    net.to(device)
    net.to(memory_format=torch.channels_last)
    learner = torch.optim.AdamW(net.parameters(), lr=plan.rate, weight_decay=plan.decay)
    run = _begun(folder, net, learner, plan, resume)
    losses: list[float] = []
    ahead = _ahead(batches, run.step, plan.steps)
    while run.step < plan.steps and run.stale < plan.patience:
        began = time.perf_counter()
        loss = _learn(net, learner, next(ahead), plan, run.step, device)
        losses.append(loss)
        run.step += 1
        run.seconds += time.perf_counter() - began
        report({"step": run.step, "loss": loss})
        if run.step % plan.every == 0 or run.step == plan.steps:
            line = _validated(net, held, run, float(np.mean(losses)), plan, device)
            losses = []
            _keep(folder, net, learner, plan, run)
            report(line)
    return run


def _begun(folder: Path, net: nn.Module, learner: torch.optim.Optimizer, plan: Plan, resume: bool) -> Run:
    """Start in an empty folder, or go back to where the checkpoint was made."""
    folder.mkdir(parents=True, exist_ok=True)
    checkpoint = folder / "checkpoint.pt"
    if not resume and (checkpoint.exists() or (folder / "log.jsonl").exists()):
        raise FileExistsError(
            f"{folder} holds a training already; go on with resume, or choose another folder"
        )
    if not checkpoint.exists():
        return Run()
    kept = torch.load(checkpoint, map_location="cpu", weights_only=True)
    if kept["plan"] != asdict(plan):
        changed = [name for name, value in asdict(plan).items() if kept["plan"].get(name) != value]
        raise ValueError(
            f"{checkpoint} was made with another {', '.join(changed)}; resume with the same, or start anew"
        )
    net.load_state_dict(kept["net"])
    learner.load_state_dict(kept["learner"])
    return Run(**kept["run"])


def _ahead(batches: Batches, first: int, last: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Make each batch while the network learns from the one before."""
    with ThreadPoolExecutor(1) as maker:
        following = maker.submit(batches, first)
        for step in range(first, last):
            batch = following.result()
            following = maker.submit(batches, min(step + 1, last - 1))
            yield batch


def _learn(
    net: nn.Module,
    learner: torch.optim.Optimizer,
    batch: tuple[Tensor, Tensor],
    plan: Plan,
    step: int,
    device: str,
) -> float:
    """Take one step downhill and give the loss."""
    for group in learner.param_groups:
        group["lr"] = plan.rate_at(step)
    net.train()
    pictures, masks = (part.to(device) for part in batch)
    loss = bce_dice(net(pictures), masks)
    learner.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), plan.clip)
    learner.step()
    return float(loss.detach())


def validate(net: nn.Module, held: Held, device: str = "cpu") -> float:
    """Give the Dice of all held-out pixels together, at a probability of one half."""
    net.eval()
    both = total = 0.0
    with torch.inference_mode():
        for grey, mask in held:
            picture = torch.from_numpy(grey)[None, None].to(device, memory_format=torch.channels_last)
            guess = (net(picture)[0, 0] > 0).cpu().numpy()
            both += float((guess * mask).sum())
            total += float(guess.sum() + mask.sum())
    return 2 * both / total if total else float("nan")


def _validated(net: nn.Module, held: Held, run: Run, loss: float, plan: Plan, device: str) -> dict[str, Any]:
    dice = validate(net, held, device)
    better = dice > run.best
    run.best, run.best_step = (dice, run.step) if better else (run.best, run.best_step)
    run.stale = 0 if better else run.stale + 1
    line = {
        "step": run.step,
        "loss": loss,
        "dice": dice,
        "rate": plan.rate_at(run.step),
        "seconds": run.seconds,
    }
    run.log.append(line)
    return line


def _keep(folder: Path, net: nn.Module, learner: torch.optim.Optimizer, plan: Plan, run: Run) -> None:
    """Save everything, each file in one move, so that a kill leaves the old one or the new one."""
    kept = {
        "plan": asdict(plan),
        "run": asdict(run),
        "net": net.state_dict(),
        "learner": learner.state_dict(),
    }
    if run.best_step == run.step:
        replaced(folder / "best.pt", lambda path: torch.save(net.state_dict(), path))
    replaced(folder / "checkpoint.pt", lambda path: torch.save(kept, path))
    text = "".join(json.dumps(line) + "\n" for line in run.log)
    replaced(folder / "log.jsonl", lambda path: path.write_text(text, encoding="utf-8"))
