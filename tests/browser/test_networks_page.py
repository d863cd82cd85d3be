"""Every network, picked by hand on a street, on cells and on a photograph, held against the package."""

from __future__ import annotations

import pytest
from browser.panel import Panel, sample
from playwright.sync_api import expect

import workbench as wb

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]
NAMES = [name for name, entry in wb.METHODS.items() if entry.family == "networks" and entry.available]
LENS = {"street": "semantic", "cells": "object", "coins": "object"}


def test_the_matrix_is_not_empty() -> None:
    assert len(NAMES) >= 12


@pytest.mark.parametrize("picture", LENS)
def test_every_network_answers_in_compare(panel: Panel, picture: str) -> None:
    for card in panel.state()["cards"]:
        panel.remove(card["id"])
    panel.pick("image", picture)
    panel.pick("lens", LENS[picture])
    shown = sample(picture)
    for name in NAMES:
        panel.pick("method", name)
        panel.rest()
        expect(panel.card(name)).to_have_attribute("data-state", "idle")
        assert panel.card(name).locator(".wb-error").is_hidden()
        panel.verify(name, shown.image, shown.truth, shown.target)
        panel.remove(name)
