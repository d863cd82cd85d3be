"""Where weights and their cards lie: those that ship, and those that a person has trained."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent.parent
BUNDLED = next((p for p in (HERE / "data", HERE.parent / "data") if p.is_dir()), HERE / "data") / "weights"
VARIABLE = "WORKBENCH_WEIGHTS"


def own() -> Path:
    """Give the folder of a person's own networks: ``$WORKBENCH_WEIGHTS``, else one in their home."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else Path.home() / ".local" / "share" / "segmentation-workbench" / "weights"


def folder_of(name: str) -> Path:
    """Give the folder that holds a network's card; what ships goes before what is a person's own."""
    return next((f for f in (BUNDLED, own()) if (f / f"{name}.json").exists()), BUNDLED)


def cards() -> Iterator[dict[str, Any]]:
    """Give the card of every network that is there; a broken one of a person's own is passed by."""
    for path in sorted(BUNDLED.glob("*.json")):
        yield json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(own().glob("*.json")):
        try:
            card = json.loads(path.read_text(encoding="utf-8"))
            if {"name", "title", "yields", "taxonomy", "side"} <= set(card) and folder_of(path.stem) == own():
                yield card
        except (OSError, ValueError, TypeError):
            continue
