"""A kernel websocket that does not wait: for Voila, JupyterLab, Binder and hubs alike.

Jupyter never sets TCP_NODELAY on the websocket between page and kernel. A reply is several small frames, and
Nagle's algorithm holds the second back until the browser has acknowledged the first, which a browser delays
by some 40 ms. While a slider is dragged every answer pays that. Here the class that handles the connection,
whichever it is, is replaced by a subclass that switches the delay off.

Jupyter Server loads this module as an extension (the wheel registers it), so it imports nothing heavy itself.
Off with `PromptWebsocket.enabled = False` in the Jupyter configuration, or WORKBENCH_NODELAY=0 in the
environment.
"""

from __future__ import annotations

import os
import socket
import sys
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from traitlets import Bool
from traitlets.config import Configurable

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

SETTING = "kernel_websocket_connection_class"
INDEX = "index.ipynb"  # the page that JupyterLab and Binder open first
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def without_grammar() -> None:
    """Let a server start two seconds sooner: jsonschema would first build a grammar of web addresses.

    It is for a format that no schema of Jupyter's asks for, and jsonschema does without where the package
    that knows the grammar is missing. To be called before Jupyter is imported.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


class PortTaken(ValueError):
    """The port that was asked for is in use."""


class PromptWebsocket(Configurable):
    """Whether kernel websockets send small frames at once."""

    enabled = Bool(True, help="Set TCP_NODELAY on every kernel websocket.").tag(config=True)

    @classmethod
    def wanted(cls, parent: Configurable | None = None) -> bool:
        """Tell whether neither the environment nor `parent`'s configuration switches it off."""
        return os.environ.get("WORKBENCH_NODELAY", "1") != "0" and cls(parent=parent).enabled


@lru_cache
def prompt(connection_class: type) -> type:
    """Derive a connection class that sets TCP_NODELAY when a page connects.

    >>> class Plain:
    ...     pass
    >>> prompt(Plain).__mro__[1] is Plain, prompt(prompt(Plain)) is prompt(Plain)
    (True, True)
    """
    if getattr(connection_class, "sends_promptly", False):
        return connection_class

    class Prompt(connection_class):
        """Send every message at once, without Nagle's delay."""

        sends_promptly = True

        def connect(self) -> Any:
            """Switch the delay off when the socket is there."""
            self.websocket_handler.set_nodelay(True)
            return super().connect()

    return Prompt


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Name the module that Jupyter Server should load."""
    return [{"module": "workbench.server"}]


def _load_jupyter_server_extension(app: ServerApp) -> None:
    """Put the prompt connection class in the place of the one that `app` is configured with."""
    if not PromptWebsocket.wanted(app):
        app.log.info("workbench: kernel websockets are left as they are (switched off)")
        return
    settings = app.web_app.settings
    settings[SETTING] = prompt(settings.get(SETTING) or app.kernel_websocket_connection_class)
    app.log.info("workbench: kernel websockets send small frames at once (TCP_NODELAY)")


def free_port(host: str = "127.0.0.1", wanted: int | None = None, usual: int = 8866) -> int:
    """Return `wanted` if it is free; without it the `usual` port, or any free one.

    Raises
    ------
    PortTaken : `wanted` is given and in use, or not ours to use.
    """
    for port in [usual, 0] if wanted is None else [wanted]:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server itself does
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    if wanted is None:
        raise PortTaken(
            f"{host} is not an address of this machine; use 127.0.0.1, or 0.0.0.0 for all of them"
        )
    raise PortTaken(
        f"port {wanted} on {host} is taken; name another with --port, or leave it out to get a free one"
    )


def has_screen() -> bool:
    """Tell whether a browser would have somewhere to appear: a text browser in this terminal helps nobody."""
    if sys.platform in ("darwin", "win32"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def notebooks() -> Path:
    """Find the folder of notebooks: inside an installed package, or beside it in a checkout."""
    here = Path(__file__).parent
    return next((at for at in (here / "notebooks", here.parent / "notebooks") if at.is_dir()), here)


def lab_arguments(host: str, port: int, browser: bool) -> list[str]:
    """Write the arguments that start JupyterLab on the notebooks with this extension."""
    arguments = [
        f"--ServerApp.ip={host}",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={notebooks()}",
        "--ServerApp.jpserver_extensions={'workbench.server': True}",
    ]
    if (notebooks() / INDEX).is_file():
        arguments.append(f"--LabApp.default_url=/lab/tree/{INDEX}")
    if not (browser and has_screen()):
        arguments.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--allow-root")  # containers; a token still guards the address
    return arguments
