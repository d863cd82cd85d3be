"""Ways to write an answer: each does what its kind says, in the code that a grader would run of it."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from workbench.grading.sample.class_of_100 import SHARES
from workbench.grading.sample.spellings import CODE, COMMENTS, SPELLINGS, STUBS
from workbench.grading.slicing import is_stub, needed, read
from workbench.teaching import EXERCISES, check

WAYS = [(id, kind, way) for (id, kind), ways in SPELLINGS.items() for way in ways]
IMPORT = "import numpy as np"


def answer(id: str, way: str) -> Any:
    name = EXERCISES[id].answer_name
    space: dict[str, Any] = {}
    exec(needed([IMPORT, *way.split("# %%\n")], name), space)
    return space[name]


SPELT = [
    pytest.param(id, kind, way, id=f"{id} {kind} {number}")
    for number, (id, kind, way) in enumerate(WAYS)
    if kind != "it never ends"  # that is for the sandbox
]


def test_every_kind_can_be_spelt_and_most_in_several_ways() -> None:
    assert set(SPELLINGS) == {(id, kind) for id, shares in SHARES.items() for kind in shares}
    assert all(len(ways) == len(set(ways)) >= 2 for ways in SPELLINGS.values())
    assert len(SPELLINGS["00.1", None]) >= 10
    assert len(SPELLINGS["00.2", None]) >= 5
    assert any("# %%" in way for _, _, way in WAYS)


@pytest.mark.parametrize(("id", "kind", "way"), SPELT)
@pytest.mark.filterwarnings("ignore:invalid value encountered:RuntimeWarning")  # 0 / 0, by a student
def test_a_way_does_what_its_kind_says(id: str, kind: str | None, way: str) -> None:
    for seed in (1, 2):
        verdict = check(id, answer(id, way), seed=seed)
        assert verdict.state == {None: "right", "": "not attempted"}.get(kind, "not yet"), verdict
        assert verdict.mistake == (kind if kind and kind != "it stops" else "")
        assert verdict.share == 0 or kind != "it stops"


@pytest.mark.parametrize("id", STUBS)
def test_a_stub_is_none_to_the_grader_either(id: str) -> None:
    name = EXERCISES[id].answer_name
    for way in (STUBS[id], *SPELLINGS.get((id, ""), ())):
        assert is_stub(read([way])[0], name)


def test_the_plain_way_is_one_cell_and_comments_are_comments() -> None:
    assert all("# %%" not in way for way in CODE.values())
    assert all(ast.parse(comment).body == [] for comment in COMMENTS)
    assert sum(not comment.isascii() for comment in COMMENTS) >= 5
