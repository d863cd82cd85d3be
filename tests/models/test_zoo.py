import json

import pytest
import torch

from workbench.models import zoo
from workbench.models.unet import UNet

CARD = {"name": "tiny", "architecture": "unet", "settings": {"base": 2, "depth": 2}}


@pytest.fixture
def folder(tmp_path):
    torch.manual_seed(0)
    zoo.save(UNet(base=2, depth=2), dict(CARD), tmp_path)
    return tmp_path


def change(folder, **values):
    path = folder / "tiny.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def test_what_is_saved_comes_back(folder):
    torch.manual_seed(0)
    before, model = UNet(base=2, depth=2), zoo.load("tiny", "cpu", folder)
    assert not model.net.training
    for key, tensor in model.net.state_dict().items():
        torch.testing.assert_close(tensor, before.state_dict()[key], atol=1e-3, rtol=1e-3)


def test_a_network_is_loaded_once(folder):
    assert zoo.load("tiny", "cpu", folder) is zoo.load("tiny", "cpu", folder)


def test_no_half_written_file_is_left(folder):
    assert sorted(path.name for path in folder.iterdir()) == ["tiny.json", "tiny.safetensors"]


def test_unknown_network_lists_the_known(folder):
    with pytest.raises(zoo.WeightsError, match=r"no trained network 'huge' in .*; there are tiny"):
        zoo.load("huge", "cpu", folder)


def test_missing_weights(folder):
    (folder / "tiny.safetensors").unlink()
    with pytest.raises(zoo.WeightsError, match=r"tiny: .* is missing; reinstall the package, or train it"):
        zoo.load("tiny", "cpu", folder)


def test_one_changed_byte_is_found(folder):
    path = folder / "tiny.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(zoo.WeightsError, match=r"tiny: tiny.safetensors is damaged, its SHA-256 is"):
        zoo.load("tiny", "cpu", folder)


def test_a_card_that_is_not_json(folder):
    (folder / "tiny.json").write_text("{")
    with pytest.raises(zoo.WeightsError, match=r"tiny: its card .* is not JSON; restore"):
        zoo.load("tiny", "cpu", folder)


@pytest.mark.parametrize("key", ["architecture", "settings", "sha256"])
def test_a_card_that_lacks_something(folder, key):
    card = json.loads((folder / "tiny.json").read_text())
    del card[key]
    (folder / "tiny.json").write_text(json.dumps(card))
    with pytest.raises(zoo.WeightsError, match=f"tiny: its card .* lacks {key}; restore"):
        zoo.load("tiny", "cpu", folder)


def test_an_architecture_there_is_not(folder):
    change(folder, architecture="transformer")
    with pytest.raises(zoo.WeightsError, match=r"names the architecture 'transformer'; there are .*unet"):
        zoo.load("tiny", "cpu", folder)


@pytest.mark.parametrize("settings", [{"base": 4, "depth": 2}, {"base": 2, "depth": 3}, {"width": 2}])
def test_weights_of_another_network(folder, settings):
    change(folder, settings=settings)
    with pytest.raises(zoo.WeightsError, match="its weights do not fit the architecture 'unet' with"):
        zoo.load("tiny", "cpu", folder)


def test_weights_that_are_no_safetensors(folder):
    import hashlib

    (folder / "tiny.safetensors").write_bytes(b"hello")
    change(folder, sha256=hashlib.sha256(b"hello").hexdigest())
    with pytest.raises(zoo.WeightsError, match="tiny: its weights are not a safetensors file"):
        zoo.load("tiny", "cpu", folder)


def test_every_bundled_network_loads_and_says_what_it_must():
    names = sorted(path.stem for path in zoo.WEIGHTS.glob("*.json"))
    assert "unet-cells" in names
    for name in names:
        card = zoo.load(name, "cpu").card
        wanted = {"title", "yields", "data", "seed", "steps", "minutes", "machine", "validation", "licence"}
        assert wanted | {"smaller", "source", "command", "test"} <= set(card)
        assert card["bytes"] <= 5_000_000
        assert (zoo.WEIGHTS / f"{name}.safetensors").stat().st_size == card["bytes"]
    assert sum(path.stat().st_size for path in zoo.WEIGHTS.glob("*.safetensors")) <= 40_000_000


def test_a_card_that_names_no_classes():
    with pytest.raises(
        zoo.WeightsError, match="tiny: its card says not what its classes are called; give it"
    ):
        zoo.taxonomy_of({"name": "tiny"})


def test_the_device_is_one_that_is_there():
    assert zoo.device_of("cpu") == "cpu"
    assert zoo.device_of() in ("cpu", "cuda", "mps")
    with pytest.raises(ValueError, match=r"device must be one that is there \(auto, .*cpu\), got 'tpu'"):
        zoo.device_of("tpu")


def test_weights_can_be_read_alone(folder):
    tensors = zoo.read_weights(folder / "tiny.safetensors")
    assert {t.dtype for t in tensors.values() if t.is_floating_point()} == {torch.float32}


def test_pickled_code_is_refused(folder, tmp_path):
    path = tmp_path / "evil.safetensors"
    torch.save({"x": torch.zeros(1)}, path)
    with pytest.raises(zoo.WeightsError, match="its weights are not a safetensors file"):
        zoo.read_weights(path)


def test_a_network_of_ones_own_is_found_by_its_name(folder, monkeypatch):
    monkeypatch.setenv("WORKBENCH_WEIGHTS", str(folder))
    assert zoo.load("tiny", "cpu").card["name"] == "tiny"
