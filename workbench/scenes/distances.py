"""How far the things of a generated street are: its camera, and the rows on which feet and tyres stand."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.instances import Instances
from workbench.scenes.canvas import checked
from workbench.scenes.street import DAYS
from workbench.scenes.view import View


def camera(seed: int = 0, size: tuple[int, int] = (256, 256)) -> View:
    """Give the camera of the street that `street` makes of this seed and size.

    Raises
    ------
    ValueError : a bad seed or size.

    >>> view = camera(seed=7, size=(128, 192))
    >>> 0.42 * 128 <= view.row <= 0.54 * 128
    True
    """
    shape = checked("street", seed, size)
    planner = np.random.default_rng([seed, 2])  # the stream of the street's layout, in its order
    planner.integers(len(DAYS))
    return View.drawn(planner, shape)


def metres(instances: Instances, view: View) -> NDArray[np.float64]:
    """Give the (N,) distances of things that stand on the ground, from the row on which each ends.

    The whole mask is used, hidden parts included. What reaches the picture's last row stands below it, nearer
    than the number says. What stands at the horizon is infinitely far.

    >>> from workbench.taxonomy import Category, Taxonomy
    >>> mask = np.zeros((1, 100, 10), bool)
    >>> mask[0, 50:90] = True
    >>> one = Instances.from_masks(mask, [1], Taxonomy([Category(1, "car")]))
    >>> metres(one, View(row=50, col=5, focal=100, height=1.6)).tolist()
    [4.0]
    """
    rows = np.arange(1, instances.shape[0] + 1)
    feet = np.array([(mask.any(axis=1) * rows).max(initial=0) for mask in instances.masks()], float)
    below = np.maximum(feet - view.row, 0)
    with np.errstate(divide="ignore"):
        return view.height * view.focal / below
