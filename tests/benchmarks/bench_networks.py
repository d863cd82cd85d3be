"""How long each network takes over a 512 x 512 picture, beside the plain torch call; a slider beside one.

make bench ARGS="-k networks"
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from bench_latency import chromium, new_page
from browser.conftest import NOTEBOOKS
from browser.panel import DRAG, Panel
from serving import serving_dashboards
from timing import Row, milliseconds, show

import workbench as wb
from workbench.models import places
from workbench.trace import Trace

AIMS = {
    "fcn8-street": 150, "deeplab3plus-street": 250, "unet-street": 150, "unet-cells": 150,
    "oneshot-street": 250, "maskrcnn-street": 700, "panopticfpn-street": 700,
}  # fmt: skip
VALUES = [round(0.1 * (n * 37 % 100), 1) for n in range(60)]


def rows() -> list[Row]:
    """Give the table: what, aim, measured."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        return [one for card in places.cards() for one in _network(card)]
    finally:
        torch.set_num_threads(before)


def _network(card: dict[str, Any]) -> Iterator[Row]:
    name = card["name"]
    image = np.asarray(wb.scenes.street(0, (512, 512)).image)
    values = {"size": 512} if "size" in wb.METHODS[name].params else {}
    if card.get("crf"):
        values["crf"] = 0  # the random field is no network
    aim = f"<= {AIMS[name]} ms" if name in AIMS else ""
    recipe = wb.run(name, image, **values).recipe
    # As a page runs it while the stages are folded away.
    ours = milliseconds(lambda: recipe.run_on(image, trace=Trace(record=False)), 9)
    yield {"what": f"{card['title']}, 512x512, two cores", "aim": aim, "measured": f"{ours:.0f} ms"}
    if card["yields"] in ("semantic", "foreground") and "task" not in card:
        plain = milliseconds(_plain(name, image), 9)
        told = f"{plain:.0f} ms: {ours - plain:+.1f} ms, {100 * (ours / plain - 1):+.0f} %"
        yield {"what": "  beside the plain torch call", "aim": "5 ms, 5 %", "measured": told}


def _plain(name: str, image: np.ndarray) -> Callable[[], Any]:
    """Give the call that a script would make: tensor in, classes out at the picture's size."""
    import torch

    from workbench.models import tiles, zoo

    model = zoo.load(name)
    grey = model.card["settings"].get("channels", 3) == 1
    seen = tiles.grey_of(image)[None] if grey else tiles.colour_of(image)

    def call() -> Any:
        """Ask the network."""
        with torch.inference_mode():
            batch = torch.from_numpy(seen)[None].to(memory_format=torch.channels_last)
            return model.net(batch)[0].argmax(dim=0).numpy()

    return call


def beside_a_network(folder: Path) -> Row:
    """Drag Otsu's slider while a network answers again and again in its own worker."""
    with chromium() as browser, serving_dashboards(NOTEBOOKS, folder / "log", "--preheated", "1") as server:
        panel = Panel(new_page(browser)).open(f"{server.url}/voila/render/compare.ipynb")
        panel.pick("method", "deeplab3plus-street")
        panel.rest()
        ask = """() => { window.turn = setInterval(() => {
            const slider = document.querySelector('[data-card="deeplab3plus-street"] [data-param="size"]');
            slider.value = Number(slider.value) === 512 ? 480 : 512;
            slider.dispatchEvent(new Event("input", { bubbles: true }));
        }, 150); }"""
        panel.page.evaluate(ask)
        drag = {"card": "otsu", "param": "sigma", "values": VALUES, "each": True}
        paints = panel.page.evaluate(DRAG, drag)
        panel.page.evaluate("clearInterval(window.turn)")
    taken = statistics.median(one["paint"] - one["input"] for one in paints)
    return {
        "what": "Otsu's slider beside a running network",
        "aim": "<= 100 ms",
        "measured": f"{taken:.0f} ms",
    }


def test_networks(tmp_path: Path) -> None:
    show([*rows(), beside_a_network(tmp_path)])
