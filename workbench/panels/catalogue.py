"""What a page is told before the first mask: samples, methods with their parameters, lenses, a picture."""

from __future__ import annotations

from typing import Any

from workbench import samples
from workbench.panels.pictures import Picture
from workbench.registry import METHODS, Method, Param
from workbench.widgets.viewer import describe, encode_png

LENSES = [
    {"name": "object", "title": "object", "help": "Is it the target, or not? One question for each pixel."},
    {"name": "semantic", "title": "semantic", "help": "Which category is it? One name for each pixel."},
    {"name": "instance", "title": "instance", "help": "Which object is it? Countable things, one by one."},
    {"name": "panoptic", "title": "panoptic", "help": "Which object or which stuff? Every pixel, once."},
    {"name": "regions", "title": "regions", "help": "Where are the borders? Names do not count."},
]


def setup(state: dict[str, Any]) -> dict[str, Any]:
    """Say what there is to choose from."""
    return {
        "type": "setup",
        "samples": [sample_entry(name) for name in samples.names()],
        "methods": [method_entry(entry) for entry in METHODS.values()],
        "lenses": LENSES,
        "state": state,
    }


def sample_entry(name: str) -> dict[str, str]:
    """Describe a sample for the image picker, without loading it."""
    title, kind = samples.describe(name)
    return {"name": name, "title": title, "kind": kind}


def method_entry(entry: Method) -> dict[str, Any]:
    """Describe a method and its parameters for the page."""
    return {
        "name": entry.name,
        "title": entry.title,
        "family": entry.family,
        "yields": entry.yields,
        "summary": entry.summary,
        "source": entry.source,
        "available": entry.available,
        "install": entry.install,
        "params": [param_entry(param) for param in entry.params.values()],
    }


def param_entry(param: Param) -> dict[str, Any]:
    """Describe one control."""
    entry: dict[str, Any] = {"name": param.name, "label": param.label, "kind": param.kind, "help": param.help}
    entry |= {"default": list(param.default) if param.kind in ("points", "curve") else param.default}
    if param.range is not None:
        limits = param.range
        entry |= {
            "min": limits.low,
            "max": limits.high,
            "step": limits.step,
            "unit": limits.unit,
            "log": limits.log,
        }
    if param.choices:
        entry["choices"] = list(param.choices)
    if param.kind == "method":
        entry["accepts"] = list(param.accepts)
    return entry


def picture_message(picture: Picture) -> tuple[dict[str, Any], list[bytes]]:
    """Describe an image and its truth; the picture bytes and the packed truth ids go beside it."""
    image = {
        "name": picture.key,
        "title": picture.title,
        "credit": picture.credit,
        "size": list(picture.image.shape[:2]),
        "scale": picture.scale,
        "note": picture.note,
        "mime": "image/png",
    }
    message: dict[str, Any] = {"type": "picture", "image": image, "truth": None}
    buffers = [encode_png(picture.image)]
    if picture.truth is not None:
        truth, data = describe(picture.truth)
        message["truth"] = truth | {"target": list(picture.target), "agreement": agreement(picture)}
        buffers.append(data)
    return message, buffers


def agreement(picture: Picture) -> str:
    """Say how well two independent drawings of this truth agree, where there are two."""
    return samples.agreement(picture.key) if picture.truth_key.startswith("bundled") else ""
