"""What a page sees of a method's way: a strip of small pictures, and any of them at full size."""

from __future__ import annotations

import zlib
from collections import OrderedDict
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.export import painted
from workbench.image import Image, fit
from workbench.recipe import Recipe
from workbench.segmentation import Segmentation
from workbench.trace import Stage
from workbench.widgets.stages import picture
from workbench.widgets.viewer import encode_png
from workbench.worker import trace

Message = dict[str, Any]
Packed = tuple[Message, bytes]
Size = tuple[int, int]

THUMB = 160  # longest side of a picture in the strip, px
KEPT = 2  # recorded runs that a worker keeps, so that opening a stage need not run the method again
OVER = ("image", "labels", "field", "graph")  # the kinds that are shown over the photograph
MOST_EDGES = 20_000  # edges of a graph that travel; the heaviest ones
ARROWS = 12  # arrows along the longest side of a small picture
LIKE = 0.03  # how far the sides' ratio of a stage may be from the photograph's
_recorded: OrderedDict[str, tuple[Stage, ...]] = OrderedDict()


def strip(recipe: Recipe, image: Image) -> list[Packed]:
    """Run a recipe with its stages recorded; returns a message and a small PNG for each stage or film.

    A film, all stages of one `film` word, is one entry: its last frame and how many there are. Charts have
    no picture: their numbers are in the message.
    """
    work = fit(image, recipe.longest)
    return [_entry(name, frames, work) for name, frames in _films(_run(recipe, image)).items()]


def opened(recipe: Recipe, name: str, image: Image) -> list[Packed]:
    """Give one stage, or all frames of one film, at the size that the method worked on.

    Pictures come as PNG, fields and graphs as numbers; the list is empty where these values show no such
    stage.
    """
    work = fit(image, recipe.longest)
    return [_frame(item, work) for item in _films(_run(recipe, image)).get(name, ())]


def _run(recipe: Recipe, image: Image) -> tuple[Stage, ...]:
    """Record a run, or take it from those that were kept."""
    key = recipe.sha256
    if key not in _recorded:
        _recorded[key] = recipe.run_on(image, trace=trace(record=True)).stages
    _recorded.move_to_end(key)
    while len(_recorded) > KEPT:
        _recorded.popitem(last=False)
    return _recorded[key]


def _films(stages: tuple[Stage, ...]) -> dict[str, list[Stage]]:
    """Put the frames of each film together, by its word; other stages stand alone, by their name."""
    films: dict[str, list[Stage]] = {}
    for item in stages:
        films.setdefault(item.film or item.name, []).append(item)
    return films


def _entry(name: str, frames: list[Stage], image: Image) -> Packed:
    last = frames[-1]
    message = {"name": name, "caption": last.caption, "frames": len(frames), "over": _is_over(last, image)}
    if last.kind not in OVER:
        return message | chart_of(last), b""
    return message | {"kind": "image", "mime": "image/png"}, encode_png(_thumb(last, image))


def _is_over(item: Stage, image: Image) -> bool:
    """Say whether a stage lies over the photograph; a picture of other proportions stands by itself."""
    if item.kind in ("field", "graph"):
        return True
    (height, width), (rows, columns) = item.array.shape[:2], image.shape[:2]
    return item.kind in OVER and abs(height * columns / (width * rows) - 1) <= LIKE


def _frame(item: Stage, image: Image) -> Packed:
    message = {"name": item.name, "caption": item.caption, "kind": item.kind}
    size = {"size": list(item.array.shape[:2])}
    if item.kind == "field":
        return _field(message | size, item.array)
    if item.kind == "graph":
        return _graph(message | {"size": list(image.shape[:2])}, item)
    if item.kind not in OVER:
        return message | chart_of(item), b""
    return message | size | _levels(item) | {"kind": "image", "mime": "image/png"}, encode_png(
        picture_of(item)
    )


def chart_of(item: Stage) -> Message:
    """Give what a chart, a scatter or a tree is drawn from, ready for JSON: undefined numbers are None."""
    names = {"x_label": item.axes[0], "y_label": item.axes[1]}
    rows = _plain(item.array)
    third = rows[2] if len(rows) > 2 else None
    if item.kind == "tree":
        return {"kind": "tree", "parents": rows[0], "heights": rows[1], "group": third}
    numbers = {"x": rows[0], "y": rows[1], **names}
    if item.kind == "scatter":
        return {"kind": "scatter", **numbers, "group": third, "marks": [list(mark) for mark in item.marks]}
    kind = "histogram" if item.axes[1] == "pixels" else "curve"
    return {"kind": kind, **numbers, "second": third, "marks": list(item.marks)}


def picture_of(item: Stage) -> Image:
    """Bring the values of an image, or the ids of labels, to (H, W, 3) uint8."""
    if item.kind == "labels":
        return painted(Segmentation.from_partition(np.asarray(item.array, np.int64)))
    return picture(item.array)


def _levels(item: Stage) -> Message:
    """Say which values black and white stand for, so that a pixel can be read; colours need no such words."""
    if item.kind == "labels" or item.array.ndim == 3:
        return {}
    if item.array.dtype == np.uint8:
        return {"low": 0, "high": 255}
    values = np.nan_to_num(np.asarray(item.array, np.float64), posinf=0.0, neginf=0.0)
    return {"low": float(values.min()), "high": float(values.max())}


def _field(message: Message, vectors: NDArray[Any]) -> Packed:
    """Pack (H, W, 2) vectors as int16 of the longest one."""
    finite = np.nan_to_num(np.asarray(vectors, np.float32), posinf=0.0, neginf=0.0)
    longest = float(np.abs(finite).max(initial=0.0))
    whole = np.round(finite * (32767 / (longest or 1))).astype("<i2")
    return message | {"longest": longest}, zlib.compress(whole.tobytes(), 1)


def _graph(message: Message, item: Stage) -> Packed:
    """Pack nodes and edges as float32: rows and columns, then node, node and weight."""
    edges = _edges(item)
    if len(edges) > MOST_EDGES:
        message["caption"] += f" (the {MOST_EDGES} heaviest of {len(edges)} edges)"
        edges = edges[np.argsort(edges[:, 2])[-MOST_EDGES:]]
    nodes = np.asarray(item.array, "<f4").reshape(-1, 2)
    counts = {"nodes": len(nodes), "edges": len(edges)}
    return message | counts, zlib.compress(nodes.tobytes() + edges.astype("<f4").tobytes(), 1)


def _edges(item: Stage) -> NDArray[np.float64]:
    return np.nan_to_num(np.asarray(item.marks, float)).reshape(-1, 3)


def _thumb(item: Stage, image: Image) -> Image:
    if item.kind == "field":
        return _small_field(item.array, image)
    if item.kind == "graph":
        return _small_graph(item, image)
    return _shrunk(picture_of(item))


def _shrunk(shown: Image) -> Image:
    """Bring a picture to the strip's size; a tiny one, such as a patch, is enlarged by whole pixels."""
    larger = THUMB // max(shown.shape[:2])
    if larger > 1:
        shown = np.repeat(np.repeat(shown, larger, 0), larger, 1)
    return fit(np.ascontiguousarray(shown), THUMB)


def _small_field(vectors: NDArray[Any], image: Image) -> Image:
    shown = _shrunk(image) // 2
    height, width = shown.shape[:2]
    step = max(4, THUMB // ARROWS)
    small = cv2.resize(
        np.nan_to_num(np.asarray(vectors, np.float32)), (width, height), interpolation=cv2.INTER_AREA
    )
    longest = float(np.hypot(small[..., 0], small[..., 1]).max(initial=0.0)) or 1.0
    for row in range(step // 2, height, step):
        for column in range(step // 2, width, step):
            down, across = small[row, column] * (0.9 * step / longest)
            tip = (round(column + float(across)), round(row + float(down)))
            cv2.arrowedLine(shown, (column, row), tip, (255, 255, 255), 1, cv2.LINE_AA, tipLength=0.35)
    return shown


def _small_graph(item: Stage, image: Image) -> Image:
    shown = _shrunk(image) // 2
    scale = np.array(shown.shape[:2]) / image.shape[:2]
    places = [
        (round(column), round(row)) for row, column in np.asarray(item.array, float).reshape(-1, 2) * scale
    ]
    edges = _edges(item)
    for a, b, _ in edges[np.argsort(edges[:, 2])[-2000:]]:
        cv2.line(shown, places[int(a)], places[int(b)], (255, 255, 255), 1, cv2.LINE_AA)
    return shown


def _plain(rows: NDArray[Any]) -> list[list[float | None]]:
    """Give rows that JSON can hold: what is no finite number is None."""
    return [[value if np.isfinite(value) else None for value in row] for row in rows.tolist()]
