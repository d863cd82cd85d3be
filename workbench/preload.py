"""What every classical worker needs, imported once in the fork server that all of them come from."""

import cv2  # noqa: F401
import scipy.ndimage  # noqa: F401
import skimage as ski

import workbench  # noqa: F401

# scikit-image loads its parts when they are first used: use them here, before the first slider moves.
LOADED = [ski.color, ski.draw, ski.feature, ski.filters, ski.segmentation, ski.util]
