"""Public models as methods: run like any other, once their files are here."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest
from typer.testing import CliRunner

import workbench as wb
from workbench.cli import app
from workbench.methods import public
from workbench.models.public import cache, torchvision_models
from workbench.models.public.cache import CheckpointError
from workbench.models.public.catalogue import CATALOGUE
from workbench.registry import Registry


@pytest.fixture
def own() -> Registry:
    return Registry()


def test_without_files_the_registry_is_as_it_was(methods):
    before = list(methods)
    assert public.refresh() == []
    assert list(methods) == before
    assert not {entry.name for entry in CATALOGUE} & set(before)


def test_a_file_in_the_cache_is_a_method_without_being_read(methods, store):
    store.mkdir()
    (store / CATALOGUE[0].files[0]).write_text("not even weights")
    assert methods["voc-lraspp"].family == public.FAMILY  # found when it was asked for
    assert public.refresh() == []


def test_listing_brings_no_torch(store):
    store.mkdir()
    (store / CATALOGUE[0].files[0]).write_text("")
    ask = (
        "import sys, workbench as wb, workbench.methods; assert 'voc-lraspp' in wb.METHODS;"
        "import workbench.models_cli as c; c.list_models();"
        "print({'torch', 'transformers'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_run_names_every_pixel(methods, lraspp, image, store):
    entry = public.register_file("voc-lraspp", lraspp)
    assert entry is methods["voc-lraspp"]
    result = wb.run("voc-lraspp", image, size=64)
    assert result.output.yields == entry.yields == "semantic"
    assert result.output.shape == (40, 60)
    assert "motorcycle" in result.output.taxonomy.names
    assert [stage.name for stage in result.stages] == ["sureness"]
    assert wb.Recipe.from_json(result.recipe.to_json()).run(image).output.sha256 == result.output.sha256
    assert json.loads((store / cache.BROUGHT).read_text()) == {"voc-lraspp": str(lraspp)}


def test_a_path_may_be_given_again(methods, lraspp, tmp_path):
    public.register_file("voc-lraspp", lraspp)
    other = tmp_path / "other.safetensors"
    other.write_bytes(lraspp.read_bytes())
    public.register_file("voc-lraspp", other)
    assert cache.local() == {"voc-lraspp": other}


def test_a_registry_of_ones_own_leaves_no_trace(own, lraspp, image, store):
    entry = public.register_file("voc-lraspp", lraspp, own)
    assert entry(image, size=64).yields == "semantic"
    assert list(own) == ["voc-lraspp"]
    assert "voc-lraspp" not in wb.METHODS
    assert not store.exists()


def test_mobilevit_names_every_pixel(own, tiny, image):
    output = public.register_file("voc-mobilevit", tiny("voc-mobilevit"), own)(image)
    assert output.yields == "semantic"
    assert output.shape == (40, 60)


@pytest.mark.parametrize("name", ["coco-detr", "coco-mask2former", "coco-eomt", "ade-oneformer"])
def test_mask_transformers_yield_segments(own, tiny, image, name):
    entry = public.register_file(name, tiny(name), own)
    output = entry(image, threshold=0.05)
    assert output.yields == entry.yields == "panoptic"
    assert output.shape == (40, 60)
    assert all(0.05 < segment.score <= 1 for segment in output.segments.values())
    stuff = [s.category.name for s in output.segments.values() if s.category.kind == "stuff"]
    assert len(stuff) == len(set(stuff))


def test_a_promptable_model_yields_the_object(own, tiny, image):
    entry = public.register_file("sam", tiny("sam"), own)
    answers = [
        entry(image, points=((5, 7, "object"), (30, 50, "background"))),
        entry(image, box=(2, 3, 30, 40)),
        entry(image, points=((5, 7, "object"),), box=(2, 3, 30, 40)),
    ]
    assert {output.yields for output in answers} == {entry.yields} == {"foreground"}
    assert {output.shape for output in answers} == {(40, 60)}


def test_without_a_prompt_the_middle_is_asked_about_and_that_is_said(methods, tiny, image):
    public.register_file("sam", tiny("sam"))
    result = wb.run("sam", image)
    middle = wb.run("sam", image, points=((20, 30, "object"),))
    assert result.output.sha256 == middle.output.sha256
    assert public.NOTHING in result.notes
    assert public.NOTHING not in middle.notes


def test_detectors_yield_overlapping_instances(own, monkeypatch, lraspp, image, tmp_path):
    path = tmp_path / "mask-rcnn.safetensors"
    path.write_bytes(lraspp.read_bytes())
    taxonomy, _ = public_taxonomy()
    masks = np.zeros((2, 40, 60), bool)
    masks[:, 10:20, 10:20] = True

    def found(model, picture, threshold):
        return masks[:, : picture.shape[0], : picture.shape[1]], [1, 17], [0.9, 0.8]

    monkeypatch.setattr(torchvision_models, "instances", found)
    monkeypatch.setattr(public, "_loaded", lambda entry, path: type("Model", (), {"taxonomy": taxonomy}))
    entry = public.register_file("coco-mask-rcnn", path, own)
    output = entry(image)
    assert output.yields == entry.yields == "instance"
    assert [item.category.name for item in output] == ["person", taxonomy[17].name]
    assert (output.masks() == masks).all()


def public_taxonomy():
    from workbench.models.public.names import LABELS, taxonomy_of

    return taxonomy_of(LABELS["coco-panoptic"], "coco")


@pytest.mark.parametrize("shape", [(1, 1), (1, 90), (3, 700)])
@pytest.mark.parametrize("name", ["voc-mobilevit", "coco-mask2former", "coco-detr", "coco-eomt", "sam"])
def test_odd_pictures(own, tiny, name, shape):
    picture = np.full((*shape, 3), 90, np.uint8)
    assert public.register_file(name, tiny(name), own)(picture).shape == shape


@pytest.mark.parametrize("shape", [(1, 1), (2, 5000)])
def test_odd_pictures_of_torchvision(own, lraspp, shape):
    picture = np.full((*shape, 3), 90, np.uint8)
    assert public.register_file("voc-lraspp", lraspp, own)(picture, size=64).shape == shape


def test_a_thread_of_a_picture_is_made_thicker_and_others_stay_as_they_are(image):
    assert public._fitted(image, 2048) is image
    assert public._fitted(np.zeros((1, 320, 3), np.uint8), 2048).shape == (10, 320, 3)
    assert public._fitted(np.zeros((16000, 2, 3), np.uint8), 2048).shape == (2048, 64, 3)


def test_short_memory_means_a_smaller_picture_and_is_said(image):
    big = np.zeros((300, 3000, 3), np.uint8)
    seen = []

    def judge(picture):
        seen.append(picture.shape[:2])
        if picture.shape[1] > 1024:
            raise RuntimeError("out of memory")
        return wb.Segmentation.from_partition(np.ones(picture.shape[:2], int))

    with wb_trace() as trace:
        assert public._answered(big, judge).shape == (300, 3000)
    assert seen == [(205, 2048), (102, 1024)]
    assert trace.notes == ["memory ran out: looked at with a longer side of less than 2048 px"]


def wb_trace():
    from workbench.trace import Trace, listen

    return listen(Trace())


def test_no_memory_at_all(image):
    def judge(picture):
        raise MemoryError

    with pytest.raises(MemoryError, match=r"it ran out of memory even at 512 px; close other programs"):
        public._answered(image, judge)


def test_another_error_is_not_taken_for_short_memory(image):
    def judge(picture):
        raise RuntimeError("shapes do not match")

    with pytest.raises(RuntimeError, match=r"shapes do not match"):
        public._answered(image, judge)


def test_a_file_that_is_not_what_it_should_be_is_refused_at_once(own, tiny, tmp_path):
    with pytest.raises(CheckpointError, match=r"sam: there is no folder"):
        public.register_file("sam", tmp_path / "nowhere", own)
    with pytest.raises(KeyError, match=r"no public model 'sma', did you mean 'sam'"):
        public.register_file("sma", tiny("sam"), own)
    assert list(own) == []


def here(*words: str):
    return CliRunner().invoke(app, ["models", *words])


def test_the_command_lists_what_ships_what_is_here_and_what_there_could_be(store, tiny):
    cache.remember("sam", tiny("sam"))
    rows = {row["name"]: row for row in json.loads(here("--json").stdout)}
    assert rows["unet-cells"]["where"] == "bundled"
    assert rows["sam"]["where"] == f"here, {tiny('sam')}"
    assert rows["voc-fcn"]["where"] == "available"
    assert rows["coco-eomt"]["where"] == "bring its folder: no revision has been checked"
    table = here().stdout
    assert all(
        word in table for word in ("name", "licence", "Apache-2.0", "375 MB", "voc-fcn", "models get NAME")
    )


def test_the_command_shows_licence_and_size_and_asks(store):
    done = here("get", "sam")
    assert done.exit_code == 2
    assert "375 MB, licence Apache-2.0" in done.stdout
    assert "workbench: sam: its licence is Apache-2.0; to accept it" in done.stderr
    assert not store.exists()


def test_the_command_knows_near_names():
    done = here("get", "voc-fnc", "--accept-licence")
    assert done.exit_code == 2
    assert "no public model 'voc-fnc', did you mean 'voc-fcn'" in done.stderr


def test_the_command_makes_files_of_ones_own_a_method(methods, store, tiny):
    done = here("add", "sam", str(tiny("sam")))
    assert done.exit_code == 0
    assert "ready: sam is a method now" in done.stdout
    assert "sam" in methods


def test_the_command_gets(monkeypatch, store):
    from workbench.models.public import download

    monkeypatch.setattr(download, "get", lambda entry, folder, accepted: (folder or store) / entry.name)
    assert (
        f"ready: sam is a method now, read from {store / 'sam'}"
        in here("get", "sam", "--accept-licence").stdout
    )
    done = here("get", "sam", "--accept-licence", "--folder", "models")
    assert "ready: models/sam" in done.stdout
