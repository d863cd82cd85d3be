"""Folders of label files: which files there are, and what ids mean where a file does not say so itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from workbench.export import read_labels
from workbench.image import ImageError
from workbench.metrics.comparison import LensName
from workbench.segmentation import Ids, Segmentation, as_ids, look_up, present
from workbench.taxonomy import BINARY, Category, Taxonomy

SUFFIXES = (".png", ".tif", ".tiff", ".npz")
NAMES = "taxonomy.json"
MOST = 256  # categories that may go without names
PREVIEW = "-preview"  # what `workbench run` writes beside its labels, for the eye only
OBJECTS = Taxonomy([Category(1, "background", "stuff"), Category(2, "object")])
Kind = Literal["categories", "masks", "objects", "regions"]


@dataclass(frozen=True)
class Reading:
    """Say how bare ids are read: those of files that do not say themselves what they mean.

    Parameters
    ----------
    kind : an id is a category, one of two values of a mask, an object, or a region without a name.
    taxonomy : the names that there are.
    values : what an id stands for, where not for itself; 0 is void in a truth, unlabelled in a guess.
    """

    kind: Kind
    taxonomy: Taxonomy
    values: Mapping[int, int] = field(default_factory=dict)

    @property
    def says(self) -> str:
        """Say it in a sentence.

        >>> Reading("regions", Taxonomy([])).says
        'each id is a region; 0 is void'
        """
        special = "".join(f"; {n} is {_called(c, self.taxonomy)}" for n, c in self.values.items())
        void = "" if 0 in self.values else "; 0 is void"
        return {
            "masks": f"masks of two values{special}",
            "objects": "each id is an object; 0 is background",
            "regions": "each id is a region; 0 is void",
            "categories": f"each id is a category, of {len(self.taxonomy)}{void}{special}",
        }[self.kind]

    def over(self, ids: NDArray[Any]) -> Segmentation:
        """Make a segmentation of (H, W) bare ids.

        Raises
        ------
        ValueError : ids that are negative, too large, or without a category.
        """
        there = as_ids(_whole(ids))
        if self.kind == "regions":
            return Segmentation.from_partition(there)
        if self.kind == "objects":
            return _objects(there)
        named = {n: self.values.get(n, n) for n in [0, *present(there)]}
        known = self.values if self.kind == "masks" else {n for n, c in named.items() if c in self.taxonomy}
        strange = [n for n, c in named.items() if c and n not in known]
        if strange:
            raise ValueError(
                f"ids {_some(strange)} have no category ({self.says}); name them in {NAMES}, or make them 0"
            )
        fresh = look_up(there, named)
        if self.kind == "masks":
            return Segmentation.from_mask(fresh == BINARY["foreground"].id)
        return Segmentation.from_semantic(fresh, self.taxonomy)


def label_files(folder: Path) -> dict[str, list[Path]]:
    """List the label files of a folder by stem; previews that lie beside their labels are left out.

    Raises
    ------
    ValueError : no such folder, or no label file in it.
    """
    if not folder.is_dir():
        raise ValueError(f"{folder}: there is no such folder; check the path")
    files: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in SUFFIXES:
            files.setdefault(path.stem, []).append(path)
    shown = {n for n in files if n.endswith(PREVIEW) and n.removesuffix(PREVIEW) in files}
    if not files.keys() - shown:
        raise ValueError(f"{folder}: has no label file; give {', '.join(SUFFIXES)}")
    return {name: paths for name, paths in files.items() if name not in shown}


def read_file(path: Path, reading: Reading, noun: str) -> Segmentation:
    """Read one label file: as it says itself, else as the reading has it.

    Raises
    ------
    ImageError : it cannot be read, or has ids without a category; the sentence names the file.
    """
    ids, said = read_labels(path, None, str(path), noun)
    try:
        return said.over(ids) if said is not None else reading.over(ids)
    except (ValueError, KeyError) as error:
        raise ImageError(f"{path}: {error.args[0]}") from None


def readings(
    truths: Path, guesses: Path, files: Mapping[Path, Collection[Path]], lens: LensName
) -> tuple[Reading, Reading]:
    """Decide for two folders as a whole how their bare ids are read, truths first.

    A `taxonomy.json` in a folder, or beside it, decides; guesses without one take the truths'. Else ids are
    objects under the instance and panoptic lens, the two sides of a mask where all truths together hold no
    more than two values, regions under the regions lens, and else numbered categories.

    Parameters
    ----------
    files : the label files of each folder.

    Raises
    ------
    ValueError : a `taxonomy.json` that cannot be read, or more than 256 categories without a name.
    """
    declared = _declared(truths)
    if declared:
        return declared, _declared(guesses) or declared
    if lens in ("instance", "panoptic"):
        return (Reading("objects", OBJECTS),) * 2
    in_truth, in_guess = _values(files[truths]), _values(files[guesses])
    if len(in_truth) <= 2 and (lens != "regions" or 0 in in_truth):
        one = _mask(in_truth)
        return one, _mask(in_guess) if len(in_guess) <= 2 else one
    if lens == "regions":
        return (Reading("regions", Taxonomy([])),) * 2
    numbers = sorted((in_truth | in_guess) - {0})
    if len(numbers) > MOST:
        raise ValueError(f"labels without names may have {MOST} ids, got {len(numbers)}; add a {NAMES}")
    return (Reading("categories", Taxonomy(Category(n, f"category {n}") for n in numbers)),) * 2


@dataclass(frozen=True)
class _File:
    """Hold what a `taxonomy.json` says: categories, and what stands for another id than itself."""

    categories: list[Category]
    values: dict[int, int] = field(default_factory=dict)


def _declared(folder: Path) -> Reading | None:
    """Read the names in a folder, or beside it; None where there are none."""
    path = next((p for p in (folder / NAMES, folder.resolve().parent / NAMES) if p.is_file()), None)
    if path is None:
        return None
    try:
        said = TypeAdapter(_File | list[Category]).validate_json(path.read_bytes())
        found = said if isinstance(said, _File) else _File(said)
        return Reading("categories", Taxonomy(found.categories), found.values)
    except (ValidationError, ValueError):
        example = '{"categories": [{"id": 1, "name": "road", "kind": "stuff"}], "values": {"255": 0}}'
        raise ValueError(f"{path}: does not list categories; write it like {example}") from None


def _values(paths: Collection[Path]) -> set[int]:
    """Collect the bare ids of files; those that cannot be read are told when their turn comes."""
    found: set[int] = set()
    for path in paths:
        try:
            ids, said = read_labels(path, None, str(path))
            there = as_ids(_whole(ids))
        except (ValueError, OSError):
            continue
        if said is None:
            found |= {*present(there), *([0] if (there == 0).any() else [])}
    return found


def _mask(values: Collection[int]) -> Reading:
    """Read the higher of two values as foreground; alone, 0 is background and any other foreground."""
    ground, front = BINARY
    low, high = (min(values), max(values)) if len(values) == 2 else (0, max(values, default=1) or 1)
    return Reading("masks", BINARY, {low: ground.id, high: front.id})


def _objects(ids: Ids) -> Segmentation:
    ground, thing = OBJECTS
    there = present(ids)
    names = dict.fromkeys(there, thing.id)
    if (ids == 0).any():
        # Above every object, unless that would be above all ids: then the lowest that is free.
        top = there[-1] + 1 if there and there[-1] < 2**31 - 1 else _free(there)
        ids, names = np.where(ids == 0, np.int32(top), ids), {**names, top: ground.id}
    return Segmentation.from_panoptic(ids, names, OBJECTS)


def _free(taken: list[int]) -> int:
    return next(n for n in range(1, len(taken) + 2) if n not in set(taken))


def _whole(ids: NDArray[Any]) -> NDArray[Any]:
    return ids.astype(np.uint8) if ids.dtype == bool else ids


def _called(category: int, tax: Taxonomy) -> str:
    return "void" if not category else tax[category].name if category in tax else f"category {category}"


def _some(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:5]))
    return shown + (f" and {len(numbers) - 5} more" if len(numbers) > 5 else "")
