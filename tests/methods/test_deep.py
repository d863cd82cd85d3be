import subprocess
import sys

import numpy as np
import pytest

import workbench as wb
from workbench.trace import Trace, listen


@pytest.mark.parametrize("seed", [5_000_000, 5_000_001, 5_000_002])
def test_unseen_cells_are_found(seed):
    sample = wb.scenes.cells(seed)
    found = wb.score(sample.truth, wb.run("unet-cells", sample.image).output, target=sample.target)
    assert found.dice > 0.85


def test_it_is_clearly_better_than_otsu():
    better = []
    for seed in range(5_000_000, 5_000_008):
        sample = wb.scenes.cells(seed)
        network, otsu = (
            max(wb.score(sample.truth, wb.run(*call).output, target=sample.target).dice for call in calls)
            for calls in ([("unet-cells", sample.image)], [("otsu", sample.image)])
        )
        better.append(network - otsu)
    assert np.mean(better) > 0.2


def test_an_inverted_picture_gives_almost_the_same():
    image = wb.scenes.cells(5_000_000).image
    first, second = (wb.run("unet-cells", picture).output.ids == 2 for picture in (image, 255 - image))
    assert 2 * (first & second).sum() / (first.sum() + second.sum()) > 0.85


def test_a_higher_threshold_finds_no_more():
    image = wb.scenes.cells(5_000_000).image
    low, high = (wb.run("unet-cells", image, threshold=t).output.ids == 2 for t in (0.2, 0.8))
    assert (high & ~low).sum() == 0
    assert low.sum() > high.sum()


@pytest.mark.parametrize("size", [(1, 1), (16, 300), (97, 61)])
@pytest.mark.parametrize("scale", [0.25, 1.0, 2.0])
def test_any_size_at_any_scale(size, scale):
    image = np.random.default_rng(0).integers(0, 256, (*size, 3), dtype=np.uint8)
    assert wb.run("unet-cells", image, scale=scale).output.shape == size


def test_it_shows_what_it_sees_and_how_sure_it_is():
    with listen(Trace()) as trace:
        wb.METHODS["unet-cells"](wb.scenes.cells(5_000_000, (64, 64)).image)
    assert [stage.name for stage in trace.stages] == ["standardised grey", "probability", "threshold"]
    assert 0 <= trace.stages[1].array.min() <= trace.stages[1].array.max() <= 1


def test_torch_is_not_imported_until_it_runs():
    code = "import workbench, sys; print('torch' in sys.modules, 'unet-cells' in workbench.METHODS)"
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert told.stdout.split() == ["False", "True"]
