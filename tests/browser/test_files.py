"""Files in and out of the compare page: own images, truths, refused ones, downloads, and whose they are."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from browser.conftest import Open
from browser.panel import Panel, sample
from playwright.sync_api import expect

import workbench as wb
from workbench import export
from workbench.image import WORKING_SIZE

pytestmark = pytest.mark.browser
COINS = sample("coins")
KINDS = ["png", "jpg", "tiff", "webp"]


def encoded(kind: str, size: tuple[int, int] = (120, 160)) -> bytes:
    """Make a picture file: bright discs on a dark ground, another for each kind."""
    image = np.full((*size, 3), 30, np.uint8)
    for n in range(3):
        cv2.circle(image, (30 + 45 * n, 40 + 15 * KINDS.index(kind)), 16, (200 - 20 * n, 180, 160), -1)
    return cv2.imencode(f".{kind}", image)[1].tobytes()


def open_image(panel: Panel, name: str, data: bytes) -> None:
    before = panel.state()["image"]
    panel.give("image", name, data)
    panel.page.wait_for_function("before => workbench.state().image !== before", arg=before)


@pytest.mark.parametrize("kind", KINDS)
def test_an_own_image(panel: Panel, kind: str) -> None:
    data = encoded(kind)
    open_image(panel, f"discs.{kind}", data)
    image = wb.read_image(data, longest=WORKING_SIZE)
    for card in ("otsu", "kmeans"):
        panel.verify(card, image)
    assert panel.state()["truth"] == "none"
    expect(panel.card("otsu").locator(".wb-scores")).to_contain_text("no truth")


def test_a_pasted_image(panel: Panel) -> None:
    data = encoded("png", (90, 110))
    before = panel.state()["image"]
    panel.page.evaluate(
        """bytes => {
            const clipboardData = new DataTransfer();
            clipboardData.items.add(new File([new Uint8Array(bytes)], "pasted.png", { type: "image/png" }));
            const paste = new ClipboardEvent("paste", { clipboardData, bubbles: true });
            document.querySelector(".wb").dispatchEvent(paste);
        }""",
        list(data),
    )
    panel.page.wait_for_function("before => workbench.state().image !== before", arg=before)
    panel.verify("otsu", wb.read_image(data))


def test_a_large_photograph_comes_smaller_and_says_so(panel: Panel) -> None:
    large = cv2.imencode(".png", np.tile(COINS.image, (5, 5, 1)))[1].tobytes()
    open_image(panel, "large.png", large)
    image = wb.read_image(large, longest=WORKING_SIZE)
    assert max(image.shape) == WORKING_SIZE
    panel.verify("otsu", image)
    share = f"{100 * image.shape[0] / (5 * COINS.image.shape[0]):.0f}"
    expect(panel.page.locator(".wb-grid > *").first).to_contain_text(share)


@pytest.mark.parametrize("suffix", ["png", "npz"])
def test_a_truth_of_ones_own(panel: Panel, suffix: str) -> None:
    panel.pick("image", "coins")
    panel.rest()
    moved = np.roll(COINS.truth.semantic().ids, 6, axis=1)
    own = wb.Segmentation.from_semantic(moved, COINS.truth.taxonomy)
    data = export.label_png(own) if suffix == "png" else export.npz(own)
    before = panel.state()["truth"]
    panel.give("truth", f"mine.{suffix}", data)
    panel.page.wait_for_function("before => workbench.state().truth !== before", arg=before)
    panel.rest()
    assert panel.state()["truth"].startswith("file:")
    truth = export.read_truth(data, COINS.image.shape[:2], COINS.truth.taxonomy, f"mine.{suffix}")
    panel.verify("otsu", COINS.image, truth, COINS.target)


REFUSED = {
    "cut.png": (encoded("png")[:200], "image"),
    "words.jpg": (b"this is no picture", "image"),
    "nothing.png": (b"", "image"),
    "page.tiff": (b"<html></html>", "image"),
    "small.png": (encoded("png", (60, 60)), "truth"),
    "words.npz": (b"no archive", "truth"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_file_is_told_in_one_sentence(panel: Panel, name: str) -> None:
    data, role = REFUSED[name]
    panel.pick("image", "coins")
    panel.rest()
    state, shown = panel.state(), panel.card("otsu").get_attribute("data-recipe")
    panel.give(role, name, data)
    said = panel.notice()
    assert name in said
    assert "\n" not in said
    assert "Traceback" not in said
    assert 20 < len(said) < 240
    assert panel.state() == state
    assert panel.card("otsu").get_attribute("data-recipe") == shown
    panel.page.locator(".wb-notice").get_by_role("button", name="close").click()


def test_a_file_that_is_too_large_never_leaves_the_page(panel: Panel, tmp_path: Path) -> None:
    huge = tmp_path / "huge.png"
    with huge.open("wb") as stream:
        stream.truncate(51 * 2**20)
    panel.page.locator('.wb-bar input[type="file"]').first.set_input_files(huge)
    said = panel.notice()
    assert "huge.png" in said
    assert "50 MB" in said
    panel.page.locator(".wb-notice").get_by_role("button", name="close").click()


def test_what_is_saved_is_what_is_shown(panel: Panel) -> None:
    panel.pick("image", "coins")
    panel.rest()
    result = panel.verify("otsu", COINS.image)
    guess = export.pasted(result.output)
    wanted = {
        "ids as PNG": ("coins-otsu.png", export.label_png(guess)),
        "coloured preview": ("coins-otsu-preview.png", export.preview_png(guess, COINS.image)),
        "NumPy archive": ("coins-otsu.npz", None),
    }
    panel.card("otsu").locator('[data-open="save"] summary').click()
    for label, (name, data) in wanted.items():
        with panel.page.expect_download() as saving:
            panel.card("otsu").get_by_role("button", name=label).click()
        assert saving.value.suggested_filename == name
        got = Path(saving.value.path()).read_bytes()
        if data is not None:
            assert got == data
        else:
            assert export.read_truth(got, guess.shape, name=name).sha256 == guess.sha256
    panel.card("otsu").locator('[data-open="save"] summary').click()


def test_scores_and_settings_are_saved(panel: Panel) -> None:
    panel.pick("image", "coins")
    panel.pick("truth", "bundled")
    panel.rest()
    saves = panel.page.get_by_label("download")
    with panel.page.expect_download() as saving:
        saves.select_option("scores")
    rows = list(csv.DictReader(io.StringIO(Path(saving.value.path()).read_text())))
    whole = {(row["method"], row["measure"]): row["value"] for row in rows if not row["category"]}
    for card in ("otsu", "watershed", "kmeans"):
        assert float(whole[card, "iou"]) == panel.number(card, "iou")
    with panel.page.expect_download() as saving:
        saves.select_option("state")
    saved = json.loads(Path(saving.value.path()).read_text())
    assert {key: panel.state()[key] for key in saved} == saved


def test_two_visitors_do_not_see_each_others_images(open_panel: Open) -> None:
    one, two = open_panel(), open_panel()
    one.give("image", "private.png", encoded("webp"))
    one.page.wait_for_function("workbench.state().image.startsWith('file:')")
    one.rest()
    key = one.state()["image"]
    offered = two.page.locator('[data-picker="image"] option').evaluate_all(
        "all => all.map((one) => one.value)"
    )
    assert key not in offered
    assert two.state()["image"] == "coins"
    two.page.evaluate(
        """key => {
            const picker = document.querySelector('[data-picker="image"]');
            picker.append(new Option("theirs", key));
            picker.value = key;
            picker.dispatchEvent(new Event("change"));
        }""",
        key,
    )
    assert "gone with its kernel" in two.notice()
    assert two.painted("otsu") == wb.run("otsu", COINS.image).sha256
