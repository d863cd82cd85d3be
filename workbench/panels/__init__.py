"""The pages: each panel is one call that shows a working tool in a notebook or a Voila dashboard."""

from workbench.panels.compare import compare

__all__ = ["compare"]
