"""Procedural pictures whose truth is exact, from a seed, at any size."""

from __future__ import annotations

from collections.abc import Callable

from workbench.sample import Sample
from workbench.scenes.aerial import aerial
from workbench.scenes.cells import cells
from workbench.scenes.domain import Domain
from workbench.scenes.shadows import shadows
from workbench.scenes.street import street
from workbench.scenes.tabletop import tabletop

SCENES: dict[str, Callable[..., Sample]] = {
    "cells": cells,
    "street": street,
    "shadows": shadows,
    "aerial": aerial,
    "tabletop": tabletop,
}

CROWDED = ("street", "aerial", "tabletop")  # scenes that can be crowded, and so have a stress split

__all__ = ["CROWDED", "SCENES", "Domain", "aerial", "cells", "shadows", "street", "tabletop"]
