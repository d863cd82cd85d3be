import numpy as np
import skimage as ski
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

from workbench.methods.outlines import closed, drop_small, segments_of

MASKS = arrays(bool, st.tuples(st.integers(1, 10), st.integers(1, 10)))


@given(mask=MASKS, smallest=st.integers(0, 12))
@settings(deadline=None, max_examples=80)
def test_small_pieces_are_dropped_and_others_kept(mask: np.ndarray, smallest: int) -> None:
    before = mask.copy()
    labels = ski.measure.label(mask, connectivity=2)
    big = [n for n in range(1, labels.max() + 1) if (labels == n).sum() >= smallest]
    assert (drop_small(mask, smallest) == np.isin(labels, big)).all()
    assert (mask == before).all()


@given(mask=MASKS, radius=st.integers(0, 3))
@settings(deadline=None, max_examples=60)
def test_closing_keeps_every_line_and_the_picture_s_border(mask: np.ndarray, radius: int) -> None:
    lines = closed(mask, radius)
    assert (lines >= mask).all()
    assert (closed(lines, radius) == lines).all()
    if radius == 1:
        expected = ndimage.binary_closing(np.pad(mask, 2), ndimage.generate_binary_structure(2, 1))
        assert (lines == expected[2:-2, 2:-2]).all()


def _ring() -> np.ndarray:
    edges = np.zeros((12, 12), bool)
    edges[2:10, 2:10] = True
    edges[5:7, 5:7] = False
    return edges


def test_filling_takes_the_lines_and_flooding_their_crest() -> None:
    rows, columns = np.indices((12, 12))
    away = np.maximum(np.abs(rows - 5.5), np.abs(columns - 5.5))
    steepness = (5 - np.abs(away - 2.5)).astype(np.float32)  # steepest halfway through the ring
    filled = segments_of(_ring(), lambda: steepness, "fill", 0, 0).mask("foreground")
    flooded = segments_of(_ring(), lambda: steepness, "watershed", 0, 0).mask("foreground")
    assert filled.sum() == 64
    assert flooded[away < 2].all()
    assert not flooded[away > 3].any()


def test_bare_lines_enclose_nothing() -> None:
    edges = np.zeros((9, 9), bool)
    edges[4] = True
    for how in ("fill", "watershed"):
        assert not segments_of(edges, lambda: edges.astype(np.float32), how, 0, 0).mask("foreground").any()


def test_a_broken_line_is_bridged_before_it_is_filled() -> None:
    edges = np.zeros((15, 15), bool)
    edges[1:14, 1:14] = True
    edges[4:11, 4:11] = False
    edges[1:4, 7] = False
    steepness = lambda: edges.astype(np.float32)  # noqa: E731
    assert not segments_of(edges, steepness, "fill", 0, 0).mask("foreground")[4:11, 4:11].any()
    assert segments_of(edges, steepness, "fill", 1, 0).mask("foreground")[4:11, 4:11].all()
