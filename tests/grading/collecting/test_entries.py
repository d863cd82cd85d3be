"""Names that can do no harm, and an allowance that is not overdrawn."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.grading.collecting.entries import LONGEST, Allowance, ignored, parts, shown, taken


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "has a name of 0 characters"),
        ("a" * (LONGEST + 1), "has a name of 1001 characters"),
        ("a\x00.ipynb", "has control characters in its name"),
        ("a\u202eb.ipynb", "has control characters in its name"),
        ("a\nb", "has control characters in its name"),
        ("..\\a.ipynb", "has a backslash in its name"),
        ("../a.ipynb", "has a name that leads out of its folder"),
        ("a/../../b.ipynb", "has a name that leads out of its folder"),
        ("/etc/passwd", "has a name that leads out of its folder"),
        ("C:a.ipynb", "has a name that leads out of its folder"),
    ],
)
def test_a_name_that_could_do_harm_is_refused(name: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parts(name)


def test_names_are_written_in_one_way() -> None:
    assert parts("./a//Zoe\u0308.ipynb") == ("a", "Zo\u00eb.ipynb")
    assert parts("a\ud800") == ("a\ufffd",)


@given(st.text(st.sampled_from("a./\\:\x00\n\u202eé\ud800C"), max_size=12))
def test_what_is_let_through_leads_nowhere_and_can_be_printed(name: str) -> None:
    shown(name).encode()
    try:
        split = parts(name)
    except ValueError:
        return
    assert split
    assert not {"", ".", ".."} & set(split)
    "/".join(split).encode()


def test_what_nobody_wrote_is_ignored_and_what_leads_elsewhere_is_not() -> None:
    assert ignored(".ipynb_checkpoints/a-checkpoint.ipynb")
    assert ignored("a/Icon\r")
    assert not ignored("./a/b.ipynb")
    assert not ignored("../.git/config")


def test_no_more_is_taken_than_the_allowance_of_all_that_is_around() -> None:
    around = Allowance(5, 10)
    inside = Allowance(100, 10, around)
    assert taken(io.BytesIO(b"abcdef"), 4, inside) == b"abcd"
    assert not inside.spent
    with pytest.raises(ValueError, match="too much was read before it"):
        taken(io.BytesIO(b"abcdef"), 4, inside)
    assert around.spent
    files = Allowance(100, 1)
    files.take(files=2)
    assert files.spent
