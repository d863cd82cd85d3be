"""The dashboards' server: Voila on one folder of notebooks, with less of it reachable and less of it to load.

Over plain Voila: a prompt websocket (`workbench.server`), idle kernels culled without fail, kernels of the
compare page started ahead of visitors, a home page instead of a directory tree, no file or listing from the
folder, a page that asks no other host for anything, and the interface's 56 scripts sent as one.
"""

from __future__ import annotations

import os
import webbrowser
from pathlib import Path
from typing import Any

from tornado import web
from tornado.ioloop import IOLoop
from traitlets import Integer, Unicode
from traitlets.config import Config
from voila.app import Voila
from voila.handler import BaseVoilaHandler
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.static_file_handler import TemplateStaticFileHandler

from workbench import core_scripts, course_index
from workbench.home import dashboards
from workbench.server import LOOPBACK, PromptWebsocket, free_port, has_screen, prompt

HERE = Path(__file__).parent
SHARE = HERE / "share" / "jupyter"
FIRST = "compare.ipynb"  # the page most people open: its kernels are started ahead
EXTENSIONS = [
    "@voila-dashboards/widgets-manager8",
    "@jupyter-widgets/jupyterlab-manager",
    "anywidget",
]  # what draws widgets
CONTENT_POLICY = (
    "default-src 'self' data: blob:; script-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; connect-src 'self' data: blob: ws: wss:; frame-ancestors 'self'"
)


class HomeHandler(BaseVoilaHandler):
    """The list of dashboards; every other address that nothing else serves is not there."""

    @web.authenticated
    def get(self, rest: str = "") -> None:
        """Answer the root with the list, anything else with 404."""
        if rest:
            raise web.HTTPError(404)
        app: Dashboards = self.settings["voila"]
        found = dashboards(Path(app.root_dir), Path(app.pictures))
        template = self.settings["voila_jinja2_env"].get_template("workbench/home.html")
        self.set_header("Content-Type", "text/html; charset=utf-8")
        # The lessons lie beside the dashboards; they are written in, so JupyterLab opens them, not Voila.
        course = course_index.readable(Path(app.root_dir).parent)
        self.finish(template.render(dashboards=found, lessons=course, base_url=self.base_url))


class TemplateHandler(TemplateStaticFileHandler):
    """A template's static files; an address that is not one of theirs is 404 rather than a server error."""

    def parse_url_path(self, url_path: str) -> str:
        """Check the address before Voila takes it apart."""
        parts = url_path.split("/")
        if len(parts) < 3 or parts[1] != "static" or not all(parts) or ".." in parts:
            raise web.HTTPError(404)
        path: str = super().parse_url_path(url_path)
        return path


class PictureHandler(web.StaticFileHandler):
    """The dashboards' pictures: PNG files of one folder, no listing."""

    def validate_absolute_path(self, root: str, absolute_path: str) -> str | None:
        """Refuse what is not a PNG directly in the folder."""
        path = Path(absolute_path)
        if path.suffix != ".png" or path.parent != Path(root):
            raise web.HTTPError(404)
        return super().validate_absolute_path(root, absolute_path)


class GoodbyeHandler(VoilaShutdownKernelHandler):
    """End a kernel when its page is closed.

    A closing page sends a beacon, which carries no XSRF token, so Voila refuses it and the kernel lives until
    it is culled. The address holds the kernel's random id, which only that page knows: that is proof enough.
    """

    def check_xsrf_cookie(self) -> None:
        """Accept the beacon."""

    async def post(self, kernel_id: str) -> None:
        """Shut the kernel down; one that is gone already is no error."""
        if kernel_id in self.kernel_manager:
            await super().post(kernel_id)
        else:
            raise web.HTTPError(404)


class CoreHandler(web.RequestHandler):
    """The interface's scripts in one file; the address changes with the content, so browsers keep it."""

    def get(self) -> None:
        """Send the file, compressed where it has a network to cross."""
        core = core_scripts.load()
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.set_header("Cache-Control", "public, max-age=31536000, immutable")
        accepts = "gzip" in self.request.headers.get("Accept-Encoding", "")
        if accepts and self.request.remote_ip not in LOOPBACK:
            self.set_header("Content-Encoding", "gzip")
            self.finish(core.compressed())
        else:
            self.finish(core.text)


class Dashboards(Voila):
    """Voila for one folder of dashboards."""

    name = "voila"  # Voila's handlers look their settings up under this name
    pictures = Unicode(help="The folder with the dashboards' pictures.").tag(config=True)
    preheated = Integer(2, help="How many kernels of the compare page wait for visitors.").tag(config=True)

    def init_settings(self) -> dict[str, Any]:
        """Add the prompt websocket and our error pages to Voila's settings."""
        if PromptWebsocket.wanted(self):
            configured = self.kernel_websocket_connection_class  # type: ignore[has-type]
            self.kernel_websocket_connection_class = prompt(configured)
        settings: dict[str, Any] = super().init_settings()
        settings["headers"] = {"Content-Security-Policy": CONTENT_POLICY}
        # Another site's script must not reach a local server through a name that resolves to it.
        settings["allow_remote_access"] = self.ip not in LOOPBACK
        settings["local_hostnames"] = ["localhost"]
        settings["jinja2_env"] = settings["voila_jinja2_env"]
        return settings

    def init_handlers(self) -> list[Any]:
        """Drop the handlers that show files or folders; put ours in front of Voila's."""
        hidden = ("/voila/files/", "/voila/tree", "/voila/api/contents")
        theirs = [it for it in super().init_handlers() if it[0] != self.server_url]
        theirs = [it for it in theirs if not any(part in it[0] for part in hidden)]
        root = self.server_url.rstrip("/")
        ours = [
            (root + r"/voila/core\.js", CoreHandler),
            (root + r"/voila/pictures/(.*)", PictureHandler, {"path": self.pictures}),
            (root + r"/voila/templates/(.*)", TemplateHandler),
            (root + r"/voila/api/shutdown/(.*)", GoodbyeHandler),
        ]
        home = (root + r"/(.*)", HomeHandler, {"voila_configuration": self.voila_configuration})
        return [*ours, *theirs, home]


def page_config(
    config: dict[str, Any], *, base_url: str, notebook_path: str, settings: dict[str, Any], **_: Any
) -> dict[str, Any]:
    """Tell a page where the joined scripts are, and to leave MathJax alone where no cell holds a formula."""
    config["workbenchCore"] = f"{base_url}voila/core.js?v={core_scripts.load().version}"
    notebook = Path(settings["voila"].root_dir) / notebook_path
    if notebook.is_file() and "$" not in notebook.read_text(encoding="utf-8"):
        config["fullMathjaxUrl"] = core_scripts.NO_MATHJAX
        config["mathjaxConfig"] = ""
    return config


def configuration(folder: Path, *, host: str, port: int, preheated: int = 2, cull_after: int = 300) -> Config:
    """Write down everything that our server differs in from a plain Voila.

    `cull_after` is in seconds: a kernel without a page is ended after it; an open page keeps its kernel.
    """
    config = Config()
    config.Dashboards.update(
        root_dir=str(folder), ip=host, port=port, port_retries=0, open_browser=False, config_file_paths=[]
    )
    config.Dashboards.update(pictures=str(_pictures()), preheated=preheated, log_level="WARN")
    config.VoilaConfiguration.update(
        template="workbench",
        allow_template_override="NO",
        allow_theme_override="NO",
        file_allowlist=[],
        strip_sources=True,
        show_tracebacks=False,
        extension_allowlist=EXTENSIONS,
        page_config_hook=page_config,
        preheat_kernel=preheated > 0,
        default_pool_size=0,
    )
    config.VoilaExecutor.timeout = 120
    config.MappingKernelManager.update(
        cull_idle_timeout=cull_after, cull_interval=max(5, min(60, cull_after // 3)), cull_connected=False,
        cull_busy=False,
    )  # fmt: skip
    # Filling up again waits until the visitor who took a kernel has seen the first picture.
    config.VoilaKernelManager.update(
        kernel_pools_config={FIRST: {"pool_size": preheated}, "default": {"pool_size": 0}}, fill_delay=5.0
    )
    return config


def serve(
    folder: Path, *, host: str = "127.0.0.1", port: int | None = None, browser: bool = True, **options: int
) -> None:
    """Serve the dashboards of `folder` until interrupted; print the link, open a browser if there is one.

    `options` are those of `configuration`.

    Raises
    ------
    PortTaken : the `port` that is asked for is in use.
    """
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [str(SHARE), os.environ.get("JUPYTER_PATH")]))
    port = free_port(host, port)
    app = Dashboards.instance(config=configuration(folder, host=host, port=port, **options))
    app.initialize([])
    shown = "localhost" if host in ("0.0.0.0", "::") else host
    page = f"voila/render/{FIRST}" if (folder / FIRST).is_file() else ""
    IOLoop.current().add_callback(_announce, f"http://{shown}:{port}/", page, browser)
    app.start()


def _announce(home: str, page: str, browser: bool) -> None:
    print(f"The dashboards are at {home}{page}\n(all of them: {home}; stop with Ctrl-C)", flush=True)
    if browser and has_screen():
        webbrowser.open(home + page)


def _pictures() -> Path:
    return next((at for at in (HERE / "data", HERE.parent / "data") if at.is_dir()), HERE) / "pictures"
