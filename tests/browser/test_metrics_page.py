"""The metrics page by hand: what is painted scores as the package says, and errors are seen."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from browser.conftest import Watch
from browser.looks import PICTURED, faults
from browser.panel import PATIENCE, Panel
from playwright.sync_api import Page, expect

import workbench as wb
from workbench.metrics import METRICS
from workbench.metrics.metric import measured_under
from workbench.metrics.presets import PRESETS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]
PATH = "/voila/render/metrics.ipynb"
COINS = wb.samples.load("coins")
SIZE = COINS.truth.shape


class Easel(Panel):
    """The metrics page, as a person paints on it."""

    def ids(self, side: str) -> np.ndarray:
        return np.array(self.page.evaluate(f'workbench.ids("{side}")'), np.int32).reshape(SIZE)

    def value(self, metric: str) -> float:
        text = self.page.locator(f'[data-score="{metric}"]').get_attribute("data-value")
        return float(text) if text else math.nan

    def lens(self, name: str) -> None:
        self.pick("lens", name)
        self.rest()

    def tool(self, name: str) -> None:
        button = self.page.locator(f'[data-tool="{name}"]')
        if button.get_attribute("aria-pressed") == "false":
            button.click()

    def stroke(self, view: str, *points: tuple[float, float]) -> None:
        for at, (row, col) in enumerate(points):
            x, y = self.spot(view, row, col, SIZE)
            self.page.mouse.move(x, y, steps=1 if at == 0 else 6)
            if at == 0:
                self.page.mouse.down()
        self.page.mouse.up()
        self.settle()

    def click(self, view: str, row: float, col: float) -> None:
        self.page.mouse.click(*self.spot(view, row, col, SIZE))
        self.settle()

    def settle(self) -> None:
        self.page.wait_for_timeout(150)
        self.rest()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
        self.settle()

    def fresh(self) -> None:
        """Take back all that was painted."""
        undo = self.page.locator('button[aria-label="undo"]')
        while undo.is_enabled():
            undo.click()
        self.settle()

    def preset(self, name: str) -> None:
        self.page.locator(f'[data-preset="{name}"]').click()
        self.settle()


def open_easel(watch: Watch, width: int = 1440, height: int = 900, **more: Any) -> Easel:
    visitor = watch.browser.new_context(viewport={"width": width, "height": height}, **more)
    visitor.set_default_timeout(PATIENCE)
    page = visitor.new_page()
    watch.listen(page)
    easel = Easel(page)
    page.goto(watch.home + PATH)
    page.wait_for_selector('[data-card="guess"][data-state="idle"]')
    expect(page.locator("article .wb-quietly").nth(1)).to_have_text("2 segments")  # Otsu's answer is there
    easel.settle()
    return easel


@pytest.fixture(scope="module")
def easel(watch: Watch) -> Easel:
    """Give one page that the tests of this file share; each begins with what it needs."""
    return open_easel(watch)


def read(ids: np.ndarray, like: wb.Segmentation) -> wb.Segmentation:
    """Put names on ids of the page: a new id is another coin."""
    names = {n: s.category.id for n, s in like.segments.items() if s.category}
    found = {int(n): names.get(int(n), 2) for n in np.unique(ids) if n}
    return wb.Segmentation.from_panoptic(ids, found, like.taxonomy)


def test_a_label_painted_by_mouse_scores_as_the_package_scores_it(easel: Easel) -> None:
    easel.fresh()
    before = easel.value("iou")
    easel.tool("brush")
    easel.stroke("guess", (110, 100), (115, 150), (140, 150))
    guess = wb.Segmentation.from_mask(easel.ids("guess") == 2)
    score = wb.score(COINS.truth, guess, target=COINS.target)
    assert easel.value("iou") == score.iou != before
    assert easel.value("tp") == score.tp
    shown = easel.page.locator(".wb-live-formula .wb-term").all_inner_texts()
    counts = [f"{int(n):,}".replace(",", "\u202f") for n in (score.tp, score.tp, score.fp, score.fn)]
    assert shown == ["TP", "TP", "FP", "FN", *counts]
    expect(easel.page.locator(".wb-formula-value")).to_have_text(f"{score.iou:.3f}")


def test_undo_and_redo_go_stroke_by_stroke(easel: Easel) -> None:
    easel.fresh()
    easel.preset("shift")
    before = easel.ids("guess")
    easel.tool("eraser")
    easel.stroke("guess", (50, 40), (60, 60))
    erased = easel.ids("guess")
    assert (erased == 0).sum() > (before == 0).sum()
    easel.press("z")
    assert (easel.ids("guess") == before).all()
    easel.press("Shift+Z")
    assert (easel.ids("guess") == erased).all()
    easel.press("z", "z")
    assert not (easel.ids("guess") == before).all()


def test_tools_edit_the_truth(easel: Easel) -> None:
    easel.fresh()
    easel.preset("shift")
    truth, page = easel.ids("truth"), easel.page
    count = len(np.unique(truth))
    middle = min(range(2, 26), key=lambda n: np.abs(np.argwhere(truth == n).mean(axis=0) - (150, 200)).max())
    coin = truth == middle
    row, col = (int(places.mean()) for places in np.nonzero(coin))
    easel.tool("cut")
    easel.stroke("truth", (row, col - 60), (row, col + 60))
    assert len(np.unique(easel.ids("truth"))) > count
    easel.tool("merge")
    easel.stroke("truth", (row - 8, col), (row + 8, col))
    assert (easel.ids("truth")[coin] == easel.ids("truth")[row, col]).all()
    easel.tool("grow")
    easel.click("truth", row, col)
    grown = (easel.ids("truth") == easel.ids("truth")[row, col]).sum()
    easel.tool("shrink")
    easel.click("truth", row, col)
    assert coin.sum() - 20 <= (easel.ids("truth") == easel.ids("truth")[row, col]).sum() < grown
    easel.tool("polygon")
    row, col = next(
        (r, c) for r in range(20, 280) for c in range(20, 300) if (truth[r : r + 16, c : c + 40] == 1).all()
    )
    for at in ((row, col), (row, col + 14), (row + 14, col + 14), (row + 14, col)):
        easel.click("truth", *at)
    easel.press("Enter")
    assert easel.ids("truth")[row + 7, col + 7] not in truth
    easel.tool("move")
    easel.stroke("truth", (row + 7, col + 7), (row + 7, col + 27))
    assert easel.ids("truth")[row + 7, col + 32] not in truth
    assert easel.ids("truth")[row + 7, col + 7] == 1
    easel.tool("relabel")
    easel.page.locator('[data-picker="paint"]').select_option("background")
    easel.click("truth", row + 7, col + 27)
    easel.page.locator('[data-picker="paint"]').select_option("coin")
    easel.page.locator('canvas[data-view="truth"]').focus()
    score = wb.score(
        read(easel.ids("truth"), COINS.truth), read(easel.ids("guess"), COINS.truth), target="coin"
    )
    assert easel.value("iou") != score.iou, "the renamed piece is no coin"
    easel.press("z")
    assert easel.value("iou") == score.iou
    assert page.locator(".wb-notice").count() == 0


def test_all_works_by_keys(easel: Easel) -> None:
    easel.fresh()
    easel.preset("shift")
    before = easel.ids("guess")
    easel.tool("eraser")
    easel.page.mouse.move(2, 2)
    easel.page.locator('canvas[data-view="guess"]').focus()
    size = easel.page.locator('[data-param="brush"]').input_value()
    easel.press("]", "]", "[")
    assert int(easel.page.locator('[data-param="brush"]').input_value()) == int(size) + 1
    easel.press("ArrowDown", "Shift+ArrowRight", "Space")
    changed = np.argwhere((easel.ids("guess") != before) & (easel.ids("guess") == 0))
    assert len(changed) > 50
    assert abs(changed.mean(axis=0) - (SIZE[0] // 2 + 1, SIZE[1] // 2 + 10)).max() < 1


@pytest.mark.parametrize("lens", ["object", "panoptic"])
@pytest.mark.parametrize("name", PRESETS)
def test_each_preset_shows_who_noticed(easel: Easel, name: str, lens: str) -> None:
    easel.fresh()
    easel.lens(lens)
    easel.preset(name)
    truth, guess = PRESETS[name].apply(COINS.truth)
    assert (easel.ids("truth") == truth.ids).all()
    assert (easel.ids("guess") == guess.ids).all()
    score = wb.score(truth, guess, lens=lens, target=COINS.target)
    for metric in measured_under(lens, "table"):
        assert easel.value(metric) == pytest.approx(getattr(score, metric), nan_ok=True)
    easel.page.wait_for_function("() => !document.querySelector('.wb-noticing tr.old')")
    listed = easel.page.locator(".wb-noticing [data-score]")
    assert {listed.nth(n).get_attribute("data-score") for n in range(listed.count())} == set(
        measured_under(lens)
    )
    easel.lens("object")


def test_a_metric_that_is_clicked_shows_its_formula_and_pixels(easel: Easel) -> None:
    easel.fresh()
    easel.preset("dilate")
    for name in ("recall", "boundary_iou"):
        easel.page.locator(f'[data-metric="{name}"]').click()
        expect(easel.page.locator(".wb-live-formula h4")).to_have_text(METRICS[name].title)
        easel.settle()
    expect(easel.page.locator(".wb-live-formula .wb-term").first).to_have_text("both bands")
    expect(easel.page.locator(".wb-drawing").last).to_be_visible()
    easel.page.locator('[data-metric="iou"]').click()


def test_a_convention_changes_the_number_of_the_same_pixels(easel: Easel) -> None:
    easel.fresh()
    easel.lens("semantic")
    easel.preset("empty")
    assert easel.value("miou") == 1
    easel.pick("convention", "ade20k")
    easel.settle()
    assert easel.value("miou") == pytest.approx(2 / 3)
    easel.pick("convention", "voc")
    easel.settle()
    assert math.isnan(easel.value("miou"))
    easel.pick("convention", "workbench")
    easel.lens("object")


def test_a_cell_of_the_confusion_matrix_lights_its_pixels(easel: Easel) -> None:
    easel.fresh()
    easel.preset("dilate")
    shot = "document.querySelector('canvas[data-view=\"guess\"]').toDataURL().length"
    before = easel.page.evaluate(shot)
    easel.page.locator('[data-cell="background/coin"]').focus()
    assert easel.page.evaluate(shot) != before
    easel.page.locator('[data-tool="brush"]').focus()
    assert easel.page.evaluate(shot) == before


def test_the_corrected_truth_is_saved_with_its_changes(easel: Easel) -> None:
    easel.fresh()
    easel.tool("brush")
    easel.stroke("truth", (290, 100), (295, 130))
    with (
        easel.page.expect_download() as png,
        easel.page.expect_download(lambda d: "log" in d.suggested_filename) as log,
    ):
        easel.pick("save", "truth/label")
    assert png.value.suggested_filename == "coins-truth.png"
    lines = [json.loads(line) for line in log.value.path().read_text().splitlines()]
    assert lines[-1]["tool"] == "brush"
    assert lines[-1]["pixels"] > 100
    saved = wb.export.read_truth(png.value.path(), SIZE)
    assert (saved.ids == easel.ids("truth")).all()


def test_what_was_painted_outlives_a_reload(easel: Easel) -> None:
    easel.fresh()
    easel.tool("brush")
    easel.stroke("guess", (10, 300), (15, 330))
    painted, iou = easel.ids("guess"), easel.value("iou")
    easel.page.wait_for_timeout(600)
    easel.page.reload()
    easel.page.wait_for_selector('[data-card="guess"][data-state="idle"]')
    easel.settle()
    assert (easel.ids("guess") == painted).all()
    assert easel.value("iou") == iou


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_nothing_is_cut_and_all_can_be_read(watch: Watch, size: tuple[int, int]) -> None:
    page: Page = open_easel(watch, *size).page
    assert faults(page) == {}
    if size[0] > 1000:
        assert page.evaluate(PICTURED) > 0.55
    page.context.close()
