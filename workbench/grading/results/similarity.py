"""Which submissions look alike: a hint to look, never a verdict.

Code is compared by its structure, so that new names for variables change nothing: fingerprints of short runs
of it are chosen by winnowing (Schleimer, Wilkerson and Aiken 2003). What many have in common (the stub, the
lesson's own code, the one obvious way) tells nothing and is not counted.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from workbench.grading import slicing

RUN = 9  # tokens in a fingerprint
WINDOW = 4  # of as many fingerprints one is kept
COMMON = 0.03  # what more than this part of the class writes is nobody's own
FEWEST = 8  # rare fingerprints that two must share
SHARE = 0.6  # of the rarer one's
MOST_TOKENS = 20_000


@dataclass(frozen=True)
class Pair:
    """Hold two submissions that look alike.

    shared : rare fingerprints that both have. share : of all rare ones of the one that has fewer.
    same_lines : lines of both that are equal to the letter and that hardly anybody else has, comments too.
    """

    first: str
    second: str
    shared: int
    share: float
    same_lines: tuple[str, ...]


def similar(codes: Mapping[str, str]) -> list[Pair]:
    """Find pairs that have much in common that few others have, the most alike first.

    codes : what each wrote, by name; code that is no Python is compared by its lines alone.
    """
    prints = {name: fingerprints(code) for name, code in codes.items()}
    own = _rare(prints)
    lines = _rare({name: set(_lines(code)) for name, code in codes.items()})
    found = []
    for first, second in combinations(sorted(codes), 2):
        shared = own[first] & own[second]
        least = min(len(own[first]), len(own[second]))
        if len(shared) >= FEWEST and len(shared) >= SHARE * least:
            same = sorted(lines[first] & lines[second], key=codes[first].find)
            found.append(Pair(first, second, len(shared), len(shared) / least, tuple(same)))
    return sorted(found, key=lambda pair: (-pair.shared, -pair.share, pair.first, pair.second))


def fingerprints(code: str) -> set[str]:
    r"""Choose the fingerprints of a piece of code.

    >>> one, other = "def f(a, b):\n    return a * b + 1", "def f(x, y):\n    # mine\n    return x * y + 1"
    >>> fingerprints(one) == fingerprints(other) != set()
    True
    """
    try:
        tokens = list(_tokens(ast.parse(code)))[:MOST_TOKENS]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    runs = [_hash(tokens[at : at + RUN]) for at in range(max(0, len(tokens) - RUN + 1))]
    return {min(runs[at : at + WINDOW]) for at in range(max(1, len(runs) - WINDOW + 1)) if runs}


def answers(cells: Sequence[str], names: Sequence[str]) -> str:
    """Give the cells that these answers need, as they were written: comments may tell as much as code."""
    statements, broken = slicing.read(cells)
    chosen = {one.cell for name in names for one in slicing.chosen(statements, name)}
    mentioned = {
        number for number in broken if any(re.search(rf"\b{name}\b", cells[number]) for name in names)
    }
    return "\n".join(cells[number] for number in sorted(chosen | mentioned))


def _rare(found: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Keep what at most a small part of the class has."""
    counts = Counter(one for some in found.values() for one in some)
    most = max(2, int(COMMON * len(found)))
    return {name: {one for one in some if counts[one] <= most} for name, some in found.items()}


def _tokens(node: ast.AST) -> Iterator[str]:
    """Write a tree as a row of words: its nodes, attributes and constants, but no names of its own."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return  # a docstring
    yield type(node).__name__
    if isinstance(node, ast.Attribute):
        yield node.attr
    elif isinstance(node, ast.Constant):
        yield repr(node.value)[:80]
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.expr_context):
            yield from _tokens(child)
    yield "end"


def _lines(code: str) -> Iterator[str]:
    for line in code.splitlines():
        if len(line.strip()) > 8:
            yield line.strip()


def _hash(tokens: Sequence[str]) -> str:
    return hashlib.blake2b("\0".join(tokens).encode("utf-8", "replace"), digest_size=8).hexdigest()
