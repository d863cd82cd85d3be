import numpy as np
import pytest
import torch
from torch import nn

from workbench.models.answers import finding, instances_of, merged, padded, panoptic, show_boxes
from workbench.models.found import Found
from workbench.models.mask_rcnn import MaskRCNN
from workbench.models.one_shot import OneShot
from workbench.models.panoptic_fpn import PanopticFPN
from workbench.taxonomy import Category, Taxonomy
from workbench.trace import Trace, listen

TAX = Taxonomy(
    [Category(1, "road", "stuff"), Category(4, "car"), Category(2, "sky", "stuff"), Category(9, "sign")]
)
TRUNK = {"widths": (8, 8, 8, 8), "width": 8, "depths": (1, 1, 1, 1)}
HEADS = {"hidden": 16, "mask_layers": (8,), "least": 0.0}


def two(size=(16, 16)) -> Found:
    """A car on the left, and a sign that covers its right half."""
    boxes = torch.tensor([[0.0, 0, 8, 8], [4, 0, 12, 8]])
    return Found(boxes, torch.tensor([1, 2]), torch.tensor([0.9, 0.8]), torch.ones(2, 2, 2), boxes, size)


def networks() -> list[nn.Module]:
    torch.manual_seed(0)
    return [
        OneShot(things=2, prototypes=4, **TRUNK).eval(),
        MaskRCNN(things=2, **TRUNK, **HEADS).eval(),
        PanopticFPN(categories=4, things=2, **TRUNK, **HEADS).eval(),
    ]


def test_padding_is_flat_and_below_and_right():
    image = np.random.default_rng(0).integers(0, 255, (40, 64, 3)).astype(np.uint8)
    found = padded(image, "cpu")
    assert found.shape == (1, 3, 64, 64)
    assert (found[:, :, 40:] == 0).all()
    np.testing.assert_allclose(
        found[0, :, :40].numpy(), (image.transpose(2, 0, 1) / 255 - 0.45) / 0.25, atol=1e-5
    )


@pytest.mark.parametrize("net", networks(), ids=lambda net: type(net).__name__)
@pytest.mark.parametrize("size", [(1, 1), (7, 40), (64, 64), (50, 90)])
def test_a_picture_of_any_size_has_an_answer_of_its_size(net, size):
    image = np.random.default_rng(0).integers(0, 255, (*size, 3)).astype(np.uint8)
    before = image.copy()
    found = finding(net, image, TAX, least=0.0)
    assert found.shape == size
    assert found.masks().any(axis=(1, 2)).all()
    assert {thing.category.id for thing in found} <= {4, 9}
    assert all(0 <= thing.score <= 1 for thing in found)
    assert (image == before).all()


def test_things_that_overlap_stay_so():
    found = instances_of(two(), TAX)
    assert [(thing.category.name, round(thing.score, 1), thing.area) for thing in found] == [
        ("car", 0.9, 64),
        ("sign", 0.8, 64),
    ]
    assert (found.masks()[0] & found.masks()[1]).sum() == 32


def test_things_at_another_size():
    assert instances_of(two(), TAX, (32, 32)).masks().sum() == 2 * 16 * 16


def test_two_networks_that_never_met_are_combined_by_the_rule():
    scores = torch.zeros(4, 16, 16)  # by place in the taxonomy: road, car, sky, sign
    scores[0, 8:], scores[2, :8] = 1, 1
    found = merged(two(), scores, TAX)
    names = {number: segment.category.name for number, segment in found.segments.items()}
    assert sorted(names.values()) == ["car", "road", "sign", "sky"]
    # The car is surer and keeps its half; stuff fills the rest.
    assert [names[n] for n in found.ids[0].tolist()] == ["car"] * 8 + ["sign"] * 4 + ["sky"] * 4
    assert [names[n] for n in found.ids[15].tolist()] == ["road"] * 16


@pytest.mark.parametrize("size", [(1, 1), (50, 90)])
def test_a_panoptic_answer_has_the_pictures_size(size):
    image = np.random.default_rng(0).integers(0, 255, (*size, 3)).astype(np.uint8)
    found = panoptic(networks()[2], image, TAX)
    assert found.shape == size
    assert found.yields == "panoptic"


def test_another_fusion_takes_the_rules_place():
    asked = []

    def fusion(masks, categories, scores, semantic, stuff):
        from workbench.models.fusion import Heuristic

        asked.append((masks.shape[1:], sorted(stuff)))
        return Heuristic(least=2.0)(masks, categories, scores, semantic, stuff)

    found = panoptic(networks()[2], np.zeros((32, 32, 3), np.uint8), TAX, fusion=fusion)
    assert asked == [((32, 32), [1, 2])]
    assert not found.things().segments


def test_refuses_a_taxonomy_of_other_things():
    other = Taxonomy([Category(1, "car"), Category(2, "person"), Category(3, "sign")])
    with pytest.raises(
        ValueError, match="OneShot knows 2 kinds of things, the taxonomy has 3: car, person, sign"
    ):
        finding(networks()[0], np.zeros((32, 32, 3), np.uint8), other)
    with pytest.raises(ValueError, match="PanopticFPN knows 2 kinds of things"):
        panoptic(networks()[2], np.zeros((32, 32, 3), np.uint8), other)


def test_refuses_scores_for_other_categories():
    with pytest.raises(ValueError, match="the network scores 3 categories, the taxonomy has 4"):
        merged(two(), torch.zeros(3, 16, 16), TAX)


def test_boxes_are_drawn_around():
    with listen(Trace()) as trace:
        show_boxes("boxes", torch.tensor([[2.0, 1, 6, 4]]), [0.75], "one")
    [shown] = trace.stages
    assert shown.array.tolist() == [[0.5, 1.5], [0.5, 5.5], [3.5, 5.5], [3.5, 1.5]]  # row, column
    assert shown.marks == ((0, 1, 0.75), (1, 2, 0.75), (2, 3, 0.75), (3, 0, 0.75))


@pytest.mark.parametrize(
    ("place", "names"),
    [
        (0, {"prototypes", "coefficients", "boxes", "masks"}),
        (1, {"proposals", "RoIPool", "RoIAlign", "boxes", "masks"}),
    ],
)
def test_the_way_to_the_answer_is_shown(place, names):
    image = np.random.default_rng(0).integers(0, 255, (64, 64, 3)).astype(np.uint8)
    with listen(Trace()) as trace:
        finding(networks()[place], image, TAX, least=0.0)
    assert names <= {one.name for one in trace.stages}


def test_the_panoptic_way_is_shown():
    image = np.random.default_rng(0).integers(0, 255, (64, 64, 3)).astype(np.uint8)
    with listen(Trace()) as trace:
        panoptic(networks()[2], image, TAX)
    shown = {one.name: one for one in trace.stages}
    assert {"proposals", "boxes", "masks", "semantic branch"} <= set(shown)
    assert shown["semantic branch"].kind == "labels"
