import itertools
import re

import numpy as np
import pytest

from workbench.scenes.clip import clip


@pytest.fixture(scope="module")
def film():
    return clip(3, (96, 144), frames=6, pan=2.0, movers=2, pace=5.0)


def test_a_film_is_the_same_from_the_same_seed(film):
    again = clip(3, (96, 144), frames=6, pan=2.0, movers=2, pace=5.0)
    assert all(
        (a.image == b.image).all() and a.truth.sha256 == b.truth.sha256
        for a, b in zip(film, again, strict=True)
    )
    other = clip(4, (96, 144), frames=6, pan=2.0, movers=2, pace=5.0)
    assert (film[0].image != other[0].image).any()


def test_the_camera_moves_what_stands_by_its_pan():
    still = clip(3, (96, 144), frames=4, pan=3.0, movers=0)
    for before, now in itertools.pairwise(still):
        assert (before.truth.ids[:, 3:] == now.truth.ids[:, :-3]).all()


def test_things_keep_their_numbers_and_names_and_move_at_their_pace(film):
    standing = max(one.truth.ids.max() for one in clip(3, (96, 144), frames=6, pan=2.0, movers=0))
    movers = [n for n in film[0].truth.segments if n > standing]
    assert movers
    for number in movers:
        names = {one.truth.segments[number].category.name for one in film if number in one.truth.segments}
        assert len(names) == 1
        assert names <= {"car", "person"}
        columns = [
            np.nonzero(one.truth.ids == number)[1].min() for one in film if number in one.truth.segments
        ]
        steps = np.diff(columns)
        assert ((steps > 0) == (steps[0] > 0)).all()
        assert 0.5 * 5 < np.abs(steps).mean() < 1.3 * 5


def test_noise_is_drawn_anew_in_each_frame():
    first, second = clip(3, (96, 144), frames=2, pan=0.0, movers=0)
    assert first.truth.sha256 == second.truth.sha256
    difference = first.image.astype(int) - second.image.astype(int)
    assert 1 < difference.std() < 12
    assert abs(difference.mean()) < 0.5


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"frames": 1}, "frames must be a whole number in [2, 120], got 1"),
        ({"pan": -1}, "pan must be in [0, 20], got -1"),
        ({"movers": 9}, "movers must be in [0, 8], got 9"),
        ({"pace": "fast"}, "pace must be in [0, 40], got 'fast'"),
        ({"size": (8, 8)}, "size must be 32 to 4096"),
    ],
)
def test_what_cannot_be_filmed_is_refused_in_a_sentence(how, said):
    with pytest.raises(ValueError, match="clip: " + re.escape(said)):
        clip(**{"seed": 0, "size": (96, 144), **how})


def test_where_no_thing_is_found_it_says_so(monkeypatch):
    monkeypatch.setattr("workbench.scenes.clip.SEARCHED", 0)
    with pytest.raises(ValueError, match=re.escape("clip: no thing to pass in pictures of (96, 144)")):
        clip(0, (96, 144))
