import json

import pytest
import typer
from typer.testing import CliRunner

from workbench.models import zoo
from workbench.training import card
from workbench.training.cli import train

app = typer.Typer()
app.command()(train)


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder, whole = tmp_path_factory.mktemp("weights"), card.compared
    # Forty scenes of the card's table would take most of the time; three show the same.
    card.compared = lambda net, scenes: whole(net, scenes, count=3, side=64)
    try:
        result = run(
            "unet", "--steps", 2, "--every", 1, "--side", 32, "--batch", 4, "--device", "cpu", "-o", folder
        )
    finally:
        card.compared = whole
    assert result.exit_code == 0, result.output
    return folder, result.output


def test_it_prints_loss_and_validation_and_writes_weights_with_their_card(trained):
    folder, output = trained
    assert output.count("validation Dice") == 2
    assert {"unet-cells.safetensors", "unet-cells.json", "log.jsonl", "checkpoint.pt"} <= {
        path.name for path in folder.iterdir()
    }
    found = zoo.load("unet-cells", "cpu", folder).card
    assert found["steps"] == 2
    assert found["licence"] == "BSD-3-Clause"
    assert set(found["test"]["dice"]) >= {"unet", "otsu, oracle side", "one level, oracle"}


def test_it_refuses_a_folder_that_is_taken(trained):
    result = run("unet", "--steps", 2, "--every", 1, "--side", 32, "--batch", 4, "-o", trained[0])
    assert result.exit_code == 2
    assert "holds a training already" in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["resnet"], "train: no network 'resnet'; there is unet"),
        (["unet", "--scenes", "moon"], "training: no scenes 'moon'; there are cells, street, shadows"),
        (["unet", "--side", "40"], "train: side must be a multiple of 16, got 40"),
        (["unet", "--batch", "6"], "training: batch must be a multiple of 4, got 6"),
    ],
)
def test_a_wrong_value_is_one_sentence(tmp_path, arguments, sentence):
    result = run(*arguments, "-o", tmp_path / "x")
    assert result.exit_code == 2
    assert result.output.strip() == sentence
    assert not (tmp_path / "x").exists()


def test_card_is_json(trained):
    json.loads((trained[0] / "unet-cells.json").read_text())
