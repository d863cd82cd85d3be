"""The train panel: a small network learns while one watches, holds it, and turns its learning rate."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from workbench.panels import orders
from workbench.panels.orders import order_of
from workbench.panels.page import PageWidget
from workbench.panels.trainer import Trainer
from workbench.training.choices import Order
from workbench.training.live import Live, Message
from workbench.widgets import assets

DEFAULT = Order()


class TrainWidget(PageWidget):
    """Show the train page; `panels.train` makes it."""

    _esm = assets.module("train.js")

    def __init__(self, order: Order) -> None:
        super().__init__()
        heard = weakref.WeakMethod(self._heard)

        def listen(message: Message) -> None:
            """Pass on what the process says, for as long as there is a page."""
            if (call := heard()) is not None:
                call(message)

        self._live = Live(listen)
        weakref.finalize(self, self._live.close)
        self._trainer = Trainer(self._tell, self._live, order)
        self.on_msg(lambda _, content, buffers: self._trainer.receive(content))

    def close(self) -> None:
        """End the training's process and remove the page."""
        self._live.close()
        super().close()

    def _heard(self, message: Message) -> None:
        call: Callable[[], None] = lambda: self._trainer.heard(message)  # noqa: E731
        self._post(call)


def train(
    network: str = DEFAULT.network,
    scenes: str = DEFAULT.scenes,
    *,
    side: int = DEFAULT.side,
    steps: int = DEFAULT.steps,
    rate: float = DEFAULT.rate,
    seed: int = DEFAULT.seed,
) -> TrainWidget:
    """Train a network on generated pictures and watch it learn; the page changes all of this.

    Parameters
    ----------
    network : such as ``"deeplab3plus"``. scenes : such as ``"street"``. side : 64, 96 or 128 px.
    steps : batches to learn from. rate : highest learning rate. seed : of first weights and pictures.

    Raises
    ------
    ValueError : a network or scenes that there are not, or a number out of its range.
    """
    wanted: dict[str, Any] = {"network": network, "scenes": scenes, "side": side, "steps": steps}
    asked = orders.settings(wanted | {"rate": rate, "seed": seed})
    return TrainWidget(order_of(asked))
