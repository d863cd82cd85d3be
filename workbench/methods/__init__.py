"""The classical methods, a family a file, and the trained networks (`deep`); find them in `METHODS`."""

from workbench.methods import (  # noqa: F401, I001  importing a family registers its methods, in this order
    thresholding,
    edges,
    regions,
    quadtree,
    clustering,
    watershed,
    contours,
    graphs,
    superpixels,
    deep,
)
