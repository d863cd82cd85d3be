"""Segments to tell errors of, also under a lens that asks for pixels only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from workbench.instances import Instances
from workbench.metrics.comparison import TARGET, LensName
from workbench.metrics.facts import Facts
from workbench.metrics.lens import Lens, prepare
from workbench.metrics.pieces import connected_pieces
from workbench.segmentation import Segmentation


def segment_facts(
    truth: Segmentation,
    guess: Segmentation | Instances,
    *,
    lens: LensName = "object",
    target: Sequence[str] | str | None = None,
) -> Facts:
    """Put a guess beside a truth segment by segment: under the lens asked for, or one that has segments.

    Under the object lens the target's objects count, in connected pieces where the target is stuff; under the
    semantic lens all things, or all stuff where the truth has no things. A guess that the lens could only
    judge by pixels is judged by its objects.

    Raises
    ------
    ValueError : what `prepare` refuses, a guess of another size.
    """
    found = _lens(truth, lens, target).compare(guess)
    if found.segments is None:
        found = prepare(truth, "instance", target).compare(guess)
    return Facts(found)


def _lens(truth: Segmentation, lens: LensName, target: Sequence[str] | str | None) -> Lens:
    if lens == "semantic":
        return prepare(truth, "instance" if truth.taxonomy.things else "panoptic", target)
    asked = prepare(truth, lens, target)
    if lens != "object":
        return asked
    if len(asked.target) != 1:
        return prepare(truth, "instance", target)
    if truth.taxonomy[asked.target[0]].kind == "stuff":
        asked = prepare(_in_pieces(truth, asked.target[0]), "object", target)
    # The two categories of the object lens, asked one object at a time.
    return replace(asked, name="instance", target=(asked.taxonomy[TARGET].name,))


def _in_pieces(truth: Segmentation, name: str) -> Segmentation:
    """Make each connected piece of a category a segment of its own."""
    apart = [n for n, s in truth.segments.items() if s.category and s.category.name == name]
    ids, came_from = connected_pieces(truth.ids, apart, [n for n in truth.segments if n not in apart])
    return Segmentation(ids, {n: truth.segments[old] for n, old in came_from.items()}, truth.taxonomy)
