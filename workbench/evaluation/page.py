"""The page of a report: one file of HTML that needs nothing else, for light and dark."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from workbench.evaluation.folders import Evaluation
from workbench.evaluation.histogram import histogram
from workbench.export import painted
from workbench.image import fitted_size
from workbench.metrics.comparison import LensName
from workbench.metrics.metric import METRICS
from workbench.segmentation import Segmentation

STYLE = Path(__file__).with_name("page.css")
LONGEST = 480  # px of a picture in the page
UNDEFINED = "–"


def page(found: Evaluation, said: Mapping[str, Any]) -> str:
    """Write the page of an evaluation, from its summary and the pictures of its best, median and worst."""
    parts = [
        _head(said),
        _totals(said),
        _categories(said),
        _against(said),
        _spread(found),
        _pictures(found),
        _broken(said),
        _made(said),
    ]
    title = escape(f"{said['guesses']} against {said['truths']}")
    style = STYLE.read_text(encoding="utf-8")
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>\n{style}</style>\n<main>\n"
        + "\n".join(parts)
        + "\n</main>\n</html>\n"
    )


def shown(value: Any, digits: int = 3) -> str:
    """Write a number for a person, and what is undefined as a dash.

    >>> shown(0.91234), shown(None), shown(12.0), shown("infinite")
    ('0.912', '–', '12', '∞')
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return UNDEFINED
    if isinstance(value, str) or math.isinf(value):
        return "−∞" if str(value).startswith("-") else "∞"
    return f"{value:.0f}" if float(value).is_integer() and abs(value) > 1 else f"{value:.{digits}f}"


def picture(labels: Segmentation, lens: LensName) -> bytes:
    """Paint labels as PNG; where the lens counts things, each has a colour of its own.

    Segments of one colour that touch are told apart by a dark line; others need none, and specks keep theirs.
    """
    from PIL import Image as Pillow

    seen = labels.resized(fitted_size(labels.shape, LONGEST))
    seen = Segmentation.from_partition(seen.things().ids) if lens == "instance" else seen
    pixels = painted(seen)
    lines = np.zeros(seen.shape, bool)
    for here, there in ((np.s_[:, 1:], np.s_[:, :-1]), (np.s_[1:], np.s_[:-1])):
        alike = (pixels[here] == pixels[there]).all(axis=2)
        lines[here] |= alike & (seen.ids[here] != seen.ids[there])
    pixels[lines] //= 3
    buffer = io.BytesIO()
    Pillow.fromarray(pixels).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _head(said: Mapping[str, Any]) -> str:
    metric = METRICS[said["headline"]]
    number = said["scores"]["all"][metric.name]
    low, high = number["image_interval"]
    facts = [
        _counted(said["images"], "image")
        + " scored"
        + (f", {said['images_broken']} broken" if said["images_broken"] else ""),
        f"{said['scored_as']} lens"
        + (f" (asked: {said['lens']})" if said["lens"] != said["scored_as"] else ""),
        f"convention “{said['convention']}”: {said['says']}",
        f"where a truth does not say itself: {said['ids']['truths']}",
        f"where a guess does not say itself: {said['ids']['guesses']}",
        *([f"target: {', '.join(said['target'])}"] if said["target"] else []),
        *said["remarks"],
    ]
    return (
        f"<h1>{escape(said['guesses'])} <small>against {escape(said['truths'])}</small></h1>\n"
        f'<p class="headline"><span><b>{shown(number["dataset"])}</b> {escape(metric.title)} of the dataset'
        f"</span> <span><b>{shown(number['image'])}</b> mean over images, "
        f"95 % interval {shown(low)} to {shown(high)}</span>"
        "</p>\n"
        f"<ul>{''.join(f'<li>{escape(fact)}</li>' for fact in facts)}</ul>"
    )


def _totals(said: Mapping[str, Any]) -> str:
    rows = []
    for name, number in said["scores"]["all"].items():
        metric, (low, high) = METRICS[name], number["image_interval"]
        unit = f" ({metric.unit})" if metric.unit else ""
        better = {"up": "more is better", "down": "less is better", "": "a count"}[metric.best]
        between = f"{shown(low)} to {shown(high)}" if metric.best else ""
        cells = (shown(number["dataset"]), shown(number["image"]), between, str(number["undefined"] or ""))
        label = f"{escape(metric.title)}{unit}<small>{escape(metric.formula)}; {better}</small>"
        rows.append((label, *cells))
    columns = (
        "",
        "dataset",
        "mean over images",
        "95 % interval of that mean",
        "images that do not define it",
    )
    how = "; ".join(f"{name}: {text}" for name, text in said["aggregates"].items())
    return _section("All numbers", _table(columns, rows) + f"<p>{escape(how)}.</p>")


def _categories(said: Mapping[str, Any]) -> str:
    named = {name: numbers for name, numbers in said["scores"].items() if name != "all"}
    if not named:
        return ""
    metrics = list(dict.fromkeys(name for numbers in named.values() for name in numbers))
    columns = ("", *(escape(METRICS[name].title) for name in metrics))
    rows = [
        (escape(category), *(shown(numbers[name]["dataset"]) if name in numbers else "" for name in metrics))
        for category, numbers in named.items()
    ]
    return _section("By category, of the dataset", _table(columns, rows))


def _against(said: Mapping[str, Any]) -> str:
    if not said["against"]:
        return ""
    other, rows = said["against"], []
    for name, one in other["metrics"].items():
        between = f"{shown(one['low'])} to {shown(one['high'])}"
        share = UNDEFINED if one["better"] is None else f"{100 * one['better']:.0f} %"
        cells = (share, shown(one["difference"]), between, str(one["images"]))
        rows.append((escape(METRICS[name].title), *cells))
    columns = ("", "better in", "difference", "95 % interval", "images")
    title = f"{said['guesses']} better than {other['guesses']}?"
    return _section(title, _table(columns, rows) + f"<p>{escape(other['how'])}.</p>")


def _spread(found: Evaluation) -> str:
    metric = METRICS[found.headline]
    return _section(f"{metric.title}, image by image", histogram(found.by_image["all", metric.name], metric))


def _pictures(found: Evaluation) -> str:
    ranked = found.ranked()
    places = {"best": 0, "median": len(ranked) // 2, "worst": len(ranked) - 1} if ranked else {}
    metric = METRICS[found.headline]
    figures = []
    for word, place in places.items():
        name = ranked[place]
        value = f"{metric.title} {shown(getattr(found.scores[name], metric.name))}"
        images = []
        for side, labels in zip(("truth", "guess"), found.read(name), strict=True):
            data = base64.b64encode(picture(labels, found.lens)).decode()
            alt = escape(f"{side} of {name}, the {word}: {labels.summary()}", quote=True)
            images.append(
                f'<div><img src="data:image/png;base64,{data}" alt="{alt}"><span>{side}</span></div>'
            )
        caption = f"<figcaption><b>{word}</b> {escape(name)}, {escape(value)}</figcaption>"
        figures.append(f"<figure>{caption}<div class=pair>{''.join(images)}</div></figure>")
    return _section("Best, median, worst", "".join(figures) or "<p>No image defines the number.</p>")


def _broken(said: Mapping[str, Any]) -> str:
    if not said["broken"]:
        return ""
    rows = [(escape(one["image"]), escape(one["why"])) for one in said["broken"]]
    return _section("Not scored", _table(("image", "why"), rows, "words"))


def _made(said: Mapping[str, Any]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in said["versions"].items())
    made = f"{said['date']}, Python {said['python']}, {said['machine']}; {versions}"
    return _section("How it was made", f"<p><code>{escape(said['command'])}</code></p><p>{escape(made)}</p>")


def _section(title: str, body: str) -> str:
    return f"<section>\n<h2>{escape(title)}</h2>\n{body}\n</section>"


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]], kind: str = "numbers") -> str:
    """Write a table of cells that are escaped already; a row's first cell names it."""
    head = "".join(f'<th scope="col">{cell}</th>' for cell in columns)
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>{"".join(f"<td>{cell}</td>" for cell in row[1:])}</tr>\n'
        for row in rows
    )
    table = f'<table class="{kind}"><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table>'
    return f'<div class="wide">{table}</div>'


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")
