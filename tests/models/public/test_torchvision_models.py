"""torchvision's models: filled from a local file, preprocessed and answered as torchvision does."""

from __future__ import annotations

import builtins
from types import SimpleNamespace

import numpy as np
import pytest
import torch
import torchvision
from safetensors.torch import load_file, save_file
from torch import nn

from workbench.models.public import torchvision_models
from workbench.models.public.cache import CheckpointError
from workbench.models.public.catalogue import CATALOGUE, find
from workbench.models.public.loaded import Loaded, load
from workbench.models.public.names import taxonomy_of

ENTRIES = [entry for entry in CATALOGUE if entry.library == "torchvision"]


def empty(entry, **settings):
    """Build a random network the way torchvision documents it."""
    return torchvision.models.get_model(entry.kind, weights=None, weights_backbone=None, **settings)


def weights(entry):
    return torchvision.models.get_weight(entry.at)


def test_logits_are_those_of_the_class_on_torchvisions_pixels(lraspp, image):
    net = empty(find("voc-lraspp"), num_classes=21)
    net.load_state_dict(load_file(lraspp))
    pixels = weights(find("voc-lraspp")).transforms()(torch.from_numpy(image).permute(2, 0, 1))
    model = load("voc-lraspp", lraspp, "cpu")
    seen = torchvision_models.shown(model, image)
    assert torch.equal(seen, pixels)
    assert seen.shape == (3, 520, 780)
    with torch.inference_mode():
        expected = net.eval()(pixels[None])["out"]
        torch.testing.assert_close(model.net(seen[None])["out"], expected)


def test_labels_are_the_likeliest_class_at_the_size_of_the_picture(lraspp, image):
    model = load("voc-lraspp", lraspp, "cpu")
    logits = torch.randn(1, 21, 5, 7, generator=torch.Generator().manual_seed(0))
    big = nn.functional.interpolate(logits, (40, 60), mode="bilinear")[0]
    ids, sure = torchvision_models.labelled(model, logits, image)
    assert (ids == big.argmax(0).numpy() + 1).all()  # class 0, the background, is category 1
    np.testing.assert_allclose(sure, big.softmax(0).max(0).values, rtol=1e-5)


def test_the_size_is_what_the_shorter_side_becomes(lraspp, image):
    model = load("voc-lraspp", lraspp, "cpu")
    assert torchvision_models.shown(model, image, 64).shape == (3, 64, 96)
    assert torchvision_models.shown(model, np.zeros((1, 1, 3), np.uint8), 64).shape == (3, 64, 64)
    wide = torchvision_models.shown(model, np.zeros((4, 4000, 3), np.uint8), 64)
    assert wide.shape[2] <= torchvision_models.LONGEST


def test_a_model_is_loaded_once_until_its_file_changes(lraspp, tmp_path):
    path = tmp_path / "mine.safetensors"
    path.write_bytes(lraspp.read_bytes())
    first = load("voc-lraspp", path, "cpu")
    assert load("voc-lraspp", path, "cpu") is first
    save_file({key: torch.zeros_like(value) for key, value in load_file(path).items()}, path)
    assert load("voc-lraspp", path, "cpu") is not first


def test_a_pth_file_is_read_as_well(lraspp, tmp_path):
    torch.save(load_file(lraspp), tmp_path / "mine.pth")
    model = load("voc-lraspp", tmp_path / "mine.pth", "cpu")
    key = "backbone.0.0.weight"
    assert torch.equal(model.net.state_dict()[key], load_file(lraspp)[key])


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_the_catalogue_says_what_torchvision_says(entry):
    meta = weights(entry).meta
    assert weights(entry).url.rpartition("/")[2] == entry.files[0]
    assert entry.megabytes == pytest.approx(meta["_file_size"], abs=0.06)
    numbers = [value for scores in meta["_metrics"].values() for value in scores.values()]
    assert float(entry.quality.split()[0]) in numbers


def test_the_second_head_of_training_is_taken_off(monkeypatch):
    """Published DeepLab and FCN files hold one."""
    entry = find("voc-deeplab3")
    state = empty(entry, num_classes=21, aux_loss=True).state_dict()
    net = torchvision_models._filled(entry, state, 21, SimpleNamespace(name="x"))
    assert net.aux_classifier is None
    assert torch.equal(net.classifier[4].weight, state["classifier.4.weight"])


def test_the_first_mask_rcnn_is_normalised_without_an_epsilon_as_published(monkeypatch):
    """torchvision sets the epsilons of this checkpoint to 0, and of no other."""

    class Small(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm = nn.BatchNorm2d(2)

    monkeypatch.setattr(torchvision.models, "get_model", lambda kind, **_: Small())
    for name, epsilon in (("coco-mask-rcnn", 0.0), ("coco-mask-rcnn-v2", 1e-5)):
        net = torchvision_models._filled(find(name), Small().state_dict(), 91, None)
        assert net.norm.eps == epsilon


@pytest.fixture(scope="module")
def small_mask_rcnn():
    """A Mask R-CNN with a small trunk, as torchvision builds it, that finds something everywhere."""
    from torchvision.models.detection.backbone_utils import mobilenet_backbone
    from torchvision.models.detection.mask_rcnn import MaskRCNN

    torch.manual_seed(0)
    trunk = mobilenet_backbone(
        backbone_name="mobilenet_v3_small", weights=None, fpn=True, trainable_layers=6,
        norm_layer=nn.BatchNorm2d,
    )  # fmt: skip
    entry = find("coco-mask-rcnn")
    from torchvision.models.detection.anchor_utils import AnchorGenerator

    anchors = AnchorGenerator(((32, 64),) * 3, ((1.0,),) * 3)
    net = MaskRCNN(
        trunk, 91, min_size=96, max_size=160, box_score_thresh=0.0, box_detections_per_img=12,
        rpn_anchor_generator=anchors,
    )  # fmt: skip
    labels = weights(entry).meta["categories"]
    taxonomy, ids = taxonomy_of(dict(enumerate(labels[1:], 1)), "coco")
    return Loaded(entry, net.eval(), weights(entry).transforms, "cpu", taxonomy, ids)


def test_instances_are_those_of_the_class(small_mask_rcnn, image):
    pixels = weights(find("coco-mask-rcnn")).transforms()(torch.from_numpy(image).permute(2, 0, 1))
    with torch.inference_mode():
        expected = small_mask_rcnn.net([pixels])[0]
    masks, categories, scores = torchvision_models.instances(small_mask_rcnn, image, 0.0)
    nameless = {12, 26, 29, 30, 45, 66, 68, 69, 71, 83}  # numbers that COCO never gave a name
    there = (expected["masks"][:, 0] >= 0.5).numpy()
    kept = [k for k, n in enumerate(expected["labels"].tolist()) if n not in nameless and there[k].any()]
    assert len(kept) > 0
    assert (masks == there[kept]).all()
    assert scores == [expected["scores"][k].item() for k in kept]
    labels = weights(find("coco-mask-rcnn")).meta["categories"]
    names = [small_mask_rcnn.taxonomy[c].name for c in categories]
    renamed = {"dining table": "table", "stop sign": "sign", "sports ball": "ball"}
    assert names == [renamed.get(n, n) for n in (labels[expected["labels"][k]] for k in kept)]


def test_instances_below_the_threshold_are_left_out(small_mask_rcnn, image):
    masks, categories, scores = torchvision_models.instances(small_mask_rcnn, image, 1.0)
    assert masks.shape == (0, 40, 60)
    assert categories == scores == []


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(
        CheckpointError, match=r"voc-fcn: there is no file .*x.pth; get it with `workbench mod"
    ):
        load("voc-fcn", tmp_path / "x.pth", "cpu")


def test_a_checkpoint_of_another_architecture(lraspp):
    with pytest.raises(
        CheckpointError, match=r"lraspp.safetensors is of another architecture than deeplabv3_mob.*; give the"
    ):
        load("voc-deeplab3", lraspp, "cpu")


def test_a_published_name_with_another_content(lraspp, tmp_path):
    path = tmp_path / find("voc-lraspp").files[0]
    torch.save(load_file(lraspp), path)
    with pytest.raises(
        CheckpointError, match=r"is not the published file, its SHA-256 begins with .* d234d4ea; it"
    ):
        load("voc-lraspp", path, "cpu")


@pytest.mark.parametrize("kind", ["mine.safetensors", "mine.pth", "old.pth"])
def test_a_truncated_file(lraspp, tmp_path, kind):
    path = tmp_path / kind
    if kind == "mine.safetensors":
        path.write_bytes(lraspp.read_bytes())
    else:
        torch.save(load_file(lraspp), path, _use_new_zipfile_serialization=kind == "mine.pth")
    path.write_bytes(path.read_bytes()[:100_000])
    with pytest.raises(
        CheckpointError, match=rf"{kind} is cut short or no .* \(100000 bytes\); get it again"
    ):
        load("voc-lraspp", path, "cpu")


@pytest.mark.parametrize("new", [True, False])
def test_pickled_code_is_refused(tmp_path, new):
    path = tmp_path / "evil.pth"
    torch.save({"weight": Code(tmp_path / "ran")}, path, _use_new_zipfile_serialization=new)
    with pytest.raises(
        CheckpointError, match=r"evil.pth holds pickled code, not only tensors; never run what"
    ):
        load("voc-lraspp", path, "cpu")
    assert not (tmp_path / "ran").exists()


class Code:
    """Make a file where it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return builtins.open, (str(self.path), "w")


def test_a_file_that_holds_no_state_dict(tmp_path):
    torch.save([torch.zeros(1)], tmp_path / "list.pth")
    with pytest.raises(
        CheckpointError, match=r"list.pth holds a list that is not tensors by their names; give"
    ):
        load("voc-lraspp", tmp_path / "list.pth", "cpu")


def test_a_file_of_no_kind_it_knows(tmp_path):
    (tmp_path / "weights.txt").write_text("hello")
    with pytest.raises(
        CheckpointError, match=r"are read from .safetensors, .pth or .bin files, got weights.txt"
    ):
        load("voc-lraspp", tmp_path / "weights.txt", "cpu")


def test_a_name_that_there_is_not(lraspp):
    with pytest.raises(KeyError, match=r"no public model 'voc-lrasp', did you mean 'voc-lraspp'"):
        load("voc-lrasp", lraspp, "cpu")
