"""The prompt websocket and the dashboards' server, in real processes on real sockets."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from jupyter_server.serverapp import ServerApp
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from serving import ECHO, Server, serving, serving_dashboards, write_notebook
from traitlets.config import Config
from websockets.sync.client import ClientConnection, connect

from workbench import core_scripts, server
from workbench.dashboards import configuration
from workbench.home import dashboards, headline

TELL_NODELAY = '''
"""A connection class as a site might configure: it writes down whether TCP_NODELAY is set."""
import socket
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

class Telling(ZMQChannelsWebsocketConnection):
    def connect(self):
        wire = self.websocket_handler.ws_connection.stream.socket
        flag = wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        print(f"{type(self).__name__} nodelay={bool(flag)}", flush=True)
        return super().connect()
'''


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dashboards")
    write_notebook(folder / "compare.ipynb", ECHO)
    write_notebook(folder / "secret.ipynb", "SECRET = 'in the source'\n'shown'", title="Another page")
    write_notebook(folder.parent / "outside.ipynb", "1")
    (folder / "notes.txt").write_text("not to be served")
    (folder / "module.py").write_text("SECRET = 1")
    (folder / "photo.png").write_bytes(b"not to be served either")
    (folder / "empty").mkdir()
    (folder.parent / "lessons").mkdir(exist_ok=True)
    lesson = "Which level?\n\n*40 minutes. No lesson before it.*"
    write_notebook(folder.parent / "lessons" / "01_levels.ipynb", "1", title=lesson)
    return folder


@pytest.fixture(scope="module")
def site(folder, tmp_path_factory):
    with serving_dashboards(
        folder, tmp_path_factory.mktemp("log") / "server.log", "--preheated", "1"
    ) as running:
        yield running


def channels(running: Server, kernel: str) -> ClientConnection:
    """Connect to a kernel as a page does."""
    address = f"ws://127.0.0.1:{running.port}/api/kernels/{kernel}/channels?session_id=test"
    return connect(address, origin=running.url, open_timeout=30)


def first_message(running: Server, kernel: str) -> str:
    with channels(running, kernel) as connection:
        return json.loads(connection.recv(timeout=30))["msg_type"]


def kernel_of(page: str) -> str:
    return re.search(r'"kernelId": "([0-9a-f-]+)"', page)[1]


class TestPromptWebsocket:
    def test_subclass_of_whatever_is_there(self):
        class Configured(ZMQChannelsWebsocketConnection):
            pass

        assert issubclass(server.prompt(Configured), Configured)
        assert server.prompt(server.prompt(Configured)) is server.prompt(Configured)

    def test_switched_off_by_environment(self, monkeypatch):
        assert server.PromptWebsocket.wanted()
        monkeypatch.setenv("WORKBENCH_NODELAY", "0")
        assert not server.PromptWebsocket.wanted()

    def test_switched_off_by_configuration(self):
        assert not server.PromptWebsocket.wanted(
            ServerApp(config=Config({"PromptWebsocket": {"enabled": False}}))
        )

    @pytest.mark.parametrize(("switch", "expected"), [("1", True), ("0", False)])
    def test_socket_of_a_jupyter_server(self, tmp_path, switch, expected):
        """The extension derives from a site's own class, and the flag is on the real socket."""
        (tmp_path / "site_class.py").write_text(TELL_NODELAY)
        port = server.free_port(usual=0)
        command = [
            "-m",
            "jupyter_server",
            f"--ServerApp.port={port}",
            "--no-browser",
            "--allow-root",
            "--IdentityProvider.token=",
            f"--ServerApp.root_dir={tmp_path}",
            "--ServerApp.disable_check_xsrf=True",
            "--ServerApp.kernel_websocket_connection_class=site_class.Telling",
            "--ServerApp.jpserver_extensions={'workbench.server': True}",
        ]
        places = f"{tmp_path}:{Path(server.__file__).parents[1]}"
        log = tmp_path / "server.log"
        with serving(
            command, log, port, "is running at", WORKBENCH_NODELAY=switch, PYTHONPATH=places
        ) as running:
            made = subprocess.run(
                ["curl", "-s", "-X", "POST", f"{running.url}/api/kernels"],
                capture_output=True,
                text=True,
                check=True,
            )
            first_message(running, json.loads(made.stdout)["id"])
            running.wait_for("nodelay=")
            said = re.search(r"(\w+) nodelay=(\w+)", log.read_text())
        assert said.groups() == ("Prompt" if expected else "Telling", str(expected))

    def test_light_to_import(self):
        """Jupyter Server loads it at its start: it must bring neither widgets nor torch."""
        heavy = ("torch", "ipywidgets", "anywidget", "plotly", "voila")
        code = f"import sys, workbench.server; print([it for it in {heavy} if it in sys.modules])"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "[]"


class TestDashboards:
    def test_home_lists_the_dashboards(self, site):
        status, page = site.get("/")
        assert status == 200
        assert "Compare methods" in page
        assert "Several methods on one picture." in page
        assert 'href="/voila/render/compare.ipynb"' in page
        assert "01 Levels: Which level? <small>(40 minutes)</small>" in page
        assert "notes.txt" not in page
        assert "http://" not in page
        assert "https://" not in page

    def test_page_asks_no_other_host(self, site):
        status, page = site.get("/voila/render/secret.ipynb")
        assert status == 200
        assert not re.search(r"""(src|href)=["'](https?:)?//""", page)
        assert "<title>Another page - workbench</title>" in page

    def test_page_carries_no_source(self, site):
        _, page = site.get("/voila/render/secret.ipynb")
        assert "shown" in page
        assert "SECRET" not in page
        assert "in the source" not in page

    @pytest.mark.parametrize(
        "path",
        [
            "/voila/files/notes.txt",
            "/voila/files/photo.png",
            "/voila/files/compare.ipynb",
            "/voila/files/",
            "/voila/tree",
            "/voila/tree/empty",
            "/voila/api/contents",
            "/voila/api/contents/compare.ipynb",
            "/api/contents",
            "/api/contents/compare.ipynb",
            "/api/kernels",
            "/api/sessions",
            "/api/terminals",
            "/files/compare.ipynb",
            "/compare.ipynb",
            "/notes.txt",
            "/voila/render/../outside.ipynb",
            "/voila/render/%2e%2e/outside.ipynb",
            "/voila/render/nowhere.ipynb",
            "/voila/render/.hidden.ipynb",
            "/voila/render/notes.txt",
            "/voila/render/module.py",
            "/voila/static/../../../../../etc/passwd",
            "/voila/static/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
            "/voila/templates/lab/static/../../../../../../../etc/passwd",
            "/voila/templates/workbench/index.html.j2",
            "/voila/templates/lab",
            "/voila/labextensions/../../../etc/jupyter",
            "/voila/pictures/",
            "/voila/pictures/../samples/coins.json",
            "/voila/pictures/%2e%2e/samples/coins.json",
        ],
    )
    def test_nothing_else_is_served(self, site, path):
        status, text = site.get(path)
        assert status in (400, 403, 404), text[:500]
        assert not re.search(r"not to be served|SECRET|root:|Traceback|nbformat|extends", text)

    @pytest.mark.parametrize(
        "path", ["/voila/static/", "/voila/templates/lab/static/", "/voila/labextensions/"]
    )
    def test_no_listing(self, site, path):
        status, text = site.get(path)
        assert status in (403, 404)
        assert "voila.js" not in text

    def test_template_and_theme_stay_ours(self, site):
        _, page = site.get("/voila/render/secret.ipynb?template=classic&theme=dark")
        assert "workbench/static/page.css" in page

    def test_two_visitors_have_two_kernels(self, site):
        pages = [site.get("/voila/render/compare.ipynb")[1] for _ in range(2)]
        first, second = map(kernel_of, pages)
        assert first != second
        assert all(site.get(f"/api/kernels/{kernel}")[0] == 200 for kernel in (first, second))
        assert all(first_message(site, kernel) for kernel in (first, second))
        assert first not in pages[1]
        assert second not in pages[0]

    def test_kernel_runs_no_code_from_outside(self, site):
        """Only widget messages reach a kernel: an execute request is not answered."""
        kernel = kernel_of(site.get("/voila/render/compare.ipynb")[1])

        header = {
            "msg_id": "mine",
            "username": "",
            "session": "test",
            "msg_type": "execute_request",
            "version": "5.3",
        }
        content = {"code": "print('reached')", "silent": False}
        message = {
            "header": header,
            "parent_header": {},
            "metadata": {},
            "content": content,
            "channel": "shell",
        }
        seen = []
        with channels(site, kernel) as connection, contextlib.suppress(TimeoutError):
            connection.send(json.dumps(message))
            until = time.monotonic() + 3
            while time.monotonic() < until:
                seen.append(connection.recv(timeout=until - time.monotonic()))
        assert seen
        assert not any("reached" in text for text in map(str, seen))

    def test_closing_a_page_ends_its_kernel(self, site):
        kernel = kernel_of(site.get("/voila/render/secret.ipynb")[1])
        subprocess.run(["curl", "-s", "-X", "POST", f"{site.url}/voila/api/shutdown/{kernel}"], check=True)
        assert site.get(f"/api/kernels/{kernel}")[0] == 404

    def test_a_foreign_name_is_refused(self, site):
        """A page elsewhere that resolves its name to this machine gets nothing."""
        assert site.get("/", Host="evil.example")[0] == 403
        assert site.get("/", Host=f"localhost:{site.port}")[0] == 200

    def test_listens_on_this_machine_alone(self, site):
        """Its port on another address of this machine is free to take: nobody listens there."""
        with socket.socket() as other:
            other.bind(("127.0.0.2", site.port))
            assert other.getsockname()[0] == "127.0.0.2"
        for address in {it[4][0] for it in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}:
            if not address.startswith("127."):
                with socket.socket() as probe:
                    assert probe.connect_ex((address, site.port)) != 0

    def test_core_scripts_in_one_file(self, site):
        page = site.get("/voila/render/secret.ipynb")[1]
        path = re.search(r'src="([^"]*core\.js[^"]*)"', page)[1]
        status, text = site.get(path)
        assert status == 200
        assert text.count("webpackChunk_JUPYTERLAB_CORE_OUTPUT=") >= 50

    def test_policy_forbids_other_hosts(self, site):
        answer = subprocess.run(
            ["curl", "-sI", "-X", "GET", site.url + "/"], capture_output=True, text=True
        ).stdout
        assert "default-src 'self'" in answer


def test_idle_kernels_are_culled(folder, tmp_path):
    """A kernel whose page is gone is ended; the one that waits for a visitor is kept."""
    with serving_dashboards(folder, tmp_path / "log", "--preheated", "0", "--cull-after", "10") as running:
        kernel = kernel_of(running.get("/voila/render/secret.ipynb")[1])
        assert running.get(f"/api/kernels/{kernel}")[0] == 200
        until = time.monotonic() + 75
        while running.get(f"/api/kernels/{kernel}")[0] == 200:
            assert time.monotonic() < until, "the kernel was not culled"
            time.sleep(1)


def test_configuration_culls_without_fail(tmp_path):
    config = configuration(tmp_path, host="127.0.0.1", port=1)
    assert config.MappingKernelManager.cull_idle_timeout == 300
    assert config.MappingKernelManager.cull_interval <= 60
    assert config.MappingKernelManager.cull_connected is False
    assert config.VoilaConfiguration.show_tracebacks is False
    assert config.VoilaExecutor.timeout > 0


def test_free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert server.free_port(usual=port) != port
        with pytest.raises(
            server.PortTaken, match=f"port {port} on 127.0.0.1 is taken; name another with --port"
        ):
            server.free_port(wanted=port)


def test_address_of_another_machine():
    with pytest.raises(server.PortTaken, match="is not an address of this machine"):
        server.free_port("192.0.2.1")


def test_lab_arguments_name_our_extension():
    arguments = server.lab_arguments("127.0.0.1", 8888, browser=False)
    assert "--no-browser" in arguments
    assert any("workbench.server" in it for it in arguments)
    assert "--LabApp.default_url=/lab/tree/index.ipynb" in arguments  # the course's first page


def test_home_describes_notebooks(tmp_path):
    write_notebook(tmp_path / "b.ipynb", title="Zebra")
    write_notebook(tmp_path / "a.ipynb", title="Apple")
    (tmp_path / "broken.ipynb").write_text("{")
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "a.png").write_bytes(b"")
    found = dashboards(tmp_path, tmp_path / "pictures")
    assert [(it.path, it.title, it.picture) for it in found] == [
        ("a.ipynb", "Apple", "a.png"),
        ("b.ipynb", "Zebra", None),
    ]
    assert found[0].sentence == "Several methods on one picture."


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("", ("", "")),
        ("# Only a title", ("Only a title", "")),
        ("No title. Two sentences.", ("", "No title.")),
        ("## Small\n\n**Bold** and `code`\nover two lines. End.", ("Small", "Bold and code over two lines.")),
    ],
)
def test_headline(markdown, expected):
    assert headline(markdown) == expected


def test_core_scripts_of_a_stranger(tmp_path):
    """A Voila whose start script looks otherwise: nothing is joined, and its page loads as it always did."""
    assert core_scripts.join(tmp_path) == b""
    (tmp_path / "voila.js").write_text("start()")
    assert core_scripts.join(tmp_path) == b""
