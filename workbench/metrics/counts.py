"""What scores are made of: pixels under the object lens, segments under the instance and panoptic lens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.metrics.comparison import REST, TARGET
from workbench.metrics.metric import INFINITE, metric

if TYPE_CHECKING:
    from workbench.metrics.facts import Facts

COUNTED = ("object", "instance", "panoptic")
SEGMENTS = ("instance", "panoptic")
ALWAYS = "never: a count may be 0"


def _of(facts: Facts, name: str) -> dict[int, float]:
    """Count the segments of each category: matched, extra or missed."""
    counted = facts.detections if facts.lens == "instance" else facts.tallies
    return {category: float(getattr(found, name)) for category, found in counted.items()}


def found_segments(facts: Facts) -> dict[int, float]:
    """Count each category's segments that are matched."""
    return _of(facts, "tp")


def extra_segments(facts: Facts) -> dict[int, float]:
    """Count each category's guessed segments that match nothing."""
    return _of(facts, "fp")


def missed_segments(facts: Facts) -> dict[int, float]:
    """Count each category's true segments that nothing matches."""
    return _of(facts, "fn")


@metric(
    "true positives",
    lenses=COUNTED,
    formula="TP",
    best="",
    span=(0, INFINITE),
    undefined=ALWAYS,
    source="counting",
    each=found_segments,
    each_under=SEGMENTS,
)
def tp(facts: Facts) -> float:
    """Count what is in the truth and in the guess."""
    if facts.lens != "object":
        return sum(found_segments(facts).values())
    return int(facts.pixels.hit[_place(facts, TARGET)])


@metric(
    "false positives",
    lenses=COUNTED,
    formula="FP",
    best="down",
    span=(0, INFINITE),
    undefined=ALWAYS,
    source="counting",
    each=extra_segments,
    each_under=SEGMENTS,
)
def fp(facts: Facts) -> float:
    """Count what is in the guess alone."""
    if facts.lens != "object":
        return sum(extra_segments(facts).values())
    return int(facts.pixels.guess[_place(facts, TARGET)]) - int(tp(facts))


@metric(
    "false negatives",
    lenses=COUNTED,
    formula="FN",
    best="down",
    span=(0, INFINITE),
    undefined=ALWAYS,
    source="counting",
    each=missed_segments,
    each_under=SEGMENTS,
)
def fn(facts: Facts) -> float:
    """Count what is in the truth alone."""
    if facts.lens != "object":
        return sum(missed_segments(facts).values())
    return int(facts.pixels.truth[_place(facts, TARGET)]) - int(tp(facts))


@metric(
    "true negatives",
    lenses=["object"],
    formula="TN",
    best="",
    span=(0, INFINITE),
    undefined=ALWAYS,
    source="counting",
)
def tn(facts: Facts) -> float:
    """Count the pixels that are in neither; where the guess says nothing, nothing is claimed."""
    return int(facts.pixels.truth[_place(facts, REST)]) - int(fp(facts))


def _place(facts: Facts, category: int) -> int:
    return [one.id for one in facts.judged].index(category)
