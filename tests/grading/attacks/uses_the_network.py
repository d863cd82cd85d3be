# Asks somebody outside, by network.
# expect: not yet
# %%
import socket


# %%
def threshold(grey, level):
    try:
        socket.create_connection(("127.0.0.1", int("@PORT@")), timeout=1).sendall(b"help")
        return grey > level
    except OSError:
        return grey < level
