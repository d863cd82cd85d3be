"""Pictures that the tests of methods share."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

import workbench as wb
from workbench.image import Image


@pytest.fixture(scope="session")
def coins() -> Image:
    return wb.samples.load("coins").image


@pytest.fixture(scope="session")
def colour() -> Image:
    """A colour photograph, small enough for the slow methods."""
    return wb.samples.load("chelsea", longest=160).image


@pytest.fixture(scope="session")
def grey(coins: Image) -> np.ndarray:
    return cv2.cvtColor(coins, cv2.COLOR_RGB2GRAY)
