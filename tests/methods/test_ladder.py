"""The four rungs as methods: what they show, what they yield, and that their cards' numbers come again."""

import base64
import json
import re
from pathlib import Path

import numpy as np
import pytest

import workbench as wb
from workbench.evaluation.on_scenes import on_scenes
from workbench.methods.ladder import MAKERS
from workbench.models import places
from workbench.panels.protocol import read_state, starting_state
from workbench.trace import Trace, listen

CARDS = {card["name"]: card for card in places.cards() if card.get("task") in MAKERS}
NAMES = ("classifier-street", "localiser-street", "detector-street")
BOXES = NAMES[1:]
COMPARE = Path(__file__).parents[2] / "notebooks" / "dashboards" / "compare.ipynb"
OWN = {"classifier-street": "mean_ap", "localiser-street": "box_iou", "detector-street": "box_ap50"}


@pytest.fixture(scope="module")
def street():
    return wb.scenes.street(2_000_006, (128, 128))


def stages_of(name, image, **values):
    with listen(Trace()) as trace:
        output = wb.METHODS[name](image, **values)
    return output, {stage.name: stage for stage in trace.stages}


def test_the_matrix_is_not_empty():
    assert set(NAMES) <= set(CARDS)


@pytest.mark.parametrize("name", NAMES)
def test_it_says_what_is_smaller_than_in_the_paper(name):
    method = wb.METHODS[name]
    assert (method.family, method.yields, method.source) == (
        "networks",
        CARDS[name]["yields"],
        CARDS[name]["source"],
    )
    assert CARDS[name]["smaller"][:20] in " ".join(method.function.__doc__.split())
    assert CARDS[name]["command"].startswith(f"workbench train {CARDS[name]['task']} ")


@pytest.mark.slow
@pytest.mark.parametrize("split", ["test", "stress"])
@pytest.mark.parametrize("name", NAMES)
def test_the_first_pictures_of_a_split_score_about_as_the_card_says(name, split):
    told = CARDS[name][split]["scores"][OWN[name]]
    assert on_scenes(name, "street", split, count=16).scores[OWN[name]] == pytest.approx(told, abs=0.15)


def test_the_classifier_does_better_than_always_saying_yes():
    scores = CARDS["classifier-street"]["test"]["scores"]
    assert scores["f1"] > scores["f1_always_yes"]


def test_the_maps_claim_the_pixels_that_reach_their_share(street):
    """Computed anew from the stages: each map by its own maximum, the highest of them, at least the share."""
    output, stages = stages_of("classifier-street", street.image, share=0.6, probability=0.05)
    tax = output.taxonomy
    relative = {}
    for category in tax.things:
        if f"map of {category.name}" in stages:
            shown = stages[f"map of {category.name}"].array
            relative[category.id] = np.maximum(shown, 0) / shown.max()
    assert len(relative) >= 2
    for number, one in relative.items():
        others = np.max([other for k, other in relative.items() if k != number], axis=0)
        mine = (one >= 0.6) & (one > others)
        assert (output.ids[mine] == number).all()
    assert (output.ids[np.max(list(relative.values()), axis=0) < 0.6] == 0).all()


def test_a_lower_share_claims_more_and_a_higher_probability_fewer_kinds(street):
    few, many = (wb.METHODS["classifier-street"](street.image, share=share).ids > 0 for share in (0.8, 0.2))
    assert (few <= many).all()
    assert few.sum() < many.sum()
    _, unsure = stages_of("classifier-street", street.image, probability=0.05)
    _, sure = stages_of("classifier-street", street.image, probability=0.95)
    maps = [sum(name.startswith("map of") for name in stages) for stages in (unsure, sure)]
    assert maps[0] >= maps[1]


def test_the_localiser_finds_one_box_at_most(street):
    found = wb.METHODS["localiser-street"](street.image, score=0.05)
    assert len(found) == 1
    assert len(wb.METHODS["localiser-street"](street.image, score=0.95)) <= 1


@pytest.mark.parametrize("name", BOXES)
def test_masks_are_boxes(name, street):
    found = wb.METHODS[name](street.image, score=0.1)
    for mask in found.masks():
        rows, columns = np.nonzero(mask)
        assert mask[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1].all()


def test_the_detector_finds_more_the_less_sure_it_must_be(street):
    counts = [len(wb.METHODS["detector-street"](street.image, score=score)) for score in (0.6, 0.3, 0.05)]
    assert counts == sorted(counts)
    assert counts[1] >= 2
    scores = [thing.score for thing in wb.METHODS["detector-street"](street.image, score=0.05)]
    assert scores == sorted(scores, reverse=True)
    assert min(scores) >= 0.05


def test_what_they_show(street):
    shown = {name: list(stages_of(name, street.image)[1]) for name in NAMES}
    trunk = ["fine features", "deep features"]
    assert shown["classifier-street"][:4] == [*trunk, "what it sees", "probabilities"]
    assert shown["localiser-street"] == [*trunk, "what it sees", "boxes", "masks"]
    assert shown["detector-street"] == [*trunk, "heat", "peaks", "what it sees", "boxes", "masks"]


@pytest.mark.parametrize("size", [(1, 1), (16, 300), (97, 61)])
@pytest.mark.parametrize("name", NAMES)
def test_any_size(name, size):
    image = np.random.default_rng(0).integers(0, 256, (*size, 3), dtype=np.uint8)
    assert wb.METHODS[name](image, size=64).shape == size


def test_the_compare_page_links_to_the_four_answers():
    notebook = json.loads(COMPARE.read_text(encoding="utf-8"))
    text = "".join("".join(cell["source"]) for cell in notebook["cells"])
    packed = re.search(r"#state=([\w-]+)\)", text)[1]
    state = json.loads(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
    asked = starting_state("street", [*NAMES, "deeplab3plus-street"], "object")
    assert state == asked
    assert read_state(asked, state)["cards"] == read_state(asked, asked)["cards"]
