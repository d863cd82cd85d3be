"""The public models that can be methods: what each is, where it comes from, and what it may be used for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from workbench.params import near
from workbench.segmentation import Yields

Library = Literal["torchvision", "transformers"]
Task = Literal["semantic", "instance", "panoptic", "promptable"]


@dataclass(frozen=True)
class Public:
    """Describe a public model.

    Parameters
    ----------
    kind : what builds it: a builder of torchvision, or a class of transformers.
    at : where it is published: a weights enum of torchvision, or the id of a repository.
    revision : the commit that is meant; None where nobody has checked one, and then it is never downloaded.
    files : what it consists of; of the weights the first that is there is read.
    sha256 : how the weights' SHA-256 begins, as far as its publisher states it, or None.
    labels : whose names its classes have, in their order, where its own configuration gives none.
    threshold : how sure it must be of an object, 0 to 1, unless a person asks otherwise.
    """

    name: str
    title: str
    task: Task
    library: Library
    kind: str
    at: str
    files: tuple[str, ...]
    megabytes: float
    licence: str
    quality: str
    source: str
    labels: Literal["voc", "coco", "coco-panoptic", "ade", ""] = ""
    revision: str | None = None
    sha256: str | None = None
    threshold: float = 0.5
    checked: str = ""  # how id, revision and size were verified; empty where they were not
    warning: str = ""

    @property
    def yields(self) -> Yields:
        """Give the kind of answer; a promptable model tells the object that is pointed at from the rest."""
        return "foreground" if self.task == "promptable" else self.task

    @property
    def requires(self) -> tuple[str, ...]:
        """List the modules it cannot do without, the one most often missing first."""
        own = ("transformers",) if self.library == "transformers" else ()
        return (*own, "torch", "torchvision", "safetensors")


def _torchvision(
    name: str,
    title: str,
    task: Task,
    kind: str,
    at: str,
    file: str,
    megabytes: float,
    quality: str,
    source: str,
) -> Public:
    """Describe a model of torchvision, whose file names end in how their SHA-256 begins."""
    digest = file.removesuffix(".pth").rpartition("-")[2]
    return Public(
        name, title, task, "torchvision", kind, at, (file,), megabytes, "BSD-3-Clause", quality, source,
        "voc" if task == "semantic" else "coco", digest, digest,
        checked="torchvision 0.29 states address, size and hash",
    )  # fmt: skip


FOLDER = ("config.json", "preprocessor_config.json", "model.safetensors")
PICKLED = "pytorch_model.bin"  # older repositories have this only; it is read without running code
LONG, HOWARD = "Long et al., 2015", "Howard et al., 2019"
PAGE = "the repository's listing of that commit"

CATALOGUE: tuple[Public, ...] = (
    _torchvision(
        "voc-lraspp", "LR-ASPP on MobileNetV3 (public, VOC classes)", "semantic", "lraspp_mobilenet_v3_large",
        "LRASPP_MobileNet_V3_Large_Weights.COCO_WITH_VOC_LABELS_V1",
        "lraspp_mobilenet_v3_large-d234d4ea.pth",
        12.5, "57.9 mIoU", HOWARD,
    ),
    _torchvision(
        "voc-deeplab3", "DeepLab v3 on MobileNetV3 (public, VOC classes)", "semantic",
        "deeplabv3_mobilenet_v3_large",
        "DeepLabV3_MobileNet_V3_Large_Weights.COCO_WITH_VOC_LABELS_V1",
        "deeplabv3_mobilenet_v3_large-fc3c493d.pth",
        42.3, "60.3 mIoU", "Chen et al., 2017",
    ),
    _torchvision(
        "voc-fcn", "FCN on ResNet-50 (public, VOC classes)", "semantic", "fcn_resnet50",
        "FCN_ResNet50_Weights.COCO_WITH_VOC_LABELS_V1", "fcn_resnet50_coco-1167a1af.pth",
        135.0, "60.5 mIoU", LONG,
    ),
    _torchvision(
        "coco-mask-rcnn", "Mask R-CNN on ResNet-50 FPN (public, COCO)", "instance", "maskrcnn_resnet50_fpn",
        "MaskRCNN_ResNet50_FPN_Weights.COCO_V1", "maskrcnn_resnet50_fpn_coco-bf2d0c1e.pth",
        169.8, "34.6 mask AP", "He et al., 2017",
    ),
    _torchvision(
        "coco-mask-rcnn-v2", "Mask R-CNN v2 on ResNet-50 FPN (public, COCO)", "instance",
        "maskrcnn_resnet50_fpn_v2",
        "MaskRCNN_ResNet50_FPN_V2_Weights.COCO_V1", "maskrcnn_resnet50_fpn_v2_coco-73cbd019.pth",
        177.2, "41.8 mask AP", "Li et al., 2021",
    ),
    Public(
        "voc-mobilevit", "DeepLab v3 on MobileViT (public, VOC classes)", "semantic", "transformers",
        "MobileViTForSemanticSegmentation", "apple/deeplabv3-mobilevit-small", FOLDER, 25.5,
        "apple-amlr (research only)", "", "Mehta and Rastegari, 2022", "voc",
        revision="09a4c8fd616da94b5bc900a6babfbcb40d66f2af", checked=PAGE,
        warning="its licence allows research only",
    ),
    Public(
        "coco-detr", "DETR on ResNet-50 (public, COCO panoptic)", "panoptic", "transformers",
        "DetrForSegmentation", "facebook/detr-resnet-50-panoptic", FOLDER, 172,
        "Apache-2.0", "43.4 PQ", "Carion et al., 2020", "coco-panoptic",
        revision="12df956224e66b0faed42e288f43704ddab668ce", threshold=0.85, checked=PAGE,
    ),
    Public(
        "coco-mask2former", "Mask2Former on Swin-T (public, COCO panoptic)", "panoptic", "transformers",
        "Mask2FormerForUniversalSegmentation", "facebook/mask2former-swin-tiny-coco-panoptic", FOLDER, 190,
        "other: read its card", "", "Cheng et al., 2022", "coco-panoptic",
        revision="c759e8b05876a7fbf1dee792aeb83c7c7664dccb", threshold=0.8, checked=PAGE,
        warning="its card names no common licence; read the card before use",
    ),
    Public(
        "coco-eomt", "EoMT on ViT-S (public, COCO panoptic)", "panoptic", "transformers",
        "EomtForUniversalSegmentation", "tue-mps/coco_panoptic_eomt_small_640_2x", FOLDER, 96,
        "MIT", "", "Kerssies et al., 2025", "coco-panoptic", threshold=0.8,
    ),
    Public(
        "ade-oneformer", "OneFormer on Swin-T (public, ADE20K panoptic)", "panoptic", "transformers",
        "OneFormerForUniversalSegmentation", "shi-labs/oneformer_ade20k_swin_tiny",
        ("config.json", "preprocessor_config.json", "vocab.json", "merges.txt", PICKLED), 203,
        "MIT", "", "Jain et al., 2023", "ade",
        revision="a6e266035785cd7a1b9d40cb94e2d793721cdb54", threshold=0.8, checked=PAGE,
    ),
    Public(
        "sam", "Segment Anything, ViT-B (public)", "promptable", "transformers",
        "SamModel", "facebook/sam-vit-base", FOLDER, 375,
        "Apache-2.0", "", "Kirillov et al., 2023",
        revision="d0d9250bd6a38ebbb901aa29e8d37787e366f7be", checked=PAGE,
    ),
)  # fmt: skip


def names() -> list[str]:
    """List the names of the public models."""
    return [entry.name for entry in CATALOGUE]


def find(name: str, among: Sequence[Public] = CATALOGUE) -> Public:
    """Give a public model by its name.

    Raises
    ------
    KeyError : there is none; the sentence lists the near ones and all.
    """
    for entry in among:
        if entry.name == name:
            return entry
    known = [entry.name for entry in among]
    raise KeyError(f"no public model {name!r}{near(name, known)}; there are {', '.join(known)}")
