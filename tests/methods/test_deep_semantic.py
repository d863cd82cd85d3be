"""The networks that name every pixel: their cards' numbers come again, and they stand any picture."""

import numpy as np
import pytest

import workbench as wb
from workbench.evaluation.on_scenes import on_scenes
from workbench.models import places
from workbench.trace import Trace, listen

CARDS = {card["name"]: card for card in places.cards() if card["yields"] == "semantic" and "task" not in card}


def test_the_matrix_is_not_empty():
    assert {"fcn8-street", "segnet-street", "unet-street", "deeplab3plus-street"} <= set(CARDS)


@pytest.mark.parametrize("name", CARDS)
def test_it_is_a_method_that_says_what_is_smaller_than_in_the_paper(name):
    method = wb.METHODS[name]
    assert (method.family, method.yields, method.source) == ("networks", "semantic", CARDS[name]["source"])
    assert CARDS[name]["smaller"][:20] in " ".join(method.function.__doc__.split())
    assert CARDS[name]["command"].startswith("workbench train ")


@pytest.mark.slow
@pytest.mark.parametrize("split", ["test", "stress"])
@pytest.mark.parametrize("name", CARDS)
def test_the_first_pictures_of_a_split_score_about_as_the_card_says(name, split):
    """The card's command takes 100 pictures; 12 of them tell whether its number is of this network."""
    told = CARDS[name][split]
    found = on_scenes(name, "street", split, count=12)
    assert found.scores["miou"] == pytest.approx(told["scores"]["miou"], abs=0.12)
    assert found.scores["pixel_accuracy"] == pytest.approx(told["scores"]["pixel_accuracy"], abs=0.06)


def test_finer_maps_draw_better_borders():
    """What the FCN paper claims, checked on the cards: the same network, listening to finer maps."""
    scores = [CARDS[f"fcn{stride}-street"]["test"]["scores"] for stride in (32, 16, 8)]
    assert scores[0]["boundary_iou"] < scores[1]["boundary_iou"] < scores[2]["boundary_iou"]
    assert scores[0]["miou"] < scores[2]["miou"]


@pytest.mark.parametrize("size", [(1, 1), (16, 300), (97, 61)])
@pytest.mark.parametrize("name", ["fcn8-street", "deeplab1-street", "deeplab3plus-street"])
def test_any_size(name, size):
    image = np.random.default_rng(0).integers(0, 256, (*size, 3), dtype=np.uint8)
    output = wb.run(name, image, size=64).output
    assert output.shape == size
    assert set(output.taxonomy.names) == set(wb.scenes.street(0, (32, 32)).truth.taxonomy.names)


def test_the_random_field_moves_borders_only():
    image = wb.scenes.street(2_000_000, (128, 128)).image
    plain, refined = (wb.run("deeplab1-street", image, crf=crf).output.ids for crf in (0, 5))
    assert 0.002 < (plain != refined).mean() < 0.2


def test_it_shows_what_it_sees_its_own_stages_and_how_sure_it_is():
    with listen(Trace()) as trace:
        wb.METHODS["deeplab1-street"](wb.scenes.street(2_000_000, (64, 64)).image, crf=2)
    names = [stage.name for stage in trace.stages]
    assert names == [
        "what it sees", "deep features", "wide look", "score at stride 8", "sureness",
        "random field 1", "random field 2",
    ]  # fmt: skip
