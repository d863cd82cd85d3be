"""What the home page lists: the dashboards in a folder, each with a title, a sentence and a picture."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

MARKUP = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|[*_`]+")  # links keep their text; emphasis and code marks go


@dataclass(frozen=True)
class Dashboard:
    """A notebook that Voila shows: its path below the folder, and how the home page speaks of it."""

    path: str
    title: str
    sentence: str
    picture: str | None


def dashboards(folder: Path, pictures: Path | None = None) -> list[Dashboard]:
    """List the notebooks of `folder`, by title; a notebook that cannot be read is left out.

    The title is the notebook's first heading, the sentence the first one of the text below it, and the
    picture `<name>.png` in `pictures`.
    """
    found = (_describe(path, pictures) for path in sorted(folder.glob("*.ipynb")))
    return sorted((it for it in found if it), key=lambda it: it.title)


def _describe(path: Path, pictures: Path | None) -> Dashboard | None:
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        texts = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    title, sentence = headline("\n\n".join(texts))
    picture = f"{path.stem}.png"
    has_picture = pictures is not None and (pictures / picture).is_file()
    title = title or path.stem.replace("_", " ").capitalize()
    return Dashboard(path.name, title, sentence, picture if has_picture else None)


def headline(markdown: str) -> tuple[str, str]:
    r"""Find the first heading and the first sentence below it, as plain text; empty where there is none.

    >>> headline("# Compare methods\n\nSeveral *methods* on one [picture](x.png). More.")
    ('Compare methods', 'Several methods on one picture.')
    """
    lines = [MARKUP.sub(lambda found: found[1] or "", line).strip() for line in markdown.splitlines()]
    title = next((line.lstrip("# ") for line in lines if line.startswith("#")), "")
    text: list[str] = []
    for line in lines:
        if line and not line.startswith("#"):
            text.append(line)
        elif text:
            break
    return title, re.split(r"(?<=[.!?])\s", " ".join(text))[0]
