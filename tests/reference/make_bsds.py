"""Freeze two benchmarks written in C++: Berkeley's pixel matching and the superpixels' boundary recall.

git clone https://github.com/BIDS/BSDS500 && git -C BSDS500 checkout a04b7c6
git clone https://github.com/davidstutz/superpixel-benchmark && git -C superpixel-benchmark checkout 8eb51aa
python tests/reference/make_bsds.py BSDS500 superpixel-benchmark > tests/reference/bsds.json

Needs g++. MATLAB is not needed: the matching is called as correspondPixels.cc calls it, and the thinning,
which there is MATLAB's, is scikit-image's; both thin the boundaries in BSDS500/bench/data alike.
"""

import json
import math
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

COMMAND = "python tests/reference/make_bsds.py BSDS500 superpixel-benchmark (at a04b7c6 and 8eb51aa)"
SIZES = [(40, 40), (30, 52), (56, 24), (12, 90)]

MATCH = """
#include <stdio.h>
#include "Matrix.hh"
#include "csa.hh"
#include "match.hh"
int main() {
    int rows, columns, value;
    double radius;
    scanf("%d %d %lf", &rows, &columns, &radius);
    Matrix sides[2] = {Matrix(rows, columns), Matrix(rows, columns)}, found[2];
    for (int s = 0; s < 2; s++)
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < columns; c++) { scanf("%d", &value); sides[s](r, c) = value; }
    matchEdgeMaps(sides[0], sides[1], radius, 100 * radius, found[0], found[1]);
    for (int s = 0; s < 2; s++)
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < columns; c++) printf("%d ", found[s](r, c) > 0);
}
"""

RECALL = """
#include <stdio.h>
#include <algorithm>
#include <cmath>
#include <vector>
#define LOG_IF(level, condition) if (condition) printf
namespace cv { struct Mat { int rows, cols; std::vector<int> ids;
    template <class T> const T& at(int r, int c) const { return ids[r * cols + c]; } }; }
struct Evaluation {
    static bool is4ConnectedBoundaryPixel(const cv::Mat&, int, int);
    static float computeBoundaryRecall(const cv::Mat&, const cv::Mat&, float);
};
%s
int main() {
    cv::Mat sides[2];
    int rows, columns;
    float share;
    scanf("%%d %%d %%f", &rows, &columns, &share);
    for (int s = 0; s < 2; s++) {
        sides[s].rows = rows; sides[s].cols = columns; sides[s].ids.resize(rows * columns);
        for (int& id : sides[s].ids) scanf("%%d", &id);
    }
    printf("%%.9g", Evaluation::computeBoundaryRecall(sides[1], sides[0], share));
}
"""


def cells(size: tuple[int, int], count: int, rng: np.random.Generator) -> np.ndarray:
    """Draw the cells around random points."""
    points = rng.random((count, 2)) * size
    places = np.stack(np.mgrid[: size[0], : size[1]], -1).reshape(-1, 1, 2)
    return (np.linalg.norm(places - points, axis=2).argmin(axis=1) + 1).reshape(size)


def cases() -> Iterator[tuple[list[np.ndarray], np.ndarray, float, float]]:
    """Draw (truths, guess, tolerance of the matching, tolerance of the recall); one to three annotators."""
    for seed in range(24):
        rng = np.random.default_rng(seed)
        size, count = SIZES[seed % len(SIZES)], int(rng.integers(2, 9))
        first = cells(size, count, rng)
        truths = [first, np.roll(first, 1, 0), cells(size, count, rng)][: 1 + seed % 3]
        guess = np.roll(first, tuple(rng.integers(-2, 3, 2)), (0, 1)) if seed % 2 else cells(size, count, rng)
        yield truths, guess, (0.03, 0.06)[seed % 2], (0.0025, 0.02, 0.05)[seed % 3]
    flat = np.ones((20, 20), int)
    halves = np.repeat([[1, 2]], 10, axis=1).repeat(20, axis=0)
    for truth, guess in ((flat, flat), (halves, flat), (flat, halves), (halves, halves)):
        yield [truth], guess, 0.05, 0.05


def boundary(ids: np.ndarray) -> np.ndarray:
    """Draw the boundary as seg2bdry.m does for 'imageSize', thinned as evaluation_bdry_image.m does."""
    from skimage.morphology import thin

    padded = np.pad(ids, ((0, 1), (0, 1)), mode="edge")
    return thin((ids != padded[:-1, 1:]) | (ids != padded[1:, :-1]) | (ids != padded[1:, 1:]))


def ask(program: Path, head: str, *sides: np.ndarray) -> str:
    numbers = "\n".join(" ".join(map(str, side.astype(int).ravel())) for side in sides)
    asked = f"{sides[0].shape[0]} {sides[0].shape[1]} {head}\n{numbers}\n"
    return subprocess.run([program], input=asked, capture_output=True, text=True, check=True).stdout


def reference(
    match: Path, recall: Path, truths: list[np.ndarray], guess: np.ndarray, near: float, close: float
) -> dict:
    """Count as evaluation_bdry_image.m does, and ask the superpixel benchmark about the first truth."""
    machine = boundary(guess)
    right, drawn, found = np.zeros_like(machine), 0, 0
    for truth in map(boundary, truths):
        answer = ask(match, repr(near * math.hypot(*guess.shape)), machine, truth)
        one, two = np.array(answer.split(), int).reshape(2, *guess.shape) > 0
        right |= one
        drawn, found = drawn + int(truth.sum()), found + int(two.sum())
    counts = [drawn, found, int(machine.sum()), int(right.sum())]
    return {"counts": counts, "recall": float(ask(recall, repr(close), truths[0], guess))}


def build(folder: Path, benchmark: Path, superpixels: Path) -> tuple[Path, Path]:
    """Compile both references, each behind a main of ours."""
    source = benchmark / "bench" / "source"
    (folder / "match_main.cc").write_text(MATCH)
    names = ("Exception", "Matrix", "Random", "String", "Timer", "csa", "kofn", "match")
    files = [folder / "match_main.cc", *(source / f"{name}.cc" for name in names)]
    flags = ["g++", "-O2", "-w", "-fpermissive", "-DNOBLAS", f"-I{source}"]
    subprocess.run([*flags, *files, "-o", folder / "match"], check=True)
    text = (superpixels / "lib_eval" / "evaluation.cpp").read_text()
    functions = [
        re.search(rf"^\w+ Evaluation::{name}\(.*?^}}", text, re.S | re.M)[0]
        for name in ("computeBoundaryRecall", "is4ConnectedBoundaryPixel")
    ]
    # Its log needs a library; what it would log does not happen here.
    body = re.sub(r"LOG_IF\(.*?;", ";", "\n".join(functions), flags=re.S)
    (folder / "recall_main.cc").write_text(RECALL % body)
    subprocess.run(["g++", "-O2", "-w", folder / "recall_main.cc", "-o", folder / "recall"], check=True)
    return folder / "match", folder / "recall"


def rows(ids: np.ndarray) -> list[str]:
    """Write a map of ids up to 9 as a line of digits for each row."""
    return ["".join(map(str, row)) for row in ids.astype(int).tolist()]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        programs = build(Path(name), Path(sys.argv[1]), Path(sys.argv[2]))
        frozen = [
            {
                "truths": [rows(truth) for truth in truths],
                "guess": rows(guess),
                "near": near,
                "close": close,
                **reference(*programs, truths, guess, near, close),
            }
            for truths, guess, near, close in cases()
        ]
    print(json.dumps({"command": COMMAND, "cases": frozen}, separators=(",", ":")))
