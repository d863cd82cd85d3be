"""A page that holds the joined script alone, with a kernel of its own in JavaScript: no Jupyter."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from workbench.widgets import assets
from workbench.widgets.pack import pack

KERNEL = Path(__file__).with_name("kernel.js")
BODY = """<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>compare</title>
<style>body {{ margin: 0 }} {style}</style>
<div id="panel"></div>
<script>{kernel}; window.kernel = new Kernel({data});</script>
<script type="module">{script}
</script>"""


def compare_page(pictures: list[dict[str, Any]]) -> str:
    """Write a whole page around the compare script; it loads nothing else."""
    script = assets.module("compare.js").replace("export default {", "const widget = {")
    start = 'widget.render({ model: window.kernel.model(), el: document.querySelector("#panel") });'
    return BODY.format(
        style=assets.style(),
        kernel=KERNEL.read_text(encoding="utf-8"),
        data=json.dumps(pictures),
        script=script + "\n" + start,
    )


def viewer_page(state: dict[str, Any]) -> str:
    """Write a page around the notebook viewer; `state` holds its traits, bytes as lists of numbers."""
    script = assets.module("viewer.js").replace("export default {", "const widget = {")
    model = """const state = %s;
    const bytes = (list) => new DataView(Uint8Array.from(list).buffer);
    state.picture.bytes = bytes(state.picture.bytes);
    state.panes.forEach((pane) => (pane.bytes = bytes(pane.bytes)));
    const model = { get: (name) => state[name], on() {}, off() {}, send() {} };
    widget.render({ model, el: document.querySelector("#panel") });"""
    lists = json.dumps(state, default=list)
    return BODY.format(
        style=assets.style(), kernel="class Kernel {}", data="", script=script + "\n" + model % lists
    )


def picture(
    name: str,
    title: str,
    image: np.ndarray,
    ids: np.ndarray | None,
    categories: list[dict[str, Any]],
    target: list[str],
) -> dict[str, Any]:
    """Put an image and its truth (segment ids; 1 is background, the others the target) into plain JSON."""
    rgb = np.stack([image] * 3, -1) if image.ndim == 2 else image
    png = cv2.imencode(".png", np.ascontiguousarray(rgb[..., ::-1]))[1].tobytes()
    made = {
        "name": name,
        "title": title,
        "credit": "scikit-image",
        "size": list(rgb.shape[:2]),
        "png": _text(png),
    }
    if ids is None:
        return {**made, "truth": None}
    info, data = pack(ids)
    segments = [[int(n), 1 if n == 1 else 2, None] for n in np.unique(ids) if n > 0]
    count = len(segments) - 1
    truth = {
        "pack": info,
        "categories": categories,
        "segments": segments,
        "summary": f"{target[0]}: {count} segments",
        "target": target,
        "agreement": "",
    }
    return {**made, "truth": truth, "packed": _text(data)}


def disc(size: int = 64) -> dict[str, Any]:
    """Make the test picture: a bright disc and a dim square on black, whose truth is known to the pixel."""
    rows, cols = np.mgrid[:size, :size]
    round_one = (rows - 20) ** 2 + (cols - 20) ** 2 <= 144
    square = (rows >= 40) & (rows < 56) & (cols >= 36) & (cols < 60)
    image = np.where(round_one, 200, np.where(square, 120, 16)).astype(np.uint8)
    ids = np.where(round_one, 2, np.where(square, 3, 1)).astype(np.int32)
    return picture("disc", "Disc", image, ids, CATEGORIES, ["shape"])


CATEGORIES = [
    {"id": 1, "name": "background", "kind": "stuff", "colour": "#6B7785"},
    {"id": 2, "name": "shape", "kind": "thing", "colour": "#E69F00"},
]


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
