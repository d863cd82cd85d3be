import math
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from workbench.evaluation.folders import Asked, evaluate
from workbench.metrics import score
from workbench.metrics.comparison import LensName
from workbench.metrics.many import pool
from workbench.metrics.metric import by_category_under, measured_under
from workbench.segmentation import Segmentation


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Give guesses and truths of six masks; the k-th guess is off by k pixels."""
    for k in range(6):
        mask = np.zeros((20, 30), np.uint8)
        mask[5:15, 4:14] = 255
        for side, ids in (("t", mask), ("g", np.roll(mask, k, 1))):
            (tmp_path / side).mkdir(exist_ok=True)
            Image.fromarray(ids).save(tmp_path / side / f"{k}.png")
    return tmp_path / "g", tmp_path / "t"


def test_each_image_has_the_score_that_the_library_gives(folders: tuple[Path, Path]) -> None:
    found = evaluate(*folders)
    assert list(found.scores) == [str(k) for k in range(6)]
    for k, one in enumerate(found.scores.values()):
        truth, guess = (
            Segmentation.from_mask(np.array(Image.open(f / f"{k}.png")) > 0) for f in folders[::-1]
        )
        assert one.measures == score(truth, guess).measures
        assert one.iou == (10 - k) / (10 + k)
    assert found.ranked() == ["0", "1", "2", "3", "4", "5"]
    assert found.headline == "iou"


def test_dataset_and_image_are_both_there_and_differ(folders: tuple[Path, Path]) -> None:
    found = evaluate(*folders)
    assert found.pooled["all", "iou"] == sum(10 - k for k in range(6)) / sum(10 + k for k in range(6))
    assert found.averaged["all", "iou"] == pytest.approx(
        np.mean([(10 - k) / (10 + k) for k in range(6)]), abs=1e-15
    )


@pytest.mark.parametrize("boundaries", [False, True])
@pytest.mark.parametrize("lens", ["object", "semantic", "instance", "panoptic", "regions"])
def test_every_lens_and_every_number_has_a_row(
    folders: tuple[Path, Path], lens: str, boundaries: bool
) -> None:
    found = evaluate(*folders, Asked(lens=lens, boundaries=boundaries))
    assert not found.broken
    costs = found.asked.costs
    here = [row for row in found.rows if row["image"] == "3"]
    assert [row["metric"] for row in here if row["category"] == "all"] == list(measured_under(lens, *costs))
    assert {row["metric"] for row in here if row["category"] != "all"} == set(
        by_category_under(lens, *costs) if lens != "regions" else ()
    )
    assert found.pooled.keys() == found.averaged.keys() == found.by_image.keys()


def test_what_is_broken_costs_only_itself(folders: tuple[Path, Path]) -> None:
    guesses, truths = folders
    Image.fromarray(np.zeros((4, 5), np.uint8)).save(guesses / "0.png")
    (guesses / "1.png").write_bytes(b"not a picture")
    (guesses / "2.png").unlink()
    shutil.copy(guesses / "3.png", guesses / "extra.png")
    shutil.copy(guesses / "3.png", guesses / "3.tif")
    Image.fromarray(np.full((20, 30), 0.5, np.float32)).save(guesses / "float.tif")
    shutil.copy(truths / "3.png", truths / "float.png")
    np.savez(guesses / "negative.npz", ids=np.full((20, 30), -1))
    shutil.copy(truths / "3.png", truths / "negative.png")
    found = evaluate(guesses, truths)
    assert list(found.scores) == ["4", "5"]
    why = {one.image: one.why for one in found.broken}
    assert why["0"].startswith("the guess is 4 x 5 (rows x columns) and the truth 20 x 30")
    assert why["1"].endswith("1.png: is not a guess that can be read; give a label PNG or an NPZ with 'ids'")
    assert why["2"] == "there is no guess of this name"
    assert why["extra"] == "there is no truth of this name"
    assert why["3"] == "there are 2 files for its guess: 3.png, 3.tif; keep one"
    assert "a guess needs one whole number for each pixel, got float32" in why["float"]
    assert "ids must lie in 0 to 2147483647, got -1 to -1" in why["negative"]
    assert all("\n" not in sentence for sentence in why.values())


def test_ids_without_a_category_break_only_their_pair(folders: tuple[Path, Path]) -> None:
    guesses, truths = folders
    (truths / "taxonomy.json").write_text(
        '{"categories": [{"id": 1, "name": "coin"}, {"id": 2, "name": "rest", "kind": "stuff"}],'
        ' "values": {"0": 2, "255": 1}}'
    )
    Image.fromarray(np.full((20, 30), 9, np.uint8)).save(guesses / "2.png")
    found = evaluate(guesses, truths, Asked(target=("coin",)))
    assert len(found.scores) == 5
    assert "ids 9 have no category" in found.broken[0].why


def test_questions_that_are_refused(folders: tuple[Path, Path]) -> None:
    with pytest.raises(ValueError, match="no lens 'eye'; there are object"):
        evaluate(*folders, Asked(lens="eye"))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no convention 'cocoa'; did you mean coco"):
        evaluate(*folders, Asked(convention="cocoa"))
    with pytest.raises(ValueError, match="there is no such folder"):
        evaluate(folders[0] / "nowhere", folders[1])


def test_an_unknown_target_breaks_every_pair(folders: tuple[Path, Path]) -> None:
    found = evaluate(*folders, Asked(target=("coin",)))
    assert not found.scores
    assert "no target category 'coin' in the truth" in found.broken[0].why


def test_what_does_not_fit_in_memory_is_a_sentence(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("workbench.evaluation.folders.score", full)
    assert {one.why for one in evaluate(*folders).broken} == {"does not fit in memory; cut it into tiles"}


def test_a_file_that_may_not_be_opened_is_a_sentence(folders: tuple[Path, Path]) -> None:
    (folders[0] / "0.png").unlink()
    (folders[0] / "0.png").mkdir()
    found = evaluate(*folders)
    assert [one.image for one in found.broken] == ["0"]
    assert "0.png" in found.broken[0].why


@pytest.mark.parametrize("lens", ["object", "semantic", "instance", "panoptic", "regions"])
def test_maps_are_let_go_so_that_thousands_of_images_fit(folders: tuple[Path, Path], lens: LensName) -> None:
    found = evaluate(*folders, Asked(lens=lens, boundaries=True))
    whole = [score(*found.read(name), lens=lens) for name in found.scores]
    pooled = pool(whole, "dataset").measured()
    assert {n: v for (c, n), v in found.pooled.items() if c == "all"} == pytest.approx(pooled, nan_ok=True)
    assert all(one.facts.found.truth_ids is None for one in found.scores.values())
    assert found.read("3")[1].shape == (20, 30)


def test_paired_with_other_guesses(folders: tuple[Path, Path]) -> None:
    guesses, truths = folders
    perfect = evaluate(truths, truths)
    (guesses / "0.png").unlink()
    found = perfect.against(evaluate(guesses, truths))
    assert found["iou"].images == 5
    assert (found["iou"].better, found["dice"].better) == (1.0, 1.0)
    assert "tp" not in found  # a count is neither better nor worse


def test_less_is_better_where_the_metric_says_so(folders: tuple[Path, Path]) -> None:
    asked = Asked(lens="regions")
    found = evaluate(folders[1], folders[1], asked).against(evaluate(*folders, asked))
    assert found["vi_split"].difference < 0
    assert found["vi_split"].better == 1.0


def test_nothing_in_common_cannot_be_compared(folders: tuple[Path, Path]) -> None:
    guesses, truths = folders
    one, two = evaluate(guesses, truths), evaluate(guesses, truths)
    one.scores.pop("0")
    two = type(two)(guesses, truths, two.asked, two.reads, {"0": two.scores["0"]}, ())
    with pytest.raises(ValueError, match="have no image in common that was scored"):
        one.against(two)


def test_an_image_that_does_not_define_the_headline_is_not_ranked(folders: tuple[Path, Path]) -> None:
    for folder in folders:
        Image.fromarray(np.zeros((20, 30), np.uint8)).save(folder / "empty.png")
    found = evaluate(*folders)
    assert math.isnan(found.scores["empty"].iou)
    assert "empty" not in found.ranked()
    assert evaluate(*folders, Asked(convention="medical")).scores["empty"].iou == 1.0
