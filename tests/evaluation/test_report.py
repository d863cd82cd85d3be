import base64
import csv
import io
import json
import math
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from workbench.evaluation.bootstrap import interval
from workbench.evaluation.folders import Asked, Evaluation, evaluate
from workbench.evaluation.report import summary, write
from workbench.export import npz
from workbench.segmentation import Segmentation
from workbench.taxonomy import Category, Taxonomy

COMMAND = "workbench evaluate g t -o report"


@pytest.fixture
def found(tmp_path: Path) -> Evaluation:
    """Give five scored images, one without anything in it, and one that is broken."""
    for k in range(5):
        mask = np.zeros((20, 30), np.uint8)
        mask[5:15, 4:14] = 255 * (k < 4)
        for side, ids in (("t", mask), ("<g>", np.roll(mask, k, 1))):
            (tmp_path / side).mkdir(exist_ok=True)
            Image.fromarray(ids).save(tmp_path / side / f"{k}<b>.png")
    Image.fromarray(mask[:3]).save(tmp_path / "t" / "lonely.png")
    return evaluate(tmp_path / "<g>", tmp_path / "t")


class Page(HTMLParser):
    """Collect the tags of a page, and check that they close in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words = ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += "" if "style" in self.open else data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_csv_is_tidy_and_exact(found: Evaluation, tmp_path: Path) -> None:
    path = write(found, tmp_path / "report", COMMAND)[0]
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["image", "lens", "category", "metric", "value"]
    assert len(rows) == len(found.rows)
    for row, own in zip(rows, found.rows, strict=True):
        value = float(row["value"] or "nan")
        assert value == own["value"] or math.isnan(value) == math.isnan(own["value"]) is True
    assert {row["value"] for row in rows if row["image"] == "4<b>" and row["metric"] == "iou"} == {"", "1.0"}


def test_summary_names_every_choice(found: Evaluation, tmp_path: Path) -> None:
    path = write(found, tmp_path / "report", COMMAND)[1]
    said = json.loads(path.read_text(encoding="utf-8"))
    assert said["command"] == COMMAND
    assert said["versions"]["numpy"] == np.__version__
    assert (said["lens"], said["convention"], said["aggregate"]) == ("object", "workbench", "dataset")
    assert (said["images"], said["images_broken"]) == (5, 1)
    assert said["broken"] == [{"image": "lonely", "why": "there is no guess of this name"}]
    assert set(said["aggregates"]) == {"dataset", "image"}
    iou = said["scores"]["all"]["iou"]
    values = [(10 - k) / (10 + k) for k in range(4)]
    assert iou["dataset"] == sum(10 - k for k in range(4)) / sum(10 + k for k in range(4))
    assert iou["image"] == pytest.approx(np.mean(values), abs=1e-15)
    assert iou["image_interval"] == pytest.approx(interval(values))
    assert iou["undefined"] == 1
    assert said["against"] is None


def test_infinity_is_written_as_a_word(found: Evaluation, tmp_path: Path) -> None:
    Image.fromarray(np.zeros((20, 30), np.uint8)).save(found.guesses / "1<b>.png")
    far = evaluate(found.guesses, found.truths, Asked(boundaries=True))
    said = summary(far, COMMAND)
    json.dumps(said, allow_nan=False)
    assert said["scores"]["all"]["hd95"]["image"] == "infinite"
    assert "∞" in Page(write(far, tmp_path / "report", COMMAND)[2].read_text("utf-8")).words


def test_page_is_whole_self_contained_and_escaped(found: Evaluation, tmp_path: Path) -> None:
    text = write(found, tmp_path / "report", COMMAND)[2].read_text(encoding="utf-8")
    page = Page(text)
    assert not re.search(r"(src|href)=\"(?!data:)", text)
    assert "<script" not in text
    assert "<b>.png" not in text
    assert "<g>" not in text
    assert "prefers-color-scheme: dark" in text
    for word in ("object lens", "convention “workbench”", "of the dataset", "mean over images", COMMAND):
        assert word in page.words, word
    assert "there is no guess of this name" in page.words
    pictures = page.all("img")
    assert len(pictures) == 6
    assert [it["alt"].split(":")[0] for it in pictures] == [
        f"{side} of {name}, the {word}"
        for word, name in (("best", "0<b>"), ("median", "2<b>"), ("worst", "3<b>"))
        for side in ("truth", "guess")
    ]
    data = base64.b64decode(pictures[0]["src"].removeprefix("data:image/png;base64,"))
    assert Image.open(io.BytesIO(data)).size == (30, 20)
    drawn = page.all("svg")[0]
    assert drawn["role"] == "img"
    assert drawn["aria-label"].startswith("IoU of 4 images: from 0.538 to 1, mean ")


def test_comparison_is_in_summary_and_page(found: Evaluation, tmp_path: Path) -> None:
    perfect = evaluate(found.truths, found.truths)
    files = write(perfect, tmp_path / "report", COMMAND, (found, perfect.against(found)))
    said = json.loads(files[1].read_text(encoding="utf-8"))["against"]
    assert said["guesses"] == str(found.guesses)
    assert said["how"].startswith("paired percentile bootstrap")
    # The first image is right for both, so a resample of it alone is a tie.
    assert 0.99 < said["metrics"]["iou"]["better"] <= 1
    assert said["metrics"]["iou"]["images"] == 4
    assert "better than" in Page(files[2].read_text(encoding="utf-8")).words


def test_regions_have_no_categories_and_a_report_all_the_same(found: Evaluation, tmp_path: Path) -> None:
    regions = evaluate(found.guesses, found.truths, Asked(lens="regions"))
    page = Page(write(regions, tmp_path / "report", COMMAND)[2].read_text(encoding="utf-8"))
    assert "By category" not in page.words
    assert "ARI" in page.words


def test_images_that_define_nothing(tmp_path: Path) -> None:
    for side in ("t", "g"):
        (tmp_path / side).mkdir()
        Image.fromarray(np.zeros((4, 5), np.uint8)).save(tmp_path / side / "a.png")
    page = Page(
        write(evaluate(tmp_path / "g", tmp_path / "t"), tmp_path / "r", COMMAND)[2].read_text("utf-8")
    )
    assert "No image has a value to show." in page.words
    assert "No image defines the number." in page.words


def test_a_report_is_a_folder_beside_others(found: Evaluation, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ValueError, match="file: is a file, and a report is a folder"):
        write(found, tmp_path / "file", COMMAND)
    with pytest.raises(ValueError, match=r"there is no folder .*nowhere; make it first"):
        write(found, tmp_path / "nowhere" / "report", COMMAND)
    write(found, tmp_path / "report", COMMAND)
    write(found, tmp_path / "report", COMMAND)


def test_truths_of_several_taxonomies_cannot_be_summed_and_nothing_is_written(tmp_path: Path) -> None:
    for k, name in enumerate(("coin", "cell")):
        one = Segmentation.from_semantic([[1, 1]], Taxonomy([Category(1, name)]))
        for side in ("t", "g"):
            (tmp_path / side).mkdir(exist_ok=True)
            (tmp_path / side / f"{k}.npz").write_bytes(npz(one))
    several = evaluate(tmp_path / "g", tmp_path / "t", Asked(lens="semantic"))
    assert len(several.scores) == 2
    with pytest.raises(ValueError, match="must be of one taxonomy; give every truth the same categories"):
        write(several, tmp_path / "report", COMMAND)
    assert not (tmp_path / "report").exists()
