import json

import torch

from workbench.models import zoo
from workbench.models.unet import UNet
from workbench.training.card import add, machine


def test_scores_are_written_into_the_card_and_the_weights_stay(tmp_path):
    torch.manual_seed(0)
    card = {"name": "tiny", "architecture": "unet", "settings": {"base": 2, "depth": 2}}
    zoo.save(UNet(base=2, depth=2), card, tmp_path)
    before = (tmp_path / "tiny.safetensors").read_bytes()
    path = add("tiny", {"test": {"scores": {"miou": 0.5}}}, tmp_path)
    assert json.loads(path.read_text())["test"]["scores"]["miou"] == 0.5
    assert (tmp_path / "tiny.safetensors").read_bytes() == before
    assert zoo.load("tiny", "cpu", tmp_path).card["test"]["scores"]["miou"] == 0.5


def test_the_machine_is_named():
    assert machine("cpu").endswith("CPU")
