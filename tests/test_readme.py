"""What the README shows is true: its Python runs, its commands exist, its table is the registry's."""

import re
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner

from workbench.cli import app
from workbench.registry import METHODS, Registry

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


def test_example_runs_as_it_is_pasted(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BLOCKS[0] + BLOCKS[1]], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"IoU 0\.\d{3}, Dice 0\.\d{3}, \d+ segments\n", done.stdout)


def test_method_to_add_registers_as_it_is_pasted(monkeypatch) -> None:
    fresh = Registry()
    monkeypatch.setattr(METHODS, "_methods", fresh._methods)
    space: dict = {}
    exec(BLOCKS[3], space)
    assert list(METHODS) == ["midpoint"]
    assert METHODS["midpoint"].params["share"].default == 0.5


def test_table_is_the_registrys() -> None:
    said = CliRunner().invoke(app, ["methods", "--markdown"])
    assert said.exit_code == 0
    assert said.stdout.strip() in TEXT


def test_networks_are_those_of_the_cards() -> None:
    said = CliRunner().invoke(app, ["models", "--markdown"])
    assert said.exit_code == 0
    assert said.stdout.strip() in TEXT


def test_metrics_are_the_registrys() -> None:
    said = CliRunner().invoke(app, ["metrics", "--markdown"])
    assert said.exit_code == 0
    assert said.stdout.strip() in TEXT


def test_scoring_runs_as_it_is_pasted(tmp_path: Path) -> None:
    code = "import workbench as wb\n" + BLOCKS[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert len(re.findall(r"\d\.\d+", done.stdout)) == 4


def test_commands_and_files_it_names_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"make ([a-z]+)", TEXT)) <= targets
    for path in re.findall(r"\]\(((?!http)[^)#]+)\)", TEXT):
        assert (ROOT / path).exists(), path


def test_nothing_is_left_to_fill_in() -> None:
    assert not re.findall(r"\b[A-Z]+_TABLE\b|TODO|TBD", TEXT)
