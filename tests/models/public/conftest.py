"""Tiny random models of the public classes, saved in the public format; and no network at all."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import numpy as np
import pytest
import torch

from workbench.image import Image
from workbench.models.public import cache, loaded
from workbench.registry import METHODS


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    def refuse(*_):
        raise AssertionError("a test asked the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch) -> Path:
    """An empty cache of public models."""
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "store"))
    return tmp_path / "store"


@pytest.fixture(autouse=True)
def _forgotten():
    yield
    loaded._load.cache_clear()


@pytest.fixture
def methods(monkeypatch):
    """The registry that everybody sees, put back afterwards."""
    monkeypatch.setattr(METHODS, "_methods", dict(METHODS._methods))
    return METHODS


@pytest.fixture(scope="session")
def image() -> Image:
    """A random picture that is wider than high."""
    return np.random.default_rng(3).integers(0, 256, (40, 60, 3), np.uint8)


@pytest.fixture(scope="session")
def lraspp(tmp_path_factory) -> Path:
    """LR-ASPP with random weights, as safetensors."""
    from safetensors.torch import save_file
    from torchvision.models.segmentation import lraspp_mobilenet_v3_large

    torch.manual_seed(0)
    net = lraspp_mobilenet_v3_large(weights=None, weights_backbone=None, num_classes=21)
    path = tmp_path_factory.mktemp("torchvision") / "lraspp.safetensors"
    save_file(net.state_dict(), path)
    return path


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """Give the folder of a tiny random model of a class of transformers, by its name in the catalogue."""
    import transformers

    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    root = tmp_path_factory.mktemp("transformers")

    def folder(name: str) -> Path:
        where = root / name
        if not where.exists():
            torch.manual_seed(1)
            MAKERS[name](transformers, where)
        return where

    return folder


def _labels(names: list[str]) -> dict[str, dict]:
    return {"id2label": dict(enumerate(names)), "label2id": {name: n for n, name in enumerate(names)}}


def _swin(hf):
    stages = ["stage1", "stage2", "stage3", "stage4"]
    return hf.SwinConfig(
        embed_dim=8, depths=[1] * 4, num_heads=[1, 1, 2, 2], window_size=4, image_size=64, out_features=stages
    )


def _save(net, where, *processors):
    net.eval().save_pretrained(where)
    for processor in processors:
        processor.save_pretrained(where)


SMALL = {"shortest_edge": 64, "longest_edge": 128}
DECODER = {
    "encoder_feedforward_dim": 16, "encoder_layers": 1, "decoder_layers": 2, "num_attention_heads": 2,
    "dim_feedforward": 16, "hidden_dim": 32, "num_queries": 6,
}  # fmt: skip


def _mobilevit(hf, where):
    config = hf.MobileViTConfig(
        hidden_sizes=[16, 20, 24], neck_hidden_sizes=[8, 8, 16, 16, 16, 16, 24], num_attention_heads=2,
        aspp_out_channels=16, atrous_rates=[2, 4, 6], num_labels=21,
    )  # fmt: skip
    prepare = hf.MobileViTImageProcessor(
        size={"shortest_edge": 68}, crop_size={"height": 64, "width": 64}, do_center_crop=True
    )
    _save(hf.MobileViTForSemanticSegmentation(config), where, prepare)


def _detr(hf, where):
    backbone = hf.ResNetConfig(
        embedding_size=8, hidden_sizes=[16, 16, 24, 32], depths=[1] * 4,
        out_features=["stage1", "stage2", "stage3", "stage4"],
    )  # fmt: skip
    config = hf.DetrConfig(
        backbone_config=backbone, d_model=16, encoder_layers=1, decoder_layers=1, encoder_attention_heads=8,
        decoder_attention_heads=8, encoder_ffn_dim=16, decoder_ffn_dim=16, num_queries=6,
        **_labels(["N/A", "person", "cat", "wall-brick", "wall-tile", "sky-other-merged"]),
    )  # fmt: skip
    _save(hf.DetrForSegmentation(config), where, hf.DetrImageProcessor(size=SMALL))


def _mask2former(hf, where):
    config = hf.Mask2FormerConfig(
        backbone_config=_swin(hf), feature_size=32, mask_feature_size=32,
        **DECODER, **_labels(["person", "cat", "wall-brick", "sky-other-merged"]),
    )  # fmt: skip
    _save(hf.Mask2FormerForUniversalSegmentation(config), where, hf.Mask2FormerImageProcessor(size=SMALL))


def _eomt(hf, where):
    config = hf.EomtConfig(
        hidden_size=16, num_hidden_layers=3, num_attention_heads=2, image_size=64, patch_size=8,
        num_upscale_blocks=1, num_queries=6, num_blocks=1, num_register_tokens=1, num_labels=133,
    )  # fmt: skip
    prepare = hf.EomtImageProcessor(size={"shortest_edge": 64, "longest_edge": 64}, do_pad=True)
    _save(hf.EomtForUniversalSegmentation(config), where, prepare)


def _oneformer(hf, where):
    where.mkdir()
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    words = ["<|startoftext|>", "<|endoftext|>", *letters, *(letter + "</w>" for letter in letters)]
    (where / "vocab.json").write_text(json.dumps({word: n for n, word in enumerate(words)}))
    (where / "merges.txt").write_text("#version: 0.2\n")
    config = hf.OneFormerConfig(
        backbone_config=_swin(hf), num_labels=150, text_encoder_width=16, text_encoder_num_layers=1,
        text_encoder_vocab_size=len(words), text_encoder_proj_layers=1, text_encoder_n_ctx=2, conv_dim=32,
        mask_dim=32, query_dec_layers=1, task_seq_len=77, **DECODER,
    )  # fmt: skip
    _save(hf.OneFormerForUniversalSegmentation(config), where, hf.OneFormerImageProcessor(size=SMALL))
    # As published: a file of class names that would be fetched from elsewhere.
    path = where / "preprocessor_config.json"
    said = {**json.loads(path.read_text()), "class_info_file": "classes.json", "repo_path": "nobody/nothing"}
    path.write_text(json.dumps(said))


def _sam(hf, where):
    sides = {"hidden_size": 16, "image_size": 64, "patch_size": 8}
    config = hf.SamConfig(
        vision_config=hf.SamVisionConfig(
            num_hidden_layers=2, num_attention_heads=2, output_channels=16, mlp_dim=16, window_size=4,
            global_attn_indexes=[1], num_pos_feats=8, **sides,
        ),
        prompt_encoder_config=hf.SamPromptEncoderConfig(**sides),
        mask_decoder_config=hf.SamMaskDecoderConfig(
            hidden_size=16, mlp_dim=16, num_attention_heads=2, iou_head_hidden_dim=16, num_hidden_layers=1
        ),
    )  # fmt: skip
    prepare = hf.SamImageProcessor(
        size={"longest_edge": 64}, pad_size={"height": 64, "width": 64}, mask_size={"longest_edge": 32},
        mask_pad_size={"height": 32, "width": 32},
    )  # fmt: skip
    _save(hf.SamModel(config), where, prepare)


MAKERS = {
    "voc-mobilevit": _mobilevit,
    "coco-detr": _detr,
    "coco-mask2former": _mask2former,
    "coco-eomt": _eomt,
    "ade-oneformer": _oneformer,
    "sam": _sam,
}
