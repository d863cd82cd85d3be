"""A mask as text: there and back, and refused where it is none."""

from __future__ import annotations

import base64
import zlib

import numpy as np
import pytest

from workbench.teaching import written


@pytest.mark.parametrize("size", [(1, 1), (3, 5), (120, 160)])
def test_there_and_back(size: tuple[int, int]) -> None:
    mask = np.random.default_rng(0).random(size) < 0.3
    assert (written.mask(written.text(mask)) == mask).all()


def test_a_painted_object_is_a_short_line() -> None:
    rows, columns = np.mgrid[:256, :256]
    line = written.text((rows - 90) ** 2 + (columns - 140) ** 2 < 60**2)
    assert len(line) < 700
    assert "\n" not in line


def test_lines_broken_by_an_editor_are_read() -> None:
    mask = np.eye(40, dtype=bool)
    line = written.text(mask)
    assert (written.mask(f"  {line[:40]}\n{line[40:]}\n") == mask).all()


BOMB = "mask:4x4:" + base64.b64encode(zlib.compress(b"\0" * 10**7)).decode()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "begins with mask:"),
        ("mask:axb:", "begins with mask:"),
        ("mask:0x4:", "cannot be"),
        ("mask:99999x99999:", "cannot be"),
        ("mask:4x4:AAAA", "cut short"),
        ("mask:4x4:A", "cut short"),
        (written.text(np.eye(40))[:47], "cut short"),
        (BOMB, "cut short"),
    ],
    ids=["empty", "no size", "no pixel", "too many", "no zlib", "no base64", "cut", "bomb"],
)
def test_what_is_no_mask_is_refused(line: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        written.mask(line)


def test_what_has_no_rows_is_refused() -> None:
    with pytest.raises(ValueError, match=r"a mask has rows and columns, got an array of shape \(3,\)"):
        written.text([True, False, True])
