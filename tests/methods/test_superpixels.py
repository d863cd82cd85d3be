import numpy as np
import pytest
import skimage as ski

import workbench as wb
from workbench.trace import Trace, listen


@pytest.mark.parametrize("zero", [False, True])
def test_slic_is_the_librarys(colour: np.ndarray, zero: bool) -> None:
    expected = ski.segmentation.slic(
        colour, n_segments=60, compactness=8.0, sigma=1.0, slic_zero=zero, start_label=1
    )
    output = wb.run("slic", colour, segments=60, compactness=8.0, zero=zero).output
    assert (output.ids == expected).all()


def test_about_as_many_as_asked_and_each_in_one_piece(colour: np.ndarray) -> None:
    ids = wb.run("slic", colour, segments=100).output.ids
    assert 60 <= ids.max() <= 140
    assert ski.measure.label(ids, connectivity=1).max() == ids.max()


def test_centres_and_boundaries_are_shown(colour: np.ndarray) -> None:
    with listen(Trace()) as heard:
        wb.METHODS["slic"](colour)
    assert [item.name for item in heard.stages] == ["superpixels", "centres", "boundaries"]
    assert heard.stages[1].array.shape == colour.shape
