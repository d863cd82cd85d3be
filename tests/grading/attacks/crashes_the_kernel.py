# Brings Python itself down.
# expect: not yet
# violation: killed
# %%
import ctypes


# %%
def threshold(grey, level):
    return ctypes.string_at(0)
