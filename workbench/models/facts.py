"""How large a network is, what it costs, and how far one of its answers looks."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

FARTHEST = 512  # px: a network that sees this far sees, for all that is taught here, everything


def facts_of(net: nn.Module, side: int, channels: int = 3) -> dict[str, Any]:
    """Give parameters, floating-point operations for one side x side picture, and reach in px.

    Reach is None for a network that is asked for things: each of its answers looks elsewhere.

    >>> net = nn.Conv2d(3, 1, 3, padding=1, bias=False)
    >>> facts_of(net, 32)
    {'parameters': 27, 'flops': 55296, 'reach': 1}
    """
    net = net.eval()
    with FlopCounterMode(display=False) as counter, torch.inference_mode():
        answer = net(torch.zeros(1, channels, side, side))
    parameters = sum(p.numel() for p in net.parameters())
    reach = reach_of(net, channels) if isinstance(answer, Tensor) and answer.ndim == 4 else None
    return {"parameters": parameters, "flops": counter.get_total_flops(), "reach": reach}


def reach_of(net: nn.Module, channels: int = 3) -> int:
    """Measure how many px to the side a pixel's answer depends on, at most `FARTHEST`; its receptive field.

    All weights are made positive, so that nothing cancels, and the farthest input with a gradient is sought.
    """
    trial = copy.deepcopy(net).eval().double()
    with torch.no_grad():
        for module in trial.modules():
            if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
                module.weight.copy_(torch.full_like(module.weight, 1 / module.weight[0].numel()))
                if module.bias is not None:
                    module.bias.zero_()
            if isinstance(module, nn.BatchNorm2d):
                module.reset_parameters()
                module.reset_running_stats()
    width = 2 * FARTHEST
    farthest = 0
    for seed in range(4):  # a maximum passes the gradient to one place of four; other pictures, other places
        noise = torch.rand(
            1, channels, 32, width, dtype=torch.float64, generator=torch.Generator().manual_seed(seed)
        )
        picture = noise.requires_grad_()
        trial(picture)[0, :, 16, width // 2].sum().backward()
        assert picture.grad is not None  # ours: the answer depends on the picture
        columns = picture.grad.abs().amax(dim=(0, 1, 2)).nonzero()[:, 0]
        farthest = max(farthest, int((columns - width // 2).abs().max()))
    return min(farthest, FARTHEST)
