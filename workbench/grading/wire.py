"""Plain data as bytes: how inputs enter a sandbox and how answers leave it.

The bytes are an NPZ: every array a member of its own, and a member `tree`, JSON that says how they hang
together. Nothing is pickled and nothing is compressed, so that a few bytes can never become many.
"""

from __future__ import annotations

import io
import json
import math
import zipfile
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_BYTES = 32 * 2**20  # of one value
MOST_TREE = 4 * 2**20  # bytes of JSON in it
MOST_ARRAYS = 10_000
MOST_IN_SET = 10_000  # numbers can be chosen so that a set of more takes for ever
DEEPEST = 20  # lists within lists
COLLECTIONS: dict[str, type] = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}
KINDS = "biufcU"  # of arrays: truth values, whole numbers, floats, complex numbers, text


def packed(value: Any) -> bytes:
    """Turn plain data into bytes.

    Plain are None, bool, int, float, str, lists, tuples, sets, dicts with names as keys, NumPy's scalars, and
    arrays of numbers, truth values or text; what inherits from one of these is sent as that one.

    Raises
    ------
    ValueError : it holds something else, or is too large or too deep.

    >>> unpacked(packed({"level": 7, "mask": (True, None)}))
    {'level': 7, 'mask': (True, None)}
    """
    arrays: list[NDArray[Any]] = []
    tree = json.dumps(_tree(value, arrays, 0)).encode()
    if len(tree) > MOST_TREE or sum(array.nbytes for array in arrays) > MOST_BYTES - 2 * MOST_TREE:
        raise ValueError(
            f"a value may have at most {MOST_BYTES / 2**20:g} MB, this one is larger; send less of it"
        )
    buffer = io.BytesIO()
    members = {f"a{number}": array for number, array in enumerate(arrays)}
    np.savez(buffer, allow_pickle=False, tree=np.frombuffer(tree, np.uint8), **members)
    return buffer.getvalue()


def unpacked(data: bytes) -> Any:
    """Turn bytes back into plain data, whoever wrote them.

    Raises
    ------
    ValueError : they are not what `packed` makes, or claim more than they hold. No other error leaves this.
    """
    try:
        members = _members(data)
        return _value(json.loads(members["tree"].tobytes()), members, 0)
    except Exception as error:  # whatever strange bytes may cause, the caller is told one thing
        raise ValueError(f"these bytes are no packed value: {type(error).__name__}: {error}") from error


def _tree(value: Any, arrays: list[NDArray[Any]], depth: int) -> Any:
    if depth > DEEPEST:
        raise ValueError(f"a value may be at most {DEEPEST} lists deep; this one is deeper")
    if isinstance(value, np.ndarray | np.generic):
        return {"scalar" if isinstance(value, np.generic) else "array": _put(value, arrays)}
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float | str):
        return _checked(next(plain for plain in (int, float, str) if isinstance(value, plain))(value))
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise ValueError("a dictionary needs names as keys; this one has others")
        return {"dict": {_checked(key): _tree(item, arrays, depth + 1) for key, item in value.items()}}
    return _collected(value, arrays, depth)


def _collected(value: Any, arrays: list[NDArray[Any]], depth: int) -> Any:
    kind = next((kind for kind in COLLECTIONS if isinstance(value, COLLECTIONS[kind])), None)
    if kind is None:
        raise ValueError(
            f"a {type(value).__name__} is no plain data; give numbers, text, lists, dictionaries or arrays"
        )
    if "set" in kind and len(value) > MOST_IN_SET:
        raise ValueError(f"a set may hold at most {MOST_IN_SET} things; give a list")
    items = [_tree(item, arrays, depth + 1) for item in value]
    return items if kind == "list" else {kind: items}


def _checked(value: Any) -> Any:
    if isinstance(value, str):
        value.encode()  # half a character, which no file could hold, is refused here
    return value


def _put(value: Any, arrays: list[NDArray[Any]]) -> int:
    array = np.asarray(value)  # what inherits from an array comes out as one
    if array.dtype.kind == "U" and not array.dtype.itemsize:
        array = array.astype("U1")  # empty text needs room for a letter in a file
    if array.dtype.kind not in KINDS:
        raise ValueError(f"an array of {array.dtype} is no plain data; give numbers, truth values or text")
    if len(arrays) >= MOST_ARRAYS:
        raise ValueError(f"a value may hold at most {MOST_ARRAYS} arrays; put them into one")
    arrays.append(array)
    return len(arrays) - 1


def _members(data: bytes) -> dict[str, NDArray[Any]]:
    if len(data) > MOST_BYTES:
        raise ValueError(f"{len(data)} bytes, where at most {MOST_BYTES} are taken")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = archive.infolist()
        if any(file.compress_type != zipfile.ZIP_STORED for file in files):
            raise ValueError("compressed")
        if len(files) > MOST_ARRAYS + 1 or sum(file.file_size for file in files) > MOST_BYTES:
            raise ValueError("more inside than outside")
        return {file.filename.removesuffix(".npy"): _array(archive.read(file)) for file in files}


def _array(raw: bytes) -> NDArray[Any]:
    """Read an .npy whose header must claim exactly the bytes that follow it."""
    stream = io.BytesIO(raw)
    if np.lib.format.read_magic(stream) != (1, 0):
        raise ValueError("an array of another format")
    shape, fortran, dtype = np.lib.format.read_array_header_1_0(stream)
    start = stream.tell()
    if dtype.kind not in KINDS or math.prod(shape) * dtype.itemsize != len(raw) - start:
        raise ValueError(f"{len(raw) - start} bytes cannot be an array of shape {shape} and type {dtype}")
    return _sound(raw[start:], dtype).reshape(shape, order="F" if fortran else "C")


def _sound(raw: bytes, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Make a flat array that is what NumPy itself would have made.

    A truth value of two would count twice in a sum, and half a character is refused by every file.
    """
    if dtype.kind == "b":
        return np.frombuffer(raw, np.uint8) != 0
    if not dtype.itemsize:
        raise ValueError("text of no length")
    array = np.frombuffer(raw, dtype).astype(dtype.newbyteorder("="))
    if dtype.kind == "U":
        "".join(array.tolist()).encode()
    return array


def _value(tree: Any, members: dict[str, NDArray[Any]], depth: int) -> Any:
    if depth > DEEPEST:
        raise ValueError("too deep")
    if isinstance(tree, list):
        return [_value(item, members, depth + 1) for item in tree]
    if not isinstance(tree, dict):
        return _checked(tree)
    ((kind, held),) = tree.items()
    if kind == "array":
        return members[f"a{int(held)}"].copy(order="K")
    if kind == "scalar":
        return members[f"a{int(held)}"].reshape(())[()]
    if kind == "dict":
        return {_checked(key): _value(item, members, depth + 1) for key, item in held.items()}
    if "set" in kind and len(held) > MOST_IN_SET:
        raise ValueError(f"a set of {len(held)}, where at most {MOST_IN_SET} are taken")
    return COLLECTIONS[kind](_value(item, members, depth + 1) for item in held)
