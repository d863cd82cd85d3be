"""The doctor: every line ok, or the fix."""

from __future__ import annotations

import json
import socket

import pytest

from workbench import doctor
from workbench.doctor import Finding
from workbench.grading import bubblewrap, keepers


@pytest.fixture(scope="module")
def findings():
    return doctor.examine()


def test_looks_at_everything(findings):
    looked_at = {it.what for it in findings}
    assert {
        "Python",
        "numpy",
        "voila",
        "torch",
        "browser",
        "sandbox for grading",
        "free memory",
        "free disk",
        "port",
        "cache",
    } <= looked_at
    assert all(it.found for it in findings)


def test_this_machine_can_run_it(findings):
    assert [it for it in findings if it.essential and not it.ok] == []


def test_report_in_words(capsys):
    code = doctor.report([Finding("free disk", "0.1 GiB", "free at least 1 GiB"), Finding("numpy", "2.2")])
    said = capsys.readouterr().out.splitlines()
    assert code == 1
    assert " ".join(said[0].split()) == "free disk fix 0.1 GiB: free at least 1 GiB"
    assert said[1].split() == ["numpy", "ok", "2.2"]


def test_what_is_optional_is_no_failure(capsys):
    assert doctor.report([Finding("torch", "not installed", "install it", essential=False)]) == 0
    assert "optional" in capsys.readouterr().out


def test_report_as_json(capsys, findings):
    doctor.report(findings, as_json=True)
    listed = json.loads(capsys.readouterr().out)
    assert [it["what"] for it in listed] == [it.what for it in findings]
    assert all(it["ok"] == (not it["fix"]) for it in listed)


def test_the_usual_port_is_taken():
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", 8866))
        except OSError:
            pass  # somebody has it already: as good
        else:
            taken.listen()
        finding = doctor._port()
    assert finding.ok
    assert "8866 is taken" in finding.found


def test_switched_off_websocket_is_told(monkeypatch):
    monkeypatch.setenv("WORKBENCH_NODELAY", "0")
    assert "40 ms" in doctor._websocket().found


def test_without_a_sandbox_it_says_what_helps(monkeypatch):
    monkeypatch.setattr(bubblewrap.shutil, "which", lambda name: None)
    keepers.chosen.cache_clear()
    finding = doctor._sandbox()
    keepers.chosen.cache_clear()
    assert not finding.essential
    assert finding.found.endswith("bubblewrap is not installed")
    assert finding.fix.startswith("`apt install bubblewrap` brings it; ")


def test_a_cache_that_cannot_be_written(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "file" / "runtime"))
    assert "JUPYTER_RUNTIME_DIR" in doctor._cache().fix
