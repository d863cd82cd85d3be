import pytest
import typer

from workbench.refusals import refusals


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (KeyError("no method 'x'"), "no method 'x'"),
        (ValueError("sigma must be\n  in [0, 10]"), "sigma must be in [0, 10]"),
        (FloatingPointError("the loss is nan"), "the loss is nan"),
        (FileNotFoundError(2, "No such file or directory", "a.png"), "a.png: No such file or directory"),
        (FileExistsError("w holds a training already"), "w holds a training already"),
        (MemoryError(), "the image does not fit in memory with this method; try --longest 1024"),
    ],
)
def test_what_a_person_can_put_right_is_one_sentence(capsys, error, sentence):
    with pytest.raises(typer.Exit) as ended, refusals():
        raise error
    assert ended.value.exit_code == 2
    assert capsys.readouterr().err == f"workbench: {sentence}\n"


def test_a_fault_of_ours_is_no_refusal():
    with pytest.raises(ZeroDivisionError), refusals():
        raise ZeroDivisionError
