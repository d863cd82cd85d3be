"""Methods on generated scenes that nobody trained on: the numbers of the networks' cards, and who is best."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.evaluation.tour import LENS_OF
from workbench.metrics.many import pool
from workbench.metrics.score import score
from workbench.models import places
from workbench.recipe import run
from workbench.registry import METHODS
from workbench.sample import Sample
from workbench.scenes import SCENES, splits

# What is told of each lens, its main number first.
TOLD: dict[str, tuple[str, ...]] = {
    "object": ("iou", "dice", "precision", "recall"),
    "semantic": ("miou", "pixel_accuracy", "mean_accuracy", "mdice", "fwiou", "boundary_iou"),
    "instance": ("ap", "ap50", "ap75", "f1", "matched_iou"),
    "panoptic": ("pq", "sq", "rq", "pq_things", "pq_stuff"),
}


@dataclass(frozen=True)
class Found:
    """Hold what a method scored on a split: pooled numbers, those of each category, time of a picture."""

    method: str
    scenes: str
    split: str
    count: int
    side: int
    lens: str
    scores: dict[str, float]
    per_category: dict[str, float]
    ms: float

    def record(self) -> dict[str, Any]:
        """Give it as a card holds it; what is undefined is None."""
        rounded = {name: _plain(value) for name, value in self.scores.items()}
        named = {name: _plain(value) for name, value in self.per_category.items()}
        return {
            "command": f"workbench evaluate --methods {self.method} --scenes {self.scenes} "
            f"--split {self.split} --count {self.count} --side {self.side}",
            "lens": self.lens,
            "scores": rounded,
            "iou": named,
        }


def on_scenes(
    method: str,
    scenes: str,
    split: str = "test",
    *,
    count: int = 100,
    side: int = 128,
    lens: str | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Found:
    """Run a method at its defaults on `count` scenes of side x side px, and pool the scores over all of them.

    Parameters
    ----------
    method : in `METHODS`. scenes : in `SCENES`. split : ``"test"``, ``"stress"`` or ``"validation"``.
    lens : the question; by default the one that fits what the method yields.

    Raises
    ------
    KeyError : an unknown method. ValueError : scenes, a split or a lens there are not, or no scenes at all.
    """
    entry = METHODS[method]
    asked = lens or LENS_OF.get(entry.yields, "regions")
    if asked not in TOLD:
        raise ValueError(f"{method} on scenes: the lens must be one of {', '.join(TOLD)}, got {asked!r}")
    if count < 1:
        raise ValueError(f"{method} on scenes: count must be at least 1, got {count}")
    samples = pictures(scenes, split, count, side)
    found, seconds = [], []
    for number, sample in enumerate(samples):
        progress(number, count)
        began = time.perf_counter()
        output = run(method, sample.image).output
        seconds.append(time.perf_counter() - began)
        found.append(score(sample.truth, output, lens=asked, target=sample.target))  # type: ignore[arg-type]
    pooled = pool(found, "dataset")
    scores = {name: float(getattr(pooled, name)) for name in TOLD[asked]} | _own(method, scenes, samples)
    per_category = {name: float(one.iou) for name, one in pooled.per_category.items()}  # type: ignore[union-attr]
    return Found(
        method, scenes, split, count, side, asked, scores, per_category, 1e3 * float(np.median(seconds))
    )


def _own(method: str, scenes: str, samples: Sequence[Sample]) -> dict[str, float]:
    """Give the numbers of what a network learnt beside segmenting, such as the AP of its boxes."""
    task = next((card.get("task") for card in places.cards() if card["name"] == method), None)
    if task is None:
        return {}
    from workbench.models import zoo
    from workbench.training.ladder import measured

    model = zoo.load(method)
    return measured(task, scenes, model.net, samples, model.device)


def pictures(scenes: str, split: str, count: int, side: int) -> Sequence[Sample]:
    """Make the first `count` scenes of a split.

    Raises
    ------
    ValueError : scenes or a split there are not, or scenes that have no such split.
    """
    if scenes not in SCENES:
        raise ValueError(f"no scenes {scenes!r}; there are {', '.join(SCENES)}")
    knobs = splits.knobs(split)
    try:
        return [SCENES[scenes](seed, (side, side), **knobs) for seed in splits.seeds(split, 0, count)]
    except TypeError:
        raise ValueError(
            f"{scenes} has no split {split!r}: its things cannot be crowded; take test"
        ) from None


def table(found: Sequence[Found]) -> str:
    """Write what was found as lines of text, a method each, the best of each column marked."""
    names = list(dict.fromkeys(name for one in found for name in one.scores))
    best = {name: max((one.scores.get(name, np.nan) for one in found), default=np.nan) for name in names}
    lines = ["  ".join([f"{'method':22}", *(f"{name:>14}" for name in names), f"{'ms':>8}"])]
    for one in found:
        cells = [_cell(one.scores.get(name, np.nan), best[name]) for name in names]
        lines.append("  ".join([f"{one.method:22}", *cells, f"{one.ms:8.1f}"]))
    return "\n".join(lines)


def _cell(value: float, best: float) -> str:
    text = "–" if np.isnan(value) else f"{value:.3f}" + ("*" if value == best else " ")
    return f"{text:>14}"


def _plain(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 4)
