# Answers in the grader's own words with a set of numbers that all have one hash: its reader waits.
# expect: not yet
# violation: wrote into the pipe
# %%
import io
import json
import os
import sys
import time

import numpy as np


def question():
    step = sys._getframe()
    while "question" not in step.f_locals or "answer" not in step.f_locals:
        step = step.f_back
    return step.f_locals["question"]["number"], step.f_locals["answer"]


# %%
def threshold(grey, level):
    number, pipe = question()
    numbers = [n * (2**61 - 1) for n in range(150_000)]
    tree = json.dumps({"dict": {"number": number, "kind": "value", "value": {"set": numbers}}}).encode()
    buffer = io.BytesIO()
    np.savez(buffer, tree=np.frombuffer(tree, np.uint8))
    data = buffer.getvalue()
    data = len(data).to_bytes(8, "big") + data
    while data:
        data = data[os.write(pipe, data) :]
    time.sleep(1000)
