import pytest
import torch
from torchvision import ops

from workbench.models.mask_rcnn import MaskRCNN
from workbench.trace import Trace, listen

SMALL = {
    "things": 2, "widths": (8, 8, 8, 8), "width": 8, "depths": (1, 1, 1, 1), "hidden": 16,
    "mask_layers": (8,), "least": 0.0,
}  # fmt: skip


def small(**others):
    torch.manual_seed(0)
    return MaskRCNN(**{**SMALL, **others}).eval()


def test_it_is_as_large_as_it_says():
    assert sum(p.numel() for p in MaskRCNN().parameters()) == pytest.approx(1.85e6, rel=0.05)


def test_the_anchors_are_those_asked_for_one_size_a_level():
    cells = MaskRCNN().rpn.anchor_generator.cell_anchors
    for cell, scale in zip(cells, (12, 24, 48, 96), strict=True):
        sizes = cell[:, 2:] - cell[:, :2]
        torch.testing.assert_close(sizes.prod(dim=1).sqrt(), torch.full((3,), float(scale)), atol=1.5, rtol=0)
        torch.testing.assert_close(sizes[:, 1] / sizes[:, 0], torch.tensor([0.5, 1, 2]), atol=0.13, rtol=0)


def test_a_picture_is_taken_as_it_is():
    """No enlarging to 800 px, no other shift of colours: the trunk sees the very tensor."""
    net, seen = small(), []
    net.backbone.register_forward_pre_hook(lambda module, given: seen.append(given[0]))
    picture = torch.randn(1, 3, 64, 96)
    net.find(picture)
    assert torch.equal(seen[0], picture)


def test_a_thing_is_looked_at_on_the_level_of_its_size():
    sides = torch.tensor([8.0, 12, 20, 24, 40, 48, 90, 96, 120])
    boxes = torch.stack([torch.zeros(9), torch.zeros(9), sides, sides], dim=1)
    assert small(canonical=48).roi_heads.box_roi_pool.level(boxes).tolist() == [0, 0, 0, 1, 1, 2, 2, 3, 3]


def test_both_heads_are_given_roi_aligned_features():
    net, picture = small(), torch.randn(1, 3, 64, 64)
    maps, box = net.backbone(picture), torch.tensor([[4.0, 5, 15, 17]])
    for pool, size in ((net.roi_heads.box_roi_pool, 7), (net.roi_heads.mask_roi_pool, 14)):
        wanted = ops.roi_align(maps["0"], [box], size, 1 / 4, sampling_ratio=2, aligned=True)
        torch.testing.assert_close(pool(maps, [box], [(64, 64)]), wanted)


def test_what_it_finds_lies_in_the_picture_with_a_mask_each():
    net = small()
    for found in net.find(torch.randn(2, 3, 64, 96)):
        assert 0 < len(found) <= 100
        assert found.size == (64, 96)
        assert found.grids.shape == (len(found), 28, 28)
        assert torch.equal(found.frames, found.boxes)
        assert (found.boxes >= 0).all()
        assert (found.boxes <= torch.tensor([96.0, 64, 96, 64])).all()
        assert set(found.labels.tolist()) <= {1, 2}
        assert (found.scores.diff() <= 0).all()


def test_each_thing_has_the_mask_of_its_own_kind():
    """The mask head answers for every class; only the named one's channel is the answer."""
    net, picture = small(), torch.randn(1, 3, 64, 64)
    kept = []
    net.roi_heads.mask_predictor.register_forward_hook(lambda module, given, out: kept.append(out))
    [found] = net.find(picture)
    chosen = torch.stack([logits[label] for logits, label in zip(kept[0], found.labels, strict=True)])
    torch.testing.assert_close(found.grids, chosen.sigmoid())


def test_its_losses_are_the_five_of_the_paper():
    net = small().train()
    mask = torch.zeros(1, 64, 64, dtype=torch.uint8)
    mask[0, 10:30, 8:24] = 1
    target = {"boxes": torch.tensor([[8.0, 10, 24, 30]]), "labels": torch.tensor([1]), "masks": mask}
    losses = net(torch.randn(1, 3, 64, 64), [target])
    assert sorted(losses) == [
        "loss_box_reg", "loss_classifier", "loss_mask", "loss_objectness", "loss_rpn_box_reg",
    ]  # fmt: skip
    assert all(torch.isfinite(loss) for loss in losses.values())


def test_twice_the_same():
    net, picture = small(), torch.randn(1, 3, 64, 64)
    assert torch.equal(net.find(picture)[0].grids, net.find(picture)[0].grids)


def test_it_can_be_built_from_what_a_card_keeps():
    net = MaskRCNN(**{**SMALL, "widths": [8, 8, 8, 8], "scales": [8, 16, 32, 64], "mask_layers": [8, 8]})
    net.load_state_dict(MaskRCNN(**{**SMALL, "mask_layers": (8, 8)}).state_dict())


@pytest.mark.parametrize("size", [(16, 16), (1, 1), (64, 40)])
def test_refuses_sides_that_the_levels_do_not_divide(size):
    with pytest.raises(ValueError, match=r"MaskRCNN: sides must be multiples of 32, got \(\d+, \d+\); pad"):
        small()(torch.zeros(1, 3, *size))


def test_proposals_and_both_readings_are_stages():
    net = small()
    with listen(Trace()) as trace:
        net.find(torch.randn(1, 3, 64, 64))
    shown = {one.name: one for one in trace.stages}
    assert shown["proposals"].kind == "graph"
    assert shown["RoIAlign"].array.shape == shown["RoIPool"].array.shape == (14, 14)
