"""Freeze stardist's matching on random label maps, at several thresholds.

git clone https://github.com/stardist/stardist && git -C stardist checkout 650d3a1
python tests/reference/make_stardist.py stardist/stardist/matching.py > tests/reference/stardist.json

Its file is read alone: numba, which only makes it faster, and csbdeep's one-line helper have stand-ins here.
"""

import json
import runpy
import sys
from types import ModuleType

import numpy as np

COMMAND = "python tests/reference/make_stardist.py stardist/stardist/matching.py (stardist at 650d3a1)"
SIDE, CASES, THRESHOLDS = 24, 25, (0.1, 0.3, 0.5, 0.7, 0.9)


def stand_ins() -> None:
    """Give what the file imports and does not need."""

    def throw(error: Exception) -> None:
        raise error

    numba, csbdeep, utils = (ModuleType(name) for name in ("numba", "csbdeep", "csbdeep.utils"))
    vars(numba)["jit"] = lambda **_: lambda function: function
    vars(utils)["_raise"] = throw
    sys.modules.update({"numba": numba, "csbdeep": csbdeep, "csbdeep.utils": utils})


def cells(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw rectangles over each other on background 0, and the same moved, thinned, joined and renamed."""
    rng = np.random.default_rng(seed)
    truth = np.zeros((SIDE, SIDE), int)
    for n in range(rng.integers(0, 9)):
        r, c = rng.integers(0, SIDE - 4, 2)
        truth[r : r + rng.integers(2, 10), c : c + rng.integers(2, 10)] = 5 * n + 1
    guess = np.roll(truth, tuple(rng.integers(-2, 3, 2)), (0, 1))
    guess[rng.random(guess.shape) < 0.1] = 0
    if rng.random() < 0.5:
        guess[guess == 6] = 1
    if rng.random() < 0.5:
        guess[:, SIDE // 2 :][guess[:, SIDE // 2 :] == 11] = 200
    return truth, np.where(guess > 0, guess + 7, 0)


if __name__ == "__main__":
    stand_ins()
    matching = runpy.run_path(sys.argv[1])["matching"]
    frozen = []
    for truth, guess in map(cells, range(CASES)):
        found = [one._asdict() for one in matching(truth, guess, thresh=THRESHOLDS)]
        rows = [{key: v if isinstance(v, str) else float(v) for key, v in one.items()} for one in found]
        frozen.append({"truth": truth.tolist(), "guess": guess.tolist(), "reference": rows})
    print(json.dumps({"command": COMMAND, "cases": frozen}, separators=(",", ":")))
