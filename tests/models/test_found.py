import numpy as np
import torch
from torch.nn import functional

from workbench.models.found import Found


def of(
    grids: torch.Tensor, boxes: list[list[float]], frames: list[list[float]], size: tuple[int, int]
) -> Found:
    count = len(boxes)
    return Found(
        torch.tensor(boxes), torch.ones(count, dtype=torch.int64), torch.linspace(0.9, 0.1, count),
        grids, torch.tensor(frames), size,
    )  # fmt: skip


def test_a_grid_over_the_whole_picture_is_enlarged_and_cut_to_the_box():
    grid = torch.rand(1, 8, 12, generator=torch.Generator().manual_seed(0))
    found = of(grid, [[5, 3, 20, 14]], [[0, 0, 24, 16]], (16, 24))
    whole = (
        functional.interpolate(grid[None], size=(16, 24), mode="bilinear", align_corners=False)[0, 0] >= 0.5
    )
    wanted = torch.zeros(16, 24, dtype=torch.bool)
    wanted[3:14, 5:20] = whole[3:14, 5:20]
    assert (found.masks()[0] == wanted).all()


def test_at_another_size_too():
    grid = torch.rand(1, 8, 12, generator=torch.Generator().manual_seed(1))
    found = of(grid, [[0, 0, 24, 16]], [[0, 0, 24, 16]], (16, 24))
    whole = functional.interpolate(grid[None], size=(50, 70), mode="bilinear", align_corners=False)[0] >= 0.5
    assert (found.masks((50, 70)) == whole).all()


def test_a_grid_over_its_box_is_stretched_over_it():
    grid = torch.zeros(1, 4, 4)
    grid[:, :, 2:] = 1  # the right half
    found = of(grid, [[2, 4, 10, 12]], [[2, 4, 10, 12]], (16, 16))
    wanted = np.zeros((16, 16), bool)
    wanted[4:12, 6:10] = True
    assert (found.masks()[0].numpy() == wanted).all()


def test_a_box_beyond_the_edge_or_without_a_pixel_draws_what_is_there():
    boxes = [[-4.0, -4, 2, 2], [3.6, 3.6, 4.4, 4.4], [50, 50, 60, 60]]
    masks = of(torch.ones(3, 4, 4), boxes, boxes, (8, 8)).masks()
    assert masks.sum(dim=(1, 2)).tolist() == [4, 0, 0]


def test_nothing_found_is_no_masks():
    found = of(torch.zeros(0, 4, 4), [], [], (8, 8))
    assert len(found) == 0


def test_cutting_the_padding_away_keeps_frames():
    found = of(torch.ones(1, 4, 4), [[4, 4, 16, 16]], [[0, 0, 16, 16]], (16, 16)).cut((10, 12))
    assert found.boxes.tolist() == [[4, 4, 12, 10]]
    assert found.masks().shape == (1, 10, 12)
    assert found.masks().sum() == 6 * 8


def test_only_the_surer_ones():
    found = of(torch.ones(3, 2, 2), [[0, 0, 1, 1]] * 3, [[0, 0, 1, 1]] * 3, (4, 4))
    assert len(found.surer(0.4)) == 2
