from dataclasses import replace

import numpy as np
import pytest

from workbench.instances import Instances
from workbench.sample import Sample
from workbench.segmentation import Segmentation
from workbench.taxonomy import BINARY

TRUTH = Segmentation.from_mask(np.array([[True, False, False], [True, True, False]]))
SPOT = Sample(
    "spot", "A spot", np.zeros((2, 3, 3), np.uint8), TRUTH, ("foreground",), "us", "BSD-3-Clause", "exact"
)
THINGS = Instances.from_masks(np.ones((2, 2, 3), bool), [2, 2], BINARY)


def test_the_image_is_kept_read_only_and_the_callers_is_left_alone():
    image = np.zeros((2, 3, 3), np.uint8)
    sample = replace(SPOT, image=image)
    assert not sample.image.flags.writeable
    image[0, 0] = 9
    assert sample.image.max() == 0


def test_a_picture_may_lack_a_truth():
    assert replace(SPOT, truth=None, target=()).shape == (2, 3)


def test_depth_orders_the_instances():
    assert replace(SPOT, instances=THINGS, depth=(1, 0)).depth == (1, 0)


@pytest.mark.parametrize(
    "image", [np.zeros((2, 3), np.uint8), np.zeros((2, 3, 4), np.uint8), np.zeros((2, 3, 3), np.float32)]
)
def test_refuses_another_form_of_image(image):
    with pytest.raises(ValueError, match=r"spot: image must be uint8 \(H, W, 3\), got"):
        replace(SPOT, image=image)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("truth", Segmentation.from_mask(np.ones((3, 3), bool))),
        ("instances", Instances.from_masks(np.ones((1, 3, 3), bool), [2], BINARY)),
    ],
)
def test_refuses_a_truth_of_another_size(part, value):
    with pytest.raises(ValueError, match=rf"spot: {part} must have the image's size \(2, 3\), got \(3, 3\)"):
        replace(SPOT, **{part: value})


def test_refuses_an_unknown_kind():
    with pytest.raises(ValueError, match="spot: kind must be one of photograph, scene, exact, got 'drawing'"):
        replace(SPOT, kind="drawing")


def test_refuses_a_target_that_the_truth_does_not_name():
    with pytest.raises(
        ValueError, match=r"spot: target \['coin'\] is not among .*\(background, foreground\)"
    ):
        replace(SPOT, target=("coin",))


@pytest.mark.parametrize("depth", [(0,), (0, 0), (0, 1, 2), (1, 2)])
def test_refuses_a_depth_that_does_not_order_the_instances(depth):
    with pytest.raises(ValueError, match="spot: depth must order the 2 instances, each once, got"):
        replace(SPOT, instances=THINGS, depth=depth)
