"""Folders of label files scored by name: guesses against truths, one broken pair costing only itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

from workbench.evaluation.bootstrap import Paired, paired
from workbench.evaluation.labels import Reading, label_files, read_file, readings
from workbench.metrics.card import HEADLINES, Score
from workbench.metrics.comparison import LENSES, LensName
from workbench.metrics.conventions import convention_of
from workbench.metrics.many import pool
from workbench.metrics.means import mean_of
from workbench.metrics.metric import METRICS, Cost
from workbench.metrics.score import score
from workbench.segmentation import Segmentation

Watch = Callable[[Iterable[str], int], Iterable[str]]


@dataclass(frozen=True)
class Broken:
    """Name a pair that could not be scored, and say why in a sentence."""

    image: str
    why: str

    @property
    def says(self) -> str:
        """Say which image and why, naming it once: what is wrong with a file names the file.

        >>> Broken("a", "there is no guess of this name").says, Broken("a", "g/a.png: the file is empty").says
        ('a: there is no guess of this name', 'g/a.png: the file is empty')
        """
        named = Path(self.why.partition(": ")[0]).stem == self.image
        return self.why if named else f"{self.image}: {self.why}"


@dataclass(frozen=True)
class Asked:
    """Hold the question put to every pair.

    Parameters
    ----------
    lens, target, convention : as `score` takes them. boundaries : whether outlines are measured too.
    """

    lens: LensName = "object"
    target: tuple[str, ...] | None = None
    convention: str = "workbench"
    boundaries: bool = False

    @property
    def costs(self) -> tuple[Cost, ...]:
        """Name the kinds of metric that are asked for."""
        return ("table", "boundary") if self.boundaries else ("table",)


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Hold the scores of a folder of guesses, image by image, in order of name.

    Parameters
    ----------
    guesses, truths : the folders. asked : the question. reads : how bare ids of truths and guesses are read.
    scores : by the image's name. broken : what could not be scored.
    """

    guesses: Path
    truths: Path
    asked: Asked
    reads: tuple[Reading, Reading]
    scores: dict[str, Score]
    broken: tuple[Broken, ...]

    @property
    def lens(self) -> LensName:
        """Name the lens that answered."""
        return next(iter(self.scores.values())).scored_as

    @property
    def headline(self) -> str:
        """Name the number that images are ranked by."""
        return HEADLINES[self.lens][0]

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """Give tidy rows: image, lens, category ("all" for the whole), metric, value."""
        costs = self.asked.costs
        return [{"image": name} | row for name, found in self.scores.items() for row in found.table(*costs)]

    @cached_property
    def by_image(self) -> dict[tuple[str, str], list[float]]:
        """Give the numbers of all images by category and metric."""
        found: dict[tuple[str, str], list[float]] = {}
        for row in self.rows:
            found.setdefault((row["category"], row["metric"]), []).append(float(row["value"]))
        return found

    @cached_property
    def pooled(self) -> dict[tuple[str, str], float]:
        """Give the numbers of the summed tables by category and metric."""
        summed = pool(list(self.scores.values()), "dataset")
        assert isinstance(summed, Score)  # ours: "dataset" gives one
        return {(row["category"], row["metric"]): row["value"] for row in summed.table(*self.asked.costs)}

    @cached_property
    def averaged(self) -> dict[tuple[str, str], float]:
        """Give the averages over the images that define them, by category and metric."""
        return {what: mean_of(values) for what, values in self.by_image.items()}

    def ranked(self) -> list[str]:
        """Name the images from the best to the worst headline; those that do not define it are left out."""
        metric = METRICS[self.headline]
        value = dict(zip(self.scores, self.by_image["all", metric.name], strict=True))
        defined = [name for name in self.scores if value[name] == value[name]]
        return sorted(defined, key=lambda name: value[name], reverse=metric.best != "down")

    def read(self, name: str) -> tuple[Segmentation, Segmentation]:
        """Read an image's truth and guess again."""
        return _pair(name, label_files(self.truths), label_files(self.guesses), self.reads)

    def against(self, other: Evaluation) -> dict[str, Paired]:
        """Compare with another folder of guesses, metric by metric, on the images that both have scored.

        Raises
        ------
        ValueError : no image was scored in both.
        """
        both = [name for name in self.scores if name in other.scores]
        if not both:
            raise ValueError(f"{self.guesses} and {other.guesses} have no image in common that was scored")
        return {
            name: paired(
                [getattr(self.scores[image], name) for image in both],
                [getattr(other.scores[image], name) for image in both],
                best="down" if METRICS[name].best == "down" else "up",
            )
            for category, name in self.by_image
            if category == "all" and METRICS[name].best
        }


def evaluate(
    guesses: Path, truths: Path, asked: Asked | None = None, watch: Watch = lambda names, total: names
) -> Evaluation:
    """Score each label file in one folder against the one of the same name in another.

    Parameters
    ----------
    watch : is handed the names and how many there are, and gives them back one by one; for progress.

    Raises
    ------
    ValueError : a folder that is not there or empty, an unknown lens or convention, names that cannot be
        read. What is wrong with a pair is kept in `broken`, and the others are scored.
    """
    asked = asked or Asked()
    if asked.lens not in LENSES:
        raise ValueError(f"no lens {asked.lens!r}; there are {', '.join(LENSES)}")
    convention_of(asked.convention)
    of_truth, of_guess = label_files(truths), label_files(guesses)
    files = {folder: chain(*found.values()) for folder, found in ((truths, of_truth), (guesses, of_guess))}
    reads = readings(truths, guesses, {folder: list(paths) for folder, paths in files.items()}, asked.lens)
    scores, broken = {}, []
    names = sorted({*of_truth, *of_guess})
    for name in watch(names, len(names)):
        try:
            scores[name] = _scored(*_pair(name, of_truth, of_guess, reads), asked)
        except MemoryError:
            broken.append(Broken(name, "does not fit in memory; cut it into tiles"))
        except (ValueError, KeyError, OSError) as error:
            broken.append(Broken(name, _sentence(error)))
    return Evaluation(guesses, truths, asked, reads, scores, tuple(broken))


def _scored(truth: Segmentation, guess: Segmentation, asked: Asked) -> Score:
    """Score one pair and count all that is asked now, so that a trouble is this pair's."""
    found = score(truth, guess, lens=asked.lens, target=asked.target, convention=asked.convention)
    found.table(*asked.costs)
    return replace(found, facts=found.facts.without_maps())


def _pair(
    name: str, truths: dict[str, list[Path]], guesses: dict[str, list[Path]], reads: Sequence[Reading]
) -> tuple[Segmentation, Segmentation]:
    """Read truth and guess of one name."""
    sides = []
    for noun, files, reading in (("truth", truths, reads[0]), ("guess", guesses, reads[1])):
        paths = files.get(name, [])
        if not paths:
            raise ValueError(f"there is no {noun} of this name")
        if len(paths) > 1:
            raise ValueError(
                f"there are {len(paths)} files for its {noun}: {', '.join(p.name for p in paths)}; keep one"
            )
        sides.append(read_file(paths[0], reading, noun))
    return sides[0], sides[1]


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{error.filename or 'the file'}: {error.strerror or error}"
    return " ".join(str(error.args[0] if error.args else error).split())
