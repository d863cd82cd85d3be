import pytest
import typer
from typer.testing import CliRunner

from workbench.models import zoo
from workbench.training.cli import train

app = typer.Typer()
app.command()(train)
SMALL = (
    "--steps",
    2,
    "--every",
    1,
    "--side",
    32,
    "--batch",
    4,
    "--pictures",
    4,
    "--jobs",
    0,
    "--device",
    "cpu",
)


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("weights")
    result = run("unet", "--scenes", "cells", *SMALL, "-o", folder)
    assert result.exit_code == 0, result.output
    return folder, result.output


def test_it_says_the_cost_prints_validations_and_writes_weights_with_their_card(trained):
    folder, output = trained
    assert "2 steps on cpu: about 1 min of learning" in output
    assert output.count("validation dice") == 2
    files = {path.name for path in folder.iterdir()}
    assert {"unet-cells.safetensors", "unet-cells.json", "log.jsonl", "checkpoint.pt"} <= files
    found = zoo.load("unet-cells", "cpu", folder).card
    assert found["steps"] == 2
    assert found["licence"] == "BSD-3-Clause"


def test_it_refuses_a_folder_that_is_taken_and_resumes_when_asked(trained):
    command = ("unet", "--scenes", "cells", *SMALL, "-o", trained[0])
    result = run(*command)
    assert result.exit_code == 2
    assert "holds a training already" in result.output
    assert "Traceback" not in result.output
    assert run(*command, "--resume").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["resnet"], "train: no network 'resnet'"),
        (["unet", "--scenes", "moon"], "training: no scenes 'moon'; there are cells, street, shadows"),
        (["unet", "--side", "40"], "train: side must be a multiple of 32, got 40"),
        (["unet", "--scenes", "cells", "--batch", "6"], "training: batch must be a multiple of 4, got 6"),
        (["fcn8", "--rate", "0"], "training: rate must be above 0, got 0.0"),
        (["fcn8", "--device", "tpu"], "device must be one that is there"),
        (["fcn8", "--start", "absent.safetensors"], "absent.safetensors: there are no such weights"),
    ],
)
def test_a_wrong_value_is_one_sentence(tmp_path, arguments, sentence):
    result = run(*arguments, "-o", tmp_path / "x")
    assert result.exit_code == 2
    assert result.output.startswith(f"workbench: {sentence}")
    assert result.output.count("\n") == 1
    assert not (tmp_path / "x").exists()
