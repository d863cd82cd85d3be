"""The files of a zip and of the zips within, whoever packed it: nothing it says of itself is believed."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import BinaryIO

from workbench.grading.collecting.entries import (
    CHUNK,
    LINK,
    MB,
    NO_FILE,
    Allowance,
    Entry,
    Folder,
    Limits,
    Parts,
    Problem,
    ignored,
    parts,
    shown,
    taken,
)

PER_FILE = 400  # bytes in a zip's list of its members; in memory each takes far more
LOCKED = 0x1  # of a member's flags
UTF8 = 0x800
EXTENDED_TIME = 0x5455  # an extra field with the time in UTC
# Only these give bytes piece by piece; a few thousand bytes of the others can become many millions at once.
PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

Times = tuple[datetime | None, ...]
Item = Entry | Folder | Problem


class _Sparing(io.BufferedReader):
    """Read a zip, but no list of members that is too long: nothing else is read in one go."""

    def __init__(self, stream: BinaryIO, files: int) -> None:
        super().__init__(stream)  # type: ignore[arg-type]
        self._most = max(files, 1) * PER_FILE

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > max(self._most, CHUNK):
            raise ValueError(f"its list of files has {size} bytes, where at most {self._most} are taken")
        return super().read(size)


def zipped(
    stream: BinaryIO, path: Parts, times: Times, allowance: Allowance, limits: Limits, depth: int = 1
) -> Iterator[Item]:
    """Walk a zip.

    path : of the zip, with its times; both empty where all names are to begin inside it. depth : in how many
    zips its members are.
    """
    yield Folder(path)
    if depth > limits.depth:
        yield Problem(path, f"lies in {depth - 1} zips, and no more are opened; pack it less often")
        return
    try:
        archive = zipfile.ZipFile(_Sparing(stream, allowance.files))
    except Exception as error:  # strange bytes may cause anything
        yield Problem(path, f"cannot be opened as a zip ({_said(error)}); pack it again")
        return
    with archive:
        members = {member.orig_filename: member for member in archive.infolist()}  # the last one counts
        allowance.take(files=len(members))
        for name, member in members.items():
            if allowance.spent:
                yield Problem(path, "holds more than is taken from one zip, so not all of it was read")
                return
            if not ignored(name):
                yield from _member(archive, member, path, times, allowance, limits, depth)


def _member(
    archive: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    path: Parts,
    times: Times,
    allowance: Allowance,
    limits: Limits,
    depth: int,
) -> Iterator[Item]:
    name = _name(member)
    try:
        inner = parts(name)
        folder = _is_folder(member)
    except ValueError as error:
        yield Problem((*path, shown(name)), str(error))
        return
    path = (*path, *inner)
    if folder:
        yield Folder(path)
        return
    times = (*times, *(None for _ in inner[1:]), _time(member))
    read = partial(_read, archive, member, path, allowance)
    if not inner[-1].lower().endswith(".zip"):
        yield Entry(path, member.file_size, times, read)
        return
    data = read(limits.member + 1)
    if isinstance(data, Problem):
        yield data
    elif len(data) > limits.member:
        yield Problem(path, f"is a zip of more than {limits.member // MB} MB; hand in the notebook alone")
    else:
        within = limits.allowance(0, allowance)  # its own size is easily blown up
        yield from zipped(io.BytesIO(data), path, times, within, limits, depth + 1)


def _is_folder(member: zipfile.ZipInfo) -> bool:
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind == stat.S_IFLNK:
        raise ValueError(LINK)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise ValueError(NO_FILE)
    return kind == stat.S_IFDIR or member.orig_filename.endswith("/")


def _read(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Parts, allowance: Allowance, most: int
) -> bytes | Problem:
    if member.flag_bits & LOCKED:
        return Problem(path, "is locked with a password; pack it again without one")
    if member.compress_type not in PLAIN:
        return Problem(path, f"is packed in an unusual way ({member.compress_type}); pack a plain zip")
    try:
        with archive.open(member) as stream:
            return taken(stream, most, allowance)  # type: ignore[arg-type]
    except Exception as error:  # strange bytes may cause anything
        if allowance.spent:
            return Problem(path, str(error))
        return Problem(path, f"is broken inside its zip ({_said(error)}); pack it again")


def _name(member: zipfile.ZipInfo) -> str:
    """Give a member's name; where nothing says how it is written, it is UTF-8 if it can be."""
    name = member.orig_filename
    if not member.flag_bits & UTF8:
        with suppress(UnicodeError):
            return name.encode("cp437").decode()
    return name


def _time(member: zipfile.ZipInfo) -> datetime | None:
    """Tell when a member was changed: in UTC where the zip knows it, or else by this machine's clock."""
    extra = member.extra
    with suppress(struct.error, ValueError, OverflowError, OSError):
        while len(extra) >= 4:
            kind, size = struct.unpack("<HH", extra[:4])
            if kind == EXTENDED_TIME and size >= 5 and extra[4] & 1:
                return datetime.fromtimestamp(struct.unpack("<i", extra[5:9])[0], UTC)
            extra = extra[4 + size :]
        if member.date_time[:3] != (1980, 1, 1):  # what programs write that know no time
            return datetime(*member.date_time).astimezone(UTC)
    return None


def _said(error: Exception) -> str:
    said = " ".join(shown(str(error)).split())
    return said[:200] or type(error).__name__
