"""Downloads happen when asked, with the licence accepted; here nothing is reached, so all of it is played."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from types import SimpleNamespace
from urllib.error import URLError

import huggingface_hub
import pytest
import torch
from huggingface_hub.errors import GatedRepoError, LocalEntryNotFoundError

from workbench.models.public import cache, download
from workbench.models.public.cache import CheckpointError
from workbench.models.public.catalogue import find

LRASPP, SAM = find("voc-lraspp"), find("sam")


def get(entry, **asked):
    """Ask for a model, and give what was said."""
    said: list[str] = []
    return download.get(entry, **{"accepted": True, "say": said.append, **asked}), said


@pytest.fixture
def hub(monkeypatch):
    """A host that holds three small files; it keeps what it was asked for."""
    asked = []

    def fetch(repo, name, *, revision, local_dir, token):
        asked.append((repo, name, revision, token))
        path = Path(local_dir) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
        return str(path)

    def states(url, *, token):
        name = url.rpartition("/")[2]
        large = name == "model.safetensors"
        return SimpleNamespace(etag=hashlib.sha256(name.encode()).hexdigest() if large else "0" * 40)

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", fetch)
    monkeypatch.setattr(huggingface_hub, "get_hf_file_metadata", states)
    return asked


@pytest.mark.parametrize("entry", [LRASPP, SAM], ids=lambda entry: entry.name)
def test_licence_and_size_are_said_and_nothing_comes_before_they_are_accepted(entry, store):
    said: list[str] = []
    with pytest.raises(CheckpointError, match=rf"its licence is {entry.licence}; to accept it and download"):
        download.get(entry, say=said.append)
    assert f"{entry.megabytes:g} MB, licence {entry.licence}, from {entry.at}" in said[0]
    assert not store.exists()


def test_a_limit_of_the_licence_is_said():
    with pytest.raises(
        CheckpointError, match=r"research only\); its licence allows research only; to accept"
    ):
        download.get(find("voc-mobilevit"), say=list)


def test_what_has_no_checked_revision_is_not_downloaded():
    with pytest.raises(CheckpointError, match=r"no revision of .* has been checked, .* models add coco-eomt"):
        get(find("coco-eomt"))


def test_the_pinned_revision_comes_with_its_hashes_kept(hub, store):
    path, _ = get(SAM)
    assert path == store / "sam"
    assert {(repo, revision, token) for repo, _, revision, token in hub} == {(SAM.at, SAM.revision, False)}
    record = json.loads((path / cache.RECORD).read_text())
    assert record["revision"] == SAM.revision
    assert record["sha256"].keys() == set(SAM.files)
    assert sorted(p.name for p in store.iterdir()) == ["sam"]
    assert cache.local() == {"sam": path}


def test_what_is_there_is_kept(hub, store):
    path, _ = get(SAM)
    hub.clear()
    assert get(SAM) == (path, [f"sam is there already: {path}"])
    assert hub == []


def test_a_folder_that_is_named(hub, tmp_path):
    assert get(SAM, where=tmp_path / "models")[0] == tmp_path / "models" / "sam"


def test_another_content_than_the_host_states(hub, monkeypatch, store):
    stated = SimpleNamespace(etag="f" * 64)
    monkeypatch.setattr(huggingface_hub, "get_hf_file_metadata", lambda url, token: stated)
    with pytest.raises(
        CheckpointError, match=r"what came as config.json is not the published file, its SHA-256"
    ):
        get(SAM)
    assert not (store / "sam").exists()


def test_another_content_than_torchvision_states(monkeypatch, store):
    def fetch(url, path, hash_prefix):
        assert hash_prefix == "d234d4ea"
        Path(path).write_text("another")
        raise RuntimeError("invalid hash value")

    monkeypatch.setattr(torch.hub, "download_url_to_file", fetch)
    with pytest.raises(CheckpointError, match=r"what came as lraspp_.*.pth is not the published file"):
        get(LRASPP)
    assert list(store.iterdir()) == []


def test_without_network_the_sentence_says_what_to_run_where_and_what_to_bring(monkeypatch, store):
    def fail(*_, **__):
        raise URLError("no route")

    monkeypatch.setattr(torch.hub, "download_url_to_file", fail)
    with pytest.raises(CheckpointError) as refusal:
        get(LRASPP)
    assert str(refusal.value) == (
        "voc-lraspp: cannot be reached from here; where there is a network, run "
        "`workbench models get voc-lraspp --accept-licence --folder models` "
        "and bring models/lraspp_mobilenet_v3_large-d234d4ea.pth to "
        f"{store / 'lraspp_mobilenet_v3_large-d234d4ea.pth'}"
    )


def test_without_network_a_folder_is_to_be_brought(hub, monkeypatch, store):
    def fail(*_, **__):
        raise LocalEntryNotFoundError("offline")

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", fail)
    with pytest.raises(CheckpointError, match=r"and bring models/sam to .*store/sam"):
        get(SAM)


def test_an_agreement_is_never_made_for_a_person(hub, monkeypatch):
    def fail(*_, **__):
        raise GatedRepoError("gated", response=SimpleNamespace(headers={}, status_code=403, request=None))

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", fail)
    with pytest.raises(
        CheckpointError, match=r"wants each person to agree .* never done for you; agree there"
    ):
        get(SAM)


def test_a_file_that_did_not_come(hub, monkeypatch):
    monkeypatch.setattr(download, "lacking", lambda entry, path: ["model.safetensors"])
    with pytest.raises(CheckpointError, match=r"sam: model.safetensors did not come; try again"):
        get(SAM)


def test_a_full_disk(monkeypatch):
    monkeypatch.setattr(download.shutil, "disk_usage", lambda path: SimpleNamespace(free=10_000_000))
    with pytest.raises(CheckpointError, match=r"sam: needs 375 MB and .* has 10 MB left; make room, or name"):
        get(SAM)


def test_without_transformers_nothing_is_downloaded(monkeypatch):
    monkeypatch.setattr(download, "find_spec", lambda name: None if name == "transformers" else True)
    with pytest.raises(
        CheckpointError, match=r"sam: needs transformers, which is not installed; pip install"
    ):
        get(SAM)
