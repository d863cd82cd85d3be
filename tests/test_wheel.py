"""The wheel alone, in an environment without torch: the pictures travel along, and it says what it lacks."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
UV = Path(sys.executable).with_name("uv")
SCRIPT = """
import json, workbench as wb
coins = wb.samples.load("coins")
result = wb.run("otsu", coins.image)
print(json.dumps({
    "iou": wb.score(coins.truth, result.output, target=coins.target).iou,
    "where": wb.__file__,
    "deep": {name: entry.install for name, entry in wb.METHODS.items() if not entry.available},
}))
"""


def run(*command: object) -> str:
    done = subprocess.run(
        [str(part) for part in command], cwd=ROOT, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_wheel_runs_in_an_empty_environment_without_torch(tmp_path: Path) -> None:
    build = (UV, "build", "--quiet", "--wheel", "--no-build-isolation", "--python", sys.executable)
    run(*build, "-o", tmp_path, ROOT)
    wheel = next(tmp_path.glob("segmentation_workbench-*.whl"))
    python = tmp_path / "venv" / "bin" / "python"
    run(UV, "venv", "--quiet", "--python", sys.executable, tmp_path / "venv")
    run(UV, "pip", "install", "--quiet", "--python", python, wheel, "-c", ROOT / "requirements.lock")
    done = subprocess.run([python, "-c", SCRIPT], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["iou"] > 0.7
    assert str(tmp_path) in said["where"]
    assert all("segmentation-workbench[deep]" in line for line in said["deep"].values())
    assert said["deep"], "the networks must be listed, greyed, with the line that installs them"
    assert "unet-cells" in run(python.with_name("workbench"), "methods")
