"""How long boundaries and surface distances take, beside MONAI and the paper's own way, and that they agree.

python tests/benchmarks/bench_boundaries.py
"""

import warnings

import cv2
import numpy as np
from timing import Row, beside, least, row, show

from workbench.metrics import prepare, score
from workbench.metrics.bands import band_overlap, band_width
from workbench.metrics.boundary import davis_edges, davis_f
from workbench.metrics.metric import measured_under
from workbench.metrics.surface import surface_distances
from workbench.segmentation import Segmentation

SIZE = (1024, 2048)
CATEGORIES = 19


def street(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Make a truth and a guess of 19 categories: the greatest of as many smooth noises, and it moved."""
    rng = np.random.default_rng(seed)
    best, truth = np.full(SIZE, -1.0, np.float32), np.zeros(SIZE, np.int32)
    for n in range(1, CATEGORIES + 1):
        coarse = cv2.GaussianBlur(rng.random((64, 128), np.float32), (0, 0), 4)
        noise = cv2.resize(coarse, SIZE[::-1], interpolation=cv2.INTER_CUBIC)
        truth[noise > best] = n
        best = np.maximum(best, noise)
    return truth, np.roll(truth, (3, 5), (0, 1))


def blobs(size: tuple[int, int], sigma: float) -> tuple[np.ndarray, np.ndarray]:
    """Make two masks of blobs: the second is the first, moved a little."""
    coarse = np.random.default_rng(1).random((size[0] // 4, size[1] // 4), np.float32)
    noise = cv2.resize(cv2.GaussianBlur(coarse, (0, 0), sigma), size[::-1], interpolation=cv2.INTER_CUBIC)
    mask = noise > np.median(noise)
    return mask, np.roll(mask, (3, 2), (0, 1))


def rows() -> list[Row]:
    """Give the table: what, aim, measured."""
    ids, masks = street(), blobs(SIZE, 16)
    return [*_bands(*ids), *_edges(ids, masks), *_surfaces(*masks), *_cards()]


def _bands(truth: np.ndarray, guess: np.ndarray) -> list[Row]:
    width = band_width(SIZE)
    ours = least(lambda: band_overlap(truth, guess, width))
    theirs = least(lambda: _paper(truth, guess, width), 1)
    assert dict(_paper(truth, guess, width)) == dict(_same(truth, guess, width)), "the bands differ"
    return [
        row("boundary IoU 1024x2048, 19 categories", "<= 30 ms", ours),
        beside("one erosion a category", "", theirs, ours),
    ]


def _paper(truth: np.ndarray, guess: np.ndarray, width: int) -> list[tuple[int, int]]:
    """Count shared band pixels as the paper draws bands: by erosions of each category's mask."""
    window, found = np.ones((3, 3), np.uint8), []
    for n in range(1, CATEGORIES + 1):
        masks = [np.pad((side == n).astype(np.uint8), 1) for side in (truth, guess)]
        one, two = (mask - cv2.erode(mask, window, iterations=width) for mask in masks)
        found.append((n, int(np.count_nonzero(one & two))))
    return [pair for pair in found if pair[1]]


def _same(truth: np.ndarray, guess: np.ndarray, width: int) -> list[tuple[int, int]]:
    table = band_overlap(truth, guess, width)
    pairs = zip(table.truth_ids[table.rows], table.guess_ids[table.columns], table.pixels, strict=True)
    return [(int(t), int(n)) for t, g, n in pairs if t == g > 0]


def _edges(ids: tuple[np.ndarray, np.ndarray], masks: tuple[np.ndarray, np.ndarray]) -> list[Row]:
    every = list(range(1, CATEGORIES + 1))
    alone = davis_edges(*ids, [7])[7].f
    assert davis_f(ids[0] == 7, ids[1] == 7) == alone, "a category in a map is not its mask"
    return [
        row("boundary F (DAVIS) 1024x2048, one mask", "<= 30 ms", least(lambda: davis_f(*masks))),
        row("  19 categories", "", least(lambda: davis_edges(*ids, every))),
    ]


def _surfaces(truth: np.ndarray, guess: np.ndarray) -> list[Row]:
    def ours() -> tuple[float, float]:
        found = surface_distances(truth, guess)
        return found.percentile(95), found.assd

    taken, theirs = least(ours), least(lambda: _monai(truth, guess), 3)
    # The other answers in single precision.
    assert np.allclose(ours(), _monai(truth, guess), rtol=2e-6), "the two do not measure the same"
    return [
        row("HD95 + ASSD 1024x2048, one mask", "<= 15 ms", taken),
        beside("MONAI, which measures once for each", ">= 1.3x", theirs, taken),
    ]


def _monai(truth: np.ndarray, guess: np.ndarray) -> tuple[float, float]:
    import torch
    from monai.metrics import compute_average_surface_distance, compute_hausdorff_distance

    sides = [torch.from_numpy(side[None, None]) for side in (guess, truth)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        far = compute_hausdorff_distance(*sides, include_background=True, percentile=95)
        mean = compute_average_surface_distance(*sides, include_background=True, symmetric=True)
    return float(far), float(mean)


def _cards() -> list[Row]:
    truth, guess = (Segmentation.from_mask(mask) for mask in blobs((512, 512), 6))
    found = []
    for lens in ("object", "semantic", "regions"):
        asked, names = prepare(truth, lens), measured_under(lens, "boundary")

        def card(asked: object = asked, names: tuple[str, ...] = names) -> list[float]:
            made = score(asked, guess)
            return [getattr(made, name) for name in names]

        cheap = least(lambda asked=asked: score(asked, guess).measures)
        found.append(
            row(f"boundary numbers 512x512, two-valued, {lens} lens", "<= 10 ms", least(card) - cheap)
        )
    return found


def test_boundaries() -> None:
    show(rows())


if __name__ == "__main__":
    test_boundaries()
