"""A kernel websocket that does not wait: for Voila, JupyterLab, Binder and hubs alike.

Jupyter never sets TCP_NODELAY on the websocket between page and kernel. A reply is several small frames, and
Nagle's algorithm holds the second back until the browser has acknowledged the first, which a browser delays by
some 40 ms. While a slider is dragged every answer pays that. Here the class that handles the connection, whichever
it is, is replaced by a subclass that switches the delay off.

Jupyter Server loads this module as an extension (the wheel registers it), so it imports nothing heavy itself.
Off with `PromptWebsocket.enabled = False` in the Jupyter configuration, or WORKBENCH_NODELAY=0 in the environment.
"""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from traitlets import Bool
from traitlets.config import Configurable

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

SETTING = "kernel_websocket_connection_class"


class PromptWebsocket(Configurable):
    """Whether kernel websockets send small frames at once."""

    enabled = Bool(True, help="Set TCP_NODELAY on every kernel websocket.").tag(config=True)

    @classmethod
    def wanted(cls, parent: Configurable | None = None) -> bool:
        """Tell whether neither the environment nor `parent`'s configuration switches it off."""
        return os.environ.get("WORKBENCH_NODELAY", "1") != "0" and cls(parent=parent).enabled


@lru_cache
def prompt(connection_class: type) -> type:
    """Derive a connection class that sets TCP_NODELAY when a page connects, and is `connection_class` otherwise.

    >>> class Plain:
    ...     pass
    >>> prompt(Plain).__mro__[1] is Plain, prompt(prompt(Plain)) is prompt(Plain)
    (True, True)
    """
    if getattr(connection_class, "sends_promptly", False):
        return connection_class

    def connect(self: Any) -> Any:
        self.websocket_handler.set_nodelay(True)
        return super(promptly, self).connect()

    body = {"connect": connect, "sends_promptly": True, "__doc__": "A kernel websocket without Nagle's delay."}
    promptly = type(f"Prompt{connection_class.__name__}", (connection_class,), body)
    return promptly


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
