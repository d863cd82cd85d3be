"""`workbench evaluate`: score folders, say what is broken, write the report."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import cast

from workbench.evaluation.folders import Asked, Evaluation, evaluate
from workbench.evaluation.page import shown
from workbench.evaluation.report import check_folder, write
from workbench.metrics.comparison import LensName
from workbench.metrics.metric import METRICS


def asked(lens: str, target: Sequence[str], convention: str, boundaries: bool) -> Asked:
    """Put the words of the command line together; `evaluate` refuses those it does not know."""
    return Asked(cast(LensName, lens), tuple(target) or None, convention, boundaries)


def run(guesses: Path, truths: Path, out: Path, question: Asked, against: Path | None = None) -> bool:
    """Score and report, and say whether any pair was broken; each is told on the error stream.

    Raises
    ------
    ValueError : a folder, lens, convention or file of names that is refused.
    """
    check_folder(out)  # before the work, not after it
    found = _scored(guesses, truths, question)
    other = _scored(against, truths, question) if against else None
    every = [one for one in (found, other) if one]
    if not all(one.scores for one in every):
        print("workbench: no pair could be scored, so there is no report", file=sys.stderr)
        return True
    compared = (other, found.against(other)) if other else None
    files = write(found, out, _command(guesses, truths, out, question, against), compared)
    _tell(found)
    if compared:
        title = METRICS[found.headline].title
        print(f"{title}: {compared[1][found.headline].says(str(guesses), str(against))}")
    print(f"wrote {', '.join(map(str, files))}")
    return any(one.broken for one in every)


def _scored(guesses: Path, truths: Path, question: Asked) -> Evaluation:
    found = evaluate(guesses, truths, question, _watched)
    for one in found.broken:
        print(f"workbench: {one.says}", file=sys.stderr)
    return found


def _tell(found: Evaluation) -> None:
    metric = METRICS[found.headline]
    what = "all", metric.name
    broken = f", {len(found.broken)} broken" if found.broken else ""
    count = f"{len(found.scores)} image" + ("" if len(found.scores) == 1 else "s")
    print(f"{count} scored{broken}; {found.lens} lens, convention {found.asked.convention}")
    print(
        f"{metric.title}: {shown(found.pooled[what])} of the dataset, "
        f"{shown(found.averaged[what])} mean over images"
    )


def _command(guesses: Path, truths: Path, out: Path, question: Asked, against: Path | None) -> str:
    """Write the command that makes the same report."""
    words = ["workbench", "evaluate", str(guesses), str(truths), "--lens", question.lens]
    words += ["--target", ",".join(question.target)] if question.target else []
    words += ["--convention", question.convention]
    words += ["--boundaries"] * question.boundaries
    words += ["--against", str(against)] if against else []
    return shlex.join([*words, "-o", str(out)])


def _watched(names: Iterable[str], total: int) -> Iterable[str]:
    """Show how far it is, where somebody watches."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    return track(names, "scoring", total, console=console, disable=not console.is_terminal, transient=True)
