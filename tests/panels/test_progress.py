"""The progress panel without a browser: what it tells, hands out, takes in and refuses."""

from __future__ import annotations

import gc
import json
from pathlib import Path
from typing import Any

import pytest

from workbench.panels.progress import ProgressWidget, progress
from workbench.teaching import EXERCISES, check, kept

Told = list[tuple[dict[str, Any], list[bytes]]]


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ProgressWidget:
    monkeypatch.setenv(kept.VARIABLE, str(tmp_path / "progress.sqlite"))
    return progress()


@pytest.fixture
def told(page: ProgressWidget, monkeypatch: pytest.MonkeyPatch) -> Told:
    heard: Told = []
    monkeypatch.setattr(page, "_tell", lambda message, buffers: heard.append((message, buffers)))
    return heard


def test_a_page_is_told_every_lesson_and_what_comes_next(page: ProgressWidget, told: Told) -> None:
    check("00.3", "c")
    told.clear()
    page.receive({"type": "hello"}, [])
    ((message, _),) = told
    assert (message["done"], message["total"], message["next"]) == (1, len(EXERCISES), "00.1")
    first = message["lessons"][0]
    assert (first["number"], first["done"]) == ("00", 1)
    states = {step["id"]: step["state"] for step in first["steps"]}
    assert states == dict.fromkeys(states, "not attempted") | {"00.3": "right"}
    assert first["steps"][2]["told"] == "00.3 Predict a score: right, 1 try"
    assert len(first["steps"][2]["when"]) == 10
    json.dumps(message)


def test_a_check_in_the_same_notebook_shows_at_once(page: ProgressWidget, told: Told) -> None:
    check("00.3", "a")
    check("00.3", "c")
    assert [message["done"] for message, _ in told] == [0, 1]


def test_a_panel_that_is_gone_hears_nothing(page: ProgressWidget) -> None:
    count = len(kept._listeners)
    other = progress()
    other.close()
    del other
    gc.collect()
    check("00.3", "c")
    assert len(kept._listeners) <= count


def test_what_it_exports_it_reads(page: ProgressWidget, told: Told, monkeypatch: Any, tmp_path: Path) -> None:
    check("00.3", "c")
    told.clear()
    page.receive({"type": "export"}, [])
    ((message, (data,)),) = told
    assert (message["type"], message["name"]) == ("download", "workbench-progress.json")
    monkeypatch.setenv(kept.VARIABLE, str(tmp_path / "another.sqlite"))
    page.receive({"type": "import"}, [memoryview(data)])
    assert [m.get("done", m.get("message")) for m, _ in told[1:]] == [1, "read: 1 exercise"]


@pytest.mark.parametrize("data", [[], [b""], [b"{}"], [b"\xff\xfe"], [b"[" * 10_000]])
def test_a_file_that_is_none_is_refused_in_a_sentence(page: ProgressWidget, told: Told, data: Any) -> None:
    page.receive({"type": "import"}, data)
    ((message, _),) = told
    assert (message["type"], message["level"]) == ("notice", "error")
    assert "choose" in message["message"]


@pytest.mark.parametrize("content", [None, {}, {"type": "nonsense"}, "hello"])
def test_a_strange_message_is_answered_with_a_sentence(
    page: ProgressWidget, told: Told, content: Any
) -> None:
    page.receive(content, [])
    assert told[0][0]["level"] == "error"


def test_where_nothing_is_kept_the_page_can_say_so(
    page: ProgressWidget, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(kept.VARIABLE, "")
    page.look()
    assert told[-1][0]["keeps"] is False
