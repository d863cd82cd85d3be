import math

import numpy as np
import pytest
import scipy.ndimage
import torch

from workbench.models.boxes import overlaps
from workbench.models.detector import (
    LEAST_SPREAD,
    SPREAD,
    STRIDE,
    Detector,
    Points,
    decoded,
    detecting_loss,
    drawn,
    focal,
    peaks,
)
from workbench.trace import Trace, listen

SMALL = (4, 6, 8, 10)
BOXES = torch.tensor([[8.0, 8, 40, 24], [50, 30, 62, 61], [20, 40, 23, 44]])
LABELS = torch.tensor([1, 2, 1])


def made(things=2):
    torch.manual_seed(0)
    return Detector(things, SMALL, inner=8, fine=4).eval()


def certain(truth):
    """Say the truth as a network would that is sure of it."""
    return Points(torch.logit(truth.heat.clamp(1e-4, 1 - 1e-4)), truth.sizes, truth.offsets)


@pytest.mark.parametrize("seed", range(5))
def test_peaks_are_the_highest_of_their_neighbourhood(seed):
    """Against scipy's maximum filter."""
    heat = torch.rand(2, 3, 9, 7, generator=torch.Generator().manual_seed(seed))
    highest = scipy.ndimage.maximum_filter(heat.numpy(), size=(1, 1, 3, 3), mode="constant", cval=-1)
    np.testing.assert_array_equal(peaks(heat).numpy(), np.where(heat.numpy() == highest, heat.numpy(), 0))


def test_what_is_drawn_is_decoded_again():
    truth, middles = drawn([BOXES], [LABELS], 2, (16, 16))
    assert int(middles.sum()) == 3
    found = decoded(certain(truth), 0, (64, 64), 0.5, 10)
    assert sorted(found.labels.tolist()) == [1, 1, 2]
    assert overlaps(found.boxes, BOXES).max(dim=0).values.min() > 0.999
    assert (found.scores.diff() <= 0).all()


def test_the_heat_falls_off_along_the_boxs_own_sides():
    truth, _ = drawn([BOXES[:1]], [LABELS[:1]], 2, (16, 16))
    heat, (row, col) = truth.heat[0, 0], (4, 6)  # the middle is at column 24, row 16 of the picture
    assert float(heat[row, col]) == 1
    across, down = 32 / STRIDE * SPREAD, max(16 / STRIDE * SPREAD, LEAST_SPREAD)
    assert float(heat[row, col + 2]) == pytest.approx(math.exp(-0.5 * (2 / across) ** 2), rel=1e-5)
    assert float(heat[row + 1, col]) == pytest.approx(math.exp(-0.5 * (1 / down) ** 2), rel=1e-5)
    assert not truth.heat[0, 1].any()


def test_a_neighbour_does_not_cool_a_middle():
    near = torch.tensor([[8.0, 8, 40, 24], [12, 8, 44, 24]])
    truth, middles = drawn([near], [torch.tensor([1, 1])], 1, (16, 16))
    assert (truth.heat[0, 0][middles[0]] == 1).all()
    assert int(middles.sum()) == 2


def test_middles_at_the_edge_stay_inside():
    truth, middles = drawn(
        [torch.tensor([[62.0, 62, 66, 66], [0, 0, 1, 1]])], [torch.ones(2).long()], 1, (16, 16)
    )
    assert middles[0, 15, 15]
    assert middles[0, 0, 0]
    assert torch.isfinite(truth.sizes).all()


def test_the_focal_loss_is_the_papers():
    """Computed anew at every place, as it is written in the paper."""
    logits, truth = torch.randn(1, 2, 4, 4), torch.rand(1, 2, 4, 4)
    truth[0, 0, 1, 1] = truth[0, 1, 3, 0] = 1
    expected = 0.0
    for p, y in zip(logits.sigmoid().flatten().tolist(), truth.flatten().tolist(), strict=True):
        expected -= (1 - p) ** 2 * math.log(p) if y == 1 else (1 - y) ** 4 * p**2 * math.log(1 - p)
    assert float(focal(logits, truth)) == pytest.approx(expected, rel=1e-4)
    assert math.isfinite(float(focal(torch.full((1, 1, 1, 1), 200.0), torch.zeros(1, 1, 1, 1))))


def test_sizes_and_offsets_are_asked_for_at_middles_alone():
    truth, middles = drawn([BOXES], [LABELS], 2, (16, 16))
    said = certain(truth)
    anywhere = said.sizes + 9.0 * ~middles[:, None]
    loss = detecting_loss(Points(said.heat, anywhere, said.offsets), truth, middles)
    assert float(loss["size"]) == float(loss["offset"]) == 0
    off = detecting_loss(Points(said.heat, said.sizes + 0.5, said.offsets + 0.25), truth, middles)
    assert float(off["size"]) == pytest.approx(1.0, rel=1e-4)  # a half in each of two directions
    assert float(off["offset"]) == pytest.approx(0.5, rel=1e-4)


def test_a_picture_without_things_has_a_loss():
    truth, middles = drawn([torch.zeros(0, 4)], [torch.zeros(0).long()], 2, (4, 4))
    loss = detecting_loss(Points(torch.zeros(1, 2, 4, 4), truth.sizes, truth.offsets), truth, middles)
    assert all(math.isfinite(float(part)) for part in loss.values())


def test_it_begins_by_believing_in_almost_nothing():
    heat = made()(torch.randn(1, 3, 64, 64)).heat.detach().sigmoid()
    assert 0.02 < float(heat.mean()) < 0.3


@pytest.mark.parametrize("size", [(64, 64), (32, 96), (8, 8)])
def test_boxes_stay_inside_of_any_picture(size):
    (found,) = made().find(torch.randn(1, 3, *size), least=0.0, most=20)
    assert 1 <= len(found) <= 20
    assert found.boxes.min() >= 0
    assert found.boxes[:, 2].max() <= size[1]
    assert found.boxes[:, 3].max() <= size[0]
    assert found.masks().shape == (len(found), *size)


def test_it_shows_heat_and_peaks():
    with listen(Trace()) as trace:
        made().find(torch.zeros(1, 3, 32, 32))
    assert [stage.name for stage in trace.stages] == ["fine features", "deep features", "heat", "peaks"]


def test_it_is_as_large_as_it_says():
    assert sum(p.numel() for p in Detector().parameters()) == pytest.approx(0.598e6, rel=0.01)


def test_refuses_sides_that_its_halvings_do_not_divide():
    with pytest.raises(ValueError, match=r"Detector: sides must be multiples of 8, got \(33, 64\)"):
        made()(torch.zeros(1, 3, 33, 64))
