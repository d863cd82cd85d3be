# Starts processes, each of which takes as much memory as one may have.
# expect: not yet
# violation: memory limit|processes
# %%
import os
import time


# %%
def threshold(grey, level):
    for _ in range(6):
        if os.fork() == 0:
            taken = b"x" * (100 * 2**20)
            time.sleep(len(taken))
    time.sleep(3)
    return grey > level
