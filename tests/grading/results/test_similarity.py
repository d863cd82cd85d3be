"""Alike is what few others write."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workbench.grading.results.similarity import answers, fingerprints, similar

OBVIOUS = "def share(mask):\n    return mask.mean()\n"
OWN = """def iou(truth, guess):
    # both of them, then either
    both = sum(1 for a, b in zip(truth.ravel(), guess.ravel()) if a and b)
    either = sum(1 for a, b in zip(truth.ravel(), guess.ravel()) if a or b)
    if not either:
        return float("nan")
    return both / either
"""
RENAMED = (
    OWN.replace("truth", "wahr").replace("guess", "tipp").replace("both", "beide").replace("either", "eins")
)
OTHER = """def iou(truth, guess):
    table = [[0, 0], [0, 0]]
    for row in range(truth.shape[0]):
        for column in range(truth.shape[1]):
            table[int(truth[row, column])][int(guess[row, column])] += 1
    union = table[0][1] + table[1][0] + table[1][1]
    return table[1][1] / union if union > 0 else float("nan")
"""


def the_class() -> dict[str, str]:
    return {f"student {n}": OBVIOUS for n in range(20)} | {"one": OBVIOUS + OWN, "other": OBVIOUS + OTHER}


def test_a_copy_with_other_names_is_found_and_nothing_else() -> None:
    (pair,) = similar(the_class() | {"copier": OBVIOUS + RENAMED})
    assert {pair.first, pair.second} == {"one", "copier"}
    assert pair.share > 0.9
    assert pair.same_lines == ('return float("nan")',)


def test_lines_that_both_have_to_the_letter_are_the_evidence() -> None:
    (pair,) = similar(the_class() | {"copier": OBVIOUS + OWN})
    assert "# both of them, then either" in pair.same_lines
    assert OBVIOUS.splitlines()[1].strip() not in pair.same_lines


def test_the_obvious_answer_is_nobodys_own() -> None:
    assert similar({f"student {n}": OWN for n in range(30)}) == []
    assert similar(the_class()) == []


def test_code_that_is_no_python_is_passed_over() -> None:
    assert fingerprints("def f(:") == set()
    assert fingerprints("x") == set()
    assert fingerprints("(" * 5000) == set()


def test_only_what_the_answers_need_is_compared() -> None:
    cells = ["import numpy as np", "picture = load()", "def f(x):\n    # mine\n    return np.sum(x)"]
    assert answers(cells, ["f"]) == "import numpy as np\ndef f(x):\n    # mine\n    return np.sum(x)"
    assert answers(["def f(:", "def g("], ["f"]) == "def f(:"


@given(
    st.dictionaries(
        st.text(max_size=3), st.sampled_from([OBVIOUS, OWN, RENAMED, OTHER, "x =", ""]), max_size=6
    )
)
def test_shares_are_shares_and_each_pair_comes_once(codes: dict[str, str]) -> None:
    pairs = similar(codes)
    assert all(0 < pair.share <= 1 and pair.first < pair.second for pair in pairs)
    assert len({(pair.first, pair.second) for pair in pairs}) == len(pairs)
