"""The house: who may import whom, how long a module may be, and what an import may cost."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import workbench

HOUSE = Path(workbench.__file__).parent
FILES = sorted(path for path in HOUSE.rglob("*.py"))
NAMES = [str(path.relative_to(HOUSE)) for path in FILES]
LONGEST_MODULE = 300
LONGEST_BODY = 50

# Each floor may import from itself and from those listed.
GROUND = {
    "taxonomy", "segmentation", "instances", "image", "trace", "params", "prompts", "registry", "cost",
    "recipe", "spelled", "sample", "samples", "export", "worker", "pools", "events", "runner", "preload",
    "version", "refusals",
}  # fmt: skip
LOWER = {"ground", "methods", "models", "metrics"}
MIDDLE = LOWER | {"training", "scenes", "datasets", "evaluation"}
ALLOWED = {
    "ground": {"ground"},
    "methods": {"ground", "methods", "models"},
    "models": {"ground", "models"},
    "metrics": {"ground", "metrics"},
    "scenes": {"ground", "scenes"},
    "datasets": {"ground", "datasets"},
    "training": MIDDLE - {"evaluation"},
    "evaluation": MIDDLE,
    "widgets": MIDDLE | {"widgets"},
    "teaching": MIDDLE | {"widgets", "teaching"},
    "grading": MIDDLE | {"widgets", "teaching", "grading"},
    "panels": MIDDLE | {"widgets", "teaching", "grading", "panels"},
}
# Where the ground reaches up on purpose, inside a function: a sample may be a scene, its agreement a score.
UPWARDS = {("samples", "scenes"), ("samples", "metrics"), ("preload", "top")}
HEAVY = {
    "torch": {"models", "training"},
    "torchvision": {"models", "training"},
    "safetensors": {"models", "training"},
    "transformers": {"models", "training"},
}
HEAVY |= {name: {"widgets", "panels"} for name in ("ipywidgets", "anywidget", "plotly")}


def floor(module: str) -> str:
    """Name the floor of a dotted module name, such as `panels` for `workbench.panels.session`."""
    first = module.split(".")[1] if "." in module else ""
    return "ground" if first in GROUND else first if first in ALLOWED else "top"


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Give what a file imports, and whether at its top; what only type checkers read is left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        above, up = [], node
        while up in parents:
            up = parents[up]
            above.append(up)
        if any(isinstance(n, ast.If) and "TYPE_CHECKING" in ast.unparse(n.test) for n in above):
            continue
        top = not any(isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef) for n in above)
        if isinstance(node, ast.Import):
            yield from ((alias.name, top) for alias in node.names)
        elif node.module == "workbench":
            yield from ((f"workbench.{alias.name}", top) for alias in node.names)
        else:
            yield node.module or "", top


def dotted(path: Path) -> str:
    return ".".join(["workbench", *path.relative_to(HOUSE).with_suffix("").parts])


def test_the_matrix_is_not_empty() -> None:
    assert len(FILES) > 40
    assert {floor(dotted(path)) for path in FILES} >= {
        "ground",
        "methods",
        "metrics",
        "panels",
        "widgets",
        "scenes",
    }


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_imports_point_down(path: Path) -> None:
    here = floor(dotted(path))
    if here == "top":
        return  # the package itself, the command line and the server see everything
    own = dotted(path).split(".")[1]
    for name, top in imports(path):
        if not name.startswith("workbench"):
            continue
        there = floor(name)
        allowed = there in ALLOWED[here] or ((own, there) in UPWARDS and (not top or own == "preload"))
        assert allowed, f"{dotted(path)} ({here}) must not import {name} ({there})"


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_heavy_libraries_stay_in_their_rooms(path: Path) -> None:
    room = path.relative_to(HOUSE).parts[0]
    for name, top in imports(path):
        rooms = HEAVY.get(name.partition(".")[0])
        assert rooms is None or not top or room in rooms, f"{path.name} imports {name} at its top"


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_modules_and_functions_are_short_enough_to_read_aloud(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_MODULE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = [part for part in node.body if not _is_docstring(part)]
            length = body[-1].end_lineno - body[0].lineno + 1 if body else 0  # type: ignore[operator]
            assert length <= LONGEST_BODY, f"{path.name}: {node.name} has a body of {length} lines"


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_everything_public_is_typed_and_documented(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if path.name != "__init__.py" or tree.body:
        assert ast.get_docstring(tree), f"{path.name} has no docstring"
    for owner, node in _public(tree):
        where = f"{path.name}: {owner}{node.name}"
        overload = any("overload" in ast.unparse(mark) for mark in getattr(node, "decorator_list", ()))
        assert ast.get_docstring(node) or overload, f"{where} has no docstring"
        if isinstance(node, ast.ClassDef):
            continue
        assert node.returns is not None, f"{where} says not what it returns"
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        bare = [a.arg for a in arguments if a.annotation is None and a.arg not in ("self", "cls")]
        assert not bare, f"{where} has untyped {bare}"


def test_asserts_are_for_our_own_invariants_and_say_so() -> None:
    for path in FILES:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.strip().startswith("assert "):
                assert "# ours" in line, (
                    f"{path.name}:{number}: an assert is no way to tell a user; say whose it is"
                )


@pytest.mark.parametrize(
    "code",
    [
        "import workbench",
        "import workbench; workbench.METHODS['otsu']; workbench.samples.names()",
        "import workbench.runner",
    ],
)
def test_an_import_brings_nothing_heavy(code: str) -> None:
    ask = f"import json, sys; {code}; print(json.dumps(sorted(sys.modules)))"
    loaded = set(json.loads(_python(ask)))
    heavy = {
        "torch",
        "torchvision",
        "safetensors",
        "transformers",
        "plotly",
        "ipywidgets",
        "anywidget",
        "IPython",
        "matplotlib",
        "pandas",
        "scipy.ndimage",
        "scipy.sparse",
        "scipy.spatial",
        "skimage.filters.thresholding",
        "sklearn",
    }
    assert loaded & heavy == set()
    assert loaded & {"multiprocessing.pool", "pebble", "workbench.panels", "workbench.widgets"} == set()


def test_the_panels_load_no_torch() -> None:
    loaded = set(
        json.loads(
            _python("import json, sys; import workbench.panels; print(json.dumps(sorted(sys.modules)))")
        )
    )
    heavy = {"torch", "torchvision", "safetensors", "transformers", "plotly", "matplotlib"}
    assert loaded & heavy == set()
    assert loaded & {"scipy.ndimage", "scipy.sparse", "skimage.filters.thresholding", "pycocotools"} == set()


def test_every_module_can_be_imported_and_its_names_are_there() -> None:
    assert set(workbench.__all__) <= set(dir(workbench)) | {"panels", "show", "show_stage"}
    for name in workbench.__all__:
        assert getattr(workbench, name) is not None
    with pytest.raises(AttributeError, match="module 'workbench' has no attribute 'nonsense'"):
        workbench.nonsense  # noqa: B018
    for module in pkgutil.walk_packages(workbench.__path__, "workbench."):
        if not module.name.startswith(("workbench.training", "workbench.models", "workbench.preload")):
            assert inspect.ismodule(importlib.import_module(module.name))


def _public(tree: ast.Module) -> Iterator[tuple[str, ast.ClassDef | ast.FunctionDef]]:
    kinds = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    for node in tree.body:
        if isinstance(node, kinds) and not node.name.startswith("_"):
            yield "", node  # type: ignore[misc]
            inner = node.body if isinstance(node, ast.ClassDef) else []
            yield from (
                (f"{node.name}.", part) for part in inner if isinstance(part, kinds) and part.name[0] != "_"
            )  # type: ignore[misc]


def _is_docstring(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
