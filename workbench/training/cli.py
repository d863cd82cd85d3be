"""`workbench train`: torch is imported when it runs, so that other commands do not wait for it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from workbench.refusals import refusals

STEP = 32  # sides that every network's halvings divide


def train(
    network: Annotated[str, typer.Argument(help="What to train: fcn8, segnet, unet, deeplab3plus ...")],
    scenes: Annotated[str, typer.Option(help="Generated pictures to learn from.")] = "street",
    steps: Annotated[int, typer.Option(min=1, help="Batches to learn from.")] = 2000,
    seed: Annotated[
        int, typer.Option(min=0, help="Another seed gives other pictures and other first weights.")
    ] = 0,
    batch: Annotated[int, typer.Option(min=1, help="Pictures in a batch.")] = 8,
    side: Annotated[int, typer.Option(min=32, help="Pixels a side of a picture, a multiple of 32.")] = 128,
    pictures: Annotated[int, typer.Option(min=1, help="Different pictures to learn from.")] = 8000,
    rate: Annotated[float, typer.Option(help="Highest learning rate.")] = 2e-3,
    every: Annotated[int, typer.Option(min=1, help="Steps between validations.")] = 200,
    budget_minutes: Annotated[float | None, typer.Option(help="Stop after so many minutes.")] = None,
    balance: Annotated[
        Literal["median", "none"] | None,
        typer.Option(
            help="How a network that names pixels weighs rare classes.", show_default="the network's"
        ),
    ] = None,
    start: Annotated[
        Path | None, typer.Option(help="Weights (.safetensors) to begin with, as far as they fit.")
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    jobs: Annotated[int, typer.Option(min=0, help="Processes that make pictures.")] = 1,
    shelf: Annotated[
        Path | None, typer.Option(help="Folder that keeps the pictures for another training.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where a training in the folder was stopped.")
    ] = False,
    output: Annotated[
        Path, typer.Option("-o", "--output", help="Folder for log, checkpoint, weights and card.")
    ] = Path("weights"),
) -> None:
    """Train a network on generated pictures; it can be stopped at any time and resumed."""
    numbers = {"steps": steps, "seed": seed, "every": every, "rate": rate, "minutes": budget_minutes}
    data: dict[str, Any] = {"batch_size": batch, "side": side, "pictures": pictures, "jobs": jobs}
    data |= {"folder": shelf} | ({"balance": balance} if balance else {})
    with refusals():
        if find_spec("torch") is None:
            raise ModuleNotFoundError("train: needs torch; pip install 'segmentation-workbench[deep]'")
        if side % STEP:
            raise ValueError(f"train: side must be a multiple of {STEP}, got {side}")
        from workbench.training import job

        asked = job.Job(network, scenes, numbers, data, start, device)
        with _Bar(steps) as (say, report):
            path = job.carry_out(asked, output, resume=resume, say=say, report=report)
    typer.echo(f"wrote {path} and its card")


class _Bar:
    """Show a line that moves with every step, and a printed one for every validation."""

    def __init__(self, steps: int) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
        self.progress = Progress(*columns, disable=not sys.stdout.isatty())
        self.task = self.progress.add_task("training", total=steps)

    def __enter__(self) -> tuple[Callable[[str], None], Callable[[dict[str, Any]], None]]:
        self.progress.start()
        return self.progress.console.print, self.told

    def __exit__(self, *_: object) -> None:
        self.progress.stop()

    def told(self, line: dict[str, Any]) -> None:
        """Move the bar, or print a validation's numbers above it."""
        if "parts" in line:
            self.progress.update(self.task, completed=line["step"], description=f"loss {line['loss']:.3f}")
            return
        measure = next(name for name in line if name not in ("step", "loss", "rate", "seconds", "trouble"))
        numbers = (
            f"step {line['step']:5d}   loss {line['loss']:.4f}   validation {measure} {line[measure]:.4f}"
        )
        self.progress.console.print(numbers + (f"   {line['trouble']}" if "trouble" in line else ""))
