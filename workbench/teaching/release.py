"""Releasing lessons: student editions in a folder, looked through for solutions before they count."""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import nbformat

from workbench.teaching.course import Assignment, Course, Late
from workbench.teaching.edition import read, student
from workbench.teaching.exercises import EXERCISES
from workbench.teaching.leaks import leaks

FORMAT = 1
MANIFEST, README = "manifest.json", "README.md"
Manifest = dict[str, Any]


def release(
    assignments: Sequence[Assignment], out: Path, course: Course | None = None, *, replace: bool = False
) -> Manifest:
    """Write the student editions of lessons, a manifest and a page of explanation into a folder.

    The folder appears as a whole or not at all; an earlier release in it gives way to this one.

    replace : let it hold other files too, which stay, and notebooks of an earlier release that were changed.

    Raises
    ------
    ValueError : no lesson, two of one name, a folder that holds something else, or a leak. OSError : it
    cannot be written.
    """
    names = [one.name for one in assignments]
    if not names or len(set(names)) < len(names):
        raise ValueError(
            f"release: lessons must be named, each only once, got {', '.join(names) or 'none'}; name them so"
        )
    out = out.resolve()
    made = [f"{name}.ipynb" for name in names] + [README, MANIFEST]
    gone = _giving_way(out, made, replace)
    out.parent.mkdir(parents=True, exist_ok=True)
    fresh = out.parent / f".{out.name}.{secrets.token_hex(4)}"
    fresh.mkdir()
    try:
        manifest = _written(assignments, fresh, course)
        if found := leaks(fresh, assignments):
            raise ValueError(f"nothing is released, since solutions must stay here: {'; '.join(found[:3])}")
        _put(fresh, out, gone)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return manifest


def _written(assignments: Sequence[Assignment], folder: Path, course: Course | None) -> Manifest:
    lessons: list[dict[str, Any]] = []
    for one in assignments:
        file, made = f"{one.name}.ipynb", nbformat.writes(student(read(one.path), one.path.name)) + "\n"
        asked = [
            {"id": e.id, "title": e.title, "answer": e.answer_name, "points": one.of(e.id)}
            for e in (EXERCISES[id] for id in one.exercises)
        ]
        due = one.due.isoformat(timespec="seconds") if one.due else None
        lesson = {"name": one.name, "file": file, "sha256": _save(folder, file, made)}
        lessons.append(lesson | {"due": due, "exercises": asked})
    title = course.title if course else ""
    manifest = {
        "format": FORMAT,
        "workbench": metadata.version("segmentation-workbench"),
        "course": title,
        "lessons": lessons,
        "readme": {"file": README, "sha256": _save(folder, README, _explained(assignments, title, lessons))},
    }
    _save(folder, MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")
    return manifest


def _save(folder: Path, name: str, text: str) -> str:
    (folder / name).write_bytes(text.encode())
    return hashlib.sha256(text.encode()).hexdigest()


def _explained(assignments: Sequence[Assignment], title: str, lessons: Sequence[Mapping[str, Any]]) -> str:
    parts = [
        f"# {title or 'Exercises'}",
        "Start `jupyter lab` in this folder, where the workbench is installed, and open a notebook. Run its "
        "cells from top to bottom. Write each answer where the notebook asks for it, under the name that the "
        "table below gives it; the check cell after it answers at once.",
        "Hand in the notebooks, saved, under the file names that they have here. Nothing else is needed.",
    ]
    for one, kept in zip(assignments, lessons, strict=True):
        rows = "\n".join(
            f"| {e['id']} {e['title']} | `{e['answer']}` | {e['points']:g} |" for e in kept["exercises"]
        )
        table = f"| exercise | name of the answer | points |\n|:--|:--|--:|\n{rows}"
        due = f"Due {one.due:%Y-%m-%d %H:%M} (UTC{one.due:%z}). {_lateness(one.late)}" if one.due else ""
        parts += [f"## {kept['file']}", due.strip(), table if rows else ""]
    return "\n\n".join(filter(None, parts)) + "\n"


def _lateness(late: Late) -> str:
    said = [f"Up to {late.free_days:g} days late cost nothing." if late.free_days else ""]
    said += [f"Each day begun after that costs {late.per_day:.0%} of the points." if late.per_day else ""]
    said += [f"After {late.most_days:g} days it counts nothing." if late.most_days is not None else ""]
    return " ".join(filter(None, said))


def _giving_way(out: Path, made: Sequence[str], replace: bool) -> set[str]:
    """Name the files in a folder that a release may take away: those of an earlier one."""
    if out.exists() and not out.is_dir():
        raise ValueError(f"{out} must be a folder, and is a file; name another")
    there = {path.name for path in out.iterdir()} if out.is_dir() else set()
    earlier = _earlier(out / MANIFEST)
    same = {name for name in there if name in earlier and _sum(out / name) == earlier[name]}
    strange = sorted(there - same)
    clash = sorted(name for name in there & set(made) if name not in earlier or not (out / name).is_file())
    if clash or (strange and not replace):
        rule = "must be empty or hold nothing but an earlier release, unchanged"
        fix = "move it away" if clash else "name another folder, or keep it beside the new one with --replace"
        raise ValueError(f"{out} {rule}, got {(clash or strange)[0]!r}; {fix}")
    return same | (set(made) & set(earlier))


def _earlier(manifest: Path) -> dict[str, str]:
    """Give the files of an earlier release and their sums; nothing where this is no manifest of one."""
    try:
        said = json.loads(manifest.read_bytes())
        files = {one["file"]: one["sha256"] for one in [*said["lessons"], said["readme"]]}
        return {**files, MANIFEST: _sum(manifest)} if said["format"] == FORMAT else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _sum(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else "none"


def _put(fresh: Path, out: Path, gone: set[str]) -> None:
    """Put a folder in another's place; what is in that and not to go moves over."""
    if not out.exists():
        fresh.rename(out)
        return
    shutil.copymode(out, fresh)
    old = fresh.with_name(f"{fresh.name}.old")
    out.rename(old)
    try:
        fresh.rename(out)
    except OSError:
        old.rename(out)
        raise
    for entry in list(old.iterdir()):
        if entry.name in gone:
            entry.unlink()
        else:
            entry.rename(out / entry.name)
    old.rmdir()
