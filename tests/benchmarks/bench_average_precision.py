"""How long mask AP of 500 images takes, beside pycocotools and faster-coco-eval in the same run.

Seconds are those of the processor, which other programs on the machine disturb less.

python tests/benchmarks/bench_average_precision.py
"""

import contextlib
import io
import time
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np

from workbench.instances import Instance, Instances, encode
from workbench.metrics.coco import PackedPair, coco_ap_of
from workbench.taxonomy import Category, Taxonomy

IMAGES, GUESSES, TRUTHS, SIZE = 500, 100, 10, (240, 320)
Pair = tuple[Instances, Instances]


def pictures(categories: int) -> list[Pair]:
    """Draw ellipses as truth; as guesses the same moved and scaled, several for each, and some of nothing."""
    rng = np.random.default_rng(0)
    tax = Taxonomy([Category(n, f"c{n}") for n in range(1, categories + 1)])
    return [_picture(rng, tax) for _ in range(IMAGES)]


def _picture(rng: np.random.Generator, tax: Taxonomy) -> Pair:
    shapes = np.column_stack([rng.random((TRUTHS, 2)) * SIZE, rng.uniform(6, 60, (TRUTHS, 2))])
    names = rng.integers(1, len(tax) + 1, TRUTHS)
    truth = tuple(_ellipse(tax, n, shape, None) for n, shape in zip(names.tolist(), shapes, strict=True))
    guesses = []
    for _ in range(GUESSES):
        k = rng.integers(TRUTHS)
        off = rng.normal(0, 1, 4) * (0.15 if rng.random() < 0.6 else 3) * shapes[k, 2:].mean()
        name = int(names[k] if rng.random() < 0.9 else rng.integers(1, len(tax) + 1))
        guesses.append(_ellipse(tax, name, np.maximum(shapes[k] + off, 2), float(rng.random())))
    return Instances(SIZE, truth, tax), Instances(SIZE, tuple(guesses), tax)


def _ellipse(tax: Taxonomy, category: int, shape: np.ndarray, score: float | None) -> Instance:
    row, column, high, wide = shape.round().astype(int).tolist()
    mask = cv2.ellipse(np.zeros(SIZE, np.uint8), (column, row), (wide, high), 0, 0, 360, 1, -1)
    return Instance(tax[category], score, encode(mask > 0))


def rows(categories: int) -> list[tuple[str, str, str]]:
    """Give the table: what, aim, measured."""
    pairs = pictures(categories)
    pack = seconds(lambda: [PackedPair.of(*pair) for pair in pairs], 1)
    packed = [PackedPair.of(*pair) for pair in pairs]
    ours = seconds(lambda: coco_ap_of(packed), 5)
    truth, guess = annotations(pairs, packed)
    found = list(coco_ap_of(packed).summary.values())
    measured = [
        (f"mask AP, {IMAGES} images, {IMAGES * GUESSES} guesses, {categories} categories", "<= 0.75 s", ours),
        ("  of masks not packed yet: packing them first", "", pack),
    ]
    table = [(what, aim, f"{taken:.2f} s") for what, aim, taken in measured]
    for name, aim, run in (("pycocotools", ">= 4x", slow), ("faster-coco-eval", "", fast)):
        stats, taken = run(truth, guess)
        assert np.allclose(found, stats, rtol=0, atol=1e-9), f"{name} does not measure the same"
        table.append(
            (f"  beside {name}, evaluate and accumulate", aim, f"{taken:.2f} s: {taken / ours:.1f}x")
        )
    return table


def annotations(pairs: list[Pair], packed: list[PackedPair]) -> tuple[dict, list[dict]]:
    """Write pairs as COCO's two files."""
    images = [{"id": n, "height": SIZE[0], "width": SIZE[1]} for n in range(1, len(pairs) + 1)]
    truths: list[dict] = []
    guesses: list[dict] = []
    for image, (truth, guess), masks in zip(images, pairs, packed, strict=True):
        for item, mask in zip(truth, masks.truth, strict=True):
            one = _annotation(image["id"], item, mask) | {"iscrowd": 0, "area": item.area}
            truths.append(one | {"id": len(truths) + 1, "bbox": [0, 0, 1, 1]})
        listed = zip(guess, masks.guess, strict=True)
        guesses += [_annotation(image["id"], item, mask) | {"score": item.score} for item, mask in listed]
    categories = [{"id": category.id, "name": category.name} for category in pairs[0][0].taxonomy]
    return {"info": {}, "images": images, "annotations": truths, "categories": categories}, guesses


def _annotation(image: int, item: Instance, mask: dict[str, Any]) -> dict[str, Any]:
    return {"image_id": image, "category_id": item.category.id, "segmentation": mask}


def slow(truth: dict, guess: list[dict]) -> tuple[np.ndarray, float]:
    """Ask pycocotools: its twelve numbers, and the seconds it took without reading its input."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = truth
        coco.createIndex()
        return _asked(COCOeval(coco, coco.loadRes([dict(one) for one in guess]), "segm"))


def fast(truth: dict, guess: list[dict]) -> tuple[np.ndarray, float]:
    """Ask faster-coco-eval in the same way."""
    from faster_coco_eval import COCO, COCOeval_faster

    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO(truth)
        return _asked(COCOeval_faster(coco, coco.loadRes([dict(one) for one in guess]), "segm"))


def _asked(asked: Any) -> tuple[np.ndarray, float]:
    start = time.process_time()
    asked.evaluate()
    asked.accumulate()
    taken = time.process_time() - start
    asked.summarize()
    return np.asarray(asked.stats[:12], float), taken


def seconds(call: Callable[[], object], times: int) -> float:
    """Give the least time of a call: the machine is never quicker than it can."""
    taken = []
    for _ in range(times):
        start = time.process_time()
        call()
        taken.append(time.process_time() - start)
    return min(taken)


def test_average_precision() -> None:
    print()
    for categories in (1, 80):
        for what, aim, measured in rows(categories):
            print(f"{what:<68} {aim:>9}  {measured}")


if __name__ == "__main__":
    test_average_precision()
