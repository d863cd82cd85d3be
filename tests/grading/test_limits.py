"""Limits by the kernel's names."""

from __future__ import annotations

import resource

from workbench.grading.limits import Limits


def test_every_limit_is_one_that_the_kernel_knows() -> None:
    assert all(hasattr(resource, f"RLIMIT_{name}") for name in Limits().kernel())


def test_a_program_may_compute_no_longer_than_it_is_waited_for() -> None:
    limits = Limits(prepare=2.5, wall=4, memory=10, processes=3)
    kernel = limits.kernel()
    assert limits.prepare + limits.wall <= kernel["CPU"] <= limits.prepare + limits.wall + 2
    assert kernel["AS"] == 10
    assert kernel["NPROC"] == 4
