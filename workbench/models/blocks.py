"""What several networks are built of: convolutions, residual blocks, a dilated backbone; and showing maps."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from workbench.trace import stage


def convolved(
    before: int, after: int, kernel: int = 3, *, stride: int = 1, dilation: int = 1
) -> nn.Sequential:
    """Build a convolution, batch normalisation and a rectifier; the map keeps its size unless it strides.

    >>> convolved(3, 8, dilation=4)(torch.zeros(2, 3, 16, 16)).shape
    torch.Size([2, 8, 16, 16])
    """
    return nn.Sequential(
        # Normalisation brings a shift of its own, so the convolution needs no bias.
        nn.Conv2d(
            before, after, kernel, stride, padding=dilation * (kernel // 2), dilation=dilation, bias=False
        ),
        nn.BatchNorm2d(after),
        nn.ReLU(inplace=True),
    )


class Residual(nn.Module):
    """Add two convolutions to what came in (He et al., 2016); the map is `stride` times smaller."""

    def __init__(self, before: int, after: int, *, stride: int = 1, dilation: int = 1) -> None:
        super().__init__()
        self.first = convolved(before, after, stride=stride, dilation=dilation)
        self.second = convolved(after, after, dilation=dilation)
        self.second[2] = nn.Identity()  # the rectifier comes after the sum
        same = before == after and stride == 1
        # Where the size changes, the way past the block is a 1 x 1 convolution.
        self.past: nn.Module = nn.Identity()
        if not same:
            self.past = convolved(before, after, 1, stride=stride)
            self.past[2] = nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """Give relu(x + f(x))."""
        return functional.relu(self.past(x) + self.second(self.first(x)))


class Dilated(nn.Module):
    """See widely without shrinking far: a residual backbone whose last stages dilate instead of striding.

    A convolution with rate r skips r - 1 pixels between its nine weights ("atrous", with holes), so that the
    map stays large while each pixel sees as far as if it had been halved (Chen et al., 2015 and 2018).

    Parameters
    ----------
    widths : channels of the four stages. stride : 8 or 16, how much smaller the last map is.

    Raises
    ------
    ValueError : another stride.

    >>> fine, deep = Dilated((8, 8, 8, 8), 8)(torch.zeros(1, 3, 64, 64))
    >>> fine.shape[2:], deep.shape[2:]
    (torch.Size([16, 16]), torch.Size([8, 8]))
    """

    def __init__(self, widths: tuple[int, int, int, int], stride: int = 8) -> None:
        super().__init__()
        if stride not in (8, 16):
            raise ValueError(f"Dilated: stride must be 8 or 16, got {stride}")
        first, second, third, fourth = widths
        self.stem = convolved(3, first, stride=2)  # (B, 3, H, W) -> (B, first, H/2, W/2)
        self.one = _pair(first, first, 2, 1)  # -> H/4
        self.two = _pair(first, second, 2, 1)  # -> H/8
        # From here on halving is traded for holes: the map stays, the reach doubles all the same.
        strided = stride == 16
        self.three = _pair(second, third, 2, 1) if strided else _pair(second, third, 1, 2)
        self.four = _pair(third, fourth, 1, 2 if strided else 4)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Turn (B, 3, H, W) pictures into a fine map (B, first, H/4, W/4) and a deep one (B, fourth, ...)."""
        fine = self.one(self.stem(image))
        deep = self.four(self.three(self.two(fine)))
        show_map("fine features", fine, "the strongest channel at each place, a quarter of the size")
        show_map("deep features", deep, "the strongest channel at each place, after the dilated stages")
        return fine, deep


def _pair(before: int, after: int, stride: int, dilation: int) -> nn.Sequential:
    return nn.Sequential(
        Residual(before, after, stride=stride, dilation=dilation), Residual(after, after, dilation=dilation)
    )


def enlarged(x: Tensor, size: torch.Size | tuple[int, int]) -> Tensor:
    """Bring (B, C, h, w) to (B, C, *size) by bilinear interpolation, which is fixed and not learnt."""
    return functional.interpolate(x, size=tuple(size), mode="bilinear", align_corners=False)


def check_sides(name: str, image: Tensor, step: int) -> None:
    """Refuse (B, C, H, W) pictures that the network's halvings do not divide.

    Raises
    ------
    ValueError : H or W is not a multiple of `step`.
    """
    if image.shape[-2] % step or image.shape[-1] % step:
        sides = tuple(image.shape[-2:])
        raise ValueError(f"{name}: sides must be multiples of {step}, got {sides}; pad the image")


def show_map(name: str, x: Tensor, caption: str) -> None:
    """Show the strongest channel of the first picture's (B, C, h, w) map at each place."""
    stage(name, lambda: x[0].detach().float().amax(dim=0).cpu().numpy(), caption)


def show_answer(name: str, logits: Tensor, caption: str) -> None:
    """Show the likeliest class of the first picture's (B, K, h, w) scores at each place, as labels from 1."""
    stage(name, lambda: (logits[0].detach().argmax(dim=0) + 1).cpu().numpy(), caption, kind="labels")
