"""pyproject.toml, requirements.lock and the two conda environments say the same."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCK = (ROOT / "requirements.lock").read_text()
CORE = [Requirement(text) for text in PROJECT["dependencies"]]
DEEP = [Requirement(text) for text in PROJECT["optional-dependencies"]["deep"]]
PUBLIC = [Requirement(text) for text in PROJECT["optional-dependencies"]["public"]]
DEV = [Requirement(text) for text in PROJECT["optional-dependencies"]["dev"]]
CONDA_NAMES = {"torch": "pytorch-cpu"}  # on a hub, the build for the processor


def pins() -> dict[str, set[Version]]:
    found: dict[str, set[Version]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", LOCK, re.M):
        found.setdefault(canonicalize_name(name), set()).add(Version(version))
    return found


def environment(path: str = "environment.yml") -> dict:
    return yaml.safe_load((ROOT / path).read_text())


def conda_requirements() -> dict[str, SpecifierSet]:
    listed = environment()["dependencies"]
    conda = [text for text in listed if isinstance(text, str)]
    pip = next(entry["pip"] for entry in listed if isinstance(entry, dict))
    parsed = (re.match(r"([A-Za-z0-9._-]+)(.*)", text).groups() for text in [*conda, *pip])
    return {name: SpecifierSet(spec if spec[:1] != "=" else f"={spec}.*") for name, spec in parsed}


@pytest.mark.parametrize("requirement", [*CORE, *DEEP, *PUBLIC, *DEV], ids=lambda it: it.name)
def test_lock_satisfies_pyproject(requirement):
    pinned = pins()[canonicalize_name(requirement.name)]
    assert all(version in requirement.specifier for version in pinned)


def test_lock_pins_everything_with_hashes():
    blocks = re.split(r"\n(?=[A-Za-z0-9])", LOCK.strip())
    assert len(blocks) > 150
    for block in blocks:
        assert re.match(r"[A-Za-z0-9._-]+==[^\s]+( ; .+)? \\\n    --hash=sha256:[0-9a-f]{64}", block), block[
            :120
        ]


def test_lock_names_no_index_and_no_host():
    assert not re.search(r"https?:|--(extra-)?index|--find-links|@ file|git\+|\.org|\.com", LOCK)


def test_binder_environment_is_the_root_one():
    assert (ROOT / "binder/environment.yml").read_bytes() == (ROOT / "environment.yml").read_bytes()


def test_conda_has_what_pyproject_asks():
    conda = conda_requirements()
    wanted = {CONDA_NAMES.get(it.name, it.name): it.specifier for it in [*CORE, *DEEP]}
    assert {name: conda.get(name) for name in wanted} == wanted
    assert set(conda) - set(wanted) == {"python", "pip"}


def test_conda_uses_conda_forge_alone():
    assert environment()["channels"] == ["conda-forge", "nodefaults"]


def test_python_versions_agree():
    series = str(conda_requirements()["python"]).removeprefix("==").removesuffix(".*")
    assert Version(f"{series}.0") in SpecifierSet(PROJECT["requires-python"])


def test_dependencies_without_torch_in_the_core():
    assert not {"torch", "torchvision"} & {it.name for it in CORE}
    assert {"torch", "torchvision"} <= {it.name for it in DEEP}


def test_binder_scripts_need_no_torch():
    post_build = (ROOT / "binder/postBuild").read_text()
    commands = [line for line in post_build.splitlines() if not line.startswith("#")]
    assert not any("torch" in line for line in commands)
    assert (ROOT / "binder/postBuild").stat().st_mode & 0o111
