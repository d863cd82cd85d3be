"""Write the conformance table as Markdown.

PYTHONPATH=tests python -m conformance.table > tests/conformance/TABLE.md
"""

from __future__ import annotations

from collections.abc import Sequence

from conformance.cells import CELLS, FUNCTIONS, REFERENCES, Cell

from workbench.metrics import METRICS

TITLES = {name: metric.title for name, metric in METRICS.items()} | FUNCTIONS
HEAD = """# Every metric beside its references

Each number of this workbench was compared with the implementations that the field trusts. Packages run on
two hundred random pictures and on those that trip implementations: empty on either side, single pixels,
touching, nested, void as 0 and as 255, ids above 65 535, absent categories, one row, one column. References
that are not packages are frozen on dozens of such pictures in `tests/reference/`, where each file says the
command and version that made it.

*Equal* is to 1e-9, or as exactly as the reference answers, which is then said. Where one *differs*, the test
named holds the smallest picture that shows it, and fails when either side changes its mind.

This page is generated, and a test holds it to its cells: `PYTHONPATH=tests python -m conformance.table`.
"""


def markdown(cells: Sequence[Cell] = CELLS) -> str:
    """Give the whole page."""
    references = "\n".join(f"- {name}: {version}" for name, version in REFERENCES.items())
    parts = [HEAD, "## At a glance\n", _glance(cells), "## Where they differ\n", _differences(cells)]
    return "\n".join([*parts, "## What is equal\n", _equal(cells), "## Versions\n", references]) + "\n"


def _glance(cells: Sequence[Cell]) -> str:
    """Give a row a metric: with whom it is equal, from whom it differs."""
    rows = []
    for name, title in TITLES.items():
        mine = [cell for cell in cells if cell.metric == name]
        equal, differs = (
            ", ".join(dict.fromkeys(cell.reference for cell in mine if cell.verdict == verdict))
            for verdict in ("equal", "differs")
        )
        rows.append(f"| {title} (`{name}`) | {equal} | {differs} |")
    return _table(("metric", "equal to", "differs in a named case from"), rows)


def _differences(cells: Sequence[Cell]) -> str:
    return _listed(
        [cell for cell in cells if cell.verdict == "differs"], ("reference", "metric", "what and why", "test")
    )


def _equal(cells: Sequence[Cell]) -> str:
    return _listed(
        [cell for cell in cells if cell.verdict == "equal"], ("reference", "metric", "of what", "test")
    )


def _listed(cells: Sequence[Cell], columns: tuple[str, ...]) -> str:
    """Give a row a test, with all metrics that it compares in one way."""
    together: dict[tuple[str, str, str], list[str]] = {}
    for cell in cells:
        together.setdefault((cell.reference, cell.why, cell.test), []).append(TITLES[cell.metric])
    rows = [
        f"| {reference} | {', '.join(titles)} | {why} | `{test.removeprefix('tests/')}` |"
        for (reference, why, test), titles in together.items()
    ]
    return _table(columns, rows)


def _table(columns: tuple[str, ...], rows: Sequence[str]) -> str:
    return "\n".join([f"| {' | '.join(columns)} |", "|" + "---|" * len(columns), *rows, ""])


if __name__ == "__main__":
    print(markdown(), end="")
