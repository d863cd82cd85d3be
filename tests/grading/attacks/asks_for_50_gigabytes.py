# Allocates 50 GB and writes to all of it.
# expect: not yet
# violation: memory limit
# %%
import numpy as np


# %%
def threshold(grey, level):
    return np.ones(50 * 2**30, np.uint8)[: grey.size].reshape(grey.shape) > level
