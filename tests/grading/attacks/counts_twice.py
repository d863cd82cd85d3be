# Returns truth values of two and more, of which a sum makes too much, and shapes that stretch to any other.
# expect: not yet
# %%
import numpy as np


# %%
def threshold(grey, level):
    mask = np.zeros(grey.shape, bool)
    mask.view(np.uint8)[...] = 255
    return mask
