"""What tests of sandboxes bring in: code that looks around there, and something installed below ``/tmp``."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import workbench
from workbench.grading import surroundings

LOOK = """
import os, socket
known = sorted(os.environ)
import workbench
def writes(folder):
    try:
        with open(folder + "/a", "wb") as file:
            return file.write(bytes(1000))
    except OSError:
        return 0
def found():
    status = dict(line.split(":\\t", 1) for line in open("/proc/self/status") if ":\\t" in line)
    pipes = [f"/proc/self/fd/{n}" for n in range(64)]
    folders = [folder for folder, _, _ in os.walk("/") if not folder.startswith("/proc")]
    return {
        "user": os.getuid(),
        "powers": [status[name].strip() for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")],
        "privileges": status["NoNewPrivs"].strip(),
        "filters": int(status["Seccomp_filters"]),
        "processes": sorted(int(name) for name in os.listdir("/proc") if name.isdigit()),
        "networks": [name for _, name in socket.if_nameindex()],
        "host": socket.gethostname(),
        "home": os.listdir(os.path.expanduser("~")),
        "known": known,
        "etc": sorted(os.listdir("/etc")),
        "hidden": [os.listdir("@HOUSE@/" + name) for name in ("teaching", "grading")],
        "beside": sorted(os.listdir("@HOUSE@/..")),
        "open": sorted(os.readlink(pipe).split(":")[0] for pipe in pipes if os.path.lexists(pipe)),
        "written": [folder for folder in folders if writes(folder)],
        "workbench": workbench.METHODS["otsu"].name,
    }
""".replace("@HOUSE@", str(Path(workbench.__file__).parent))


@contextmanager
def installed_below_tmp(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let Python take the package `hello` from a folder below ``/tmp``, where a sandbox has its own."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        site = Path(folder, "site")
        site.mkdir()
        (site / "hello.py").write_text("word = 'hello'")
        for path in (Path(folder), site):
            path.chmod(0o755)
        known = surroundings.libraries()
        monkeypatch.setattr(surroundings, "libraries", lambda: [site, *known])
        yield
