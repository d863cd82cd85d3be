import time
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from workbench.widgets.pack import Pack, expand, pack, unpack


@settings(max_examples=150, deadline=None)
@given(
    hnp.arrays(
        np.int32,
        hnp.array_shapes(min_dims=2, max_dims=2, max_side=40),
        elements=st.sampled_from([0, 1, 2, 255, 256, 65_535, 65_536, 2**31 - 1, -1]),
    )
)
def test_what_is_packed_comes_back(ids: np.ndarray) -> None:
    assert (unpack(*pack(ids), ids.shape) == ids).all()


@pytest.mark.parametrize("values", [(1, 2), (0, 7), (5, 5), (3, 70_000)])
def test_two_values_in_disorder_become_bits(values: tuple[int, int]) -> None:
    noise = np.random.default_rng(0).integers(0, 2, (64, 64))
    ids = np.asarray(values)[noise]
    info, data = pack(ids)
    assert info["kind"] == ("bits" if values[0] != values[1] else "runs")
    assert (unpack(info, data, ids.shape) == ids).all()


def test_bits_are_row_major_most_significant_first() -> None:
    info, data = pack(np.array([[9, 4, 9, 4, 9, 4, 9, 4, 9]]))
    assert info == {"kind": "bits", "values": [4, 9]}
    assert zlib.decompress(data) == bytes([0b10101010, 0b10000000])


def test_two_smooth_regions_are_cheaper_as_runs() -> None:
    ids = np.repeat([1, 2], 2048).reshape(64, 64)
    info, data = pack(ids)
    assert info == {"kind": "runs", "runs": 2, "width": 1}
    assert zlib.decompress(data) == np.array([2048, 2048], "<u2").tobytes() + bytes([1, 2])


def test_a_run_longer_than_its_field_is_cut() -> None:
    ids = np.full((300, 500), 3, np.int32)
    ids[-1, -1] = 4
    info, data = pack(ids)
    assert info["runs"] == 4  # 65,535 + 65,535 + the rest, and the last pixel
    assert (unpack(info, data, ids.shape) == ids).all()


@pytest.mark.parametrize(("top", "width"), [(255, 1), (256, 2), (65_535, 2), (65_536, 4)])
def test_ids_travel_in_the_smallest_type(top: int, width: int) -> None:
    info, data = pack(np.array([[1, 1, 1, 2, top, top]]))
    assert info["width"] == width
    assert unpack(info, data, (1, 6)).tolist() == [[1, 1, 1, 2, top, top]]


@pytest.mark.parametrize("ids", [np.zeros((0, 4), int), np.ones((2, 2)), np.array([[2**31]])])
def test_what_cannot_be_packed_is_refused(ids: np.ndarray) -> None:
    with pytest.raises(ValueError, match="ids to pack must"):
        pack(ids)


def test_ids_are_not_written_into() -> None:
    ids = np.array([[1, 2], [2, 1]], np.uint8)
    before = ids.copy()
    pack(ids)
    assert (ids == before).all()


def test_a_mask_packs_within_a_millisecond_and_a_half() -> None:
    rows, cols = np.mgrid[:512, :512]
    blobs = (np.sin(rows / 9) * np.sin(cols / 11) > 0.2).astype(np.int32) + 1
    best = min(_seconds(blobs) for _ in range(20))
    assert best < 1.5e-3, f"{best * 1000:.2f} ms"


def _seconds(ids: np.ndarray) -> float:
    start = time.perf_counter()
    pack(ids)
    return time.perf_counter() - start


def test_what_a_page_paints_comes_as_it_is() -> None:
    info, data = pack(np.array([[7, 7], [7, 300], [300, 0]]))
    assert expand(info, zlib.decompress(data), (3, 2)).tolist() == [[7, 7], [7, 300], [300, 0]]


@pytest.mark.parametrize(
    ("info", "raw", "sentence"),
    [
        ({"kind": "runs", "runs": 2, "width": 1}, b"\1\0\1", "do not make 3 bytes"),
        ({"kind": "runs", "runs": 1, "width": 3}, b"\1\0\1\1\1", "do not make"),
        ({"kind": "runs", "runs": 1, "width": 1}, b"\3\0\1", "must fill 2 x 2 pixels, got 3"),
    ],
)
def test_runs_that_do_not_fit_are_refused(info: Pack, raw: bytes, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        expand(info, raw, (2, 2))
