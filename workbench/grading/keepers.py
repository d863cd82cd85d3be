"""Who shuts students' code in on this machine: bubblewrap, or else a container."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workbench.grading import bubblewrap
from workbench.grading.container import ENGINES
from workbench.grading.limits import Limits
from workbench.grading.room import Contained, Shut
from workbench.grading.surroundings import NoSandbox

HELP = "`apt install bubblewrap` brings it; `workbench grade --trust-students` grades without a sandbox"


@dataclass(frozen=True)
class Keeper:
    """Hold what shuts students' code in.

    tried : try it, and say what it is; raises NoSandbox, with the reason. room : start a room of it.
    """

    tried: Callable[[], str]
    room: Callable[[Sequence[str], Limits], Shut]


# The first one that works is taken: bubblewrap starts faster than any container.
KEEPERS = (
    Keeper(bubblewrap.tried, Shut),
    *(Keeper(engine.tried, functools.partial(Contained, engine)) for engine in ENGINES),
)


def keeper() -> str:
    """Say what shuts students' code in on this machine, such as ``"bubblewrap 0.8.0"``.

    Raises
    ------
    NoSandbox : nothing does, or is allowed to; commands that help are named.
    """
    return chosen()[0]


def room(cells: Sequence[str], limits: Limits) -> Shut:
    """Start a room of the kind that this machine has.

    Raises
    ------
    NoSandbox : it has none. ValueError : there is more code than may be sent.
    """
    return chosen()[1].room(cells, limits)


@functools.cache
def chosen() -> tuple[str, Keeper]:
    """Try one after the other, and give the first that works, with what it says of itself."""
    reasons = []
    for one in KEEPERS:
        try:
            return one.tried(), one
        except NoSandbox as error:
            reasons.append(str(error))
    # What nobody has installed besides bubblewrap would only be in the way of what helps.
    told = [reasons[0], *(reason for reason in reasons[1:] if not reason.endswith(" is not installed"))]
    raise NoSandbox(f"students' code needs a sandbox, and {', '.join(told)}: {HELP}")
