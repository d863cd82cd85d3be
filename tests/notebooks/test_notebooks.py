"""Every notebook runs from top to bottom, with its own parameters and with others."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from jupyter_client.manager import AsyncKernelManager
from nbclient.util import run_sync

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
RUNS: dict[str, list[dict[str, Any]]] = {
    "dashboards/class": [{}, {"question": "00.2"}],
    "dashboards/compare": [{}, {"sample": "cell", "methods": ["otsu", "slic"], "lens": "regions"}],
    "dashboards/explore": [{}, {"sample": "mosaic", "method": "kmeans", "lens": "regions"}],
    "dashboards/methods": [{}, {"sample": "chelsea"}],
    "dashboards/metrics": [{}, {"sample": "street", "guess": "truth", "lens": "panoptic"}],
    "dashboards/outputs": [{}, {"sample": "coins", "method": "watershed"}],
    "dashboards/train": [{}, {"network": "unet", "scenes": "cells"}],
    "lessons/00_first_look": [{}, {"sample": "cell", "fast": False}],
    "lessons/01_thresholding": [{}, {"sample": "chelsea", "seed": 3}],
    "lessons/02_edges": [{}, {"sample": "cell", "seed": 3, "fast": False}],
    "lessons/03_regions": [{}, {"sample": "chelsea", "fast": False}],
    "lessons/04_clustering": [{}, {"sample": "coffee", "k": 4, "seed": 3, "fast": False}],
    "lessons/05_watershed": [{}, {"sample": "chelsea", "seed": 5, "fast": False}],
    "lessons/06_contours": [{}, {"sample": "cell", "seed": 3, "fast": False}],
    "lessons/07_graphs": [{}, {"sample": "cell", "seed": 3, "fast": False}],
    "lessons/08_superpixels": [{}, {"sample": "chelsea", "segments": 80}],
    "lessons/09_fields": [{}, {"sample": "chelsea", "seed": 3, "fast": False}],
    "lessons/10_texture": [{}, {"sample": "chelsea", "k": 4, "seed": 3, "fast": False}],
    "lessons/11_sparsity": [{}, {"sample": "chelsea", "seed": 2}],
    "lessons/20_pixel_accuracy_and_iou": [{}, {"sample": "cell", "seed": 5, "fast": False}],
    "lessons/21_dice_and_friends": [{}, {"sample": "cell", "seed": 4, "fast": False}],
    "lessons/22_boundaries_and_distances": [{}, {"sample": "cell", "seed": 6, "fast": False}],
    "lessons/23_instances_and_ap": [{}, {"sample": "hubble_deep_field", "seed": 3, "fast": False}],
    "lessons/24_panoptic_quality": [{}, {"sample": "coins", "seed": 3}],
    "lessons/25_partitions": [{}, {"sample": "coins", "seed": 3}],
    "lessons/26_conventions_and_traps": [{}, {"sample": "phantom", "seed": 3, "fast": False}],
    "lessons/27_comparing_methods_fairly": [{}, {"seed": 100, "noise": 0.08, "fast": False}],
    "lessons/30_from_classification_to_segmentation": [{}, {"seed": 2000011, "scenes": 4}],
    "lessons/31_fcn": [{}, {"scene": 1, "pictures": 6}],
    "lessons/32_segnet": [{}, {"scene": 1, "pictures": 4, "seed": 3}],
    "lessons/33_unet": [{}, {"scene": 2, "sample": "cell", "pictures": 3}],
    "lessons/34_deeplab": [{}, {"scene": 1, "pictures": 4}],
    "lessons/35_mask_rcnn": [{}, {"scene": 1, "pictures": 4}],
    "lessons/36_one_shot": [{}, {"scene": 1, "pictures": 4}],
    "lessons/37_panoptic_fpn": [{}, {"scene": 1, "pictures": 4}],
    "lessons/38_training": [{}, {"seed": 3, "side": 32}],
    "lessons/39_domain_gap_and_augmentation": [{}, {"seed": 3, "size": 128}],
    "lessons/40_classical_against_deep": [{}, {"sample": "cell", "seed": 3}],
    "index": [{}, {"shown": False}],
    "glossary": [{}, {"word": "mask"}],
    "lessons/50_annotation_and_agreement": [{}, {"sample": "cell", "seed": 3}],
    "lessons/51_datasets_and_their_traps": [{}, {"seed": 0, "streets": 10}],
    "lessons/60_cells": [{}, {"seed": 3, "doubling": 12.0}],
    "lessons/61_street": [{}, {"seed": 2, "speed": 40.0}],
    "lessons/62_aerial_and_farming": [{}, {"seed": 7, "points": 80}],
    "lessons/63_inspection": [{}, {"surface": "brushed", "seed": 3}],
    "lessons/64_portrait_and_photo_editing": [{}, {"sample": "chelsea", "seed": 2}],
    "lessons/65_video": [{}, {"seed": 2, "pace": 6.0}],
}


def test_every_notebook_is_run_by_default_and_otherwise() -> None:
    found = [path for path in NOTEBOOKS.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts]
    assert set(RUNS) == {str(path.relative_to(NOTEBOOKS).with_suffix("")) for path in found}
    assert all(runs[0] == {} and len(runs) >= 2 for runs in RUNS.values())


@pytest.mark.slow
@pytest.mark.timeout(480)
@pytest.mark.parametrize("name", RUNS)
def test_it_runs(name: str, tmp_path: Path, kernel: AsyncKernelManager) -> None:
    """Run it in a fresh kernel, then again as somebody does who changes the parameters and runs all cells."""
    source = NOTEBOOKS / f"{name}.ipynb"
    known = set(papermill.inspect_notebook(str(source)))
    for values in RUNS[name]:
        # papermill only warns of a parameter that is not there, and goes on.
        assert set(values) <= known
        ran = run(source, values, tmp_path, kernel)
        outputs = [output for cell in ran.cells for output in cell.get("outputs", [])]
        assert not any(output.output_type == "error" for output in outputs), values
        for cell in ran.cells:
            if "check" in cell.metadata.get("tags", []):
                assert 'data-verdict="right"' in cell.outputs[0].data["text/html"], values


@pytest.fixture
def kernel() -> Iterator[AsyncKernelManager]:
    """Give a kernel that the first notebook starts and the next ones find as it was left."""
    manager = AsyncKernelManager(kernel_name="python3")
    yield manager
    run_sync(manager.shutdown_kernel)(now=True)


def test_a_stub_is_said_to_be_not_attempted_in_a_real_kernel(
    tmp_path: Path, kernel: AsyncKernelManager
) -> None:
    cells = [
        "from workbench.teaching import check",
        'def threshold(grey, level):\n    """Give the mask."""\n    raise NotImplementedError',
        'check("01.1", threshold)',
        "def threshold(grey, level):\n    while True:\n        pass",
        'check("01.1", threshold)',
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, tmp_path / "stub.ipynb")
    ran = run(tmp_path / "stub.ipynb", {}, tmp_path, kernel)
    states = [cell.outputs[0].data["text/plain"] for cell in ran.cells if cell.outputs]
    assert "not attempted" in states[0]
    assert "stopped" in states[1]


def run(source: Path, values: dict[str, Any], folder: Path, kernel: AsyncKernelManager) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of papermill and its kernel client, none of ours
        return papermill.execute_notebook(
            str(source),
            str(folder / "ran.ipynb"),
            values,
            cwd=str(folder),
            progress_bar=False,
            log_output=False,
            km=kernel,
        )
