"""Freeze DeepLab's parsing covering on random pictures with void.

git clone https://github.com/tensorflow/models && git -C models checkout d318246
PYTHONPATH=models/research python tests/reference/make_covering.py > tests/reference/covering.json

Its package needs prettytable and six.
"""

import json

import numpy as np

COMMAND = "PYTHONPATH=models/research python tests/reference/make_covering.py (tensorflow/models at d318246)"
CASES, SIDE, CATEGORIES, MOST = 24, 24, 6, 32


def picture(rng: np.random.Generator) -> tuple[np.ndarray, list[int]]:
    """Draw up to ten segments over each other, 0 left as void, and a category for each id."""
    ids = np.zeros((SIDE, SIDE - 6), int)
    for n in range(1, rng.integers(3, 11)):
        r, c = rng.integers(0, SIDE - 4, 2)
        ids[r : r + rng.integers(3, 14), c : c + rng.integers(3, 14)] = n
    return ids, [0, *rng.integers(1, CATEGORIES, 10).tolist()]


def reference(truth: np.ndarray, guess: np.ndarray, names: list[int], called: list[int]) -> float:
    """Ask DeepLab."""
    from deeplab.evaluation.parsing_covering import ParsingCovering

    asked = ParsingCovering(CATEGORIES, 0, MOST, CATEGORIES * MOST)
    return float(asked.compare_and_accumulate(np.array(names)[truth], truth, np.array(called)[guess], guess))


if __name__ == "__main__":
    frozen = []
    for seed in range(CASES):
        rng = np.random.default_rng(seed)
        truth, names = picture(rng)
        guess, called = picture(rng)
        if seed % 3:
            guess = np.roll(truth, tuple(rng.integers(-2, 3, 2)), (0, 1))
            called = [n if rng.random() < 0.8 else int(rng.integers(1, CATEGORIES)) for n in names]
            called[0] = 0
        sides = {"truth": truth.tolist(), "guess": guess.tolist(), "names": names, "called": called}
        frozen.append({**sides, "covering": reference(truth, guess, names, called)})
    print(json.dumps({"command": COMMAND, "cases": frozen}, separators=(",", ":")))
