"""Join the page's small scripts into the one module, and its styles into the one sheet, of a widget."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"
STYLES = (
    "tokens.css",
    "layout.css",
    "controls.css",
    "cards.css",
    "folds.css",
    "stages.css",
    "errors.css",
    "canvas.css",
    "around.css",
    "gallery.css",
    "plots.css",
    "explore.css",
    "metrics.css",
    "graphs.css",
    "several.css",
    "outputs.css",
    "train.css",
    "progress.css",
    "class.css",
    "wall.css",
)

# The scripts keep to these forms, so that joining needs no parser: one import a line, by name.
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w-]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default\b)", re.MULTILINE)
_NAME = re.compile(r"^(?:export )?(?:async )?(?:function\*?|class|const|let) (\w+|[\[{][^=]+)", re.MULTILINE)


@cache
def module(entry: str, folder: Path = STATIC) -> str:
    """Join a script and all that it imports into the text of one ES module, dependencies first.

    A browser loads the same files unjoined as well; joining only spares it the requests, which a
    widget's script could not make.

    Raises
    ------
    ValueError : a file that is missing, two files that import each other, or one name declared twice.

    >>> "import {" in module("compare.js")
    False
    """
    order: list[str] = []
    _visit(entry, folder, order, ())
    sources = {name: (folder / name).read_text(encoding="utf-8") for name in order}
    _check_names(sources)
    return "\n".join(_bare(source) for source in sources.values())


@cache
def style(folder: Path = STATIC) -> str:
    """Join the style sheets, tokens first.

    >>> style().index("--wb-space") < style().index(".wb-card")
    True
    """
    return "\n".join((folder / name).read_text(encoding="utf-8") for name in STYLES)


def _visit(name: str, folder: Path, order: list[str], above: tuple[str, ...]) -> None:
    if name in above:
        raise ValueError(f"scripts must not import each other in a circle, got {' > '.join((*above, name))}")
    if name in order:
        return
    path = folder / name
    if not path.is_file():
        raise ValueError(f"script {name!r} is not in {folder}; imports name a file there, as in './dom.js'")
    for wanted in _IMPORT.findall(path.read_text(encoding="utf-8")):
        _visit(wanted, folder, order, (*above, name))
    order.append(name)


def _check_names(sources: dict[str, str]) -> None:
    """Refuse a top-level name that two files declare: joined, they would share one scope."""
    home: dict[str, str] = {}
    for file, source in sources.items():
        for name in (name for declared in _NAME.findall(source) for name in re.findall(r"\w+", declared)):
            if home.setdefault(name, file) != file:
                raise ValueError(f"{name!r} is declared in both {home[name]} and {file}; rename one")


def _bare(source: str) -> str:
    return _EXPORT.sub("", _IMPORT.sub("", source))
