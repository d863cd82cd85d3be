# Ends the program that runs it.
# expect: not yet
# violation: killed
# %%
import os


# %%
def threshold(grey, level):
    os._exit(0)
