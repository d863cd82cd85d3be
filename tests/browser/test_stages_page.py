"""Stages and prompts in a real browser: opened, played, closed; scribbled, drawn, chosen."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from browser.conftest import COMPARE, Open
from browser.panel import Panel, sample
from playwright.sync_api import Locator, expect

import workbench as wb

pytestmark = pytest.mark.browser
COINS = sample("coins")
SIZE = COINS.image.shape[:2]

# What a canvas shows where it shows an image position, fitted.
PIXEL = """([view, x, y]) => {
    const canvas = document.querySelector(`canvas[data-view="${view}"]`);
    const box = canvas.getBoundingClientRect();
    const brush = new OffscreenCanvas(1, 1).getContext("2d");
    const [right, down] = [x - box.x, y - box.y].map((length) => Math.floor(length * devicePixelRatio));
    brush.drawImage(canvas, -right, -down);
    return [...brush.getImageData(0, 0, 1, 1).data];
}"""


@pytest.fixture
def coins(panel: Panel) -> Iterator[Panel]:
    """Give the shared page with its cards as they began; afterwards all folds are closed."""
    yield panel
    panel.page.keyboard.press("Escape")
    for fold in panel.page.locator('[data-open="stages"][open] summary').all():
        fold.click()
    for card in panel.state()["cards"]:
        if card["id"] not in ("otsu", "watershed", "kmeans"):
            panel.remove(card["id"])
    panel.page.get_by_role("button", name="reset view").click()
    panel.rest()


def unfold(panel: Panel, card: str) -> Locator:
    panel.card(card).locator('[data-open="stages"] summary').click()
    stages = panel.card(card).locator(".wb-stage")
    expect(stages.first).to_be_visible()
    return stages


def stage(panel: Panel, card: str, name: str) -> Locator:
    return panel.card(card).locator(f'[data-stage="{name}"]')


def pixel(panel: Panel, view: str, row: float, col: float) -> list[int]:
    panel.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return panel.page.evaluate(PIXEL, [view, *panel.spot(view, row, col, SIZE)])


@cache
def shown_by(method: str, name: str, **values: object) -> np.ndarray:
    return next(s for s in wb.run(method, COINS.image, **values).stages if s.name == name).array


def expected(method: str, name: str, row: int, col: int, **values: object) -> float:
    """Say which grey a stage has at a pixel, from darkest 0 to brightest 255."""
    shown = shown_by(method, name, **values)
    array = np.asarray(shown, float)
    if shown.dtype == np.uint8:
        return array[row, col]
    return (array[row, col] - array.min()) / np.ptp(array) * 255


def drag(panel: Panel, view: str, corners: list[tuple[float, float]]) -> None:
    """Press at the first image position, move through the others, let go."""
    mouse = panel.page.mouse
    panel.page.locator(f'canvas[data-view="{view}"]').scroll_into_view_if_needed()
    mouse.move(*panel.spot(view, *corners[0], SIZE))
    mouse.down()
    for corner in corners[1:]:
        mouse.move(*panel.spot(view, *corner, SIZE), steps=6)
    mouse.up()


@pytest.mark.parametrize("card", ["otsu", "kmeans", "canny-fill"])
def test_the_strip_names_every_stage(coins: Panel, card: str) -> None:
    if card == "canny-fill":
        coins.pick("method", card)
        coins.rest()
    stages = unfold(coins, card)
    run = wb.run(card, COINS.image, **coins.values(card)).stages
    names = list(dict.fromkeys(item.film or item.name for item in run))
    assert [s.get_attribute("data-stage") for s in stages.all()] == names
    for shown, name in zip(stages.all(), names, strict=True):
        frames = [item for item in run if name in (item.film, item.name)]
        words = shown.get_attribute("aria-label") or ""
        assert words.startswith(f"{name}, {frames[-1].caption}")
        assert words.endswith(f"film, {len(frames)} frames") == (len(frames) > 1)
    assert coins.page.evaluate("document.querySelectorAll('.wb-thumb canvas, .wb-thumb svg').length") >= len(
        names
    )


def test_a_stage_is_shown_on_the_canvas_and_given_back(coins: Panel) -> None:
    page = coins.page
    coins.pick("method", "canny-fill")
    coins.rest()
    unfold(coins, "canny-fill")
    score, before = coins.number("canny-fill", "iou"), pixel(coins, "canny-fill", 45, 45)
    button, shown = (
        stage(coins, "canny-fill", "gradient magnitude"),
        coins.card("canny-fill").locator(".wb-shown"),
    )
    button.click()
    expect(shown).to_be_visible()
    expect(shown).to_contain_text("stage: gradient magnitude")
    expect(shown).to_contain_text("where brightness changes fast")
    expect(button).to_have_attribute("aria-pressed", "true")
    coins.page.locator('canvas[data-view="canny-fill"]').scroll_into_view_if_needed()
    places = [(row, col) for row in range(20, 300, 40) for col in range(20, 380, 40)]
    seen = [pixel(coins, "canny-fill", *place) for place in places]
    assert all(red == green == blue for red, green, blue, _ in seen)
    # Not equal: at this zoom the browser smooths pixels on their way to the screen.
    greys = [expected("canny-fill", "gradient magnitude", *place) for place in places]
    assert np.corrcoef([one[0] for one in seen], greys)[0, 1] > 0.9
    assert coins.number("canny-fill", "iou") == score
    # The way back: the button on the canvas, the small picture once more, Esc.
    shown.get_by_role("button", name="back to the mask").click()
    expect(shown).to_be_hidden()
    assert button.evaluate("one => one === document.activeElement")
    assert pixel(coins, "canny-fill", 45, 45) == before
    button.press("Enter")
    expect(shown).to_be_visible()
    button.press("Enter")
    expect(shown).to_be_hidden()
    button.click()
    expect(shown).to_be_visible()
    page.keyboard.press("Escape")
    expect(shown).to_be_hidden()
    expect(button).to_have_attribute("aria-pressed", "false")
    assert pixel(coins, "canny-fill", 45, 45) == before


def test_zoom_and_cursor_are_linked_and_the_kernel_is_not_asked(coins: Panel) -> None:
    page = coins.page
    unfold(coins, "otsu")
    name = "smoothed"
    stage(coins, "otsu", name).click()
    expect(coins.card("otsu").locator(".wb-shown")).to_be_visible()
    canvas = page.locator('canvas[data-view="otsu"]')
    canvas.scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    sent = coins.sent
    row, col = 120, 200
    page.mouse.move(*coins.spot("otsu", row, col, SIZE))
    for _ in range(14):
        page.mouse.wheel(0, -240)
    page.wait_for_timeout(100)
    # Far in, pixels are seen as pixels: the one under the cursor is the stage's own grey, and has its value.
    middle = coins.page.evaluate(PIXEL, ["otsu", *coins.spot("otsu", row, col, SIZE)])
    chip = coins.card("otsu").locator(".wb-chip").inner_text()
    value = next(
        s for s in wb.run("otsu", COINS.image, **coins.values("otsu")).stages if s.name == name
    ).array
    assert float(chip) == pytest.approx(float(value[row, col]), abs=1.5)
    assert middle[0] == pytest.approx(expected("otsu", name, row, col, **coins.values("otsu")), abs=2)
    truth = coins.page.evaluate(PIXEL, ["truth", *coins.spot("truth", row, col, SIZE)])
    page.keyboard.press("Escape")
    page.keyboard.press("0")
    assert truth != coins.page.evaluate(PIXEL, ["truth", *coins.spot("truth", row + 40, col + 40, SIZE)])
    assert coins.sent == sent


def test_a_stage_follows_the_slider(coins: Panel) -> None:
    unfold(coins, "otsu")
    stage(coins, "otsu", "smoothed").click()
    expect(coins.card("otsu").locator(".wb-shown")).to_be_visible()
    coins.page.locator('canvas[data-view="otsu"]').scroll_into_view_if_needed()
    before = [pixel(coins, "otsu", 60, col) for col in range(40, 340, 20)]
    coins.control("otsu", "sigma").press("End")
    coins.rest()
    caption = coins.card("otsu").locator(".wb-shown span")
    expect(caption).to_contain_text("sigma 10")
    expect(coins.card("otsu").locator(".wb-shown.old")).to_have_count(0)
    after = [pixel(coins, "otsu", 60, col) for col in range(40, 340, 20)]
    assert before != after
    row = [expected("otsu", "smoothed", 60, col, sigma=10.0) for col in range(40, 340, 20)]
    assert np.abs(np.subtract([p[0] for p in after], row)).max() <= 6
    coins.control("otsu", "sigma").press("Home")
    coins.rest()


def test_a_film_is_played(coins: Panel) -> None:
    page = coins.page
    coins.pick("method", "region-growing")
    coins.rest()
    unfold(coins, "region-growing")
    film = coins.card("region-growing").locator('.wb-stage[aria-label*="film"]').first
    count = int((film.get_attribute("aria-label") or "").split()[-2])
    film.click()
    bar = coins.card("region-growing").get_by_role("group", name="film")
    expect(bar).to_be_visible()
    slider, caption = bar.get_by_role("slider", name="frame"), bar.locator("output")
    expect(bar.get_by_role("button", name="pause")).to_be_visible()  # it plays by itself
    expect(caption).to_contain_text(f"{count}/{count}", timeout=count * 1500)
    expect(bar.get_by_role("button", name="play")).to_be_visible()
    slider.press("Home")
    expect(caption).to_contain_text(f"1/{count}")
    bar.get_by_role("button", name="next frame").click()
    expect(caption).to_contain_text(f"2/{count}")
    bar.get_by_role("button", name="previous frame").click()
    expect(caption).to_contain_text(f"1/{count}")
    first = page.evaluate("document.querySelector('canvas[data-view=\"region-growing\"]').toDataURL()")
    slider.press("End")
    last = page.evaluate("document.querySelector('canvas[data-view=\"region-growing\"]').toDataURL()")
    assert first != last
    bar.get_by_role("button", name="play").click()
    bar.get_by_role("button", name="pause").click()
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()


def test_reduced_motion_plays_nothing_by_itself(open_panel: Open) -> None:
    panel = open_panel(COMPARE, reduced_motion="reduce")
    panel.pick("method", "region-growing")
    panel.rest()
    unfold(panel, "region-growing")
    panel.card("region-growing").locator('.wb-stage[aria-label*="film"]').first.click()
    bar = panel.card("region-growing").get_by_role("group", name="film")
    expect(bar.get_by_role("button", name="play")).to_be_visible()
    panel.page.wait_for_timeout(1000)
    expect(bar.locator("output")).to_contain_text("1/")


def test_a_film_of_charts_opens_in_a_dialog(coins: Panel) -> None:
    unfold(coins, "kmeans")
    stage(coins, "kmeans", "centres").click()
    dialog = coins.page.get_by_role("dialog")
    expect(dialog.get_by_role("group", name="film")).to_be_visible()
    expect(dialog.get_by_role("img")).to_be_visible()
    coins.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    stage(coins, "kmeans", "iterations").click()
    sheet = dialog.locator("svg rect[fill=transparent]")
    box = sheet.bounding_box()
    assert box is not None
    coins.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(dialog.locator(".wb-x-label")).to_contain_text(":")
    coins.page.keyboard.press("Escape")


def test_folding_gives_the_mask_back(coins: Panel) -> None:
    unfold(coins, "otsu")
    stage(coins, "otsu", "smoothed").click()
    shown = coins.card("otsu").locator(".wb-shown")
    expect(shown).to_be_visible()
    coins.card("otsu").locator('[data-open="stages"] summary').click()
    expect(shown).to_be_hidden()


def test_a_scribble_is_drawn_and_told_by_a_button_that_says_so(coins: Panel) -> None:
    coins.pick("method", "region-growing")
    automatic = coins.verify("region-growing", COINS.image).sha256
    coins.card("region-growing").get_by_role("button", name="place seeds: Seeds").click()
    way = [(46.0, 46.0), (80.0, 92.0), (60.0, 150.0)]
    drag(coins, "region-growing", way)
    expect(coins.card("region-growing")).to_contain_text("1 seed")
    (seed,) = coins.values("region-growing")["seeds"]
    *numbers, kind = seed
    corners = np.array(numbers).reshape(-1, 2)
    assert kind == "object"
    assert 3 <= len(corners) <= 40
    assert np.abs(corners[[0, -1]] - np.array(way)[[0, -1]]).max() <= 2
    assert coins.verify("region-growing", COINS.image).sha256 != automatic
    coins.page.mouse.click(*coins.spot("region-growing", 250, 200, SIZE), button="right")
    expect(coins.card("region-growing")).to_contain_text("2 seeds")
    assert coins.values("region-growing")["seeds"][1][-1] == "background"
    coins.verify("region-growing", COINS.image)
    coins.card("region-growing").get_by_role("button", name="clear").click()
    assert coins.verify("region-growing", COINS.image).sha256 == automatic
    coins.page.keyboard.press("Escape")


def test_a_seed_is_placed_by_keys(coins: Panel) -> None:
    coins.pick("method", "region-growing")
    coins.rest()
    button = coins.card("region-growing").get_by_role("button", name="place seeds: Seeds")
    coins.page.mouse.move(0, 0)
    button.press("Enter")
    assert coins.page.evaluate("document.activeElement.dataset.view") == "region-growing"
    for key in ("ArrowUp", "Shift+ArrowLeft", "Shift+ArrowLeft", "Enter"):
        coins.page.keyboard.press(key)
    assert coins.values("region-growing")["seeds"] == [[SIZE[0] // 2 - 1, SIZE[1] // 2 - 20, "object"]]
    coins.verify("region-growing", COINS.image)
    coins.page.keyboard.press("Escape")


def test_a_curve_is_drawn_around(coins: Panel) -> None:
    coins.pick("method", "snake")
    automatic = coins.verify("snake", COINS.image).sha256
    coins.control("snake", "curve").click()
    angles = np.linspace(0, 2 * np.pi, 25)
    drag(coins, "snake", [(46 + 30 * np.sin(a), 46 + 34 * np.cos(a)) for a in angles])
    coins.rest()
    curve = np.array(coins.values("snake")["curve"])
    assert 8 <= len(curve) <= 60
    away = np.hypot((curve[:, 0] - 46) / 30, (curve[:, 1] - 46) / 34)
    assert np.abs(away - 1).max() < 0.12
    assert coins.verify("snake", COINS.image).sha256 != automatic
    expect(coins.control("snake", "curve")).to_have_attribute("aria-pressed", "false")
    coins.card("snake").get_by_role("button", name="clear").click()
    assert coins.values("snake")["curve"] == []


def test_a_box_may_reach_the_border(coins: Panel) -> None:
    coins.pick("method", "grabcut")
    coins.rest()
    coins.control("grabcut", "box").click()
    drag(coins, "grabcut", [(200, 260), (280, 360), (340, 430)])
    coins.rest()
    top, left, bottom, right = coins.values("grabcut")["box"]
    assert np.abs(np.subtract([top, left], [200, 260])).max() <= 2
    assert (bottom, right) == (SIZE[0] - 1, SIZE[1] - 1)
    expect(coins.card("grabcut")).to_have_attribute("data-state", "idle")
    coins.verify("grabcut", COINS.image)


def test_a_method_that_begins_with_another(coins: Panel) -> None:
    coins.pick("method", "rag-merge")
    coins.rest()
    card, start = coins.card("rag-merge"), coins.control("rag-merge", "start")
    first = coins.verify("rag-merge", COINS.image).sha256
    offered = [one.get_attribute("value") for one in start.locator("option").all()]
    accepted = wb.METHODS["rag-merge"].params["start"].accepts
    fits = [name for name, method in wb.METHODS.items() if method.yields in accepted]
    assert {name for name in offered if not name.startswith("as:")} == set(fits)
    assert "as:kmeans" in offered
    assert "as:rag-merge" not in offered
    start.select_option("slic")
    second = coins.verify("rag-merge", COINS.image).sha256
    assert coins.values("rag-merge")["start"] == {"method": "slic", "values": {}}
    assert second != first
    inner = card.locator(".wb-inner")
    expect(inner.locator("summary")).to_contain_text("SLIC")
    inner.locator("summary").click()
    coins.control("rag-merge", "start.segments").press("Home")
    assert coins.verify("rag-merge", COINS.image).sha256 != second
    assert set(coins.values("rag-merge")["start"]["values"]) == {"segments"}
    coins.control("kmeans", "k").press("End")
    coins.rest()
    start.select_option("as:kmeans")
    coins.rest()
    chosen = coins.values("rag-merge")["start"]
    assert chosen == {"method": "kmeans", "values": coins.values("kmeans")}
    assert start.input_value() == "kmeans"
    coins.control("kmeans", "k").press("Home")
    coins.verify("rag-merge", COINS.image)


def test_pictures_of_it(open_panel: Open, tmp_path: Path) -> None:
    """Nothing runs over the edge, and every stage is a button with a name, at the widths people have."""
    for width, scheme in ((1440, "light"), (390, "dark")):
        panel = open_panel(COMPARE, width=width, color_scheme=scheme)
        unfold(panel, "kmeans")
        unfold(panel, "otsu")
        stage(panel, "otsu", "smoothed").click()
        expect(panel.card("otsu").locator(".wb-shown")).to_be_visible()
        panel.page.screenshot(path=tmp_path / f"stages-{width}-{scheme}.png", full_page=True)
        assert panel.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        tag, frame = (panel.card("otsu").locator(one).bounding_box() for one in (".wb-shown", ".wb-frame"))
        assert tag is not None
        assert frame is not None
        assert tag["x"] >= frame["x"]
        assert tag["x"] + tag["width"] <= frame["x"] + frame["width"]
