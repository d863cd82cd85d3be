"""`workbench train`: torch is imported when it runs, so that other commands do not wait for it."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from workbench.training.data import Pictures
    from workbench.training.loop import Plan

SETTINGS = {"base": 12, "depth": 4}


def train(
    network: Annotated[str, typer.Argument(help="What to train: unet.")],
    scenes: Annotated[str, typer.Option(help="Generated pictures to learn from: cells or street.")] = "cells",
    steps: Annotated[int, typer.Option(min=1, help="Batches to learn from.")] = 3000,
    seed: Annotated[
        int, typer.Option(min=0, help="Another seed gives other pictures and other first weights.")
    ] = 0,
    batch: Annotated[int, typer.Option(min=4, help="Pictures in a batch, a multiple of 4.")] = 8,
    side: Annotated[
        int, typer.Option(min=32, help="Pixels a side of a training picture, a multiple of 16.")
    ] = 128,
    every: Annotated[int, typer.Option(min=1, help="Steps between validations.")] = 100,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where a training in the folder was stopped.")
    ] = False,
    output: Annotated[
        Path, typer.Option("-o", "--output", help="Folder for log, checkpoint, weights and card.")
    ] = Path("weights"),
) -> None:
    """Train a network on generated pictures; it can be stopped at any time and resumed."""
    if network != "unet":
        _refuse(f"train: no network {network!r}; there is unet")
    if side % 16:
        _refuse(f"train: side must be a multiple of 16, got {side}")
    if find_spec("torch") is None:
        _refuse("train: needs torch; pip install 'segmentation-workbench[deep]'")
    from workbench.models.zoo import best_device
    from workbench.training.data import Pictures
    from workbench.training.loop import Plan

    chosen = best_device() if device == "auto" else device
    try:
        plan, pictures = Plan(steps=steps, seed=seed, every=every), Pictures(scenes, seed, batch, side)
        _train(plan, pictures, output, chosen, resume)
    except (ValueError, FileExistsError) as error:
        _refuse(str(error))


def _refuse(sentence: str) -> NoReturn:
    typer.secho(sentence, err=True)
    raise typer.Exit(2)


def _train(plan: Plan, pictures: Pictures, folder: Path, device: str, resume: bool) -> None:
    """Train, then write the best weights and their card."""
    import torch

    from workbench.models import zoo
    from workbench.models.unet import UNet
    from workbench.training import card, loop
    from workbench.training.data import held_out

    torch.manual_seed(plan.seed)
    net = UNet(**SETTINGS)
    held = held_out(pictures.scenes, 24)
    with _Bar(plan.steps) as report:
        run = loop.train_on(net, pictures, held, plan, folder, device=device, resume=resume, report=report)
    net.load_state_dict(torch.load(folder / "best.pt", map_location="cpu", weights_only=True))
    path = zoo.save(net.cpu(), card.describe(net, pictures, plan, run, SETTINGS), folder)
    typer.echo(f"wrote {path} and its card; best Dice {run.best:.4f} at step {run.best_step}")


class _Bar:
    """Show a line that moves with every step, and a printed one for every validation."""

    def __init__(self, steps: int) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
        self.progress = Progress(*columns)
        self.task = self.progress.add_task("training", total=steps)

    def __enter__(self) -> Callable[[dict[str, Any]], None]:
        self.progress.start()
        return self.told

    def __exit__(self, *_: object) -> None:
        self.progress.stop()

    def told(self, line: dict[str, Any]) -> None:
        """Move the bar, or print a validation's numbers above it."""
        if "dice" in line:
            numbers = f"step {line['step']:5d}   loss {line['loss']:.4f}   validation Dice {line['dice']:.4f}"
            self.progress.console.print(numbers)
        else:
            self.progress.update(self.task, completed=line["step"], description=f"loss {line['loss']:.3f}")
