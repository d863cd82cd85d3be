import numpy as np
import pytest

from workbench.scenes import SCENES, splits, street
from workbench.training import shelf
from workbench.training.shelf import Example, Shelf, example, packed, unpacked

SEEDS = splits.seeds("train", 0, 5)


def same(first: Example, second: Example) -> bool:
    return all(np.array_equal(getattr(first, name), getattr(second, name)) for name in vars(first))


def test_an_example_is_the_scene_taken_apart():
    sample, one = street(SEEDS[1], (64, 64)), example("street", SEEDS[1], 64)
    assert np.array_equal(one.image, sample.image)
    assert np.array_equal(one.semantic, sample.truth.category_ids())
    assert np.array_equal(one.masks, sample.instances.masks())
    for number, label in enumerate(one.labels):
        seen = one.visible == number + 1
        assert not (seen & ~one.masks[number]).any(), "what is seen of a thing is part of it"
        assert set(one.semantic[seen]) <= {label}
    things = {c.id for c in sample.truth.taxonomy.things}
    assert np.array_equal(one.visible > 0, np.isin(one.semantic, list(things)))


@pytest.mark.parametrize("scenes", SCENES)
def test_every_kind_of_scene_goes_through_a_stack_unchanged(scenes):
    stack = packed(scenes, SEEDS[:3], 48, {})
    for place in range(3):
        assert same(unpacked(stack, place), example(scenes, SEEDS[place], 48))


def test_processes_and_a_folder_give_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(shelf, "CHUNK", 2)
    here = Shelf("street", SEEDS, 32)
    apart = Shelf("street", SEEDS, 32, jobs=1, folder=tmp_path)
    assert all(same(here[number], apart[number]) for number in (4, 0, 3))
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [f"street-32-{10_000_000 + first}-{size}.npz" for first, size in ((0, 2), (2, 2), (4, 1))]
    again = Shelf("street", SEEDS, 32, folder=tmp_path)
    monkeypatch.setattr(shelf, "packed", None)  # nothing is made: all is read
    assert all(same(here[number], again[number]) for number in range(5))


def test_there_are_as_many_as_seeds():
    few = Shelf("street", SEEDS, 32)
    assert len(few) == 5
    with pytest.raises(IndexError, match="a shelf of 5 has no example 5"):
        few[5]


def test_refuses_unknown_scenes():
    with pytest.raises(ValueError, match="training: no scenes 'moon'; there are cells, street"):
        Shelf("moon", SEEDS)
