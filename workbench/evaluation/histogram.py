"""How a number is spread over images, as an inline SVG."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from workbench.metrics.metric import Metric

WIDTH, HEIGHT, MARGIN, BINS = 640, 200, 36, 20


def histogram(values: Sequence[float], metric: Metric) -> str:
    """Draw how many images have which value, with the mean and the median marked.

    Undefined and infinite values have no place on the axis; how many there are is said below it.
    """
    given = np.asarray(values, float)
    there = given[np.isfinite(given)]
    if not len(there):
        return "<p>No image has a value to show.</p>"
    low, high = _axis(there, metric)
    counts, edges = np.histogram(there, BINS, (low, high))
    finding = (
        f"{metric.title} of {len(there)} images: from {there.min():.3g} to {there.max():.3g}, "
        f"mean {there.mean():.3g}, median {np.median(there):.3g}"
    )
    bars = "".join(
        _bar(*bar, int(counts.max()), low, high) for bar in zip(counts, edges[:-1], edges[1:], strict=True)
    )
    ends = [(low, "start"), ((low + high) / 2, "middle"), (high, "end")]
    ticks = "".join(
        f'<text x="{_x(value, low, high):.1f}" y="{HEIGHT - 8}" text-anchor="{anchor}">{value:.3g}</text>'
        for value, anchor in ends
    )
    marks = _marks(float(there.mean()), float(np.median(there)), low, high)
    base = f'<line class="axis" x1="{MARGIN}" x2="{WIDTH - MARGIN}" y1="{HEIGHT - 24}" y2="{HEIGHT - 24}"/>'
    left = int(np.isnan(given).sum()), int(np.isinf(given).sum())
    missing = [f"{n} {word}" for n, word in zip(left, ("undefined", "infinite"), strict=True) if n]
    note = f"; not shown: {', '.join(missing)}" if missing else ""
    return (
        f'<figure><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(finding, quote=True)}">'
        f"{bars}{base}{ticks}{marks}</svg><figcaption>{escape(finding + note)}</figcaption></figure>"
    )


def _axis(values: np.ndarray, metric: Metric) -> tuple[float, float]:
    """Give the ends of the axis: what the metric can be, or what the values are where it has no end."""
    low, high = metric.span
    high = high if np.isfinite(high) else float(values.max())
    low = low if np.isfinite(low) else float(values.min())
    return (low, high) if high > low else (low, low + 1)


def _x(value: float, low: float, high: float) -> float:
    return MARGIN + (value - low) / (high - low) * (WIDTH - 2 * MARGIN)


def _bar(count: int, left: float, right: float, most: int, low: float, high: float) -> str:
    tall = count / most * (HEIGHT - 64)
    x, wide = _x(left, low, high) + 1, _x(right, low, high) - _x(left, low, high) - 2
    says = f"{count} between {left:.3g} and {right:.3g}"
    return (
        f'<rect x="{x:.1f}" y="{HEIGHT - 24 - tall:.1f}" width="{wide:.1f}" height="{tall:.1f}">'
        f"<title>{says}</title></rect>"
    )


def _marks(mean: float, median: float, low: float, high: float) -> str:
    """Draw both lines with their words, on the side that has room."""
    right = mean + median < low + high
    # The line nearer to the words' side starts lower, below the word that would cross it.
    pair = sorted([(mean, "mean"), (median, "median")], reverse=not right)
    drawn = zip(pair, (12, 26), strict=True)
    return "".join(_mark(_x(value, low, high), f"{word} {value:.3g}", y, right) for (value, word), y in drawn)


def _mark(x: float, words: str, y: int, right: bool) -> str:
    at, anchor = (x + 4, "start") if right else (x - 4, "end")
    return (
        f'<line class="{words.split()[0]}" x1="{x:.1f}" x2="{x:.1f}" y1="{y - 8}" y2="{HEIGHT - 24}"/>'
        f'<text x="{at:.1f}" y="{y}" text-anchor="{anchor}">{words}</text>'
    )
