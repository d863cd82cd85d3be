import dataclasses

import numpy as np
import pytest
import torch

from workbench.models.mask_rcnn import MaskRCNN
from workbench.models.one_shot import OneShot
from workbench.models.panoptic_fpn import PanopticFPN
from workbench.scenes import SCENES
from workbench.training import detection
from workbench.training.detection import SMALLEST, Detection, boxes_of, mirrored, relit, truth_of
from workbench.training.shelf import example
from workbench.training.task import Task

TRUNK = {"widths": (16, 16, 32, 32), "width": 16, "depths": (1, 1, 1, 1)}
HEADS = {"hidden": 32, "mask_layers": (16,), "scales": (8, 16, 32, 64), "canonical": 32}
NETWORKS = {
    "OneShot": lambda: OneShot(**TRUNK, prototypes=8, scales=(8, 16, 32, 64)),
    "MaskRCNN": lambda: MaskRCNN(**TRUNK, **HEADS),
    "PanopticFPN": lambda: PanopticFPN(**TRUNK, **HEADS),
}


@pytest.fixture(scope="module")
def task():
    return Detection(pictures=4, batch_size=4, side=96, augment="none", held=2)


@pytest.fixture(scope="module")
def taxonomy():
    return SCENES["street"](0, (64, 64)).truth.taxonomy


@pytest.mark.parametrize("seed", range(10_000_000, 10_000_005))
def test_the_truth_is_the_examples(seed, taxonomy):
    one = example("street", seed, 96)
    truth = truth_of(one, taxonomy)
    kept = [k for k in range(len(one.labels)) if (one.visible == k + 1).sum() >= SMALLEST]
    assert len(truth["boxes"]) == len(kept)
    for n, k in enumerate(kept):
        assert (truth["masks"][n].numpy() == one.masks[k]).all()
        rows, cols = np.nonzero(one.masks[k])
        assert truth["boxes"][n].tolist() == [cols.min(), rows.min(), cols.max() + 1, rows.max() + 1]
        assert taxonomy.things[int(truth["labels"][n]) - 1].id == one.labels[k]
    classes = truth["classes"].numpy()
    assert all(list(taxonomy)[c].id == one.semantic[classes == c][0] for c in np.unique(classes) if c >= 0)


def test_what_is_seen_of_them_only(taxonomy):
    one = example("street", 10_000_001, 96)
    whole, seen = truth_of(one, taxonomy), truth_of(one, taxonomy, whole=False)
    assert (seen["masks"] <= whole["masks"]).all()
    assert seen["masks"].sum(dim=0).max() == 1  # what is seen does not overlap
    assert whole["masks"].sum(dim=0).max() > 1


def test_void_is_not_learnt(taxonomy):
    one = example("street", 10_000_000, 64)
    one.semantic.flags.writeable = True
    one.semantic[:3] = 0
    assert (truth_of(one, taxonomy)["classes"][:3] == -1).all()


def test_boxes_of_no_masks():
    assert boxes_of(np.zeros((0, 4, 5), bool)).shape == (0, 4)


def test_mirroring_twice_changes_nothing_and_once_moves_the_boxes_with_the_masks(taxonomy):
    truth = truth_of(example("street", 10_000_000, 64), taxonomy)
    once = mirrored(truth)
    np.testing.assert_array_equal(boxes_of(once["masks"].numpy() > 0), once["boxes"])
    for name, part in mirrored(once).items():
        assert torch.equal(part, truth[name])


def test_light_stays_in_range_and_leaves_the_picture_alone():
    image = np.arange(48, dtype=np.uint8).reshape(4, 4, 3) * 5
    before = image.copy()
    assert relit(np.random.default_rng(0), image).dtype == np.uint8
    assert (image == before).all()


def test_a_batch_can_be_made_again_and_another_is_another():
    first, again = (Detection(pictures=6, batch_size=3, side=64, held=1) for _ in range(2))
    for step in (0, 5):
        one, two = first.batch(step), again.batch(step)
        assert torch.equal(one.pictures, two.pictures)
        assert one.seed == two.seed
        for a, b in zip(one.truths, two.truths, strict=True):
            assert all(torch.equal(a[name], b[name]) for name in a)
    assert not torch.equal(
        first.batch(0).pictures, first.batch(2).pictures
    )  # the same scenes, varied otherwise


@pytest.mark.parametrize("name", NETWORKS)
def test_the_same_batch_has_the_same_losses_whatever_chance_did_before(task, name):
    torch.manual_seed(0)
    net, batch = NETWORKS[name]().train(), task.batch(0)
    first = task.loss(net, batch, "cpu")
    torch.rand(7)
    state = torch.random.get_rng_state()
    second = task.loss(net, batch, "cpu")
    assert {n: float(v.detach()) for n, v in first.items()} == {
        n: float(v.detach()) for n, v in second.items()
    }
    assert torch.equal(torch.random.get_rng_state(), state)  # and leaves chance as it was


@pytest.mark.parametrize("name", NETWORKS)
def test_four_scenes_can_be_learnt_by_heart(task, name):
    torch.manual_seed(0)
    net, losses = NETWORKS[name]().train(), []
    learner = torch.optim.AdamW(net.parameters(), 3e-3)
    for step in range(40):
        loss = sum(task.loss(net, task.batch(step), "cpu").values())
        learner.zero_grad()
        loss.backward()
        learner.step()
        losses.append(float(loss.detach()))
    assert all(np.isfinite(losses))
    assert np.mean(losses[-5:]) < 0.75 * np.mean(losses[:5])


@pytest.mark.parametrize(("measure", "whole"), [("ap50", True), ("ap50", False), ("pq", False)])
def test_who_knows_the_truth_has_the_full_score(task, measure, whole, monkeypatch):
    """The measure asks for what is learnt: whole things where they are, what is seen where that is."""
    asked = Detection(side=96, held=2, measure=measure, whole=whole)
    samples = iter(asked.judged)

    def knowing(net, image, tax, device):
        sample = next(samples)
        if measure == "pq":
            return sample.truth
        things = sample.instances
        ids = [n for n, s in sample.truth.segments.items() if s.category.kind == "thing"]
        masks = things.masks() if whole else sample.truth.ids[None] == np.array(ids)[:, None, None]
        names = [thing.category.id for thing in things]
        return type(things).from_masks(masks, names, things.taxonomy, [0.9] * len(names))

    monkeypatch.setattr(detection, "panoptic" if measure == "pq" else "finding", knowing)
    assert asked.validate(NETWORKS["OneShot"](), "cpu") == pytest.approx(1.0)


@pytest.mark.parametrize("measure", ["ap50", "pq"])
def test_an_untrained_network_has_a_score_too(measure):
    torch.manual_seed(0)
    score = Detection(side=64, held=1, measure=measure).validate(NETWORKS["PanopticFPN"](), "cpu")
    assert 0 <= score <= 0.5


def test_things_that_can_hardly_be_seen_need_not_be_found():
    sample = next(
        s
        for s in (SCENES["street"](seed, (128, 128)) for seed in range(1_000_000, 1_000_030))
        if any(
            (s.truth.ids == n).sum() < SMALLEST
            for n, p in s.truth.segments.items()
            if p.category.kind == "thing"
        )
    )
    crowds = [thing.crowd for thing in detection._things(sample)]
    first = len(sample.truth.taxonomy) + 1
    assert crowds == [(sample.truth.ids == first + k).sum() < SMALLEST for k in range(len(crowds))]


def test_refuses_scenes_there_are_not():
    with pytest.raises(ValueError, match="training: no scenes 'moon'"):
        Detection(scenes="moon")


def test_refuses_another_measure():
    with pytest.raises(ValueError, match="training: measure must be ap50 or pq, got 'miou'"):
        Detection(measure="miou")


def test_refuses_scenes_without_things(monkeypatch):
    bare = SCENES["street"](0, (64, 64))
    monkeypatch.setitem(
        SCENES, "bare", lambda seed, size: dataclasses.replace(bare, instances=None, depth=None)
    )
    with pytest.raises(ValueError, match="training: the scenes 'bare' have no things to find"):
        Detection(scenes="bare")


def test_cells_can_be_learnt_as_well():
    task = Detection(scenes="cells", pictures=2, batch_size=2, side=64, held=1)
    batch = task.batch(0)
    assert all(set(truth["labels"].tolist()) <= {1, 2} for truth in batch.truths)
    net = OneShot(things=len(task.taxonomy.things), **TRUNK)
    assert np.isfinite(float(sum(task.loss(net, batch, "cpu").values()).detach()))


def test_it_is_what_the_loop_asks_for():
    task: Task = Detection(pictures=1, held=1)
    assert task.measure == "ap50"
