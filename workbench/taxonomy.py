"""What things are called: categories, and the taxonomy that fixes their ids and colours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["thing", "stuff"]

# Okabe and Ito (2008). Their grey is left out: under simulated colour blindness it meets the purple.
OKABE_ITO = ("#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7", "#FFFFFF")
QUIET = "#6B7785"  # backgrounds: present, but nothing that a person came to see
COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")


@dataclass(frozen=True)
class Category:
    """Name one kind of region.

    Parameters
    ----------
    id : positive int; 0 is void and cannot be a category.
    name : what a person calls it, such as ``"coin"``.
    kind : ``"thing"`` (countable) or ``"stuff"`` (amorphous), as the panoptic literature uses the words
        (Kirillov et al., 2019).
    colour : ``"#RRGGBB"``; a taxonomy gives one where it is missing.

    Raises
    ------
    ValueError : an id below 1, an empty name, another kind, or a malformed colour.

    >>> Category(2, "coin").kind
    'thing'
    """

    id: int
    name: str
    kind: Kind = "thing"
    colour: str | None = None

    def __post_init__(self) -> None:
        if isinstance(self.id, bool) or not isinstance(self.id, int) or not 1 <= self.id <= 2**31 - 1:
            raise ValueError(f"category id must be a whole number from 1 (0 is void), got {self.id!r}")
        if not isinstance(self.name, str) or not self.name.strip():
            raise ValueError(f"category {self.id} needs a name, got {self.name!r}")
        if self.kind not in ("thing", "stuff"):
            raise ValueError(f"category {self.name!r} must be 'thing' or 'stuff', got {self.kind!r}")
        if self.colour is not None and not COLOUR.fullmatch(self.colour):
            raise ValueError(f"category {self.name!r} needs a colour like '#E69F00', got {self.colour!r}")


class Taxonomy:
    """Hold the categories of a picture, in order, each with a colour of its own.

    Raises
    ------
    ValueError : two categories share an id or a name.

    >>> tax = Taxonomy([Category(1, "background", "stuff"), Category(2, "coin")])
    >>> tax["coin"].id, tax[1].name, [c.name for c in tax.things]
    (2, 'background', ['coin'])
    """

    def __init__(self, categories: Iterable[Category]) -> None:
        listed = list(categories)
        for what in ("id", "name"):
            values = [getattr(category, what) for category in listed]
            twice = sorted({str(value) for value in values if values.count(value) > 1})
            if twice:
                raise ValueError(f"a taxonomy holds each {what} once, got {', '.join(twice)} more than once")
        self._categories = tuple(_coloured(listed))
        self._by_id = {category.id: category for category in self._categories}
        self._by_name = {category.name: category for category in self._categories}

    def __iter__(self) -> Iterator[Category]:
        return iter(self._categories)

    def __len__(self) -> int:
        return len(self._categories)

    def __contains__(self, key: object) -> bool:
        return key in self._by_id or key in self._by_name

    def __getitem__(self, key: int | str) -> Category:
        found = self._by_name.get(key) if isinstance(key, str) else self._by_id.get(int(key))
        if found is None:
            raise KeyError(f"no category {key!r}; the taxonomy has {', '.join(self.names)}")
        return found

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Taxonomy) and self._categories == other._categories

    def __hash__(self) -> int:
        return hash(self._categories)

    def __repr__(self) -> str:
        return f"Taxonomy({', '.join(f'{c.id}: {c.name} ({c.kind})' for c in self)})"

    @property
    def names(self) -> list[str]:
        """List the category names in order."""
        return [category.name for category in self]

    @property
    def things(self) -> list[Category]:
        """List the countable categories."""
        return [category for category in self if category.kind == "thing"]

    @property
    def stuff(self) -> list[Category]:
        """List the amorphous categories."""
        return [category for category in self if category.kind == "stuff"]


def _coloured(categories: list[Category]) -> list[Category]:
    """Give every category a colour: backgrounds the quiet one, the others Okabe and Ito's, in order."""
    taken = {category.colour for category in categories}
    free = (colour for colour in _palette() if colour not in taken)
    return [
        category
        if category.colour
        else replace(category, colour=QUIET if category.name == "background" else next(free))
        for category in categories
    ]


def _palette() -> Iterator[str]:
    """Yield the eight colours that all eyes tell apart, then more of distinct lightness, without end."""
    yield from OKABE_ITO
    step = 0
    while True:
        # The golden angle never repeats a hue; lightness steps keep neighbours apart in grey as well.
        hue, lightness = (step * 137.508) % 360, (0.30, 0.55, 0.75)[step % 3]
        yield _hex(hue, lightness)
        step += 1


def _hex(hue: float, lightness: float, saturation: float = 0.65) -> str:
    import colorsys

    red, green, blue = colorsys.hls_to_rgb(hue / 360, lightness, saturation)
    return f"#{round(red * 255):02X}{round(green * 255):02X}{round(blue * 255):02X}"


BINARY = Taxonomy([Category(1, "background", "stuff"), Category(2, "foreground", "thing", "#E69F00")])
