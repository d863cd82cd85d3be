"""Segmentations written and read back, and what foreign and hostile files come to."""

from __future__ import annotations

import io
import json
import pickle
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import hypothesis.extra.numpy as arrays
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow
from PIL.PngImagePlugin import PngInfo

import workbench as wb
from workbench import export
from workbench.export import label_png, npz, painted, preview_png, read_labels, read_truth
from workbench.image import ImageError

TAX = wb.Taxonomy([wb.Category(1, "background", "stuff"), wb.Category(7, "coin", "thing", "#123456")])
IDS = np.array([[0, 3, 3], [5, 5, 4]])
NAMED = wb.Segmentation.from_panoptic(IDS, {3: 1, 4: 7, 5: 7}, TAX, {4: 0.25})


def same(one: wb.Segmentation, other: wb.Segmentation) -> bool:
    return (
        np.array_equal(one.ids, other.ids)
        and dict(one.segments) == dict(other.segments)
        and one.taxonomy == other.taxonomy
        and one.yields == other.yields
    )


def png(array: np.ndarray, text: str | None = None, kind: str = "PNG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    if text is not None:
        options["pnginfo"] = PngInfo()
        options["pnginfo"].add_text("workbench", text)
    Pillow.fromarray(array).save(buffer, kind, **options)
    return buffer.getvalue()


def archive(**entries: Any) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **entries)
    return buffer.getvalue()


# --- round trips ---
@pytest.mark.parametrize("write", [label_png, npz])
@pytest.mark.parametrize(
    "guess",
    [
        NAMED,
        wb.Segmentation.from_mask(np.array([[True, False]])),
        wb.Segmentation.from_semantic([[0, 7, 1]], TAX),
        wb.Segmentation.from_partition(np.arange(1, 301).reshape(20, 15)),
        wb.Segmentation.from_partition(np.array([[0, 65535], [255, 256]])),
        wb.Segmentation.from_partition(np.array([[0]])),
    ],
    ids=["panoptic", "mask", "semantic", "300 regions", "16 bits", "all void"],
)
def test_what_is_written_reads_back_the_same(guess: wb.Segmentation, write: Any, tmp_path: Path) -> None:
    data = write(guess)
    assert same(read_truth(data, guess.shape), guess)
    (tmp_path / "truth").write_bytes(data)
    assert same(read_truth(tmp_path / "truth", guess.shape), guess)
    assert same(read_truth(str(tmp_path / "truth"), guess.shape), guess)


@given(
    arrays.arrays(np.int64, st.tuples(st.integers(1, 8), st.integers(1, 8)), elements=st.integers(0, 65535))
)
@settings(max_examples=40, deadline=None)
def test_any_ids_survive_both_formats(ids: np.ndarray) -> None:
    guess = wb.Segmentation.from_partition(ids)
    assert same(read_truth(label_png(guess), guess.shape), guess)
    assert same(read_truth(npz(guess), guess.shape), guess)


@pytest.mark.parametrize(("top", "mode"), [(1, "L"), (255, "L"), (256, "I;16"), (65535, "I;16")])
def test_a_label_png_is_as_deep_as_it_needs(top: int, mode: str) -> None:
    picture = Pillow.open(io.BytesIO(label_png(wb.Segmentation.from_partition([[top]]))))
    assert picture.mode == mode
    assert np.array(picture).tolist() == [[top]]


def test_as_many_segments_as_a_png_has_ids_still_fit() -> None:
    guess = wb.Segmentation.from_partition(np.arange(1, 65536).reshape(255, 257))
    assert len(read_truth(label_png(guess), guess.shape).segments) == 65535


def test_what_a_label_png_cannot_hold_is_said() -> None:
    with pytest.raises(ValueError, match=r"a label PNG holds ids up to 65535, got 65536; save as NPZ"):
        label_png(wb.Segmentation.from_partition([[65536]]))
    ids = np.arange(1, 60_001).reshape(200, 300)
    table = {int(n): 7 for n in ids.flat}
    scored = wb.Segmentation.from_panoptic(ids, table, TAX, {n: 1 / (n + 2) for n in table})
    with pytest.raises(
        ValueError, match=r"a label PNG holds 1 MB of names and scores, got \d\.\d MB; save as NPZ"
    ):
        label_png(scored)
    assert same(read_truth(npz(scored), scored.shape), scored)


def test_an_npz_holds_the_recipe_and_no_pickle() -> None:
    result = wb.run("otsu", np.tile(np.arange(256, dtype=np.uint8)[None, :, None], (2, 1, 3)))
    with np.load(io.BytesIO(npz(result.output, result.recipe.to_json())), allow_pickle=False) as found:
        assert wb.Recipe.from_json(str(found["recipe"])) == result.recipe


def test_instances_are_pasted() -> None:
    masks = np.zeros((2, 2, 3), bool)
    masks[0, :, :2], masks[1, :, 1:] = True, True
    pasted = export.pasted(wb.Instances.from_masks(masks, [7, 7], TAX, [0.5, 0.9]))
    assert pasted.ids.tolist() == [[1, 2, 2], [1, 2, 2]]
    assert export.pasted(NAMED) is NAMED


# --- pictures ---
def test_segments_have_their_categorys_colour_and_void_shows_the_image() -> None:
    image = np.full((2, 3, 3), 100, np.uint8)
    assert painted(NAMED)[1, 0].tolist() == [0x12, 0x34, 0x56]
    assert painted(NAMED)[0, 0].tolist() == [0, 0, 0]
    shown = np.array(Pillow.open(io.BytesIO(preview_png(NAMED, image, 0.5))))
    assert shown[0, 0].tolist() == [100, 100, 100]
    assert shown[1, 0].tolist() == [round((100 + c) / 2) for c in (0x12, 0x34, 0x56)]
    assert (image == 100).all()


def test_unnamed_segments_differ_from_their_neighbours_and_keep_their_colours() -> None:
    table = export.colour_table(wb.Segmentation.from_partition(np.arange(1, 51)[None]))
    assert len({tuple(row) for row in table.round().tolist()}) == 51
    alone = export.colour_table(wb.Segmentation.from_partition([[50]]))
    assert np.array_equal(alone[1], table[50])


# --- files of others ---
def test_two_values_are_background_and_object() -> None:
    for low, high in ((0, 255), (0, 1), (3, 9)):
        found = read_truth(png(np.array([[low, high]], np.uint8)), (1, 2))
        assert found.ids.tolist() == [[1, 2]]
        assert found.yields == "foreground"
    assert read_truth(png(np.array([[False, True]])), (1, 2)).ids.tolist() == [[1, 2]]
    assert read_truth(archive(ids=np.array([[False, True]])), (1, 2)).ids.tolist() == [[1, 2]]


def test_more_values_are_numbered_categories_and_0_is_void() -> None:
    found = read_truth(png(np.array([[0, 4, 9]], np.uint8)), (1, 3))
    assert (found.taxonomy.names, found.ids.tolist()) == (["category 4", "category 9"], [[0, 4, 9]])


def test_ids_are_categories_of_the_taxonomy() -> None:
    found = read_truth(png(np.array([[0, 1, 7]], np.uint8)), (1, 3), TAX)
    assert found.category_ids().tolist() == [[0, 1, 7]]
    with pytest.raises(ImageError, match=r"their.png: category ids 2 are not in the taxonomy"):
        read_truth(png(np.array([[0, 1, 2]], np.uint8)), (1, 3), TAX, "their.png")


def test_a_palettes_indices_are_ids() -> None:
    picture = Pillow.fromarray(np.array([[0, 1, 2]], np.uint8), "L").convert("P")
    picture.putpalette([0, 0, 0, 128, 0, 0, 0, 128, 0])
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    assert read_truth(buffer.getvalue(), (1, 3)).ids.tolist() == [[0, 1, 2]]


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA"])
def test_grey_written_as_colour_is_grey(mode: str) -> None:
    grey = Pillow.fromarray(np.array([[0, 1, 2]], np.uint8)).convert(mode)
    assert read_truth(png(np.array(grey)), (1, 3)).ids.tolist() == [[0, 1, 2]]


def test_a_16_bit_tiff_and_an_npz_without_names_are_ids() -> None:
    deep = np.array([[0, 1000, 2]], np.uint16)
    assert read_truth(png(deep, kind="TIFF"), (1, 3)).ids.tolist() == deep.tolist()
    assert read_truth(archive(anything=deep), (1, 3)).ids.tolist() == deep.tolist()
    assert read_truth(archive(other=np.zeros(3), ids=deep), (1, 3)).ids.tolist() == deep.tolist()


def test_a_picture_of_one_value_is_void_or_one_category() -> None:
    assert read_truth(png(np.zeros((1, 2), np.uint8)), (1, 2)).segments == {}
    assert read_truth(png(np.ones((1, 2), bool)), (1, 2)).ids.tolist() == [[1, 1]]


# --- refused ---
MEANING = {
    "yields": "panoptic",
    "taxonomy": [{"id": 1, "name": "coin", "kind": "thing", "colour": "#123456"}],
    "segments": [[1, 1, None]],
}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"yields": "anything"}, "what it says of its ids cannot be read"),
        ({"taxonomy": 5}, "what it says of its ids cannot be read"),
        ({"taxonomy": ["coin"]}, "what it says of its ids cannot be read"),
        ({"taxonomy": [{"id": 1}]}, "what it says of its ids cannot be read"),
        ({"taxonomy": [{"id": 1, "name": "coin", "kind": "thing", "colour": 5}]}, "what it says of its ids"),
        (
            {"taxonomy": [{"id": 1, "name": "coin", "kind": "thing", "colour": "red"}]},
            "what it says of its ids",
        ),
        ({"taxonomy": MEANING["taxonomy"] * 2}, "a taxonomy holds each id once"),
        ({"segments": [[1, 9, None]]}, "no category 9; the taxonomy has coin"),
        ({"segments": [[1, 1]]}, "what it says of its ids cannot be read"),
        ({"segments": [[1, 1, "sure"]]}, "what it says of its ids cannot be read"),
        ({"segments": []}, "ids 1 have pixels but no segment"),
        ({"segments": [[1, 1, None], [2, 1, None]]}, "segments 2 have no pixel"),
    ],
)
def test_a_wrong_meaning_is_one_sentence(change: dict[str, Any], sentence: str) -> None:
    text = json.dumps(MEANING | change)
    ids = np.ones((1, 2), np.uint8)
    for data in (png(ids, text), archive(ids=ids, workbench=text)):
        with pytest.raises(ImageError, match=f"^the truth: {sentence}"):
            read_truth(data, (1, 2))
    assert same(
        read_truth(png(ids, json.dumps(MEANING)), (1, 2)),
        read_truth(archive(ids=ids, workbench=json.dumps(MEANING)), (1, 2)),
    )


@pytest.mark.parametrize("text", ["", "{", "5", "null", "[" * 100_000, "NaN"])
def test_a_meaning_that_is_no_json(text: str) -> None:
    with pytest.raises(
        ImageError, match=r"^the truth: (what it says of its ids cannot be read|is not a truth)"
    ):
        read_truth(png(np.ones((1, 2), np.uint8), text), (1, 2))


@pytest.mark.parametrize(
    "data",
    [
        b"words",
        b"PK",
        b"PK\x03\x04rubbish",
        b"\x89PNG\r\n\x1a\n",
        label_png(NAMED)[:60],
        npz(NAMED)[:80],
        pickle.dumps([1]),
    ],
)
def test_what_is_no_truth(data: bytes) -> None:
    with pytest.raises(
        ImageError, match=r"^x\.png: is not a truth that can be read; give a label PNG or an NPZ with 'ids'"
    ):
        read_truth(data, (2, 3), name="x.png")


def test_an_npz_with_a_pickle_is_not_opened(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> Any:
            return (tmp_path / "sprung").touch, ()

    for entries in (
        {"ids": np.array([[Trap()]])},
        {"ids": np.ones((1, 1), int), "workbench": np.array(Trap())},
    ):
        with pytest.raises(ImageError, match=r"needs one whole number|is not a truth that can be read"):
            read_truth(archive(**entries), (1, 1))
    assert not (tmp_path / "sprung").exists()


def test_an_npz_that_promises_too_much_is_refused_before_it_is_unpacked() -> None:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "<i8", "fortran_order": False, "shape": (10**6, 10**6)}
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr("ids.npy", header.getvalue())
    with pytest.raises(ImageError, match=r"must have its image's size 2 x 3, got 1000000 x 1000000"):
        read_truth(buffer.getvalue(), (2, 3))
    with pytest.raises(ImageError, match=r"is not a truth"):
        read_truth(b"PK\x05\x06" + bytes(18), (2, 3))  # a ZIP without an entry


def test_a_png_that_promises_too_much_is_refused_before_it_is_decoded() -> None:
    body = struct.pack(">IIBBBBB", 12_000, 12_000, 8, 0, 0, 0, 0)
    chunk = struct.pack(">I", len(body)) + b"IHDR" + body + struct.pack(">I", zlib.crc32(b"IHDR" + body))
    with pytest.raises(ImageError, match=r"size 2 x 3, got 12000 x 12000|is not a truth"):
        read_truth(b"\x89PNG\r\n\x1a\n" + chunk + chunk, (2, 3))


@pytest.mark.parametrize("write", [label_png, npz])
def test_another_size(write: Any) -> None:
    with pytest.raises(
        ImageError, match=r"x: a truth must have its image's size 3 x 2, got 2 x 3; export it at that size"
    ):
        read_truth(write(NAMED), (3, 2), name="x")


@pytest.mark.parametrize(
    ("data", "shape"),
    [
        (png(np.random.default_rng(0).integers(0, 255, (2, 3, 3), np.uint8)), (2, 3)),
        (archive(ids=np.zeros((2, 3))), (2, 3)),
        (archive(ids=np.zeros((2, 3, 1), int)), (2, 3)),
        (png(np.zeros((2, 3), np.float32), kind="TIFF"), (2, 3)),
    ],
)
def test_what_is_not_one_whole_number_a_pixel(data: bytes, shape: tuple[int, int]) -> None:
    with pytest.raises(
        ImageError, match=r"a truth needs one whole number for each pixel, got .*; save ids, not colours"
    ):
        read_truth(data, shape)


@pytest.mark.parametrize(
    "ids", [np.array([[-1, 1, 2]]), np.array([[0, 1, 2**40]]), np.array([[0, 1, 2**63]], np.uint64)]
)
def test_ids_out_of_range(ids: np.ndarray) -> None:
    with pytest.raises(ImageError, match=r"^the truth: "):
        read_truth(archive(ids=ids), (1, 3))
    with pytest.raises(ImageError, match=r"^the truth: "):
        read_truth(archive(ids=ids, workbench=json.dumps(MEANING)), (1, 3))


def test_too_many_numbered_categories() -> None:
    with pytest.raises(
        ImageError, match=r"a truth without names may have 256 categories, got 300; add names as NPZ"
    ):
        read_truth(archive(ids=np.arange(1, 301)[None]), (1, 300))


def test_files_that_are_not_there_empty_or_too_large(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match=r"there is no such file"):
        read_truth(tmp_path / "absent.png", (1, 1))
    with pytest.raises(ImageError, match=r"the file is empty"):
        read_truth(b"", (1, 1))
    with (tmp_path / "large.npz").open("wb") as handle:
        handle.truncate(51 * 2**20)
    with pytest.raises(ImageError, match=r"large\.npz: must be at most 50 MB, got 51\.0 MB"):
        read_truth(tmp_path / "large.npz", (1, 1))


@given(st.binary(max_size=120), st.integers(0, 200))
@settings(max_examples=80, deadline=None)
def test_hostile_bytes_end_as_one_sentence(noise: bytes, place: int) -> None:
    for good in (label_png(NAMED), npz(NAMED)):
        sentences = []
        for data in (good[:place] + noise + good[place:], good[:place] + noise, noise):
            try:
                assert read_truth(data, (2, 3)).shape == (2, 3)
            except ImageError as error:
                sentences.append(str(error))
        assert not any("\n" in sentence for sentence in sentences)


def test_a_black_and_white_mask_is_read_as_one_even_beside_a_taxonomy() -> None:
    mask = np.zeros((4, 5), np.uint8)
    mask[1:3, 1:3] = 255
    buffer = io.BytesIO()
    Pillow.fromarray(mask).save(buffer, "PNG")
    tax = wb.Taxonomy([wb.Category(1, "background", "stuff"), wb.Category(2, "coin", "thing")])
    truth = read_truth(buffer.getvalue(), (4, 5), tax)
    assert truth.taxonomy.names == ["background", "foreground"]
    assert (truth.mask("foreground") == (mask == 255)).all()


def test_bare_ids_of_any_size_and_what_a_refusal_calls_them() -> None:
    one = wb.Segmentation.from_partition([[1, 2, 2]])
    ids, said = read_labels(label_png(one), None, "a.png", "guess")
    assert (ids.tolist(), said.over(ids).yields) == ([[1, 2, 2]], "partition")
    assert read_labels(png(np.array([[0, 9]], np.uint8)), None, "a.png")[1] is None
    colours = png(np.arange(12, dtype=np.uint8).reshape(2, 2, 3))
    with pytest.raises(ImageError, match=r"^a\.png: a guess needs one whole number for each pixel"):
        read_labels(colours, None, "a.png", "guess")
    with pytest.raises(ImageError, match=r"^a\.png: is not a guess that can be read"):
        read_labels(b"words", None, "a.png", "guess")
    large = io.BytesIO()
    np.savez_compressed(large, ids=np.zeros((5001, 8000), np.uint8))
    with pytest.raises(ImageError, match=r"^a\.npz: may have 40 megapixels, got 40\.0; cut it into tiles"):
        read_labels(large.getvalue(), None, "a.npz")


# --- COCO ---
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # theirs, with NumPy 2
def test_coco_json_is_what_its_tools_read(tmp_path: Path) -> None:
    from pycocotools.coco import COCO

    coins = wb.samples.load("coins").truth
    path = tmp_path / "coins.json"
    path.write_bytes(export.coco_json(coins, "coins.png"))
    coco = COCO(str(path))
    things = [n for n, s in coins.segments.items() if s.category and s.category.kind == "thing"]
    assert coco.getAnnIds() == list(range(1, len(things) + 1))  # never 0, which its evaluation takes for none
    for number, one in zip(things, coco.loadAnns(coco.getAnnIds()), strict=True):
        mask = coins.ids == number
        assert (coco.annToMask(one).astype(bool) == mask).all()
        assert one["area"] == mask.sum()
        left, top, wide, high = one["bbox"]
        assert mask[top : top + high, left : left + wide].sum() == mask.sum()
        assert one["iscrowd"] == 0


def test_coco_json_keeps_scores_and_refuses_what_has_no_things() -> None:
    scored = json.loads(export.coco_json(NAMED))["annotations"]
    assert [one.get("score") for one in scored] == [0.25, None]
    with pytest.raises(ValueError, match="holds things with names"):
        export.coco_json(wb.Segmentation.from_partition(IDS))


def test_an_npz_keeps_the_log_of_edits() -> None:
    with np.load(io.BytesIO(npz(NAMED, log='{"tool":"brush"}\n'))) as kept:
        assert str(kept["log"]) == '{"tool":"brush"}\n'
    assert "log" not in np.load(io.BytesIO(npz(NAMED)))
