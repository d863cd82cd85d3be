# Starts processes without end, and goes on when it is refused.
# expect: not yet
# ended: by the clock
# violation: it had started
# %%
import contextlib
import os


# %%
def threshold(grey, level):
    while True:
        with contextlib.suppress(OSError):
            os.fork()
