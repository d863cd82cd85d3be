"""What the loop asks of whatever a network learns; each kind of learning is a file of its own."""

from __future__ import annotations

from typing import Any, Protocol

from torch import Tensor, nn


class Task(Protocol):
    """Say what a network learns from, what it is punished for, and how it is judged.

    measure : name of the score that `validate` gives; more is better.
    """

    measure: str

    def batch(self, step: int) -> Any:
        """Make batch number `step`, a function of the task and the step alone."""

    def loss(self, net: nn.Module, batch: Any, device: str) -> dict[str, Tensor]:
        """Give the named parts of the loss; their sum is what the network goes down."""

    def validate(self, net: nn.Module, device: str) -> float:
        """Give the score on pictures that are never trained on."""
