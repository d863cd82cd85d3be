"""The class view in a real browser: what is counted, sifted, painted and opened is what the package says."""

from __future__ import annotations

from collections import Counter

import pytest
from browser.conftest import Watch
from browser.looks import CONTRAST, PICTURED, faults
from browser.panel import PATIENCE
from playwright.sync_api import Page, expect

from workbench.panels.made_up import made_up
from workbench.panels.painted import EXTRA, HIT, MISSED, gallery

pytestmark = pytest.mark.browser
PATH = "/voila/render/class.ipynb"
ROLL = made_up()
MASKS = gallery(ROLL.exercise("00.4"), ROLL.of("00.4"))
CELL = '[data-student="{}"] [data-column="{}"]'


def open_class(watch: Watch, width: int = 1440, height: int = 900, **more: object) -> Page:
    visitor = watch.browser.new_context(viewport={"width": width, "height": height}, **more)  # type: ignore[arg-type]
    visitor.set_default_timeout(PATIENCE)
    page = visitor.new_page()
    watch.listen(page)
    page.goto(watch.home + PATH)
    page.wait_for_selector(".wb-class .wb-roster tbody tr")
    return page


@pytest.fixture(scope="module")
def page(watch: Watch) -> Page:
    """Give one page that the tests of this file share."""
    return open_class(watch)


def pick(page: Page, id: str) -> None:
    page.locator(f'[data-question="{id}"]').click()
    page.wait_for_function("id => workbench.state().question === id", arg=id)
    page.wait_for_timeout(200)


def test_every_mask_is_there_with_its_score(page: Page) -> None:
    pick(page, "00.4")
    shots = page.locator(".wb-shot")
    expect(shots).to_have_count(len(MASKS.students))
    found = shots.evaluate_all(
        "all => all.map((one) => [one.dataset.student, Number(one.dataset.scoreValue)])"
    )
    assert dict(found) == pytest.approx(dict(zip(MASKS.students, MASKS.scores, strict=True)))
    assert [score for _, score in found] == sorted(MASKS.scores)  # the worst come first
    page.locator('[data-picker="order"]').select_option("name")
    assert shots.first.get_attribute("data-student") == min(MASKS.students)
    page.locator('[data-picker="order"]').select_option("worst")


def test_a_masks_pixels_are_hit_missed_and_extra(page: Page) -> None:
    pick(page, "00.4")
    place = next(n for n, codes in enumerate(MASKS.codes) if {HIT, MISSED, EXTRA} <= set(codes.flat))
    canvas = page.locator(f'canvas[data-view="{MASKS.students[place]}"]')
    pixels = canvas.evaluate(
        "one => [...one.getContext('2d').getImageData(0, 0, one.width, one.height).data]"
    )
    codes = MASKS.codes[place].ravel()
    colours = [tuple(pixels[4 * at : 4 * at + 3]) for at in range(len(codes))]
    bare = MASKS.image.reshape(-1, 3)
    assert all(colours[at] == tuple(bare[at]) for at in range(len(codes)) if codes[at] == 0)
    yellow = Counter(
        r > 150 and g > 150 and b < 120 for at, (r, g, b) in enumerate(colours) if codes[at] == EXTRA
    )
    assert yellow[True] > 0.6 * yellow.total()  # the rest are dots


def test_the_map_counts_who_is_wrong_where(page: Page) -> None:
    pick(page, "00.4")
    canvas = page.locator('canvas[data-view="failures"]')
    both = MASKS.missed + MASKS.extra
    assert int(canvas.get_attribute("data-most")) == both.max()
    page.locator('[data-picker="errors"]').select_option("extra")
    assert int(canvas.get_attribute("data-most")) == MASKS.extra.max()
    page.locator('[data-picker="errors"]').select_option("both")
    row, column = (side // 2 for side in both.shape)
    box = canvas.bounding_box()
    x = box["x"] + (column + 0.5) / both.shape[1] * box["width"]
    page.mouse.move(x, box["y"] + (row + 0.5) / both.shape[0] * box["height"])
    said = (
        f"row {MASKS.places[0][row]}, column {MASKS.places[1][column]}: missed by {MASKS.missed[row, column]}"
    )
    expect(page.locator(".wb-fail-readout")).to_contain_text(said)


def test_a_mistake_is_counted_and_shows_who_made_it(page: Page) -> None:
    pick(page, "00.2")
    expect(page.locator(".wb-walls")).to_be_hidden()
    wanted = Counter(entry.mistake for entry in ROLL.of("00.2") if entry.mistake)
    for name, count in wanted.items():
        assert page.locator(f'[data-bar="{name}"]').get_attribute("data-count") == str(count)
    page.locator('[data-bar="Dice"] button').press("Enter")
    rows = page.locator(".wb-roster tbody tr")
    expect(rows).to_have_count(wanted["Dice"])
    expect(page.locator(".wb-sifted")).to_have_text(f"Dice: {wanted['Dice']} of 100")
    page.locator('[data-bar="Dice"] button').press("Enter")
    expect(rows).to_have_count(100)


def test_a_sifted_wall_shows_those_masks_alone(page: Page) -> None:
    pick(page, "00.4")
    made = sorted(entry.student for entry in ROLL.of("00.4") if entry.mistake == "halo counted")
    page.locator('[data-bar="halo counted"] button').click()
    shown = page.locator(".wb-shot").evaluate_all("all => all.map((one) => one.dataset.student)")
    assert sorted(shown) == made
    page.locator('[data-bar="halo counted"] button').click()


def test_the_table_sorts(page: Page) -> None:
    pick(page, "00.4")
    page.locator('[data-sort="points"]').click()
    shown = page.locator('[data-column="points"]').all_inner_texts()
    assert shown == sorted(shown, reverse=True)
    page.locator('[data-sort="points"]').click()
    assert page.locator('[data-column="points"]').first.inner_text() == "0.00"
    page.locator('[data-sort="student"]').click()


def test_a_click_opens_the_submission_with_its_code_as_text(page: Page) -> None:
    pick(page, "00.1")
    who = next(entry.student for entry in ROLL.of("00.1") if entry.mistake == "a count")
    page.locator(f'.wb-roster [data-student="{who}"] button').click()
    dialog = page.locator("dialog")
    expect(dialog.locator("h2")).to_have_text(f"{who}: 00.1 How much of the picture?")
    expect(dialog.locator(".wb-code")).to_have_text(ROLL.code(who, "00.1"))
    expect(dialog).to_contain_text("That is a number of pixels; a share divides it by all pixels.")
    assert page.evaluate(CONTRAST) == []
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844), (1920, 1080)])
def test_nothing_is_cut_and_all_can_be_read(watch: Watch, width: int, height: int) -> None:
    page = open_class(watch, width, height)
    assert faults(page) == {}
    if width >= 1440:
        assert page.evaluate(PICTURED) >= 0.45
    page.locator('[data-question="00.2"]').click()
    page.wait_for_function("() => workbench.state().question === '00.2'")
    page.locator('[data-bar="Dice"] button').click()
    assert faults(page) == {}
    page.context.close()
