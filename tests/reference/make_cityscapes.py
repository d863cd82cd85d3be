"""Freeze Cityscapes' instance AP on random streets with void, groups, small things and ties.

git clone https://github.com/mcordts/cityscapesScripts && git -C cityscapesScripts checkout 0bcc4a7
pip install pyquaternion
PYTHONPATH=cityscapesScripts python tests/reference/make_cityscapes.py > tests/reference/cityscapes.json

Pictures are lists of boxes, painted one over the other: [instance id, row, column, height, width]. A guess is
one box: [label, score, row, column, height, width]. Ids are those of the data set: label x 1000 + number, or
the label alone for a group; 0 is void, 7 road.
"""

import json
import math
import os
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

COMMAND = (
    "PYTHONPATH=cityscapesScripts python tests/reference/make_cityscapes.py (cityscapesScripts at 0bcc4a7)"
)
SIZE, CASES, LABELS = (48, 64), 40, {"person": 24, "rider": 25, "car": 26}


def random_street(rng: np.random.Generator) -> dict:
    """Draw boxes of persons and cars, and guesses near most of them."""
    truth, guess = [[0, 0, 0, int(rng.integers(1, 12)), SIZE[1]]], []
    for n in range(rng.integers(1, 8)):
        label = int(rng.choice([24, 26]))
        row, column = int(rng.integers(0, 36)), int(rng.integers(0, 50))
        height, width = rng.integers(5, 26, 2).tolist()
        single = rng.random() < 0.85
        # Groups below 100 pixels count twice in the reference, and have a case of their own.
        if not single:
            height, width = height + 12, width + 12
        truth.append([label * 1000 + n if single else label, row, column, height, width])
        for _ in range(rng.integers(0, 3)):
            off = rng.integers(-2, 3, 4).tolist()
            called = label if rng.random() < 0.9 else 25
            place = [max(0, row + off[0]), max(0, column + off[1]), height + off[2], width + off[3]]
            guess.append([called, round(float(rng.random()), 1), *place])
    for _ in range(rng.integers(0, 3)):
        place = [*rng.integers(0, 40, 2).tolist(), *rng.integers(4, 20, 2).tolist()]
        guess.append([int(rng.choice([24, 26])), round(float(rng.random()), 1), *place])
    return {"truth": truth, "guess": guess}


def groups_are_large(street: dict) -> bool:
    """Say whether every group that is left in sight has at least 100 pixels."""
    ids, sizes = np.unique(paint(street["truth"]), return_counts=True)
    return all(size >= 100 for n, size in zip(ids, sizes, strict=True) if 24 <= n < 1000)


def random_case(seed: int) -> dict:
    rng = np.random.default_rng(seed)
    streets: list[dict] = []
    while len(streets) < 1 + seed % 3:
        street = random_street(rng)
        if groups_are_large(street):
            streets.append(street)
    return {"name": f"random {seed}", "streets": streets}


def adversarial() -> list[dict]:
    """Give the cases that are about one rule each."""
    car, road = [26001, 0, 0, 20, 20], [7, 0, 0, 48, 64]
    cases = {
        "exactly half is no match": ([car], [[26, 0.9, 0, 0, 10, 20]]),
        "exactly nine tenths at 0.9": ([car], [[26, 0.9, 0, 0, 18, 20]]),
        "a second match is wrong": ([car], [[26, 0.9, 0, 0, 19, 20], [26, 0.8, 0, 0, 20, 20]]),
        "the surer match is right, whichever comes first": (
            [car, [26002, 0, 30, 20, 20]],
            [[26, 0.3, 0, 0, 20, 20], [26, 0.8, 0, 0, 19, 20], [26, 0.5, 0, 30, 20, 20]],
        ),
        "99 pixels are not asked for": ([[26001, 0, 0, 9, 11]], [[26, 0.9, 0, 0, 9, 11]]),
        "100 pixels are": ([[26001, 0, 0, 10, 10]], [[26, 0.9, 0, 0, 10, 10]]),
        "a group forgives": ([car, [26, 0, 30, 20, 20]], [[26, 0.9, 0, 30, 20, 8], [26, 0.8, 0, 0, 20, 20]]),
        "void forgives more than the threshold": (
            [car, [0, 0, 30, 20, 11]],
            [[26, 0.9, 0, 30, 20, 20], [26, 0.8, 0, 0, 20, 20]],
        ),
        "equal scores are one point": (
            [car],
            [[26, 0.5, 0, 0, 20, 20], [26, 0.5, 0, 30, 20, 20], [26, 0.5, 24, 0, 20, 20]],
        ),
        "nothing guessed": ([car], []),
        "nothing to find": ([], [[26, 0.9, 0, 0, 20, 20]]),
        "all guesses forgiven": ([car, [0, 0, 30, 20, 20]], [[26, 0.9, 0, 30, 20, 20]]),
        "a small group counts twice": (
            [car, [26, 0, 30, 8, 8]],
            [[26, 0.9, 0, 30, 16, 12], [26, 0.8, 0, 0, 20, 20]],
        ),
    }
    return [
        {"name": name, "streets": [{"truth": [road, *truth], "guess": guess}]}
        for name, (truth, guess) in cases.items()
    ]


def paint(boxes: list[list[int]]) -> np.ndarray:
    """Paint boxes on a road."""
    ids = np.full(SIZE, 7, np.int32)
    for value, row, column, height, width in boxes:
        ids[row : row + height, column : column + width] = value
    return ids


def write(folder: Path, case: dict) -> tuple[list[str], list[str]]:
    """Write the files that the reference reads."""
    truths, guesses = [], []
    for n, street in enumerate(case["streets"]):
        truths.append(str(folder / f"truth{n}.png"))
        Image.fromarray(paint(street["truth"]).astype(np.uint16)).save(truths[-1])
        lines = []
        for k, (label, score, row, column, height, width) in enumerate(street["guess"]):
            mask = np.zeros(SIZE, np.uint8)
            mask[row : row + height, column : column + width] = 255
            Image.fromarray(mask).save(folder / f"guess{n}_{k}.png")
            lines.append(f"guess{n}_{k}.png {label} {score}\n")
        guesses.append(str(folder / f"guess{n}.txt"))
        Path(guesses[-1]).write_text("".join(lines))
    return truths, guesses


def reference(case: dict) -> dict:
    """Ask cityscapesScripts."""
    vars(np)["in1d"] = np.isin  # it asks for a name that numpy 2.4 has dropped
    from cityscapesscripts.evaluation import evalInstanceLevelSemanticLabeling as script

    with tempfile.TemporaryDirectory() as name:
        os.chdir(name)
        script.args.predictionPath, script.args.gtInstancesFile = name, f"{name}/instances.json"
        script.writeDict2JSON = lambda *_: None  # notes on the side, which fail on numpy 2's integers
        script.args.quiet, script.args.JSONOutput = True, False
        truths, guesses = write(Path(name), case)
        try:
            found = script.evaluateImgLists(guesses, truths, script.args)
        except IndexError as error:
            return {"error": f"IndexError: {error}"}
    matrix = dict(zip(found["instLabels"], found["resultApMatrix"][0], strict=True))
    means = {key: plain(float(found["averages"][key])) for key in ("allAp", "allAp50%")}
    return {"ap": {label: [plain(v) for v in matrix[label]] for label in LABELS}, **means}


def plain(value: float) -> float | None:
    return None if math.isnan(value) else value


if __name__ == "__main__":
    cases = [*adversarial(), *map(random_case, range(CASES))]
    frozen = [{**case, "reference": reference(case)} for case in cases]
    print(json.dumps({"command": COMMAND, "size": SIZE, "cases": frozen}, separators=(",", ":")))
