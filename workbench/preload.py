"""What every worker needs, imported once in the fork server that all of them come from."""

import os

# Threads of a network that have nothing to do give their core back: the slider's worker needs it. OpenMP
# reads this when PyTorch is loaded, which happens in a worker at its first network.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import cv2  # noqa: F401
import scipy.ndimage  # noqa: F401
import skimage as ski

import workbench  # noqa: F401

# scikit-image loads each function when it is first touched: touch here what the methods use, before the first
# slider moves, and nothing else, since the first answer of a page waits for this.
LOADED = [
    ski.feature.peak_local_max,
    ski.filters.threshold_otsu,
    ski.segmentation.find_boundaries,
    ski.segmentation.slic,
    ski.segmentation.watershed,
    ski.util.img_as_float,
]
