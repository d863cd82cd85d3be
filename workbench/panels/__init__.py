"""The pages: each panel is one call that shows a working tool in a notebook or a Voila dashboard."""

from workbench.panels.compare import compare
from workbench.panels.explore import explore

__all__ = ["compare", "explore"]
