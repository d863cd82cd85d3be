# Sleeps, and ignores every signal that asks it to stop.
# expect: not yet
# ended: by the clock
# %%
import contextlib
import signal
import time


# %%
def threshold(grey, level):
    for number in range(1, 65):
        with contextlib.suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_IGN)
    while True:
        with contextlib.suppress(BaseException):
            time.sleep(1000)
