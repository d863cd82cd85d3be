"""The files that a page hands out: masks, previews, scores, its state."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from workbench.export import label_png, npz, preview_png
from workbench.panels.pictures import Picture
from workbench.recipe import Recipe
from workbench.segmentation import Segmentation

if TYPE_CHECKING:
    from workbench.panels.session import Session

File = tuple[dict[str, Any], list[bytes]]


def segmentation(what: str, guess: Segmentation, picture: Picture, recipe: Recipe, card: str) -> File:
    """Write a card's answer as ``label`` (PNG of ids), ``preview`` (coloured PNG) or ``npz``."""
    name = f"{stem(picture)}-{card}"
    if what == "label":
        return file(f"{name}.png", "image/png", label_png(guess))
    if what == "preview":
        return file(f"{name}-preview.png", "image/png", preview_png(guess, picture.image))
    return file(f"{name}.npz", "application/octet-stream", npz(guess, recipe.to_json()))


def scores(session: Session) -> File:
    """Write every card's scores as CSV: a row a number, undefined ones left empty."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["image", "method", "values", "lens", "category", "measure", "value", "remarks"])
    for card in session.cards.values():
        if card.result is None:
            continue
        result = card.result[0]
        head = [session.state["image"], result["method"], json.dumps(result["values"]), result["scored_as"]]
        remarks = "; ".join(result["remarks"])
        rows = [("", measure, value) for measure, value in result["scores"].items()]
        for row in result["table"]:
            rows += [
                (row["category"], measure, value) for measure, value in row.items() if measure != "category"
            ]
        writer.writerows([*head, *row[:2], "" if row[2] is None else row[2], remarks] for row in rows)
    return file("scores.csv", "text/csv", text.getvalue().encode())


def state(session: Session) -> File:
    """Write the page's state as JSON."""
    return file("workbench-state.json", "application/json", json.dumps(session.state, indent=1).encode())


def file(name: str, mime: str, data: bytes) -> File:
    """Wrap bytes as a download."""
    return {"type": "download", "name": name, "mime": mime}, [data]


def stem(picture: Picture) -> str:
    """Give a file name without path or suffix for a picture."""
    name = picture.title if picture.key.startswith("file:") else picture.key
    plain = "".join(c if c.isalnum() or c in "-_" else "-" for c in name.rsplit(".", 1)[0])
    return plain.strip("-") or "image"
