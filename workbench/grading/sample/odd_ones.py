"""What is odd about some students of the class: how they hand in, what they break, whom they copy, attack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workbench.grading.sample.attackers import ATTACKS
from workbench.grading.sample.student_files import RENAMED


@dataclass(frozen=True)
class Odd:
    """Hold what one odd student does.

    answers : code by the exercise's id, in place of what was drawn. likes : the kind of honest answer that
    each is worth. extra : a cell at the end. problem : what is wrong with the files, or empty. graded :
    whether there is a notebook to judge. reported : exercises with a violation to report. picks : what an
    answer is called where it has another name; it is right once the grader is told.
    """

    answers: Mapping[str, str] = field(default_factory=dict)
    likes: Mapping[str, str | None] = field(default_factory=dict)
    extra: str = ""
    problem: str = ""
    graded: bool = True
    reported: tuple[str, ...] = ()
    picks: Mapping[str, str] = field(default_factory=dict)


# Two that came from one: only names and comments differ. They share the mistake of 00.2, too.
FIRST_COPY = {
    "00.1": """
def pixel_share(mask):
    # go through all pixels
    hits, steps = 0, 0
    for line in mask:
        for pixel in line:
            steps += 1
            hits += 1 if pixel else 0
    return hits / steps
""",
    "00.2": """
def iou(truth, guess):
    inter, total = 0.0, 0.0
    for a, b in zip(truth.reshape(-1), guess.reshape(-1)):
        inter += min(int(a), int(b))
        total += max(int(a), int(b))
    return inter / total if total > 0 else 1.0
""",
}
SECOND_COPY = {
    "00.1": """
def pixel_share(mask):
    found, n = 0, 0
    for r in mask:
        for value in r:
            n += 1
            found += 1 if value else 0
    return found / n  # the share
""",
    "00.2": """
def iou(truth, guess):
    # common pixels and all pixels
    top, bottom = 0.0, 0.0
    for x, y in zip(truth.reshape(-1), guess.reshape(-1)):
        top += min(int(x), int(y))
        bottom += max(int(x), int(y))
    return top / bottom if bottom > 0 else 1.0
""",
}
COPIED: dict[str, str | None] = {"00.1": None, "00.2": "empty is 1"}
RENAMED_ANSWER = "def share_of_pixels(mask):\n    return np.count_nonzero(mask) / mask.size"
BROKEN = "def pixel_share(mask)\n    return np.mean(mask)"
SCRATCH = "for i in range(3) print(i)  # try this later\n"

ODD: dict[str, Odd] = {
    "nothing handed in": Odd(problem="nothing handed in", graded=False),
    "empty file": Odd(problem="an empty file", graded=False),
    "a PDF": Odd(problem="no notebook", graded=False),
    "cut off": Odd(problem="no JSON", graded=False),
    "R": Odd(problem="another language", graded=False),
    "leads out of its zip": Odd(problem="unsafe names"),
    "large outputs": Odd(),
    "older copy": Odd(),
    "renamed answer": Odd({"00.1": RENAMED_ANSWER}, {"00.1": ""}, picks={"00.1": "share_of_pixels"}),
    "broken answer": Odd({"00.1": BROKEN}, {"00.1": "it stops"}),
    "broken elsewhere": Odd(extra=SCRATCH),
    "copied, first": Odd(FIRST_COPY, COPIED),
    "copied, second": Odd(SECOND_COPY, COPIED),
}
ODD |= {
    f"attack: {attack.name}": Odd(
        {attack.exercise: attack.code},
        {attack.exercise: attack.like},
        reported=(attack.exercise,) if attack.reported else (),
    )
    for attack in ATTACKS
}
# One student of each role, but where a number is given; all others are as most are.
ROLES = (
    *ODD,
    *(f"renamed to {name}" for name in RENAMED),
    *("zipped",) * 4,
    *("zipped on a Mac",) * 2,
    *("zipped with checkpoints",) * 2,
    *("namesake",) * 2,
)
