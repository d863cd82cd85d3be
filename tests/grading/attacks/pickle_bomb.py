# Returns what would run a command in whoever unpickles it.
# expect: not yet
# %%
import os

import numpy as np


class Bomb:
    def __reduce__(self):
        return os.system, ("touch @FOLDER@/exploded",)


# %%
def threshold(grey, level):
    return np.array([[Bomb()]], dtype=object)
