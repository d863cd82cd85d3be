"""The line to the kernel notices silence, whatever else arrives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from workbench.widgets.assets import STATIC

pytestmark = [pytest.mark.browser]
PATIENCE = 5000  # ms, link.js's
# A kernel that answers when the test says so; the link's own code runs.
SCENE = """async (source) => {
  const { Link } = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  const lost = [];
  const model = { on(_, listen) { this.listen = listen; }, off() {}, send() {} };
  const link = new Link(model, { receive() {}, sent: () => true, silent: (is) => lost.push(is) });
  window.scene = { link, lost, hear: (type, seq) => model.listen({ type, seq }, []) };
}"""


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page()
    page.clock.install()
    page.evaluate(SCENE, (STATIC / "link.js").read_text(encoding="utf-8"))
    yield page
    page.close()


def ask(page: Page) -> None:
    page.evaluate("scene.link.state({}, null)")
    page.clock.run_for(200)


def lost(page: Page) -> Any:
    page.clock.run_for(PATIENCE + 100)
    return page.evaluate("scene.lost.at(-1)")


def hear(page: Page, kind: str, seq: int) -> None:
    page.evaluate("([kind, seq]) => scene.hear(kind, seq)", [kind, seq])


def test_a_question_without_an_answer_is_noticed(page: Page) -> None:
    ask(page)
    assert lost(page) is True


def test_an_answer_ends_the_waiting(page: Page) -> None:
    ask(page)
    hear(page, "result", 1)
    assert lost(page) is False


def test_a_late_answer_to_an_older_question_does_not_hide_that_the_newer_one_has_none(page: Page) -> None:
    ask(page)
    ask(page)
    hear(page, "result", 1)
    assert lost(page) is True


def test_a_long_run_that_was_taken_up_is_waited_for(page: Page) -> None:
    ask(page)
    ask(page)
    hear(page, "running", 2)
    hear(page, "result", 1)
    assert lost(page) is False
