"""`workbench doctor`: what this machine has, and what to do about what it lacks."""

from __future__ import annotations

import json
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib import metadata, util
from pathlib import Path

from workbench.server import PortTaken, free_port

GIB = 2**30
NEEDED = (
    "numpy",
    "scikit-image",
    "opencv-python-headless",
    "scipy",
    "pillow",
    "anywidget",
    "voila",
    "jupyterlab",
)
INSTALL_DEEP = "pip install 'segmentation-workbench[deep]'"


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at, what was found, and the fix where something is to be done.

    `essential` is False for what the workbench can do without.
    """

    what: str
    found: str
    fix: str = ""
    essential: bool = True

    @property
    def ok(self) -> bool:
        """Tell whether there is nothing to do."""
        return not self.fix


def examine() -> list[Finding]:
    """Look at everything, in the order in which a person would ask."""
    return [
        _python(),
        *_versions(),
        _torch(),
        _websocket(),
        _browser(),
        _sandbox(),
        _memory(),
        _disk(),
        _port(),
        _cache(),
    ]


def report(findings: list[Finding], *, as_json: bool = False) -> int:
    """Print the findings; return 0, or 1 when something essential needs its fix."""
    if as_json:
        print(json.dumps([{**asdict(it), "ok": it.ok} for it in findings], indent=1))
    else:
        from rich.console import Console
        from rich.text import Text

        console = Console(highlight=False, soft_wrap=True)
        width = max(len(it.what) for it in findings)
        for it in findings:
            word, style = (
                ("ok", "green") if it.ok else ("fix", "red") if it.essential else ("optional", "yellow")
            )
            line = Text.assemble(f"{it.what:{width}}  ", (f"{word:8}", style), f"  {it.found}")
            console.print(line + Text(f": {it.fix}") if it.fix else line)
    return int(any(it.essential and not it.ok for it in findings))


def _python() -> Finding:
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    return Finding("Python", found, "" if sys.version_info >= (3, 11) else "install Python 3.11 or newer")


def _versions() -> Iterator[Finding]:
    for name in ("segmentation-workbench", *NEEDED):
        try:
            yield Finding(name, metadata.version(name))
        except metadata.PackageNotFoundError:
            lacking = "run from its folder" if name.startswith("segmentation") else "not installed"
            yield Finding(name, lacking, "" if name.startswith("segmentation") else "make setup")


def _torch() -> Finding:
    if util.find_spec("torch") is None:
        return Finding("torch", "not installed, networks are greyed", INSTALL_DEEP, essential=False)
    if util.find_spec("torchvision") is None:
        return Finding("torch", "torchvision is missing", INSTALL_DEEP, essential=False)
    import torch

    if torch.cuda.is_available():
        device = f"cuda ({torch.cuda.get_device_name(0)})"
    else:
        device = "mps" if torch.backends.mps.is_available() else f"cpu, {torch.get_num_threads()} threads"
    return Finding("torch", f"{torch.__version__} on {device}")


def _websocket() -> Finding:
    from workbench.server import PromptWebsocket

    if PromptWebsocket.wanted():
        return Finding("prompt websocket", "on")
    return Finding(
        "prompt websocket", "off, dragging pays 40 ms a step", "unset WORKBENCH_NODELAY", essential=False
    )


def _browser() -> Finding:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "firefox")
    found = next((path for path in map(shutil.which, names) if path), None)
    if found or sys.platform in ("darwin", "win32"):
        return Finding("browser", found or "the system's")
    return Finding(
        "browser", "none here", "open the link on another machine, or: make browser", essential=False
    )


def _sandbox() -> Finding:
    from workbench.grading.sandbox import NoSandbox, keeper

    try:
        return Finding("sandbox for grading", keeper())
    except NoSandbox as error:
        found, _, fix = str(error).rpartition(": ")  # what is found may quote others, colons and all
        return Finding("sandbox for grading", found, fix, essential=False)


def _memory() -> Finding:
    import psutil

    free = psutil.virtual_memory().available
    fix = "" if free >= GIB else "close something: a page takes some 150 MiB, networks another 500"
    return Finding("free memory", f"{free / GIB:.1f} GiB", fix)


def _disk() -> Finding:
    free = shutil.disk_usage(tempfile.gettempdir()).free
    return Finding("free disk", f"{free / GIB:.1f} GiB", "" if free >= GIB else "free at least 1 GiB")


def _port() -> Finding:
    try:
        port = free_port()
    except PortTaken as error:
        return Finding("port", "none free on 127.0.0.1", str(error))
    return Finding("port", f"{port} is free" if port == 8866 else f"8866 is taken, {port} would be used")


def _cache() -> Finding:
    from jupyter_core.paths import jupyter_runtime_dir

    folder = Path(jupyter_runtime_dir())
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return Finding("cache", f"{folder} is writable")
    except OSError as error:
        return Finding(
            "cache",
            f"{folder}: {error.strerror}",
            "make it writable, or set JUPYTER_RUNTIME_DIR to a folder that is",
        )
