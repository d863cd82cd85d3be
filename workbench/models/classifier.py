"""A classifier: what is in the picture, and which places made it say so.

The first rung of the ladder to segmentation. A trunk of convolutions turns the picture into feature maps,
each map is averaged over all places, and one linear layer turns the averages into a score for each kind of
thing. Averaging throws away *where*; but as the layer after it is linear, it can be put before the average:

    image ── trunk ── features ─┬─ average over places ── weights ── + bias ── scores
                                └─ weights at each place = the class's map; its average + bias = the score

That map is the class activation map (Zhou et al., 2016): how much each place spoke for the class. Nobody ever
told the network where anything is. As in the paper: global average pooling, one linear layer, the map from
its weights. What is smaller or other: a dilated residual trunk of 16 to 96 channels at an eighth of the size
instead of GoogLeNet; several kinds may be in one picture, so each has a sigmoid of its own, not one softmax.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from workbench.models.blocks import Dilated, check_sides

WIDTHS = (16, 32, 64, 96)  # channels of the trunk that the whole ladder shares
STEP = 8  # px of the picture that one place of the deep map covers


class Classifier(nn.Module):
    """Say which kinds of things are in a picture.

    Parameters
    ----------
    things : kinds of things. widths : channels of the trunk's four stages.

    >>> Classifier(things=2, widths=(4, 4, 4, 4)).eval()(torch.zeros(1, 3, 32, 48)).shape
    torch.Size([1, 2])
    """

    def __init__(self, things: int = 3, widths: tuple[int, int, int, int] = WIDTHS) -> None:
        super().__init__()
        self.things = things
        # Dilated instead of strided to the end: the maps stay an eighth of the picture's size, so that the
        # class activation map has something to show.
        self.backbone = Dilated(tuple(widths))  # type: ignore[arg-type]
        # Linear and alone: any bend or second layer here, and the map would no longer add up to the score.
        self.judge = nn.Linear(widths[-1], things)

    def forward(self, image: Tensor) -> Tensor:
        """Turn (B, 3, H, W) pictures into (B, things) scores, before the sigmoid.

        Raises
        ------
        ValueError : H or W is not a multiple of 8.
        """
        # (B, 96, h, w) -> (B, 96): how strong each feature is on average, wherever it is.
        return self.judge(self._features(image).mean(dim=(2, 3)))

    def look(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Give (B, things) scores, and the (B, things, H/8, W/8) class activation maps that made them."""
        features = self._features(image)
        # The same average as in `forward`; the two roads begin at the same maps.
        return self.judge(features.mean(dim=(2, 3))), activation_maps(features, self.judge.weight)

    def _features(self, image: Tensor) -> Tensor:
        check_sides("Classifier", image, STEP)
        # The fine map is for those on later rungs, who must know where; here only the deep one is heard.
        _, deep = self.backbone(image)
        return deep


def activation_maps(features: Tensor, weights: Tensor) -> Tensor:
    """Weigh (B, C, h, w) features by (K, C) weights of K classes: how much each place speaks for each.

    >>> activation_maps(torch.tensor([[[[1.0, 5.0]], [[2.0, 0.0]]]]), torch.tensor([[1.0, -1.0]])).tolist()
    [[[[-1.0, 5.0]]]]
    """
    # A sum over channels at every place: a 1 x 1 convolution that nobody had to train for it.
    return torch.einsum("kc,bchw->bkhw", weights, features)
