import json

from workbench.models import places

CARD = {"name": "mine", "title": "Mine", "yields": "semantic", "taxonomy": [], "side": 64}


def test_own_networks_are_found_beside_those_that_ship(tmp_path, monkeypatch):
    monkeypatch.setenv(places.VARIABLE, str(tmp_path))
    (tmp_path / "mine.json").write_text(json.dumps(CARD))
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "unet-cells.json").write_text(json.dumps(CARD | {"name": "unet-cells"}))
    names = [card["name"] for card in places.cards()]
    assert "mine" in names
    assert names.count("unet-cells") == 1, "what ships is not replaced"
    assert places.folder_of("mine") == tmp_path
    assert places.folder_of("unet-cells") == places.folder_of("absent") == places.BUNDLED


def test_without_the_variable_it_is_a_folder_at_home(monkeypatch):
    monkeypatch.delenv(places.VARIABLE, raising=False)
    assert places.own().name == "weights"
