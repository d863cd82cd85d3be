import numpy as np
import pytest
import torch

from workbench.models.boxes import decoded
from workbench.models.one_shot import OneShot, mixed, sheet
from workbench.trace import Trace, listen

SMALL = {"widths": (8, 8, 8, 8), "width": 8, "depths": (1, 1, 1, 1), "prototypes": 4}


def small(**others):
    torch.manual_seed(0)
    return OneShot(**{**SMALL, **others}).eval()


@pytest.mark.parametrize("stride", [2, 4])
def test_what_it_says_has_the_shapes_it_promises(stride):
    net = small(things=2, stride=stride).train()
    said = net(torch.randn(2, 3, 64, 96))
    count = 3 * (16 * 24 + 8 * 12 + 4 * 6 + 2 * 3)
    assert said.scores.shape == (2, count, 3)
    assert said.offsets.shape == (2, count, 4)
    assert said.coefficients.shape == (2, count, 4)
    assert said.anchors.shape == (count, 4)
    assert said.prototypes.shape == (2, 4, 64 // stride, 96 // stride)
    assert said.semantic.shape == (2, 2, 16, 24)
    assert said.coefficients.abs().max() <= 1
    assert said.prototypes.min() >= 0


def test_the_semantic_branch_is_for_training_only():
    with torch.no_grad():
        assert small()(torch.zeros(1, 3, 32, 32)).semantic is None


def test_it_is_as_large_as_it_says():
    assert sum(p.numel() for p in OneShot().parameters()) == pytest.approx(0.94e6, rel=0.03)


def test_a_mask_is_the_sum_of_prototypes_times_coefficients():
    rng = np.random.default_rng(0)
    coefficients, prototypes = rng.normal(size=(3, 4)), rng.normal(size=(4, 5, 6))
    wanted = np.zeros((3, 5, 6))
    for n in range(3):
        for k in range(4):
            wanted[n] += coefficients[n, k] * prototypes[k]
    found = mixed(torch.from_numpy(coefficients), torch.from_numpy(prototypes))
    np.testing.assert_allclose(found.numpy(), wanted)


def test_what_it_finds_is_what_it_said():
    """Box, kind, score and mask of each thing found, computed anew from one anchor's numbers."""
    net, picture = small(things=2), torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        net.score.weight.mul_(300)  # an untrained network is sure of nothing
        said = net(picture)
    [found] = net.find(picture)
    assert 3 < len(found) <= 100
    chances = said.scores[0].softmax(dim=1)
    boxes = decoded(said.offsets[0], said.anchors).clamp(0, 64)
    for k in range(len(found)):
        near = (boxes - found.boxes[k]).abs().sum(dim=1) + (
            chances[:, found.labels[k]] - found.scores[k]
        ).abs()
        anchor = int(near.argmin())
        assert near[anchor] < 1e-4
        grid = torch.zeros(32, 32)
        for c, prototype in zip(said.coefficients[0, anchor], said.prototypes[0], strict=True):
            grid += c * prototype
        torch.testing.assert_close(found.grids[k], 1 / (1 + torch.exp(-grid)), atol=1e-5, rtol=1e-4)
    assert (found.scores.diff() <= 0).all()
    assert found.scores.min() > 0.05


def test_no_two_of_a_kind_lie_on_one_another():
    from workbench.models.boxes import overlaps

    net = small(things=2)
    with torch.no_grad():
        net.score.weight.mul_(300)
    [found] = net.find(torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(1)))
    same = found.labels[:, None] == found.labels[None]
    assert (overlaps(found.boxes, found.boxes) * same).fill_diagonal_(0).max() <= 0.5


def test_twice_the_same():
    net, picture = small(), torch.randn(2, 3, 64, 64)
    first, second = net.find(picture), net.find(picture)
    assert all(torch.equal(a.grids, b.grids) for a, b in zip(first, second, strict=True))


def test_it_can_be_built_from_what_a_card_keeps():
    settings = {"things": 2, "scales": [8, 16, 32, 64], "ratios": [1.0, 0.5], **SMALL, "widths": [8, 8, 8, 8]}
    assert OneShot(**settings).score.out_channels == 2 * 3


@pytest.mark.parametrize("size", [(16, 16), (1, 1), (64, 40)])
def test_refuses_sides_that_the_levels_do_not_divide(size):
    with pytest.raises(ValueError, match=r"OneShot: sides must be multiples of 32, got \(\d+, \d+\); pad"):
        small()(torch.zeros(1, 3, *size))


def test_refuses_another_stride():
    with pytest.raises(ValueError, match="OneShot: stride must be 2 or 4, got 8"):
        OneShot(stride=8)


def test_the_sheet_shows_each_prototype_at_its_place():
    maps = torch.stack([torch.eye(3) * k for k in (1.0, 5.0, 7.0)])
    found = sheet(maps)
    assert found.shape == (7, 7)
    for row, col in ((0, 0), (0, 4), (4, 0)):
        assert torch.equal(found[row : row + 3, col : col + 3], torch.eye(3))
    assert found[4:, 4:].sum() == 0


def test_prototypes_and_coefficients_are_stages():
    net = small(things=2)
    with torch.no_grad():
        net.score.weight.mul_(300)
    with listen(Trace()) as trace:
        net.find(torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(1)))
    shown = {one.name: one for one in trace.stages}
    assert shown["prototypes"].array.shape == (65, 65)
    assert shown["coefficients"].array.shape == (2, 4)
    assert shown["mixed mask"].array.shape == (32, 32)
