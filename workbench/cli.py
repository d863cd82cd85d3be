"""The command line: `workbench methods | run | evaluate | release | grade | dashboard | lab` and more.

Every refusal is one sentence on the error stream and exit code 2. What is heavy is imported where it is used.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.evaluate import evaluate
from workbench.grade import grade
from workbench.models_cli import models
from workbench.refusals import names_of, refusals
from workbench.release import release
from workbench.sample_class import sample_class

if TYPE_CHECKING:
    from workbench.registry import Method

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None
)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Host = Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 lets other machines in.")]
Port = Annotated[int | None, typer.Option(min=1, max=65535, help="Port; by default a free one.")]
Browser = Annotated[bool, typer.Option(help="Open a browser where there is one.")]


def main() -> None:
    """Run the command line."""
    _add_training()
    app(prog_name="workbench")


@app.callback()
def workbench() -> None:
    """Learn image segmentation by doing it."""


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Check this machine: versions, networks, browser, memory, disk, port, cache; ok, or the fix."""
    from workbench import doctor

    raise typer.Exit(doctor.report(doctor.examine(), as_json=as_json))


@app.command()
def methods(
    as_json: AsJson = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the README's table.")] = False,
) -> None:
    """List the methods: family, what they yield, source, parameters with ranges."""
    import workbench.methods  # noqa: F401  importing it declares them
    from workbench.registry import METHODS

    if markdown:
        print("| method | family | yields | source |\n|---|---|---|---|")
        for method in METHODS.values():
            print(
                f"| {method.title} (`{method.name}`) | {method.family} | {method.yields} | {method.source} |"
            )
        return
    if as_json:
        print(json.dumps([_describe(method) for method in METHODS.values()], indent=1))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(
        "method", "family", "yields", "parameters", "source", box=None, pad_edge=False, header_style="bold"
    )
    for method in METHODS.values():
        name = f"{method.name}\n[dim]{method.title}[/dim]" + (
            "" if method.available else f"\n[red]{method.install}[/red]"
        )
        params = "\n".join(f"--{_spelt(p.name)} {p.rule}; {p.default!r}" for p in method.params.values())
        table.add_row(name, method.family, method.yields, params, method.source)
    Console(width=None if sys.stdout.isatty() else 140).print(table)


@app.command()
def metrics(
    as_json: AsJson = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the README's table.")] = False,
) -> None:
    """List the metrics: the lenses that measure them, formula, range, which way is better, source."""
    from workbench.metrics import METRICS

    rows = [
        (
            metric.name,
            metric.title,
            ", ".join(metric.lenses),
            metric.formula,
            f"{metric.span[0]:g} to {metric.span[1]:g} {metric.unit}".strip().replace("inf", "∞"),
            {"up": "more is better", "down": "less is better", "": "as it is"}[metric.best],
            metric.source,
        )
        for metric in METRICS.values()
    ]
    heads = ("metric", "title", "lenses", "formula", "range", "direction", "source")
    if as_json:
        undefined = [metric.undefined for metric in METRICS.values()]
        listed = [dict(zip(heads, row, strict=True)) for row in rows]
        print(
            json.dumps(
                [row | {"undefined": why} for row, why in zip(listed, undefined, strict=True)], indent=1
            )
        )
        return
    if markdown:
        print("| metric | lenses | formula | range | direction | source |\n|---|---|---|---|---|---|")
        for name, title, *rest in rows:
            print(f"| {title} (`{name}`) | " + " | ".join(cell.replace("|", "\\|") for cell in rest) + " |")
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(*heads, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*row)
    Console(width=None if sys.stdout.isatty() else 140, markup=False).print(table)


@app.command(context_settings={"ignore_unknown_options": True})
def run(
    method: Annotated[str, typer.Argument(metavar="METHOD", help="A name from `workbench methods`.")],
    rest: Annotated[
        list[str],
        typer.Argument(
            metavar="IMAGE [--PARAM VALUE]...", help="A file or a sample's name; then parameters."
        ),
    ],
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Label file, .png or .npz.")] = None,
    truth: Annotated[Path | None, typer.Option(help="Label PNG or NPZ to score against.")] = None,
    lens: Annotated[str, typer.Option(help="object, semantic, instance, panoptic or regions.")] = "object",
    longest: Annotated[
        int | None, typer.Option(min=1, help="Work on a copy with this longest side (px).")
    ] = None,
    fit: Annotated[
        int | None, typer.Option(min=1, help="Scale the image itself to this longest side (px) first.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run a method on an image; write its labels, with a coloured preview beside them."""
    from workbench import runs

    with refusals():
        values, image = runs.split(rest)
        record = runs.run(method, image, values, out=out, truth=truth, lens=lens, longest=longest, fit=fit)
    if as_json:
        print(json.dumps(record, indent=1))
    else:
        runs.tell(record)


app.command()(evaluate)
app.command()(release)
app.command()(grade)
app.command("sample-class")(sample_class)
app.add_typer(models, name="models")


@app.command()
def tour(
    out: Annotated[Path, typer.Option("-o", "--out", help="Table, .csv; a .json beside it says how.")],
    methods: Annotated[str, typer.Option(help="Names with commas; by default all.")] = "",
    samples: Annotated[str, typer.Option(help="Names with commas; by default all.")] = "",
    longest: Annotated[int, typer.Option(min=16, help="Longest side of the samples (px).")] = 256,
    jobs: Annotated[int, typer.Option(min=1, help="Processes that work side by side.")] = 2,
) -> None:
    """Measure every method on every sample: scores, the best setting elsewhere and here, time."""
    from workbench.evaluation.tour import write

    with refusals():
        for line in write(out, names_of(methods), names_of(samples), longest=longest, jobs=jobs):
            print(line)


@app.command()
def dashboard(
    host: Host = "127.0.0.1",
    port: Port = None,
    browser: Browser = True,
    preheated: Annotated[int, typer.Option(min=0, max=8, help="Kernels that wait for visitors.")] = 2,
    cull_after: Annotated[int, typer.Option(min=10, help="End kernels without a page after this (s).")] = 300,
    folder: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, help="Another folder of dashboards.")
    ] = None,
) -> None:
    """Serve the dashboards, print the link, and open a browser."""
    from workbench.server import notebooks, without_grammar

    with refusals():
        without_grammar()
        from workbench.dashboards import serve

        where = (folder or notebooks() / "dashboards").resolve()
        serve(where, host=host, port=port, browser=browser, preheated=preheated, cull_after=cull_after)


@app.command()
def lab(host: Host = "127.0.0.1", port: Port = None, browser: Browser = True) -> None:
    """Open JupyterLab on the notebooks, with the prompt websocket."""
    from workbench.server import free_port, lab_arguments, without_grammar

    with refusals():
        arguments = lab_arguments(host, free_port(host, port, usual=8888), browser)
    without_grammar()
    from jupyterlab.labapp import LabApp

    LabApp.launch_instance(arguments)


def _describe(method: Method) -> dict[str, Any]:
    params = [
        {
            "name": p.name,
            "kind": p.kind,
            "default": p.default,
            "rule": p.rule,
            "label": p.label,
            "help": p.help,
        }
        for p in method.params.values()
    ]
    keys = ("name", "title", "family", "yields", "summary", "source", "available", "install")
    return {**{key: getattr(method, key) for key in keys}, "params": params}


def _spelt(name: str) -> str:
    return name.replace("_", "-")


def _add_training() -> None:
    """Add `workbench train` where the training part is installed; it imports torch only when it runs."""
    from importlib.util import find_spec

    if find_spec("workbench.training.cli") is not None:
        from workbench.training.cli import train

        app.command()(train)


if __name__ == "__main__":
    main()
