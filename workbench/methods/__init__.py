"""The classical methods, a family a file, and the trained networks (`deep`), all found in `workbench.METHODS`."""

from workbench.methods import (  # noqa: F401  importing a family registers its methods
    thresholding,
    edges,
    regions,
    clustering,
    watershed,
    contours,
    graphs,
    superpixels,
)
