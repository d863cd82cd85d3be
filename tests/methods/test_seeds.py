import numpy as np

from workbench.methods.seeds import BACKGROUND, OBJECT, confident, known, marked


def test_a_scribble_is_a_row_of_discs() -> None:
    marks = marked(((20, 10, 20, 40, "object"),), (41, 60))
    assert (marks[20, 5:46] == OBJECT).all()
    assert (marks[15:26, 25] == OBJECT).all()
    assert not marks[:14].any()
    assert not marks[20, 46:].any()


def test_the_later_stroke_wins() -> None:
    seeds = ((10, 10, "object"), (10, 13, "background"))
    assert marked(seeds, (20, 30))[10, 12] == BACKGROUND
    assert marked(seeds[::-1], (20, 30))[10, 12] == OBJECT


def test_confident_marks_lie_on_the_two_sides(coins: np.ndarray) -> None:
    marks = confident(coins)
    assert coins[marks == OBJECT].mean() > coins[marks == BACKGROUND].mean() + 50
    assert not confident(np.full((9, 9, 3), 7, np.uint8)).any()


def test_what_is_not_marked_is_completed(coins: np.ndarray) -> None:
    assert (known(coins, ()) == confident(coins)).all()
    rim = known(coins, ((100, 100, "object"),))
    assert (rim[[0, -1]] == BACKGROUND).all()
    assert (rim[:, [0, -1]] == BACKGROUND).all()
    assert not (rim[1:50, 1:50]).any()
    objects = known(coins, ((2, 2, 2, 380, "background"),))
    assert (objects[2, 2:380] == BACKGROUND).all()
    assert ((objects == OBJECT) <= (confident(coins) == OBJECT)).all()
    assert (objects[10:] != BACKGROUND).all()
