"""The command that shuts a program in, and the refusal where it cannot."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from grading.visiting import installed_below_tmp

from workbench.grading import bubblewrap, surroundings
from workbench.grading.bubblewrap import shut_in
from workbench.grading.surroundings import NoSandbox, libraries, python


def test_it_says_what_keeps_students_code(shut_in: str) -> None:
    assert shut_in.startswith("bubblewrap ")


def test_a_program_finds_its_files_and_what_is_installed(shut_in: str, tmp_path: Path) -> None:
    (tmp_path / "hello.py").write_text("import numpy; print('numpy', numpy.__version__[0])")
    command = bubblewrap.shut_in([tmp_path / "hello.py"], 2**20)
    ran = subprocess.run(
        [*command, *python("from grading import hello", bubblewrap.PROGRAM)],
        env={},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == "numpy 2\n"


def test_what_is_installed_below_tmp_is_found_and_cannot_be_changed(
    shut_in: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with installed_below_tmp(monkeypatch):
        code = "import hello, os; print(hello.word, os.access(hello.__file__, os.W_OK))"
        ran = subprocess.run(
            [*bubblewrap.shut_in((), 2**20), *python(code, bubblewrap.PROGRAM)],
            env={},
            capture_output=True,
            text=True,
            check=True,
        )
    assert ran.stdout == "hello False\n"


def test_scratch_is_as_large_as_was_said(shut_in: str) -> None:
    fill = "for place in /tmp /dev/shm /; do head -c 3000000 /dev/zero >$place/a; done; ls -s /tmp/a"
    ran = subprocess.run(
        [*bubblewrap.shut_in((), 2**20), "sh", "-c", fill],
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout.split() == ["1024", "/tmp/a"]
    assert "No space left on device" in ran.stderr
    assert ran.stderr.count("Read-only file system") == 2


def test_solutions_are_in_rooms_that_are_emptied() -> None:
    command = " ".join(shut_in((), 1))
    for room in ("teaching", "grading"):
        assert f"--tmpfs {surroundings.HOUSE / room}" in command
    assert surroundings.HOUSE.parent in libraries()


def test_without_bubblewrap_it_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bubblewrap.shutil, "which", lambda name: None)
    with pytest.raises(NoSandbox, match="bubblewrap is not installed"):
        bubblewrap.tried()


def test_where_bubblewrap_may_not_work_it_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho 'No permissions to create new namespace' >&2; exit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(NoSandbox, match=r"does not work here \(No permissions to create new namespace\)"):
        bubblewrap.tried()
