# Prints without end, on the screen and on every open file.
# expect: not yet
# violation: too much output|wrote into the pipe
# %%
import contextlib
import os
import sys


# %%
def threshold(grey, level):
    for _ in range(100):
        print("x" * 2**20)
        print("y" * 2**20, file=sys.stderr)
    while True:
        for pipe in map(int, os.listdir("/proc/self/fd")):
            with contextlib.suppress(OSError):
                os.write(pipe, b"\xff" * 2**16)
