import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from workbench.models.unet import UNet
from workbench.training.foreground import Foreground
from workbench.training.loop import WORTH_COMPILING, Plan, compiled, seconds_a_step, train_on

PLAN = Plan(steps=6, every=2, warmup=2)
SCRIPT = """
import sys, time, torch
from pathlib import Path
from workbench.models.unet import UNet
from workbench.training.foreground import Foreground
from workbench.training.loop import WORTH_COMPILING, compiled, Plan, train_on
torch.set_num_threads(1)
torch.manual_seed(0)
plan = Plan(steps=6, every=2, warmup=2)
slow = float(sys.argv[2])
def report(line):
    print(line["step"], "dice" in line, flush=True)
    time.sleep(slow)
task = Foreground(batch_size=4, side=32, held=2)
train_on(UNet(base=2, depth=2), task, plan, Path(sys.argv[1]), resume=True, report=report)
"""


@pytest.fixture(scope="module")
def task():
    return Foreground(batch_size=4, side=32, held=2)


def fresh():
    torch.set_num_threads(1)
    torch.manual_seed(0)
    return UNet(base=2, depth=2)


def train(folder, task, plan=PLAN, **options):
    net = fresh()
    return net, train_on(net, task, plan, folder, **options)


def kept(folder):
    return torch.load(Path(folder) / "checkpoint.pt", weights_only=True)


def same(first, second):
    return all(torch.equal(first[key], second[key]) for key in first)


def test_a_training_learns_logs_and_keeps_the_best(tmp_path, task):
    heard = []
    _, run = train(tmp_path, task, report=heard.append)
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [2, 4, 6]
    assert all({"loss", "dice", "rate", "seconds"} <= set(line) for line in lines)
    assert run.best == max(line["dice"] for line in lines)
    assert [line["step"] for line in heard if "dice" not in line] == [1, 2, 3, 4, 5, 6]
    best = fresh()
    best.load_state_dict(torch.load(tmp_path / "best.pt", weights_only=True))
    assert task.validate(best.eval(), "cpu") == pytest.approx(run.best)


def test_two_trainings_of_one_plan_give_the_same_weights(tmp_path, task):
    first, _ = train(tmp_path / "a", task)
    second, _ = train(tmp_path / "b", task)
    assert same(first.state_dict(), second.state_dict())


def test_resumed_after_a_kill_as_if_nothing_had_happened(tmp_path, task):
    """SIGKILL in the middle, between checkpoints; then the same weights, bit for bit, as without it."""
    quiet = os.environ | {"OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", SCRIPT, str(tmp_path / "killed")]
    with subprocess.Popen([*command, "1.0"], stdout=subprocess.PIPE, text=True, env=quiet) as process:
        for line in process.stdout:
            if line.startswith("3 "):  # one step past the checkpoint of step 2
                process.send_signal(signal.SIGKILL)
                break
    assert process.wait(20) == -signal.SIGKILL
    assert kept(tmp_path / "killed")["run"]["step"] == 2
    subprocess.run([*command, "0"], check=True, env=quiet, timeout=120)
    subprocess.run([*command[:3], str(tmp_path / "whole"), "0"], check=True, env=quiet, timeout=120)
    killed, whole = kept(tmp_path / "killed"), kept(tmp_path / "whole")
    assert same(killed["net"], whole["net"])
    assert [line["dice"] for line in killed["run"]["log"]] == [line["dice"] for line in whole["run"]["log"]]
    assert (tmp_path / "killed" / "log.jsonl").read_text().count("\n") == 3


def test_stops_early_when_nothing_gets_better(tmp_path, task):
    still = Plan(steps=20, every=1, rate=1e-12, patience=2)
    _, run = train(tmp_path, task, still)
    assert run.step < 20
    assert run.stale == 2


def test_will_not_overwrite_a_training(tmp_path, task):
    train(tmp_path, task)
    before = (tmp_path / "log.jsonl").read_bytes()
    with pytest.raises(
        FileExistsError, match="holds a training already; go on with resume, or choose another"
    ):
        train(tmp_path, task)
    assert (tmp_path / "log.jsonl").read_bytes() == before


def test_will_not_resume_with_another_plan(tmp_path, task):
    train(tmp_path, task)
    with pytest.raises(ValueError, match="was made with another steps, seed; resume with the same"):
        train(tmp_path, task, Plan(steps=9, every=2, warmup=2, seed=1), resume=True)


def test_will_not_resume_another_network(tmp_path, task):
    train(tmp_path, task)
    with pytest.raises(ValueError, match="was made by another network; resume that one, or start anew"):
        train_on(torch.nn.Linear(2, 2), task, PLAN, tmp_path, resume=True)


def test_resuming_a_finished_training_changes_nothing(tmp_path, task):
    train(tmp_path, task)
    before = kept(tmp_path)["net"]
    began = time.perf_counter()
    train(tmp_path, task, resume=True)
    assert time.perf_counter() - began < 20
    assert same(before, kept(tmp_path)["net"])


def test_the_rate_rises_then_falls_to_nothing():
    plan = Plan(steps=1000, warmup=100, rate=1.0)
    rates = [plan.rate_at(step) for step in range(1000)]
    assert rates[0] == 0.01
    assert max(rates) == rates[99] == 1.0
    assert rates == sorted(rates[:100]) + sorted(rates[100:], reverse=True)
    assert rates[-1] < 1e-5


@pytest.mark.parametrize("name", ["steps", "every", "patience"])
def test_refuses_nothing_to_do(name):
    with pytest.raises(ValueError, match=f"training: {name} must be at least 1, got 0"):
        Plan(**{name: 0})


@pytest.mark.parametrize("name", ["rate", "clip", "minutes"])
@pytest.mark.parametrize("value", [0.0, -1.0, float("nan")])
def test_refuses_a_rate_or_clip_that_is_not_above_zero(name, value):
    with pytest.raises(ValueError, match=f"training: {name} must be above 0, got {value}"):
        Plan(**{name: value})


def test_refuses_a_negative_seed():
    with pytest.raises(ValueError, match="training: seed must be a whole number from 0, got -1"):
        Plan(seed=-1)


def test_it_says_what_a_step_costs_and_leaves_the_network_alone(task):
    net = fresh()
    before = {key: tensor.clone() for key, tensor in net.state_dict().items()}
    assert 0 < seconds_a_step(net, task, PLAN) < 10
    assert same(before, net.state_dict())


def test_a_budget_ends_it_with_the_best_so_far(tmp_path, task):
    _, run = train(tmp_path, task, Plan(steps=500, every=50, minutes=1e-6))
    assert run.step == 1
    assert (tmp_path / "best.pt").exists()


def test_a_rate_that_is_far_too_high_is_one_sentence(tmp_path, task):
    with pytest.raises(FloatingPointError, match=r"the loss is .* at step .*, no number .* lower it"):
        train(tmp_path, task, Plan(steps=60, every=60, warmup=0, rate=1e18, clip=1e30))


def test_a_full_disk_costs_no_checkpoint(tmp_path, task, monkeypatch):
    """The disk fills after the first checkpoint: that one stays whole, and the training goes on."""
    from workbench.training import loop

    real, full = loop.replaced, []

    def refused(path, write):
        if full:
            raise OSError(28, "No space left on device")
        real(path, write)

    def report(line):
        if "dice" in line:
            told.append(line.get("trouble", ""))
            full.append(True)

    told = []
    monkeypatch.setattr(loop, "replaced", refused)
    _, run = train(tmp_path, task, report=report)
    assert run.step == 6
    assert [bool(trouble) for trouble in told] == [False, True, True]
    assert "No space left on device); the checkpoint before it is whole" in told[-1]
    assert kept(tmp_path)["run"]["step"] == 2
    assert not list(tmp_path.glob("*.new"))


def test_a_damaged_checkpoint_is_told(tmp_path, task):
    train(tmp_path, task)
    path = tmp_path / "checkpoint.pt"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(ValueError, match=r"checkpoint\.pt is damaged; start anew in another folder"):
        train(tmp_path, task, resume=True)


def test_dropout_is_the_same_after_a_resume(tmp_path):
    """Stopped after its first checkpoint and resumed, a network has the weights of one that ran on."""
    from workbench.models.fcn import FCN
    from workbench.training.semantic import Semantic

    def net():
        torch.manual_seed(0)
        return FCN(stride=16, widths=(2, 2, 2, 2, 2, 4))

    class Stop(Exception):
        pass

    def stop(line):
        if "miou" in line:
            raise Stop

    small, plan = Semantic(batch_size=2, side=32, pictures=4, held=1), Plan(steps=4, every=2, warmup=1)
    whole, broken = net(), net()
    train_on(whole, small, plan, tmp_path / "whole")
    with pytest.raises(Stop):
        train_on(broken, small, plan, tmp_path / "broken", report=stop)
    again = net()
    train_on(again, small, plan, tmp_path / "broken", resume=True)
    assert same(whole.state_dict(), again.state_dict())


def test_a_long_training_on_a_gpu_is_compiled_with_the_same_weights():
    net = torch.nn.Linear(2, 2)
    assert compiled(net, "cpu", 5000) is net
    assert compiled(net, "cuda", WORTH_COMPILING - 1) is net
    faster = compiled(net, "cuda:0", WORTH_COMPILING)
    assert faster is not net
    assert [id(p) for p in faster.parameters()] == [id(p) for p in net.parameters()]
    faster.train(False)
    assert not net.training
