import numpy as np
import skimage as ski
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from workbench.methods.partitions import (
    averaged,
    counted,
    distinct_pairs,
    middles,
    neighbours,
    outlined,
    sizes_and_colours,
)

IDS = arrays(np.int32, st.tuples(st.integers(1, 7), st.integers(1, 7)), elements=st.integers(0, 9))


@given(ids=IDS)
def test_neighbours_share_a_side(ids: np.ndarray) -> None:
    expected = set()
    for (r, c), one in np.ndenumerate(ids):
        for near in ((r + 1, c), (r, c + 1)):
            if near[0] < ids.shape[0] and near[1] < ids.shape[1] and ids[near] != one:
                expected.add((min(int(one), int(ids[near])), max(int(one), int(ids[near]))))
    assert [tuple(pair) for pair in neighbours(ids).tolist()] == sorted(expected)


def test_no_pairs_stay_no_pairs() -> None:
    assert distinct_pairs(np.zeros((0, 2), int)).shape == (0, 2)


@given(ids=IDS)
def test_counted_keeps_the_regions_and_their_order(ids: np.ndarray) -> None:
    expected = np.unique(ids, return_inverse=True)[1].reshape(ids.shape) + 1
    assert (counted(ids) == expected).all()


def test_sizes_colours_and_middles_are_the_librarys(colour: np.ndarray) -> None:
    ids = ski.measure.label(ski.segmentation.slic(colour, n_segments=40, start_label=1))
    table = ski.measure.regionprops(ids, intensity_image=colour)
    sizes, colours = sizes_and_colours(colour, ids)
    assert (sizes[1:] == [region.area for region in table]).all()
    assert np.allclose(colours[1:], [region.intensity_mean for region in table])
    assert np.isnan(colours[0]).all()
    assert np.allclose(middles(ids), [region.centroid for region in table])
    assert (averaged(colour, ids)[ids == 3] == colours[3].round()).all()


def test_outlines_lie_between_regions() -> None:
    image, ids = np.zeros((4, 4, 3), np.uint8), np.ones((4, 4), int)
    ids[2:] = 2
    picture = outlined(image, ids)
    assert (picture.any(axis=2) == [[False] * 4, [False] * 4, [True] * 4, [False] * 4]).all()
    assert not image.any()
