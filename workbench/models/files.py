"""Writing files so that a kill at any moment leaves the old one or the new one, never half of one."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any


def replaced(path: Path, write: Callable[[Path], Any]) -> None:
    """Let `write` fill a file beside `path`, then put it in its place in one move."""
    fresh = path.with_name(path.name + ".new")
    try:
        write(fresh)
        os.replace(fresh, path)
    except BaseException:
        fresh.unlink(missing_ok=True)  # what a full disk has cut short only takes more of it
        raise
