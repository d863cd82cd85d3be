import numpy as np
import pytest
import torch

from workbench.models.classifier import Classifier
from workbench.models.detector import Detector
from workbench.models.localiser import Localiser, boxed
from workbench.scenes import SCENES, splits
from workbench.training.detection import SMALLEST
from workbench.training.ladder import TASKS, Boxing, Classifying, Localising, average_precision, f1, measured
from workbench.training.seen import kinds_of, present, quarters, seen_in, things_of, true_boxes, varied
from workbench.training.shelf import example

SMALL = {"batch_size": 3, "side": 64, "pictures": 6, "held": 3}
WIDTHS = (8, 8, 16, 16)
NETWORKS = {
    "classifier": lambda: Classifier(3, WIDTHS),
    "localiser": lambda: Localiser(3, WIDTHS, hidden=32, grid=4),
    "detector": lambda: Detector(3, WIDTHS, inner=16, fine=8),
}
SCORES = {
    "classifier": {"f1", "mean_ap", "f1_always_yes"},
    "localiser": {"box_iou", "box_hit", "named", "any_iou"},
    "detector": {"box_ap50", "box_ap"},
}


class Knowing(torch.nn.Module):
    """Find what it is told to find, picture after picture."""

    def __init__(self, answers):
        super().__init__()
        self.answers = list(answers)

    def find(self, image):
        return [self.answers.pop(0)]


def taxonomy():
    return SCENES["street"](0, (32, 32)).truth.taxonomy


def found(things, size, chosen):
    return boxed(things.boxes[chosen], things.labels[chosen], torch.ones(len(chosen)), size)


@pytest.mark.parametrize("task", TASKS)
def test_a_batch_is_a_function_of_seed_and_step(task):
    same, again, other = TASKS[task](**SMALL), TASKS[task](**SMALL), TASKS[task](seed=1, **SMALL)
    one, two = same.batch(5), again.batch(5)
    assert torch.equal(one.pictures, two.pictures)
    for a, b in zip(one.things, two.things, strict=True):
        assert torch.equal(a.boxes, b.boxes)
    assert not torch.equal(one.pictures, same.batch(7).pictures)  # the same scenes, varied otherwise
    assert not torch.equal(one.pictures, other.batch(5).pictures)
    assert one.pictures.shape == (3, 3, 64, 64)


@pytest.mark.parametrize("seed", range(10_000_000, 10_000_005))
def test_boxes_are_around_what_is_seen(seed):
    one = example("street", seed, 96)
    things = seen_in(one.visible, kinds_of(one.labels, taxonomy()), 2.0)
    kept = [k for k in range(len(one.labels)) if (one.visible == k + 1).sum() >= SMALLEST]
    assert len(things.boxes) == len(kept)
    for n, k in enumerate(kept):
        rows, cols = np.nonzero(one.visible == k + 1)
        edges = [cols.min(), rows.min(), cols.max() + 1, rows.max() + 1]
        assert things.boxes[n].tolist() == [2 * edge for edge in edges]
        assert taxonomy().things[int(things.labels[n]) - 1].id == one.labels[k]
        assert int(things.pixels[n]) == len(rows)
    assert things.largest == int(np.argmax([(one.visible == k + 1).sum() for k in kept]))


@pytest.mark.parametrize("seed", range(12))
def test_boxes_move_with_the_picture(seed):
    """Of a thing that is painted white, the box is around what is then white."""
    one = example("street", 10_000_001, 96)
    white = 1 + int(np.argmax([(one.visible == k).sum() for k in range(1, len(one.labels) + 1)]))
    shown = np.repeat(np.where(one.visible == white, 255, 0).astype(np.uint8)[..., None], 3, axis=2)
    alone = np.where(one.visible == white, white, 0).astype(np.int32)
    drawn = type(one)(shown, one.semantic, alone, one.masks, one.labels)
    image, things = varied(np.random.default_rng(seed), drawn, taxonomy(), 0.25)
    assert image.shape == shown.shape
    rows, cols = np.nonzero(image[..., 0] > 128)
    if len(things.boxes):
        edges = [cols.min(), rows.min(), cols.max() + 1, rows.max() + 1]
        assert things.boxes[0].tolist() == pytest.approx(edges, abs=2.5)
    else:
        assert len(rows) < SMALLEST * 4.1**2
    assert (one.image == example("street", 10_000_001, 96).image).all()


def test_without_variation_the_things_are_the_scenes():
    one = example("street", 10_000_001, 96)
    sample = SCENES["street"](10_000_001, (96, 96))
    _, things = varied(np.random.default_rng(3), one, taxonomy(), 1.0)
    whole = things_of(sample)
    widths = lambda boxes: (boxes[:, 2:] - boxes[:, :2]).tolist()  # noqa: E731
    assert widths(things.boxes) == widths(whole.boxes)  # mirrored or not
    assert things.labels.tolist() == whole.labels.tolist()


def test_quarters_are_the_scene_cut_into_four():
    sample = SCENES["street"](1_000_000, (64, 64))
    parts = quarters(sample)
    assert [image.shape for image, _ in parts] == [(64, 64, 3)] * 4
    for n, (image, things) in enumerate(parts):
        rows, cols = 32 * (n // 2), 32 * (n % 2)
        own = sample.image[rows : rows + 32, cols : cols + 32]
        assert abs(image.mean() - own.mean()) < 2
        ids = sample.truth.ids[rows : rows + 32, cols : cols + 32]
        numbers = [k for k, part in sample.truth.segments.items() if part.category.kind == "thing"]
        assert len(things.labels) == sum((ids == k).sum() >= SMALLEST for k in numbers)


def test_there_or_not():
    things = seen_in(np.repeat(np.int32([[1, 1, 0, 2, 2]]), 8, axis=0), [3, 1])
    assert present(things, 3).tolist() == [1, 0, 1]


@pytest.mark.parametrize("name", NETWORKS)
def test_four_scenes_can_be_learnt_by_heart(name):
    task = TASKS[name](pictures=4, batch_size=4, side=64, closest=1.0, held=1)
    torch.manual_seed(0)
    net, losses = NETWORKS[name]().train(), []
    learner = torch.optim.AdamW(net.parameters(), 5e-3)
    for step in range(60):
        loss = torch.stack(list(task.loss(net, task.batch(step), "cpu").values())).sum()
        learner.zero_grad()
        loss.backward()
        learner.step()
        losses.append(float(loss.detach()))
    assert all(np.isfinite(losses))
    assert np.mean(losses[-5:]) < 0.5 * np.mean(losses[:5])


@pytest.mark.parametrize("name", NETWORKS)
def test_an_untrained_network_has_its_scores(name):
    torch.manual_seed(0)
    task = TASKS[name](**SMALL)
    scores = task.measured(NETWORKS[name]().eval(), task.judged)
    assert set(scores) == SCORES[name]
    assert task.validate(NETWORKS[name]().eval(), "cpu") >= 0
    assert task.measure in scores
    assert scores[task.measure] < 0.75


def test_who_knows_the_largest_thing_has_the_full_score_and_who_knows_another_has_not():
    task = Localising(**SMALL)
    things = [things_of(one) for one in task.judged]
    right = [found(one, (64, 64), [one.largest]) for one in things]
    expected = {"box_iou": 1, "box_hit": 1, "named": 1, "any_iou": 1}
    assert task.measured(Knowing(right), task.judged) == pytest.approx(expected, abs=1e-5)
    other = [found(one, (64, 64), [(one.largest + 1) % len(one.labels)]) for one in things]
    scores = task.measured(Knowing(other), task.judged)
    assert scores["box_iou"] < 0.9
    assert scores["any_iou"] == pytest.approx(1, abs=1e-5)


def test_who_knows_all_boxes_has_the_full_score_and_who_knows_half_has_not():
    task = Boxing(**SMALL)
    things = [things_of(one) for one in task.judged]
    everything = [found(one, (64, 64), list(range(len(one.labels)))) for one in things]
    assert task.measured(Knowing(everything), task.judged)["box_ap"] == pytest.approx(1.0)
    half = [found(one, (64, 64), list(range(0, len(one.labels), 2))) for one in things]
    assert task.measured(Knowing(half), task.judged)["box_ap50"] < 0.9
    nothing = [boxed(torch.zeros(0, 4), torch.zeros(0).long(), torch.zeros(0), (64, 64))] * 3
    assert task.measured(Knowing(nothing), task.judged)["box_ap50"] == 0


def test_hardly_seen_things_are_neither_asked_for_nor_held_against_anybody():
    seeds = splits.seeds("validation", 0, 30)
    samples = [SCENES["street"](seed, (128, 128)) for seed in seeds]
    truths = [true_boxes(sample) for sample in samples]
    assert any(thing.crowd for truth in truths for thing in truth)
    for sample, truth in zip(samples, truths, strict=True):
        assert sum(not thing.crowd for thing in truth) == len(things_of(sample).labels)


def test_f1_and_average_precision_by_hand():
    truth = np.array([[True, False], [False, False], [True, True], [True, False]])
    guess = np.array([[True, True], [True, False], [False, True], [True, False]])
    assert f1(guess, truth) == pytest.approx((2 / 3 + 2 / 3) / 2)
    chances = np.array([[0.9, 0.6], [0.8, 0.1], [0.2, 0.7], [0.7, 0.2]])
    # First kind: ranks 1, 3 and 4 are right. Second: rank 1 is.
    assert average_precision(chances, truth) == pytest.approx(((1 + 2 / 3 + 3 / 4) / 3 + 1) / 2)
    nowhere = np.zeros((2, 1), bool)
    assert np.isnan(f1(nowhere, nowhere))
    assert np.isnan(average_precision(nowhere.astype(float), nowhere))


def test_average_precision_is_sklearns():
    ranking = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(0)
    truth, chances = rng.random((40, 3)) < 0.4, rng.random((40, 3))
    expected = np.mean([ranking.average_precision_score(truth[:, k], chances[:, k]) for k in range(3)])
    assert average_precision(chances, truth) == pytest.approx(expected)


def test_a_task_has_measures_of_its_own_and_other_networks_have_none():
    samples = Classifying(**SMALL).judged[:1]
    net = NETWORKS["classifier"]().eval()
    assert set(measured("classifier", "street", net, samples)) == SCORES["classifier"]
    assert measured("semantic", "street", torch.nn.Identity(), samples) == {}


@pytest.mark.parametrize("task", TASKS)
def test_refuses_scenes_there_are_not(task):
    with pytest.raises(ValueError, match="training: no scenes 'moon'"):
        TASKS[task]("moon")
