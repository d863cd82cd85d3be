"""The viewer for notebooks, its text alternative, and `wb.show`."""

from __future__ import annotations

import numpy as np
import pytest

import workbench as wb
from workbench.widgets.viewer import Viewer, show

IMAGE = np.full((6, 8, 3), 200, np.uint8)


def test_show_puts_the_image_beside_the_result() -> None:
    result = wb.run("fixed", IMAGE)
    viewer = wb.show(IMAGE, result)
    assert [pane["name"] for pane in viewer.panes] == ["image", "Fixed threshold"]
    assert viewer.alternative == "image, 0 segments; Fixed threshold, 1 segment"


def test_show_takes_a_bare_segmentation_and_instances() -> None:
    guess = wb.run("fixed", IMAGE).output
    assert show(IMAGE, guess).alternative.endswith("segmentation, 1 segment")
    scene = wb.scenes.cells(seed=0, size=(64, 64))
    assert show(scene.image, scene.instances).alternative.startswith("image, 0 segments; segmentation, ")


def test_a_page_without_widgets_reads_words() -> None:
    data, _ = Viewer(IMAGE, {})._repr_mimebundle_()
    assert data["text/plain"] == "the image alone"
    assert "application/vnd.jupyter.widget-view+json" in data


def test_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match=r"'Otsu' is \(6, 8\), the image \(3, 3\)"):
        Viewer(np.zeros((3, 3, 3), np.uint8), {"Otsu": wb.run("otsu", IMAGE).output})
