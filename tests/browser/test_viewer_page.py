"""The page without Jupyter: a kernel in JavaScript answers it, so that what is tested is the page alone."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

sys.path.insert(0, str(Path(__file__).parent))
from page import CATEGORIES, compare_page, disc, picture, viewer_page

from workbench.segmentation import Segmentation
from workbench.widgets.pack import pack
from workbench.widgets.viewer import Viewer

NARROW = {"width": 1440, "height": 900}
# How many screen pixels of a canvas are white: the lines of fields and graphs, since the picture has none.
WHITE = """view => {
    const canvas = document.querySelector(`canvas[data-view="${view}"]`);
    const brush = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d");
    brush.drawImage(canvas, 0, 0);
    const { data } = brush.getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let at = 0; at < data.length; at += 4) count += data[at] > 250 && data[at + 3] > 250;
    return count;
}"""
Open = Callable[..., Page]


@pytest.fixture
def open_page(chromium: Browser, tmp_path: Path) -> Iterator[Open]:
    """Open the page on the test picture; fails on any script error and any request to elsewhere."""
    faults: list[str] = []
    context = chromium.new_context(viewport=NARROW)

    def make(*, size: int = 64, hash: str = "", query: str = "", viewport: dict[str, int] = NARROW) -> Page:
        second = picture("blank", "Blank", np.full((48, 64), 30, np.uint8), None, CATEGORIES, ["shape"])
        path = tmp_path / "page.html"
        path.write_text(compare_page([disc(size), second]), encoding="utf-8")
        page = context.new_page()
        page.set_viewport_size(viewport)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "console", lambda line: faults.append(line.text) if line.type in ("error", "warning") else None
        )
        page.on(
            "request",
            lambda asked: None if asked.url.startswith(("file:", "blob:")) else faults.append(asked.url),
        )
        page.goto(f"{path.as_uri()}{query}{hash}")
        for card in ("level", "bands", "seeds"):
            idle(page, card)
        return page

    yield make
    context.close()
    assert faults == []


def idle(page: Page, card: str) -> None:
    expect(page.locator(f'[data-card="{card}"]')).to_have_attribute("data-state", "idle")


def press(page: Page, selector: str, key: str, times: int = 1) -> None:
    for _ in range(times):
        page.locator(selector).press(key)


def messages(page: Page, kind: str = "state") -> list[dict]:
    return page.evaluate("kind => kernel.heard.filter((one) => one.type === kind)", kind)


def pixel(page: Page, view: str, row: float, col: float) -> list[int]:
    """Read a canvas where it shows this image position."""
    return page.evaluate(
        """([view, row, col]) => {
            const canvas = document.querySelector(`canvas[data-view="${view}"]`);
            const size = kernel.size, ratio = devicePixelRatio;
            const scale = Math.min(canvas.clientWidth / size[1], canvas.clientHeight / size[0]);
            const x = canvas.clientWidth / 2 + (col + 0.5 - size[1] / 2) * scale;
            const y = canvas.clientHeight / 2 + (row + 0.5 - size[0] / 2) * scale;
            const brush = new OffscreenCanvas(1, 1).getContext("2d");
            brush.drawImage(canvas, -Math.floor(x * ratio), -Math.floor(y * ratio));
            return [...brush.getImageData(0, 0, 1, 1).data];
        }""",
        [view, row, col],
    )


def spot(page: Page, view: str, row: float, col: float) -> tuple[float, float]:
    """Give the screen position of an image pixel on a canvas that fits."""
    box = page.locator(f'canvas[data-view="{view}"]').bounding_box()
    rows, cols = page.evaluate("kernel.size")
    scale = min(box["width"] / cols, box["height"] / rows)
    x = box["x"] + box["width"] / 2 + (col + 0.5 - cols / 2) * scale
    return x, box["y"] + box["height"] / 2 + (row + 0.5 - rows / 2) * scale


def settle(page: Page) -> None:
    """Let two frames pass: what a view change asked for is painted."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def mode(page: Page, name: str) -> None:
    page.locator(f'[data-mode="{name}"]').click()
    settle(page)


def test_the_page_carries_what_others_look_for(open_page: Open) -> None:
    page = open_page()
    card = page.locator('[data-card="level"]')
    assert card.get_attribute("data-recipe").startswith("level/")
    score = card.locator('[data-score="iou"]')
    assert score.inner_text() == f"{float(score.get_attribute('data-value')):.3f}"
    assert page.locator('[data-picker="image"]').input_value() == "disc"
    assert page.locator("canvas[data-view]").count() == 4
    state = page.evaluate("workbench.state()")
    assert (state["image"], state["lens"], len(state["cards"])) == ("disc", "object", 3)


def test_the_ids_painted_are_the_ids_sent(open_page: Open) -> None:
    page = open_page()
    page.wait_for_function("workbench.paints.length === 3 && workbench.paints.every((one) => one.sha256)")
    page.locator('[data-card="level"] [data-param="level"]').press("ArrowRight")
    page.wait_for_function("workbench.paints.length === 4 && workbench.paints[3].sha256")
    paint = page.evaluate("workbench.paints[3]")
    image = np.full((64, 64), 16)
    rows, cols = np.mgrid[:64, :64]
    image[(rows >= 40) & (rows < 56) & (cols >= 36) & (cols < 60)] = 120
    image[(rows - 20) ** 2 + (cols - 20) ** 2 <= 144] = 200
    ids = (1 + (image > 101)).astype("<i4")
    assert paint["sha256"] == hashlib.sha256(ids.tobytes()).hexdigest()
    assert paint["method"] == "level"
    assert paint["input"] <= paint["arrival"] <= paint["paint"]


def test_keys_change_a_slider_by_one_and_by_ten(open_page: Open) -> None:
    page = open_page()
    slider = '[data-card="level"] [data-param="level"]'
    for key, value in [
        ("ArrowRight", 101),
        ("Shift+ArrowRight", 111),
        ("ArrowDown", 110),
        ("Home", 0),
        ("End", 255),
    ]:
        press(page, slider, key)
        idle(page, "level")
        assert page.evaluate("workbench.state().cards[0].values.level") == value
    page.locator('[data-card="level"] label', has_text="Level").dblclick()
    assert page.evaluate("workbench.state().cards[0].values.level") == 100


def test_mask_and_score_follow_the_slider(open_page: Open) -> None:
    page = open_page()
    before = pixel(page, "level", 48, 48)
    press(page, '[data-card="level"] [data-param="level"]', "Shift+ArrowRight", 3)
    idle(page, "level")
    settle(page)
    assert pixel(page, "level", 48, 48) != before
    assert pixel(page, "level", 48, 48)[:3] == [120, 120, 120]
    score = page.locator('[data-card="level"] [data-score="iou"]')
    assert 0.5 < float(score.get_attribute("data-value")) < 1
    assert page.locator('[data-card="level"] .wb-score small').first.inner_text().startswith("−")


def answer(page: Page, **changes: object) -> None:
    """Let the kernel send the first card a one-pixel mask and these fields."""
    info, data = pack(np.array([[3]]))
    message = {
        "type": "result",
        "card": "level",
        "seq": 99,
        "method": "level",
        "values": {},
        "recipe": "r",
        "pack": info,
    }
    message |= {
        "size": [1, 1],
        "categories": [],
        "segments": [[3, 0, None]],
        "lens": "object",
        "headline": ["iou"],
    }
    message |= {
        "scores": {"iou": 0.5},
        "labels": {"iou": "IoU"},
        "why": {},
        "counts": None,
        "table": [],
        "remarks": [],
    }
    message |= {"summary": "1 segment", "ms": 1.0} | changes
    page.evaluate(
        "([message, data]) => kernel.reply(message, [Uint8Array.from(data)])", [message, list(data)]
    )


def test_an_undefined_score_is_a_dash_with_its_reason(open_page: Open) -> None:
    page = open_page()
    answer(page, scores={"iou": None}, why={"iou": "nothing to find"})
    score = page.locator('[data-card="level"] [data-score="iou"]')
    expect(score).to_have_text("–")
    assert score.get_attribute("data-value") == ""
    assert score.get_attribute("title") == "nothing to find"


def test_a_damaged_mask_is_told_on_its_card(open_page: Open) -> None:
    page = open_page()
    answer(page, pack={"kind": "runs", "runs": 5, "width": 4})
    expect(page.locator('[data-card="level"] .wb-error')).to_contain_text("arrived damaged")


def test_looking_asks_the_kernel_nothing(open_page: Open) -> None:
    page = open_page()
    before = page.evaluate("kernel.heard.length")
    for name in ("outline", "mask", "error", "swipe", "blink", "difference", "overlay"):
        mode(page, name)
    page.get_by_label("opacity").fill("0.8")
    page.get_by_label("palette").select_option("print")
    page.get_by_label("palette").select_option("high-contrast")
    page.mouse.move(*spot(page, "level", 20, 20))
    page.mouse.wheel(0, -400)
    page.mouse.down()
    page.mouse.move(*spot(page, "level", 30, 30))
    page.mouse.up()
    page.keyboard.press("0")
    page.get_by_role("button", name="reset view").click()
    page.mouse.click(*spot(page, "truth", 20, 20))
    assert page.evaluate("kernel.heard.length") == before


def test_overlay_and_mask_wear_the_category_colour(open_page: Open) -> None:
    page = open_page()
    red, green, blue, _ = pixel(page, "truth", 20, 20)
    assert red > green > blue
    mode(page, "mask")
    assert pixel(page, "truth", 20, 20)[:3] == [0xE6, 0x9F, 0x00]
    assert pixel(page, "truth", 2, 2)[:3] == [0x6B, 0x77, 0x85]


def test_outline_mode_leaves_the_inside_bare(open_page: Open) -> None:
    page = open_page()
    mode(page, "outline")
    assert pixel(page, "truth", 20, 20)[:3] == [200, 200, 200]
    edge = pixel(page, "truth", 20, 32.5)
    assert edge[0] > edge[2]


def test_error_view_has_three_verdicts(open_page: Open) -> None:
    page = open_page()
    press(page, '[data-card="level"] [data-param="level"]', "Shift+ArrowRight", 3)
    idle(page, "level")
    page.keyboard.press("e")
    settle(page)
    hit, missed = pixel(page, "level", 20, 20), pixel(page, "level", 48, 48)
    assert hit[2] > hit[0]
    assert missed[0] > missed[2]
    extra = pixel(page, "seeds", 33, 33)
    assert extra[0] > extra[2]
    assert extra[1] > missed[1]
    assert "missed" in page.locator(".wb-legend").inner_text()
    page.keyboard.press("e")
    assert page.evaluate("workbench.state().view.mode") == "overlay"


def test_a_partition_is_judged_by_what_lies_under_it(open_page: Open) -> None:
    page = open_page()
    mode(page, "error")
    top = pixel(page, "bands", 20, 20)
    assert top[2] > top[0]  # the brightest band lies on the disc: hit


def test_swipe_shows_the_image_on_the_left(open_page: Open) -> None:
    page = open_page()
    page.keyboard.press("s")
    settle(page)
    assert pixel(page, "level", 20, 20)[:3] == [200, 200, 200]
    assert pixel(page, "level", 48, 48)[0] > 120
    box = page.locator('canvas[data-view="level"]').bounding_box()
    middle = box["x"] + box["width"] / 2
    page.mouse.move(middle, box["y"] + 80)
    page.mouse.down()
    page.mouse.move(box["x"] + 6, box["y"] + 80, steps=4)
    page.mouse.up()
    settle(page)
    assert page.evaluate("workbench.state().view.swipe") < 0.05
    assert pixel(page, "level", 20, 20)[0] > 200


def test_blink_alternates(open_page: Open) -> None:
    page = open_page()
    page.keyboard.press("b")
    seen = set()
    for _ in range(8):
        page.wait_for_timeout(200)
        seen.add(tuple(pixel(page, "level", 20, 20)))
    assert len(seen) == 2


def test_difference_of_two_methods(open_page: Open) -> None:
    page = open_page()
    mode(page, "difference")
    page.get_by_label("the other side").select_option("seeds")
    settle(page)
    only_level, neither = pixel(page, "level", 20, 16), pixel(page, "level", 2, 2)
    assert min(only_level[:3]) > 200
    assert max(neither[:3]) < 40
    assert "only this method" in page.locator(".wb-legend").inner_text()


def test_holding_a_key_shows_the_image_or_the_truth(open_page: Open) -> None:
    page = open_page()
    page.locator('canvas[data-view="seeds"]').focus()
    page.keyboard.down(" ")
    settle(page)
    assert pixel(page, "level", 20, 20)[:3] == [200, 200, 200]
    page.keyboard.up(" ")
    page.keyboard.down("t")
    settle(page)
    assert pixel(page, "seeds", 20, 20)[0] > 200
    page.keyboard.up("t")
    settle(page)
    assert pixel(page, "seeds", 20, 12)[:3] == [200, 200, 200]


def test_hover_reads_all_canvases(open_page: Open) -> None:
    page = open_page()
    page.mouse.move(*spot(page, "level", 20, 20))
    readout = page.locator(".wb-readout")
    expect(readout).to_contain_text("row 20  column 20")
    expect(readout).to_contain_text("200 200 200")
    chips = page.locator(".wb-chip").all_inner_texts()
    assert chips == ["shape 2", "foreground", "segment 3", "background"]
    page.mouse.move(5, 5)
    expect(readout).to_be_empty()


def test_a_click_lights_the_segment_everywhere(open_page: Open) -> None:
    page = open_page()
    dark = pixel(page, "truth", 48, 48)
    page.mouse.click(*spot(page, "truth", 20, 20))
    settle(page)
    lit, dimmed = pixel(page, "truth", 20, 20), pixel(page, "truth", 48, 48)
    assert lit[0] - lit[2] > 100
    assert dimmed[0] - dimmed[2] < dark[0] - dark[2]
    page.keyboard.press("Escape")
    settle(page)
    assert pixel(page, "truth", 48, 48) == dark


def test_zoom_is_shared_and_keeps_the_point_under_the_cursor(open_page: Open) -> None:
    page = open_page()
    x, y = spot(page, "level", 20, 20)
    page.mouse.move(x, y)
    page.mouse.wheel(0, -900)
    page.mouse.move(x + 1, y)
    page.mouse.move(x, y)
    expect(page.locator(".wb-readout")).to_contain_text("row 20  column 20")
    page.mouse.dblclick(x, y)
    page.mouse.move(*spot(page, "level", 5, 5))
    expect(page.locator(".wb-readout")).to_contain_text("row 5  column 5")


def test_undo_and_redo_walk_through_steps(open_page: Open) -> None:
    page = open_page()
    slider = page.locator('[data-card="level"] [data-param="level"]')
    box = slider.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] / 2)
    page.mouse.down()
    for part in (0.5, 0.6, 0.7, 0.8):
        page.mouse.move(box["x"] + box["width"] * part, box["y"] + box["height"] / 2)
        page.wait_for_timeout(30)
    page.mouse.up()
    after = page.evaluate("workbench.state().cards[0].values.level")
    assert after > 150
    page.locator('canvas[data-view="level"]').focus()
    page.keyboard.press("z")
    assert page.evaluate("workbench.state().cards[0].values.level") == 100  # the drag was one step
    assert slider.input_value() == "100"
    page.keyboard.press("Shift+Z")
    idle(page, "level")
    assert page.evaluate("workbench.state().cards[0].values.level") == after


def test_a_state_from_the_kernel_can_be_undone(open_page: Open) -> None:
    page = open_page()
    before = page.evaluate("kernel.heard.length")
    page.evaluate(
        """() => { const state = workbench.state(); delete state.view; state.cards[0].values.level = 30;
        kernel.reply({ type: "state", state }); }"""
    )
    slider = page.locator('[data-card="level"] [data-param="level"]')
    assert slider.input_value() == "30"
    assert page.evaluate("kernel.heard.length") == before  # it is the kernel's own: no echo
    page.get_by_role("button", name="undo").click()
    assert slider.input_value() == "100"


def test_an_old_result_is_not_painted(open_page: Open) -> None:
    page = open_page()
    page.evaluate("kernel.delay = 1")
    slider = '[data-card="level"] [data-param="level"]'
    page.evaluate(
        """() => { const run = kernel.run.bind(kernel); let n = 0;
        kernel.run = async (...given) => { kernel.delay = n++ === 0 ? 400 : 1; await run(...given); }; }"""
    )
    press(page, slider, "ArrowRight", 3)
    idle(page, "level")
    recipe = page.locator('[data-card="level"]').get_attribute("data-recipe")
    assert '"level":103' in recipe
    page.wait_for_timeout(600)
    assert page.locator('[data-card="level"]').get_attribute("data-recipe") == recipe
    painted = page.evaluate("workbench.paints.filter((one) => one.card === 'level').map((one) => one.recipe)")
    assert not any('"level":101' in one for one in painted)


def test_two_hundred_fast_moves_end_on_the_last_value(open_page: Open) -> None:
    page = open_page()
    page.evaluate(
        """() => { const slider = document.querySelector('[data-card="level"] [data-param="level"]');
        for (let n = 0; n < 200; n++) {
            slider.value = (n * 37) % 256;
            slider.dispatchEvent(new Event("input", { bubbles: true }));
        } }"""
    )
    idle(page, "level")
    last = (199 * 37) % 256
    assert f'"level":{last}' in page.locator('[data-card="level"]').get_attribute("data-recipe")
    assert len(messages(page)) <= 3  # the first at once, the newest in the next frame
    seqs = [one["seq"] for one in messages(page)]
    assert seqs == sorted(set(seqs))
    assert "view" not in messages(page)[0]["state"]


def test_a_stale_card_dims_and_a_running_one_can_be_cancelled(open_page: Open) -> None:
    page = open_page()
    page.evaluate("kernel.delay = 100000")
    press(page, '[data-card="level"] [data-param="level"]', "ArrowRight")
    card = page.locator('[data-card="level"]')
    assert card.get_attribute("data-state") == "stale"
    page.evaluate('kernel.reply({type: "running", card: "level", seq: 1, progress: 0.4, note: null})')
    assert card.get_attribute("data-state") == "running"
    card.get_by_role("button", name="cancel").click()
    assert messages(page, "cancel") == [{"type": "cancel", "card": "level"}]
    assert page.locator('[data-card="bands"]').get_attribute("data-state") == "idle"


def test_an_error_stays_on_its_card(open_page: Open) -> None:
    page = open_page()
    page.evaluate('kernel.reply({type: "error", card: "level", seq: 0, message: "It broke.", values: {}})')
    card = page.locator('[data-card="level"]')
    assert card.get_attribute("data-state") == "error"
    assert card.locator(".wb-error").inner_text().startswith("It broke.")
    assert "Level 100" in card.locator(".wb-error").inner_text()
    press(page, '[data-card="level"] [data-param="level"]', "ArrowRight")
    idle(page, "level")
    expect(card.locator(".wb-error")).to_be_hidden()


def test_seeds_are_placed_by_clicking(open_page: Open) -> None:
    page = open_page()
    card = page.locator('[data-card="seeds"]')
    card.locator('[data-param="seeds"]').click()
    page.mouse.click(*spot(page, "truth", 20, 20))
    idle(page, "seeds")
    page.mouse.click(*spot(page, "seeds", 4, 50), button="right")
    idle(page, "seeds")
    values = page.evaluate("workbench.state().cards[2].values.seeds")
    assert values == [[20, 20, "object"], [4, 50, "background"]]
    card.get_by_role("button", name="clear").click()
    assert page.evaluate("workbench.state().cards[2].values.seeds") == []
    page.keyboard.press("Escape")
    assert card.locator('[data-param="seeds"]').get_attribute("aria-pressed") == "false"


def test_a_box_is_drawn_by_dragging(open_page: Open) -> None:
    page = open_page()
    page.locator('[data-picker="method"]').select_option("box")
    idle(page, "box")
    page.locator('[data-card="box"] [data-param="box"]').click()
    page.locator('[data-card="box"]').scroll_into_view_if_needed()
    page.mouse.move(*spot(page, "box", 10.2, 12.2))
    page.mouse.down()
    page.mouse.move(*spot(page, "box", 29.8, 39.8), steps=3)
    page.mouse.up()
    idle(page, "box")
    assert page.evaluate("workbench.state().cards[3].values.box") == [10, 12, 30, 40]


def test_a_logarithmic_slider(open_page: Open) -> None:
    page = open_page()
    slider = page.locator('[data-card="seeds"] [data-param="reach"]')
    slider.press("Home")
    assert page.evaluate("workbench.state().cards[2].values.reach") == 0.1
    slider.press("End")
    assert page.evaluate("workbench.state().cards[2].values.reach") == 1000
    assert slider.get_attribute("aria-valuetext") == "1000 px"


def test_methods_are_added_twice_and_removed(open_page: Open) -> None:
    page = open_page()
    picker = page.locator('[data-picker="method"]')
    picker.select_option("level")
    idle(page, "level-2")
    assert page.locator('[data-card="level-2"] h3').inner_text() == "Fixed threshold 2"
    page.get_by_role("button", name="remove k-means").click()
    expect(page.locator('[data-card="bands"]')).to_have_count(0)
    absent = picker.locator("option", has_text="U-Net")
    assert absent.get_attribute("disabled") is not None
    assert "pip install" in absent.inner_text()


def test_the_lens_is_a_select_and_buttons(open_page: Open) -> None:
    page = open_page()
    page.locator('[data-picker="lens"]').select_option("semantic")
    idle(page, "level")
    assert messages(page)[-1]["state"]["lens"] == "semantic"
    page.locator('[data-lens="regions"]').click()
    assert page.locator('[data-picker="lens"]').input_value() == "regions"


def test_without_truth_there_are_no_scores(open_page: Open) -> None:
    page = open_page()
    page.locator('[data-picker="truth"]').select_option("none")
    expect(page.locator('[data-card="level"] .wb-scores')).to_have_text("no truth, so no scores")
    idle(page, "level")
    mode(page, "error")
    assert page.locator('[data-card="level"] [data-score]').count() == 0


def test_another_image_repaints_all(open_page: Open) -> None:
    page = open_page()
    page.locator('[data-picker="image"]').select_option("blank")
    for card in ("level", "bands", "seeds"):
        idle(page, card)
    settle(page)
    assert pixel(page, "level", 10, 10)[:3] == [30, 30, 30]
    assert "48" in page.locator(".wb-truth .wb-credit").inner_text()


def test_state_survives_a_reload_and_travels_in_a_link(open_page: Open) -> None:
    page = open_page()
    idle(page, "level")
    press(page, '[data-card="level"] [data-param="level"]', "ArrowRight", 5)
    # The state is stored when the hand rests.
    page.wait_for_function(
        """Object.values({ ...sessionStorage }).some((text) => text.includes('"level":105'))"""
    )
    page.reload()
    page.wait_for_function("window.workbench?.state().cards[0]?.values.level === 105")
    idle(page, "level")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="share").click()
    expect(page.locator(".wb-notice")).to_contain_text("clipboard")
    link = page.evaluate("navigator.clipboard.readText()")
    other = open_page(hash="#" + link.split("#")[1])
    assert other.evaluate("workbench.state().cards[0].values.level") == 105
    assert other.evaluate("location.hash") == ""


def test_details_are_asked_for_when_opened(open_page: Open) -> None:
    page = open_page()
    card = page.locator('[data-card="level"]')
    assert messages(page, "details") == []
    card.locator('[data-open="code"] summary').click()
    expect(card.locator('[data-section="code"] pre')).to_contain_text("import workbench as wb")
    card.locator('[data-open="stages"] summary').click()
    expect(card.locator(".wb-stage")).to_have_count(7)
    asked = len(messages(page, "details"))
    page.evaluate(
        """() => { const slider = document.querySelector('[data-card="level"] [data-param="level"]');
        for (const value of [104, 105, 106]) {
            slider.value = value;
            slider.dispatchEvent(new Event("input", { bubbles: true }));
        } }"""
    )
    page.wait_for_timeout(500)
    assert len(messages(page, "details")) == asked + 2  # once each, not once a result
    card.locator('[data-stage="histogram"]').click()
    expect(page.get_by_role("dialog")).to_contain_text("Two peaks, and the level between them.")


def test_a_field_is_arrows_and_a_graph_is_lines_over_the_photograph(open_page: Open) -> None:
    page = open_page()
    card = page.locator('[data-card="level"]')
    card.locator('[data-open="stages"] summary').click()
    lights = {}
    for name in ("force", "neighbours"):
        card.locator(f'[data-stage="{name}"]').click()
        expect(card.locator(".wb-shown")).to_contain_text(f"stage: {name}{name} it is")
        card.locator("canvas[data-view]").scroll_into_view_if_needed()
        settle(page)
        lights[name] = page.evaluate(WHITE, "level")
    assert lights["force"] > 2000
    # An edge from (8, 8) to (8, 50), the lightest, and one from there to (50, 30), the heaviest.
    assert pixel(page, "level", 50, 30)[:3] == [255, 255, 255]
    assert 200 < lights["neighbours"] < lights["force"]
    page.mouse.move(*spot(page, "level", 40, 60))
    card.locator('[data-stage="force"]').click()
    expect(card.locator(".wb-shown")).to_contain_text("stage: force")
    page.mouse.move(*spot(page, "level", 40, 61))
    page.mouse.move(*spot(page, "level", 40, 60))
    down, across = ((40 - 32) * 300 / 32767 * 2, (60 - 32) * 300 / 32767 * 2)
    expect(card.locator(".wb-chip")).to_have_text(f"{down:.3g} down, {across:.3g} across")


def test_a_tree_is_a_dendrogram(open_page: Open) -> None:
    page = open_page()
    card = page.locator('[data-card="level"]')
    card.locator('[data-open="stages"] summary').click()
    card.locator('[data-stage="merges"]').click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("svg")).to_contain_text("4 leaves")
    expect(dialog.get_by_role("img", name="What was joined when.")).to_be_visible()
    bars = dialog.locator(".wb-tree path").evaluate_all("all => all.map((one) => one.getAttribute('d'))")
    assert len(bars) == 3
    ends = [[float(number) for number in bar.rsplit("M", 1)[1].replace("H", ",").split(",")] for bar in bars]
    (a, low, b), (c, middle, d), (e, high, f) = (
        ends  # left, height, right of each bar, from the lowest merge up
    )
    assert low > middle > high
    assert d == pytest.approx((a + b) / 2, abs=0.1)  # a merge stands over the middle of what it joined
    assert f == pytest.approx((c + d) / 2, abs=0.1)
    assert e < c < a < b
    colours = dialog.locator(".wb-tree path").evaluate_all("all => all.map((one) => one.style.stroke !== '')")
    assert colours == [True, True, False]


def test_an_open_stage_follows_the_slider_and_leaves_when_it_is_gone(open_page: Open) -> None:
    page = open_page()
    card, shown = page.locator('[data-card="level"]'), page.locator('[data-card="level"] .wb-shown')
    card.locator('[data-open="stages"] summary').click()
    card.locator('[data-stage="growth"]').click()
    caption = card.locator(".wb-film output")
    expect(caption).to_contain_text("3/3")  # played to its end
    slider = card.locator('[data-param="level"]')
    slider.press("End")
    expect(caption).to_contain_text("2/2")  # a shorter film: its last frame
    expect(caption).to_contain_text("level 255")
    expect(shown).to_be_visible()
    before = pixel(page, "level", 30, 30)
    page.evaluate("kernel.stage = () => [[], []]")
    slider.press("Home")
    expect(shown).to_be_hidden()
    expect(card.locator(".wb-film")).to_be_hidden()
    assert pixel(page, "level", 30, 30) != before


def test_keys_place_seeds_and_shift_pans(open_page: Open) -> None:
    page = open_page()
    card = page.locator('[data-card="seeds"]')
    card.get_by_role("button", name="place seeds: Seeds").press("Enter")
    for key in ("ArrowDown", "ArrowDown", "Shift+ArrowRight", "Enter"):
        page.keyboard.press(key)
    idle(page, "seeds")
    assert page.evaluate("workbench.state().cards[2].values.seeds") == [[34, 42, "object"]]
    page.mouse.move(*spot(page, "seeds", 20, 20))
    page.keyboard.down("Shift")
    page.mouse.down()
    page.mouse.move(*spot(page, "seeds", 25, 35), steps=3)
    page.mouse.up()
    page.keyboard.up("Shift")
    assert len(page.evaluate("workbench.state().cards[2].values.seeds")) == 1


def test_a_curve_needs_three_corners(open_page: Open) -> None:
    page = open_page()
    page.locator('[data-picker="method"]').select_option("ring")
    idle(page, "ring")
    button = page.locator('[data-card="ring"] [data-param="curve"]')
    button.click()
    page.locator('[data-card="ring"]').scroll_into_view_if_needed()
    page.mouse.move(*spot(page, "ring", 20, 20))
    page.mouse.down()
    page.mouse.move(*spot(page, "ring", 20, 40), steps=5)
    page.mouse.up()
    assert page.evaluate("workbench.state().cards[3].values.curve") == []  # there and back encloses nothing
    page.mouse.move(*spot(page, "ring", 20, 20))
    page.mouse.down()
    for corner in ((20, 44), (44, 44), (44, 20)):
        page.mouse.move(*spot(page, "ring", *corner), steps=5)
    page.mouse.up()
    idle(page, "ring")
    curve = page.evaluate("workbench.state().cards[3].values.curve")
    assert [20, 20] in curve
    assert [44, 44] in curve
    assert len(curve) == 4


def test_a_start_is_chosen_turned_and_copied(open_page: Open) -> None:
    page = open_page()
    page.locator('[data-picker="method"]').select_option("refine")
    idle(page, "refine")
    card = page.locator('[data-card="refine"]')
    start = card.locator('[data-param="start"]')
    value = "workbench.state().cards[3].values.start"
    offered = start.locator("option").evaluate_all("all => all.map((one) => one.value)")
    assert offered == ["as:level", "as:bands", "as:seeds", "level", "bands", "seeds", "box", "ring"]
    expect(card.locator(".wb-inner")).not_to_have_attribute("open", "")
    start.select_option("bands")
    assert page.evaluate(value) == {"method": "bands", "values": {}}
    card.locator(".wb-inner summary").click()
    card.locator('[data-param="start.k"]').press("End")
    assert page.evaluate(value) == {"method": "bands", "values": {"k": 12}}
    page.locator('[data-card="bands"] [data-param="k"]').press("ArrowRight")
    start.select_option("as:bands")
    assert page.evaluate(value) == {"method": "bands", "values": {"k": 4}}
    expect(card.locator('[data-param="start.k"]')).to_have_attribute("aria-valuetext", "4")
    page.get_by_role("button", name="undo").click()
    assert page.evaluate(value) == {"method": "bands", "values": {"k": 12}}


def test_table_formula_and_voice(open_page: Open) -> None:
    page = open_page()
    press(page, '[data-card="level"] [data-param="level"]', "ArrowRight")
    idle(page, "level")
    table = page.locator(".wb-below .wb-table")
    expect(table).to_contain_text("shape")
    assert table.locator("thead th[scope=colgroup]").all_inner_texts() == [
        "Fixed threshold",
        "k-means",
        "Region growing",
    ]
    assert "–" in table.inner_text()
    formula = page.locator(".wb-formula")
    expect(formula).to_contain_text("TP + FP + FN")
    value = page.locator('[data-card="level"] [data-score="iou"]').inner_text()
    expect(formula).to_contain_text(value)
    expect(page.locator(".wb-hidden[role=status]")).to_have_text(
        f"Fixed threshold, IoU {value}, Dice 1.000, 1 segment"
    )
    label = page.locator('canvas[data-view="level"]').get_attribute("aria-label")
    assert value in label
    assert "1 segment" in label


def test_a_silent_kernel_is_told(open_page: Open) -> None:
    page = open_page()
    page.evaluate("kernel.mute = true")
    press(page, '[data-card="level"] [data-param="level"]', "ArrowRight")
    expect(page.locator(".wb-banner")).to_contain_text("reload", timeout=7000)
    page.evaluate('kernel.reply({type: "notice", level: "info", message: "back"})')
    expect(page.locator(".wb-banner")).to_be_hidden()


def test_a_file_too_large_is_refused_in_the_page(open_page: Open) -> None:
    page = open_page()
    chooser = page.locator("input[type=file]").first
    page.evaluate(
        """() => { const files = new DataTransfer();
        files.items.add(new File([new Uint8Array(51 * 2 ** 20)], "big.png", { type: "image/png" }));
        const input = document.querySelector("input[type=file]"); input.files = files.files;
        input.dispatchEvent(new Event("change")); }"""
    )
    expect(page.locator(".wb-notice")).to_contain_text("big.png is 51 MB")
    assert messages(page, "file") == []
    chooser.set_input_files({"name": "x.png", "mimeType": "image/png", "buffer": b"abc"})
    expect(page.locator(".wb-notice")).to_contain_text("x.png has 3 bytes")


def test_help_lists_the_keys(open_page: Open) -> None:
    page = open_page()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("nudge the focused slider")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_controls_have_names_and_canvases_are_described(open_page: Open) -> None:
    page = open_page()
    nameless = page.evaluate(
        """[...document.querySelectorAll(".wb button, .wb select, .wb input:not([type=file])")]
        .filter((one) => !(one.labels?.length || one.getAttribute("aria-label") || one.textContent.trim()))
        .map((one) => one.outerHTML)"""
    )
    assert nameless == []
    for canvas in page.locator("canvas[data-view]").all():
        assert canvas.get_attribute("role") == "img"
        assert canvas.get_attribute("tabindex") == "0"
        assert canvas.get_attribute("aria-label")


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1920, 1080)])
def test_the_picture_is_the_page(open_page: Open, width: int, height: int) -> None:
    page = open_page(viewport={"width": width, "height": height})
    share = page.evaluate(
        """[...document.querySelectorAll("canvas[data-view]")].map((canvas) => {
            const box = canvas.getBoundingClientRect();
            return box.width * Math.max(0, Math.min(innerHeight, box.bottom) - Math.max(0, box.top));
        }).reduce((a, b) => a + b) / (innerWidth * innerHeight)"""
    )
    assert share >= 0.6


@pytest.mark.parametrize("width", [390, 768, 1100, 1440])
def test_nothing_runs_over_the_edge(open_page: Open, width: int) -> None:
    page = open_page(viewport={"width": width, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_numbers_do_not_move_anything(open_page: Open) -> None:
    page = open_page()
    places = """[...document.querySelectorAll('canvas, [data-param]')]
        .map((one) => JSON.stringify(one.getBoundingClientRect()))"""
    before = page.evaluate(places)
    press(page, '[data-card="level"] [data-param="level"]', "Shift+ArrowRight", 5)
    idle(page, "level")
    page.evaluate(
        'kernel.reply({type: "running", card: "bands", seq: 9, progress: null, note: "loading the network"})'
    )
    page.evaluate('kernel.reply({type: "error", card: "seeds", seq: 9, message: "It broke.", values: {}})')
    page.mouse.move(*spot(page, "level", 20, 20))
    settle(page)
    assert page.evaluate(places) == before


def test_projector_type_is_larger(open_page: Open) -> None:
    plain = open_page().evaluate("getComputedStyle(document.querySelector('.wb')).fontSize")
    large = open_page(query="?projector").evaluate("getComputedStyle(document.querySelector('.wb')).fontSize")
    assert (plain, large) == ("14px", "17.5px")


def test_the_notebook_viewer_links_its_canvases(chromium: Browser, tmp_path: Path) -> None:
    image = np.full((40, 60, 3), 90, np.uint8)
    mask = np.zeros((40, 60), bool)
    mask[10:30, 20:40] = True
    regions = Segmentation.from_partition(mask + 1)
    viewer = Viewer(image, {"truth": Segmentation.from_mask(mask), "regions": regions}, height=240)
    path = tmp_path / "viewer.html"
    path.write_text(
        viewer_page({"picture": viewer.picture, "panes": viewer.panes, "height": 240}), encoding="utf-8"
    )
    page = chromium.new_page(viewport=NARROW)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(path.as_uri())
    page.evaluate("window.kernel.size = [40, 60]")
    expect(page.locator("canvas[data-view]")).to_have_count(2)
    page.mouse.move(*spot(page, "regions", 20, 30))
    page.mouse.move(*spot(page, "regions", 20, 31))
    expect(page.locator(".wb-chip").first).to_have_text("foreground")
    expect(page.locator(".wb-chip").last).to_have_text("segment 2")
    mode(page, "mask")
    assert pixel(page, "truth", 20, 30)[:3] == [0xE6, 0x9F, 0x00]
    page.close()
    assert faults == []
