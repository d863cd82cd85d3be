"""The bundled pictures: photographs with truth drawn by eye, and pictures whose truth is exact."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.image import fit, fitted_size, read_image, remember
from workbench.params import near
from workbench.sample import Sample
from workbench.segmentation import Segmentation, present
from workbench.taxonomy import QUIET, Category, Taxonomy

HERE = Path(__file__).parent
DATA = next(p for p in (HERE / "data", HERE.parent / "data") if p.is_dir())
TITLES = {  # of what is not a photograph
    "mosaic": ("Textures: brick, grass, gravel", "exact"),
    "phantom": ("Head phantom", "exact"),
    "cells": ("Cells, generated", "scene"),
    "street": ("Street, generated", "scene"),
    "shadows": ("Shadows, generated", "scene"),
    "aerial": ("Village from above, generated", "scene"),
    "tabletop": ("Table, generated", "scene"),
}
SCENES = {  # a generated picture of each kind, by the seed that shows it well
    "cells": ("cells", 3),
    "street": ("street", 7),
    "shadows": ("shadows", 13),
    "aerial": ("aerial", 4),
    "tabletop": ("tabletop", 12),
}


def names() -> list[str]:
    """List the bundled samples: photographs first, then exact pictures and scenes."""
    drawn = sorted(path.stem for path in (DATA / "samples").glob("*.json"))
    return [*sorted(drawn, key=lambda name: (name != "coins", name)), "mosaic", "phantom", *SCENES]


def load(name: str, *, longest: int | None = None) -> Sample:
    """Load a bundled sample, its longest side scaled down to `longest` px where that is given.

    Raises
    ------
    KeyError : an unknown name; the known ones are listed.

    >>> load("coins").truth.summary()
    'coin: 24 segments'
    """
    if name not in (known := names()):
        raise KeyError(f"no sample {name!r}{near(str(name), known)}; there are {', '.join(known)}")
    return _load(name, longest)


@lru_cache(maxsize=4)
def _load(name: str, longest: int | None) -> Sample:
    if name in ("mosaic", "phantom"):
        from workbench.scenes import exact

        sample = getattr(exact, name)()
    elif name in SCENES:
        from workbench.scenes import SCENES as makers

        kind, seed = SCENES[name]
        sample = makers[kind](seed=seed, size=(384, 512))
    else:
        sample = _photograph(_record(name))
    return _scaled(sample, name, longest)


def describe(name: str) -> tuple[str, str]:
    """Give a sample's title and kind (photograph, exact or scene) without loading its pixels."""
    if name in TITLES:
        return TITLES[name]
    record = _record(name)
    return record["title"], record["kind"]


def full_size(name: str) -> tuple[int, int]:
    """Give the (height, width) that a sample has before it is scaled to a working size."""
    if name in TITLES:
        return _load(name, None).shape
    height, width = _record(name)["size"]
    return height, width


@lru_cache(maxsize=64)
def agreement(name: str) -> str:
    """Say how well two independent drawings of a sample's truth agree, or nothing where there is one.

    No method can be judged finer than this.
    """
    second = second_drawing(name)
    if second is None:
        return ""
    first = load(name)
    assert first.truth is not None  # ours: what was drawn twice was drawn
    from workbench.metrics.score import score

    iou = score(first.truth, second, target=first.target).iou
    pq = score(first.truth, second, lens="panoptic").pq
    return f"drawn twice, independently: the two agree with IoU {iou:.3f}, PQ {pq:.3f}"


def second_drawing(name: str) -> Segmentation | None:
    """Give the truth that was drawn a second time, independently, or None where there is none."""
    path = DATA / "samples" / "second" / f"{name}.json"
    return draw(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def _record(name: str) -> dict[str, Any]:
    return json.loads((DATA / "samples" / f"{name}.json").read_text(encoding="utf-8"))


def _photograph(record: Mapping[str, Any]) -> Sample:
    import skimage

    package, _, file = record["image"].partition("/")
    path = Path(skimage.__file__).parent / package.partition(".")[2] / file
    return Sample(
        name=record["name"],
        title=record["title"],
        image=read_image(path),
        truth=draw(record),
        target=tuple(record["target"]),
        credit=record["credit"],
        licence=record["licence"],
        kind="photograph",
        note=record["drawn"],
    )


def _scaled(sample: Sample, name: str, longest: int | None) -> Sample:
    size = fitted_size(sample.shape, longest)
    asked = longest if size != sample.shape else None
    title = TITLES[name][0] if name in TITLES else sample.title
    image = remember(np.array(fit(sample.image, longest)), f"sample:{name}", asked)
    truth, instances = sample.truth, sample.instances
    if size != sample.shape:
        truth = truth.resized(size) if truth is not None else None
        instances = instances.resized(size) if instances is not None else None
    return replace(sample, name=name, title=title, image=image, truth=truth, instances=instances)


def draw(record: Mapping[str, Any]) -> Segmentation:
    """Rasterise a drawn truth: shapes in order, later over earlier, a void band along every outline.

    Parameters
    ----------
    record : what a file in ``data/samples`` holds: ``size``, ``taxonomy``, ``ground`` (the category of what
        no shape covers, or null for void), ``soft_edge`` (px), and ``shapes``: an ``ellipse`` [row, column,
        row radius, column radius, degrees], a ``polygon`` or a ``line`` with a ``width``, each with
        a category (null for void); shapes of one ``segment`` key are one segment. OpenCV paints a line with
        corners between pixels 1 px wider than an even width and 2 px wider than an odd one above 1; the
        drawings were looked over as they are painted.
    """
    # What lies under everything stays quiet, so that what was drawn on it stands out.
    quiet = {record["ground"]: QUIET}
    tax = Taxonomy(Category(c["id"], c["name"], c["kind"], quiet.get(c["name"])) for c in record["taxonomy"])
    canvas = _Canvas(tuple(record["size"]), tax)
    if record["ground"]:
        canvas.ids[:] = canvas.segment(record["ground"], None)
    for number, shape in enumerate(record["shapes"]):
        canvas.paint(shape, shape.get("segment", number), shape.get("soft", record["soft_edge"]))
    return canvas.finish()


class _Canvas:
    """Hold the ids while shapes are painted one over the other."""

    def __init__(self, size: tuple[int, ...], tax: Taxonomy) -> None:
        self.tax, self.ids = tax, np.zeros(size, np.int32)
        self.soft = np.zeros(size, bool)
        self.segments: dict[tuple[str, Any], int] = {}

    def segment(self, name: str | None, key: Any) -> int:
        """Give the id of a named segment, a new one where the key is new."""
        if name is None:
            return 0
        # Stuff is one segment however often it is painted; things are one for each key.
        key = (name, key if self.tax[name].kind == "thing" else None)
        return self.segments.setdefault(key, len(self.segments) + 1)

    def paint(self, shape: Mapping[str, Any], key: Any, soft: int) -> None:
        """Paint one drawn shape, its soft edge as void."""
        window = _window(shape, self.ids.shape, soft)
        ids, edges = self.ids[window], self.soft[window]
        region = outline(_moved(shape, window[0].start, window[1].start), ids.shape)
        edges[region] = False  # what is painted later decides its own edges
        ids[region] = self.segment(shape["category"], key)
        if soft:
            edges |= _band(region, soft)

    def finish(self) -> Segmentation:
        """Give the segmentation of all that was painted."""
        ids = np.where(self.soft, np.int32(0), self.ids)
        there = set(present(ids))
        categories = {n: self.tax[name].id for (name, _), n in self.segments.items() if n in there}
        return Segmentation.from_panoptic(ids, categories, self.tax)


def _window(shape: Mapping[str, Any], size: tuple[int, ...], soft: int) -> tuple[slice, slice]:
    """Give the part of the picture that a shape and its soft edge can touch: small shapes are quick."""
    if "ellipse" in shape:
        row, column, rows, columns, _ = shape["ellipse"]
        corners, reach = np.array([[row, column]], float), max(rows, columns)
    else:
        corners, reach = np.array(shape.get("polygon", shape.get("line")), float), shape.get("width", 0)
    low = np.floor(corners.min(axis=0) - reach - soft - 2).astype(int)
    high = np.ceil(corners.max(axis=0) + reach + soft + 3).astype(int)
    start, stop = np.clip(low, 0, np.array(size) - 1), np.clip(high, 1, size)
    return slice(int(start[0]), int(stop[0])), slice(int(start[1]), int(stop[1]))


def _moved(shape: Mapping[str, Any], row: int, column: int) -> dict[str, Any]:
    """Give a shape in the coordinates of a window that begins at (row, column)."""
    if "ellipse" in shape:
        first, second, *rest = shape["ellipse"]
        return {**shape, "ellipse": [first - row, second - column, *rest]}
    kind = "polygon" if "polygon" in shape else "line"
    return {**shape, kind: [[r - row, c - column] for r, c in shape[kind]]}


def outline(shape: Mapping[str, Any], size: tuple[int, ...]) -> NDArray[np.bool_]:
    """Give the (H, W) pixels of one drawn shape: those whose centre lies inside it."""
    import cv2
    from skimage import draw as raster

    region = np.zeros(size, bool)
    if "ellipse" in shape:
        row, column, rows, columns, degrees = shape["ellipse"]
        region[raster.ellipse(row, column, rows, columns, shape=size, rotation=np.deg2rad(degrees))] = True
    elif "polygon" in shape:
        corners = np.array(shape["polygon"], float)
        region[raster.polygon(corners[:, 0], corners[:, 1], shape=size)] = True
    else:
        sixteenths = np.round(np.array(shape["line"], float)[:, ::-1] * 16).astype(np.int32)
        canvas = np.zeros(size, np.uint8)
        cv2.polylines(canvas, [sixteenths], False, 255, max(1, round(shape["width"])), cv2.LINE_8, 4)
        region = canvas > 0
    return region


def _band(region: NDArray[np.bool_], width: int) -> NDArray[np.bool_]:
    """Give the pixels within about `width` / 2 of a region's edge; the picture's border is no edge."""
    import cv2

    disc = (
        cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width + 1 | 1,) * 2)
        if width > 1
        else np.ones((2, 2), np.uint8)
    )
    padded = cv2.copyMakeBorder(region.astype(np.uint8), 8, 8, 8, 8, cv2.BORDER_REPLICATE)
    return (cv2.dilate(padded, disc) != cv2.erode(padded, disc))[8:-8, 8:-8]
