"""The command line, as a person meets it: a process with output, an error stream and an exit code."""

from __future__ import annotations

import json
import socket
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from workbench import runs
from workbench.cli import app
from workbench.export import read_truth
from workbench.registry import METHODS
from workbench.samples import load

OWN_OPTIONS = {"out", "truth", "lens", "longest", "json", "help"}


def here(*words: str):
    """Run the command line in this process, which is quicker; its folder is the current one."""
    return CliRunner().invoke(app, list(words))


def process(*words: str, cwd) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "workbench.cli", *words], cwd=cwd, capture_output=True, text=True, timeout=120
    )


@pytest.fixture
def photo(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pixels = np.full((40, 60, 3), 30, np.uint8)
    pixels[10:30, 20:50] = 220
    Image.fromarray(pixels).save(tmp_path / "photo.png")
    return tmp_path / "photo.png"


def test_run_writes_labels_and_preview(photo):
    done = process("run", "otsu", "photo.png", "--sigma", "0", "-o", "out.png", cwd=photo.parent)
    assert done.returncode == 0, done.stderr
    assert "wrote out.png and out-preview.png" in done.stdout
    assert "no truth" in done.stdout
    labels = np.array(Image.open(photo.parent / "out.png"))
    assert labels.shape == (40, 60)
    assert len(np.unique(labels)) == 2
    preview = np.array(Image.open(photo.parent / "out-preview.png"))
    assert preview.shape == (40, 60, 3)


def test_run_scores_against_a_truth_file(photo):
    truth = np.zeros((40, 60), np.uint8)
    truth[10:30, 20:50] = 1
    Image.fromarray(truth).save(photo.with_name("truth.png"))
    done = here("run", "otsu", "photo.png", "--sigma=0", "--truth", "truth.png", "--json")
    record = json.loads(done.stdout)
    assert record["scores"]["all"]["iou"] == 1
    assert record["scores"]["lens"] == "object"
    assert record["written"] == ["photo-otsu.png", "photo-otsu-preview.png"]
    assert record["recipe"]["values"]["sigma"] == 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("otsu", "photo.png", "--sigma", "99"), "otsu: sigma must be in [0, 10], got '99'"),
        (("otsu", "photo.png", "--sigma", "wide"), "otsu: sigma must be in [0, 10], got 'wide'"),
        (("otsu", "photo.png", "--sgma", "1"), "did you mean 'sigma'"),
        (("ostu", "photo.png"), "did you mean 'otsu'"),
        (("otsu", "nowhere.png"), "nowhere.png: there is no such file"),
        (("otsu", "words.png"), "words.png: is not an image"),
        (("otsu", "empty.png"), "empty.png: the file is empty"),
        (("otsu", "photo.png", "other.png"), "run needs one image, got 'photo.png', 'other.png'"),
        (("otsu", "photo.png", "-o", "out.jpg"), "saved as .png or .npz, got '.jpg'"),
        (("otsu", "photo.png", "-o", "nowhere/out.png"), "there is no folder nowhere"),
        (("otsu", "photo.png", "-o", "photo.png"), "would overwrite the image itself"),
        (("otsu", "photo.png", "--truth", "small.png"), "a truth must have its image's size"),
        (("otsu", "photo.png", "--truth", "nowhere.png"), "nowhere.png: there is no such file"),
        (("otsu", "photo.png", "--truth", "photo.png", "--lens", "eye"), "eye"),
        (("grabcut", "photo.png", "--box", "everything"), "grabcut: box must be"),
        (("grabcut", "photo.png", "--box", "0,0,400,10"), "box must lie inside the 40 x 60 image"),
    ],
)
def test_refusals_are_one_sentence(photo, words, sentence):
    photo.with_name("words.png").write_text("not a picture")
    photo.with_name("empty.png").write_bytes(b"")
    Image.fromarray(np.eye(5, dtype=np.uint8)).save(photo.with_name("small.png"))
    mask = np.zeros((40, 60), np.uint8)
    mask[:20] = 1
    if "--lens" in words:
        Image.fromarray(mask).save(photo.with_name("mask.png"))
        words = tuple("mask.png" if word == "photo.png" and k == 3 else word for k, word in enumerate(words))
    done = here("run", *words)
    assert done.exit_code == 2, done.stdout + done.stderr
    assert sentence in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("workbench: ")


def test_run_takes_a_sample_with_its_truth(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    record = runs.run("otsu", "coins", {"sigma": "1.5"})
    assert 0.5 < record["scores"]["all"]["iou"] < 1
    assert record["scores"]["per_category"]["coin"]["iou"] == record["scores"]["all"]["iou"]


def test_npz_by_suffix_and_back(tmp_path):
    record = runs.run("slic", "coins", {}, out=tmp_path / "parts.npz", lens="regions")
    assert record["written"] == [str(tmp_path / "parts.npz")]
    again = read_truth(tmp_path / "parts.npz", load("coins").shape)
    assert again.sha256 == record["sha256"]


def test_many_segments_need_sixteen_bits(tmp_path):
    record = runs.run("felzenszwalb", "coins", {"scale": "10"}, out=tmp_path / "parts.png")
    ids = np.array(Image.open(tmp_path / "parts.png"))
    assert ids.max() > 255, record["summary"]
    assert ids.dtype in (np.uint16, np.int32)


def test_notes_about_the_image_are_told(tmp_path):
    Image.fromarray(np.linspace(0, 65535, 400).reshape(20, 20).astype(np.uint16)).save(tmp_path / "deep.png")
    record = runs.run("otsu", str(tmp_path / "deep.png"), {}, out=tmp_path / "out.png")
    assert any("16" in note for note in record["notes"])


def test_parameters_in_any_order():
    assert runs.split(["--sigma", "-1", "a.png", "--k=2"]) == ({"sigma": "-1", "k": "2"}, "a.png")
    assert runs.split(["a.png", "--flag", "--k", "2"]) == ({"flag": "true", "k": "2"}, "a.png")


def test_no_image_is_refused():
    with pytest.raises(ValueError, match="run needs one image, got none"):
        runs.split(["--sigma", "1"])


def test_methods_lists_every_method():
    listed = json.loads(here("methods", "--json").stdout)
    assert [it["name"] for it in listed] == list(METHODS)
    shown = here("methods").stdout
    assert all(name in shown for name in METHODS)
    assert "--sigma in [0, 10]" in shown


@pytest.mark.parametrize("name", METHODS)
def test_no_parameter_is_hidden_by_an_option(name):
    assert not OWN_OPTIONS & set(METHODS[name].params)


def test_port_taken_is_one_sentence():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for command in ("dashboard", "lab"):
            done = here(command, "--port", port, "--no-browser")
            assert done.exit_code == 2
            assert f"port {port} on 127.0.0.1 is taken" in done.stderr
            assert len(done.stderr.strip().splitlines()) == 1


def test_a_refusal_of_the_process_itself(tmp_path):
    done = process("run", "otsu", "nowhere.png", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "workbench: nowhere.png: there is no such file; check the path\n"


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """Give a hundred guesses and truths; the guesses in h are better."""
    monkeypatch.chdir(tmp_path)
    for k in range(100):
        mask = np.zeros((8, 12), np.uint8)
        mask[2:6, 2 : 6 + k % 3] = 255
        for side, ids in (("t", mask), ("g", np.roll(mask, 1 + k % 2, 1)), ("h", np.roll(mask, 1, 1))):
            (tmp_path / side).mkdir(exist_ok=True)
            Image.fromarray(ids).save(tmp_path / side / f"{k:02}.png")
    return tmp_path


def test_one_broken_pair_among_a_hundred_is_told_and_the_rest_scored(folders):
    (folders / "g" / "42.png").write_bytes(b"not a picture")
    done = process("evaluate", "g", "t", "-o", "report", cwd=folders)
    assert done.returncode == 1
    assert done.stderr == (
        "workbench: g/42.png: is not a guess that can be read; give a label PNG or an NPZ with 'ids'\n"
    )
    assert "99 images scored, 1 broken; object lens, convention workbench" in done.stdout
    said = json.loads((folders / "report" / "summary.json").read_text(encoding="utf-8"))
    assert (said["images"], said["images_broken"]) == (99, 1)
    assert said["command"] == "workbench evaluate g t --lens object --convention workbench -o report"
    assert sorted(path.name for path in (folders / "report").iterdir()) == [
        "index.html", "scores.csv", "summary.json",
    ]  # fmt: skip


def test_evaluate_compares_two_folders(folders):
    done = here("evaluate", "h", "t", "--against", "g", "--convention", "medical", "--boundaries", "-o", "r")
    assert done.exit_code == 0, done.stderr
    assert "IoU: h better than g in 100 % of resamples; paired, 100 images" in done.stdout
    assert "mean over images" in done.stdout
    assert "--boundaries --against g -o r" in (folders / "r" / "summary.json").read_text(encoding="utf-8")


def test_evaluate_takes_a_target_and_a_lens(folders):
    done = here("evaluate", "g", "t", "--lens", "instance", "--target", "object", "-o", "r")
    assert done.exit_code == 0, done.stderr
    assert "instance lens" in done.stdout


def test_no_pair_that_can_be_scored_is_no_report(folders):
    done = here("evaluate", "g", "t", "--target", "coin", "-o", "r")
    assert done.exit_code == 1
    assert "workbench: no pair could be scored, so there is no report" in done.stderr
    assert not (folders / "r").exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("nowhere", "t", "-o", "r"), "nowhere: there is no such folder; check the path"),
        (("g", "t", "-o", "r", "--lens", "eye"), "no lens 'eye'"),
        (("g", "t", "-o", "r", "--convention", "cocoa"), "did you mean coco"),
        (("g", "t", "-o", "nowhere/r"), "there is no folder nowhere; make it first"),
        (("g", "t", "-o", "g/00.png"), "g/00.png: is a file, and a report is a folder"),
        (("g", "t", "-o", "r", "--against", "nowhere"), "nowhere: there is no such folder"),
    ],
)
def test_evaluate_refuses_in_one_sentence(folders, words, sentence):
    done = here("evaluate", *words)
    assert done.exit_code == 2, done.stdout + done.stderr
    assert sentence in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_help_lists_the_commands():
    shown = here("--help").stdout
    assert all(command in shown for command in ("doctor", "methods", "run", "evaluate", "dashboard", "lab"))
