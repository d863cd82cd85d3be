"""How long scoring takes, beside torchmetrics and panopticapi in the same run, and that they agree.

python tests/benchmarks/bench_scoring.py
"""

import numpy as np
from scipy.spatial import cKDTree
from timing import Row, beside, milliseconds, row, show

from workbench.metrics import LENSES, Score, prepare, score
from workbench.metrics.overlap import Overlap
from workbench.metrics.partition import (
    achievable_accuracy,
    adjusted_rand,
    covered,
    variation_of_information,
)
from workbench.segmentation import Segmentation
from workbench.taxonomy import Category, Taxonomy

THINGS, STUFF, SEGMENTS = 12, 8, 200  # of the 20 categories; of the picture
TAX = Taxonomy([Category(n, f"c{n}", "thing" if n <= THINGS else "stuff") for n in range(1, 21)])
SIZE = (1024, 2048)


def street(seed: int = 0) -> tuple[Segmentation, Segmentation]:
    """Make a truth and a guess: cells around 200 points, the guess's points moved a little."""
    rng = np.random.default_rng(seed)
    points = rng.random((SEGMENTS, 2)) * SIZE
    # Things in all categories by turns; each stuff category is one segment, as the format has it.
    names = {n: n + THINGS if n <= STUFF else 1 + n % THINGS for n in range(1, SEGMENTS + 1)}
    sides = (_cells(points), _cells(points + rng.normal(0, 12, points.shape)))
    truth, guess = (Segmentation.from_panoptic(ids, names, TAX) for ids in sides)
    return truth, guess


def blobs() -> tuple[Segmentation, Segmentation]:
    """Make a two-valued truth and guess of 512 x 512: blobs, and the same moved."""
    import cv2

    noise = cv2.GaussianBlur(np.random.default_rng(0).random((512, 512)), (0, 0), 8)
    mask = noise > 0.5
    return Segmentation.from_mask(mask), Segmentation.from_mask(np.roll(mask, 3, 0))


def rows() -> list[Row]:
    """Give the table: what, aim, measured."""
    truth, guess = street()
    # Ours first: torch's threads keep the cores busy for a while after they are done.
    asked = prepare(truth, "panoptic")
    pq = milliseconds(lambda: score(asked, guess).pq, 30)
    table = milliseconds(lambda: Overlap.of(truth.ids, guess.ids), 30)
    found = [row("joint table of segments, 1024x2048", "", table)]
    maps = truth.semantic(), guess.semantic()
    named = prepare(maps[0], "semantic")
    pixels = milliseconds(lambda: _pixels(score(named, maps[1])), 30)
    found += [row("confusion, IoU, Dice of 20 categories, 1024x2048", "<= 6 ms", pixels)]
    found += [row("PQ, 200 segments, 1024x2048", "<= 8 ms", pq), *_partitions(truth, guess), *_cards()]
    joint = milliseconds(lambda: joint_as_panopticapi(truth.ids, guess.ids), 10)
    found.append(beside("panopticapi's joint count alone (PQ)", ">= 2x", joint, pq))
    tensors = _tensor(truth), _tensor(guess)
    theirs = milliseconds(lambda: rival(*tensors), 1)
    # The other sums in single precision.
    assert abs(rival(*tensors) - score(asked, guess).pq) < 1e-6, "the two do not measure the same"
    found.append(beside("torchmetrics' PanopticQuality", ">= 100x", theirs, pq))
    labels = [tensor[..., 0] for tensor in tensors]
    jaccard = milliseconds(lambda: jaccards(*labels), 10)
    assert np.allclose(
        jaccards(*labels)[1:], score(named, maps[1]).facts.pixels.iou, atol=1e-6, equal_nan=True
    )
    found.append(beside("torchmetrics' Jaccard (IoU)", ">= 5x", jaccard, pixels))
    return found


def _pixels(card: Score) -> list[float]:
    """Ask for everything that the semantic lens reads off its table."""
    return [*card.measures.values(), *card.each("iou").values(), *card.each("dice").values()]


def _partitions(truth: Segmentation, guess: Segmentation) -> list[Row]:
    table = Overlap.of(truth.ids, guess.ids)

    def all_four() -> None:
        adjusted_rand(table), variation_of_information(table), covered(table), achievable_accuracy(table)

    return [row("ARI, VI, covering and ASA, after the table", "<= 2 ms", milliseconds(all_four, 50))]


def _cards() -> list[Row]:
    truth, guess = blobs()
    found = []
    for lens in LENSES:
        asked = prepare(truth, lens)
        taken = milliseconds(lambda asked=asked: score(asked, guess).table(), 50)
        found.append(row(f"whole card 512x512, two-valued, {lens} lens", "<= 5 ms", taken))
        taken = milliseconds(lambda asked=asked: score(asked, guess).table("table", "boundary"), 20)
        found.append(row("  with boundaries", "<= 15 ms", taken))
    return found


def rival(truth: object, guess: object) -> float:
    """Ask torchmetrics for the same PQ, from (1, H, W, 2) tensors of category and instance."""
    from torchmetrics.functional.detection import panoptic_quality

    things, stuff = ({c.id for c in kind} for kind in (TAX.things, TAX.stuff))
    return float(panoptic_quality(guess, truth, things=things, stuffs=stuff))


def jaccards(truth: object, guess: object) -> np.ndarray:
    """Ask torchmetrics for the IoU of each category, from (1, H, W) tensors of categories."""
    from torchmetrics.functional.classification import multiclass_jaccard_index

    return multiclass_jaccard_index(guess, truth, num_classes=len(TAX) + 1, average=None).numpy()


def joint_as_panopticapi(truth: np.ndarray, guess: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Count pairs of ids as panopticapi does: one 64-bit number a pair, sorted; without its other steps."""
    return np.unique(truth.astype(np.uint64) * (256**3) + guess.astype(np.uint64), return_counts=True)


def _cells(points: np.ndarray) -> np.ndarray:
    rows_and_columns = np.stack(np.mgrid[: SIZE[0], : SIZE[1]], -1).reshape(-1, 2)
    return cKDTree(points).query(rows_and_columns)[1].reshape(SIZE) + 1


def _tensor(segmentation: Segmentation) -> object:
    import torch

    pair = np.stack([segmentation.category_ids(), segmentation.ids], -1)
    return torch.from_numpy(pair[None].astype(np.int64))


def test_scoring() -> None:
    show(rows())


if __name__ == "__main__":
    test_scoring()
