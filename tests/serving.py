"""Real servers for tests: the dashboards or a Jupyter Server in a process of its own, on a free port."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nbformat

from workbench.server import free_port

ECHO = '''
import anywidget

class Echo(anywidget.AnyWidget):
    """Answer every message, so that a test sees the whole way there and back."""

    _esm = """
    function render({ model, el }) {
      el.innerHTML = '<p data-ready></p>';
      model.on("msg:custom", () => { el.firstChild.dataset.ready = "answered"; });
      model.send({ hello: 1 });
    }
    export default { render };
    """

    def __init__(self):
        super().__init__()
        self.on_msg(lambda widget, content, buffers: widget.send(content))

Echo()
'''


def write_notebook(path: Path, *cells: str, title: str = "Compare methods") -> Path:
    """Write a notebook with a title, a sentence and code cells."""
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_markdown_cell(f"# {title}\nSeveral methods on one picture. And more.")]
    notebook.cells += [nbformat.v4.new_code_cell(cell) for cell in cells]
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)
    return path


@dataclass
class Server:
    """A running server: its address, process and what it wrote so far."""

    url: str
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        """Fetch a page; give status and text, whatever the status."""
        try:
            with urllib.request.urlopen(
                urllib.request.Request(self.url + path, headers=headers), timeout=30
            ) as answer:
                return answer.status, answer.read().decode(errors="replace")
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.read().decode(errors="replace")

    def wait_for(self, text: str, seconds: float = 180) -> None:
        """Wait until the server has written `text`."""
        until = time.monotonic() + seconds
        while text not in self.log.read_text():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < until, f"no {text!r} in {self.log.read_text()}"
            time.sleep(0.05)


@contextmanager
def serving(command: list[str], log: Path, port: int, ready: str, **environment: str) -> Iterator[Server]:
    """Run a server until the block ends, then stop it and everything that it started."""
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, *command],
            stdout=stream,
            stderr=subprocess.STDOUT,
            env={**os.environ, **environment},
            cwd=log.parent,
            start_new_session=True,
        )
    server = Server(f"http://127.0.0.1:{port}", port, process, log)
    try:
        server.wait_for(ready)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def serving_dashboards(folder: Path, log: Path, *options: str, **environment: str):
    """Run `workbench dashboard` on a folder."""
    port = free_port(usual=0)
    command = [
        "-m",
        "workbench.cli",
        "dashboard",
        "--folder",
        str(folder),
        "--port",
        str(port),
        "--no-browser",
    ]
    return serving([*command, *options], log, port, "dashboards are at", **environment)
