"""`workbench run`: one method on one image, its labels as files, its record for people and programs."""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.prompts import PROMPTS, read_seed

if TYPE_CHECKING:
    from workbench.recipe import Result
    from workbench.registry import Method
    from workbench.sample import Sample


def run(
    method: str,
    image: str,
    values: Mapping[str, str],
    *,
    out: Path | None = None,
    truth: Path | None = None,
    lens: str = "object",
    longest: int | None = None,
    fit: int | None = None,
) -> dict[str, Any]:
    """Run a method on a file or a bundled sample, write the labels, and return the record, ready for JSON.

    values : parameters as text. out : .png (with a coloured preview beside it) or .npz; by default
    `<image>-<method>.png` here. truth : a label file to score against. longest : work on a copy of that size
    (px). fit : scale the image itself to that longest side (px) first.

    Raises
    ------
    ValueError, KeyError, OSError : whatever a person can put right, in one sentence.
    """
    written = _check_target(out or Path(f"{Path(image).stem}-{method}.png"), image)
    with _notes() as said:
        sample = _open(image, fit)
        result = _run(method, sample, values, longest)
        scores = _score(sample, result, truth, lens)
        _write(result, sample, written)
    return _record(result, sample, scores, written, said)


def split(rest: Sequence[str]) -> tuple[dict[str, str], str]:
    """Take the image and the method's parameters, in any order, apart; every ``--seed`` joins ``seeds``.

    >>> split(["--sigma", "1.5", "photo.jpg", "--min-size=3", "--exact"])
    ({'sigma': '1.5', 'min_size': '3', 'exact': 'true'}, 'photo.jpg')
    """
    values: dict[str, str] = {}
    images = []
    words = list(rest)
    while words:
        word = words.pop(0)
        if not word.startswith("--"):
            images.append(word)
            continue
        name, equals, value = word[2:].partition("=")
        if not equals:
            value = words.pop(0) if words and not words[0].startswith("--") else "true"
        name = name.replace("-", "_")
        if name == "seed" and ":" in value:  # a seed of a prompt, not that of random numbers
            name, value = "seeds", f"{values['seeds']} {value}" if "seeds" in values else value
        values[name] = value
    if len(images) != 1:
        raise ValueError(
            f"run needs one image, got {', '.join(map(repr, images)) or 'none'}; parameters are --name value"
        )
    return values, images[0]


def _check_target(target: Path, image: str) -> list[Path]:
    """List the files that will be written, or say why not."""
    if target.suffix.lower() not in (".png", ".npz"):
        raise ValueError(
            f"{target}: labels are saved as .png or .npz, got {target.suffix or 'no suffix'!r}; rename it"
        )
    if not target.parent.is_dir():
        raise ValueError(f"{target}: there is no folder {target.parent}; make it first")
    beside = [target.with_name(f"{target.stem}-preview.png")] if target.suffix.lower() == ".png" else []
    for path in (target, *beside):
        if Path(image).exists() and path.exists() and path.samefile(image):
            raise ValueError(f"{path}: would overwrite the image itself; name another file with -o")
    return [target, *beside]


def _open(image: str, fit: int | None) -> Sample:
    """Open a file, or a bundled sample with its truth where no file has that name."""
    from workbench import samples
    from workbench.image import read_image
    from workbench.sample import Sample

    if not Path(image).exists() and image in samples.names():
        return samples.load(image, longest=fit)
    pixels = read_image(Path(image), longest=fit)
    return Sample(image, Path(image).name, pixels, None, (), "", "", "photograph")


def _run(name: str, sample: Sample, values: Mapping[str, str], longest: int | None) -> Result:
    import workbench.methods  # noqa: F401  importing it declares them
    from workbench.recipe import run as compute
    from workbench.registry import METHODS

    method = METHODS[name]
    parsed = {n: _prompt(method, n, text) for n, text in values.items()}
    checked = method.check(parsed, sample.shape, text=True)
    return compute(name, sample.image, longest=longest, **checked)


def _prompt(method: Method, name: str, text: str) -> Any:
    """Read a box (10,20,90,120), seeds (5,8:object), a curve or a start from text; other values stay text."""
    if name not in method.params or method.params[name].kind not in (*PROMPTS, "method"):
        return text
    if method.params[name].kind == "points" and not text.startswith("["):
        return [read_seed(word) for word in text.split()]
    try:
        return json.loads(text if text[:1] in ("[", "{") or text == "null" else f"[{text}]")
    except ValueError:
        return text  # the parameter's own check says what it wants


def _score(sample: Sample, result: Result, file: Path | None, lens: str) -> dict[str, Any]:
    from workbench.export import read_truth
    from workbench.metrics.score import score

    truth = read_truth(file, sample.shape) if file else sample.truth
    if truth is None:
        return {}
    target = None if file else sample.target
    found = score(truth, result.output, lens=lens, target=target)  # type: ignore[arg-type]
    rows: dict[str, dict[str, Any]] = {"all": {}}
    for row in found.table():
        rows.setdefault(row["category"], {})[row["metric"]] = _plain(row["value"])
    head = {"lens": found.lens, "named_by_truth": found.named_by_truth, "remarks": list(found.remarks)}
    return {**head, "all": rows.pop("all"), "per_category": rows}


def _write(result: Result, sample: Sample, paths: Sequence[Path]) -> None:
    from workbench.export import label_png, npz, pasted, preview_png

    guess = pasted(result.output)
    if paths[0].suffix.lower() == ".npz":
        paths[0].write_bytes(npz(guess, result.recipe.to_json()))
        return
    paths[0].write_bytes(label_png(guess))
    paths[1].write_bytes(preview_png(guess, sample.image))


def _record(
    result: Result, sample: Sample, scores: Mapping[str, Any], written: Sequence[Path], said: list[str]
) -> dict[str, Any]:
    from workbench.export import pasted

    return {
        "method": result.recipe.method,
        "values": dict(result.recipe.values),
        "image": sample.title,
        "size": list(sample.shape),
        "summary": pasted(result.output).summary(),
        "seconds": round(result.seconds, 6),
        "peak_bytes": result.peak_bytes,
        "device": result.device,
        "sha256": result.sha256,
        "scores": scores or None,
        "written": [str(path) for path in written],
        "notes": said,
        "recipe": json.loads(result.recipe.to_json()),
    }


def tell(record: Mapping[str, Any]) -> None:
    """Print a record of `run` for a person."""
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, soft_wrap=True, markup=False)
    scores = record["scores"]
    size = "{} x {}".format(*record["size"])
    console.print(f"{record['method']} on {record['image']} ({size}): {record['summary']}")
    milliseconds = float(f"{record['seconds'] * 1000:.2g}")  # two digits, but never as 4.1e+02
    console.print(f"{milliseconds:g} ms on {record['device']}, ids {record['sha256'][:16]}")
    if scores is None:
        console.print("no truth, so no scores")
    else:
        rows = {"all": scores["all"], **scores["per_category"]}
        columns = list(dict.fromkeys(name for row in rows.values() for name in row))
        table = Table(f"{scores['lens']} lens", *columns, box=None, pad_edge=False, header_style="bold")
        for name, row in rows.items():
            table.add_row(name, *(_shown(row[column]) if column in row else "" for column in columns))
        console.print(table)
    for note in [*record["notes"], *(scores["remarks"] if scores else ())]:
        console.print(f"note: {note}")
    console.print("wrote " + " and ".join(record["written"]))


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value


@contextmanager
def _notes() -> Iterator[list[str]]:
    """Collect what reading an image has to say; other warnings go to the error stream when it is over."""
    from workbench.image import ImageNote

    said: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ImageNote)
        yield said
    for it in caught:
        if issubclass(it.category, ImageNote):
            said.append(str(it.message))
        else:
            warnings.warn_explicit(it.message, it.category, it.filename, it.lineno)
