# Returns far more than was asked for.
# expect: not yet
# %%
import numpy as np


# %%
def threshold(grey, level):
    return np.zeros(2**27, bool)
