# Answers rightly, and then stays when it is told to go.
# expect: right
# %%
import os
import threading
import time


def stay(code=0):
    while True:
        time.sleep(1)


# %%
def threshold(grey, level):
    if os._exit is not stay:
        os._exit = stay
        threading.Thread(target=stay).start()
    return grey > level
