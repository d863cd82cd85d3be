"""Sweeps give what running and scoring by hand gives; of them the best is chosen with care."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import workbench as wb
from workbench.evaluation.sweep import (
    best,
    leave_one_out,
    measure_of,
    score_at,
    sweep,
    sweep_pair,
)
from workbench.metrics import LENSES, prepare
from workbench.recipe import ImageRef, Recipe
from workbench.registry import METHODS, Registry, method

NAN = float("nan")


@pytest.fixture(scope="module")
def coins():
    return wb.samples.load("coins", longest=128)


def test_a_sweep_is_running_and_scoring_by_hand(coins) -> None:
    found = sweep("otsu", coins, "sigma", values=[0.0, 1.5, 6.0], objects="bright")
    by_hand = [
        wb.score(coins.truth, wb.run("otsu", coins.image, sigma=sigma).output, target=coins.target).iou
        for sigma in (0.0, 1.5, 6.0)
    ]
    assert found.scores.tolist() == by_hand
    assert found.values.tolist() == [0.0, 1.5, 6.0]
    assert (found.method, found.sample, found.param, found.measure) == ("otsu", "coins", "sigma", "iou")
    assert found.best_score == max(by_hand)
    assert found.curve()[1] == {
        "method": "otsu",
        "sample": "coins",
        "param": "sigma",
        "value": 1.5,
        "measure": "iou",
        "score": by_hand[1],
    }


@pytest.fixture
def switched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Register a method with a switch for one test."""

    def dark(image, *, upside: bool = False):
        """Call the bright half of the greys object, or the dark one."""
        return wb.Segmentation.from_mask((image[..., 0] > 127) ^ upside)

    fresh = Registry()
    method("Switched", name="switched", family="none", yields="foreground", source="none", registry=fresh)(
        dark
    )
    monkeypatch.setitem(METHODS._methods, "switched", fresh["switched"])


@pytest.mark.usefixtures("switched")
def test_choices_and_truth_values_are_swept_in_their_own_type(coins) -> None:
    assert sweep("otsu", coins, "objects").best == "bright"
    found = sweep("switched", coins, "upside")
    assert found.values.tolist() == [False, True]
    assert found.scores[0] != found.scores[1]


def test_the_lens_and_the_measure_are_those_asked_for(coins) -> None:
    found = sweep("kmeans", coins, "k", lens="regions", values=[2, 3])
    assert found.measure == "ari"
    by_hand = wb.score(coins.truth, wb.run("kmeans", coins.image, k=3).output, lens="regions").ari
    assert found.scores[1] == by_hand
    splits = sweep("kmeans", coins, "k", lens="regions", measure="vi_split", values=[2, 8])
    assert splits.scores[0] < splits.scores[1]
    assert splits.best == 2, "of bits lost the lower number is the better one"


def test_a_number_the_lens_cannot_give_is_nan_and_then_nothing_is_best(coins) -> None:
    found = sweep("otsu", coins, "sigma", measure="pq", values=[1.0, 2.0])
    assert np.isnan(found.scores).all()
    assert found.best is None
    assert np.isnan(found.best_score)
    pair = sweep_pair("otsu", coins, ("sigma", "objects"), measure="pq", values=([1.0], ["bright"]))
    assert pair.best is None


def test_score_at_takes_the_lens_that_answered_unless_a_measure_is_named() -> None:
    cell = wb.samples.load("astronaut", longest=96)
    recipe = Recipe(ImageRef.of(cell.image), "otsu")
    asked = prepare(cell.truth, "semantic", tuple(c.name for c in cell.truth.taxonomy)[:2])
    assert score_at(recipe, cell.image, asked) == asked_iou(cell, asked.target)
    assert np.isnan(score_at(recipe, cell.image, asked, "miou"))


def asked_iou(sample, target) -> float:
    return wb.score(sample.truth, wb.run("otsu", sample.image).output, target=target).iou


def test_two_parameters_make_a_table(coins) -> None:
    pair = sweep_pair("otsu", coins, ("sigma", "objects"), values=([1.0, 3.0], ["bright", "dark"]))
    assert pair.scores.shape == (2, 2)
    for k, sigma in enumerate((1.0, 3.0)):
        line = sweep("otsu", coins, "objects", sigma=sigma)
        assert pair.scores[k].tolist() == line.scores.tolist()
    assert pair.best[1] == "bright"
    assert pair.curve()[0].keys() == {"method", "sample", "sigma", "objects", "measure", "score"}
    assert len(pair.curve()) == 4
    assert sweep_pair("otsu", coins, ("objects", "sigma")).scores.shape == (2, 11)


def test_refusals_name_what_is_wrong(coins) -> None:
    with pytest.raises(ValueError, match="coins: has no truth to score against; give it one or take another"):
        sweep("otsu", replace(coins, truth=None, target=()), "sigma")
    with pytest.raises(ValueError, match="otsu: has no parameter 'sigm', did you mean 'sigma'"):
        sweep("otsu", coins, "sigm")
    with pytest.raises(ValueError, match="otsu: sigma must be in"):
        sweep("otsu", coins, "sigma", values=[-1])
    with pytest.raises(KeyError, match="no method 'otus'"):
        sweep("otus", coins, "sigma")


def test_every_lens_has_a_number_it_is_known_by() -> None:
    assert [measure_of(lens) for lens in LENSES] == ["iou", "miou", "f1", "pq", "ari"]


@pytest.mark.parametrize(
    ("scores", "place"),
    [
        ([0.3], 0),
        ([0.1, 0.9, 0.2], 1),
        ([0.9, 0.9, 0.9, 0.2], 1),
        ([0.9, 0.1, 0.9, 0.9, 0.9], 3),
        ([NAN, 0.2, NAN], 1),
        ([0.5, NAN, 0.5, 0.5, 0.5], 3),
        ([0.9, 0.9 - 1e-12, 0.9], 1),
        ([NAN, NAN], None),
        ([], None),
    ],
)
def test_the_best_is_the_middle_of_the_longest_best_plateau(scores, place) -> None:
    assert best(scores) == place


def test_in_a_table_the_best_is_inside_the_largest_patch() -> None:
    table = np.zeros((5, 5))
    table[0, 4] = table[1:4, 0:3] = 0.8
    assert np.unravel_index(best(table), table.shape) == (2, 1)


@settings(deadline=None)
@given(arrays(float, st.integers(1, 12), elements=st.floats(0, 1) | st.just(NAN)))
def test_the_best_is_never_beaten(scores) -> None:
    place = best(scores)
    assert (place is None) == np.isnan(scores).all()
    if place is not None:
        assert scores[place] >= np.nanmax(scores) - 1e-9
        assert best(-scores, lower=True) == place


@settings(deadline=None)
@given(arrays(float, st.tuples(st.integers(2, 6), st.integers(1, 6)), elements=st.floats(0, 1)))
def test_leaving_one_out_never_looks_at_the_one_left_out(scores) -> None:
    chosen = leave_one_out(scores)
    assert chosen.shape == (len(scores),)
    spoiled = scores.copy()
    spoiled[0] = 1 - spoiled[0]
    assert leave_one_out(spoiled)[0] == chosen[0]
    assert chosen[0] == best(scores[1:].mean(axis=0))


def test_leaving_one_out_averages_what_is_defined() -> None:
    assert leave_one_out([[0.0, 1.0], [0.7, NAN], [NAN, 0.6]]).tolist() == [0, 1, 1]
    assert leave_one_out([[0.4, 0.9]]).tolist() == [-1], "there are no others"
    assert leave_one_out([[0.4, 0.9], [NAN, NAN]]).tolist() == [-1, 1]
    assert leave_one_out([[2.0, 1.0], [2.0, 1.0]], lower=True).tolist() == [1, 1]
