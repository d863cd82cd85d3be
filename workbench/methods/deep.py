"""Trained networks, listed as methods; torch is imported when one first runs."""

from __future__ import annotations

from typing import Annotated

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.image import Image
from workbench.registry import Label, Range, method
from workbench.segmentation import Segmentation
from workbench.trace import loading, progress, ran_on, stage

FAMILY = "networks"


@method(
    "U-Net for cells",
    family=FAMILY,
    yields="foreground",
    source="Ronneberger, Fischer and Brox 2015",
    name="unet-cells",
    requires=("torch", "safetensors"),
    slow=True,
)
def unet_cells(
    image: Image,
    *,
    threshold: Annotated[
        float,
        Range(0.05, 0.95, 0.05),
        Label("Probability threshold", "Pixels that are cell with at least this probability are cell."),
    ] = 0.5,
    scale: Annotated[
        float,
        Range(0.25, 2.0, 0.05, log=True),
        Label(
            "Zoom before looking", "The network knows objects 20 to 80 px across; bring yours to that size."
        ),
    ] = 1.0,
) -> Segmentation:
    """Ask a small U-Net, which has only ever seen generated cells, for the cells.

    It sees standardised grey, so neither brightness nor contrast matter, and it was trained on inverted
    pictures as well, so objects may be the bright or the dark side.
    Ronneberger, O., Fischer, P. and Brox, T.: U-Net: convolutional networks for biomedical image
    segmentation, 2015.
    """
    probability = cell_probability(image, "unet-cells", scale)
    stage("probability", probability, "how sure the network is that a pixel is cell, 0 to 1")
    mask = probability >= threshold
    stage("threshold", mask, f"at least {threshold:g}")
    return Segmentation.from_mask(mask)


def cell_probability(image: Image, name: str, scale: float) -> NDArray[np.float32]:
    """Give the (H, W) probability (0 to 1) of object that a bundled two-way network sees in the image.

    Raises
    ------
    WeightsError : the network's files are missing or damaged.
    """
    with loading():
        import torch

        from workbench.models import tiles, zoo

        model = zoo.load(name)
    ran_on(model.device)
    height, width = image.shape[:2]
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    grey = tiles.grey_of(
        image if scale == 1 else np.asarray(cv2.resize(image, size, interpolation=how), np.uint8)
    )
    stage("standardised grey", grey, "mean 0, deviation 1: what the network sees")

    def judge(piece: NDArray[np.float32]) -> NDArray[np.float32]:
        """Ask the network about one (1, h, w) piece."""
        with torch.inference_mode():
            picture = torch.from_numpy(piece)[None, None].to(model.device, memory_format=torch.channels_last)
            return np.asarray(torch.sigmoid(model.net(picture))[0, 0].cpu())

    probability = tiles.in_tiles(judge, grey, progress=progress)
    return probability if scale == 1 else np.asarray(cv2.resize(probability, (width, height)), np.float32)
