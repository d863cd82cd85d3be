"""The door for images: every kind that comes in, and every one that is refused with a sentence."""

from __future__ import annotations

import gc
import io
import os
import struct
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis.extra.numpy as arrays
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from workbench import image as door
from workbench.image import ImageError, ImageNote, fit, fitted_size, identify, read_image, recall, remember

RED, BLUE = (200, 30, 30), (20, 20, 220)


def saved(picture: Pillow.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def two_halves(size: tuple[int, int] = (8, 6)) -> Pillow.Image:
    """A picture that is red above and blue below; size is (width, height)."""
    picture = Pillow.new("RGB", size, RED)
    picture.paste(BLUE, (0, size[1] // 2, size[0], size[1]))
    return picture


def quiet(source: Any, **options: Any) -> np.ndarray:
    """Read without a note."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", ImageNote)
        return read_image(source, **options)


def noted(source: Any, match: str, **options: Any) -> np.ndarray:
    with pytest.warns(ImageNote, match=match):
        return read_image(source, **options)


# --- what comes in ---
@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP", "GIF"])
def test_lossless_files_keep_their_pixels(kind: str, tmp_path: Path) -> None:
    file = tmp_path / f"halves.{kind.lower()}"
    file.write_bytes(saved(two_halves(), kind))
    for source in (
        file,
        str(file),
        file.read_bytes(),
        bytearray(file.read_bytes()),
        memoryview(file.read_bytes()),
    ):
        image = quiet(source)
        assert (image.shape, image.dtype, image.flags.writeable) == ((6, 8, 3), np.uint8, False)
        assert (tuple(image[0, 0]), tuple(image[-1, 0])) == (RED, BLUE)


@pytest.mark.parametrize(
    ("kind", "mode"), [("JPEG", "RGB"), ("JPEG", "L"), ("JPEG", "CMYK"), ("WEBP", "RGB")]
)
def test_lossy_files_come_close(kind: str, mode: str) -> None:
    picture = Pillow.new("RGB", (32, 16), RED).convert(mode)
    expected = np.array(picture.convert("RGB"), int)
    assert np.abs(quiet(saved(picture, kind, quality=95)).astype(int) - expected).max() <= 6


def test_grey_and_two_valued_files_become_three_channels() -> None:
    grey = Pillow.fromarray(np.array([[0, 100], [200, 255]], np.uint8))
    assert quiet(saved(grey, "PNG"))[..., 1].tolist() == [[0, 100], [200, 255]]
    assert quiet(saved(grey.convert("1", dither=Pillow.Dither.NONE), "PNG"))[..., 2].tolist() == [
        [0, 0],
        [255, 255],
    ]


def test_a_palette_gives_its_colours() -> None:
    picture = two_halves().convert("P", palette=Pillow.Palette.ADAPTIVE, colors=2)
    assert tuple(quiet(saved(picture, "PNG"))[0, 0]) == RED


def test_a_palette_with_transparency_is_laid_on_white() -> None:
    picture = two_halves().convert("P", palette=Pillow.Palette.ADAPTIVE, colors=2)
    clear = picture.getpixel((0, 0))
    image = noted(saved(picture, "PNG", transparency=clear), "transparent parts; they are laid on white")
    assert (tuple(image[0, 0]), tuple(image[-1, 0])) == ((255, 255, 255), BLUE)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparent_parts_are_laid_on_white_by_their_share(mode: str) -> None:
    picture = Pillow.new("RGBA", (2, 1), (0, 0, 0, 255)).convert(mode)
    picture.putpixel((0, 0), (0, 0, 0, 127)[-len(mode) :] if mode == "RGBA" else (0, 127))
    image = noted(saved(picture, "PNG"), "laid on white")
    assert abs(int(image[0, 0, 0]) - 128) <= 1
    assert tuple(image[0, 1]) == (0, 0, 0)


def test_an_opaque_alpha_channel_is_nothing_to_speak_of() -> None:
    assert tuple(quiet(saved(two_halves().convert("RGBA"), "PNG"))[0, 0]) == RED


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_16_bit_grey_is_scaled_and_said(kind: str) -> None:
    deep = Pillow.fromarray(np.array([[0, 32768, 65535]], np.uint16))
    image = noted(
        saved(deep, kind), r"uint16 pixels scaled from 0 to 65535 onto 0 to 255 \(full 16-bit range\)"
    )
    assert image[0, :, 0].tolist() == [0, 128, 255]


def test_12_bits_in_16_are_scaled_by_what_is_there() -> None:
    deep = Pillow.fromarray(np.array([[100, 2100, 4095]], np.uint16))
    image = noted(saved(deep, "TIFF"), "from 100 to 4095 .*its darkest and brightest pixel")
    assert image[0, :, 0].tolist() == [0, 128, 255]


def test_16_bit_tiffs_of_the_other_byte_order_are_the_same() -> None:
    values = np.array([[0, 32768, 65535]], ">u2")
    assert noted(values, "full 16-bit range")[0, :, 0].tolist() == [0, 128, 255]
    assert noted(_big_endian_tiff(values), "full 16-bit range")[0, :, 0].tolist() == [0, 128, 255]


def test_16_bit_colours_are_read_as_8_bits_and_said() -> None:
    image = noted(_deep_png(), "16-bit colours are read as 8-bit ones")
    assert image.tolist() == [[[255, 128, 0]]]


def test_float_tiffs_are_scaled_and_said() -> None:
    values = np.array([[-1.0, 0.0, 3.0]], np.float32)
    assert noted(saved(Pillow.fromarray(values), "TIFF"), "float32 pixels scaled from -1 to 3")[
        0, :, 0
    ].tolist() == [0, 64, 255]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_obeyed(orientation: int) -> None:
    upright = np.zeros((40, 24, 3), np.uint8)
    upright[:8, :8] = 255  # a mark in the corner that belongs top left
    # What a camera stores for each orientation: the inverse of what a viewer does.
    stored: dict[int, Callable[[np.ndarray], np.ndarray]] = {
        1: lambda a: a,
        2: lambda a: a[:, ::-1],
        3: lambda a: a[::-1, ::-1],
        4: lambda a: a[::-1],
        5: lambda a: a.transpose(1, 0, 2),
        6: lambda a: np.rot90(a, 1),
        7: lambda a: a[::-1, ::-1].transpose(1, 0, 2),
        8: lambda a: np.rot90(a, -1),
    }
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    picture = Pillow.fromarray(np.ascontiguousarray(stored[orientation](upright)))
    image = quiet(saved(picture, "JPEG", exif=exif, quality=95, subsampling=0))
    assert np.abs(image.astype(int) - upright).max() <= 12


def test_of_an_animation_the_first_frame_is_read_and_that_is_said() -> None:
    second = Pillow.new("RGB", (8, 6), (0, 255, 0))
    data = saved(two_halves(), "GIF", save_all=True, append_images=[second, two_halves()], duration=40)
    assert tuple(noted(data, "has 3 pages or frames; only the first is read", name="film.gif")[0, 0]) == RED


def test_of_many_pages_the_first_is_read_and_that_is_said() -> None:
    data = saved(two_halves(), "TIFF", save_all=True, append_images=[Pillow.new("L", (3, 3))])
    assert noted(data, "has 2 pages or frames").shape == (6, 8, 3)


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (np.array([[False, True]]), [[0, 255]]),
        (np.array([[7, 255]], np.uint8), [[7, 255]]),
        (np.array([[[7], [255]]], np.uint8), [[7, 255]]),
        (np.array([[0.0, 0.5, 1.0]]), [[0, 128, 255]]),
        (np.array([[0.0, 1.0]], np.float16), [[0, 255]]),
        (np.array([[0, 255]], np.int64), [[0, 255]]),
        (np.array([[3, 3]], np.int64), [[3, 3]]),
        (np.array([[-10, 0, 10]], np.int8), [[0, 128, 255]]),
        (np.array([[1e6, 1e6]]), [[0, 0]]),
        (np.array([[-1.7e308, 0, 1.7e308]]), [[0, 128, 255]]),
    ],
    ids=str,
)
@pytest.mark.filterwarnings("ignore::workbench.image.ImageNote")
def test_arrays_of_any_number_type(array: np.ndarray, expected: list[list[int]]) -> None:
    assert read_image(array)[..., 0].tolist() == expected


def test_colour_and_alpha_arrays() -> None:
    rgb = np.array([[RED, BLUE]], np.uint8)
    assert (quiet(rgb) == rgb).all()
    rgba = np.dstack([rgb, np.array([[255, 0]], np.uint8)])
    assert noted(rgba, "laid on white")[0].tolist() == [list(RED), [255, 255, 255]]


def test_pillow_pictures_are_taken_as_they_are() -> None:
    assert tuple(quiet(two_halves())[0, 0]) == RED
    assert identify(quiet(two_halves()))[1] == "array"


@given(
    arrays.arrays(
        st.sampled_from([np.bool_, np.uint8, np.uint16, np.int32, np.float32, np.float64]),
        st.tuples(st.integers(1, 6), st.integers(1, 6), st.sampled_from([1, 3, 4])),
        elements=None,
    )
)
@settings(max_examples=60, deadline=None)
@pytest.mark.filterwarnings("ignore::workbench.image.ImageNote")
def test_any_finite_array_becomes_an_image_and_stays_as_it_was(array: np.ndarray) -> None:
    before = array.copy()
    if not np.isfinite(array).all():
        with pytest.raises(ImageError, match="holds NaN or infinite pixels"):
            read_image(array)
        return
    image = read_image(array)
    assert (image.shape, image.dtype) == ((*array.shape[:2], 3), np.uint8)
    assert np.array_equal(array, before)
    assert array.flags.writeable


# --- what is refused ---
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP", "GIF", "BMP"])
@pytest.mark.parametrize("share", [0.3, 0.7])
def test_truncated_files(kind: str, share: float, tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    data = saved(Pillow.fromarray(noise), kind)
    file = tmp_path / f"cut.{kind.lower()}"
    file.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(
        ImageError, match=r"cut\.\w+: (the image is truncated or damaged|is not an image that can be read)"
    ):
        read_image(file)


@pytest.mark.parametrize(
    "data", [b"just some words", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"GIF89a", b"\0" * 100]
)
def test_what_only_looks_like_an_image(data: bytes, tmp_path: Path) -> None:
    file = tmp_path / "words.png"
    file.write_bytes(data)
    with pytest.raises(ImageError, match=r"words\.png: is not an image that can be read; give PNG, JPEG"):
        read_image(file)


@given(st.binary(max_size=200))
@settings(max_examples=80, deadline=None)
def test_hostile_bytes_end_as_one_sentence(noise: bytes) -> None:
    good, sentences = saved(two_halves(), "PNG"), []
    for data in (noise, good[:20] + noise + good[20:], good[:-30] + noise):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                image = read_image(data)
        except ImageError as error:
            sentences.append(str(error))
        else:
            assert image.shape[2] == 3
    assert not any("\n" in sentence for sentence in sentences)


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "none.png").touch()
    for source in (tmp_path / "none.png", b""):
        with pytest.raises(ImageError, match=r"the file is empty \(0 bytes\); save it again"):
            read_image(source)


def test_a_file_over_50_mb_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "large.png"
    with file.open("wb") as handle:
        handle.truncate(50 * 2**20 + 1)  # sparse: it costs no disk
    with pytest.raises(ImageError, match=r"large\.png: must be at most 50 MB, got 50\.0 MB; scale it down"):
        read_image(file)
    with pytest.raises(ImageError, match="must be at most 50 MB, got 60"):
        read_image(bytes(60 * 2**20), name="large.png")


@pytest.mark.parametrize(("side", "told"), [(6400, "41.0"), (13_000, "169.0"), (20_000, ""), (60_000, "")])
def test_a_header_that_promises_too_much_is_refused_before_decoding(
    side: int, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "_from_pillow", lambda *_: pytest.fail("it was decoded"))
    with pytest.raises(ImageError, match=rf"bomb\.png: .*40 megapixels.*{told}.*; scale it down first"):
        read_image(_png(side, side), name="bomb.png")


def test_too_many_pixels_in_an_array_or_a_picture() -> None:
    large = np.broadcast_to(np.uint8(0), (8000, 6000))
    with pytest.raises(ImageError, match="the array: must have at most 40 megapixels, got 48"):
        read_image(large)
    with pytest.raises(ImageError, match="the picture: must have at most 40 megapixels"):
        read_image(Pillow.new("1", (8000, 6000)))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_no_number(bad: float) -> None:
    with pytest.raises(ImageError, match="holds NaN or infinite pixels; replace them"):
        read_image(np.array([[0.5, bad]]))
    with pytest.raises(ImageError, match="holds NaN or infinite pixels"):
        read_image(saved(Pillow.fromarray(np.array([[0.5, bad]], np.float32)), "TIFF"))


@pytest.mark.parametrize("shape", [(0, 5), (5, 0, 3), (4,), (2, 2, 2), (2, 2, 5), (1, 2, 2, 3), ()])
def test_arrays_of_another_form(shape: tuple[int, ...]) -> None:
    with pytest.raises(ImageError, match=r"the array: must be \(H, W\).* with at least one pixel, got shape"):
        read_image(np.zeros(shape, np.uint8))


def test_a_picture_without_a_pixel() -> None:
    with pytest.raises(ImageError, match="must have at least one pixel, got 5 x 0"):
        read_image(Pillow.new("RGB", (0, 5)))


@pytest.mark.parametrize(
    "array", [np.array([["a"]]), np.array([[1j]]), np.array([[None]]), np.zeros((1, 1), "M8[s]")]
)
def test_arrays_of_what_is_no_number(array: np.ndarray) -> None:
    with pytest.raises(ImageError, match=r"pixels must be numbers, got .*; convert with \.astype\(float\)"):
        read_image(array)


@pytest.mark.parametrize("source", [None, 5, [[1, 2]], object()])
def test_what_is_no_source_at_all(source: Any) -> None:
    with pytest.raises(ImageError, match="must be a path, bytes, an array or a PIL image, got"):
        read_image(source)


def test_paths_that_lead_nowhere(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match=r"there is no such file; check the path"):
        read_image(tmp_path / "absent.png")
    with pytest.raises(ImageError, match=r"is a folder; name one file in it"):
        read_image(tmp_path)
    with pytest.raises(ImageError, match=r"cannot be read \(File name too long\)"):
        read_image("x" * 5000)
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(ImageError, match=r"is a device or a pipe; name an ordinary file"):
        read_image(tmp_path / "pipe.png")


def test_the_callers_name_is_the_one_in_the_message(tmp_path: Path) -> None:
    (tmp_path / "upload-81.bin").write_bytes(b"words")
    with pytest.raises(ImageError, match=r"^holiday\.png: is not an image"):
        read_image(tmp_path / "upload-81.bin", name="holiday.png")


# --- size, and what is remembered ---
@given(st.integers(1, 3000), st.integers(1, 3000), st.integers(1, 2000))
def test_fitted_sizes_keep_the_longest_side_and_the_form(height: int, width: int, longest: int) -> None:
    rows, columns = fitted_size((height, width), longest)
    assert max(rows, columns) == min(longest, max(height, width))
    assert min(rows, columns) >= 1
    assert abs(rows * width - columns * height) <= max(height, width)


def test_scaling_down_says_so_in_what_is_remembered(tmp_path: Path) -> None:
    file = tmp_path / "photo.png"
    file.write_bytes(saved(two_halves((400, 200)), "PNG"))
    image = quiet(file, longest=100)
    assert image.shape == (50, 100, 3)
    assert identify(image)[1:] == (f"file:{file}", 100)
    assert fit(image, None) is image
    assert fit(image, 100) is image


def test_an_image_is_known_by_its_content_while_somebody_holds_it() -> None:
    image = quiet(np.full((3, 4, 3), 9, np.uint8))
    sha256 = identify(image)[0]
    assert recall(sha256) is image
    assert identify(image.copy())[0] == sha256
    assert identify(np.full((4, 3, 3), 9, np.uint8))[0] != sha256  # another form is another image
    del image
    gc.collect()
    assert recall(sha256) is None


def test_an_image_that_may_change_is_looked_at_again() -> None:
    image = remember(np.zeros((2, 2, 3), np.uint8), "file:x.png")
    first = identify(image)
    assert first[1] == "file:x.png"
    image.flags.writeable = True
    image[0, 0] = 1
    assert identify(image) != first
    assert identify(image)[1] == "array"


def _png(width: int, height: int, depth: int = 8, colour: int = 0, rows: bytes = b"") -> bytes:
    """A PNG by hand, so that its header may promise what its body does not hold."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def _deep_png() -> bytes:
    return _png(1, 1, depth=16, colour=2, rows=b"\0" + struct.pack(">HHH", 65535, 32768, 0))


def _big_endian_tiff(values: np.ndarray) -> bytes:
    height, width = values.shape
    entries = [
        (256, 3, width),
        (257, 3, height),
        (258, 3, 16),
        (259, 3, 1),
        (262, 3, 1),
        (277, 3, 1),
        (278, 3, height),
    ]
    entries += [(273, 4, 8), (279, 4, values.nbytes)]
    body = values.astype(">u2").tobytes()
    table = struct.pack(">H", len(entries))
    for tag, kind, value in sorted(entries):
        shown = struct.pack(">HH", value, 0) if kind == 3 else struct.pack(">I", value)
        table += struct.pack(">HHI", tag, kind, 1) + shown
    return b"MM\x00*" + struct.pack(">I", 8 + len(body)) + body + table + struct.pack(">I", 0)
