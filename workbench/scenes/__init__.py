"""Procedural pictures whose truth is exact, from a seed, at any size."""

from __future__ import annotations

from collections.abc import Callable

from workbench.sample import Sample
from workbench.scenes.cells import cells
from workbench.scenes.shadows import shadows
from workbench.scenes.street import street

SCENES: dict[str, Callable[..., Sample]] = {"cells": cells, "street": street, "shadows": shadows}

__all__ = ["SCENES", "cells", "shadows", "street"]
