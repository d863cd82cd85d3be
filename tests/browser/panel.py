"""The compare page as a person works it, and as a test reads it: through its data attributes only."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from playwright.sync_api import Locator, Page, expect

import workbench as wb
from workbench.image import SLOW_WORKING_SIZE, WORKING_SIZE
from workbench.recipe import Result
from workbench.segmentation import Segmentation

PATIENCE = 120_000  # ms; the machine of a test may be busy with others

# Move a slider `moves` times, each after the last is painted or one a frame; gives the paints that followed.
DRAG = """async ({ card, param, values, each }) => {
  const slider = document.querySelector(`[data-card="${card}"] [data-param="${param}"]`);
  const { paints } = window.workbench;
  const begin = performance.now();
  let heard = () => {};
  paints.push = function (...made) {
    const length = Array.prototype.push.apply(this, made);
    made.forEach(heard);
    return length;
  };
  for (const value of values) {
    slider.value = value;
    const moved = performance.now();
    const painted = new Promise((done) => {
      heard = (paint) => paint.card === card && paint.input >= moved && done();
    });
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    await (each ? painted : new Promise(requestAnimationFrame));
  }
  while (document.querySelector(`[data-card="${card}"]`).dataset.state !== "idle") {
    await new Promise((done) => setTimeout(done, 10));
  }
  delete paints.push;
  return paints.filter((paint) => paint.card === card && paint.input >= begin);
}"""


class Panel:
    """One open compare page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.sent = 0
        page.on("websocket", lambda socket: socket.on("framesent", lambda _: self._count()))

    def _count(self) -> None:
        self.sent += 1

    def open(self, url: str) -> Panel:
        """Go to the page and wait for the first masks."""
        self.page.goto(url)
        self.page.wait_for_selector("[data-card]")
        self.rest()
        return self

    def card(self, name: str) -> Locator:
        return self.page.locator(f'[data-card="{name}"]')

    def control(self, card: str, param: str) -> Locator:
        return self.card(card).locator(f'[data-param="{param}"]')

    def state(self) -> dict[str, Any]:
        return self.page.evaluate("workbench.state()")

    def values(self, card: str) -> dict[str, Any]:
        return next(entry["values"] for entry in self.state()["cards"] if entry["id"] == card)

    def pick(self, what: str, value: str) -> None:
        self.page.locator(f'[data-picker="{what}"]').select_option(value)

    def remove(self, card: str) -> None:
        """Take a card off the page by its cross."""
        self.card(card).locator(".wb-close").click()

    def rest(self) -> None:
        """Wait until every card shows the answer to what it was last asked."""
        self.page.wait_for_function(
            """() => {
                const cards = [...document.querySelectorAll("[data-card]")];
                return cards.length && cards.every((card) => ["idle", "error"].includes(card.dataset.state));
            }""",
            timeout=PATIENCE,
        )

    def painted(self, card: str) -> str:
        """Give the SHA-256 of the ids that this card's canvas was last painted with."""
        last = f'workbench.paints.filter((paint) => paint.card === "{card}").at(-1)'
        self.page.wait_for_function(f"{last}?.sha256", timeout=PATIENCE)
        return self.page.evaluate(f"{last}.sha256")

    def shows(self, card: str, sha256: str) -> None:
        """Wait until this card's canvas was last painted with these ids."""
        last = f'workbench.paints.filter((paint) => paint.card === "{card}").at(-1)'
        self.page.wait_for_function(f'{last}?.sha256 === "{sha256}"', timeout=PATIENCE)

    def number(self, card: str, key: str) -> float:
        """Read a score in full precision; nan where the page says that it is undefined."""
        slot = self.card(card).locator(f'[data-score="{key}"]')
        value = slot.get_attribute("data-value")
        shown = slot.inner_text()
        assert shown == (f"{float(value):.3f}" if value else "–"), shown
        return float(value) if value else math.nan

    def notice(self, level: str = "error") -> str:
        """Wait for the sentence at the foot of the page."""
        note = self.page.locator(f'.wb-notice[data-level="{level}"] > span').last
        expect(note).to_be_visible(timeout=PATIENCE)
        return note.inner_text()

    def give(self, role: str, name: str, data: bytes) -> None:
        """Open a file as the image or as the truth."""
        chooser = self.page.locator('.wb-bar input[type="file"]').nth(0 if role == "image" else 1)
        chooser.set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": data})

    def spot(self, view: str, row: float, col: float, size: tuple[int, int]) -> tuple[float, float]:
        """Give the screen position of an image pixel on a canvas that fits."""
        box = self.page.locator(f'canvas[data-view="{view}"]').bounding_box()
        assert box is not None
        scale = min(box["width"] / size[1], box["height"] / size[0])
        x = box["x"] + box["width"] / 2 + (col + 0.5 - size[1] / 2) * scale
        return x, box["y"] + box["height"] / 2 + (row + 0.5 - size[0] / 2) * scale

    def verify(
        self, card: str, image: np.ndarray, truth: Segmentation | None = None, target: Any = None
    ) -> Result:
        """Hold what a card shows against what the package says for the values that its controls show."""
        self.rest()
        state = self.state()
        entry = next(one for one in state["cards"] if one["id"] == card)
        method = wb.METHODS[entry["method"]]
        small = method.slow and max(image.shape[:2]) > SLOW_WORKING_SIZE
        result = wb.run(method.name, image, longest=SLOW_WORKING_SIZE if small else None, **entry["values"])
        self.shows(card, result.sha256)
        if not state["image"].startswith(
            "file:"
        ):  # a recipe says where its image came from: here, an opened file
            assert self.card(card).get_attribute("data-recipe") == result.recipe.sha256
        if truth is not None:
            score = wb.score(truth, result.output, lens=state["lens"], target=target)
            shown = self.card(card).locator("[data-score]")
            keys = [shown.nth(n).get_attribute("data-score") for n in range(shown.count())]
            assert keys == list(score.headline)
            for key in keys:
                assert self.number(card, key) == getattr(score, key) or math.isnan(getattr(score, key))
        return result


def sample(name: str) -> wb.Sample:
    """Load a sample as the page does: at the working size."""
    return wb.samples.load(name, longest=WORKING_SIZE)
