"""Names of data sets, in the samples' words."""

from __future__ import annotations

import pytest
import torchvision

import workbench as wb
from workbench.models.public.names import LABELS, THINGS, VOC, named, taxonomy_of


@pytest.mark.parametrize(
    ("dataset", "classes", "things"), [("voc", 21, 20), ("coco-panoptic", 133, 80), ("ade", 150, 100)]
)
def test_the_data_sets_have_as_many_classes_as_published(dataset, classes, things):
    assert len(LABELS[dataset]) == classes
    assert len(THINGS[dataset]) == things
    assert THINGS[dataset] <= set(LABELS[dataset].values())


def test_voc_and_coco_are_torchvisions():
    voc = torchvision.models.get_weight("FCN_ResNet50_Weights.COCO_WITH_VOC_LABELS_V1").meta["categories"]
    coco = torchvision.models.get_weight("MaskRCNN_ResNet50_FPN_Weights.COCO_V1").meta["categories"]
    assert voc == VOC
    assert [name for name in coco[1:] if name != "N/A"] == list(LABELS["coco-panoptic"].values())[:80]


@pytest.mark.parametrize("dataset", list(LABELS))
def test_every_class_has_a_category(dataset):
    taxonomy, ids = taxonomy_of(LABELS[dataset], dataset)
    assert ids.keys() == LABELS[dataset].keys()
    assert set(ids.values()) == {category.id for category in taxonomy}


@pytest.mark.parametrize(
    ("sample", "dataset", "names"),
    [
        ("chelsea", "voc", {"cat", "background"}),
        ("chelsea", "coco-panoptic", {"cat"}),
        ("astronaut", "voc", {"person", "background", "table"}),
        ("astronaut", "ade", {"person", "flag", "table"}),
        ("camera", "coco-panoptic", {"person", "sky", "grass"}),
        ("motorcycle", "voc", {"motorcycle"}),
        ("motorcycle", "coco-panoptic", {"motorcycle", "floor", "wall", "door", "bench", "shelf"}),
        ("motorcycle", "ade", {"motorcycle", "floor", "wall", "door", "bench", "shelf"}),
        ("coffee", "coco-panoptic", {"cup", "spoon", "table"}),
        ("rocket", "ade", {"sky", "tower", "lamp"}),
    ],
)
def test_classes_are_called_what_the_samples_call_them(sample, dataset, names):
    taxonomy, _ = taxonomy_of(LABELS[dataset], dataset)
    assert names == set(taxonomy.names) & set(wb.samples.load(sample).truth.taxonomy.names)


@pytest.mark.parametrize("dataset", ["coco-panoptic", "ade"])
def test_classes_are_called_what_the_streets_call_them(dataset):
    taxonomy, _ = taxonomy_of(LABELS[dataset], dataset)
    street = wb.scenes.street(seed=0, size=(64, 64)).truth.taxonomy
    assert set(street.names) <= set(taxonomy.names)
    same = [
        (taxonomy[name].kind, street[name].kind) for name in ("road", "building", "tree", "car", "person")
    ]
    assert all(ours == theirs for ours, theirs in same)


def test_a_configuration_without_names_takes_the_data_sets():
    silent = {n: f"LABEL_{n}" for n in range(21)}
    assert named(silent, "voc") == LABELS["voc"]
    assert named({0: "cat", 1: "LABEL_1"}, "voc") == {0: "cat", 1: "LABEL_1"}
    with pytest.raises(ValueError, match="names none of its 20 classes; it needs id2label, a name for each"):
        named({n: f"LABEL_{n}" for n in range(20)}, "voc")
