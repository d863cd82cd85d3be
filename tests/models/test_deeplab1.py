import pytest
import torch
from torch import nn

from workbench.models.deeplab1 import DeepLab1
from workbench.trace import Trace, listen

SMALL = (4, 4, 4, 6, 6, 8)


def test_it_halves_three_times_and_dilates_from_there():
    net = DeepLab1(classes=3, widths=SMALL).eval()
    assert net.stages(torch.zeros(1, 3, 64, 64)).shape == (1, 6, 8, 8)
    assert sum(isinstance(m, nn.MaxPool2d) for m in net.modules()) == 3
    rates = [m.dilation[0] for m in net.stages[4].modules() if isinstance(m, nn.Conv2d)]
    assert rates == [2, 2]


@pytest.mark.parametrize("rate", [2, 4, 12])
def test_the_wide_look_has_the_rate_asked_for(rate):
    first = DeepLab1(widths=SMALL, rate=rate).wide[0][0]
    assert first.kernel_size == (3, 3)
    assert first.dilation == (rate, rate)


def test_it_shows_its_way_and_answers_every_pixel():
    with listen(Trace()) as trace:
        assert DeepLab1(classes=3, widths=SMALL).eval()(torch.zeros(1, 3, 40, 32)).shape == (1, 3, 40, 32)
    assert [stage.name for stage in trace.stages] == ["deep features", "wide look", "score at stride 8"]


def test_refuses_sides_that_cannot_be_halved():
    with pytest.raises(ValueError, match="DeepLab v1: sides must be multiples of 8"):
        DeepLab1(widths=SMALL)(torch.zeros(1, 3, 33, 64))
