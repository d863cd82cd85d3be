"""What was painted, as files: label PNG, COCO JSON or NPZ, with the edits that led there."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.export import coco_json, label_png, npz
from workbench.panels.files import File, file, stem
from workbench.panels.pictures import Picture
from workbench.panels.protocol import Edit
from workbench.segmentation import Segmentation


def files(
    sheet: Segmentation, picture: Picture | None, side: str, what: str, log: Sequence[Edit]
) -> list[File]:
    """Write a painted sheet; its edits are in the NPZ, and a file of JSON lines beside the others.

    Raises
    ------
    ValueError : what the format cannot hold, such as regions without names in COCO JSON.
    """
    lines = "".join(edit.model_dump_json() + "\n" for edit in log if edit.side == side)
    name = f"{stem(picture) if picture else 'image'}-{side}"
    if what == "npz":
        return [file(f"{name}.npz", "application/octet-stream", npz(sheet, log=lines))]
    made = {
        "label": lambda: file(f"{name}.png", "image/png", label_png(sheet)),
        "coco": lambda: file(f"{name}.json", "application/json", coco_json(sheet, f"{name}.png")),
    }[what]()
    return [made, file(f"{name}.log.jsonl", "application/jsonl", lines.encode())] if lines else [made]
