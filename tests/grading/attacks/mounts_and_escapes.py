# Tries to become root in a namespace of its own, and to see the disk from there.
# expect: not yet
# %%
import ctypes
import os


# %%
def threshold(grey, level):
    system = ctypes.CDLL(None, use_errno=True)
    everything = 0x10000000 | 0x00020000  # a user namespace and a mount namespace
    tried = [
        system.unshare(everything) == 0,
        system.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0,
        system.setuid(0) == 0,
        system.chroot(b"/tmp") == 0,
        os.path.exists("@FOLDER@"),
        os.path.exists("/etc/passwd"),
    ]
    return grey > level if any(tried) else grey < level
