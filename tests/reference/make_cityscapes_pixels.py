"""Freeze cityscapesScripts' pixel scores on random street pictures: IoU, iIoU, and IoU of groups.

git clone https://github.com/mcordts/cityscapesScripts && git -C cityscapesScripts checkout 0bcc4a7
pip install pyquaternion
PYTHONPATH=cityscapesScripts python tests/reference/make_cityscapes_pixels.py > cityscapes_pixels.json
"""

import contextlib
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

COMMAND = "PYTHONPATH=cityscapesScripts python tests/reference/make_cityscapes_pixels.py (0bcc4a7)"
STUFF, THINGS, VOID = [7, 8, 11, 23], [24, 26, 28], 0  # road, sidewalk, building, sky; person, car, bus
SIZE, CASES = (20, 31), 12


def case(seed: int) -> dict:
    """Draw instance ids as Cityscapes writes them (label, or 1000 label + number), and guessed labels."""
    rng = np.random.default_rng(seed)
    truth = np.full(SIZE, int(rng.choice(STUFF)))
    for n in range(rng.integers(3, 9)):
        label = int(rng.choice(STUFF + THINGS + THINGS))
        r, c = rng.integers(0, SIZE[0] - 3), rng.integers(0, SIZE[1] - 3)
        place = slice(r, r + rng.integers(2, 12)), slice(c, c + rng.integers(2, 12))
        truth[place] = 1000 * label + n + 1 if label in THINGS else label
    truth[rng.random(SIZE) < 0.05] = VOID
    labels = np.where(truth > 1000, truth // 1000, truth)
    guess = np.roll(labels, tuple(rng.integers(-1, 2, 2)), (0, 1))
    wrong = rng.random(SIZE) < 0.1
    guess[wrong] = rng.choice(STUFF + THINGS, wrong.sum())
    guess[guess == VOID] = 7
    return {"truth": truth.tolist(), "guess": guess.tolist()}


def reference(cases: list[dict]) -> dict:
    """Ask the evaluation script, with all pictures as one set."""
    from cityscapesscripts.evaluation import evalPixelLevelSemanticLabeling as script

    np.in1d = np.isin  # noqa: NPY201  the script is older than the numpy that dropped it
    script.args.quiet, script.args.JSONOutput = True, False
    with tempfile.TemporaryDirectory() as name:
        truths, guesses = [], []
        for n, one in enumerate(cases):
            ids = np.array(one["truth"])
            labels = np.where(ids > 1000, ids // 1000, ids).astype(np.uint8)
            for kind, array in (("labelIds", labels), ("instanceIds", ids.astype(np.uint16))):
                Image.fromarray(array).save(Path(name, f"{n}_gtFine_{kind}.png"))
            Image.fromarray(np.array(one["guess"], np.uint8)).save(Path(name, f"{n}_pred.png"))
            truths.append(str(Path(name, f"{n}_gtFine_labelIds.png")))
            guesses.append(str(Path(name, f"{n}_pred.png")))
        with contextlib.redirect_stdout(sys.stderr):
            found = script.evaluateImgLists(guesses, truths, script.args)
    keys = ["classScores", "classInstScores", "categoryScores"]
    clean = {key: {k: v for k, v in found[key].items() if v == v} for key in keys}
    return {**clean, "mean": found["averageScoreClasses"], "mean_instance": found["averageScoreInstClasses"]}


if __name__ == "__main__":
    drawn = [case(seed) for seed in range(CASES)]
    sets = [[one] for one in drawn] + [drawn]
    frozen = [{"pictures": one, "reference": reference(one)} for one in sets]
    print(json.dumps({"command": COMMAND, "cases": frozen}, separators=(",", ":")))
