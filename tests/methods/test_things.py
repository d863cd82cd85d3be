"""The networks that find things: their cards' numbers come again; masks overlap until a lens pastes them."""

import numpy as np
import pytest

import workbench as wb
from workbench.evaluation.on_scenes import on_scenes
from workbench.instances import Instances
from workbench.methods import things
from workbench.models import places
from workbench.trace import Trace, listen

CARDS = {c["name"]: c for c in places.cards() if c["yields"] in ("instance", "panoptic") and "task" not in c}
MAIN = {"instance": "ap50", "panoptic": "pq"}
SCENE = wb.scenes.street(2_000_003, (128, 128))


def test_the_matrix_is_not_empty():
    assert {"maskrcnn-street", "oneshot-street", "panopticfpn-street"} <= set(CARDS)
    assert "separate-street" in wb.METHODS


@pytest.mark.slow
@pytest.mark.parametrize("split", ["test", "stress"])
@pytest.mark.parametrize("name", CARDS)
def test_the_first_pictures_of_a_split_score_about_as_the_card_says(name, split):
    """The card's command takes 100 pictures; 12 of them tell whether its number is of this network."""
    main = MAIN[CARDS[name]["yields"]]
    found = on_scenes(name, "street", split, count=12)
    assert found.scores[main] == pytest.approx(CARDS[name][split]["scores"][main], abs=0.15)


@pytest.mark.parametrize("name", ["maskrcnn-street", "oneshot-street"])
def test_things_come_one_by_one_with_scores_and_may_overlap(name):
    output = wb.run(name, SCENE.image, score=0.05).output
    assert isinstance(output, Instances)
    assert {item.category.name for item in output} <= {"car", "person", "sign"}
    assert all(0.05 <= item.score <= 1 for item in output)
    assert (output.masks().sum(axis=0) > 1).any(), "asked for unsure ones too, some lie over each other"


@pytest.mark.parametrize("name", ["maskrcnn-street", "oneshot-street"])
def test_a_higher_threshold_leaves_things_out(name):
    few, many = (wb.run(name, SCENE.image, score=score).output for score in (0.95, 0.05))
    assert len(few) < len(many)
    assert {item.runs for item in few} <= {item.runs for item in many}


@pytest.mark.parametrize("name", ["panopticfpn-street", "separate-street"])
def test_a_panoptic_answer_has_things_and_stuff_and_no_overlap(name):
    output = wb.run(name, SCENE.image).output
    kinds = {segment.category.kind for segment in output.segments.values()}
    assert (output.yields, kinds) == ("panoptic", {"thing", "stuff"})


def test_dropping_what_is_hardly_taken_leaves_fewer_things():
    strict, loose = (
        wb.run("panopticfpn-street", SCENE.image, overlap=o, score=0.1).output for o in (0.05, 1.0)
    )
    count = lambda output: sum(s.category.kind == "thing" for s in output.segments.values())  # noqa: E731
    assert count(strict) <= count(loose)


@pytest.mark.parametrize("size", [(1, 1), (16, 300), (97, 61)])
@pytest.mark.parametrize("name", [*CARDS, "separate-street"])
def test_any_size(name, size):
    image = np.random.default_rng(0).integers(0, 256, (*size, 3), dtype=np.uint8)
    assert wb.run(name, image, size=64).output.shape == size


def test_masks_are_drawn_at_the_pictures_own_size():
    """Looked at in a small copy, but the outline runs between that copy's pixels."""
    large = wb.scenes.street(2_000_003, (384, 384))
    masks = wb.run("maskrcnn-street", large.image, size=128, score=0.3).output.masks()
    assert masks.shape[1:] == (384, 384)
    blocks = masks.reshape(len(masks), 128, 3, 128, 3)
    assert (blocks.any(axis=(2, 4)) != blocks.all(axis=(2, 4))).any(), "not mere 3 x 3 blocks"


def test_they_show_their_way():
    names = {}
    for name in ("maskrcnn-street", "oneshot-street", "panopticfpn-street"):
        with listen(Trace()) as trace:
            wb.METHODS[name](SCENE.image)
        names[name] = {stage.name for stage in trace.stages}
    assert {"proposals", "RoIAlign", "RoIPool", "boxes", "masks"} <= names["maskrcnn-street"]
    assert {"prototypes", "coefficients", "mixed mask"} <= names["oneshot-street"]
    assert {"semantic branch", "boxes", "masks"} <= names["panopticfpn-street"]


def test_where_memory_ends_a_smaller_copy_is_looked_at_and_that_is_said():
    def ask(small):
        if small.shape[0] > 100:
            raise RuntimeError("CUDA out of memory")
        return small.shape

    with listen(Trace()) as trace:
        assert things.looked(np.zeros((400, 400, 3), np.uint8), 256, ask) == (64, 64, 3)
    assert trace.notes == ["memory ran out: looked at in 64 px"]
    with pytest.raises(MemoryError, match="ran out of memory even on a small copy; close other programs"):
        things.looked(np.zeros((400, 400, 3), np.uint8), 256, lambda small: ask(np.zeros((400, 1))))
    with pytest.raises(RuntimeError, match="broken"):
        things.looked(
            np.zeros((40, 40, 3), np.uint8), 64, lambda small: (_ for _ in ()).throw(RuntimeError("broken"))
        )
