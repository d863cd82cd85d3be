# Sends a signal to every process that it can reach.
# expect: not yet
# violation: killed
# %%
import os
import signal


# %%
def threshold(grey, level):
    os.kill(os.getppid(), signal.SIGKILL)
    os.kill(-1, signal.SIGKILL)
    return grey > level
