"""What can be trained: each network with its settings, what it learns, and how fast."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from workbench.params import near
from workbench.scenes import SCENES
from workbench.taxonomy import Taxonomy
from workbench.training.detection import Detection
from workbench.training.foreground import Foreground
from workbench.training.ladder import Boxing, Classifying, Localising
from workbench.training.semantic import Semantic
from workbench.training.task import Task


@dataclass(frozen=True)
class Network:
    """Say how a network is trained.

    Parameters
    ----------
    title : what a person calls it. architecture : its name in `zoo.ARCHITECTURES`. source : paper and year.
    smaller : what is smaller or other than in the paper, in a sentence for its card.
    settings : of the architecture, beside the number of classes. learns : makes the task.
    options : of the task. plan : of the `Plan`. start : the network whose weights it begins with, or "".
    counts : which of the numbers "classes", "categories" and "things" its settings hold.
    yields : what kind of answer it gives. crf : a random field follows it.
    task : what else than segmenting it learnt, for its card, or "".
    """

    title: str
    architecture: str
    source: str
    smaller: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    learns: Callable[..., Task] = Semantic
    options: Mapping[str, Any] = field(default_factory=dict)
    plan: Mapping[str, Any] = field(default_factory=dict)
    start: str = ""
    counts: tuple[str, ...] = ("classes",)
    yields: str = "semantic"
    crf: bool = False
    task: str = ""

    def settings_for(self, taxonomy: Taxonomy) -> dict[str, Any]:
        """Complete the settings with what there is to tell apart, where they do not say it themselves."""
        known = {"classes": len(taxonomy), "categories": len(taxonomy), "things": len(taxonomy.things)}
        return {**{name: known[name] for name in self.counts}, **self.settings}


FCN_SOURCE = "Long, Shelhamer and Darrell 2015"
FCN_SMALLER = (
    "16 to 128 channels instead of 64 to 4096, batch normalised; fc6 is 3 x 3; all upsampling is bilinear"
)
SEGNET_SOURCE = "Badrinarayanan, Kendall and Cipolla 2017"
SEGNET_SMALLER = "12 to 112 channels instead of 64 to 512"
BACKBONE = "a residual backbone of 24 to 128 channels instead of ResNet-101"
NETWORKS: dict[str, Network] = {
    "fcn32": Network("FCN-32s", "fcn", FCN_SOURCE, FCN_SMALLER, {"stride": 32}),
    "fcn16": Network("FCN-16s", "fcn", FCN_SOURCE, FCN_SMALLER, {"stride": 16}, start="fcn32"),
    "fcn8": Network("FCN-8s", "fcn", FCN_SOURCE, FCN_SMALLER, {"stride": 8}, start="fcn16"),
    # The paper trains both ways: all pixels alike, and classes balanced by median frequency.
    "segnet": Network("SegNet", "segnet", SEGNET_SOURCE, SEGNET_SMALLER),
    "segnet-balanced": Network(
        "Balanced SegNet", "segnet", SEGNET_SOURCE, SEGNET_SMALLER, options={"balance": "median"}
    ),
    "unet": Network(
        "U-Net", "unet", "Ronneberger, Fischer and Brox 2015",
        "12 to 192 channels instead of 64 to 1024, padded, batch normalised", {"channels": 3, "base": 12},
    ),
    "deeplab1": Network(
        "DeepLab v1", "deeplab1", "Chen et al. 2015",
        "16 to 160 channels instead of 64 to 1024; LargeFOV at rate 4, not 12, for smaller maps", crf=True,
    ),
    "deeplab2": Network(
        "DeepLab v2", "deeplab2", "Chen et al. 2018",
        f"{BACKBONE}; rates 1, 2, 4, 6 instead of 6, 12, 18, 24; one scale of the picture", crf=True,
    ),
    "deeplab3": Network(
        "DeepLab v3", "deeplab3", "Chen et al. 2017",
        f"{BACKBONE}; rates 2, 4, 6 at stride 8 instead of 12, 24, 36",
    ),
    "deeplab3plus": Network(
        "DeepLab v3+", "deeplab3plus", "Chen et al. 2018",
        f"{BACKBONE}; plain instead of separable convolutions; rates 2, 4, 6 at stride 8",
    ),
}  # fmt: skip
SMALL_TRUNK = "a trunk of 64 channels and anchors of 12 to 96 px"
NETWORKS |= {
    "oneshot": Network(
        "One-shot", "one_shot", "Bolya et al. 2019",
        f"{SMALL_TRUNK}; 16 prototypes instead of 32, four levels instead of five",
        learns=Detection, options={"whole": False}, plan={"rate": 1e-3}, counts=("things",),
        yields="instance",
    ),
    "maskrcnn": Network(
        "Mask R-CNN", "mask_rcnn", "He et al. 2017",
        f"{SMALL_TRUNK}; 200 proposals instead of 1000, two convolutions in the mask head",
        learns=Detection, options={"whole": False}, plan={"rate": 1e-3}, counts=("things",),
        yields="instance",
    ),
    # Learns whole things, hidden parts included, as the fusions that order them need.
    "panopticfpn": Network(
        "Panoptic FPN", "panoptic_fpn", "Kirillov et al. 2019",
        f"{SMALL_TRUNK}, 64 channels in the semantic branch instead of 128",
        learns=Detection, options={"measure": "pq"}, plan={"rate": 1e-3}, start="maskrcnn",
        counts=("categories", "things"), yields="panoptic",
    ),
}  # fmt: skip
LADDER_TRUNK = "a dilated residual trunk of 16 to 96 channels"
NETWORKS |= {
    "classifier": Network(
        "Classifier", "classifier", "Zhou et al. 2016",
        f"{LADDER_TRUNK} instead of GoogLeNet; a sigmoid for each kind, as several may be in one picture",
        learns=Classifying, counts=("things",), task="classifier",
    ),
    "localiser": Network(
        "Localiser", "localiser", "Sermanet et al. 2014",
        f"{LADDER_TRUNK}; one look at the whole picture instead of many; one box, of the largest thing",
        learns=Localising, start="classifier", counts=("things",), yields="instance", task="localiser",
    ),
    "detector": Network(
        "Detector", "detector", "Zhou, Wang and Krähenbühl 2019",
        f"{LADDER_TRUNK} instead of DLA-34 or Hourglass; sizes as logarithms, heat as wide as the box",
        learns=Boxing, start="classifier", counts=("things",), yields="instance", task="detector",
    ),
}  # fmt: skip
# Cells are told from what is around them in grey, so that photographs of another colour can be asked about.
CELLS = Network(
    "U-Net", "unet", "Ronneberger, Fischer and Brox 2015",
    "12 to 192 channels instead of 64 to 1024, padded, batch normalised, one logit; the paper's weights of "
    "narrow gaps and its elastic deformation",
    {"channels": 1, "classes": 1, "base": 12}, Foreground, yields="foreground",
)  # fmt: skip


def network_of(name: str, scenes: str) -> Network:
    """Give how a network learns these scenes.

    Raises
    ------
    ValueError : a network there is not; near names and all others are listed.
    """
    if name not in NETWORKS:
        raise ValueError(f"train: no network {name!r}{near(name, NETWORKS)}; there are {', '.join(NETWORKS)}")
    return CELLS if (name, scenes) == ("unet", "cells") else NETWORKS[name]


def taxonomy_of(scenes: str) -> Taxonomy:
    """Give the categories of generated scenes.

    Raises
    ------
    ValueError : scenes there are not.
    """
    if scenes not in SCENES:
        raise ValueError(f"training: no scenes {scenes!r}; there are {', '.join(SCENES)}")
    truth = SCENES[scenes](0, (32, 32)).truth
    assert truth is not None  # ours: every scene has one
    return truth.taxonomy
