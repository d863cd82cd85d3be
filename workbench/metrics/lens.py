"""How a guess is put beside a truth: the only place that decides.

A lens is the question asked. *object*: is it the target or not. *semantic*: which category. *instance*:
which thing. *panoptic*: which segment. *regions*: where are the borders, names dropped. A guess answers in
its own way (`yields`), and each lens reads each way by the same four steps: paste what overlaps, break into
connected pieces what should be separate objects, name each piece, count the joint table.

Three things stay apart: **void** truth is not judged; an **unlabelled** guess misses the truth under it and
accuses nobody; a guess of a category that the truth does not have is `OTHER`: a miss, in a column of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from math import isnan

import numpy as np

from workbench.instances import Instances
from workbench.metrics.comparison import LENSES, OTHER, REST, TARGET, Comparison, LensName, Names
from workbench.metrics.overlap import Overlap
from workbench.metrics.pieces import connected_pieces
from workbench.segmentation import Ids, Segmentation
from workbench.taxonomy import Category, Taxonomy


@dataclass(frozen=True, eq=False)
class Lens:
    """Hold a question about one truth, made by `prepare`, to be asked of many guesses."""

    name: LensName
    truth: Segmentation
    target: tuple[str, ...]
    taxonomy: Taxonomy
    truth_names: Names

    def compare(self, guess: Segmentation | Instances, *, split: bool = False) -> Comparison:
        """Put a guess beside the truth.

        Parameters
        ----------
        split : under the instance lens, cut connected pieces at their waists (distance watershed).

        Raises
        ------
        ValueError : a guess of another size than the truth, or with a score that is not a number.
        """
        _check_scores(guess)
        if guess.shape != self.truth.shape:
            raise ValueError(
                f"the guess is {_size(guess.shape)} and the truth {_size(self.truth.shape)}; "
                "resize the guess to the truth's size, nearest neighbour, before scoring"
            )
        if self.name == "regions":
            return _regions(self, guess)
        if isinstance(guess, Instances):
            return _instances(self, guess)
        if guess.yields == "partition":
            return _partition(self, guess)
        if guess.yields == "foreground" and len(self.target) != 1 and self.name != "object":
            return _unnamed_foreground(self, guess, split)
        return _named(self, guess, split)

    def call(self, guess: Segmentation | Instances) -> dict[int, int]:
        """Give the lens's category id for each category id of a named guess."""
        if guess.yields == "foreground":
            ground, front = guess.taxonomy
            return {ground.id: self._ground(ground), front.id: self._id_of_target()}
        if self.name == "object":
            return {c.id: TARGET if c.name in self.target else REST for c in guess.taxonomy}
        return {c.id: self.taxonomy[c.name].id if c.name in self.taxonomy else OTHER for c in guess.taxonomy}

    def is_thing(self, category: int) -> bool:
        """Say whether this category id is countable in the truth's eyes."""
        return category != OTHER and self.taxonomy[category].kind == "thing"

    def _id_of_target(self) -> int:
        return TARGET if self.name == "object" else self.taxonomy[self.target[0]].id

    def _ground(self, ground: Category) -> int:
        """Name what a foreground method left: by its name, else the only category that is not the target."""
        left = [c for c in self.taxonomy if c.id != self._id_of_target()]
        named = [c.id for c in left if c.name == ground.name]
        return (named or [c.id for c in left if len(left) == 1] or [OTHER])[0]


def prepare(
    truth: Segmentation, lens: LensName = "object", target: Sequence[str] | str | None = None
) -> Lens:
    """Make a lens over one truth, to be reused while guesses change.

    Parameters
    ----------
    target : names of the categories that a two-way method is asked to find; by default all things.

    Raises
    ------
    ValueError : an unknown lens, an unknown target category, a truth without names under a lens that
        asks for names, or no target where one is needed.
    """
    if lens not in LENSES:
        raise ValueError(f"no lens {lens!r}; there are {', '.join(LENSES)}")
    wanted = _target(truth, target)
    if lens == "regions":
        return Lens(lens, truth, wanted, Taxonomy([]), {})
    names = {n: s.category.id for n, s in truth.segments.items() if s.category}
    if truth.segments and not names:
        raise ValueError(f"the {lens} lens asks for names and this truth has none; use lens='regions'")
    if lens != "object":
        return Lens(lens, truth, wanted, truth.taxonomy, names)
    if not wanted:
        raise ValueError(
            f"the object lens needs a target and this truth has no things; pass target=, one or more of "
            f"{', '.join(truth.taxonomy.names)}"
        )
    return _two_way(Lens(lens, truth, wanted, truth.taxonomy, names))


def _target(truth: Segmentation, target: Sequence[str] | str | None) -> tuple[str, ...]:
    """Give the target's names, each once, or say which is unknown and what is near."""
    if target is None:
        return tuple(category.name for category in truth.taxonomy.things)
    wanted = tuple(dict.fromkeys([target] if isinstance(target, str) else target))
    for name in wanted:
        if name not in truth.taxonomy.names:
            near = get_close_matches(str(name), truth.taxonomy.names, cutoff=0.5) or truth.taxonomy.names
            raise ValueError(f"no target category {name!r} in the truth; did you mean {' or '.join(near)}?")
    return wanted


def _two_way(lens: Lens) -> Lens:
    """Keep two categories: the target and the rest, under their own names where each is one category."""
    front = [c for c in lens.taxonomy if c.name in lens.target]
    rest = [c for c in lens.taxonomy if c.name not in lens.target]
    one, two = (c[0] if len(c) == 1 else None for c in (rest, front))
    ground = Category(REST, one.name if one else "everything else", "stuff", one.colour if one else None)
    object_ = Category(TARGET, two.name if two else "target", "thing", two.colour if two else None)
    chosen = {c.id for c in front}
    names = {n: TARGET if category in chosen else REST for n, category in lens.truth_names.items()}
    return replace(lens, name="object", taxonomy=Taxonomy([ground, object_]), truth_names=names)


def _named(lens: Lens, guess: Segmentation, split: bool) -> Comparison:
    """Read a guess that says what its segments are: foreground, semantic, panoptic."""
    calls = lens.call(guess)
    ids: Ids = guess.ids
    names = {n: calls[s.category.id] for n, s in guess.segments.items() if s.category}
    scores = {n: s.score for n, s in guess.segments.items() if s.score is not None}
    if lens.name in ("instance", "panoptic") and guess.yields != "panoptic":
        things = [n for n, category in names.items() if lens.is_thing(category)]
        others = [n for n in names if n not in set(things)]
        ids, came_from = connected_pieces(ids, things, others, split and lens.name == "instance")
        names = {n: names[old] for n, old in came_from.items()}
        scores = {}
    table = Overlap.of(lens.truth.ids, ids)
    made = _comparison(lens, ids, table, table, names, remarks=_strangers(lens, guess))
    return replace(made, scores=scores)


def _partition(lens: Lens, guess: Segmentation) -> Comparison:
    """Read regions without names: each takes the name that most of its judged pixels have."""
    table = Overlap.of(lens.truth.ids, guess.ids)
    # Ties go to the lower id, under the object lens the rest: an object has more than half.
    names = table.grouped(lens.truth_names, {int(n): int(n) for n in table.guess_ids}).commonest()
    segments = table
    if lens.name == "panoptic":
        # Stuff is not countable: all regions of one stuff category are one segment.
        first = {category: n for n, category in sorted(names.items(), reverse=True)}
        joined = {n: n if lens.is_thing(category) else first[category] for n, category in names.items()}
        alone = {int(n): joined.get(int(n), int(n)) for n in table.guess_ids}
        segments = table.grouped({int(n): int(n) for n in table.truth_ids}, alone)
    remark = "named by the truth: an upper bound"
    made = _comparison(lens, guess.ids, table, segments, names, remarks=[remark])
    return replace(made, named_by_truth=True)


def _instances(lens: Lens, guess: Instances) -> Comparison:
    """Read objects that may overlap: their union, each as it is, or pasted by score."""
    calls = lens.call(guess)
    remarks = _strangers(lens, guess)
    if lens.name == "object":
        chosen = [o for o in guess if remarks or calls[o.category.id] == TARGET]
        union = replace(guess, objects=tuple(chosen)).union()
        ids = np.where(union, np.int32(TARGET), np.int32(REST))
        remarks = [f"{remarks[0]}: all its instances count"] if remarks else []
        names = {REST: REST, TARGET: TARGET}
        return _comparison(lens, ids, Overlap.of(lens.truth.ids, ids), None, names, remarks=remarks)
    names = {k + 1: calls[item.category.id] for k, item in enumerate(guess)}
    scores = {k + 1: item.score for k, item in enumerate(guess) if item.score is not None}
    pasted, dropped = guess.to_segmentation()
    table = Overlap.of(lens.truth.ids, pasted.ids)
    segments = Overlap.of_masks(lens.truth.ids, guess.masks()) if lens.name == "instance" else table
    if dropped and lens.name != "instance":
        remarks += [f"{len(dropped)} of {len(guess)} instances lie wholly under surer ones and are dropped"]
    made = _comparison(lens, pasted.ids, table, segments, names, remarks=remarks)
    return replace(made, scores=scores, masks=guess)


def _regions(lens: Lens, guess: Segmentation | Instances) -> Comparison:
    """Read borders only: what is one region in the guess, whatever its name."""
    if isinstance(guess, Instances):
        ids = guess.to_segmentation()[0].ids
    elif guess.yields in ("foreground", "semantic"):
        ids = connected_pieces(guess.ids, list(guess.segments))[0]
    else:
        ids = guess.ids
    table = Overlap.of(lens.truth.ids, ids)
    left = int(table.judged[0])
    remarks = (f"unlabelled pixels: {left}; each counts as a region of its own",) if left else ()
    return Comparison(
        lens=lens.name,
        scored_as=lens.name,
        taxonomy=lens.taxonomy,
        segments=table,
        table=table,
        remarks=remarks,
        truth_ids=lens.truth.ids,
        guess_ids=ids,
    )


def _unnamed_foreground(lens: Lens, guess: Segmentation, split: bool) -> Comparison:
    """Read a foreground that cannot be named, because the target is several categories or none."""
    if lens.name == "instance":
        things = tuple(name for name in lens.target if lens.taxonomy[name].kind == "thing")
        two = _two_way(replace(lens, target=things))
        two = replace(two, name="instance", target=(two.taxonomy[TARGET].name,))
        made = _named(two, guess, split)
        remark = "a foreground has no names: its pieces may match things of any target category"
        return replace(made, remarks=(*made.remarks, remark))
    remark = "a foreground cannot tell the target's categories apart: scored under the object lens"
    made = prepare(lens.truth, "object", lens.target).compare(guess)
    return replace(made, lens=lens.name, remarks=(*made.remarks, remark))


def _comparison(
    lens: Lens, ids: Ids, table: Overlap, segments: Overlap | None, names: Names, *, remarks: Sequence[str]
) -> Comparison:
    """Group the table by category, and keep the segments that the lens judges."""
    made = Comparison(
        lens=lens.name,
        scored_as=lens.name,
        taxonomy=lens.taxonomy,
        categories=table.grouped(lens.truth_names, names),
        table=table,
        remarks=tuple(remarks),
        truth_ids=lens.truth.ids,
        guess_ids=ids,
        truth_as=lens.truth_names,
        guess_as=names,
    )
    if lens.name in ("object", "semantic") or segments is None:
        return made
    there = set(segments.guess_ids.tolist())
    of_truth, of_guess = dict(lens.truth_names), {n: c for n, c in names.items() if n in there}
    if lens.name == "instance":
        of_truth = {n: c for n, c in of_truth.items() if lens.is_thing(c)}
        of_guess = {n: c for n, c in of_guess.items() if lens.is_thing(c)}
    return replace(made, segments=segments, truth_names=of_truth, guess_names=of_guess)


def _strangers(lens: Lens, guess: Segmentation | Instances) -> list[str]:
    """Say which of the guess's names the truth does not know."""
    if guess.yields == "foreground":
        return []
    if lens.name == "object":
        known = any(name in guess.taxonomy for name in lens.target)
        return [] if known else [f"the guess has no category {' or '.join(map(repr, lens.target))}"]
    used = guess.objects if isinstance(guess, Instances) else guess.segments.values()
    names = dict.fromkeys(s.category.name for s in used if s.category)
    strange = [repr(name) for name in names if name not in lens.truth.taxonomy]
    if not strange:
        return []
    return [f"the truth has no category {', '.join(strange[:5])}: what is called so counts as other"]


def _check_scores(guess: Segmentation | Instances) -> None:
    """Refuse nan, which is neither above nor below another score, so that no order would be right."""
    said = enumerate(guess) if isinstance(guess, Instances) else guess.segments.items()
    wrong = [n for n, one in said if one.score is not None and isnan(one.score)]
    if wrong:
        raise ValueError(
            f"scores rank guesses and must be numbers, got nan for {len(wrong)} of them, "
            f"the first {wrong[0]}; give None where there is no score"
        )


def _size(shape: tuple[int, int]) -> str:
    return f"{shape[0]} x {shape[1]} (rows x columns)"
