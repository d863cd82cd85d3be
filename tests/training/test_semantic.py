import numpy as np
import pytest
import torch

from workbench.scenes import splits
from workbench.training.semantic import UNLABELLED, Semantic, median_frequency, varied
from workbench.training.shelf import example

SMALL = {"batch_size": 3, "side": 32, "pictures": 6, "held": 2}


class Oracle(torch.nn.Module):
    """Answer with fixed classes, whatever it is shown."""

    def __init__(self, classes):
        super().__init__()
        self.classes = list(classes)

    def forward(self, pictures):
        classes = self.classes.pop(0)
        return torch.nn.functional.one_hot(torch.from_numpy(classes).long(), 8).permute(2, 0, 1)[None].float()


def test_a_batch_is_a_function_of_seed_and_step():
    task, again = Semantic(**SMALL), Semantic(**SMALL)
    assert all(torch.equal(a, b) for a, b in zip(task.batch(5), again.batch(5), strict=True))
    assert not torch.equal(task.batch(5)[0], task.batch(6)[0])
    assert not torch.equal(task.batch(5)[0], Semantic(seed=1, **SMALL).batch(5)[0])


def test_pictures_and_classes_have_their_shapes_and_ranges():
    pictures, classes = Semantic(**SMALL).batch(0)
    assert pictures.shape == (3, 3, 32, 32)
    assert classes.shape == (3, 32, 32)
    assert pictures.abs().max() < 3
    assert classes.min() >= UNLABELLED
    assert classes.max() < 8


@pytest.mark.parametrize("augment", ["none", "flip", "light", "all"])
def test_the_names_move_with_the_picture(augment):
    """A picture that shows its own truth still shows it, mirrored or enlarged; only light may differ."""
    one = example("street", splits.seeds("train", 0, 1)[0], 64)
    shown = np.repeat((one.semantic * 28).astype(np.uint8)[..., None], 3, axis=2)
    drawn = type(one)(shown, one.semantic, one.visible, one.masks, one.labels)
    for seed in range(8):
        image, truth = varied(np.random.default_rng(seed), drawn, augment)
        assert image.shape == shown.shape
        assert set(np.unique(truth)) <= set(np.unique(one.semantic))
        there = [n for n in np.unique(truth) if (truth == n).sum() > 60]
        means = [image[truth == n].mean() for n in there]
        assert means == sorted(means), "brighter where the id is higher, as drawn"


def test_arguments_are_left_alone():
    one = example("street", splits.seeds("train", 0, 1)[0], 32)
    before = one.image.copy(), one.semantic.copy()
    varied(np.random.default_rng(3), one, "all")
    assert np.array_equal(one.image, before[0])
    assert np.array_equal(one.semantic, before[1])


def test_void_is_neither_learnt_nor_judged():
    task = Semantic(**SMALL)
    pictures, classes = task.batch(0)
    net = torch.nn.Conv2d(3, 8, 1)
    hidden = classes.clone()
    hidden[:, :16] = UNLABELLED
    lower = torch.nn.functional.cross_entropy(net(pictures)[:, :, 16:], classes[:, 16:])
    torch.testing.assert_close(task.loss(net, (pictures, hidden), "cpu")["cross-entropy"], lower)


def test_the_truth_scores_one_and_a_wrong_class_less():
    task = Semantic(**SMALL)
    truths = [one.truth.category_ids().astype(np.int64) - 1 for one in task.judged]
    assert task.validate(Oracle(truths), "cpu") == 1.0
    assert task.validate(Oracle([np.zeros_like(truth) for truth in truths]), "cpu") < 0.3


def test_rare_classes_weigh_more():
    """Two classes of 3/4 and 1/4 of the only picture: the median is 1/2, so weights 2/3 and 2."""
    assert median_frequency(np.uint8([[[1, 1, 1, 2]]]), 3).tolist() == pytest.approx([2 / 3, 2, 1])
    balanced = Semantic(balance="median", **SMALL).weights
    assert balanced.shape == (8,)
    assert (balanced > 0).all()


def test_refuses_unknown_scenes():
    with pytest.raises(ValueError, match="training: no scenes 'moon'; there are cells, street"):
        Semantic("moon")
