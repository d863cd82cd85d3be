"""The files that students hand in: a lesson with their answers, and all that goes wrong with files."""

from __future__ import annotations

import base64
import copy
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

LESSON = "00_first_look.ipynb"
SIDE = 866  # pixels of the picture in the notebook with large outputs: about 3 MB as text
FILE, LINK = 0o100644, 0o120777  # what zips call an ordinary file and a symbolic link
RENAMED = (
    "Lesson 0 final FINAL.ipynb", "00_first_look (1).ipynb", "première leçon.ipynb", "レッスン00.ipynb",
    "Untitled.ipynb",
)  # fmt: skip
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


@dataclass(frozen=True)
class File:
    """Hold one file: its path with /, its bytes, and when it was last changed, by its writer's clock.

    mode : what zips keep of its kind; a symbolic link holds where it points to.
    """

    path: str
    data: bytes
    when: datetime
    mode: int = FILE


def notebook(lesson: Mapping[str, Any], answers: Sequence[str], extra: str = "") -> bytes:
    """Write a lesson as a student has left it.

    answers : what its answer cells hold, in order; `# %%` parts cells, the last of which is the answer's.
    extra : one more cell, at the end.

    Raises
    ------
    ValueError : the lesson has more answer cells than there are answers, or fewer.
    """
    left = copy.deepcopy(dict(lesson))
    places = [n for n, cell in enumerate(left["cells"]) if "exercise" in cell["metadata"].get("tags", ())]
    if len(places) != len(answers):
        raise ValueError(f"{LESSON} asks for {len(places)} answers, got {len(answers)}; give one for each")
    for place, answer in reversed(list(zip(places, answers, strict=True))):
        *before, last = answer.split("# %%\n")
        left["cells"][place]["source"] = last.strip()
        left["cells"][place:place] = [_cell(f"added-{place}-{n}", text) for n, text in enumerate(before)]
    left["cells"] += [_cell("added-last", extra)] if extra else []
    code = (cell for cell in left["cells"] if cell["cell_type"] == "code")
    for count, cell in enumerate(code, 1):
        cell["execution_count"] = count
    return _written(left)


def zipped(files: Iterable[File]) -> bytes:
    """Pack files into a zip: the same bytes for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for file in files:
            entry = zipfile.ZipInfo(file.path, file.when.timetuple()[:6])
            entry.create_system = 3  # Unix, whatever this machine is
            entry.external_attr = file.mode << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.data)
    return buffer.getvalue()


def _cell(id: str, text: str) -> dict[str, Any]:
    source = text.strip()
    return {"cell_type": "code", "id": id, "metadata": {}, "outputs": [], "source": source}


def _written(left: Mapping[str, Any]) -> bytes:
    return (json.dumps(left, indent=1, ensure_ascii=False) + "\n").encode()


def _in_r(data: bytes) -> bytes:
    """Write the notebook for another language."""
    left = json.loads(data)
    left["metadata"] = {
        "kernelspec": {"display_name": "R", "language": "R", "name": "ir"},
        "language_info": {"name": "R"},
    }
    for cell in left["cells"]:
        if "exercise" in cell["metadata"].get("tags", ()):
            cell["source"] = "pixel_share <- function(mask) mean(mask)"
    return _written(left)


def _with_pictures(data: bytes) -> bytes:
    """Leave the output of a picture that no compression makes smaller."""
    import cv2

    noise = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3), np.uint8)
    _, png = cv2.imencode(".png", noise, [cv2.IMWRITE_PNG_COMPRESSION, 0])
    picture = {"image/png": base64.b64encode(png.tobytes()).decode(), "text/plain": "<Figure>"}
    left = json.loads(data)
    cell = next(cell for cell in left["cells"] if cell["cell_type"] == "code")
    cell["outputs"] = [{"output_type": "display_data", "data": picture, "metadata": {}}]
    return _written(left)


def _traversing(data: bytes, when: datetime) -> list[File]:
    """Pack an honest notebook with names that lead out of the folder, and a link to the machine's users."""
    out = File("../../gradebook.sqlite", b"nothing", when)
    absolute = File("/tmp/gradebook.sqlite", b"nothing", when)
    link = File("notes.ipynb", b"/etc/passwd", when, LINK)
    return [File("work.zip", zipped([File(LESSON, data, when), out, absolute, link]), when)]


def _mac(data: bytes, when: datetime) -> list[File]:
    junk = File(f"__MACOSX/lesson 0/._{LESSON}", b"\0\5\26\7\0\2\0\0Mac OS X", when)
    store = File("lesson 0/.DS_Store", b"\0\0\0\1Bud1", when)
    return [File("lesson 0.zip", zipped([File(f"lesson 0/{LESSON}", data, when), junk, store]), when)]


def _checkpoints(data: bytes, blank: bytes, when: datetime) -> list[File]:
    early = File(f"work/.ipynb_checkpoints/{LESSON[:-6]}-checkpoint.ipynb", blank, when)
    return [File("work.zip", zipped([File(f"work/{LESSON}", data, when), early]), when)]


# How a notebook is handed in: from its bytes, those of one without answers, and when. All others: as it is.
HANDED: dict[str, Callable[[bytes, bytes, datetime], list[File]]] = {
    "nothing handed in": lambda data, blank, when: [],
    "empty file": lambda data, blank, when: [File(LESSON, b"", when)],
    "a PDF": lambda data, blank, when: [File("00_first_look.pdf", PDF, when)],
    "cut off": lambda data, blank, when: [File(LESSON, data[: len(data) * 2 // 3], when)],
    "R": lambda data, blank, when: [File(LESSON, _in_r(data), when)],
    "large outputs": lambda data, blank, when: [File(LESSON, _with_pictures(data), when)],
    "leads out of its zip": lambda data, blank, when: _traversing(data, when),
    "older copy": lambda data, blank, when: [
        File("00_first_look-Copy1.ipynb", blank, when - timedelta(days=2)),
        File(LESSON, data, when),
    ],
    "zipped": lambda data, blank, when: [File("abgabe.zip", zipped([File(LESSON, data, when)]), when)],
    "zipped on a Mac": lambda data, blank, when: _mac(data, when),
    "zipped with checkpoints": _checkpoints,
}
HANDED |= {
    f"renamed to {name}": lambda data, blank, when, name=name: [File(name, data, when)]  # type: ignore[misc]
    for name in RENAMED
}


def handed_in(role: str, data: bytes, blank: bytes, when: datetime) -> list[File]:
    """Give the files of a student whose notebook is `data`, as one of this role hands it in."""
    plain: Callable[[bytes, bytes, datetime], list[File]] = lambda data, blank, when: [  # noqa: E731
        File(LESSON, data, when)
    ]
    return HANDED.get(role, plain)(data, blank, when)
