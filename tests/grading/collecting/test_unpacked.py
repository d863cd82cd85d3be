"""Everything in a folder or zip comes out, and nothing in it can do harm."""

from __future__ import annotations

import io
import os
import shutil
import stat
import struct
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.grading.collecting.entries import Allowance
from workbench.grading.collecting.unpacked import Entry, Folder, Limits, Problem, unpacked
from workbench.grading.collecting.zipped import zipped

Made = Mapping[str, bytes]


def packed(members: Made, how: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", how) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return buffer.getvalue()


def laid(place: Path, files: Made) -> Path:
    for name, data in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(data)
    return place


def held(place: Path, limits: Limits | None = None, most: int = 10**6) -> dict[str, bytes]:
    """Read all that can be read."""
    files = {}
    for item in unpacked(place, limits):
        if isinstance(item, Entry):
            data = item.read(most)
            if isinstance(data, bytes):
                files["/".join(item.path)] = data
    return files


def problems(place: Path, limits: Limits | None = None) -> dict[str, str]:
    """Read all, and give the problems that the walk or the reading came upon."""
    said = {}
    for item in unpacked(place, limits):
        got = item.read(10**6) if isinstance(item, Entry) else item
        if isinstance(got, Problem):
            said["/".join(got.path)] = got.said
    return said


def patched(data: bytes, old: bytes, new: bytes) -> bytes:
    """Change the names in a finished zip, as no library would write them."""
    assert len(old) == len(new)
    assert old in data
    return data.replace(old, new)


def test_a_folder_with_zips_and_zips_within_comes_out_in_order(tmp_path: Path) -> None:
    inner = packed({"deep/c.ipynb": b"c"})
    laid(tmp_path, {"b/a.ipynb": b"a", "a.zip": packed({"b.ipynb": b"b", "in.ZIP": inner}), "z.txt": b"z"})
    assert held(tmp_path) == {
        "a.zip/b.ipynb": b"b",
        "a.zip/in.ZIP/deep/c.ipynb": b"c",
        "z.txt": b"z",
        "b/a.ipynb": b"a",
    }
    assert problems(tmp_path) == {}
    folders = [item.path for item in unpacked(tmp_path) if isinstance(item, Folder)]
    assert folders == [("a.zip",), ("a.zip", "in.ZIP"), ("b",)]


def test_paths_begin_inside_a_zip_and_nothing_is_written(tmp_path: Path) -> None:
    place = tmp_path / "class.zip"
    place.write_bytes(packed({"ada/": b"", "ada/x.ipynb": b"x", "bob.zip": packed({"y": b"y"})}))
    assert held(place) == {"ada/x.ipynb": b"x", "bob.zip/y": b"y"}
    assert list(tmp_path.iterdir()) == [place]


def test_at_most_so_much_of_a_file_is_read(tmp_path: Path) -> None:
    laid(tmp_path, {"a": b"12345", "b.zip": packed({"c": b"12345"})})
    assert held(tmp_path, most=3) == {"a": b"123", "b.zip/c": b"123"}


def test_what_systems_leave_behind_is_passed_over(tmp_path: Path) -> None:
    left = {"__MACOSX/._x.ipynb": b"", ".DS_Store": b"", ".git/config": b"", "a/Thumbs.db": b""}
    left |= {"a/.ipynb_checkpoints/x-checkpoint.ipynb": b"", "a/__pycache__/x.pyc": b"", "Icon\r": b""}
    laid(tmp_path, left | {"a/x.ipynb": b"x", "b.zip": packed(left)})
    assert held(tmp_path) == {"a/x.ipynb": b"x"}
    assert problems(tmp_path) == {}


@pytest.mark.parametrize("there", ["nothing", "notebook.ipynb"])
def test_a_place_that_is_neither_folder_nor_zip_is_refused(tmp_path: Path, there: str) -> None:
    laid(tmp_path, {"notebook.ipynb": b"{}"})
    said = "does not exist" if there == "nothing" else "neither a folder nor a zip"
    with pytest.raises(ValueError, match=said):
        unpacked(tmp_path / there)


def test_links_pipes_and_harmful_names_on_the_disk_are_problems(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    place = laid(tmp_path / "place", {"ok.ipynb": b"ok", "a\\b.ipynb": b"", "a\nb.ipynb": b""})
    secret.mkdir()
    (secret / "x.ipynb").write_bytes(b"secret")
    (place / "folder").symlink_to(secret)
    (place / "file.ipynb").symlink_to(secret / "x.ipynb")
    (place / "lost.ipynb").symlink_to(tmp_path / "nowhere")
    os.mkfifo(place / "pipe.ipynb")
    assert held(place) == {"ok.ipynb": b"ok"}
    said = problems(place)
    assert all("is a link" in said[name] for name in ("folder", "file.ipynb", "lost.ipynb"))
    assert "neither a file nor a folder" in said["pipe.ipynb"]
    assert "backslash" in said["a\\b.ipynb"]
    assert "control characters" in said["a\ufffdb.ipynb"]


def test_what_becomes_a_link_or_goes_while_we_walk_is_a_problem(tmp_path: Path) -> None:
    laid(tmp_path, {"a.ipynb": b"a", "b.ipynb": b"b", "c.zip": packed({}), "d/e.ipynb": b""})
    said = []
    for item in unpacked(tmp_path):
        if isinstance(item, Problem):
            said.append((item.path, item.said))
        if isinstance(item, Entry) and item.path == ("a.ipynb",):
            (tmp_path / "a.ipynb").unlink()
            (tmp_path / "a.ipynb").symlink_to(tmp_path / "b.ipynb")
            (tmp_path / "c.zip").unlink()
            shutil.rmtree(tmp_path / "d")
            got = item.read(10)
            assert isinstance(got, Problem)
            assert "cannot be read (" in got.said
    assert [path for path, _ in said] == [("c.zip",), ("d",)]
    assert all(words.startswith("cannot be read (No such file") for _, words in said)


def test_folders_that_are_too_deep_are_not_entered(tmp_path: Path) -> None:
    laid(tmp_path, {"/".join("d" * 45) + "/x.ipynb": b""})
    assert list(problems(tmp_path).values()) == ["lies more than 40 folders deep; put it further up"]


def test_a_name_on_the_disk_that_is_no_text_is_read_all_the_same(tmp_path: Path) -> None:
    with open(os.fsencode(tmp_path) + b"/jos\xe9.ipynb", "wb") as file:
        file.write(b"x")
    assert held(tmp_path) == {"jos\ufffd.ipynb": b"x"}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("../evil.ipynb", "leads out of its folder"),
        ("/evil/x.ipynb", "leads out of its folder"),
        ("C:/evil.ipynb", "leads out of its folder"),
        ("..\\evil.ipynb", "backslash"),
        ("evil\x00.ipynb", "control characters"),
        ("evil\x1b[2J.ipynb", "control characters"),
    ],
)
def test_harmful_names_in_a_zip_are_problems(tmp_path: Path, name: str, said: str) -> None:
    plain = "n" * len(name)
    data = patched(packed({plain: b"x", "ok": b"ok"}), plain.encode(), name.encode())
    laid(tmp_path, {"a.zip": data})
    assert held(tmp_path) == {"a.zip/ok": b"ok"}
    ((path, words),) = problems(tmp_path).items()
    assert path.startswith("a.zip/")
    assert path.isprintable()
    assert said in words


def test_links_and_devices_in_a_zip_are_problems(tmp_path: Path) -> None:
    kinds = {"link.ipynb": stat.S_IFLNK, "pipe": stat.S_IFIFO, "disk": stat.S_IFBLK}
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as made:
        for name, kind in kinds.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = (kind | 0o644) << 16
            made.writestr(info, "/etc/passwd")
    assert held(tmp_path) == {}
    said = problems(tmp_path)
    assert "is a link" in said["a.zip/link.ipynb"]
    assert all("neither a file nor a folder" in said[f"a.zip/{name}"] for name in ("pipe", "disk"))


def test_what_is_locked_or_packed_in_an_unusual_way_is_a_problem(tmp_path: Path) -> None:
    locked = bytearray(packed({"a.ipynb": b"x"}))
    locked[6] |= 1  # in the member's own header, and in the list
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    rare = {f"{how}.zip": packed({"a.ipynb": b"x"}, how) for how in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)}
    laid(tmp_path, {"locked.zip": bytes(locked), **rare})
    said = problems(tmp_path)
    assert said["locked.zip/a.ipynb"] == "is locked with a password; pack it again without one"
    assert all("unusual way" in said[f"{name}/a.ipynb"] for name in rare)


def test_a_broken_zip_is_a_problem_and_the_walk_goes_on(tmp_path: Path) -> None:
    good = packed({"x.ipynb": b"0123456789" * 50}, zipfile.ZIP_STORED)
    files = {
        "a.zip": b"no zip",
        "b.zip": good[:-30],
        "c.zip": good.replace(b"0123", b"9999", 1),
        "d.zip": b"",
    }
    files["e.zip"] = patched(packed({"xé.ipynb": b""}), "é".encode(), b"\xff\xfe")
    laid(tmp_path, files | {"z.ipynb": b"z"})
    said = problems(tmp_path)
    assert all("cannot be opened as a zip" in said[name] for name in ("a.zip", "b.zip", "d.zip", "e.zip"))
    assert "is broken inside its zip" in said["c.zip/x.ipynb"]
    assert held(tmp_path) == {"z.ipynb": b"z"}


def test_a_broken_place_is_one_problem(tmp_path: Path) -> None:
    place = tmp_path / "class.zip"
    place.write_bytes(packed({"a": b"a"}).replace(b"PK\x01\x02", b"PK\x01\x01"))
    assert list(problems(place)) == [""]


def test_a_bomb_is_stopped_by_what_really_comes_out(tmp_path: Path) -> None:
    zeros = bytes(300_000)
    limits = Limits(member=100_000, archive=200_000, whole=10**6)
    inner = packed({f"{number}.ipynb": zeros for number in range(3)})
    laid(tmp_path, {"a.zip": inner, "b.zip": packed({"in.zip": packed({"x": zeros}, zipfile.ZIP_STORED)})})
    laid(tmp_path, {"c.ipynb": b"c"})
    said = problems(tmp_path, limits)
    assert "holds more than is taken from one zip" in said["a.zip"]
    assert "too much was read before it" in said["a.zip/0.ipynb"]
    assert "is a zip of more than" in said["b.zip/in.zip"]
    assert held(tmp_path, limits) == {"c.ipynb": b"c"}


def test_a_size_that_lies_is_not_believed(tmp_path: Path) -> None:
    data = packed({"x.ipynb": bytes(1000)})
    at = data.index(b"PK\x01\x02") + 24
    laid(tmp_path, {"a.zip": data[:at] + struct.pack("<I", 10) + data[at + 4 :]})
    assert "is broken inside its zip" in problems(tmp_path)["a.zip/x.ipynb"]


def test_reading_ends_when_too_much_is_read_in_all(tmp_path: Path) -> None:
    laid(tmp_path, {f"{number}.ipynb": bytes(1000) for number in range(9)})
    said = problems(tmp_path, Limits(whole=2500))
    assert list(said) == ["2.ipynb", ""]
    assert "grade it in parts" in said[""]
    assert problems(tmp_path, Limits(files=3))[""] == said[""]


def test_a_zip_with_too_many_files_is_a_problem(tmp_path: Path) -> None:
    many = packed({str(number): b"" for number in range(30)})
    laid(tmp_path, {"a.zip": many, "b.ipynb": b"b"})
    limits = Limits(members=20)
    assert list(problems(tmp_path, limits)) == ["a.zip"]
    assert held(tmp_path, limits) == {"b.ipynb": b"b"}


def test_a_list_of_files_that_would_fill_the_memory_is_not_read(tmp_path: Path) -> None:
    many = packed({f"{number:0200}": b"" for number in range(300)})
    laid(tmp_path, {"a.zip": many})
    assert "its list of files has" in problems(tmp_path, Limits(members=20))["a.zip"]
    assert problems(tmp_path, Limits(members=300)) == {}


def test_more_comes_out_of_a_zip_that_is_itself_large(tmp_path: Path) -> None:
    stored = packed({f"{number}.ipynb": bytes(100_000) for number in range(3)}, zipfile.ZIP_STORED)
    laid(tmp_path, {"a.zip": stored})
    assert problems(tmp_path, Limits(archive=1000)) == {}


def test_zips_within_zips_are_opened_to_a_depth(tmp_path: Path) -> None:
    data = packed({"x.ipynb": b"x"})
    for _ in range(4):
        data = packed({"in.zip": data, "y.ipynb": b"y"})
    laid(tmp_path, {"a.zip": data})
    deepest = "a.zip/in.zip/in.zip/in.zip"
    assert f"{deepest}/y.ipynb" in held(tmp_path)
    assert problems(tmp_path) == {
        f"{deepest}/in.zip": "lies in 4 zips, and no more are opened; pack it less often"
    }


def test_names_that_nobody_flagged_as_utf8_are_recovered(tmp_path: Path) -> None:
    data = bytearray(packed({"Zoë.ipynb": b"x"}))
    data[7] &= ~0x08
    data[data.index(b"PK\x01\x02") + 9] &= ~0x08
    old = patched(packed({"Zo@.ipynb": b"x"}), b"Zo@", b"Zo\x89")  # in the code of old PCs
    laid(tmp_path, {"a.zip": bytes(data), "b.zip": old})
    assert list(held(tmp_path)) == ["a.zip/Zoë.ipynb", "b.zip/Zoë.ipynb"]


def test_the_last_of_two_members_of_one_name_counts(tmp_path: Path) -> None:
    laid(tmp_path, {"a.zip": patched(packed({"x": b"old", "y": b"new"}), b"y", b"x")})
    assert held(tmp_path) == {"a.zip/x": b"new"}


def test_times_are_in_utc_and_unknown_ones_are_none(tmp_path: Path) -> None:
    local = zipfile.ZipInfo("local", (2026, 11, 29, 9, 0, 0))
    known = zipfile.ZipInfo("known", (2026, 11, 29, 12, 0, 0))
    exact = datetime(2026, 11, 29, 8, 0, 1, tzinfo=UTC)
    known.extra = struct.pack("<HHI", 0x9999, 4, 0) + struct.pack(
        "<HHBi", 0x5455, 5, 1, int(exact.timestamp())
    )
    none = zipfile.ZipInfo("none")
    wrong = zipfile.ZipInfo("wrong", (2026, 2, 31, 9, 0, 0))
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as made:
        for info in (local, known, none, wrong):
            made.writestr(info, "x")
    os.utime(tmp_path / "a.zip", (10**9, 10**9))
    times = {item.path[-1]: item.times for item in unpacked(tmp_path) if isinstance(item, Entry)}
    assert times["local"][1] == datetime(2026, 11, 29, 9).astimezone(UTC)
    assert times["known"][1] == exact
    assert times["none"][1] is times["wrong"][1] is None
    assert {time[0] for time in times.values()} == {datetime(2001, 9, 9, 1, 46, 40, tzinfo=UTC)}
    assert next(item for item in unpacked(tmp_path) if isinstance(item, Entry)).when == times["local"][1]


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_no_zip_raises_anything(data: st.DataObject) -> None:
    whole = bytearray(packed({"a/x.ipynb": b"x" * 50, "in.zip": packed({"y": b"y"}), "é": b""}))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    end = data.draw(st.integers(0, len(whole)))
    for sent in (whole, whole[:end]):
        for item in zipped(io.BytesIO(bytes(sent)), (), (), Allowance(10**6, 1000), Limits()):
            if isinstance(item, Entry):
                item.read(1000)
            "/".join(item.path).encode()
