from dataclasses import replace

import pytest
import torch

from workbench.models import zoo
from workbench.models.fcn import FCN
from workbench.training.job import Job, begin_with, carry_out

PLAN = {"steps": 2, "every": 1, "seed": 0}
DATA = {"batch_size": 2, "side": 32, "pictures": 4, "held": 1}


def job(name="fcn32", **more):
    return Job(name, "street", PLAN, DATA, device="cpu", **more)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    said, lines = [], []
    path = carry_out(job(), tmp_path_factory.mktemp("w"), say=said.append, report=lines.append)
    return path, said, lines


def test_it_says_the_cost_trains_and_writes_weights_with_their_card(trained):
    path, said, lines = trained
    assert path.name == "fcn32-street.safetensors"
    assert said == ["2 steps on cpu: about 1 min of learning"]
    assert [line["step"] for line in lines if "miou" in line] == [1, 2]
    model = zoo.load("fcn32-street", "cpu", path.parent)
    assert [c.name for c in model.taxonomy][:3] == ["sky", "road", "pavement"]
    card = model.card
    options = "--steps 2 --seed 0 --batch 2 --side 32 --pictures 4 --every 1"
    assert card["command"] == f"workbench train fcn32 --scenes street {options}"
    assert card["parameters"] == sum(p.numel() for p in model.net.parameters())
    assert (card["steps"], card["batch"], card["side"], card["yields"]) == (2, 2, 32, "semantic")


def test_a_finer_network_begins_as_the_coarser_one(trained):
    """The skips start silent: an FCN-16s that has learnt nothing answers as FCN-32s, but for enlarging."""
    path, *_ = trained
    coarse, fine = zoo.load("fcn32-street", "cpu", path.parent).net, job("fcn16", start=path).fresh().eval()
    left_out = begin_with(FCN(stride=16), path)
    assert left_out == ["skips.0.weight", "skips.0.bias"]
    picture = torch.randn(1, 3, 64, 64)
    with torch.inference_mode():
        # Enlarged by 2 and then by 16, instead of by 32 at once: bilinear, so nearly the same.
        torch.testing.assert_close(fine(picture), coarse(picture), atol=0.5, rtol=0.5)


def test_weights_of_something_else_are_refused(trained, tmp_path):
    path, *_ = trained
    with pytest.raises(ValueError, match="none of its weights fits this network"):
        begin_with(torch.nn.Linear(2, 2), path)
    with pytest.raises(ValueError, match="there are no such weights; give the path"):
        begin_with(FCN(), tmp_path / "absent.safetensors")
    pickled = tmp_path / "pickled.safetensors"
    torch.save({"x": torch.zeros(1)}, pickled)
    with pytest.raises(ValueError, match="its weights are not a safetensors file"):
        begin_with(FCN(), pickled)


def test_how_rare_classes_weigh_can_be_told_and_stands_in_the_command():
    assert (Job("segnet", "street").task.balance, Job("segnet-balanced", "street").task.balance) == (
        "none",
        "median",
    )
    balanced = Job("fcn8", "street", data={"balance": "median"})
    assert balanced.task.balance == "median"
    assert balanced.command == "workbench train fcn8 --scenes street --balance median"


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"name": "unet"}, "network"),
        ({"scenes": "aerial"}, "scenes"),
        ({"data": DATA | {"balance": "median"}}, "balance"),
        ({"data": DATA | {"batch_size": 4}}, "batch_size"),
    ],
)
def test_another_training_is_not_taken_for_this_one(trained, change, what):
    path, *_ = trained
    other = replace(job(), **change)
    with pytest.raises(ValueError, match=f"was made with another {what}; resume with the same"):
        carry_out(other, path.parent, resume=True)
    carry_out(replace(job(), data=DATA | {"jobs": 1}), path.parent, resume=True)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": "fcn9"}, "no network 'fcn9'"),
        ({"scenes": "moon"}, "no scenes 'moon'"),
        ({"plan": {"steps": 0}}, "steps must be at least 1"),
        ({"name": "maskrcnn", "data": {"balance": "none"}}, "maskrcnn has no classes of pixels to balance"),
        ({"device": "tpu"}, "device must be one that is there .*, got 'tpu'"),
    ],
)
def test_refusals(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        Job(**{"name": "fcn32", "scenes": "street", **change})
