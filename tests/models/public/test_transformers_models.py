"""Models in the Hugging Face format: what our code asks is what the class itself answers."""

from __future__ import annotations

import builtins
import json
import shutil

import numpy as np
import pytest
import torch
import transformers

from workbench.models.public import merging, transformers_models
from workbench.models.public.cache import CheckpointError
from workbench.models.public.catalogue import find
from workbench.models.public.loaded import load

QUERIES = ["coco-detr", "coco-mask2former", "coco-eomt", "ade-oneformer"]
ALL = ["voc-mobilevit", *QUERIES, "sam"]


def direct(name, folder):
    """Load a model the way its library documents it."""
    return getattr(transformers, find(name).kind).from_pretrained(folder, local_files_only=True).eval()


def prepared(folder, image, **changes):
    """Prepare an image the way the library documents it."""
    changes = {"class_info_file": None} | changes if "oneformer" in folder.name else changes
    processor = transformers.AutoImageProcessor.from_pretrained(folder, local_files_only=True, **changes)
    told = {"task_inputs": ["panoptic"]} if "oneformer" in folder.name else {}
    return processor(images=[image], return_tensors="pt", **told)


@pytest.fixture
def copy(tiny, tmp_path):
    """A folder that a test may spoil."""
    return lambda name: shutil.copytree(tiny(name), tmp_path / name)


@pytest.mark.parametrize("name", ALL)
def test_the_weights_are_those_of_the_folder(name, tiny):
    theirs, ours = direct(name, tiny(name)).state_dict(), load(name, tiny(name), "cpu").net.state_dict()
    assert theirs.keys() == ours.keys()
    assert all(torch.equal(theirs[key], ours[key]) for key in theirs)


@pytest.mark.parametrize("name", ALL)
def test_a_model_is_loaded_once_and_ready_to_judge(name, tiny):
    model = load(name, tiny(name), "cpu")
    assert model is load(name, tiny(name), "cpu")
    assert not model.net.training


@pytest.mark.parametrize("name", QUERIES)
def test_queries_are_what_the_class_answers(name, tiny, image):
    seen = prepared(tiny(name), image)
    asked = {"pixel_values": seen["pixel_values"]}
    if name == "ade-oneformer":
        tokenizer = transformers.CLIPTokenizer.from_pretrained(tiny(name), local_files_only=True)
        processor = transformers.OneFormerProcessor(
            transformers.OneFormerImageProcessor.from_pretrained(tiny(name), class_info_file=None), tokenizer
        )
        asked["task_inputs"] = processor([image], ["panoptic"], return_tensors="pt")["task_inputs"]
    with torch.inference_mode():
        answer = direct(name, tiny(name))(**asked)
    got = transformers_models.queries(load(name, tiny(name), "cpu"), image)
    detr = name == "coco-detr"
    torch.testing.assert_close(got.classes, (answer.logits if detr else answer.class_queries_logits)[0])
    torch.testing.assert_close(got.masks, (answer.pred_masks if detr else answer.masks_queries_logits)[0])
    assert got.seen == tuple(seen["pixel_values"].shape[-2:])


def test_padding_is_no_part_of_the_picture(tiny, image):
    got = transformers_models.queries(load("coco-eomt", tiny("coco-eomt"), "cpu"), image)
    bare = prepared(tiny("coco-eomt"), image, do_pad=False)["pixel_values"]
    assert got.seen == (64, 64)
    assert got.content == tuple(bare.shape[-2:]) != got.seen


def test_semantic_logits_are_what_the_class_answers_on_the_whole_picture(tiny, image):
    folder = tiny("voc-mobilevit")
    seen = prepared(folder, image, do_center_crop=False)["pixel_values"]
    assert seen.shape[-2:] == (68, 102)  # nothing is cut off
    with torch.inference_mode():
        expected = direct("voc-mobilevit", folder)(seen).logits
    got = transformers_models.semantic_logits(load("voc-mobilevit", folder, "cpu"), image)
    torch.testing.assert_close(got, expected)


def test_mobilevit_sees_blue_green_red(tiny, image):
    model = load("voc-mobilevit", tiny("voc-mobilevit"), "cpu")
    red = np.zeros_like(image)
    red[..., 0] = 255
    pixels = transformers_models._pixels(model, red)[0]
    assert [float(channel.max()) for channel in pixels] == [0, 0, 1]


def test_prompts_are_where_the_library_puts_them(tiny, image):
    folder = tiny("sam")
    processor = transformers.SamProcessor(transformers.SamImageProcessor.from_pretrained(folder))
    asked = processor(
        [image], input_points=[[[[7, 5], [9, 30]]]], input_labels=[[[1, 0]]],
        input_boxes=[[[2, 1, 40, 30]]], return_tensors="pt",
    )  # fmt: skip
    sizes, shrunk = asked.pop("original_sizes"), asked.pop("reshaped_input_sizes")
    asked = {key: value.float() if value.is_floating_point() else value for key, value in asked.items()}
    with torch.inference_mode():
        answer = direct("sam", folder)(**asked)
    expected = processor.image_processor.post_process_masks(answer.pred_masks, sizes, shrunk)[0][0]
    points, box = ((5, 7, "object"), (30, 9, "background")), (1, 2, 30, 40)
    masks, scores = transformers_models.pointed_at(load("sam", folder, "cpu"), image, points, box)
    assert masks.shape == (3, 40, 60)
    assert (masks == expected.numpy()).all()
    np.testing.assert_allclose(scores, answer.iou_scores[0, 0].numpy(), atol=1e-6)


def test_names_come_from_the_configuration_and_else_from_the_data_set(tiny):
    told = load("coco-detr", tiny("coco-detr"), "cpu")
    assert told.taxonomy.names == ["person", "cat", "wall", "sky"]
    assert told.ids == {1: 1, 2: 2, 3: 3, 4: 3, 5: 4}
    assert told.stuff == {3, 4}
    silent = load("coco-eomt", tiny("coco-eomt"), "cpu")
    assert {"person", "sky", "wall", "grass"} <= set(silent.taxonomy.names)
    assert len(silent.ids) == 133


def test_weights_of_an_older_folder_are_read_without_running_code(copy, tiny):
    from safetensors.torch import load_file

    folder = copy("ade-oneformer")
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    model = load("ade-oneformer", folder, "cpu")
    before = load("ade-oneformer", tiny("ade-oneformer"), "cpu")
    key = next(iter(before.net.state_dict()))
    assert torch.equal(model.net.state_dict()[key], before.net.state_dict()[key])


def test_pickled_code_is_refused(copy, tmp_path):
    folder = copy("coco-mask2former")
    (folder / "model.safetensors").unlink()
    torch.save({"weight": Code(tmp_path / "ran")}, folder / "pytorch_model.bin")
    with pytest.raises(
        CheckpointError, match=r"pytorch_model.bin holds pickled code, not only tensors; never"
    ):
        load("coco-mask2former", folder, "cpu")
    assert not (tmp_path / "ran").exists()


class Code:
    """Make a file where it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return builtins.open, (str(self.path), "w")


def test_a_truncated_file(copy):
    path = copy("sam") / "model.safetensors"
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(
        CheckpointError, match=r"sam: model.safetensors is cut short .*\(5000 bytes\); get it"
    ):
        load("sam", path.parent, "cpu")


def test_a_missing_file(copy):
    folder = copy("sam")
    (folder / "preprocessor_config.json").unlink()
    with pytest.raises(
        CheckpointError, match=r"lacks preprocessor_config.json; bring all of config.json, pre"
    ):
        load("sam", folder, "cpu")


def test_a_missing_folder(tmp_path):
    with pytest.raises(
        CheckpointError, match=r"sam: there is no folder .*; get it with `workbench models get"
    ):
        load("sam", tmp_path / "nowhere", "cpu")


def test_a_folder_of_another_architecture(tiny):
    with pytest.raises(
        CheckpointError, match=r"is of another architecture, 'sam' and not 'mask2former'; give"
    ):
        load("coco-mask2former", tiny("sam"), "cpu")


def test_weights_of_another_architecture(copy, tiny):
    folder = copy("coco-mask2former")
    shutil.copy(tiny("sam") / "model.safetensors", folder)
    with pytest.raises(CheckpointError, match=r"is of another architecture than its config.json says"):
        load("coco-mask2former", folder, "cpu")


def test_weights_of_another_width(copy):
    path = copy("coco-mask2former") / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "num_queries": 7}))
    with pytest.raises(CheckpointError, match=r"is of another architecture than its config.json says"):
        load("coco-mask2former", path.parent, "cpu")


@pytest.mark.parametrize("name", ["config.json", "preprocessor_config.json"])
def test_a_broken_configuration(copy, name):
    path = copy("sam") / name
    path.write_text("{")
    with pytest.raises(CheckpointError, match=rf"{name} is not JSON; get the file again"):
        load("sam", path.parent, "cpu")


def test_a_configuration_that_names_no_classes(copy):
    path = copy("coco-detr") / "config.json"
    said = json.loads(path.read_text())
    said["id2label"] = {n: f"LABEL_{n}" for n in range(6)}
    said["label2id"] = {f"LABEL_{n}": n for n in range(6)}
    path.write_text(json.dumps(said))
    with pytest.raises(CheckpointError, match=r"names none of its 6 classes; it needs id2label"):
        load("coco-detr", path.parent, "cpu")


def test_a_broken_tokenizer(copy):
    path = copy("ade-oneformer") / "vocab.json"
    path.write_text("[")
    with pytest.raises(CheckpointError, match=r"the tokenizer in .* cannot be read .*; get vocab.json and"):
        load("ade-oneformer", path.parent, "cpu")


def test_without_transformers(tiny, monkeypatch):
    folder = tiny("sam")
    monkeypatch.setattr(transformers_models, "find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match=r"sam: needs transformers, .* pip install '.*deep,public"):
        load("sam", folder, "cpu")


def test_a_detr_whose_resnet_has_the_names_of_another_library(tmp_path):
    """The published folder is of this kind; its ResNet-50 has torchvision's names."""
    from safetensors.torch import save_file
    from torchvision.models import resnet50

    torch.manual_seed(2)
    config = transformers.DetrConfig(
        backbone_config=transformers.ResNetConfig(out_features=["stage1", "stage2", "stage3", "stage4"]),
        d_model=16, encoder_layers=1, decoder_layers=1, encoder_attention_heads=8, decoder_attention_heads=8,
        encoder_ffn_dim=16, decoder_ffn_dim=16, num_queries=6, num_labels=133,
    )  # fmt: skip
    transformers.DetrForSegmentation(config).save_pretrained(tmp_path)
    transformers.DetrImageProcessor(size={"shortest_edge": 64, "longest_edge": 128}).save_pretrained(tmp_path)
    from safetensors.torch import load_file

    branch = transformers_models.BRANCH
    state = {k: v for k, v in load_file(tmp_path / "model.safetensors").items() if not k.startswith(branch)}
    theirs = resnet50(weights=None).eval()
    kept = {k: v for k, v in theirs.state_dict().items() if not k.startswith("fc.") and "tracked" not in k}
    save_file({**state, **{branch + k: v for k, v in kept.items()}}, tmp_path / "model.safetensors")
    said = json.loads((tmp_path / "config.json").read_text())
    del said["backbone_config"]
    said |= {"use_timm_backbone": True, "backbone": "resnet50"}
    (tmp_path / "config.json").write_text(json.dumps(said))
    model = load("coco-detr", tmp_path, "cpu")
    picture = torch.rand(1, 3, 64, 64)
    with torch.inference_mode():
        maps = model.net.detr.model.backbone.model(picture).feature_maps
        x = theirs.maxpool(theirs.relu(theirs.bn1(theirs.conv1(picture))))
        for got, stage in zip(
            maps, (theirs.layer1, theirs.layer2, theirs.layer3, theirs.layer4), strict=True
        ):
            x = stage(x)
            torch.testing.assert_close(got, x, rtol=1e-3, atol=1e-3)


def test_what_is_asked_can_be_merged(tiny, image):
    for name in QUERIES:
        model = load(name, tiny(name), "cpu")
        got = merging.merged(transformers_models.queries(model, image), (40, 60), model.ids, model.stuff, 0.0)
        assert got.ids.shape == (40, 60)
        assert set(np.unique(got.ids)) - {0} == set(got.categories) == set(got.scores)
