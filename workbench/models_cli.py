"""`workbench models`: which networks ship, which public ones are here or could be, and how to get one."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from workbench.models import places
from workbench.models.public import cache
from workbench.models.public.catalogue import CATALOGUE, Public, find
from workbench.refusals import refusals

models = typer.Typer(invoke_without_command=True, rich_markup_mode=None)
Folder = Annotated[
    Path | None,
    typer.Option(file_okay=False, help="Folder of public models; by default $WORKBENCH_MODELS or the cache."),
]


@models.callback()
def overview(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the README's table.")] = False,
) -> None:
    """List the networks: bundled, your own, public ones that are here, and those that could be had."""
    if context.invoked_subcommand is not None:
        return
    if markdown:
        print(shipped())
        return
    with refusals():
        rows = list_models()
    if as_json:
        print(json.dumps(rows, indent=1))
        return
    from rich.console import Console
    from rich.table import Table

    heads = ("name", "task", "licence", "size", "quality", "where")
    table = Table(*heads, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(str(row[head]) for head in heads))
    Console(width=None if sys.stdout.isatty() else 160, markup=False).print(table)
    print("\nget one: workbench models get NAME --accept-licence; sizes, licences and quality as published")


@models.command()
def get(
    name: Annotated[str, typer.Argument(help="A public model from `workbench models`.")],
    accept_licence: Annotated[
        bool, typer.Option("--accept-licence", help="You have read its licence and accept it.")
    ] = False,
    folder: Folder = None,
) -> None:
    """Download a public model, once its licence is accepted; its revision is pinned and its hash checked."""
    with refusals():
        from workbench.models.public.download import get as download

        path = download(find(name), folder, accepted=accept_licence)
    print(f"ready: {name} is a method now, read from {path}" if folder is None else f"ready: {path}")


@models.command()
def add(
    name: Annotated[str, typer.Argument(help="Which public model it is.")],
    path: Annotated[Path, typer.Argument(help="Its file, or its folder in the Hugging Face format.")],
) -> None:
    """Make a public model a method from files of yours; no network is needed."""
    with refusals():
        from workbench.methods.public import register_file

        register_file(name, path)
    print(f"ready: {name} is a method now, read from {path}")


MAIN = {"semantic": "miou", "instance": "ap50", "panoptic": "pq", "foreground": "dice"}


def shipped() -> str:
    """Write the networks that ship as a Markdown table, scores from their cards."""
    heads = ("network", "yields", "parameters", "measure", "test", "crowded", "source")
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for card in sorted(places.cards(), key=lambda card: card["name"]):
        if places.folder_of(card["name"]) != places.BUNDLED:
            continue
        cells = [
            f"{card['title'].partition(',')[0]} (`{card['name']}`)", card["yields"],
            f"{card['parameters'] / 1e6:.2f} M", measure_of(card).replace("_", " "), _main(card, "test"),
            _main(card, "stress"), card["source"],
        ]  # fmt: skip
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def measure_of(card: dict[str, Any]) -> str:
    """Name the score that a network is judged by: that of its validation, or its answers' usual one."""
    validated = next(iter(card["validation"]))
    return validated if validated in card.get("test", {}).get("scores", {}) else MAIN[card["yields"]]


def _main(card: dict[str, Any], split: str) -> str:
    """Give the main score of a split, or a dash where it was not measured."""
    value = card.get(split, {}).get("scores", {}).get(measure_of(card))
    return "–" if value is None else f"{value:.3f}"


def list_models() -> list[dict[str, Any]]:
    """Describe every network in a row: name, task, licence, size, quality and where it is."""
    own = [_of_card(card) for card in places.cards()]
    here = cache.local()
    return own + [_of_public(entry, here.get(entry.name)) for entry in CATALOGUE]


def _of_card(card: dict[str, Any]) -> dict[str, Any]:
    megabytes = card.get("bytes", 0) / 1e6
    where = "bundled" if places.folder_of(card["name"]) == places.BUNDLED else f"your own, {places.own()}"
    return {
        "name": card["name"], "task": card["yields"], "licence": card.get("licence", ""),
        "size": f"{megabytes:.1f} MB", "quality": "", "where": where, "from": "", "revision": "",
    }  # fmt: skip


def _of_public(entry: Public, path: Path | None) -> dict[str, Any]:
    if path is not None:
        where = f"here, {path}"
    elif entry.revision is None:
        where = "bring its folder: no revision has been checked"
    else:
        where = "available"
    return {
        "name": entry.name, "task": entry.task, "licence": entry.licence,
        "size": f"{entry.megabytes:g} MB", "quality": entry.quality, "where": where,
        "from": entry.at, "revision": entry.revision or "",
    }  # fmt: skip
