"""Plain data comes back as it was; whatever else comes, one error says so."""

from __future__ import annotations

import contextlib
import io
import json
import zipfile
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.grading import wire
from workbench.grading.wire import packed, unpacked
from workbench.teaching.calling import same

VALUES = [
    None,
    True,
    10**50,
    0.1,
    float("inf"),
    "µ–ü",
    [1, [2, (3.5, None)]],
    {"a": {"b": ()}},
    {(1, 2), (3, 4)},
    frozenset({"x"}),
    np.float32(2.5),
    np.int64(-3),
    np.str_("text"),
    np.bool_(True),
]
ARRAYS = [
    np.arange(6, dtype=np.uint8).reshape(2, 3),
    np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    np.zeros((0, 3), bool),
    np.array([True, False]),
    np.array(1 + 2j),
    np.array(["a", "", "bcd"]),
    np.arange(10)[::-3],
    np.arange(3, dtype=">i4"),
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_value_comes_back_with_its_type(value: Any) -> None:
    back = unpacked(packed(value))
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize("array", ARRAYS, ids=lambda array: f"{array.dtype}{array.shape}")
def test_an_array_comes_back_as_it_was_to_be_written_into(array: np.ndarray) -> None:
    back = unpacked(packed((array,)))[0]
    assert back.dtype == array.dtype.newbyteorder("=")
    assert back.shape == array.shape
    assert (back == array).all()
    assert back.flags.writeable


def test_what_inherits_from_an_array_is_sent_as_an_array() -> None:
    assert type(unpacked(packed(np.ma.masked_array([1, 2], [True, False])))) is np.ndarray


letters = st.text(st.characters(exclude_categories=["Cs"]))  # no halves of letters
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | letters,
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abc"), inner) | st.tuples(inner, inner),
    max_leaves=8,
)


@settings(deadline=None, max_examples=60)
@given(plain)
def test_any_plain_value_comes_back(value: Any) -> None:
    assert repr(unpacked(packed(value))) == repr(value)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (object(), "a object is no plain data"),
        (lambda: 1, "a function is no plain data"),
        (b"bytes", "a bytes is no plain data"),
        ({1: 2}, "needs names as keys"),
        (np.array([object()]), "an array of object is no plain data"),
        (np.zeros(2, [("a", int)]), "is no plain data"),
        (np.datetime64("2020-01-01"), "is no plain data"),
        ("\ud800", "surrogates not allowed"),
        (set(range(10_001)), "a set may hold at most 10000 things"),
        (np.zeros(wire.MOST_BYTES, bool), "a value may have at most 32 MB"),
        ("x" * (wire.MOST_TREE + 1), "a value may have at most 32 MB"),
        ([np.int8(1)] * 10_001, "at most 10000 arrays"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 60 else "",
)
def test_what_is_not_plain_is_refused_before_it_is_sent(value: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        packed(value)


def test_a_value_that_holds_itself_is_refused() -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(ValueError, match="at most 20 lists deep"):
        packed(endless)


def archive(members: dict[str, bytes], how: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", how) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return buffer.getvalue()


def npy(descr: str, shape: str, data: bytes) -> bytes:
    header = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + data


def tree(of: Any) -> bytes:
    text = json.dumps(of).encode()
    return npy("'|u1'", f"({len(text)},)", text)


def text(raw: bytes) -> bytes:
    return archive({"tree.npy": npy("'|u1'", f"({len(raw)},)", raw)})


def array(descr: str, shape: str, data: bytes) -> bytes:
    return archive({"tree.npy": tree({"array": 0}), "a0.npy": npy(descr, shape, data)})


HOSTILE = {
    "nothing": b"",
    "no zip": b"PK\x03\x04" + b"\0" * 100,
    "no tree": archive({"a0.npy": npy("'<f8'", "(1,)", b"\0" * 8)}),
    "compressed": archive({"tree.npy": tree(1)}, zipfile.ZIP_DEFLATED),
    "a petabyte": array("'<f8'", "(2**47,)", b""),
    "more than there is": array("'<f8'", "(4,)", b"\0" * 8),
    "less than there is": array("'<f8'", "(1,)", b"\0" * 80),
    "a negative size": array("'<f8'", "(-1, -1)", b"\0" * 8),
    "objects": array("'|O'", "(1,)", b"\0" * 8),
    "fields": array("[('a', '<f8')]", "(1,)", b"\0" * 8),
    "no letter": array("'<U1'", "(1,)", b"\xff" * 4),
    "half a letter": array("'<U1'", "(1,)", b"\0\xd8\0\0"),
    "half a letter in text": archive({"tree.npy": tree("\ud800")}),
    "an array that is not there": archive({"tree.npy": tree({"array": 7})}),
    "two kinds": archive({"tree.npy": tree({"tuple": [], "set": []})}),
    "an unknown kind": archive({"tree.npy": tree({"pickle": "cos"})}),
    "unhashable": archive({"tree.npy": tree({"set": [[]]})}),
    "a large set": archive({"tree.npy": tree({"set": list(range(10_001))})}),
    "deep": text(b"[" * 50 + b"]" * 50),
    "very deep": text(b"[" * 100_000 + b"]" * 100_000),
    "a long number": text(b"9" * 10_000),
    "code in the header": archive({"tree.npy": npy("'<f8'", "__import__('os').getcwd()", b"")}),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.filterwarnings("ignore::UserWarning")  # NumPy's, of a header from Python 2
def test_bytes_that_nobody_packed_are_refused_with_one_kind_of_error(name: str) -> None:
    with pytest.raises(ValueError, match="these bytes are no packed value"):
        unpacked(HOSTILE[name])


@settings(deadline=None, max_examples=150)
@given(st.data())
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_damaged_bytes_are_a_value_or_refused(data: st.DataObject) -> None:
    raw = bytearray(packed({"mask": np.eye(3, dtype=bool), "values": [1.5, "text", (np.int8(3),)]}))
    for place in data.draw(st.lists(st.integers(0, len(raw) - 1), min_size=1, max_size=6)):
        raw[place] = data.draw(st.integers(0, 255))
    with contextlib.suppress(ValueError):  # any other error fails
        unpacked(bytes(raw))


def test_a_truth_value_counts_once_whatever_byte_it_was_sent_as() -> None:
    data = array("'|b1'", "(3,)", b"\0\x02\xff")
    assert same(unpacked(data), np.array([False, True, True]))
    assert unpacked(data).view(np.uint8).tolist() == [0, 1, 1]
