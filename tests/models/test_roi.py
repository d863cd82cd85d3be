import numpy as np
import pytest
import torch
from torchvision import ops

from workbench.models.roi import Aligned, roi_align, roi_pool, show_both
from workbench.trace import Trace, listen

BOXES = [
    (3.2, 4.1, 40.7, 33.3),
    (0.0, 0.0, 64.0, 64.0),
    (-9.5, 2.0, 12.0, 70.0),  # over two edges
    (20.1, 20.2, 21.0, 20.9),  # less than a cell of the map
    (58.0, 1.0, 90.0, 9.0),
]


@pytest.mark.parametrize("box", BOXES)
@pytest.mark.parametrize(("size", "scale"), [(7, 0.25), (14, 0.25), (3, 1.0)])
def test_roi_align_is_torchvisions(box, size, scale):
    features = torch.randn(5, 16, 16, generator=torch.Generator().manual_seed(0))
    rois = torch.tensor([[0.0, *box]])
    wanted = ops.roi_align(features[None], rois, size, scale, sampling_ratio=2, aligned=True)[0]
    torch.testing.assert_close(
        roi_align(features, rois[:, 1:], size, scale=scale)[0], wanted, atol=1e-5, rtol=1e-5
    )


@pytest.mark.parametrize("box", BOXES)
@pytest.mark.parametrize(("size", "scale"), [(7, 0.25), (2, 0.25), (3, 1.0)])
def test_roi_pool_is_torchvisions(box, size, scale):
    features = torch.randn(5, 16, 16, generator=torch.Generator().manual_seed(0))
    rois = torch.tensor([[0.0, *box]])
    wanted = ops.roi_pool(features[None], rois, size, scale)[0]
    torch.testing.assert_close(
        roi_pool(features, rois[0, 1:], size, scale=scale), wanted, atol=1e-5, rtol=1e-5
    )


def test_aligned_cells_move_with_the_box_and_pooled_ones_jump():
    slope = torch.arange(16.0).expand(1, 16, 16)
    boxes = [torch.tensor([4 + shift, 4, 10 + shift, 10]) for shift in np.linspace(0, 0.4, 5)]
    exact = [roi_align(slope, box[None], 3)[0, 0, 0, 0].item() for box in boxes]
    np.testing.assert_allclose(np.diff(exact), 0.1, atol=1e-5)
    assert len({roi_pool(slope, box, 3)[0, 0, 0].item() for box in boxes}) == 1


def test_both_are_stages():
    with listen(Trace()) as trace:
        show_both(torch.rand(4, 8, 8), torch.tensor([2.0, 2, 20, 30]), 4)
    assert [(one.name, one.array.shape) for one in trace.stages] == [
        ("RoIPool", (14, 14)),
        ("RoIAlign", (14, 14)),
    ]


def many(count, seed):
    rng = np.random.default_rng(seed)
    corner, size = rng.uniform(-5, 110, (count, 2)), 2 ** rng.uniform(2, 7.3, (count, 1)) * [[1, 1.2]]
    return torch.from_numpy(np.concatenate([corner, corner + size], axis=1)).float()


@pytest.mark.parametrize("training", [True, False])
def test_each_box_is_read_on_its_level_out_of_its_picture(training):
    """Against torchvision's RoIAlign, box by box; the same while training and after."""
    torch.manual_seed(0)
    strides = (4, 8, 16, 32)
    maps = {str(k): torch.randn(2, 3, 128 // s, 128 // s) for k, s in enumerate(strides)}
    boxes, read = [many(20, 1), many(15, 2)], Aligned(7, 48, strides).train(training)
    found = read(maps, boxes, None)
    assert found.shape == (35, 3, 7, 7)
    used = set()
    for k, (picture, box) in enumerate([(0, b) for b in boxes[0]] + [(1, b) for b in boxes[1]]):
        side = float(((box[2] - box[0]) * (box[3] - box[1])).sqrt())
        level = 0 if side < 24 else 1 if side < 48 else 2 if side < 96 else 3
        used.add(level)
        rois = torch.cat([torch.tensor([float(picture)]), box])[None]
        wanted = ops.roi_align(maps[str(level)], rois, 7, 1 / strides[level], sampling_ratio=2, aligned=True)
        torch.testing.assert_close(found[k], wanted[0], atol=1e-5, rtol=1e-5)
    assert used == {0, 1, 2, 3}


def test_the_way_back_is_torchvisions():
    torch.manual_seed(0)
    first = {str(k): torch.randn(2, 3, 32 // 2**k, 32 // 2**k, requires_grad=True) for k in range(4)}
    second = {name: x.detach().clone().requires_grad_() for name, x in first.items()}
    boxes = [many(20, 1), many(15, 2)]
    read = Aligned(7, 48, (4, 8, 16, 32))
    pull = torch.randn(35, 3, 7, 7)
    (read.train()(first, boxes, None) * pull).sum().backward()
    (read.eval()(second, boxes, None) * pull).sum().backward()
    for name in first:
        torch.testing.assert_close(first[name].grad, second[name].grad, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("training", [True, False])
def test_no_boxes_is_no_features(training):
    maps = {str(k): torch.zeros(1, 3, 32 // 2**k, 32 // 2**k) for k in range(4)}
    assert Aligned(7, 48, (4, 8, 16, 32)).train(training)(maps, [torch.zeros(0, 4)], None).shape == (
        0,
        3,
        7,
        7,
    )


def test_places_are_not_rounded_where_maps_are_half_precise():
    torch.manual_seed(0)
    slope = torch.arange(32.0).expand(1, 32, 32)
    box = torch.tensor([[40.3, 60.1, 77.7, 110.9]])
    exact, half = (roi_align(x, box, 7, scale=0.25) for x in (slope, slope.bfloat16()))
    torch.testing.assert_close(half.float(), exact, atol=0.13, rtol=0)  # half a step of bfloat16 at 16 to 32
