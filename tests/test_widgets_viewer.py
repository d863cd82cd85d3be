import cv2
import numpy as np
import pytest

from workbench.segmentation import Segmentation
from workbench.taxonomy import Category, Taxonomy
from workbench.widgets.pack import unpack
from workbench.widgets.viewer import Viewer, describe, encode_png

IMAGE = np.arange(5 * 7 * 3, dtype=np.uint8).reshape(5, 7, 3)
TAXONOMY = Taxonomy([Category(1, "background", "stuff"), Category(2, "coin")])


def coins() -> Segmentation:
    ids = np.ones((5, 7), np.int32)
    ids[1:3, 1:3], ids[1:3, 4:6] = 4, 9
    return Segmentation.from_panoptic(ids, {1: 1, 4: 2, 9: 2}, TAXONOMY, {4: 0.5})


def test_a_description_holds_what_the_page_paints() -> None:
    message, data = describe(coins())
    assert (unpack(message["pack"], data, (5, 7)) == coins().ids).all()
    assert message["segments"] == [[1, 1, None], [4, 2, 0.5], [9, 2, None]]
    assert [category["name"] for category in message["categories"]] == ["background", "coin"]
    assert message["size"] == [5, 7] and message["summary"] == "coin: 2 segments"


def test_regions_without_names_have_category_0() -> None:
    message, _ = describe(Segmentation.from_partition(np.array([[1, 2]])))
    assert message["segments"] == [[1, 0, None], [2, 0, None]]


def test_png_keeps_every_pixel_in_order() -> None:
    back = cv2.imdecode(np.frombuffer(encode_png(IMAGE), np.uint8), cv2.IMREAD_COLOR)
    assert (back[..., ::-1] == IMAGE).all()


def test_a_viewer_carries_image_and_panes() -> None:
    viewer = Viewer(IMAGE, {"truth": coins(), "guess": coins()}, height=200)
    assert viewer.picture["size"] == [5, 7]
    assert [pane["name"] for pane in viewer.panes] == ["truth", "guess"]
    assert isinstance(viewer.panes[0]["bytes"], bytes) and viewer.height == 200


def test_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match=r"'guess' is \(5, 7\), the image \(6, 7\)"):
        Viewer(np.zeros((6, 7, 3), np.uint8), {"guess": coins()})
