"""workbench: the place where people learn image segmentation by doing it.

>>> import workbench as wb
>>> coins = wb.samples.load("coins")
>>> result = wb.run("otsu", coins.image, sigma=1.5)
>>> 0.5 < wb.score(coins.truth, result.output, target=coins.target).iou < 1
True
"""

from workbench import methods, samples, scenes  # noqa: F401  importing `methods` fills METHODS
from workbench.image import ImageError, ImageNote, read_image
from workbench.instances import Instances
from workbench.metrics.score import Score, score
from workbench.recipe import Recipe, Result, run
from workbench.registry import METHODS, Accepts, Box, Curve, Label, Points, Range, Start, method, start_from
from workbench.sample import Sample
from workbench.segmentation import Segment, Segmentation
from workbench.taxonomy import Category, Taxonomy
from workbench.trace import progress, stage

__version__ = "0.1.0"
__all__ = [
    "METHODS",
    "Accepts",
    "Box",
    "Category",
    "Curve",
    "ImageError",
    "ImageNote",
    "Instances",
    "Label",
    "Points",
    "Range",
    "Recipe",
    "Result",
    "Sample",
    "Score",
    "Segment",
    "Segmentation",
    "Start",
    "Taxonomy",
    "method",
    "panels",
    "progress",
    "read_image",
    "run",
    "samples",
    "scenes",
    "score",
    "show",
    "show_stage",
    "stage",
    "start_from",
]


def __getattr__(name: str) -> object:
    """Load what needs widgets only when it is asked for."""
    import importlib

    if name == "panels":
        return importlib.import_module("workbench.panels")
    if name == "show":
        return importlib.import_module("workbench.widgets.viewer").show
    if name == "show_stage":
        return importlib.import_module("workbench.widgets.stages").draw
    raise AttributeError(f"module 'workbench' has no attribute {name!r}")
