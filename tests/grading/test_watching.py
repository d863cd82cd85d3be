"""What a family of processes uses."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from workbench.grading.watching import Used, descendants, have_ended, used

FAMILY = """
import subprocess, sys, time
code = "x = b'x' * 50_000_000\\nprint(1, flush=True)\\nwhile True: pass"
subprocess.run([sys.executable, "-c", code])
"""


def test_descendants_are_counted_with_what_they_use() -> None:
    with subprocess.Popen([sys.executable, "-c", FAMILY], stdout=subprocess.PIPE) as parent:
        try:
            assert parent.stdout is not None
            parent.stdout.readline()
            time.sleep(0.5)
            found = used(parent.pid)
            assert found.processes == 1
            assert found.memory > 50_000_000
            assert found.seconds > 0
            assert found.busy
            assert parent.pid in [process.pid for process in descendants(os.getpid())]
            below = descendants(parent.pid)
            assert not have_ended(below, 0.05)
        finally:
            for process in descendants(parent.pid):
                process.kill()
            parent.kill()
        assert have_ended(below, 5)


def test_who_has_ended_uses_nothing() -> None:
    with subprocess.Popen(["true"]) as ended:
        ended.wait()
    assert used(ended.pid) == Used()
    assert descendants(ended.pid) == []


@pytest.mark.parametrize("field", ["processes", "memory", "seconds", "busy"])
def test_a_family_of_none_is_the_start_of_every_sum(field: str) -> None:
    assert getattr(Used(), field) == 0
