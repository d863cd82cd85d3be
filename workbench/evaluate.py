"""`workbench evaluate`: folders of label files against truths, or methods on scenes of a held-out split."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from workbench.refusals import names_of, refusals


def evaluate(
    guesses: Annotated[Path | None, typer.Argument(metavar="GUESSES", help="Folder of label files.")] = None,
    truths: Annotated[Path | None, typer.Argument(metavar="TRUTHS", help="Folder of the same names.")] = None,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Folder for the report.")] = None,
    lens: Annotated[str, typer.Option(help="object, semantic, instance, panoptic or regions.")] = "",
    target: Annotated[
        str, typer.Option(help="Names of the target, with commas; by default all things.")
    ] = "",
    convention: Annotated[str, typer.Option(help="Whose choices to follow, such as coco.")] = "workbench",
    boundaries: Annotated[bool, typer.Option("--boundaries", help="Measure outlines too.")] = False,
    against: Annotated[
        Path | None, typer.Option(help="Other guesses, to be compared image by image.")
    ] = None,
    methods: Annotated[
        str, typer.Option("--methods", "--method", help="Instead of folders: names with commas.")
    ] = "",
    scenes: Annotated[
        str, typer.Option(help="Generated pictures for the methods, such as street.")
    ] = "street",
    split: Annotated[str, typer.Option(help="test, stress (crowded) or validation.")] = "test",
    count: Annotated[int, typer.Option(help="Pictures of the split.")] = 100,
    side: Annotated[int, typer.Option(help="Pixels a side of them.")] = 128,
    card: Annotated[bool, typer.Option("--card", help="Write the scores into the networks' cards.")] = False,
) -> None:
    """Score folders of label files, or methods on generated scenes that nobody trained on."""
    with refusals():
        if methods:
            how = {"count": count, "side": side, "lens": lens or None}
            _on_scenes(names_of(methods), scenes, split, how, card)
            return
        from workbench.evaluation import reporting

        if guesses is None or truths is None or out is None:
            raise ValueError(
                "evaluate needs GUESSES, TRUTHS and -o, or --methods with --scenes; see evaluate --help"
            )
        asked = reporting.asked(lens or "object", names_of(target), convention, boundaries)
        broken = reporting.run(guesses, truths, out, asked, against)
    raise typer.Exit(1 if broken else 0)


def _on_scenes(names: list[str], scenes: str, split: str, how: dict[str, Any], card: bool) -> None:
    """Score methods on a split of scenes, print the table, and put the numbers into cards where asked."""
    import workbench.methods  # noqa: F401  importing it declares them
    from workbench.evaluation.on_scenes import on_scenes, table

    found = [on_scenes(name, scenes, split, **how) for name in names]
    print(table(found))
    if card:
        from workbench.training.card import add

        for one in found:
            print(f"wrote {add(one.method, {split: one.record()})}")
