"""The classical methods, a family a file, and the trained networks (`deep`); find them in `METHODS`."""

from workbench.methods import (  # noqa: F401, I001  importing a family registers its methods, in this order
    thresholding,
    local_thresholds,
    histograms,
    edges,
    regions,
    quadtree,
    merging,
    clustering,
    modes,
    watershed,
    contours,
    snakes,
    level_sets,
    graphs,
    superpixels,
    seeds_like,
    sparse,
    low_rank,
    deep,
)
