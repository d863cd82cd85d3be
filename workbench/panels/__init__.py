"""The pages: each panel is one call that shows a working tool in a notebook or a Voila dashboard."""

from workbench.panels.classview import classview
from workbench.panels.compare import compare
from workbench.panels.explore import explore
from workbench.panels.methods import methods, tour
from workbench.panels.metrics import metrics
from workbench.panels.outputs import outputs
from workbench.panels.progress import progress
from workbench.panels.train import train

__all__ = ["classview", "compare", "explore", "methods", "metrics", "outputs", "progress", "tour", "train"]
