import pytest
import torch
from torch.nn import functional

from workbench.models.mask_rcnn import MaskRCNN
from workbench.models.panoptic_fpn import PanopticFPN, SemanticBranch

SMALL = {
    "things": 2,
    "widths": (8, 8, 8, 8),
    "width": 8,
    "depths": (1, 1, 1, 1),
    "hidden": 16,
    "mask_layers": (8,),
}


def small(**others):
    torch.manual_seed(0)
    return PanopticFPN(categories=5, **{**SMALL, **others}).eval()


def levels(seed: int = 0) -> list[torch.Tensor]:
    torch.manual_seed(seed)
    return [torch.randn(1, 8, 32 // step, 32 // step) for step in (1, 2, 4, 8)]


def test_it_is_as_large_as_it_says():
    assert sum(p.numel() for p in PanopticFPN().parameters()) == pytest.approx(2.06e6, rel=0.05)


def test_the_levels_are_added():
    """What each level says alone adds up to what all say together; the vote's bias counts once."""
    branch, given = SemanticBranch(5, 8, 8).eval(), levels()
    with torch.no_grad():
        silent = [torch.zeros_like(x) for x in given]
        none = branch(silent)
        alone = [
            branch([x if k == one else torch.zeros_like(x) for k, x in enumerate(given)]) for one in range(4)
        ]
        torch.testing.assert_close(sum(alone) - 3 * none, branch(given), atol=1e-5, rtol=1e-4)


def test_a_level_rises_by_convolution_and_doubling_until_a_quarter():
    branch, given = SemanticBranch(5, 8, 8).eval(), levels()
    assert [sum(isinstance(part, torch.nn.Upsample) for part in rise) for rise in branch.levels] == [
        0,
        1,
        2,
        3,
    ]
    with torch.no_grad():
        x = given[2]
        for k in (0, 1):
            convolve, normalise = branch.levels[2][2 * k][:2]
            x = functional.relu(normalise(convolve(x)))
            x = functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
        torch.testing.assert_close(branch.levels[2](given[2]), x)


def test_one_look_gives_things_and_categories():
    found, scores = small().split(torch.randn(2, 3, 64, 96))
    assert len(found) == 2
    assert scores.shape == (2, 5, 64, 96)


def test_its_things_are_those_that_it_finds_alone():
    net, picture = small(least=0.0), torch.randn(1, 3, 64, 64)
    assert torch.equal(net.split(picture)[0][0].grids, net.find(picture)[0].grids)


def test_the_loss_is_that_of_the_things_and_half_that_of_the_pixels():
    net, picture = small().train(), torch.randn(1, 3, 64, 64)
    classes = torch.randint(-1, 5, (1, 64, 64))
    target = {
        "boxes": torch.tensor([[8.0, 10, 24, 30]]), "labels": torch.tensor([1]),
        "masks": torch.ones(1, 64, 64, dtype=torch.uint8), "classes": classes[0],
    }  # fmt: skip
    net.backbone.eval()  # so that the trunk answers the same twice
    losses = net(picture, [target])
    scores = net.semantic(list(net.backbone(picture).values()))
    chance = scores.log_softmax(dim=1)[0]
    said = [-chance[c, r, k] for (r, k), c in zip_pixels(classes[0]) if c >= 0]
    torch.testing.assert_close(losses["semantic"], 0.5 * torch.stack(said).mean())
    assert set(losses) - {"semantic"} == set(
        MaskRCNN(**SMALL).train()(picture, [{**target, "masks": target["masks"]}])
    )


def zip_pixels(classes):
    return [((r, k), int(classes[r, k])) for r in range(classes.shape[0]) for k in range(classes.shape[1])]


def test_it_starts_from_a_mask_rcnn():
    torch.manual_seed(1)
    trained = MaskRCNN(**SMALL, least=0.0).eval()
    net, picture = small(least=0.0), torch.randn(1, 3, 64, 64)
    left = net.load_state_dict(trained.state_dict(), strict=False)
    assert left.unexpected_keys == []
    assert {name.partition(".")[0] for name in left.missing_keys} == {"semantic"}
    assert torch.equal(net.find(picture)[0].grids, trained.find(picture)[0].grids)


def test_refuses_sides_that_the_levels_do_not_divide():
    with pytest.raises(ValueError, match=r"PanopticFPN: sides must be multiples of 32, got \(16, 32\); pad"):
        small()(torch.zeros(1, 3, 16, 32))
