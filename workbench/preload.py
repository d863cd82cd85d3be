"""What every classical worker needs, imported once in the fork server that all of them come from."""

import cv2  # noqa: F401
import scipy.ndimage  # noqa: F401
import skimage as ski

import workbench  # noqa: F401

# scikit-image loads each of its functions when it is first touched: touch them here, before the first slider moves.
PARTS = [ski.color, ski.draw, ski.feature, ski.filters, ski.segmentation, ski.util]
LOADED = [getattr(part, name) for part in PARTS for name in part.__all__]
