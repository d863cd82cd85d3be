"""What is found in a folder or a zip of submissions, and how much of it is taken."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

IGNORED = {"__macosx", "__pycache__", "thumbs.db", "desktop.ini", "icon\r"}  # besides hidden files
LONGEST = 1000  # characters of a name
TURNING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # text after these shows backwards
LINES = {"Cc", "Zl", "Zp"}  # control characters and ends of lines
CHUNK = 2**16
USUAL = 5  # times its size: what comes out of a zip of text
SMALLEST = 1000  # bytes in a zip for each file, where there are many
MB = 2**20
LINK = "is a link, and links are not followed; put the file itself there"
NO_FILE = "is neither a file nor a folder; leave it out"

Parts = tuple[str, ...]  # of a path


class Allowance:
    """Count down what may still come out of a zip; what comes out of it comes out of those around it too."""

    def __init__(self, size: int, files: int, around: Allowance | None = None) -> None:
        self.size, self.files, self._around = size, files, around

    def take(self, *, size: int = 0, files: int = 0) -> None:
        """Count bytes and files that have come out."""
        self.size -= size
        self.files -= files
        if self._around:
            self._around.take(size=size, files=files)

    @property
    def spent(self) -> bool:
        """Say whether more has come out than may.

        >>> whole = Allowance(10, 1)
        >>> Allowance(5, 1, whole).take(size=11)
        >>> whole.spent
        True
        """
        return min(self.size, self.files) < 0 or bool(self._around and self._around.spent)


@dataclass(frozen=True)
class Limits:
    """Say how much is read at most; bytes are those that come out, whatever a zip says of itself.

    member : bytes of a zip within a zip. archive : bytes out of one zip and the zips within, more where it is
    large on the disk. whole : bytes in all. members : files in one zip and the zips within, likewise. files :
    in all. depth : of zips within each other.
    """

    member: int = 256 * MB
    archive: int = 512 * MB
    whole: int = 4000 * MB
    members: int = 20_000
    files: int = 500_000
    depth: int = 4

    def allowance(self, size: int, around: Allowance) -> Allowance:
        """Say how much may come out of a zip of so many bytes, as part of what is around it."""
        # A class's export is large and unpacks to a few times its size; a bomb is small.
        return Allowance(self.archive + USUAL * size, self.members + size // SMALLEST, around)


@dataclass(frozen=True)
class Problem:
    """Hold what cannot be read, and why: the end of a sentence that begins with its name."""

    path: Parts
    said: str


@dataclass(frozen=True)
class Folder:
    """Hold a folder or a zip, which may turn out to be empty."""

    path: Parts


@dataclass(frozen=True)
class Entry:
    """Hold a file.

    path : a zip's name is a part. size : in bytes, as a zip claims it. times : for every part of the path,
    when that zip or file was last changed; None for folders, and where nothing is known. read : gives its
    first bytes, at most so many, or the problem; it works until the next entry is asked for.
    """

    path: Parts
    size: int
    times: tuple[datetime | None, ...]
    read: Callable[[int], bytes | Problem]

    @property
    def when(self) -> datetime | None:
        """Give the time at which the file was last changed."""
        return self.times[-1]


def taken(stream: BinaryIO, most: int, allowance: Allowance) -> bytes:
    """Read at most so many bytes, as far as the allowance goes.

    Raises
    ------
    ValueError : it does not go far enough.
    """
    data = bytearray()
    while len(data) < most and (part := stream.read(min(CHUNK, most - len(data)))):
        allowance.take(size=len(part))
        if allowance.spent:
            raise ValueError("is left out, since too much was read before it")
        data += part
    return bytes(data)


def parts(name: str) -> Parts:
    """Take the name of a file apart where it is harmless.

    Raises
    ------
    ValueError : it leads elsewhere, or no file should be called so.

    >>> parts("ada/./01_thresholding.ipynb")
    ('ada', '01_thresholding.ipynb')
    """
    split = tuple(part for part in name.split("/") if part not in ("", "."))
    if not split or len(name) > LONGEST:
        raise ValueError(f"has a name of {len(name)} characters; rename it")
    if any(letter in TURNING or unicodedata.category(letter) in LINES for letter in name):
        raise ValueError("has control characters in its name; rename it")
    if "\\" in name:
        raise ValueError("has a backslash in its name; rename it, or pack its zip again")
    if (
        name.startswith("/")
        or ".." in split
        or (name[1:2] == ":" and name[0].isascii() and name[0].isalpha())
    ):
        raise ValueError("has a name that leads out of its folder; rename it, or pack its zip again")
    return tuple(unicodedata.normalize("NFC", whole(part)) for part in split)


def ignored(name: str) -> bool:
    """Say whether a file is nobody's work: hidden, or left behind by a system or a program.

    >>> [ignored(name) for name in ("a/.git/config", "__MACOSX/a", "a/Thumbs.db", "../.a", "a/b.ipynb")]
    [True, True, True, False, False]
    """
    split = name.split("/")
    hidden = [part for part in split if part.startswith(".") and part != "."]
    if any(part.startswith("..") for part in hidden):  # to be told of, not passed over
        return False
    return bool(hidden) or any(part.lower() in IGNORED for part in split)


def shown(name: str) -> str:
    r"""Write any name so that it can be printed in a line.

    >>> shown("a\n\u202eb")
    'a��b'
    """
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in name)[:LONGEST]


def whole(text: str) -> str:
    """Write text without halves of letters, which no file could hold."""
    return "".join("\ufffd" if "\ud800" <= letter <= "\udfff" else letter for letter in text)
