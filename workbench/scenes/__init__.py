"""Procedural pictures whose truth is exact, from a seed, at any size."""

from __future__ import annotations

from collections.abc import Callable

from workbench.sample import Sample
from workbench.scenes.cells import cells
from workbench.scenes.street import street

SCENES: dict[str, Callable[..., Sample]] = {"cells": cells, "street": street}

__all__ = ["SCENES", "cells", "street"]
