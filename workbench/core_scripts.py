"""Voila's interface in one script instead of 57 requests.

Voila's page starts by asking for some 56 small scripts (webpack's chunks), one request each, before it can
draw anything. Here they are read from the installed Voila and joined. A chunk that is on the page before
webpack's runtime starts counts as loaded, so nothing in Voila changes; with a version whose runtime looks
otherwise, the join is empty and Voila loads its chunks as it always did.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from voila.paths import collect_static_paths

# Voila typesets every page at its start, which loads a megabyte of MathJax. This stands in for MathJax on
# pages without a formula: an address whose script does nothing, in the shape that JupyterLab's MathJax 2
# loader expects.
NO_MATHJAX = (
    "data:text/javascript,window.MathJax={Hub:{Config(){},Configured(){},Queue(){},"
    "Register:{StartupHook(){}}},Ajax:{}};//"
)


@dataclass(frozen=True)
class Core:
    """The joined scripts and the hash that names them."""

    text: bytes

    @cached_property
    def version(self) -> str:
        """The first 16 digits of the SHA-256."""
        return hashlib.sha256(self.text).hexdigest()[:16]

    def compressed(self) -> bytes:
        """Compress with gzip, once."""
        return _compress(self.text)


@lru_cache(maxsize=1)
def _compress(text: bytes) -> bytes:
    return gzip.compress(text, compresslevel=6)


@lru_cache(maxsize=1)
def load() -> Core:
    """Join the chunks that the installed Voila's start script names."""
    folders = [Path(folder) for folder in collect_static_paths(["voila"], "lab")]
    return Core(join(next((it for it in folders if (it / "voila.js").is_file()), folders[0])))


def join(folder: Path) -> bytes:
    """Join the chunks of `folder` that its voila.js asks for, in the order of their numbers."""
    start = folder / "voila.js"
    numbers = {int(it) for it in re.findall(r"\.e\((\d+)\)", start.read_text())} if start.is_file() else set()
    chunks = [folder / f"{number}.voila.js" for number in sorted(numbers)]
    return b"\n;\n".join(chunk.read_bytes() for chunk in chunks if chunk.is_file())
