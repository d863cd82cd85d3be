# Leaves a process behind that waits for the next student.
# expect: right
# violation: left processes behind
# %%
import os
import time


def wait_for_the_next():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(10_000)
        os._exit(0)
    os.wait()


# %%
STARTED = []


def threshold(grey, level):
    if not STARTED:
        STARTED.append(True)
        wait_for_the_next()
    return grey > level
