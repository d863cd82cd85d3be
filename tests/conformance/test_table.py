"""The table is what its cells say, its cells name tests that there are, and no metric is without one."""

import ast
from pathlib import Path

from conformance.cells import CELLS, FUNCTIONS, REFERENCES
from conformance.table import markdown

from workbench.metrics import METRICS

ROOT = Path(__file__).parents[2]
PACKAGES = {
    "scikit-learn": "scikit-learn",
    "scikit-image": "scikit-image",
    "torchmetrics": "torchmetrics",
    "MONAI": "monai",
    "pycocotools": "pycocotools",
    "faster-coco-eval": "faster-coco-eval",
    "surface-distance": "surface-distance",
}


def test_the_committed_table_is_the_generated_one() -> None:
    assert Path(__file__).with_name("TABLE.md").read_text(encoding="utf-8") == markdown()


def test_every_metric_was_compared() -> None:
    assert {cell.metric for cell in CELLS} == {*METRICS, *FUNCTIONS}
    assert {cell.reference for cell in CELLS} == set(REFERENCES)


def test_every_cell_names_a_test_that_is_there() -> None:
    there: dict[str, set[str]] = {}
    for cell in CELLS:
        file, _, name = cell.test.partition("::")
        if file not in there:
            tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
            there[file] = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert name in there[file], cell.test


def test_what_differs_says_why_and_no_cell_is_there_twice() -> None:
    assert all(cell.why for cell in CELLS if cell.verdict == "differs")
    assert len(set(CELLS)) == len(CELLS)


def test_the_versions_named_are_those_of_the_lock() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for reference, package in PACKAGES.items():
        assert f"\n{package}=={REFERENCES[reference]} " in lock
