import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from workbench.evaluation.labels import OBJECTS, Reading, label_files, read_file, readings
from workbench.image import ImageError
from workbench.metrics.comparison import LensName
from workbench.segmentation import Segmentation
from workbench.taxonomy import Category, Taxonomy


def save(folder: Path, name: str, ids: object, dtype: type = np.uint8) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    Image.fromarray(np.asarray(ids, dtype)).save(path)
    return path


def both(tmp_path: Path, truth: object, guess: object, lens: LensName = "object") -> tuple[Reading, Reading]:
    """Save one truth and one guess, and say how their folders are read."""
    truths, guesses = tmp_path / "t", tmp_path / "g"
    files = {truths: [save(truths, "a.png", truth)], guesses: [save(guesses, "a.png", guess)]}
    return readings(truths, guesses, files, lens)


def test_files_by_stem_without_previews(tmp_path: Path) -> None:
    for name in ("a.png", "a-preview.png", "b.tif", "b.png", "c-preview.png", "D.PNG"):
        save(tmp_path, name, [[1]])
    (tmp_path / "notes.txt").write_text("no labels")
    found = label_files(tmp_path)
    assert sorted(found) == ["D", "a", "b", "c-preview"]
    assert [path.name for path in found["b"]] == ["b.png", "b.tif"]


def test_folders_that_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there is no such folder; check the path"):
        label_files(tmp_path / "nowhere")
    with pytest.raises(ValueError, match=r"has no label file; give \.png, \.tif, \.tiff, \.npz"):
        label_files(tmp_path)


def test_two_values_are_a_mask_whatever_they_are(tmp_path: Path) -> None:
    truth, guess = both(tmp_path, [[0, 255]], [[0, 1]])
    assert truth.over(np.array([[0, 255]])).ids.tolist() == [[1, 2]]
    assert guess.over(np.array([[0, 1]])).ids.tolist() == [[1, 2]]
    assert truth.says == "masks of two values; 0 is background; 255 is foreground"


def test_a_guess_that_found_nothing_is_background_not_unlabelled(tmp_path: Path) -> None:
    _, guess = both(tmp_path, [[0, 255]], [[0, 0]])
    assert guess.over(np.array([[0, 0]])).ids.tolist() == [[1, 1]]
    _, guess = both(tmp_path, [[0, 255]], [[7, 7]])
    assert guess.over(np.array([[7, 7]])).ids.tolist() == [[2, 2]]


def test_a_guess_with_more_values_than_the_mask_it_should_be(tmp_path: Path) -> None:
    _, guess = both(tmp_path, [[0, 255, 0]], [[0, 128, 255]])
    with pytest.raises(ValueError, match="ids 128 have no category"):
        guess.over(np.array([[0, 128, 255]]))


def test_more_values_are_numbered_categories_of_both_sides(tmp_path: Path) -> None:
    truth, guess = both(tmp_path, [[0, 1, 2]], [[0, 1, 9]])
    assert truth == guess
    assert truth.taxonomy.names == ["category 1", "category 2", "category 9"]
    assert truth.says == "each id is a category, of 3; 0 is void"


def test_objects_where_the_lens_counts_things(tmp_path: Path) -> None:
    truth, _ = both(tmp_path, [[0, 1, 2]], [[0, 1, 9]], "instance")
    found = truth.over(np.array([[0, 1, 9]]))
    assert found.summary() == "object: 2 segments"
    assert found.segments[10].category == OBJECTS["background"]
    assert truth.over(np.array([[0, 0]])).summary() == "1 segment"
    assert len(truth.over(np.array([[3, 4]])).segments) == 2
    # The largest id has none above it: the background takes a free one.
    assert sorted(truth.over(np.array([[0, 1, 2**31 - 1]])).segments) == [1, 2, 2**31 - 1]


def test_regions_have_no_names(tmp_path: Path) -> None:
    truth, _ = both(tmp_path, [[1, 2, 3]], [[1, 2, 2]], "regions")
    assert truth.over(np.array([[1, 2, 2]])).yields == "partition"
    assert both(tmp_path, [[1, 2, 2]], [[1, 2, 2]], "regions")[0].kind == "regions"
    assert both(tmp_path, [[0, 2, 2]], [[1, 2, 2]], "regions")[0].kind == "masks"


NAMES = [{"id": 1, "name": "background", "kind": "stuff"}, {"id": 2, "name": "cell"}]


@pytest.mark.parametrize("where", ["t/taxonomy.json", "taxonomy.json"])
def test_names_in_the_folder_or_beside_it(tmp_path: Path, where: str) -> None:
    (tmp_path / "t").mkdir()
    (tmp_path / where).write_text(json.dumps({"categories": NAMES, "values": {"255": 0, "0": 1}}))
    truth, guess = both(tmp_path, [[0, 2, 255]], [[0, 2, 2]], "instance")
    assert truth == guess
    assert truth.over(np.array([[0, 2, 255]])).ids.tolist() == [[1, 2, 0]]
    assert truth.says == "each id is a category, of 2; 255 is void; 0 is background"


def test_guesses_may_have_names_of_their_own(tmp_path: Path) -> None:
    for side, names in (("t", NAMES), ("g", [{"id": 5, "name": "cell"}])):
        (tmp_path / side).mkdir()
        (tmp_path / side / "taxonomy.json").write_text(json.dumps(names))
    truth, guess = both(tmp_path, [[1, 2]], [[5, 5]])
    assert (truth.taxonomy.names, guess.taxonomy.names) == (["background", "cell"], ["cell"])


@pytest.mark.parametrize("text", ["{", "[]x", '{"categories": 3}', '[{"id": 0, "name": "void"}]', "[1]"])
def test_names_that_cannot_be_read(tmp_path: Path, text: str) -> None:
    (tmp_path / "taxonomy.json").write_text(text)
    with pytest.raises(ValueError, match=r"taxonomy\.json: does not list categories; write it like"):
        both(tmp_path, [[1]], [[1]])


def test_too_many_ids_without_names(tmp_path: Path) -> None:
    ids = np.arange(300).reshape(1, -1)
    path = tmp_path / "t" / "a.npz"
    path.parent.mkdir()
    np.savez(path, ids=ids)
    with pytest.raises(ValueError, match="labels without names may have 256 ids, got 299"):
        readings(tmp_path / "t", tmp_path / "g", {tmp_path / "t": [path], tmp_path / "g": []}, "semantic")


def test_ids_without_a_category_are_one_short_sentence(tmp_path: Path) -> None:
    reading = Reading("categories", Taxonomy([Category(n, f"c{n}") for n in range(1, 151)]))
    path = save(tmp_path, "a.png", [[1, 151, 200]])
    with pytest.raises(ImageError) as told:
        read_file(path, reading, "guess")
    assert str(told.value) == (
        f"{path}: ids 151, 200 have no category (each id is a category, of 150; 0 is void); "
        "name them in taxonomy.json, or make them 0"
    )


def test_a_file_that_says_what_it_means_is_believed(tmp_path: Path) -> None:
    from workbench.export import label_png, npz

    tax = Taxonomy([Category(3, "coin")])
    coins = Segmentation.from_panoptic([[1, 2, 0]], {1: 3, 2: 3}, tax)
    for name, data in (("a.png", label_png(coins)), ("b.npz", npz(coins))):
        (tmp_path / name).write_bytes(data)
        found = read_file(tmp_path / name, Reading("regions", Taxonomy([])), "guess")
        assert (found.taxonomy, found.segments) == (tax, coins.segments)
