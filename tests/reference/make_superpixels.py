"""Freeze the superpixel benchmark's achievable accuracy and its undersegmentation errors.

git clone https://github.com/davidstutz/superpixel-benchmark && git -C superpixel-benchmark checkout 8eb51aa
python tests/reference/make_superpixels.py superpixel-benchmark > tests/reference/superpixels.json

Needs g++.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

COMMAND = "python tests/reference/make_superpixels.py superpixel-benchmark (at 8eb51aa)"
NAMES = {
    "asa": "computeAchievableSegmentationAccuracy",
    "undersegmentation_error": "computeNPUndersegmentationError",
    "one_minus_asa": "computeUndersegmentationError",
}
ASK = """
#include <stdio.h>
#include <algorithm>
#include <limits>
#include <vector>
#define CV_32SC1 0
namespace cv { struct Mat { int rows, cols; std::vector<int> ids;
    void create(int r, int c, int) { rows = r; cols = c; ids.resize(r * c); }
    template <class T> T& at(int r, int c) { return ids[r * cols + c]; }
    template <class T> const T& at(int r, int c) const { return ids[r * cols + c]; } }; }
struct Evaluation {
    static void computeIntersectionMatrix(const cv::Mat&, const cv::Mat&, cv::Mat&, std::vector<int>&,
        std::vector<int>&);
    static float computeAchievableSegmentationAccuracy(const cv::Mat&, const cv::Mat&);
    static float computeNPUndersegmentationError(const cv::Mat&, const cv::Mat&);
    static float computeUndersegmentationError(const cv::Mat&, const cv::Mat&);
};
%s
int main() {
    cv::Mat sides[2];
    int rows, columns;
    scanf("%%d %%d", &rows, &columns);
    for (int s = 0; s < 2; s++) {
        sides[s].create(rows, columns, 0);
        for (int& id : sides[s].ids) scanf("%%d", &id);
    }
    printf("%%.9g %%.9g %%.9g", Evaluation::%s(sides[1], sides[0]), Evaluation::%s(sides[1], sides[0]),
        Evaluation::%s(sides[1], sides[0]));
}
"""


def build(folder: Path, superpixels: Path) -> Path:
    """Compile the reference behind a main of ours."""
    text = (superpixels / "lib_eval" / "evaluation.cpp").read_text()
    wanted = ("computeIntersectionMatrix", *NAMES.values())
    functions = [re.search(rf"^\w+ Evaluation::{name}\(.*?^}}", text, re.S | re.M)[0] for name in wanted]
    # Its log needs a library; what it would log does not happen here.
    body = re.sub(r"LOG_IF ?\(.*?;", ";", "\n".join(functions), flags=re.S)
    (folder / "main.cc").write_text(ASK % (body, *NAMES.values()))
    subprocess.run(["g++", "-O2", "-w", folder / "main.cc", "-o", folder / "ask"], check=True)
    return folder / "ask"


def cases() -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Draw truths of a few regions, and guesses: cells, noise, one region, a region each pixel."""
    for seed in range(30):
        rng = np.random.default_rng(seed)
        size = [(20, 20), (13, 31), (28, 9), (1, 40), (37, 1)][seed % 5]
        sides = [np.ones(size, int), np.ones(size, int)]
        for ids in sides:
            for n in range(2, rng.integers(3, 9)):
                r, c = rng.integers(0, size[0]), rng.integers(0, size[1])
                ids[r : r + rng.integers(1, 14), c : c + rng.integers(1, 14)] = n
        if seed % 4 == 0:
            sides[1] = rng.integers(1, 9, size)
        yield sides[0], sides[1]
    halves = np.repeat([[1, 2]], 6, axis=1).repeat(5, axis=0)
    for guess in (halves, np.ones_like(halves), np.arange(1, 61).reshape(halves.shape)):
        yield halves, guess


def ask(program: Path, truth: np.ndarray, guess: np.ndarray) -> dict[str, float]:
    """Ask the reference about one pair."""
    numbers = "\n".join(" ".join(map(str, side.ravel())) for side in (truth, guess))
    given = f"{truth.shape[0]} {truth.shape[1]}\n{numbers}\n"
    said = subprocess.run([program], input=given, capture_output=True, text=True, check=True).stdout
    return dict(zip(NAMES, map(float, said.split()), strict=True))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        program = build(Path(name), Path(sys.argv[1]))
        frozen = [
            {"truth": truth.tolist(), "guess": guess.tolist(), **ask(program, truth, guess)}
            for truth, guess in cases()
        ]
    print(json.dumps({"command": COMMAND, "cases": frozen}, separators=(",", ":")))
