"""The public models of torchvision: built empty, filled from a local file, asked as their makers do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
import torchvision
from numpy.typing import NDArray
from torch import Tensor, nn

from workbench.image import Image
from workbench.models.public.cache import CheckpointError, checked
from workbench.models.public.catalogue import Public
from workbench.models.public.loaded import Loaded
from workbench.models.public.names import taxonomy_of
from workbench.models.public.states import State, read_state

LONGEST = 2048  # px that are looked at along one side
CERTAIN = 0.5  # how sure a pixel of an instance's mask must be, as in the paper
FIRST = "maskrcnn_resnet50_fpn"  # its published weights were made with normalisations without an epsilon


def load(entry: Public, path: Path, device: str) -> Loaded:
    """Build a model without weights and fill it from a file; nothing is downloaded.

    Raises
    ------
    CheckpointError : the file is missing, damaged, unsafe, or of another architecture.
    """
    state = read_state(entry.name, checked(entry, path))
    weights = torchvision.models.get_weight(entry.at)
    labels = weights.meta["categories"]
    net = _filled(entry, state, len(labels), path)
    # A detector says nothing of the ground, and its class 0 never comes out.
    named = dict(enumerate(labels)) if entry.task == "semantic" else dict(enumerate(labels[1:], 1))
    taxonomy, ids = taxonomy_of(named, entry.labels)
    return Loaded(entry, net.to(device).eval(), weights.transforms, device, taxonomy, ids)


def _filled(entry: Public, state: State, classes: int, path: Path) -> nn.Module:
    settings: dict[str, Any] = {"weights": None, "weights_backbone": None, "num_classes": classes}
    if any(key.startswith("aux_classifier.") for key in state):
        settings["aux_loss"] = True  # a second head that only training needs
    try:
        net = torchvision.models.get_model(entry.kind, **settings)
        net.load_state_dict(state)
    except (RuntimeError, NotImplementedError):
        there = ", ".join(list(state)[:2]) or "nothing"
        raise CheckpointError(
            f"{entry.name}: {path.name} is of another architecture than {entry.kind}, it holds {there} ...; "
            "give the file of this model, or ask for the model of this file"
        ) from None
    if "aux_loss" in settings:
        net.aux_classifier = None
    if entry.kind == FIRST:
        for module in net.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eps = 0.0
    return net


def shown(model: Loaded, image: Image, size: int = 520) -> Tensor:
    """Prepare an image (H, W, 3) as the model's makers do; gives (3, h, w).

    Parameters
    ----------
    size : px that a semantic model sees along the shorter side; a detector brings it to its own size itself.
    """
    pixels = torch.from_numpy(np.ascontiguousarray(image)).permute(2, 0, 1)
    if model.entry.task != "semantic":
        return model.prepare()(pixels)
    shorter, longer = sorted(image.shape[:2])
    return model.prepare(resize_size=max(1, min(size, LONGEST * shorter // longer)))(pixels)


def semantic(model: Loaded, image: Image, size: int = 520) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Give the (H, W) category ids of an image, and how sure of them the model is, 0 to 1."""
    batch = shown(model, image, size)[None].to(model.device)
    with torch.inference_mode():
        logits = model.net(batch)["out"]
    return labelled(model, logits, image)


def labelled(model: Loaded, logits: Tensor, image: Image) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Turn (1, K, h, w) logits into (H, W) category ids and how sure of them the model is, 0 to 1."""
    full = nn.functional.interpolate(
        logits.float(), size=image.shape[:2], mode="bilinear", align_corners=False
    )
    sure, label = full[0].softmax(0).max(0)
    table = np.zeros(full.shape[1], np.int32)
    table[list(model.ids)] = list(model.ids.values())
    return table[label.cpu().numpy()], sure.cpu().numpy()


def instances(
    model: Loaded, image: Image, threshold: float = 0.5
) -> tuple[NDArray[np.bool_], list[int], list[float]]:
    """Give the (N, H, W) masks of the objects, their category ids, and their scores, surest first."""
    with torch.inference_mode():
        found = model.net([shown(model, image).to(model.device)])[0]
    labels, scores = found["labels"].tolist(), found["scores"].tolist()
    masks = (found["masks"][:, 0] >= CERTAIN).cpu().numpy()
    kept = [
        k
        for k, (label, score) in enumerate(zip(labels, scores, strict=True))
        if score >= threshold and label in model.ids and masks[k].any()
    ]
    return masks[kept], [model.ids[labels[k]] for k in kept], [scores[k] for k in kept]
