import numpy as np
import pytest
import torch
from torchvision.ops import box_iou, nms

from workbench.models.boxes import NOTHING, UNSURE, anchors, decoded, encoded, fast_nms, matched, overlaps


def some(count: int, seed: int) -> torch.Tensor:
    rng = np.random.default_rng(seed)
    corner, size = rng.uniform(0, 80, (count, 2)), rng.uniform(4, 40, (count, 2))
    return torch.from_numpy(np.concatenate([corner, corner + size], axis=1)).float()


def test_overlaps_are_torchvisions():
    first, second = some(20, 0), some(30, 1)
    torch.testing.assert_close(overlaps(first, second), box_iou(first, second))


def test_a_box_without_area_overlaps_nothing():
    assert overlaps(torch.tensor([[1.0, 1, 1, 1]]), torch.tensor([[1.0, 1, 1, 1]])).item() == 0


def test_anchors_have_the_area_and_ratio_asked_for_around_every_place():
    found = anchors([(2, 3), (1, 1)], [4, 8], [6, 10], [1.0, 0.5, 2.0])
    assert found.shape == (2 * 3 * 3 + 3, 4)
    width, height = (found[:, 2:] - found[:, :2]).unbind(dim=1)
    torch.testing.assert_close(width * height, torch.tensor([36.0] * 18 + [100.0] * 3))
    torch.testing.assert_close((width / height).view(-1, 3), torch.tensor([[1.0, 0.5, 2.0]] * 7))
    centres = ((found[:, 2:] + found[:, :2]) / 2).view(-1, 3, 2)[:, 0]
    assert centres.tolist() == [[2, 2], [6, 2], [10, 2], [2, 6], [6, 6], [10, 6], [4, 4]]


def test_boxes_come_back_from_their_offsets():
    boxes, origins = some(50, 2), some(50, 3)
    torch.testing.assert_close(decoded(encoded(boxes, origins), origins), boxes, atol=1e-3, rtol=1e-4)


def test_an_offset_without_measure_does_not_run_away():
    assert torch.isfinite(decoded(torch.full((1, 4), 1e4), some(1, 0))).all()


def test_matching_follows_the_rule():
    """Against the rule, anchor by anchor."""
    origins, truth = some(300, 4), some(6, 5)
    table = overlaps(origins, truth).numpy()
    found = matched(origins, truth).numpy()
    forced = set()
    left = table.copy()
    for _ in range(6):
        anchor, box = np.unravel_index(left.argmax(), left.shape)
        assert found[anchor] == box
        forced.add(anchor)
        left[anchor], left[:, box] = -1, -1
    for k in sorted(set(range(300)) - forced):
        best = table[k].max()
        assert found[k] == (table[k].argmax() if best >= 0.5 else NOTHING if best < 0.4 else UNSURE)


def test_every_thing_has_an_anchor_however_badly_it_fits():
    origins = torch.tensor([[0.0, 0, 8, 8], [50, 50, 58, 58]])
    truth = torch.tensor([[100.0, 100, 101, 101], [51, 51, 57, 57]])
    assert sorted(matched(origins, truth).tolist()) == [0, 1]


def test_without_things_all_anchors_stand_for_nothing():
    assert matched(some(3, 0), torch.zeros(0, 4)).tolist() == [NOTHING] * 3


@pytest.mark.parametrize("seed", range(5))
def test_fast_nms_asks_all_surer_boxes_kept_or_not(seed):
    boxes, scores = some(60, seed), torch.from_numpy(np.random.default_rng(seed).permutation(60) / 60.0)
    wanted = []
    for k in range(60):
        surer = [j for j in range(60) if scores[j] > scores[k]]
        if all(box_iou(boxes[j : j + 1], boxes[k : k + 1]).item() <= 0.5 for j in surer):
            wanted.append(k)
    found = fast_nms(boxes, scores)
    assert sorted(found.tolist()) == wanted
    assert (scores[found].diff() <= 0).all()  # surest first
    # What ordinary suppression keeps contains it: it may lose boxes too many, never keep one too many.
    assert set(wanted) <= set(nms(boxes, scores.float(), 0.5).tolist())


def test_fast_nms_of_nothing_is_nothing():
    assert fast_nms(torch.zeros(0, 4), torch.zeros(0)).tolist() == []


def test_fast_nms_looks_at_the_surest_only():
    boxes = torch.tensor([[0.0, 0, 1, 1], [5, 5, 6, 6], [9, 9, 10, 10]])
    assert fast_nms(boxes, torch.tensor([0.1, 0.3, 0.2]), most=2).tolist() == [1, 2]
