import pytest

from workbench.models.files import replaced


def test_a_file_is_replaced_in_one_move(tmp_path):
    path = tmp_path / "kept"
    path.write_text("old")
    replaced(path, lambda fresh: fresh.write_text("new"))
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_cut_short_leaves_the_old_one_and_nothing_else(tmp_path):
    path = tmp_path / "kept"
    path.write_text("old")

    def half(fresh):
        fresh.write_text("ne")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        replaced(path, half)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
