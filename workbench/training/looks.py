"""What a network makes of pictures while it learns: the fixed ones that are shown, and some trained on."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property

import cv2
import numpy as np
import torch
from torch import nn

from workbench.export import pasted
from workbench.instances import Instances
from workbench.metrics.card import Score
from workbench.metrics.many import pool
from workbench.metrics.score import score
from workbench.models.answers import finding, panoptic
from workbench.models.tiles import standardised
from workbench.sample import Sample
from workbench.segmentation import Segmentation
from workbench.training import choices
from workbench.training.choices import FIXED, HELD, Order
from workbench.training.semantic import named, truth_of

Output = Segmentation | Instances


class Looks:
    """Ask a network in training about the pictures of an order.

    Parameters
    ----------
    net : is left as it is, in training or not. device : where it is.
    """

    def __init__(self, net: nn.Module, order: Order, device: str) -> None:
        self.net, self.order, self.device = net, order, device

    @cached_property
    def _fixed(self) -> list[Sample]:
        return choices.fixed(self.order)

    @cached_property
    def _trained(self) -> list[Sample]:
        return choices.trained_on(self.order)

    def fixed(self) -> tuple[list[Segmentation], list[float]]:
        """Give what it answers on each fixed picture, as one map each, and the score of each."""
        answers = self._asked(self._fixed)
        scores = [self._scored(one, guess) for one, guess in zip(self._fixed, answers, strict=True)]
        return [pasted(guess) for guess in answers], [getattr(one, self.order.measure.each) for one in scores]

    def trained(self) -> float:
        """Give the score over pictures that it learns from, measured as on those that are held back."""
        answers = self._asked(self._trained)
        scores = [self._scored(one, guess) for one, guess in zip(self._trained, answers, strict=True)]
        return float(getattr(pool(scores, "dataset"), self.order.measure.name))

    def cost(self) -> float:
        """Say what one validation with all its looks takes, in seconds, by looking at the fixed pictures."""
        self.fixed()  # the first time makes them, and warms up
        began = time.perf_counter()
        self.fixed()
        return (time.perf_counter() - began) * (2 * HELD + FIXED) / FIXED

    def _asked(self, samples: Sequence[Sample]) -> list[Output]:
        with _judging(self.net), torch.inference_mode():
            return [self._ask(one) for one in samples]

    def _ask(self, sample: Sample) -> Output:
        if self.order.yields == "foreground":
            return self._object(sample)
        if self.order.yields == "semantic":
            return named(self.net, sample, self.device)
        ask = finding if self.order.yields == "instance" else panoptic
        return ask(self.net, sample.image, truth_of(sample).taxonomy, self.device)

    def _object(self, sample: Sample) -> Segmentation:
        """Ask for object or not."""
        grey = standardised(cv2.cvtColor(sample.image, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255)
        logits = self.net(torch.from_numpy(grey)[None, None].to(self.device))[0, 0].cpu().numpy()
        return Segmentation.from_mask(logits > 0)

    def _scored(self, sample: Sample, guess: Output) -> Score:
        return score(truth_of(sample), guess, lens=self.order.measure.lens, target=sample.target)


@contextmanager
def _judging(net: nn.Module) -> Iterator[None]:
    """Let a network judge for a moment, then go on as it was."""
    before = net.training
    net.eval()
    try:
        yield
    finally:
        net.train(before)
