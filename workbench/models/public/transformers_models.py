"""The public models in the Hugging Face format: a local folder, tensors only, its own preprocessing."""

from __future__ import annotations

import json
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from workbench.image import Image
from workbench.models.public.cache import CheckpointError, checked
from workbench.models.public.catalogue import Public
from workbench.models.public.loaded import Loaded
from workbench.models.public.merging import Queries
from workbench.models.public.names import named, taxonomy_of
from workbench.models.public.states import read_state
from workbench.prompts import Box, Points, corners_of
from workbench.taxonomy import BINARY

# What prepares the pixels; the folder's preprocessor_config.json says with which numbers.
PROCESSORS = {
    "MobileViTForSemanticSegmentation": "MobileViTImageProcessor",
    "DetrForSegmentation": "DetrImageProcessor",
    "Mask2FormerForUniversalSegmentation": "Mask2FormerImageProcessor",
    "EomtForUniversalSegmentation": "EomtImageProcessor",
    "OneFormerForUniversalSegmentation": "OneFormerImageProcessor",
    "SamModel": "SamImageProcessor",
}
TASK = "the task is panoptic"  # what OneFormer is told
BRANCH = "detr.model.backbone.conv_encoder.model."


def load(entry: Public, path: Path, device: str) -> Loaded:
    """Build a model from a folder's configuration and fill it from its weights; nothing is downloaded.

    Raises
    ------
    CheckpointError : a file is missing, damaged, unsafe, or of another architecture.
    ModuleNotFoundError : transformers is not installed.
    """
    transformers = _transformers(entry)
    weights = checked(entry, path)
    model_class = getattr(transformers, entry.kind)
    stated = _json(entry, path / "config.json")
    wanted = model_class.config_class.model_type
    if stated.get("model_type") != wanted:
        raise CheckpointError(
            f"{entry.name}: {path / 'config.json'} is of another architecture, {stated.get('model_type')!r} "
            f"and not {wanted!r}; give the folder of this model, or ask for the model of this folder"
        )
    state = read_state(entry.name, weights)
    if stated.get("use_timm_backbone") and entry.kind == "DetrForSegmentation":
        stated, state = _own_resnet(stated), {_renamed(key): value for key, value in state.items()}
    net = _filled(entry, model_class, stated, state, weights)
    prepare = _processor(entry, transformers, path)
    if entry.task == "promptable":
        return Loaded(entry, net.to(device), prepare, device, BINARY)
    try:
        taxonomy, ids = taxonomy_of(named(net.config.id2label, entry.labels), entry.labels)
    except ValueError as error:
        raise CheckpointError(f"{entry.name}: {path / 'config.json'}: {error}") from None
    tokens = _tokens(entry, transformers, path, net) if entry.kind.startswith("OneFormer") else None
    return Loaded(entry, net.to(device), prepare, device, taxonomy, ids, tokens)


def queries(model: Loaded, image: Image) -> Queries:
    """Ask a mask transformer about an image: what each of its queries is, and where."""
    pixels = _pixels(model, image)
    told = {} if model.tokens is None else {"task_inputs": model.tokens.to(model.device)}
    with torch.inference_mode():
        answer = model.net(pixel_values=pixels, **told)
    detr = model.entry.kind.startswith("Detr")
    classes = answer.logits if detr else answer.class_queries_logits
    masks = answer.pred_masks if detr else answer.masks_queries_logits
    height, width = pixels.shape[-2:]
    return Queries(classes[0].float(), masks[0].float(), (height, width), _content(model, image, pixels))


def semantic_logits(model: Loaded, image: Image) -> torch.Tensor:
    """Ask a semantic model about an image: (1, K, h, w) logits."""
    with torch.inference_mode():
        return model.net(pixel_values=_pixels(model, image)).logits


def pointed_at(
    model: Loaded, image: Image, points: Points, box: Box | None
) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
    """Ask a promptable model for the (3, H, W) masks it offers, and how good it thinks each is."""
    seen = model.prepare(images=[image], return_tensors="pt", input_data_format="channels_last")
    sizes, shrunk = seen["original_sizes"], seen["reshaped_input_sizes"]
    # The network itself adds the half pixel to the middle of what is clicked.
    scale = (np.array(shrunk[0].tolist()) / np.array(sizes[0].tolist()))[::-1]
    prompts: dict[str, Any] = {}
    if points:
        places = [(column, row) for seed in points for row, column in corners_of(seed)]
        kinds = [int(seed[-1] == "object") for seed in points for _ in corners_of(seed)]
        prompts["input_points"] = _floats(np.array(places) * scale)[None, None]
        prompts["input_labels"] = torch.tensor(kinds)[None, None]
    if box is not None:
        corners = np.array([[box[1], box[0]], [box[3], box[2]]]) * scale
        prompts["input_boxes"] = _floats(corners.reshape(1, 4))[None]
    prompts = {key: value.to(model.device) for key, value in prompts.items()}
    with torch.inference_mode():
        answer = model.net(pixel_values=seen["pixel_values"].to(model.device), **prompts)
    masks = model.prepare.post_process_masks(answer.pred_masks.float().cpu(), sizes, shrunk)[0][0]
    return masks.numpy(), answer.iou_scores[0, 0].float().cpu().numpy()


def _transformers(entry: Public) -> Any:
    if find_spec("transformers") is None:
        raise ModuleNotFoundError(
            f"{entry.name}: needs transformers, which is not installed; "
            "pip install 'segmentation-workbench[deep,public]'"
        )
    import transformers

    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    return transformers


def _json(entry: Public, path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError):
        raise CheckpointError(f"{entry.name}: {path} is not JSON; get the file again") from None


def _filled(
    entry: Public, model_class: Any, stated: dict[str, Any], state: dict[str, Any], weights: Path
) -> Any:
    try:
        config = model_class.config_class.from_dict(stated)
        net, report = model_class.from_pretrained(
            None, config=config, state_dict=state, output_loading_info=True
        )
        wrong = sorted([*report["missing_keys"], *map(str, report["mismatched_keys"])])
    except (RuntimeError, ValueError, TypeError, KeyError) as error:
        wrong = [_short(error)]
    if wrong:
        raise CheckpointError(
            f"{entry.name}: {weights.name} is of another architecture than its config.json says "
            f"({len(wrong)} do not fit, such as {wrong[0]}); bring both from one revision"
        )
    return net.eval()


def _processor(entry: Public, transformers: Any, path: Path) -> Any:
    _json(entry, path / "preprocessor_config.json")
    changes: dict[str, Any] = {}
    if entry.kind.startswith("OneFormer"):
        changes["class_info_file"] = None  # names of classes are in config.json; this would ask the network
    if entry.kind.startswith("MobileViT"):
        changes["do_center_crop"] = False  # for classifying; here the borders are asked about as well
    processor = getattr(transformers, PROCESSORS[entry.kind])
    return processor.from_pretrained(path, local_files_only=True, **changes)


def _tokens(entry: Public, transformers: Any, path: Path, net: Any) -> torch.Tensor:
    """Give the task's words as numbers, zero behind their end, as the network was trained."""
    try:
        tokenizer = transformers.CLIPTokenizer.from_pretrained(path, local_files_only=True)
    except Exception as error:  # the tokenizers raise no class of their own
        raise CheckpointError(
            f"{entry.name}: the tokenizer in {path} cannot be read ({_short(error)}); "
            "get vocab.json and merges.txt again"
        ) from None
    length = net.config.task_seq_len
    read = tokenizer([TASK], padding="max_length", max_length=length, truncation=True, return_tensors="pt")
    return read["input_ids"] * read["attention_mask"]


def _pixels(model: Loaded, image: Image) -> torch.Tensor:
    """Prepare an image (H, W, 3) as the model's publisher does; gives (1, 3, h, w)."""
    seen = model.prepare(images=[image], return_tensors="pt", input_data_format="channels_last")
    return seen["pixel_values"].to(model.device)


def _content(model: Loaded, image: Image, pixels: torch.Tensor) -> tuple[int, int]:
    """Give the (height, width) of what is picture in prepared pixels; the rest is padding below and right."""
    height, width = pixels.shape[-2:]
    if not getattr(model.prepare, "do_pad", False) or not model.entry.kind.startswith("Eomt"):
        return height, width  # a batch of one is padded by no other
    from transformers.image_transforms import get_size_with_aspect_ratio

    size = model.prepare.size
    return get_size_with_aspect_ratio(image.shape[:2], size["shortest_edge"], size["longest_edge"])


def _own_resnet(stated: dict[str, Any]) -> dict[str, Any]:
    """Let a configuration ask for this library's ResNet-50 instead of another library's."""
    stages = [f"stage{n}" for n in (1, 2, 3, 4)]
    left = {k: v for k, v in stated.items() if k not in ("backbone", "use_timm_backbone", "backbone_kwargs")}
    return {**left, "backbone_config": {"model_type": "resnet", "out_features": stages}}


def _renamed(key: str) -> str:
    """Give the name that a tensor of torchvision's or timm's ResNet has in this library's.

    >>> _renamed(BRANCH + "layer1.0.conv2.weight").removeprefix(BRANCH)
    'encoder.stages.0.layers.0.layer.1.convolution.weight'
    """
    if not key.startswith(BRANCH):
        return key
    parts = {"conv": "convolution", "bn": "normalization", "0": "convolution", "1": "normalization"}
    name = key.removeprefix(BRANCH)
    if stem := re.match(r"(conv|bn)1\.(.*)", name):
        return f"{BRANCH}embedder.embedder.{parts[stem[1]]}.{stem[2]}"
    if short := re.match(r"layer(\d)\.(\d+)\.downsample\.([01])\.(.*)", name):
        where = f"encoder.stages.{int(short[1]) - 1}.layers.{short[2]}.shortcut"
        return f"{BRANCH}{where}.{parts[short[3]]}.{short[4]}"
    if inner := re.match(r"layer(\d)\.(\d+)\.(conv|bn)(\d)\.(.*)", name):
        where = f"encoder.stages.{int(inner[1]) - 1}.layers.{inner[2]}.layer.{int(inner[4]) - 1}"
        return f"{BRANCH}{where}.{parts[inner[3]]}.{inner[5]}"
    return key


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:80] or type(error).__name__


def _floats(values: NDArray[Any]) -> torch.Tensor:
    return torch.from_numpy(np.asarray(values, np.float32))
