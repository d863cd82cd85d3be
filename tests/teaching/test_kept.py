"""What is kept of checks: counted, carried to another machine, and never in the way."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from pathlib import Path

import pytest

from workbench.teaching import check, kept
from workbench.teaching.kept import Kept


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep progress in a file of the test's own."""
    path = tmp_path / "some" / "progress.sqlite"
    monkeypatch.setenv(kept.VARIABLE, str(path))
    return path


@pytest.fixture
def frozen(tmp_path: Path) -> Path:
    """Give a folder in which nothing can be made."""
    folder = tmp_path / "frozen"
    folder.write_text("a file where a folder should be")
    return folder


def test_tests_keep_nothing_of_their_own() -> None:
    assert os.environ[kept.VARIABLE] == ""
    assert kept.place() is None
    check("01.4", "b")
    assert kept.known() == {}


def test_without_the_variable_it_is_a_file_at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(kept.VARIABLE)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert kept.place() == tmp_path / ".local/share/segmentation-workbench/progress.sqlite"


def test_checks_are_counted_and_the_first_success_stays(file: Path) -> None:
    for letter in ("a", "b", "c"):
        check("01.4", letter)
    (entry,) = kept.known().values()
    assert (entry.state, entry.attempts, entry.done) == ("not yet", 3, True)
    assert entry.first_right <= entry.last
    assert entry.first_right.endswith("Z")


def test_a_stub_and_a_check_with_a_seed_are_no_attempts(file: Path) -> None:
    check("01.4", None)
    check("01.4", "b", seed=1)
    assert kept.known() == {}
    assert not file.exists()


def test_it_is_read_without_being_made(file: Path) -> None:
    assert kept.known() == {}
    assert not file.parent.exists()


def test_a_disk_that_takes_nothing_is_no_reason_to_fail(
    frozen: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(kept.VARIABLE, str(frozen / "progress.sqlite"))
    assert check("01.4", "b").right
    assert kept.known() == {}
    with pytest.raises(OSError, match="frozen"):
        kept.merged('{"format": 1, "exercises": {}}')


def test_a_file_that_is_none_of_ours_is_left_as_it_is(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"not a database, but somebody's letter" * 100)
    assert check("01.4", "b").right
    assert kept.known() == {}
    assert file.read_bytes().startswith(b"not a database")


def test_a_locked_file_holds_nobody_up(file: Path) -> None:
    check("01.4", "a")
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    start = time.monotonic()
    assert check("01.4", "b").right
    assert time.monotonic() - start < 5
    holder.execute("ROLLBACK")
    holder.close()
    assert not kept.known()["01.4"].done


def test_what_is_exported_can_be_read_by_another(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check("01.4", "b")
    check("00.3", "a")
    text, here = kept.exported(), kept.known()
    monkeypatch.setenv(kept.VARIABLE, str(file.with_name("other.sqlite")))
    assert kept.merged(text) == 2
    assert kept.known() == here
    assert kept.merged(text) == 2
    assert kept.known() == here  # twice changes nothing


def test_of_two_machines_the_better_half_counts(file: Path) -> None:
    def entry(*parts: object) -> dict[str, object]:
        return dict(zip(("state", "attempts", "first_right", "last"), parts, strict=True))

    ours = {
        "01.1": entry("right", 2, "2026-01-02T00:00:00Z", "2026-01-02T00:00:00Z"),
        "01.2": entry("not yet", 5, "", "2026-01-03T00:00:00Z"),
    }
    theirs = {
        "01.1": entry("not yet", 7, "2026-01-01T00:00:00Z", "2026-01-05T00:00:00Z"),
        "01.2": entry("right", 1, "2026-01-04T00:00:00Z", "2026-01-04T00:00:00Z"),
        "01.3": entry("not yet", 1, "", "2026-01-04T00:00:00Z"),
    }
    for exercises in (ours, theirs):
        kept.merged(json.dumps({"format": 1, "exercises": exercises}))
    assert kept.known() == {
        "01.1": Kept("not yet", 7, "2026-01-01T00:00:00Z", "2026-01-05T00:00:00Z"),
        "01.2": Kept("right", 5, "2026-01-04T00:00:00Z", "2026-01-04T00:00:00Z"),
        "01.3": Kept("not yet", 1, "", "2026-01-04T00:00:00Z"),
    }


GOOD = {"state": "right", "attempts": 1, "first_right": "", "last": ""}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no progress"),
        ("[]", "no progress"),
        ("{}", "no progress"),
        ('{"format": 1}', "no progress"),
        ('{"format": 2, "exercises": {}}', "has format 2"),
        (json.dumps({"format": 1, "exercises": {"../x": GOOD}}), "no progress"),
        (json.dumps({"format": 1, "exercises": {"01.1": GOOD | {"state": "perfect"}}}), "no progress"),
        (json.dumps({"format": 1, "exercises": {"01.1": GOOD | {"last": "<b>now</b>"}}}), "no progress"),
    ],
)
def test_what_is_no_progress_is_refused(file: Path, text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        kept.merged(text)
    assert kept.known() == {}


def test_more_exercises_than_there_can_be_are_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 1)
    with pytest.raises(ValueError, match="at most 1 exercises, got 2"):
        kept.merged(json.dumps({"format": 1, "exercises": {"01.1": GOOD, "01.2": GOOD}}))


def test_a_listener_hears_of_news_until_it_is_gone(file: Path) -> None:
    class Panel:
        heard = 0

        def look(self) -> None:
            Panel.heard += 1

    panel = Panel()
    kept.listen(panel.look)
    check("01.4", "b")
    kept.merged(kept.exported())
    assert Panel.heard == 2
    del panel
    check("01.4", "b")
    assert Panel.heard == 2
