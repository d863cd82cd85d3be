"""Where public models lie, and whether they are what they should be."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from workbench.models.public import cache
from workbench.models.public.cache import CheckpointError
from workbench.models.public.catalogue import CATALOGUE, find, names

LRASPP, SAM = find("voc-lraspp"), find("sam")


def filled(folder: Path, files=SAM.files) -> Path:
    folder.mkdir(parents=True)
    for name in files:
        (folder / name).write_text(name)
    return folder


def test_the_folder_is_asked_for_and_else_the_systems(monkeypatch, store):
    assert cache.folder() == store
    monkeypatch.delenv(cache.VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    monkeypatch.setenv("LOCALAPPDATA", "/local")
    monkeypatch.setattr(Path, "home", lambda: Path("/home/ann"))
    wanted = {
        "linux": "/caches/workbench/models",
        "darwin": "/home/ann/Library/Caches/workbench/models",
        "win32": "/local/workbench/models",
    }
    for platform, path in wanted.items():
        monkeypatch.setattr(cache.sys, "platform", platform)
        assert cache.folder() == Path(path)


def test_nothing_is_there_at_first(store):
    assert cache.local() == {}
    assert not store.exists()  # looking makes nothing


def test_files_in_the_cache_are_found(store):
    filled(store / "sam")
    store.joinpath(LRASPP.files[0]).write_text("weights")
    assert cache.local() == {"voc-lraspp": store / LRASPP.files[0], "sam": store / "sam"}


def test_half_a_folder_is_not_there(store):
    filled(store / "sam", SAM.files[:2])
    assert cache.local() == {}
    assert cache.lacking(SAM, store / "sam") == ["model.safetensors"]


def test_either_kind_of_weights_will_do(store):
    filled(store / "sam", [*SAM.files[:2], "pytorch_model.bin"])
    assert cache.lacking(SAM, store / "sam") == []
    assert cache.checked(SAM, store / "sam").name == "pytorch_model.bin"


def test_what_a_person_brought_goes_first(store, tmp_path):
    filled(store / "sam")
    cache.remember("sam", filled(tmp_path / "mine"))
    assert cache.at(SAM) == tmp_path / "mine"
    assert cache.local() == {"sam": tmp_path / "mine"}


@pytest.mark.parametrize("content", ["{", "[]", "3", '{"sam": 3}'])
def test_a_broken_list_of_what_was_brought_counts_as_none(store, content):
    store.mkdir()
    (store / cache.BROUGHT).write_text(content)
    assert cache.brought() == {}


def test_a_changed_byte_after_the_download_is_found(store):
    folder = filled(store / "sam")
    digest = hashlib.sha256(b"model.safetensors").hexdigest()
    (folder / cache.RECORD).write_text(json.dumps({"sha256": {"model.safetensors": digest}}))
    assert cache.checked(SAM, folder) == folder / "model.safetensors"
    (folder / "model.safetensors").write_text("Model.safetensors")
    with pytest.raises(
        CheckpointError, match=r"sam: model.safetensors is not the published file, its SHA-256"
    ):
        cache.checked(SAM, folder)


def test_a_broken_record_counts_as_none(store):
    folder = filled(store / "sam")
    (folder / cache.RECORD).write_text("{")
    assert cache.checked(SAM, folder).is_file()


def test_missing_files_are_named(store):
    filled(store / "sam", ["config.json"])
    with pytest.raises(
        CheckpointError, match=r"sam: .* lacks preprocessor_config.json, model.safetensors; bring"
    ):
        cache.checked(SAM, store / "sam")


def test_the_catalogue_names_each_once_and_says_what_it_must():
    assert len(CATALOGUE) == len(set(names())) >= 11
    for entry in CATALOGUE:
        assert entry.licence
        assert entry.megabytes > 0
        assert bool(entry.checked) == (entry.revision is not None)  # what nobody checked is not downloaded
        if entry.library == "transformers" and entry.revision:
            assert len(entry.revision) == 40
        assert {"torch", "safetensors"} <= set(entry.requires)


def test_a_name_that_there_is_not():
    with pytest.raises(KeyError, match="no public model 'sma', did you mean 'sam'"):
        find("sma")
