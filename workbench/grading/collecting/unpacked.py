"""Walk a folder or a zip of submissions, and the zips within, without ever writing to the disk."""

from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO

from workbench.grading.collecting.entries import (
    LINK,
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
from workbench.grading.collecting.zipped import Item, Times, zipped

DEEPEST = 40  # folders within each other
# A link that has just been put in the place of a file is not followed, and a pipe does not keep us waiting.
CAREFULLY = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)

__all__ = ["Entry", "Folder", "Limits", "Problem", "unpacked"]


def unpacked(place: Path, limits: Limits | None = None) -> Iterator[Entry | Folder | Problem]:
    """Give everything that lies in a folder or a zip, in order; paths begin inside it.

    Hidden files and what systems leave behind are passed over. What cannot be read, or could do harm, comes
    as a problem, and the walk goes on.

    Raises
    ------
    ValueError : there is no such folder or zip.
    """
    limits = limits or Limits()
    whole = Allowance(limits.whole, limits.files)
    if os.path.isdir(place):
        return _until_spent(_folder(Path(place), whole, limits), whole)
    if os.path.isfile(place) and zipfile.is_zipfile(place):
        return _until_spent(_archive(Path(place), (), (), whole, limits), whole)
    if os.path.exists(place):
        raise ValueError(f"{place} is neither a folder nor a zip; give the one that holds the submissions")
    raise ValueError(f"{place} does not exist; give the folder or zip that holds the submissions")


def _until_spent(items: Iterator[Item], whole: Allowance) -> Iterator[Item]:
    for item in items:
        yield item
        if whole.spent:
            yield Problem((), "holds more than is read in all, so not all was read; grade it in parts")
            return


def _folder(place: Path, whole: Allowance, limits: Limits) -> Iterator[Item]:
    errors: list[OSError] = []
    paths: dict[str, Parts] = {str(place): ()}  # of every folder that is entered, its parts
    for root, folders, files in os.walk(place, onerror=errors.append):
        path: Parts = paths.pop(root)
        if path:
            yield Folder(path)
        entered = []
        for name in sorted(folders):
            where = os.path.join(root, name)
            inner = _named(path, name, where)
            if isinstance(inner, Problem):
                yield inner
            elif inner:
                paths[where] = inner
                entered.append(name)
        folders[:] = entered
        for name in sorted(files):
            inner = _named(path, name, os.path.join(root, name))
            if isinstance(inner, Problem):
                yield inner
            elif inner:
                whole.take(files=1)
                yield from _file(Path(root, name), inner, whole, limits)
        yield from _unread(errors, place)
    yield from _unread(errors, place)


def _named(path: Parts, name: str, where: str) -> Parts | Problem:
    """Give the path of what lies in a folder, a problem, or nothing where it is passed over."""
    if ignored(name):
        return ()
    try:
        inner = (*path, *parts(os.fsencode(name).decode("utf-8", "replace")))
    except ValueError as error:
        return Problem((*path, shown(name)), str(error))
    if os.path.islink(where):
        return Problem(inner, LINK)
    if len(inner) > DEEPEST:
        return Problem(inner, f"lies more than {DEEPEST} folders deep; put it further up")
    return inner


def _unread(errors: list[OSError], place: Path) -> Iterator[Problem]:
    """Tell which folders could not be listed."""
    while errors:
        error = errors.pop()
        path = os.path.relpath(os.fsdecode(error.filename), place)
        split = tuple(shown(part) for part in Path(path).parts)
        yield Problem(split, f"cannot be read ({error.strerror}); make it readable")


def _file(file: Path, path: Parts, whole: Allowance, limits: Limits) -> Iterator[Item]:
    try:
        known = file.lstat()
    except OSError as error:
        yield Problem(path, f"cannot be read ({error.strerror}); make it readable")
        return
    if not stat.S_ISREG(known.st_mode):
        yield Problem(path, NO_FILE)
        return
    times = (*(None for _ in path[1:]), _time(known))
    if path[-1].lower().endswith(".zip"):
        within = limits.allowance(known.st_size, whole)
        yield from _archive(file, path, times, within, limits)
    else:
        yield Entry(path, known.st_size, times, partial(_read, file, path, whole))


def _archive(
    file: Path,
    path: Parts,
    times: Times,
    allowance: Allowance,
    limits: Limits,
) -> Iterator[Item]:
    try:
        stream = _opened(file)
    except OSError as error:
        yield Problem(path, f"cannot be read ({error.strerror}); make it readable")
        return
    with stream:
        yield from zipped(stream, path, times, allowance, limits)


def _read(file: Path, path: Parts, whole: Allowance, most: int) -> bytes | Problem:
    try:
        with _opened(file) as stream:
            return taken(stream, most, whole)
    except ValueError as error:
        return Problem(path, str(error))
    except OSError as error:
        return Problem(path, f"cannot be read ({error.strerror}); make it readable")


def _opened(file: Path) -> BinaryIO:
    stream = os.fdopen(os.open(file, CAREFULLY), "rb")
    if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        stream.close()
        raise OSError(0, "no file any more")
    return stream


def _time(known: os.stat_result) -> datetime | None:
    try:
        return datetime.fromtimestamp(known.st_mtime, UTC)
    except (OverflowError, OSError, ValueError):
        return None
